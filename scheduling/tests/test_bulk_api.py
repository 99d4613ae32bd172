"""POST /api/assignments/bulk (seed 002, "Bulk Create Assignments")."""

from datetime import time, timedelta

import pytest

from assignhub.models import AuditEntry
from scheduling.models import Assignment
from scheduling.tests.bodies import assignment_body, not_editable, not_found
from scheduling.tests.factories import (
    AssignmentFactory,
    AvailabilityWindowFactory,
    EmployeeFactory,
    QualificationFactory,
    ScheduleFactory,
    ShiftFactory,
    ShiftTypeFactory,
)

URL = "/api/assignments/bulk"


def wish(employee, shift, **values) -> dict:
    return {"employee_id": employee.pk, "shift_id": shift.pk, **values}


def batch(schedule, *wishes, **values) -> dict:
    return {"schedule_id": schedule.pk, "assignments": list(wishes), **values}


def report(index: int, employee, shift, code: str, error: str) -> dict:
    return {"index": index, "employee_id": employee.pk, "shift_id": shift.pk, "error": error, "code": code}


def result(created=(), errors=()) -> dict:
    return {
        "created": [assignment_body(row) for row in created],
        "errors": list(errors),
        "total_processed": len(created) + len(errors),
        "total_created": len(created),
        "total_errors": len(errors),
    }


@pytest.mark.parametrize("url", [URL, URL + "/"])
def test_bulk_with_partial_success(api, admin, schedule, nurse, shift, url):
    early = EmployeeFactory(tenant=nurse.tenant)
    AvailabilityWindowFactory(employee=early, start_time=time(9))
    body = {
        "schedule_id": schedule.pk,
        "validate_conflicts": True,
        "assignments": [
            {"employee_id": nurse.pk, "shift_id": shift.pk, "status": "assigned", "priority": 1},
            {"employee_id": early.pk, "shift_id": shift.pk, "status": "assigned", "priority": 1},
        ],
    }

    response = api(admin).post(url, body)

    row = Assignment.objects.get()
    assert response.status_code == 201
    assert response.json() == {
        "created": [assignment_body(row)],
        "errors": [
            {
                "index": 1,
                "employee_id": early.pk,
                "shift_id": shift.pk,
                "error": "Employee not available on monday at 08:00",
                "code": "availability",
            }
        ],
        "total_processed": 2,
        "total_created": 1,
        "total_errors": 1,
    }
    assert (row.employee, row.assigned_by, row.conflicts_resolved) == (nurse, admin, True)
    assert list(AuditEntry.objects.values_list("action", "object_id", "by_id")) == [
        ("scheduling.assignment.add", str(row.pk), admin.pk)
    ]


def test_bulk_reports_each_kind_of_refusal_with_its_index(api, admin, tenant, other_tenant, schedule, nurse, shift):
    nursing = QualificationFactory(tenant=tenant, name="Nurse")
    guarded = ShiftFactory(
        schedule=schedule,
        start_time=time(20),
        end_time=time(22),
        shift_type=ShiftTypeFactory(tenant=tenant, required_qualifications=[nursing]),
    )
    held = ShiftFactory(schedule=schedule, start_time=time(16), end_time=time(19))
    meeting = ShiftFactory(schedule=schedule, start_time=time(18), end_time=time(20))
    foreign = ShiftFactory(schedule=ScheduleFactory(tenant=tenant))
    AssignmentFactory(employee=nurse, shift=held)
    retired = EmployeeFactory(tenant=tenant, is_active=False)
    unknown = EmployeeFactory(tenant=other_tenant)
    wishes = [
        wish(unknown, shift),
        wish(retired, shift),
        wish(nurse, foreign),
        wish(nurse, held),
        wish(nurse, shift, notes="The good one", priority=7, status="pending"),
        wish(nurse, meeting),
        wish(nurse, guarded),
    ]

    response = api(admin).post(URL, batch(schedule, *wishes))

    row = Assignment.objects.get(shift=shift)
    meets = f"Assignment conflicts detected: Conflicts with shift {held.pk} (16:00 - 19:00)"
    assert response.status_code == 201
    assert response.json() == result(
        [row],
        [
            report(0, unknown, shift, "not_found", f"Employee with ID {unknown.pk} not found"),
            report(1, retired, shift, "inactive", f"Employee with ID {retired.pk} is not active"),
            report(2, nurse, foreign, "not_found", f"Shift with ID {foreign.pk} not found"),
            report(3, nurse, held, "duplicate", f"Employee {nurse.pk} is already assigned to shift {held.pk}"),
            report(5, nurse, meeting, "overlap", meets),
            report(6, nurse, guarded, "qualification", "Employee lacks required qualifications: Nurse"),
        ],
    )
    assert (row.notes, row.priority, row.status) == ("The good one", 7, "pending")
    assert nurse.assignments.count() == 2
    assert AuditEntry.objects.count() == 1


def test_bulk_rows_of_a_batch_see_each_other(api, admin, schedule, nurse, shift):
    colleague = EmployeeFactory(tenant=nurse.tenant)
    meeting = ShiftFactory(schedule=schedule, start_time=time(10), end_time=time(14))
    touching = ShiftFactory(schedule=schedule, start_time=time(12), end_time=time(14))
    wishes = [
        wish(nurse, shift),
        wish(nurse, shift),
        wish(nurse, meeting),
        wish(nurse, touching),
        wish(colleague, meeting),
        wish(colleague, shift, status="declined"),
        wish(colleague, shift, status="cancelled"),
    ]

    response = api(admin).post(URL, batch(schedule, *wishes))

    twice = f"Employee {nurse.pk} is already assigned to shift {shift.pk}"
    meets = f"Assignment conflicts detected: Conflicts with shift {shift.pk} (08:00 - 12:00)"
    assert response.status_code == 201
    assert response.json() == result(
        Assignment.objects.order_by("pk"),
        [report(1, nurse, shift, "duplicate", twice), report(2, nurse, meeting, "overlap", meets)],
    )
    assert list(Assignment.objects.order_by("pk").values_list("employee", "shift", "status")) == [
        (nurse.pk, shift.pk, "assigned"),
        (nurse.pk, touching.pk, "assigned"),
        (colleague.pk, meeting.pk, "assigned"),
        (colleague.pk, shift.pk, "declined"),
        (colleague.pk, shift.pk, "cancelled"),
    ]


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 0, 2)])
def test_bulk_rows_of_a_batch_may_touch_at_either_end(api, admin, schedule, nurse, order):
    shifts = [ShiftFactory(schedule=schedule, start_time=time(hour), end_time=time(hour + 4)) for hour in (8, 12, 16)]

    response = api(admin).post(URL, batch(schedule, *(wish(nurse, shifts[position]) for position in order)))

    assert (response.status_code, response.json()) == (201, result(Assignment.objects.order_by("pk")))
    assert list(nurse.assignments.order_by("pk").values_list("shift", flat=True)) == [shifts[n].pk for n in order]


def test_bulk_a_refused_row_takes_no_place(api, admin, schedule, nurse, shift):
    AvailabilityWindowFactory(employee=nurse, start_time=time(8), end_time=time(12))
    too_long = ShiftFactory(schedule=schedule, start_time=time(8), end_time=time(16))

    response = api(admin).post(URL, batch(schedule, wish(nurse, too_long), wish(nurse, shift)))

    text = "Employee not available on monday at 12:00"
    assert response.status_code == 201
    assert response.json() == result([Assignment.objects.get()], [report(0, nurse, too_long, "availability", text)])
    assert Assignment.objects.get().shift == shift


def test_bulk_without_validating_conflicts_leaves_out_the_soft_rules_only(api, admin, tenant, schedule, nurse):
    nursing = QualificationFactory(tenant=tenant, name="Nurse")
    shift_type = ShiftTypeFactory(tenant=tenant, required_qualifications=[nursing])
    shift = ShiftFactory(schedule=schedule, shift_type=shift_type)
    meeting = ShiftFactory(schedule=schedule, shift_type=shift_type, start_time=time(10), end_time=time(14))
    AvailabilityWindowFactory(employee=nurse, start_time=time(20), end_time=time(22))
    retired = EmployeeFactory(tenant=tenant, is_active=False)
    wishes = [wish(nurse, shift), wish(nurse, shift), wish(nurse, meeting), wish(retired, shift)]

    response = api(admin).post(URL, batch(schedule, *wishes, validate_conflicts=False))

    row = Assignment.objects.get()
    meets = f"Assignment conflicts detected: Conflicts with shift {shift.pk} (08:00 - 12:00)"
    assert response.status_code == 201
    assert response.json() == result(
        [row],
        [
            report(1, nurse, shift, "duplicate", f"Employee {nurse.pk} is already assigned to shift {shift.pk}"),
            report(2, nurse, meeting, "overlap", meets),
            report(3, retired, shift, "inactive", f"Employee with ID {retired.pk} is not active"),
        ],
    )
    assert (row.employee, row.shift, row.conflicts_resolved) == (nurse, shift, False)


def test_bulk_where_every_row_is_refused(api, admin, schedule, nurse, shift, stored):
    AssignmentFactory(employee=nurse, shift=shift)
    before = stored()

    response = api(admin).post(URL, batch(schedule, wish(nurse, shift)))

    text = f"Employee {nurse.pk} is already assigned to shift {shift.pk}"
    assert (response.status_code, response.json()) == (201, result([], [report(0, nurse, shift, "duplicate", text)]))
    assert stored() == before


def test_bulk_of_nothing(api, admin, schedule, stored):
    before = stored()

    response = api(admin).post(URL, batch(schedule))

    assert (response.status_code, response.json()) == (201, result())
    assert stored() == before


# --- Refused as a whole -----------------------------------------------------------------------------------------------


def test_bulk_of_1000_rows(api, admin, tenant, schedule):
    shifts = [
        ShiftFactory(schedule=schedule, date=schedule.week_start + timedelta(days=day), start_time=time(hour))
        for day in range(5)
        for hour in range(10)
    ]
    employees = [EmployeeFactory(tenant=tenant) for _ in range(20)]
    wishes = [wish(employee, shift) for employee in employees for shift in shifts]

    response = api(admin).post(URL, batch(schedule, *wishes))

    body = response.json()
    assert response.status_code == 201
    # From 00:00 to 09:00, each until 12:00: of ten shifts a day, an employee gets the first.
    assert (body["total_processed"], body["total_created"], body["total_errors"]) == (1000, 100, 900)
    assert [row["shift_id"] for row in body["created"]] == [shift.pk for shift in shifts[::10]] * 20
    assert Assignment.objects.count() == AuditEntry.objects.count() == 100


@pytest.mark.parametrize("item", [{"employee_id": 1, "shift_id": 1}, {}, None])
@pytest.mark.parametrize("count", [1001, 100_000])
def test_bulk_of_too_many_rows_looks_at_none_of_them(api, admin, schedule, stored, count, item):
    before = stored()

    response = api(admin).post(URL, {"schedule_id": schedule.pk, "assignments": [item] * count})

    detail = "assignments: Ensure this field has no more than 1000 elements."
    assert (response.status_code, response.json()) == (400, {"detail": detail})
    assert stored() == before


def test_bulk_in_a_schedule_that_does_not_exist(api, admin, schedule, nurse, shift, stored):
    before = stored()

    response = api(admin).post(URL, batch(schedule, wish(nurse, shift), schedule_id=2**40))

    assert (response.status_code, response.json()) == (404, not_found("Schedule", 2**40))
    assert stored() == before


def test_bulk_in_a_schedule_that_is_not_editable(api, admin, schedule, nurse, shift, stored):
    schedule.status = "approved"
    schedule.save()
    before = stored()

    response = api(admin).post(URL, batch(schedule, wish(nurse, shift)))

    assert (response.status_code, response.json()) == (400, not_editable(schedule, "approved"))
    assert stored() == before


@pytest.mark.parametrize(
    "person,status,detail",
    [
        ("nobody", 401, "Authentication credentials were not provided."),
        ("viewer", 403, "You do not have permission to perform this action."),
        ("member", 403, "You do not have permission to perform this action."),
    ],
)
def test_bulk_by_those_who_may_not(api, people, schedule, nurse, shift, stored, person, status, detail):
    before = stored()

    response = api(people[person]).post(URL, batch(schedule, wish(nurse, shift)))

    assert (response.status_code, response.json()) == (status, {"detail": detail})
    assert stored() == before


def test_bulk_by_a_stranger(api, stranger, schedule, nurse, shift, stored):
    before = stored()

    response = api(stranger).post(URL, batch(schedule, wish(nurse, shift)))

    assert (response.status_code, response.json()) == (404, not_found("Schedule", schedule.pk))
    assert stored() == before


@pytest.mark.parametrize("person", ["owner", "super_admin"])
def test_bulk_by_others_who_may(api, people, schedule, nurse, shift, person):
    response = api(people[person]).post(URL, batch(schedule, wish(nurse, shift)))

    assert (response.status_code, response.json()) == (201, result([Assignment.objects.get()]))
    assert Assignment.objects.get().assigned_by == people[person]
