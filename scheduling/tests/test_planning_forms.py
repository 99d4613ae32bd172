"""The admin forms of assignments, shifts, employees and policies: the rules speak as errors of the form."""

from datetime import date, time

import pytest
from django.utils import timezone

from assignhub.audit import trail
from scheduling.models import Assignment, AvailabilityWindow, Employee, Policy, Shift
from scheduling.tests.factories import (
    AssignmentFactory,
    AvailabilityWindowFactory,
    EmployeeFactory,
    QualificationFactory,
    ScheduleFactory,
    ShiftFactory,
    ShiftTypeFactory,
)
from scheduling.tests.planning_factories import PolicyFactory
from tenancy.tests.doors import errors_on, new_row, submit


def page(row) -> str:
    return f"/admin/scheduling/{row._meta.model_name}/{row.pk}/change/"


@pytest.fixture
def assignment(nurse, shift, owner):
    return AssignmentFactory(employee=nurse, shift=shift, priority=3, notes="Night bus", assigned_by=owner)


@pytest.fixture
def colleague(tenant):
    return EmployeeFactory(tenant=tenant)


@pytest.fixture
def later(shift):
    return ShiftFactory(schedule=shift.schedule, start_time=time(14), end_time=time(18))


@pytest.fixture
def refused(staff_client, admin, stored):
    """`refused(row, **typed)` → the errors of the form; nothing may have been written."""

    def type_in(row, **typed) -> list[str]:
        session, before = staff_client(admin), stored()
        response = submit(session, page(row), **typed)
        assert response.status_code == 200
        assert stored() == before
        return errors_on(response)

    return type_in


# --- Assignments ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("person", ["admin", "owner", "super_admin"])
def test_assignment_given_to_another_employee(staff_client, people, assignment, nurse, colleague, person):
    began = timezone.now()

    response = submit(staff_client(people[person]), page(assignment), employee=colleague.pk)

    row = Assignment.objects.get()
    assert response.status_code == 302
    assert (row.employee, row.assigned_by, row.priority, row.notes) == (colleague, people[person], 3, "Night bus")
    assert began <= row.assigned_at <= timezone.now()
    entry = trail(row).get()
    assert (entry.action, entry.by_id) == ("scheduling.assignment.change", people[person].pk)
    assert entry.changes["employee"] == [nurse.pk, colleague.pk]


def test_assignment_moved_to_another_shift_takes_its_span(staff_client, admin, assignment, later):
    response = submit(staff_client(admin), page(assignment), shift=later.pk)

    row = Assignment.objects.get()
    assert response.status_code == 302
    assert (row.shift, row.starts_at, row.ends_at, row.sequence) == (later, later.starts_at, later.ends_at, 1)


def test_assignment_given_notes_asks_no_rule(staff_client, admin, assignment):
    AvailabilityWindowFactory(employee=assignment.employee, start_time=time(20), end_time=time(23))

    response = submit(staff_client(admin), page(assignment), notes="Bring the keys")

    assert response.status_code == 302
    assert Assignment.objects.get().notes == "Bring the keys"


def test_assignment_saved_unchanged_writes_nothing(staff_client, admin, assignment, stored):
    session, before = staff_client(admin), stored()

    response = submit(session, page(assignment))

    assert response.status_code == 302
    assert stored() == before


def test_assignment_given_to_somebody_who_is_on_the_shift(refused, assignment, colleague, shift):
    AssignmentFactory(employee=colleague, shift=shift)

    errors = refused(assignment, employee=colleague.pk)

    assert errors == [f"Employee {colleague.pk} is already assigned to shift {shift.pk}"]


def test_assignment_given_to_somebody_who_is_elsewhere_then(refused, tenant, assignment, colleague):
    meeting = ShiftFactory(schedule=ScheduleFactory(tenant=tenant), start_time=time(11), end_time=time(15))
    AssignmentFactory(employee=colleague, shift=meeting)

    errors = refused(assignment, employee=colleague.pk)

    assert errors == [f"Assignment conflicts detected: Conflicts with shift {meeting.pk} (11:00 - 15:00)"]


def test_assignment_given_to_somebody_who_is_not_available(refused, assignment, colleague):
    AvailabilityWindowFactory(employee=colleague, start_time=time(9), end_time=time(12))

    assert refused(assignment, employee=colleague.pk) == ["Employee not available on monday at 08:00"]


def test_assignment_given_to_somebody_who_is_not_qualified(refused, tenant, schedule, colleague):
    needed = QualificationFactory(tenant=tenant, name="Triage")
    guarded = ShiftTypeFactory(tenant=tenant, required_qualifications=[needed])
    shift = ShiftFactory(schedule=schedule, shift_type=guarded)
    assignment = AssignmentFactory(employee=EmployeeFactory(tenant=tenant, qualifications=[needed]), shift=shift)

    assert refused(assignment, employee=colleague.pk) == ["Employee lacks required qualifications: Triage"]


def test_assignment_given_to_somebody_who_is_not_active(refused, tenant, assignment):
    former = EmployeeFactory(tenant=tenant, is_active=False)

    assert refused(assignment, employee=former.pk) == [f"Employee with ID {former.pk} is not active"]


def test_assignment_moved_to_another_schedule(refused, tenant, assignment):
    elsewhere = ShiftFactory(schedule=ScheduleFactory(tenant=tenant))

    assert refused(assignment, shift=elsewhere.pk) == [f"Shift with ID {elsewhere.pk} not found"]


@pytest.mark.parametrize("was", ["declined", "cancelled"])
def test_assignment_brought_back_to_a_place_that_is_taken(refused, nurse, shift, was):
    freed = AssignmentFactory(employee=nurse, shift=shift, status=was)
    AssignmentFactory(employee=nurse, shift=shift)

    errors = refused(freed, status="assigned")

    assert errors == [f"Employee {nurse.pk} is already assigned to shift {shift.pk}"]


@pytest.mark.parametrize("status", ["pending_approval", "approved", "published", "archived"])
def test_assignment_of_a_schedule_that_is_not_editable(refused, schedule, assignment, status):
    schedule.status = status
    schedule.save()

    errors = refused(assignment, notes="Late")

    words = status.replace("_", " ")
    assert errors == [f"Schedule with ID {schedule.pk} is {words} and cannot be edited"]


@pytest.mark.parametrize("person", ["viewer", "member"])
def test_assignment_changed_by_those_who_may_not(staff_client, people, assignment, stored, person):
    session, before = staff_client(people[person]), stored()

    shown = session.get(page(assignment))
    response = session.post(page(assignment), {"notes": "Mine"})

    assert (shown.status_code, response.status_code) == (200, 403)
    assert stored() == before


# --- Shifts -----------------------------------------------------------------------------------------------------------


def test_shift_moved_takes_its_assignments_along(staff_client, admin, assignment, shift):
    response = submit(staff_client(admin), page(shift), start_time="06:00")

    row, shift = Assignment.objects.get(), Shift.objects.get()
    assert response.status_code == 302
    assert (shift.start_time, row.starts_at, row.sequence) == (time(6), shift.starts_at, 1)


def test_shift_moved_into_another_of_the_same_employee(refused, assignment, nurse, shift, later):
    AssignmentFactory(employee=nurse, shift=later)

    errors = refused(shift, end_time="15:00")

    names = f"{nurse} on shift {shift.pk} (08:00 - 15:00), {nurse} on shift {later.pk} (14:00 - 18:00)"
    assert errors == [f"Assignment conflicts detected: {names}"]


def test_shift_moved_out_of_the_week(refused, shift):
    errors = refused(shift, date="2026-11-09")

    assert errors == ["2026-11-09 is outside the schedule's week, 2026-11-02 to 2026-11-08."]


def test_shift_moved_into_an_hour_the_clocks_skip(refused, tenant):
    schedule = ScheduleFactory(tenant=tenant, week_start=date(2026, 3, 23))
    shift = ShiftFactory(schedule=schedule)

    errors = refused(shift, date="2026-03-29", start_time="02:00", end_time="03:00")

    assert errors == ["On 2026-03-29 the clocks of Europe/Berlin skip the whole of 02:00 - 03:00."]


def test_shift_of_a_schedule_that_is_not_editable(refused, schedule, shift):
    schedule.status = "published"
    schedule.save()

    errors = refused(shift, required_staff="2")

    assert errors == [f"Schedule with ID {schedule.pk} is published and cannot be edited"]


# --- Employees and policies -------------------------------------------------------------------------------------------


def test_employee_with_hours_typed_into_the_same_page(staff_client, admin, nurse):
    typed = new_row("availability", 0, weekday=2, start_time="22:00", end_time="06:00")

    response = submit(staff_client(admin), page(nurse), job_title="PartTime", **typed)

    window = AvailabilityWindow.objects.get()
    assert response.status_code == 302
    assert Employee.objects.get().job_title == "PartTime"
    assert (window.employee, window.weekday, window.start_time, window.end_time) == (nurse, 2, time(22), time(6))
    assert trail(window).get().by_id == admin.pk


def test_employee_with_hours_that_are_there_already(refused, nurse):
    AvailabilityWindowFactory(employee=nurse, weekday=2, start_time=time(8), end_time=time(16))
    typed = new_row("availability", 1, weekday=2, start_time="08:00", end_time="16:00")

    assert refused(nurse, job_title="PartTime", **typed) == [
        "Please correct the duplicate data for weekday, start_time and end_time, which must be unique.",
        "Please correct the duplicate values below.",
    ]


def test_policy_of_the_tenant(staff_client, admin, tenant):
    response = submit(staff_client(admin), "/admin/scheduling/policy/add/", tenant=tenant.pk, maximum_daily_hours="10")

    row = Policy.objects.get()
    assert response.status_code == 302
    assert (row.tenant, row.maximum_daily_hours, row.maximum_weekly_hours) == (tenant, 10, 40)
    assert trail(row).get().action == "scheduling.policy.add"


def test_policy_beyond_its_limits(refused, tenant):
    policy = PolicyFactory(tenant=tenant)

    errors = refused(policy, minimum_rest_hours="49")

    assert errors == ["Ensure this value is less than or equal to 48."]
