"""/api/schedules: made, listed, read, changed and deleted. Their life cycle is in `test_schedule_life`."""

from datetime import date, time, timedelta

import pytest

from assignhub.audit import trail
from assignhub.models import AuditEntry
from scheduling.models import Assignment, Schedule, Shift
from scheduling.tests.factories import MONDAY, AssignmentFactory, ScheduleFactory, ShiftFactory
from scheduling.tests.planning_bodies import NOT_SIGNED_IN, ROLE_TOO_LOW, missing, not_editable, schedule_record

URL = "/api/schedules"
SUNDAY = MONDAY + timedelta(days=6)
CLOSED = ["pending_approval", "approved", "published", "archived"]


@pytest.fixture
def body(tenant) -> dict:
    return {"tenant_id": str(tenant.pk), "title": "Week 45", "week_start": "2026-11-02", "week_end": "2026-11-08"}


# --- Create -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("slash", ["", "/"])
@pytest.mark.parametrize("person", ["admin", "owner", "super_admin"])
def test_create_schedule(api, people, tenant, body, person, slash):
    response = api(people[person]).post(URL + slash, body)

    row = Schedule.objects.get()
    assert (response.status_code, response.json()) == (201, schedule_record(row))
    assert (row.tenant, row.title, row.week_start, row.week_end, row.status) == (
        tenant,
        "Week 45",
        MONDAY,
        SUNDAY,
        "draft",
    )
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.object_id, entry.by_id) == (
        "scheduling.schedule.add",
        str(row.pk),
        people[person].pk,
    )


def test_create_schedule_starts_as_a_draft_whatever_is_sent(api, admin, body):
    response = api(admin).post(URL, body | {"status": "published", "id": 77})

    row = Schedule.objects.get()
    assert (response.status_code, response.json()) == (201, schedule_record(row))
    assert (row.status, row.pk == 77) == ("draft", False)


def test_create_schedule_of_one_day(api, admin, body):
    response = api(admin).post(URL, body | {"week_end": body["week_start"]})

    assert (response.status_code, response.json()) == (201, schedule_record(Schedule.objects.get()))


@pytest.mark.parametrize(
    "changed, detail",
    [
        ({"title": ""}, "title: This field may not be blank."),
        ({"title": "x" * 201}, "title: Ensure this field has no more than 200 characters."),
        ({"title": None}, "title: This field may not be null."),
        (
            {"week_start": "02.11.2026"},
            "week_start: Date has wrong format. Use one of these formats instead: YYYY-MM-DD.",
        ),
        (
            {"week_end": "2026-02-30"},
            "week_end: Date has wrong format. Use one of these formats instead: YYYY-MM-DD.",
        ),
        ({"week_end": "2026-11-01"}, "The week ends before it starts."),
        ({"week_start": "1899-12-31"}, "week_start: 1899-12-31 is not between 1900-01-01 and 2999-12-31."),
        ({"week_end": "3000-01-01"}, "week_end: 3000-01-01 is not between 1900-01-01 and 2999-12-31."),
        ({"tenant_id": None}, "tenant_id: This field may not be null."),
        ({"tenant_id": "nonsense"}, "tenant_id: “nonsense” is not a valid UUID."),
    ],
)
def test_create_schedule_with_a_wrong_value(api, admin, body, stored, changed, detail):
    client, before = api(admin), stored()

    response = client.post(URL, body | changed)

    assert (response.status_code, response.json()) == (400, {"detail": detail})
    assert stored() == before


def test_create_schedule_without_anything(api, admin, stored):
    client, before = api(admin), stored()

    response = client.post(URL, {})

    names = ["tenant_id", "title", "week_start", "week_end"]
    assert response.status_code == 400
    assert response.json() == {"detail": " ".join(f"{name}: This field is required." for name in names)}
    assert stored() == before


def test_create_schedule_that_is_there_already(api, admin, schedule, body, stored):
    client, before = api(admin), stored()

    response = client.post(URL, body | {"title": schedule.title})

    detail = "There is already a schedule of this title for this week."
    assert (response.status_code, response.json()) == (409, {"detail": detail})
    assert stored() == before


@pytest.mark.parametrize(
    "person, status, answer",
    [("nobody", 401, NOT_SIGNED_IN), ("viewer", 403, ROLE_TOO_LOW), ("member", 403, ROLE_TOO_LOW)],
)
def test_create_schedule_by_those_who_may_not(api, people, body, stored, person, status, answer):
    client, before = api(people[person]), stored()

    response = client.post(URL, body)

    assert (response.status_code, response.json()) == (status, answer)
    assert stored() == before


def test_create_schedule_for_another_tenant(api, stranger, body, stored):
    client, before = api(stranger), stored()

    responses = [client.post(URL, body | {"tenant_id": key}) for key in (body["tenant_id"], str(stranger.pk))]

    answers = [(response.status_code, response.json()) for response in responses]
    assert answers == [
        (404, {"detail": f"Tenant with ID {key} not found"}) for key in (body["tenant_id"], str(stranger.pk))
    ]
    assert stored() == before


def test_create_schedule_by_an_admin_elsewhere_who_is_a_viewer_here(api, viewer, other_tenant, body, stored):
    viewer.memberships.create(assignment=other_tenant.assignments.get(role__type="admin"))
    client, before = api(viewer), stored()

    response = client.post(URL, body)

    assert (response.status_code, response.json()) == (403, {"detail": "You may not add this schedule."})
    assert stored() == before


# --- Read -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("person", ["viewer", "member", "admin", "owner", "super_admin"])
def test_read_schedules(api, people, schedule, tenant, person):
    newer = ScheduleFactory(tenant=tenant, week_start=MONDAY - timedelta(days=7), status="published")
    client = api(people[person])

    listed, one = client.get(URL), client.get(f"{URL}/{schedule.pk}")

    assert (listed.status_code, listed.json()) == (200, [schedule_record(newer), schedule_record(schedule)])
    assert listed["X-Total-Count"] == "2"
    assert (one.status_code, one.json()) == (200, schedule_record(schedule))


def test_read_schedules_of_another_tenant(api, stranger, schedule):
    client = api(stranger)

    listed, one = client.get(URL), client.get(f"{URL}/{schedule.pk}")

    assert (listed.status_code, listed.json(), listed["X-Total-Count"]) == (200, [], "0")
    assert (one.status_code, one.json()) == (404, missing("schedule", schedule.pk))


def test_read_schedules_by_nobody(api, schedule):
    client = api(None)

    answers = [client.get(URL), client.get(f"{URL}/{schedule.pk}")]

    assert [(answer.status_code, answer.json()) for answer in answers] == [(401, NOT_SIGNED_IN)] * 2


@pytest.mark.parametrize(
    "query, weeks",
    [
        ("", [3, 2, 1]),
        ("status=draft", [3, 1]),
        ("date_from=2026-11-08", [3, 2, 1]),
        ("date_from=2026-11-09", [3, 2]),
        ("date_to=2026-11-15", [2, 1]),
        ("date_from=2026-11-10&date_to=2026-11-12", [2]),
        ("skip=1&limit=1", [2]),
        ("tenant_id={tenant}", [3, 2, 1]),
        ("tenant_id=00000000-0000-4000-8000-000000000000", []),
    ],
)
def test_list_schedules_by_filter(api, viewer, tenant, query, weeks):
    mondays = {n: MONDAY + timedelta(days=7 * (n - 1)) for n in (1, 2, 3)}
    made = {
        n: ScheduleFactory(tenant=tenant, week_start=day, status="published" if n == 2 else "draft")
        for n, day in mondays.items()
    }

    response = api(viewer).get(f"{URL}?{query.format(tenant=tenant.pk)}")

    assert (response.status_code, response.json()) == (200, [schedule_record(made[n]) for n in weeks])


@pytest.mark.parametrize(
    "query, detail",
    [
        ("status=asleep", "status: Select a valid choice. asleep is not one of the available choices."),
        ("date_from=soon", "date_from: Enter a valid date."),
        ("tenant_id=1", "tenant_id: Enter a valid UUID."),
        ("limit=0", "limit: “0” is not a whole number from 1 to 1000."),
    ],
)
def test_list_schedules_by_a_malformed_filter(api, viewer, schedule, query, detail):
    response = api(viewer).get(f"{URL}?{query}")

    assert (response.status_code, response.json()) == (400, {"detail": detail})


# --- Change -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["put", "patch"])
@pytest.mark.parametrize("status", ["draft", "rejected"])
@pytest.mark.parametrize("person", ["admin", "owner", "super_admin"])
def test_change_schedule(api, people, tenant, person, status, method):
    schedule = ScheduleFactory(tenant=tenant, title="Week 45", status=status)

    response = getattr(api(people[person]), method)(f"{URL}/{schedule.pk}", {"week_end": "2026-11-15"})

    row = Schedule.objects.get()
    assert (response.status_code, response.json()) == (200, schedule_record(row))
    assert (row.title, row.week_start, row.week_end, row.status) == ("Week 45", MONDAY, date(2026, 11, 15), status)
    assert [(entry.action, entry.changes) for entry in trail(row)] == [
        ("scheduling.schedule.change", {"week_end": ["2026-11-08", "2026-11-15"]})
    ]


def test_change_schedule_never_sets_its_status(api, owner, schedule, stored):
    client, before = api(owner), stored()

    response = client.patch(f"{URL}/{schedule.pk}", {"status": "published"})

    assert (response.status_code, response.json()) == (200, schedule_record(schedule))
    assert stored() == before


@pytest.mark.parametrize("status", CLOSED)
@pytest.mark.parametrize("sent", [{"week_end": "2026-11-15"}, {"title": "Another"}, {}], ids=str)
def test_change_schedule_that_is_not_editable(api, owner, schedule, stored, status, sent):
    schedule.status = status
    schedule.save()
    client, before = api(owner), stored()

    response = client.patch(f"{URL}/{schedule.pk}", sent)

    assert (response.status_code, response.json()) == (400, not_editable(schedule))
    assert stored() == before


def test_change_schedule_so_that_a_shift_lies_outside(api, admin, schedule, shift, stored):
    shift.date = SUNDAY
    shift.save()
    client, before = api(admin), stored()

    response = client.patch(f"{URL}/{schedule.pk}", {"week_end": "2026-11-07"})

    detail = f"{shift} on 2026-11-08 would lie outside the week."
    assert (response.status_code, response.json()) == (400, {"detail": detail, "code": "outside_week"})
    assert stored() == before


def test_change_schedule_to_another_tenant(api, super_admin, other_tenant, schedule, stored):
    client, before = api(super_admin), stored()

    response = client.patch(f"{URL}/{schedule.pk}", {"tenant_id": str(other_tenant.pk)})

    detail = "The tenant of this schedule cannot be changed."
    assert (response.status_code, response.json()) == (400, {"detail": detail, "code": "fixed"})
    assert stored() == before


# --- Delete -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", ["draft", "rejected"])
@pytest.mark.parametrize("person", ["admin", "owner", "super_admin"])
def test_delete_schedule_takes_its_shifts_and_assignments_along(api, people, schedule, shift, nurse, person, status):
    schedule.status = status
    schedule.save()
    AssignmentFactory(employee=nurse, shift=shift)
    ShiftFactory(schedule=schedule, start_time=time(14), end_time=time(18))

    response = api(people[person]).delete(f"{URL}/{schedule.pk}")

    assert (response.status_code, response.content) == (204, b"")
    assert [model.objects.count() for model in (Schedule, Shift, Assignment)] == [0, 0, 0]
    actions = AuditEntry.objects.filter(by_id=people[person].pk).values_list("action", flat=True)
    assert sorted(actions) == [
        "scheduling.assignment.delete",
        "scheduling.schedule.delete",
        "scheduling.shift.delete",
        "scheduling.shift.delete",
    ]


@pytest.mark.parametrize("status", CLOSED)
def test_delete_schedule_that_is_not_editable(api, owner, schedule, stored, status):
    schedule.status = status
    schedule.save()
    client, before = api(owner), stored()

    response = client.delete(f"{URL}/{schedule.pk}")

    assert (response.status_code, response.json()) == (400, not_editable(schedule))
    assert stored() == before


@pytest.mark.parametrize("method", ["put", "patch", "delete"])
@pytest.mark.parametrize("person", ["nobody", "viewer", "member", "stranger"])
def test_change_or_delete_schedule_by_those_who_may_not(api, people, schedule, stored, person, method):
    answers = {
        "nobody": (401, NOT_SIGNED_IN),
        "viewer": (403, ROLE_TOO_LOW),
        "member": (403, ROLE_TOO_LOW),
        "stranger": (404, missing("schedule", schedule.pk)),
    }
    client, before = api(people[person]), stored()

    response = getattr(client, method)(f"{URL}/{schedule.pk}", {"title": "Mine"})

    assert (response.status_code, response.json()) == answers[person]
    assert stored() == before
