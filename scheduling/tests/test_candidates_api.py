"""Who could take a shift: the least busy first, and everybody who may not with all that stands in the way."""

from datetime import date, time, timedelta

import pytest

from scheduling.tests.bodies import employee_body
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

DAY = timedelta(days=1)


def eligible(employee, hours: float = 0.0) -> dict:
    return {"employee": employee_body(employee), "eligible": True, "hours_in_week": hours, "reasons": []}


def refused(employee, *reasons: tuple[str, str], hours: float = 0.0) -> dict:
    listed = [{"code": code, "detail": detail} for code, detail in reasons]
    return {"employee": employee_body(employee), "eligible": False, "hours_in_week": hours, "reasons": listed}


def ask(client, shift) -> tuple[int, list]:
    response = client.get(f"/api/shifts/{shift.pk}/candidates")
    return response.status_code, response.json()


@pytest.mark.parametrize("slash", ["", "/"])
@pytest.mark.parametrize("person", ["admin", "owner", "super_admin"])
def test_candidates_with_what_stands_in_the_way(api, people, tenant, other_tenant, schedule, person, slash):
    nursing = QualificationFactory(tenant=tenant, name="Nurse")
    shift_type = ShiftTypeFactory(tenant=tenant, required_qualifications=[nursing])
    shift = ShiftFactory(schedule=schedule, shift_type=shift_type, required_staff=9)
    long_day = ShiftFactory(schedule=schedule, start_time=time(11), end_time=time(21))
    free = EmployeeFactory(tenant=tenant, first_name="Free", qualifications=[nursing])
    on_it = EmployeeFactory(tenant=tenant, first_name="On it", qualifications=[nursing])
    AssignmentFactory(employee=on_it, shift=shift)
    everything = EmployeeFactory(tenant=tenant, first_name="Everything")
    AssignmentFactory(employee=everything, shift=long_day)
    AvailabilityWindowFactory(employee=everything, start_time=time(9), end_time=time(11))
    unqualified = EmployeeFactory(tenant=tenant, first_name="Unqualified")
    EmployeeFactory(tenant=tenant, is_active=False, qualifications=[nursing])
    EmployeeFactory(tenant=other_tenant)

    response = api(people[person]).get(f"/api/shifts/{shift.pk}/candidates{slash}")

    twice = ("duplicate", f"Employee {on_it.pk} is already assigned to shift {shift.pk}")
    itself = ("overlap", f"Assignment conflicts detected: Conflicts with shift {shift.pk} (08:00 - 12:00)")
    meets = ("overlap", f"Assignment conflicts detected: Conflicts with shift {long_day.pk} (11:00 - 21:00)")
    lacks = ("qualification", "Employee lacks required qualifications: Nurse")
    away = ("availability", "Employee not available on monday at 08:00")
    assert (response.status_code, response.json()) == (
        200,
        [
            eligible(free),
            refused(unqualified, lacks),
            refused(on_it, twice, itself, hours=4.0),
            refused(everything, meets, lacks, away, hours=10.0),
        ],
    )


def test_candidates_the_least_busy_first_then_by_name(api, admin, tenant, schedule, shift):
    sunday = ShiftFactory(schedule=schedule, date=MONDAY + 6 * DAY, start_time=time(8), end_time=time(14, 30))
    names = ("Cleo", "Anna", "Bert", "Dora")
    cleo, anna, bert, dora = (EmployeeFactory(tenant=tenant, first_name=name, last_name="Nurse") for name in names)
    AssignmentFactory(employee=anna, shift=sunday)

    answer = ask(api(admin), shift)

    assert answer == (200, [eligible(bert), eligible(cleo), eligible(dora), eligible(anna, 6.5)])


def test_candidates_of_one_name_by_key(api, admin, tenant, shift):
    rows = [EmployeeFactory(tenant=tenant, first_name="Nora", last_name="Nurse") for _ in range(3)]

    answer = ask(api(admin), shift)

    assert answer == (200, [eligible(row) for row in rows])


def test_candidates_hours_are_those_of_the_week_of_the_shift(api, admin, tenant, schedule, nurse):
    shift = ShiftFactory(schedule=schedule, date=MONDAY + 2 * DAY)
    week_before = ScheduleFactory(tenant=tenant, week_start=MONDAY - 7 * DAY)
    week_after = ScheduleFactory(tenant=tenant, week_start=MONDAY + 7 * DAY)
    beside = ScheduleFactory(tenant=tenant, status="published")
    AssignmentFactory(employee=nurse, shift=ShiftFactory(schedule=schedule, end_time=time(10)))
    AssignmentFactory(employee=nurse, shift=ShiftFactory(schedule=beside, date=MONDAY + 6 * DAY), status="confirmed")
    AssignmentFactory(employee=nurse, shift=ShiftFactory(schedule=beside, date=MONDAY + DAY), status="cancelled")
    AssignmentFactory(employee=nurse, shift=ShiftFactory(schedule=week_before, date=MONDAY - DAY))
    AssignmentFactory(employee=nurse, shift=ShiftFactory(schedule=week_after))

    answer = ask(api(admin), shift)

    # Monday from 8 to 10, Sunday from 8 to 12.
    assert answer == (200, [eligible(nurse, 6.0)])


@pytest.mark.parametrize("night,hours", [(date(2026, 10, 24), 9.0), (date(2027, 3, 27), 7.0)])
def test_candidates_hours_are_those_that_pass(api, admin, tenant, nurse, night, hours):
    """From 22:00 to 06:00 while the clocks change."""
    schedule = ScheduleFactory(tenant=tenant, week_start=night - 5 * DAY)
    shift = ShiftFactory(schedule=schedule)
    long_night = ShiftFactory(schedule=schedule, date=night, start_time=time(22), end_time=time(6))
    AssignmentFactory(employee=nurse, shift=long_night)

    answer = ask(api(admin), shift)

    assert answer == (200, [eligible(nurse, hours)])


def test_candidates_do_not_see_hours_in_another_tenant(api, admin, tenant, other_tenant, shift, nurse):
    far = EmployeeFactory(tenant=other_tenant)
    AssignmentFactory(
        employee=far, shift=ShiftFactory(schedule=ScheduleFactory(tenant=other_tenant), date=MONDAY + DAY)
    )

    answer = ask(api(admin), shift)

    assert answer == (200, [eligible(nurse)])


@pytest.mark.parametrize(
    "person,status,detail",
    [
        ("nobody", 401, "Authentication credentials were not provided."),
        ("viewer", 403, "You do not have permission to perform this action."),
        ("member", 403, "You do not have permission to perform this action."),
        ("stranger", 404, "Shift with ID {} not found"),
    ],
)
def test_candidates_for_those_who_may_not(api, people, shift, nurse, person, status, detail):
    gone = {"code": "not_found", "shift_id": shift.pk} if status == 404 else {}

    answer = ask(api(people[person]), shift)

    assert answer == (status, {"detail": detail.format(shift.pk)} | gone)


def test_candidates_for_a_planner_elsewhere_who_is_a_viewer_here(api, viewer, other_tenant, shift, nurse):
    viewer.memberships.create(assignment=other_tenant.assignments.get(role__type="admin"))

    answer = ask(api(viewer), shift)

    assert answer == (403, {"detail": "You may not candidates this shift."})


def test_candidates_in_as_many_queries_for_3_as_for_30(api, admin, tenant, schedule, django_assert_num_queries):
    client = api(admin)
    nursing = QualificationFactory(tenant=tenant)
    shift_type = ShiftTypeFactory(tenant=tenant, required_qualifications=[nursing])
    shift = ShiftFactory(schedule=schedule, shift_type=shift_type, required_staff=30)

    def more(number: int):
        for _ in range(number):
            employee = EmployeeFactory(tenant=tenant, qualifications=[nursing])
            AvailabilityWindowFactory(employee=employee)
            AssignmentFactory(employee=employee, shift=shift)

    more(3)
    with django_assert_num_queries(queries(sqlite=12, postgresql=6)):
        first = client.get(f"/api/shifts/{shift.pk}/candidates")
    more(27)
    with django_assert_num_queries(queries(sqlite=12, postgresql=6)):
        second = client.get(f"/api/shifts/{shift.pk}/candidates")

    assert [len(answer.json()) for answer in (first, second)] == [3, 30]
