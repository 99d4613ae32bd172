"""Each rule on its own, and which speaks first. Asked through "create", where the status tells the rules apart."""

from datetime import time, timedelta

import pytest

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

ACTIVE = ["assigned", "pending", "confirmed", "completed"]
INACTIVE = ["declined", "cancelled"]
DAY = timedelta(days=1)


@pytest.fixture
def ask(api, admin):
    """Ask for an employee on a shift; the answer's status and, of a refusal, its detail."""

    def post(employee, shift, **values) -> tuple[int, str | None]:
        url = f"/api/schedules/{shift.schedule_id}/assignments"
        response = api(admin).post(url, {"employee_id": employee.pk, "shift_id": shift.pk, **values})
        return response.status_code, response.json().get("detail")

    return post


def overlapping(*shifts) -> tuple[int, str]:
    names = ", ".join(
        f"Conflicts with shift {shift.pk} ({shift.start_time:%H:%M} - {shift.end_time:%H:%M})" for shift in shifts
    )
    return 409, f"Assignment conflicts detected: {names}"


# --- Duplicates -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", ACTIVE)
def test_duplicate_of_an_active_assignment(ask, nurse, shift, stored, status):
    AssignmentFactory(employee=nurse, shift=shift, status=status)
    before = stored()

    answer = ask(nurse, shift)

    assert answer == (409, f"Employee {nurse.pk} is already assigned to shift {shift.pk}")
    assert stored() == before


@pytest.mark.parametrize("status", INACTIVE)
def test_duplicate_of_an_inactive_assignment_is_granted(ask, nurse, shift, status):
    AssignmentFactory(employee=nurse, shift=shift, status=status)

    answer = ask(nurse, shift)

    assert answer == (201, None)
    assert list(nurse.assignments.order_by("pk").values_list("status", flat=True)) == [status, "assigned"]


@pytest.mark.parametrize("status", INACTIVE)
def test_duplicate_that_is_itself_inactive_is_granted(ask, nurse, shift, status):
    AssignmentFactory(employee=nurse, shift=shift)

    answer = ask(nurse, shift, status=status)

    assert answer == (201, None)
    assert list(nurse.assignments.order_by("pk").values_list("status", flat=True)) == ["assigned", status]


def test_duplicate_of_a_colleague_is_granted(ask, nurse, shift):
    AssignmentFactory(employee=EmployeeFactory(tenant=nurse.tenant), shift=shift)

    answer = ask(nurse, shift)

    assert answer == (201, None)
    assert shift.assignments.count() == 2


# --- Overlaps ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "start,end,meets",
    [
        pytest.param("10:00", "14:00", True, id="the same hours"),
        pytest.param("08:00", "16:00", True, id="around"),
        pytest.param("11:00", "12:00", True, id="inside"),
        pytest.param("08:00", "10:01", True, id="a minute into the start"),
        pytest.param("13:59", "18:00", True, id="a minute before the end"),
        pytest.param("22:00", "10:01", False, id="the night after"),
        pytest.param("12:00", "12:00", True, id="24 hours from within"),
        pytest.param("08:00", "10:00", False, id="until the start"),
        pytest.param("14:00", "18:00", False, id="from the end"),
        pytest.param("14:00", "10:00", False, id="from the end to the next day"),
    ],
)
def test_overlap_by_hours(ask, nurse, schedule, stored, start, end, meets):
    taken = ShiftFactory(schedule=schedule, start_time=time(10), end_time=time(14))
    AssignmentFactory(employee=nurse, shift=taken)
    wanted = ShiftFactory(schedule=schedule, start_time=time.fromisoformat(start), end_time=time.fromisoformat(end))
    before = stored()

    answer = ask(nurse, wanted)

    assert answer == (overlapping(taken) if meets else (201, None))
    assert (stored() == before) is meets


@pytest.mark.parametrize("end,meets", [("06:00", False), ("06:01", True)])
def test_overlap_across_midnight(ask, nurse, schedule, end, meets):
    night = ShiftFactory(schedule=schedule, start_time=time(22), end_time=time.fromisoformat(end))
    AssignmentFactory(employee=nurse, shift=night)
    early = ShiftFactory(schedule=schedule, date=MONDAY + DAY, start_time=time(6), end_time=time(14))

    answer = ask(nurse, early)

    assert answer == (overlapping(night) if meets else (201, None))


@pytest.mark.parametrize("status", ACTIVE)
def test_overlap_with_an_active_assignment(ask, nurse, schedule, shift, stored, status):
    taken = ShiftFactory(schedule=schedule, start_time=time(10), end_time=time(14))
    AssignmentFactory(employee=nurse, shift=taken, status=status)
    before = stored()

    answer = ask(nurse, shift)

    assert answer == overlapping(taken)
    assert stored() == before


@pytest.mark.parametrize("status", INACTIVE)
def test_overlap_with_an_inactive_assignment_is_granted(ask, nurse, schedule, shift, status):
    taken = ShiftFactory(schedule=schedule, start_time=time(10), end_time=time(14))
    AssignmentFactory(employee=nurse, shift=taken, status=status)

    answer = ask(nurse, shift)

    assert answer == (201, None)


def test_overlap_with_several_names_them_all(ask, nurse, schedule, shift, stored):
    first = ShiftFactory(schedule=schedule, start_time=time(6), end_time=time(9))
    second = ShiftFactory(schedule=schedule, start_time=time(11), end_time=time(14))
    AssignmentFactory(employee=nurse, shift=first)
    AssignmentFactory(employee=nurse, shift=second)
    before = stored()

    answer = ask(nurse, shift)

    assert answer in (overlapping(first, second), overlapping(second, first))
    assert stored() == before


def test_overlap_with_another_schedule_of_the_tenant(ask, nurse, shift, stored):
    taken = ShiftFactory(schedule=ScheduleFactory(tenant=nurse.tenant, status="published"))
    AssignmentFactory(employee=nurse, shift=taken)
    before = stored()

    answer = ask(nurse, shift)

    assert answer == overlapping(taken)
    assert stored() == before


def test_overlap_with_a_schedule_of_another_tenant(ask, nurse, shift, other_tenant, stored):
    # 03:00 in New York is 09:00 in Berlin, whose clocks the planner reads.
    taken = ShiftFactory(schedule=ScheduleFactory(tenant=other_tenant), start_time=time(3), end_time=time(5))
    AssignmentFactory(employee=nurse, shift=taken)
    before = stored()

    answer = ask(nurse, shift)

    assert answer == (409, f"Assignment conflicts detected: Conflicts with shift {taken.pk} (09:00 - 11:00)")
    assert stored() == before


# --- Qualification ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "needed,held,missing",
    [
        pytest.param("", "", "", id="none needed"),
        pytest.param("Nurse", "Nurse", "", id="held"),
        pytest.param("Nurse", "Nurse Doctor", "", id="more than needed"),
        pytest.param("Nurse", "", "Nurse", id="none held"),
        pytest.param("Nurse", "Doctor", "Nurse", id="another held"),
        pytest.param("Nurse Trainer", "Nurse", "Trainer", id="one of two"),
        pytest.param("Trainer Nurse", "", "Nurse, Trainer", id="two missing, in the order of their names"),
    ],
)
def test_qualification_the_employee_needs_all(ask, tenant, schedule, stored, needed, held, missing):
    known = {name: QualificationFactory(tenant=tenant, name=name) for name in ("Nurse", "Doctor", "Trainer")}
    employee = EmployeeFactory(tenant=tenant, qualifications=[known[name] for name in held.split()])
    shift_type = ShiftTypeFactory(tenant=tenant, required_qualifications=[known[name] for name in needed.split()])
    shift = ShiftFactory(schedule=schedule, shift_type=shift_type)
    before = stored()

    answer = ask(employee, shift)

    assert answer == ((400, f"Employee lacks required qualifications: {missing}") if missing else (201, None))
    assert (stored() == before) is bool(missing)


# --- Which speaks first -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("solved", range(5))
def test_rules_speak_in_their_order(ask, tenant, nurse, schedule, solved):
    nursing = QualificationFactory(tenant=tenant, name="Nurse")
    shift = ShiftFactory(
        schedule=schedule, shift_type=ShiftTypeFactory(tenant=tenant, required_qualifications=[nursing])
    )
    taken = ShiftFactory(schedule=schedule, start_time=time(10), end_time=time(14))
    # A duplicate always overlaps as well: with itself.
    place = AssignmentFactory(employee=nurse, shift=shift)
    AvailabilityWindowFactory(employee=nurse, start_time=time(9), end_time=time(20))
    problems = [
        (409, f"Employee {nurse.pk} is already assigned to shift {shift.pk}"),
        overlapping(taken),
        (400, "Employee lacks required qualifications: Nurse"),
        (400, "Employee not available on monday at 08:00"),
        (201, None),
    ]
    solutions = [
        lambda: (place.delete(), AssignmentFactory(employee=nurse, shift=taken)),
        nurse.assignments.all().delete,
        lambda: nurse.qualifications.add(nursing),
        nurse.availability.all().delete,
    ]
    for solve in solutions[:solved]:
        solve()

    answer = ask(nurse, shift)

    assert answer == problems[solved]
