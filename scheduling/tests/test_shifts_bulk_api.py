"""POST /api/shifts/bulk: good shifts are kept, bad ones reported with their index."""

from datetime import date

import pytest

from assignhub.models import AuditEntry
from scheduling.models import Shift
from scheduling.tests.factories import ScheduleFactory, ShiftFactory, ShiftTypeFactory
from scheduling.tests.planning_bodies import NOT_SIGNED_IN, ROLE_TOO_LOW, shift_record

URL = "/api/shifts/bulk"


@pytest.fixture
def shift_type(tenant):
    return ShiftTypeFactory(tenant=tenant)


@pytest.fixture
def plan(schedule, shift_type):
    """`plan(**changed)` → one shift of a batch: Monday morning, unless changed."""
    usual = {
        "schedule_id": schedule.pk,
        "shift_type_id": shift_type.pk,
        "date": "2026-11-02",
        "start_time": "08:00",
        "end_time": "12:00",
    }
    return lambda **changed: usual | changed


def result(created=(), errors=()) -> dict:
    return {
        "created": [shift_record(row) for row in created],
        "errors": [{"index": index, "error": error, "code": code} for index, error, code in errors],
        "total_processed": len(created) + len(errors),
        "total_created": len(created),
        "total_errors": len(errors),
    }


@pytest.mark.parametrize("slash", ["", "/"])
@pytest.mark.parametrize("person", ["admin", "owner", "super_admin"])
def test_bulk_creates_shifts(api, people, tenant, schedule, plan, person, slash):
    other = ScheduleFactory(tenant=tenant)
    plans = [
        plan(),
        plan(),
        plan(start_time="22:00", end_time="06:00", code="night", required_staff=0),
        plan(schedule_id=other.pk, code="night", date="2026-11-08"),
    ]

    response = api(people[person]).post(URL + slash, {"shifts": plans})

    rows = list(Shift.objects.order_by("pk"))
    assert (response.status_code, response.json()) == (201, result(rows))
    made = [(row.schedule, row.code, row.required_staff, f"{row.starts_at:%d %H:%M}") for row in rows]
    assert made == [
        (schedule, "", 1, "02 07:00"),
        (schedule, "", 1, "02 07:00"),
        (schedule, "night", 0, "02 21:00"),
        (other, "night", 1, "08 07:00"),
    ]
    entries = AuditEntry.objects.order_by("pk").values_list("action", "object_id", "by_id", "tenant_id")
    assert list(entries) == [("scheduling.shift.add", str(row.pk), people[person].pk, tenant.pk) for row in rows]


def test_bulk_reports_each_kind_of_refusal_with_its_index(api, admin, tenant, other_tenant, schedule, plan):
    ShiftFactory(schedule=schedule, code="there")
    published = ScheduleFactory(tenant=tenant, status="published")
    spring = ScheduleFactory(tenant=tenant, week_start=date(2026, 3, 23))
    far, far_type = ScheduleFactory(tenant=other_tenant), ShiftTypeFactory(tenant=other_tenant)
    plans = [
        plan(schedule_id=2**40),
        plan(schedule_id=far.pk),
        plan(schedule_id=published.pk),
        plan(shift_type_id=2**40),
        plan(shift_type_id=far_type.pk),
        plan(code="new"),
        plan(date="2026-11-09"),
        plan(date="9999-12-31"),
        plan(schedule_id=spring.pk, date="2026-03-29", start_time="02:00", end_time="03:00"),
        plan(code="there"),
        plan(code="new"),
    ]

    response = api(admin).post(URL, {"shifts": plans})

    row = Shift.objects.get(code="new")
    assert response.status_code == 201
    assert response.json() == result(
        [row],
        [
            (0, f"Schedule with ID {2**40} not found", "not_found"),
            (1, f"Schedule with ID {far.pk} not found", "not_found"),
            (2, f"Schedule with ID {published.pk} is published and cannot be edited", "not_editable"),
            (3, f"Shift type with ID {2**40} not found", "not_found"),
            (4, f"Shift type with ID {far_type.pk} not found", "not_found"),
            (6, "date: 2026-11-09 is outside the schedule's week, 2026-11-02 to 2026-11-08.", "invalid"),
            (7, "date: 9999-12-31 is outside the schedule's week, 2026-11-02 to 2026-11-08.", "invalid"),
            (8, "On 2026-03-29 the clocks of Europe/Berlin skip the whole of 02:00 - 03:00.", "skipped_by_the_clocks"),
            (9, "There is already a shift of the code there in the schedule.", "duplicate"),
            (10, "There is already a shift of the code new in the schedule.", "duplicate"),
        ],
    )
    assert Shift.objects.count() == 2
    assert AuditEntry.objects.get().object_id == str(row.pk)


@pytest.mark.parametrize("shifts", [[], None])
def test_bulk_of_nothing(api, admin, stored, shifts):
    client, before = api(admin), stored()

    response = client.post(URL, {"shifts": shifts})

    answers = {True: (201, result()), False: (400, {"detail": "shifts: This field may not be null."})}
    assert (response.status_code, response.json()) == answers[shifts == []]
    assert stored() == before


@pytest.mark.parametrize(
    "changed, detail",
    [
        ({"date": "soon"}, "date: Date has wrong format. Use one of these formats instead: YYYY-MM-DD."),
        ({"schedule_id": 0}, "schedule_id: Ensure this value is greater than or equal to 1."),
        ({"shift_type_id": "x"}, "shift_type_id: A valid integer is required."),
        ({"required_staff": 1001}, "required_staff: Ensure this value is less than or equal to 1000."),
        ({"code": None}, "code: This field may not be null."),
    ],
)
def test_bulk_with_a_malformed_plan_refuses_the_batch(api, admin, plan, stored, changed, detail):
    client, before = api(admin), stored()

    response = client.post(URL, {"shifts": [plan(), plan(**changed)]})

    assert (response.status_code, response.json()) == (400, {"detail": f"shifts.1.{detail}"})
    assert stored() == before


@pytest.mark.parametrize(
    "body, detail",
    [
        ({}, "shifts: This field is required."),
        ({"shifts": {}}, 'shifts: Expected a list of items but got type "dict".'),
        ({"shifts": ["x"]}, "shifts.0: Invalid data. Expected a dictionary, but got str."),
        ([], "Invalid data. Expected a dictionary, but got list."),
    ],
)
def test_bulk_with_a_malformed_body(api, admin, stored, body, detail):
    client, before = api(admin), stored()

    response = client.post(URL, body)

    assert (response.status_code, response.json()) == (400, {"detail": detail})
    assert stored() == before


def test_bulk_of_more_than_a_thousand(api, admin, plan, stored):
    client, before = api(admin), stored()

    response = client.post(URL, {"shifts": [plan()] * 1001})

    detail = "shifts: Ensure this field has no more than 1000 elements."
    assert (response.status_code, response.json()) == (400, {"detail": detail})
    assert stored() == before


@pytest.mark.parametrize("rows", [1, 300])
def test_bulk_takes_as_many_queries_for_one_as_for_many(api, admin, plan, django_assert_num_queries, rows):
    client = api(admin)

    with django_assert_num_queries(10):
        response = client.post(URL, {"shifts": [plan(code=f"shift {number}") for number in range(rows)]})

    assert response.json()["total_created"] == rows


@pytest.mark.parametrize("person", ["nobody", "viewer", "member"])
def test_bulk_by_those_who_may_not(api, people, plan, stored, person):
    client, before = api(people[person]), stored()

    response = client.post(URL, {"shifts": [plan()]})

    answer = (401, NOT_SIGNED_IN) if person == "nobody" else (403, ROLE_TOO_LOW)
    assert (response.status_code, response.json()) == answer
    assert stored() == before


def test_bulk_by_a_stranger(api, stranger, schedule, plan, stored):
    client, before = api(stranger), stored()

    response = client.post(URL, {"shifts": [plan()]})

    refusal = (0, f"Schedule with ID {schedule.pk} not found", "not_found")
    assert (response.status_code, response.json()) == (201, result(errors=[refusal]))
    assert stored() == before


def test_bulk_by_an_admin_elsewhere_who_is_a_viewer_here(api, viewer, other_tenant, plan, stored):
    viewer.memberships.create(assignment=other_tenant.assignments.get(role__type="admin"))
    there = plan(
        schedule_id=ScheduleFactory(tenant=other_tenant).pk, shift_type_id=ShiftTypeFactory(tenant=other_tenant).pk
    )
    client, before = api(viewer), stored()

    response = client.post(URL, {"shifts": [there, plan()]})

    detail = "Your role does not allow you to add this here."
    assert (response.status_code, response.json()) == (403, {"detail": detail})
    assert stored() == before
