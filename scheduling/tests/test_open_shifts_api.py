"""Open shifts: who sees which, and how an employee takes one."""

from datetime import UTC, datetime, time, timedelta

import pytest

from assignhub.models import AuditEntry
from scheduling.models import Assignment, Schedule
from scheduling.tests.bodies import assignment_body, shift_body
from scheduling.tests.counts import queries
from scheduling.tests.factories import (
    MONDAY,
    AssignmentFactory,
    AvailabilityExceptionFactory,
    EmployeeFactory,
    QualificationFactory,
    ScheduleFactory,
    ShiftFactory,
    ShiftTypeFactory,
)

URL = "/api/shifts/open"
BEGIN = datetime(2026, 11, 2, 7, tzinfo=UTC)
DAY = timedelta(days=1)
ONLY_EMPLOYEES = "Only employees of this tenant take shifts."


@pytest.fixture(autouse=True)
def day_before(time_machine):
    time_machine.move_to(datetime(2026, 11, 1, 9, tzinfo=UTC))


@pytest.fixture
def schedule(tenant):
    return ScheduleFactory(tenant=tenant, status="published")


@pytest.fixture
def milo(tenant, member):
    return EmployeeFactory(tenant=tenant, user=member, first_name="Milo")


def open_body(shift, places: int = 1) -> dict:
    return shift_body(shift) | {"schedule_id": shift.schedule_id, "open_places": places}


# --- Who sees which ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("slash", ["", "/"])
@pytest.mark.parametrize("person", ["admin", "owner"])
def test_open_for_planners_is_all_that_needs_somebody(
    api, people, tenant, other_tenant, schedule, nurse, person, slash
):
    draft = ScheduleFactory(tenant=tenant)
    late = ShiftFactory(schedule=schedule, date=MONDAY + DAY)
    early = ShiftFactory(schedule=draft, required_staff=3)
    full = ShiftFactory(schedule=schedule)
    AssignmentFactory(employee=nurse, shift=full)
    AssignmentFactory(employee=EmployeeFactory(tenant=tenant), shift=early)
    AssignmentFactory(employee=nurse, shift=early, status="declined")
    AssignmentFactory(employee=nurse, shift=late, status="cancelled")
    ShiftFactory(schedule=schedule, required_staff=0)
    ShiftFactory(schedule=ScheduleFactory(tenant=tenant, status="archived"))
    ShiftFactory(schedule=ScheduleFactory(tenant=tenant, status="published", week_start=MONDAY - 7 * DAY))
    ShiftFactory(schedule=ScheduleFactory(tenant=other_tenant, status="published"))

    response = api(people[person]).get(URL + slash)

    assert (response.status_code, response.json()) == (200, [open_body(early, 2), open_body(late)])


def test_open_for_super_admins_is_that_of_all_tenants(api, super_admin, other_tenant, schedule):
    far = ShiftFactory(schedule=ScheduleFactory(tenant=other_tenant))
    near = ShiftFactory(schedule=schedule)

    response = api(super_admin).get(URL)

    # Eight in the morning comes to Berlin first.
    assert (response.status_code, response.json()) == (200, [open_body(near), open_body(far)])


def test_open_for_an_employee_is_what_they_could_take(api, member, tenant, milo, schedule):
    nursing = QualificationFactory(tenant=tenant, name="Nurse")
    on_tuesday, on_friday = MONDAY + DAY, MONDAY + 4 * DAY
    friday = ShiftFactory(schedule=schedule, date=on_friday)
    thursday = ShiftFactory(schedule=ScheduleFactory(tenant=tenant, status="published"), date=MONDAY + 3 * DAY)
    has_already = ShiftFactory(schedule=schedule, date=on_tuesday, required_staff=2)
    AssignmentFactory(employee=milo, shift=has_already)
    ShiftFactory(schedule=schedule, date=on_tuesday, start_time=time(11), end_time=time(15))
    shift_type = ShiftTypeFactory(tenant=tenant, required_qualifications=[nursing])
    ShiftFactory(schedule=schedule, shift_type=shift_type)
    AvailabilityExceptionFactory(employee=milo, first_date=MONDAY + 2 * DAY)
    ShiftFactory(schedule=schedule, date=MONDAY + 2 * DAY)
    ShiftFactory(schedule=ScheduleFactory(tenant=tenant, status="draft"), date=on_friday)
    ShiftFactory(schedule=ScheduleFactory(tenant=tenant, status="approved"), date=on_friday)

    response = api(member).get(URL)

    assert (response.status_code, response.json()) == (200, [open_body(thursday), open_body(friday)])


def test_open_shows_nothing_that_taking_would_refuse(api, member, tenant, milo, schedule):
    """What is listed can be taken, one after the other, until nothing is listed any more."""
    shift_type = ShiftTypeFactory(tenant=tenant)
    for day in range(3):
        for hour in (6, 8, 10, 12):
            at = {"date": MONDAY + day * DAY, "start_time": time(hour), "end_time": time(hour + 3)}
            ShiftFactory(schedule=schedule, shift_type=shift_type, **at)
    client = api(member)

    answers = []
    while listed := client.get(URL).json():
        answers.append(client.post(f"/api/shifts/{listed[0]['id']}/take").status_code)

    # From 6 to 9 and from 10 to 13, on each of three days.
    assert answers == [201] * 6
    assert milo.assignments.count() == 6


@pytest.mark.parametrize("person", ["viewer", "member", "stranger"])
def test_open_for_those_who_are_no_employees_is_nothing(api, people, schedule, person):
    ShiftFactory(schedule=schedule)

    response = api(people[person]).get(URL)

    assert (response.status_code, response.json()) == (200, [])


def test_open_for_an_employee_who_is_no_longer_active_is_nothing(api, member, milo, schedule):
    ShiftFactory(schedule=schedule)
    milo.is_active = False
    milo.save()

    response = api(member).get(URL)

    assert (response.status_code, response.json()) == (200, [])


def test_open_for_a_planner_here_who_is_an_employee_there(api, member, milo, other_tenant, schedule):
    member.memberships.create(assignment=other_tenant.assignments.get(role__type="admin"))
    far = ShiftFactory(schedule=ScheduleFactory(tenant=other_tenant))
    near = ShiftFactory(schedule=schedule)
    ShiftFactory(schedule=ScheduleFactory(tenant=milo.tenant))

    response = api(member).get(URL)

    assert (response.status_code, response.json()) == (200, [open_body(near), open_body(far)])


def test_open_for_nobody(api, schedule):
    ShiftFactory(schedule=schedule)

    response = api(None).get(URL)

    assert (response.status_code, response.json()) == (401, {"detail": "Authentication credentials were not provided."})


@pytest.mark.parametrize("person,count", [("admin", 3), ("member", queries(sqlite=10, postgresql=4))])
def test_open_in_as_many_queries_whatever_the_number_of_shifts(
    api, people, milo, schedule, django_assert_num_queries, person, count
):
    client = api(people[person])
    ShiftFactory(schedule=schedule)
    with django_assert_num_queries(count):
        first = client.get(URL)
    ShiftFactory(schedule=schedule, date=MONDAY + DAY)
    ShiftFactory(schedule=schedule, date=MONDAY + 2 * DAY)
    with django_assert_num_queries(count):
        second = client.get(URL)

    assert [len(answer.json()) for answer in (first, second)] == [1, 3]


# --- Taking one -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("slash", ["", "/"])
@pytest.mark.parametrize("person", ["viewer", "member", "admin", "owner", "super_admin"])
def test_take_by_an_employee_of_any_role(api, people, tenant, shift, person, slash):
    employee = EmployeeFactory(tenant=tenant, user=people[person])

    response = api(people[person]).post(f"/api/shifts/{shift.pk}/take{slash}")

    row, entry, user = Assignment.objects.get(), AuditEntry.objects.get(), people[person]
    assert (response.status_code, response.json()) == (201, assignment_body(row))
    assert (row.employee, row.shift, row.schedule, row.status) == (employee, shift, shift.schedule, "confirmed")
    assert (row.assigned_by, row.starts_at, row.ends_at) == (user, shift.starts_at, shift.ends_at)
    assert (entry.by_label, entry.action, entry.tenant_id) == (
        people[person].email,
        "scheduling.assignment.take",
        tenant.pk,
    )
    assert (entry.object_type, entry.object_id) == ("scheduling.assignment", str(row.pk))
    assert (entry.changes["employee"], entry.changes["status"]) == ([None, employee.pk], [None, "confirmed"])


def test_take_of_the_last_place(api, viewer, member, tenant, milo, schedule, nurse, stored):
    EmployeeFactory(tenant=tenant, user=viewer)
    shift = ShiftFactory(schedule=schedule, required_staff=2)
    AssignmentFactory(employee=nurse, shift=shift)
    AssignmentFactory(employee=EmployeeFactory(tenant=tenant), shift=shift, status="declined")
    late = api(viewer)

    first = api(member).post(f"/api/shifts/{shift.pk}/take")
    before = stored()
    second = late.post(f"/api/shifts/{shift.pk}/take")

    body = {"detail": f"Shift with ID {shift.pk} has no open place left", "code": "conflict", "shift_id": shift.pk}
    assert first.status_code == 201
    assert (second.status_code, second.json()) == (409, body)
    assert stored() == before


@pytest.mark.parametrize("status", sorted(set(Schedule.Status.values) - {"published"}))
def test_take_in_a_schedule_that_is_not_published(api, member, milo, tenant, stored, status):
    shift = ShiftFactory(schedule=ScheduleFactory(tenant=tenant, status=status))
    before = stored()

    response = api(member).post(f"/api/shifts/{shift.pk}/take")

    text = f"Shift with ID {shift.pk} is not open: only coming shifts of a published schedule are"
    body = {"detail": text, "code": "not_open", "shift_id": shift.pk}
    assert (response.status_code, response.json()) == (400, body)
    assert stored() == before


def test_take_until_the_shift_begins(api, viewer, member, tenant, milo, schedule, stored, time_machine):
    EmployeeFactory(tenant=tenant, user=viewer)
    shift = ShiftFactory(schedule=schedule, required_staff=2)

    time_machine.move_to(BEGIN - timedelta(seconds=1), tick=False)
    in_time = api(member).post(f"/api/shifts/{shift.pk}/take")
    before = stored()
    time_machine.move_to(BEGIN, tick=False)
    too_late = api(viewer).post(f"/api/shifts/{shift.pk}/take")

    text = f"Shift with ID {shift.pk} is not open: only coming shifts of a published schedule are"
    body = {"detail": text, "code": "not_open", "shift_id": shift.pk}
    assert in_time.status_code == 201
    assert (too_late.status_code, too_late.json()) == (400, body)
    assert stored() == before


def test_take_is_refused_by_every_rule_in_turn(api, member, tenant, milo, stored):
    """Everything is wrong at first; what each refusal names is put right, and the next one speaks."""
    nursing = QualificationFactory(tenant=tenant, name="Nurse")
    schedule = ScheduleFactory(tenant=tenant, status="published")
    shift_type = ShiftTypeFactory(tenant=tenant, required_qualifications=[nursing])
    shift = ShiftFactory(schedule=schedule, shift_type=shift_type, required_staff=2)
    other = ShiftFactory(schedule=schedule, start_time=time(11), end_time=time(15))
    AvailabilityExceptionFactory(employee=milo, start_time=time(9), end_time=time(10))
    place = AssignmentFactory(employee=milo, shift=shift)
    client = api(member)

    def answer() -> tuple[int, dict]:
        before = stored()
        response = client.post(f"/api/shifts/{shift.pk}/take")
        assert response.status_code == 201 or stored() == before
        return response.status_code, response.json()

    text = f"Employee {milo.pk} is already assigned to shift {shift.pk}"
    about = {"employee_id": milo.pk, "shift_id": shift.pk}
    assert answer() == (409, {"detail": text, "code": "duplicate"} | about)

    place.delete()
    place = AssignmentFactory(employee=milo, shift=other)
    text = f"Assignment conflicts detected: Conflicts with shift {other.pk} (11:00 - 15:00)"
    about = {"employee_id": milo.pk, "shift_ids": [other.pk]}
    assert answer() == (409, {"detail": text, "code": "overlap"} | about)

    place.delete()
    text = "Employee lacks required qualifications: Nurse"
    about = {"employee_id": milo.pk, "qualification_ids": [nursing.pk]}
    assert answer() == (400, {"detail": text, "code": "qualification"} | about)

    milo.qualifications.add(nursing)
    text = "Employee not available on monday at 09:00"
    assert answer() == (400, {"detail": text, "code": "availability", "employee_id": milo.pk})

    milo.availability_exceptions.all().delete()
    assert answer() == (201, assignment_body(Assignment.objects.get()))


@pytest.mark.parametrize(
    "person,status,detail",
    [
        ("nobody", 401, "Authentication credentials were not provided."),
        ("viewer", 403, ONLY_EMPLOYEES),
        ("admin", 403, ONLY_EMPLOYEES),
        ("super_admin", 403, ONLY_EMPLOYEES),
        ("stranger", 404, "Shift with ID {} not found"),
    ],
)
def test_take_by_those_who_may_not(api, people, other_tenant, shift, stored, person, status, detail):
    EmployeeFactory(tenant=other_tenant, user=people["stranger"])
    before = stored()

    response = api(people[person]).post(f"/api/shifts/{shift.pk}/take")

    gone = {"code": "not_found", "shift_id": shift.pk} if status == 404 else {}
    assert (response.status_code, response.json()) == (status, {"detail": detail.format(shift.pk)} | gone)
    assert stored() == before


def test_take_by_an_employee_who_is_no_longer_active(api, member, milo, shift, stored):
    milo.is_active = False
    milo.save()
    before = stored()

    response = api(member).post(f"/api/shifts/{shift.pk}/take")

    assert (response.status_code, response.json()) == (403, {"detail": ONLY_EMPLOYEES})
    assert stored() == before
