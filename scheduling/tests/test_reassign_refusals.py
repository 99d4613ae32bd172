"""PUT and PATCH /api/assignments/{id} refused (seed 002, "Update Assignment"): judged as if new, nothing changed."""

from datetime import time

import pytest

from scheduling.models import Assignment
from scheduling.tests.factories import (
    AssignmentFactory,
    AvailabilityWindowFactory,
    EmployeeFactory,
    QualificationFactory,
    ScheduleFactory,
    ShiftFactory,
    ShiftTypeFactory,
)
from scheduling.tests.planning_bodies import missing, not_editable

FREED = ["declined", "cancelled"]
ACTIVE = ["assigned", "pending", "confirmed", "completed"]


@pytest.fixture
def assignment(nurse, shift):
    return AssignmentFactory(employee=nurse, shift=shift)


@pytest.fixture
def colleague(tenant):
    return EmployeeFactory(tenant=tenant)


@pytest.fixture
def later(shift):
    return ShiftFactory(schedule=shift.schedule, start_time=time(14), end_time=time(18))


@pytest.fixture
def refused(api, admin, stored):
    """`refused(row, **sent)` → status and body of a change by the admin that must not have written anything."""
    client = api(admin)

    def change(row, **sent) -> tuple[int, dict]:
        before = stored()
        answers = []
        for method in (client.put, client.patch):
            response = method(f"/api/assignments/{row.pk}", sent)
            answers.append((response.status_code, response.json()))
            assert stored() == before
        assert answers[0] == answers[1]
        return answers[0]

    return change


def duplicate(employee, shift) -> tuple[int, dict]:
    return 409, {
        "detail": f"Employee {employee.pk} is already assigned to shift {shift.pk}",
        "code": "duplicate",
        "employee_id": employee.pk,
        "shift_id": shift.pk,
    }


def overlap(employee, *shifts) -> tuple[int, dict]:
    names = ", ".join(f"Conflicts with shift {shift.pk} ({shift.hours})" for shift in shifts)
    return 409, {
        "detail": f"Assignment conflicts detected: {names}",
        "code": "overlap",
        "employee_id": employee.pk,
        "shift_ids": [shift.pk for shift in shifts],
    }


def unqualified(employee, needed) -> tuple[int, dict]:
    return 400, {
        "detail": f"Employee lacks required qualifications: {needed.name}",
        "code": "qualification",
        "employee_id": employee.pk,
        "qualification_ids": [needed.pk],
    }


def unavailable(employee, day: str, clock: str) -> tuple[int, dict]:
    text = f"Employee not available on {day} at {clock}"
    return 400, {"detail": text, "code": "availability", "employee_id": employee.pk}


def inactive(employee) -> tuple[int, dict]:
    text = f"Employee with ID {employee.pk} is not active"
    return 400, {"detail": text, "code": "inactive", "employee_id": employee.pk}


# --- The schedule -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", ["pending_approval", "approved", "published", "archived"])
@pytest.mark.parametrize(
    "sent", [{"notes": "Late"}, {"status": "cancelled"}, {"employee_id": 2**40}, {}], ids=lambda sent: str([*sent])
)
def test_reassign_in_a_schedule_that_is_not_editable(refused, assignment, status, sent):
    assignment.schedule.status = status
    assignment.schedule.save()

    assert refused(assignment, **sent) == (400, not_editable(assignment.schedule))


# --- Another employee -------------------------------------------------------------------------------------------------


def test_reassign_to_an_unknown_employee(refused, assignment):
    assert refused(assignment, employee_id=2**40) == (404, missing("employee", 2**40))


def test_reassign_to_an_employee_of_another_tenant(refused, assignment, other_tenant):
    employee = EmployeeFactory(tenant=other_tenant)

    assert refused(assignment, employee_id=employee.pk) == (404, missing("employee", employee.pk))


@pytest.mark.parametrize("status", [*ACTIVE, *FREED])
def test_reassign_to_an_inactive_employee(refused, assignment, tenant, status):
    employee = EmployeeFactory(tenant=tenant, is_active=False)

    assert refused(assignment, employee_id=employee.pk, status=status) == inactive(employee)


def test_reassign_to_an_employee_who_is_on_the_shift(refused, assignment, colleague, shift):
    AssignmentFactory(employee=colleague, shift=shift)

    assert refused(assignment, employee_id=colleague.pk) == duplicate(colleague, shift)


@pytest.mark.parametrize("status", ACTIVE)
def test_reassign_to_an_employee_who_is_elsewhere_then(refused, assignment, colleague, tenant, status):
    meeting = ShiftFactory(schedule=ScheduleFactory(tenant=tenant), start_time=time(11), end_time=time(15))
    AssignmentFactory(employee=colleague, shift=meeting, status=status)

    assert refused(assignment, employee_id=colleague.pk) == overlap(colleague, meeting)


@pytest.mark.parametrize("status", FREED)
def test_reassign_to_an_employee_whose_other_place_was_freed(api, admin, assignment, colleague, shift, status):
    AssignmentFactory(employee=colleague, shift=shift, status=status)

    response = api(admin).put(f"/api/assignments/{assignment.pk}", {"employee_id": colleague.pk})

    assert response.status_code == 200
    assert Assignment.objects.get(pk=assignment.pk).employee == colleague


def test_reassign_to_an_employee_who_is_not_qualified(refused, tenant, schedule, nurse, colleague):
    needed = QualificationFactory(tenant=tenant)
    nurse.qualifications.add(needed)
    guarded = ShiftTypeFactory(tenant=tenant, required_qualifications=[needed])
    assignment = AssignmentFactory(employee=nurse, shift=ShiftFactory(schedule=schedule, shift_type=guarded))

    assert refused(assignment, employee_id=colleague.pk) == unqualified(colleague, needed)


def test_reassign_to_an_employee_who_is_not_available(refused, assignment, colleague):
    AvailabilityWindowFactory(employee=colleague, start_time=time(8), end_time=time(11, 30))

    assert refused(assignment, employee_id=colleague.pk) == unavailable(colleague, "monday", "11:30")


# --- Another shift ----------------------------------------------------------------------------------------------------


def test_reassign_to_an_unknown_shift(refused, assignment):
    assert refused(assignment, shift_id=2**40) == (404, missing("shift", 2**40))


def test_reassign_to_a_shift_of_another_schedule(refused, assignment, tenant):
    elsewhere = ShiftFactory(schedule=ScheduleFactory(tenant=tenant))

    assert refused(assignment, shift_id=elsewhere.pk) == (404, missing("shift", elsewhere.pk))


def test_reassign_to_a_shift_the_employee_is_on(refused, assignment, nurse, later):
    AssignmentFactory(employee=nurse, shift=later)

    assert refused(assignment, shift_id=later.pk) == duplicate(nurse, later)


def test_reassign_to_a_shift_that_meets_others(refused, assignment, nurse, schedule, later):
    first = ShiftFactory(schedule=schedule, start_time=time(12), end_time=time(14, 30))
    second = ShiftFactory(schedule=schedule, start_time=time(17, 59), end_time=time(20))
    for taken in (first, second):
        AssignmentFactory(employee=nurse, shift=taken)

    newest_first = (second, first)
    assert refused(assignment, shift_id=later.pk) == overlap(nurse, *newest_first)


def test_reassign_to_a_shift_the_employee_is_not_qualified_for(refused, assignment, tenant, schedule, nurse):
    needed = QualificationFactory(tenant=tenant)
    guarded = ShiftTypeFactory(tenant=tenant, required_qualifications=[needed])
    shift = ShiftFactory(schedule=schedule, shift_type=guarded, start_time=time(14), end_time=time(18))

    assert refused(assignment, shift_id=shift.pk) == unqualified(nurse, needed)


def test_reassign_to_a_shift_the_employee_is_not_available_for(refused, assignment, nurse, later):
    AvailabilityWindowFactory(employee=nurse, start_time=time(8), end_time=time(12))

    assert refused(assignment, shift_id=later.pk) == unavailable(nurse, "monday", "14:00")


def test_reassign_of_a_row_that_passed_over_soft_rules_asks_them_for_another_shift(refused, nurse, shift, later):
    AvailabilityWindowFactory(employee=nurse, start_time=time(20), end_time=time(22))
    assignment = AssignmentFactory(employee=nurse, shift=shift, conflicts_resolved=False)

    assert refused(assignment, shift_id=later.pk) == unavailable(nurse, "monday", "14:00")


# --- Brought back -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("was", FREED)
@pytest.mark.parametrize("becomes", ACTIVE)
def test_reassign_brings_back_a_place_somebody_has_since_taken(refused, nurse, shift, was, becomes):
    freed = AssignmentFactory(employee=nurse, shift=shift, status=was)
    AssignmentFactory(employee=nurse, shift=shift)

    assert refused(freed, status=becomes) == duplicate(nurse, shift)


def test_reassign_brings_back_a_place_that_meets_another(refused, nurse, shift, schedule):
    freed = AssignmentFactory(employee=nurse, shift=shift, status="declined")
    meeting = ShiftFactory(schedule=schedule, start_time=time(11), end_time=time(15))
    AssignmentFactory(employee=nurse, shift=meeting)

    assert refused(freed, status="assigned") == overlap(nurse, meeting)


def test_reassign_brings_back_a_place_of_somebody_who_left(refused, nurse, shift):
    freed = AssignmentFactory(employee=nurse, shift=shift, status="cancelled")
    nurse.is_active = False
    nurse.save()

    assert refused(freed, status="assigned") == inactive(nurse)


def test_reassign_brings_back_a_place_the_employee_is_no_longer_qualified_for(refused, tenant, schedule, nurse):
    needed = QualificationFactory(tenant=tenant)
    guarded = ShiftTypeFactory(tenant=tenant, required_qualifications=[needed])
    freed = AssignmentFactory(
        employee=nurse, shift=ShiftFactory(schedule=schedule, shift_type=guarded), status="declined"
    )

    assert refused(freed, status="pending") == unqualified(nurse, needed)


def test_reassign_brings_back_a_place_the_employee_is_no_longer_available_for(refused, nurse, shift):
    freed = AssignmentFactory(employee=nurse, shift=shift, status="declined")
    AvailabilityWindowFactory(employee=nurse, start_time=time(9), end_time=time(12))

    assert refused(freed, status="assigned", notes="Please") == unavailable(nurse, "monday", "08:00")


# --- In which order ---------------------------------------------------------------------------------------------------


def test_reassign_refuses_in_the_order_of_checks(refused, api, admin, tenant, schedule, assignment, colleague):
    """Everything is wrong at first; what each refusal names is put right, and the next one speaks."""
    needed = QualificationFactory(tenant=tenant)
    guarded = ShiftTypeFactory(tenant=tenant, required_qualifications=[needed])
    wanted = ShiftFactory(schedule=schedule, shift_type=guarded, start_time=time(14), end_time=time(18))
    meeting = ShiftFactory(schedule=schedule, start_time=time(17), end_time=time(20))
    places = [AssignmentFactory(employee=colleague, shift=wanted)]
    AvailabilityWindowFactory(employee=colleague, start_time=time(8), end_time=time(12))
    colleague.is_active = False
    colleague.save()
    schedule.status = "published"
    schedule.save()
    sent = {"employee_id": 2**40, "shift_id": 2**40, "status": "confirmed"}

    assert refused(assignment, **sent) == (400, not_editable(schedule))

    schedule.status = "draft"
    schedule.save()
    assert refused(assignment, **sent) == (404, missing("employee", 2**40))

    sent["employee_id"] = colleague.pk
    assert refused(assignment, **sent) == inactive(colleague)

    colleague.is_active = True
    colleague.save()
    assert refused(assignment, **sent) == (404, missing("shift", 2**40))

    sent["shift_id"] = wanted.pk
    assert refused(assignment, **sent) == duplicate(colleague, wanted)

    places.pop().delete()
    places.append(AssignmentFactory(employee=colleague, shift=meeting))
    assert refused(assignment, **sent) == overlap(colleague, meeting)

    places.pop().delete()
    assert refused(assignment, **sent) == unqualified(colleague, needed)

    colleague.qualifications.add(needed)
    assert refused(assignment, **sent) == unavailable(colleague, "monday", "14:00")

    colleague.availability.all().delete()
    assert api(admin).put(f"/api/assignments/{assignment.pk}", sent).status_code == 200
