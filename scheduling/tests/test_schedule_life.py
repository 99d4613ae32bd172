"""The life of a schedule: every step from every status by everybody, and what stands still once it is on its way."""

from datetime import time

import pytest
from django_tasks_db.models import DBTaskResult

from assignhub.audit import trail
from scheduling.models import Schedule
from scheduling.tests.bodies import assignment_body
from scheduling.tests.factories import (
    AssignmentFactory,
    AvailabilityWindowFactory,
    EmployeeFactory,
    QualificationFactory,
    ScheduleFactory,
    ShiftFactory,
    ShiftTypeFactory,
)
from scheduling.tests.planning_bodies import NOT_SIGNED_IN, ROLE_TOO_LOW, missing, not_editable, schedule_record

STATUSES = ["draft", "pending_approval", "approved", "published", "rejected", "archived"]
CLOSED = ["pending_approval", "approved", "published", "archived"]

# step → from which statuses, to which one, and how a refusal calls it
STEPS = {
    "submit": (["draft", "rejected"], "pending_approval", "submitted"),
    "approve": (["pending_approval"], "approved", "approved"),
    "reject": (["pending_approval", "approved"], "rejected", "rejected"),
    "publish": (["approved"], "published", "published"),
    "archive": (["published"], "archived", "archived"),
}
PLANNERS, HEADS = ["admin", "owner", "super_admin"], ["owner", "super_admin"]
MAY = {"submit": PLANNERS, "approve": HEADS, "reject": HEADS, "publish": PLANNERS, "archive": PLANNERS}


@pytest.fixture
def in_status(tenant) -> dict:
    """A schedule without shifts in each status."""
    return {status: ScheduleFactory(tenant=tenant, status=status) for status in STATUSES}


def take(client, schedule, step: str):
    return client.post(f"/api/schedules/{schedule.pk}/{step}")


# --- The table --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", STATUSES)
@pytest.mark.parametrize("step, person", [(step, person) for step, may in MAY.items() for person in may])
def test_step_by_those_who_may(api, people, tenant, stored, step, person, status):
    schedule = ScheduleFactory(tenant=tenant, status=status)
    starts, end, participle = STEPS[step]
    client, before = api(people[person]), stored()

    response = take(client, schedule, step)

    schedule.refresh_from_db()
    if status in starts:
        assert (response.status_code, response.json()) == (200, schedule_record(schedule))
        assert schedule.status == end
        entry = trail(schedule).get()
        assert (entry.action, entry.by_id) == (f"scheduling.schedule.{step}", people[person].pk)
        assert entry.changes == {"status": [status, end]}
    else:
        detail = f"Schedule with ID {schedule.pk} is {status} and cannot be {participle}"
        assert response.status_code == 400
        assert response.json() == {"detail": detail, "code": "wrong_step", "schedule_id": schedule.pk}
        assert stored() == before


@pytest.mark.parametrize(
    "step, person", [(step, who) for step in STEPS for who in ("viewer", "member", "admin") if who not in MAY[step]]
)
def test_step_by_too_low_a_role(api, people, in_status, stored, step, person):
    client, before = api(people[person]), stored()

    responses = [take(client, schedule, step) for schedule in in_status.values()]

    assert [(response.status_code, response.json()) for response in responses] == [(403, ROLE_TOO_LOW)] * 6
    assert stored() == before


@pytest.mark.parametrize("step", STEPS)
def test_step_by_nobody(api, in_status, stored, step):
    client, before = api(None), stored()

    responses = [take(client, schedule, step) for schedule in in_status.values()]

    assert [(response.status_code, response.json()) for response in responses] == [(401, NOT_SIGNED_IN)] * 6
    assert stored() == before


@pytest.mark.parametrize("step", STEPS)
def test_step_by_a_stranger_answers_as_for_no_schedule(api, stranger, in_status, stored, step):
    client, before = api(stranger), stored()
    keys = [*(schedule.pk for schedule in in_status.values()), 2**40]

    responses = [client.post(f"/api/schedules/{key}/{step}") for key in keys]

    answers = [(response.status_code, response.json()) for response in responses]
    assert answers == [(404, missing("schedule", key)) for key in keys]
    assert stored() == before


@pytest.mark.parametrize("step", STEPS)
def test_step_by_an_owner_elsewhere_who_is_a_viewer_here(api, viewer, other_tenant, in_status, stored, step):
    viewer.memberships.create(assignment=other_tenant.assignments.get(role__type="owner"))
    client, before = api(viewer), stored()

    responses = [take(client, schedule, step) for schedule in in_status.values()]

    refusal = (403, {"detail": f"You may not {step} this schedule."})
    assert [(response.status_code, response.json()) for response in responses] == [refusal] * 6
    assert stored() == before


def test_whole_life(api, admin, owner, schedule):
    planner, head = api(admin), api(owner)
    walk = [
        (planner, "submit"),
        (head, "reject"),
        (planner, "submit"),
        (head, "approve"),
        (head, "reject"),
        (planner, "submit"),
        (head, "approve"),
        (planner, "publish"),
        (planner, "archive"),
    ]

    statuses = [take(client, schedule, step).json()["status"] for client, step in walk]

    assert statuses == [STEPS[step][1] for _, step in walk]
    assert trail(schedule).count() == len(walk)


# --- Publishing -------------------------------------------------------------------------------------------------------


def test_publish_with_critical_conflicts(api, admin, tenant, stored):
    schedule = ScheduleFactory(tenant=tenant, status="approved")
    needed = QualificationFactory(tenant=tenant)
    guarded = ShiftTypeFactory(tenant=tenant, required_qualifications=[needed])
    empty = ShiftFactory(schedule=schedule, required_staff=2)
    held = ShiftFactory(schedule=schedule, shift_type=guarded, start_time=time(14), end_time=time(18))
    nurse = EmployeeFactory(tenant=tenant)
    AvailabilityWindowFactory(employee=nurse, start_time=time(15), end_time=time(18))
    AssignmentFactory(employee=nurse, shift=held)
    client, before = api(admin), stored()

    response = take(client, schedule, "publish")

    found = [
        f"Shift {empty.pk} on 2026-11-02 (08:00 - 12:00) has 0 of 2 employees",
        f"{nurse} on shift {held.pk}: Employee lacks required qualifications: {needed.name}",
        f"{nurse} on shift {held.pk}: Employee not available on monday at 14:00",
    ]
    assert response.status_code == 409
    assert response.json() == {
        "detail": f"Schedule with ID {schedule.pk} has critical conflicts: {'; '.join(found)}",
        "code": "critical_conflicts",
        "conflicts": 3,
    }
    assert stored() == before
    assert not DBTaskResult.objects.exists()


def test_publish_with_many_critical_conflicts_names_the_first_five(api, admin, tenant, stored):
    schedule = ScheduleFactory(tenant=tenant, status="approved")
    shifts = [ShiftFactory(schedule=schedule, start_time=time(hour)) for hour in range(7)]
    client, before = api(admin), stored()

    response = take(client, schedule, "publish")

    found = [f"Shift {shift.pk} on 2026-11-02 ({shift.hours}) has 0 of 1 employees" for shift in shifts]
    assert response.status_code == 409
    assert response.json() == {
        "detail": f"Schedule with ID {schedule.pk} has critical conflicts: {'; '.join(found[:5])} and 2 more",
        "code": "critical_conflicts",
        "conflicts": 7,
    }
    assert stored() == before


def test_publish_with_warnings_only(api, admin, tenant):
    """Soft rules somebody chose to pass over, and too little rest."""
    schedule = ScheduleFactory(tenant=tenant, status="approved")
    nurse = EmployeeFactory(tenant=tenant)
    AvailabilityWindowFactory(employee=nurse, start_time=time(15), end_time=time(18))
    for start, end in ((8, 12), (14, 18)):
        shift = ShiftFactory(schedule=schedule, start_time=time(start), end_time=time(end))
        AssignmentFactory(employee=nurse, shift=shift, conflicts_resolved=False)

    response = take(api(admin), schedule, "publish")

    schedule.refresh_from_db()
    assert (response.status_code, response.json()) == (200, schedule_record(schedule))
    assert schedule.status == "published"


@pytest.mark.parametrize("step", ["submit", "approve", "reject"])
def test_other_steps_do_not_mind_conflicts(api, owner, tenant, step):
    schedule = ScheduleFactory(tenant=tenant, status=STEPS[step][0][0])
    ShiftFactory(schedule=schedule)

    response = take(api(owner), schedule, step)

    assert (response.status_code, response.json()) == (200, schedule_record(Schedule.objects.get()))


# --- What stands still ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", CLOSED)
def test_closed_schedule_stands_still(api, owner, tenant, schedule, shift, nurse, stored, status):
    assignment = AssignmentFactory(employee=nurse, shift=shift)
    colleague = EmployeeFactory(tenant=tenant)
    schedule.status = status
    schedule.save()
    wish = {"employee_id": colleague.pk, "shift_id": shift.pk}
    plan = {
        "schedule_id": schedule.pk,
        "shift_type_id": shift.shift_type_id,
        "date": "2026-11-03",
        "start_time": "08:00",
        "end_time": "12:00",
    }
    client, before = api(owner), stored()

    responses = {
        "dates": client.patch(f"/api/schedules/{schedule.pk}", {"week_end": "2026-11-30"}),
        "schedule": client.delete(f"/api/schedules/{schedule.pk}"),
        "new shift": client.post("/api/shifts", plan),
        "shift": client.patch(f"/api/shifts/{shift.pk}", {"start_time": "07:00"}),
        "staff": client.patch(f"/api/shifts/{shift.pk}", {"required_staff": 3}),
        "shift gone": client.delete(f"/api/shifts/{shift.pk}"),
        "new assignment": client.post(f"/api/schedules/{schedule.pk}/assignments", wish),
        "bulk": client.post("/api/assignments/bulk", {"schedule_id": schedule.pk, "assignments": [wish]}),
        "assignment": client.patch(f"/api/assignments/{assignment.pk}", {"employee_id": colleague.pk}),
        "assignment gone": client.delete(f"/api/assignments/{assignment.pk}"),
    }

    answers = {name: (response.status_code, response.json()) for name, response in responses.items()}
    assert answers == dict.fromkeys(responses, (400, not_editable(schedule)))
    assert stored() == before


def test_rejected_schedule_moves_again(api, admin, owner, tenant, schedule, shift, nurse):
    for person, step in ((admin, "submit"), (owner, "approve"), (owner, "reject")):
        take(api(person), schedule, step)

    response = api(admin).post(
        f"/api/schedules/{schedule.pk}/assignments", {"employee_id": nurse.pk, "shift_id": shift.pk}
    )

    assert (response.status_code, response.json()) == (201, assignment_body(shift.assignments.get()))
