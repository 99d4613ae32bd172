"""POST /api/schedules/{id}/validate: everything that is wrong with a schedule as it stands, and nothing is written."""

from datetime import date, time, timedelta

import pytest

from scheduling.tests.counts import queries
from scheduling.tests.factories import (
    MONDAY,
    AssignmentFactory,
    AvailabilityWindowFactory,
    EmployeeFactory,
    QualificationFactory,
    ScheduleFactory,
    ShiftFactory,
    ShiftTypeFactory,
)
from scheduling.tests.planning_bodies import NOT_SIGNED_IN, ROLE_TOO_LOW, missing

STATUSES = ["draft", "pending_approval", "approved", "published", "rejected", "archived"]


@pytest.fixture
def found(api, admin, stored):
    """`found(schedule)` → what the admin is told, whole; nothing may have been written."""
    client = api(admin)

    def post(schedule) -> dict:
        before = stored()
        response = client.post(f"/api/schedules/{schedule.pk}/validate")
        assert response.status_code == 200
        assert stored() == before
        return response.json()

    return post


def result(*findings: dict) -> dict:
    critical = sum(finding["severity"] == "critical" for finding in findings)
    return {
        "valid": critical == 0,
        "critical": critical,
        "warnings": len(findings) - critical,
        "conflicts": list(findings),
    }


def staffing(kind: str, shift, assigned: int) -> dict:
    text = f"Shift {shift.pk} on {shift.date} ({shift.hours}) has {assigned} of {shift.required_staff} employees"
    about = {"shift_id": shift.pk, "required": shift.required_staff, "assigned": assigned}
    return {"kind": kind, "severity": "critical", "message": text, "about": about}


def soft(severity: str, kind: str, row, text: str, **about) -> dict:
    ids = {"employee_id": row.employee_id, "assignment_id": row.pk, "shift_id": row.shift_id}
    message = f"{row.employee} on shift {row.shift_id}: {text}"
    return {"kind": kind, "severity": severity, "message": message, "about": ids | about}


# --- Nothing to say ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", STATUSES)
def test_validate_a_schedule_in_order(found, nurse, schedule, shift, status):
    schedule.status = status
    schedule.save()
    AssignmentFactory(employee=nurse, shift=shift)

    assert found(schedule) == {"valid": True, "critical": 0, "warnings": 0, "conflicts": []}


def test_validate_an_empty_schedule(found, schedule):
    assert found(schedule) == {"valid": True, "critical": 0, "warnings": 0, "conflicts": []}


# --- Staffing ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "required, assigned, kind",
    [
        (1, 0, "understaffed"),
        (3, 2, "understaffed"),
        (2, 2, None),
        (0, 0, None),
        (0, 1, "overstaffed"),
        (1, 3, "overstaffed"),
    ],
)
def test_validate_staffing(found, tenant, schedule, required, assigned, kind):
    shift = ShiftFactory(schedule=schedule, required_staff=required)
    for _ in range(assigned):
        AssignmentFactory(employee=EmployeeFactory(tenant=tenant), shift=shift)

    assert found(schedule) == result(*([staffing(kind, shift, assigned)] if kind else []))


@pytest.mark.parametrize(
    "status, kind",
    [
        ("assigned", None),
        ("pending", None),
        ("confirmed", None),
        ("completed", None),
        ("declined", "understaffed"),
        ("cancelled", "understaffed"),
    ],
)
def test_validate_staffing_counts_those_who_come(found, nurse, schedule, shift, status, kind):
    AssignmentFactory(employee=nurse, shift=shift, status=status)

    assert found(schedule) == result(*([staffing(kind, shift, 0)] if kind else []))


def test_validate_staffing_goes_by_time(found, schedule):
    late, early = (ShiftFactory(schedule=schedule, start_time=time(hour), end_time=time(hour + 2)) for hour in (14, 9))

    assert found(schedule) == result(staffing("understaffed", early, 0), staffing("understaffed", late, 0))


# --- Soft rules, broken since -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("resolved, severity", [(True, "critical"), (False, "warning")])
def test_validate_after_the_shift_type_asks_for_more(found, api, admin, tenant, nurse, shift, resolved, severity):
    assignment = AssignmentFactory(employee=nurse, shift=shift, conflicts_resolved=resolved)
    needed = QualificationFactory(tenant=tenant)
    api(admin).patch(f"/api/shift-types/{shift.shift_type_id}", {"required_qualification_ids": [needed.pk]})

    assert found(shift.schedule) == result(
        soft(
            severity,
            "qualification",
            assignment,
            f"Employee lacks required qualifications: {needed.name}",
            qualification_ids=[needed.pk],
        )
    )


@pytest.mark.parametrize("resolved, severity", [(True, "critical"), (False, "warning")])
def test_validate_after_the_employee_lost_a_qualification(found, api, admin, tenant, schedule, resolved, severity):
    needed = QualificationFactory(tenant=tenant)
    guarded = ShiftTypeFactory(tenant=tenant, required_qualifications=[needed])
    nurse = EmployeeFactory(tenant=tenant, qualifications=[needed])
    shift = ShiftFactory(schedule=schedule, shift_type=guarded)
    assignment = AssignmentFactory(employee=nurse, shift=shift, conflicts_resolved=resolved)
    api(admin).patch(f"/api/employees/{nurse.pk}", {"qualification_ids": []})

    assert found(schedule) == result(
        soft(
            severity,
            "qualification",
            assignment,
            f"Employee lacks required qualifications: {needed.name}",
            qualification_ids=[needed.pk],
        )
    )


@pytest.mark.parametrize("resolved, severity", [(True, "critical"), (False, "warning")])
@pytest.mark.parametrize(
    "address, sent, clock",
    [
        ("availability-windows", {"weekday": 0, "start_time": "09:30", "end_time": "18:00"}, "08:00"),
        ("availability-windows", {"weekday": 0, "start_time": "06:00", "end_time": "10:15"}, "10:15"),
        ("availability-exceptions", {"kind": "away", "first_date": "2026-11-02", "last_date": "2026-11-02"}, "08:00"),
    ],
)
def test_validate_after_the_employees_hours_changed(
    found, api, admin, nurse, shift, resolved, severity, address, sent, clock
):
    assignment = AssignmentFactory(employee=nurse, shift=shift, conflicts_resolved=resolved)
    response = api(admin).post(f"/api/{address}", {"employee_id": nurse.pk, **sent})

    assert response.status_code == 201
    assert found(shift.schedule) == result(
        soft(severity, "availability", assignment, f"Employee not available on monday at {clock}")
    )


@pytest.mark.parametrize("status", ["declined", "cancelled"])
def test_validate_asks_no_rule_about_freed_places(found, nurse, schedule, status):
    shift = ShiftFactory(schedule=schedule, required_staff=0)
    AssignmentFactory(employee=nurse, shift=shift, status=status)
    AvailabilityWindowFactory(employee=nurse, start_time=time(20), end_time=time(23))

    assert found(schedule) == result()


def test_validate_lists_everything_shift_by_shift(found, tenant, nurse, schedule):
    needed = QualificationFactory(tenant=tenant)
    guarded = ShiftTypeFactory(tenant=tenant, required_qualifications=[needed])
    tuesday = MONDAY + timedelta(days=1)
    late = ShiftFactory(schedule=schedule, date=tuesday, shift_type=guarded, required_staff=2)
    early = ShiftFactory(schedule=schedule, shift_type=guarded)
    rows = [AssignmentFactory(employee=nurse, shift=shift) for shift in (late, early)]
    AvailabilityWindowFactory(employee=nurse, start_time=time(8), end_time=time(12))
    lacks = {"text": f"Employee lacks required qualifications: {needed.name}", "qualification_ids": [needed.pk]}

    assert found(schedule) == result(
        staffing("understaffed", late, 1),
        soft("critical", "qualification", rows[1], **lacks),
        soft("critical", "qualification", rows[0], **lacks),
        soft("critical", "availability", rows[0], "Employee not available on tuesday at 08:00"),
    )


# --- Who may, and at what cost ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("person", ["admin", "owner", "super_admin"])
@pytest.mark.parametrize("slash", ["", "/"])
def test_validate_by_those_who_may(api, people, schedule, shift, person, slash):
    response = api(people[person]).post(f"/api/schedules/{schedule.pk}/validate{slash}")

    assert (response.status_code, response.json()) == (200, result(staffing("understaffed", shift, 0)))


@pytest.mark.parametrize("person", ["nobody", "viewer", "member", "stranger"])
def test_validate_by_those_who_may_not(api, people, schedule, person):
    response = api(people[person]).post(f"/api/schedules/{schedule.pk}/validate")

    assert (response.status_code, response.json()) == {
        "nobody": (401, NOT_SIGNED_IN),
        "viewer": (403, ROLE_TOO_LOW),
        "member": (403, ROLE_TOO_LOW),
        "stranger": (404, missing("schedule", schedule.pk)),
    }[person]


def test_validate_by_an_admin_elsewhere_who_is_a_viewer_here(api, viewer, other_tenant, schedule):
    viewer.memberships.create(assignment=other_tenant.assignments.get(role__type="admin"))

    response = api(viewer).post(f"/api/schedules/{schedule.pk}/validate")

    assert (response.status_code, response.json()) == (403, {"detail": "You may not validate this schedule."})


def test_validate_by_another_method(api, admin, schedule):
    response = api(admin).get(f"/api/schedules/{schedule.pk}/validate")

    assert (response.status_code, response.json()) == (405, {"detail": 'Method "GET" not allowed.'})


@pytest.mark.parametrize("staff", [1, 3])
def test_validate_takes_as_many_queries_for_one_as_for_many(
    api, admin, tenant, schedule, django_assert_num_queries, staff
):
    needed = QualificationFactory(tenant=tenant)
    guarded = ShiftTypeFactory(tenant=tenant, required_qualifications=[needed])
    elsewhere = ScheduleFactory(tenant=tenant)
    for number in range(staff):
        employee = EmployeeFactory(tenant=tenant)
        AvailabilityWindowFactory(employee=employee, start_time=time(9), end_time=time(12))
        for schedule_of_shift in (schedule, elsewhere):
            day = date(2026, 11, 2 + number + 3 * (schedule_of_shift == elsewhere))
            shift = ShiftFactory(schedule=schedule_of_shift, date=day, shift_type=guarded)
            AssignmentFactory(employee=employee, shift=shift)
    client = api(admin)

    with django_assert_num_queries(queries(sqlite=13, postgresql=7)):
        response = client.post(f"/api/schedules/{schedule.pk}/validate")

    assert response.json()["critical"] == 2 * staff
