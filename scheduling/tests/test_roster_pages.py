"""The roster's page and what its script asks: who may, what is refused in which words, and that nothing is written."""

import json
from datetime import date, time, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from assignhub.models import AuditEntry
from assignhub.tests.outcomes import PERSONS, outcomes
from scheduling.models import Assignment, Schedule
from scheduling.tests.counts import queries
from scheduling.tests.factories import (
    MONDAY,
    AssignmentFactory,
    AvailabilityExceptionFactory,
    AvailabilityWindowFactory,
    EmployeeFactory,
    QualificationFactory,
    ScheduleFactory,
    ShiftFactory,
    ShiftTypeFactory,
)

DAY = timedelta(days=1)

ANSWERS = """
                   nobody viewer member admin owner super stranger
GET  roster/              302 200 200 200 200 200 302
GET  roster/data/         302 200 200 200 200 200 404
GET  roster/findings/     302 403 403 200 200 200 404
GET  roster/candidates/   302 403 403 200 200 200 404
POST roster/fill/         302 403 403 200 200 200 404
POST roster/place/        302 403 403 200 200 200 404
POST roster/clear/        302 403 403 200 200 200 404
"""


@pytest.fixture
def worker(tenant):
    """May work at any time."""
    employee = EmployeeFactory(tenant=tenant, first_name="Ada")
    for weekday in range(7):
        AvailabilityWindowFactory(employee=employee, weekday=weekday, start_time=time(0), end_time=time(0))
    return employee


@pytest.fixture
def place(schedule):
    """Ask the roster of the schedule: `place(client, "fill", shift=1, employee=2)`."""

    def ask(client, verb: str, of=schedule, **body):
        url = f"/admin/scheduling/schedule/{of.pk}/roster/{verb}/"
        return client.post(url, json.dumps(body), content_type="application/json")

    return ask


def test_roster_answers_each_person_as_declared(people, schedule, shift, worker, nurse, place, staff_client, stored):
    row = AssignmentFactory(shift=shift, employee=nurse)
    bodies = {
        "fill": {"shift": shift.pk, "employee": worker.pk},
        "place": {"assignment": row.pk, "employee": worker.pk},
        "clear": {"assignment": row.pk},
    }
    answers, meddling = {}, []

    for method, path in outcomes(ANSWERS):
        verb = path.strip("/").rpartition("/")[2]
        for name in PERSONS:
            before = stored()
            client = staff_client(people[name]) if people[name] else Client()
            if method == "GET":
                query = f"?shift={shift.pk}" if verb == "candidates" else ""
                response = client.get(f"/admin/scheduling/schedule/{schedule.pk}/{path}{query}")
            else:
                response = place(client, verb, **bodies[verb])
            answers.setdefault((method, path), []).append(str(response.status_code))
            if response.status_code != 200 and stored() != before:
                meddling.append((path, name))
            Assignment.objects.exclude(pk=row.pk).delete()
            row.save()

    assert answers == outcomes(ANSWERS)
    assert meddling == []


def test_fill_puts_an_employee_on_a_shift(admin, shift, worker, place, staff_client):
    response = place(staff_client(admin), "fill", shift=shift.pk, employee=worker.pk)

    row = Assignment.objects.get()
    assert (response.status_code, response.json()) == (
        200,
        {
            "assignment": row.pk,
            "shift": shift.pk,
            "message": f"{worker} now works {shift.shift_type} on Monday 2 November, 08:00 - 12:00.",
        },
    )
    assert (row.employee, row.shift, row.status, row.assigned_by) == (worker, shift, "assigned", admin)
    entry = AuditEntry.objects.get()
    assert (entry.by_id, entry.action) == (admin.pk, "scheduling.assignment.add")


def test_refusals_come_in_the_words_of_the_rules_and_write_nothing(
    tenant, admin, schedule, shift, worker, nurse, place, staff_client, stored
):
    client = staff_client(admin)
    surgery = QualificationFactory(tenant=tenant, name="Surgery")
    operation = ShiftFactory(
        schedule=schedule, shift_type=ShiftTypeFactory(tenant=tenant, required_qualifications=[surgery])
    )
    AssignmentFactory(shift=shift, employee=worker)
    AvailabilityWindowFactory(employee=nurse, end_time=time(12))
    later = ShiftFactory(schedule=schedule, start_time=time(10), end_time=time(14))
    published = ScheduleFactory(tenant=tenant, status=Schedule.Status.PUBLISHED)
    settled = ShiftFactory(schedule=published, date=MONDAY + DAY)
    row = AssignmentFactory(shift=settled, employee=nurse)
    before = stored()

    cases = [
        (
            place(client, "fill", shift=operation.pk, employee=nurse.pk),
            400,
            "Employee lacks required qualifications: Surgery",
        ),
        (
            place(client, "fill", shift=later.pk, employee=worker.pk),
            409,
            f"Assignment conflicts detected: Conflicts with shift {shift.pk} (08:00 - 12:00)",
        ),
        (place(client, "fill", shift=later.pk, employee=nurse.pk), 400, "Employee not available on monday at 12:00"),
        (
            place(client, "place", assignment=row.pk, employee=worker.pk),
            400,
            f"Schedule with ID {published.pk} is published and cannot be edited",
        ),
        (
            place(client, "clear", assignment=row.pk),
            400,
            f"Schedule with ID {published.pk} is published and cannot be edited",
        ),
        (place(client, "fill", shift=10**18, employee=nurse.pk), 404, f"Shift with ID {10**18} not found"),
        (place(client, "fill", shift=shift.pk, employee=10**18), 404, f"Employee with ID {10**18} not found"),
        (place(client, "clear", assignment=10**18), 404, f"Assignment with ID {10**18} not found"),
    ]

    assert [(response.status_code, response.json()) for response, *_ in cases] == [
        (status, {"detail": text}) for _, status, text in cases
    ]
    assert stored() == before


def test_foreign_rows_do_not_exist(tenant, other_tenant, admin, shift, worker, place, staff_client, stored):
    client = staff_client(admin)
    theirs = ShiftFactory(schedule=ScheduleFactory(tenant=other_tenant))
    stranger = EmployeeFactory(tenant=other_tenant)
    row = AssignmentFactory(shift=theirs, employee=stranger)
    own = AssignmentFactory(shift=shift, employee=worker)
    before = stored()

    statuses = [
        place(client, "fill", shift=theirs.pk, employee=worker.pk).status_code,
        place(client, "fill", shift=shift.pk, employee=stranger.pk).status_code,
        place(client, "place", assignment=row.pk, employee=worker.pk).status_code,
        place(client, "place", assignment=own.pk, shift=theirs.pk).status_code,
        place(client, "place", assignment=own.pk, employee=stranger.pk).status_code,
        place(client, "clear", assignment=row.pk).status_code,
        client.get(f"/admin/scheduling/schedule/{shift.schedule_id}/roster/candidates/?shift={theirs.pk}").status_code,
    ]

    assert statuses == [404] * 7
    assert stored() == before


def test_place_gives_a_shift_to_somebody_who_has_yet_to_answer(admin, shift, worker, nurse, place, staff_client):
    row = AssignmentFactory(shift=shift, employee=nurse, status="confirmed")

    response = place(staff_client(admin), "place", assignment=row.pk, employee=worker.pk)

    row.refresh_from_db()
    assert (response.status_code, row.employee, row.shift, row.status) == (200, worker, shift, "assigned")


def test_place_moves_to_the_shift_of_the_same_kind_on_another_day(admin, shift, worker, place, staff_client):
    row = AssignmentFactory(shift=shift, employee=worker)
    twin = ShiftFactory(schedule=shift.schedule, shift_type=shift.shift_type, date=shift.date + DAY)
    ShiftFactory(schedule=shift.schedule, date=shift.date + 2 * DAY)
    client = staff_client(admin)

    moved = place(client, "place", assignment=row.pk, date=str(twin.date))
    absent = place(client, "place", assignment=row.pk, date=str(twin.date + DAY))

    row.refresh_from_db()
    assert (moved.status_code, row.shift) == (200, twin)
    assert (absent.status_code, absent.json()) == (
        400,
        {"detail": f"There is no shift {shift.shift_type} (08:00 - 12:00) on 2026-11-04 in this schedule"},
    )


def test_place_of_a_declined_shift_keeps_the_answer_on_record(admin, shift, worker, nurse, place, staff_client):
    row = AssignmentFactory(shift=shift, employee=nurse, status="declined")

    response = place(staff_client(admin), "place", assignment=row.pk, employee=worker.pk)

    assert response.status_code == 200
    assert list(Assignment.objects.order_by("pk").values_list("employee", "status")) == [
        (nurse.pk, "declined"),
        (worker.pk, "assigned"),
    ]


def test_clear_takes_somebody_off(admin, shift, worker, place, staff_client):
    row = AssignmentFactory(shift=shift, employee=worker)

    response = place(staff_client(admin), "clear", assignment=row.pk)

    text = f"{worker} is off {shift.shift_type} on Monday 2 November, 08:00 - 12:00."
    assert (response.status_code, response.json()) == (200, {"shift": shift.pk, "message": text})
    assert not Assignment.objects.exists()


@pytest.mark.parametrize(
    "body",
    [
        "",
        "no json",
        "[]",
        "null",
        '{"shift": null, "employee": 1}',
        '{"shift": "\\u0000", "employee": 1}',
        '{"shift": "\\ud800", "employee": 1}',
        '{"shift": 99999999999999999999, "employee": 1}',
        '{"shift": -1, "employee": 1}',
        '{"shift": {"a": [1]}, "employee": [1]}',
        '{"shift": true, "employee": 1.5}',
        '{"assignment": 1, "date": "2026-02-30"}',
        '{"assignment": 1, "date": ["x"]}',
        '{"assignment": 1, "date": 20260302}',
    ],
)
def test_malformed_requests_are_refused(body, admin, schedule, staff_client, stored):
    client, before = staff_client(admin), stored()

    responses = [
        client.post(f"/admin/scheduling/schedule/{schedule.pk}/roster/{verb}/", body, content_type="application/json")
        for verb in ("fill", "place")
    ]

    assert [response.status_code for response in responses] == [400, 400]
    assert all(set(response.json()) == {"detail"} for response in responses)
    assert stored() == before


def test_queries_that_make_no_sense_show_where_the_roster_opens(admin, schedule, shift, staff_client):
    client, url = staff_client(admin), f"/admin/scheduling/schedule/{schedule.pk}/roster/"

    days = [
        client.get(f"{url}data/?{query}").json()["days"][0]["date"]
        for query in ("from=2026-02-30", "from=x", "from=99999-01-01", "view=year", "p=x", "from=0001-01-01")
    ]
    candidates = [client.get(f"{url}candidates/{query}").status_code for query in ("", "?shift=x", f"?shift={10**30}")]

    assert days == ["2026-11-02"] * 6
    assert candidates == [400, 400, 400]


def test_only_the_declared_method_is_answered(admin, schedule, staff_client):
    client, url = staff_client(admin), f"/admin/scheduling/schedule/{schedule.pk}/roster/"

    statuses = [client.get(f"{url}fill/").status_code, client.post(f"{url}data/").status_code]

    assert statuses == [405, 405]


def test_writing_needs_the_token_of_the_page(admin, shift, worker):
    client = Client(enforce_csrf_checks=True)
    client.force_login(admin, backend="tenancy.authentication.RoleBackend")

    response = client.post(
        f"/admin/scheduling/schedule/{shift.schedule_id}/roster/fill/",
        json.dumps({"shift": shift.pk, "employee": worker.pk}),
        content_type="application/json",
    )

    assert (response.status_code, Assignment.objects.exists()) == (403, False)


def test_data_tells_who_works_what_is_open_and_who_is_away(admin, tenant, schedule, shift, worker, nurse, staff_client):
    row = AssignmentFactory(shift=shift, employee=worker, status="confirmed")
    AssignmentFactory(shift=shift, employee=nurse, status="cancelled")
    AvailabilityExceptionFactory(employee=nurse, first_date=MONDAY - DAY, last_date=MONDAY + DAY)
    elsewhere = ShiftFactory(schedule=ScheduleFactory(tenant=tenant), date=MONDAY + DAY)
    EmployeeFactory(tenant=tenant, is_active=False)

    data = staff_client(admin).get(f"/admin/scheduling/schedule/{schedule.pk}/roster/data/").json()

    assert [day["date"] for day in data["days"]] == [str(MONDAY + count * DAY) for count in range(7)]
    assert {one["id"]: (one["hours"], one["away"]) for one in data["employees"]} == {
        worker.pk: (4.0, []),
        nurse.pk: (0.0, ["2026-11-02", "2026-11-03"]),
    }
    assert data["assignments"] == [[row.pk, worker.pk, shift.pk, "confirmed"]]
    assert {one["id"]: (one["required"], one["assigned"], one["own"]) for one in data["shifts"]} == {
        shift.pk: (1, 1, True),
        elsewhere.pk: (1, 0, False),
    }


def test_month_shows_every_schedule_of_the_tenant(admin, tenant, schedule, shift, staff_client):
    later = ShiftFactory(schedule=ScheduleFactory(tenant=tenant, week_start=MONDAY + 14 * DAY))

    data = staff_client(admin).get(f"/admin/scheduling/schedule/{schedule.pk}/roster/data/?view=month").json()

    assert (data["days"][0]["date"], data["days"][-1]["date"]) == ("2026-11-01", "2026-11-30")
    assert [(one["id"], one["own"]) for one in data["shifts"]] == [(shift.pk, True), (later.pk, True)]


def test_search_finds_employees_by_every_word(admin, tenant, schedule, staff_client):
    found = EmployeeFactory(tenant=tenant, first_name="Grace", last_name="Hopper")
    EmployeeFactory(tenant=tenant, first_name="Grace", last_name="Kelly")

    data = staff_client(admin).get(f"/admin/scheduling/schedule/{schedule.pk}/roster/data/?q=grace hop").json()

    assert [one["id"] for one in data["employees"]] == [found.pk]


def test_next_week_is_shown_by_the_schedule_of_that_week(admin, tenant, schedule, staff_client):
    following = ScheduleFactory(tenant=tenant, week_start=MONDAY + 7 * DAY)

    response = staff_client(admin).get(f"/admin/scheduling/schedule/{schedule.pk}/roster/?from={MONDAY + 7 * DAY}")

    assert (response.status_code, response["Location"]) == (
        302,
        f"/admin/scheduling/schedule/{following.pk}/roster/?from=2026-11-09",
    )


@pytest.mark.parametrize("today, title", [("2026-11-01", "First"), ("2026-11-10", "Second"), ("2026-12-24", "Second")])
def test_sidebar_leads_to_the_roster_of_now(today, title, admin, tenant, other_tenant, staff_client, time_machine):
    time_machine.move_to(f"{today}T12:00:00Z", tick=False)
    for number, name in enumerate(("First", "Second")):
        ScheduleFactory(tenant=tenant, title=name, week_start=MONDAY + number * 7 * DAY)
    ScheduleFactory(tenant=other_tenant, title="Theirs", week_start=date.fromisoformat(today))
    expected = Schedule.objects.get(title=title)

    response = staff_client(admin).get("/admin/scheduling/schedule/roster/")

    assert response["Location"] == f"/admin/scheduling/schedule/{expected.pk}/roster/"


def test_sidebar_leads_to_the_list_without_any_schedule(admin, staff_client):
    response = staff_client(admin).get("/admin/scheduling/schedule/roster/")

    assert response["Location"] == "/admin/scheduling/schedule/"


@pytest.fixture
def crowd(tenant, schedule, shift, worker):
    """One employee on one shift, or with `crowd(30)` that many more of each."""
    AssignmentFactory(shift=shift, employee=worker)

    def more(count: int) -> None:
        for number in range(count):
            another = ShiftFactory(schedule=schedule, date=MONDAY + (number % 7) * DAY)
            AssignmentFactory(shift=another, employee=EmployeeFactory(tenant=tenant))

    return more


@pytest.mark.parametrize(
    "path, expected",
    [
        ("roster/", 10),
        ("roster/data/", 9),
        ("roster/data/?view=month", 9),
        ("roster/findings/", queries(sqlite=15, postgresql=9)),
    ],
)
def test_reading_takes_as_many_queries_for_any_number_of_rows(path, expected, admin, schedule, crowd, staff_client):
    client, url = staff_client(admin), f"/admin/scheduling/schedule/{schedule.pk}/{path}"
    client.get(url)
    counts = []

    for number in (0, 30):
        crowd(number)
        with CaptureQueriesContext(connection) as asked:
            assert client.get(url).status_code == 200
        counts.append(len(asked))

    assert counts == [expected, expected]
