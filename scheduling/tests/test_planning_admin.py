"""The admin pages of schedules: what actions answer row by row, and what is wrong with a schedule."""

from datetime import time

import pytest

from assignhub.audit import trail
from scheduling.models import Schedule
from scheduling.tests.admin_doors import EVERYBODY, act, offered
from scheduling.tests.factories import (
    AssignmentFactory,
    AvailabilityWindowFactory,
    EmployeeFactory,
    ScheduleFactory,
    ShiftFactory,
)
from tenancy.tests.doors import errors_on, submit

SCHEDULES = "/admin/scheduling/schedule/"

# step → from which status, to which one, and who is offered it
STEPS = {
    "submit": ("draft", "pending_approval", ["admin", "owner", "super_admin"]),
    "approve": ("pending_approval", "approved", ["owner", "super_admin"]),
    "reject": ("approved", "rejected", ["owner", "super_admin"]),
    "publish": ("approved", "published", ["admin", "owner", "super_admin"]),
    "archive": ("published", "archived", ["admin", "owner", "super_admin"]),
}

# --- Steps of a schedule ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("person", EVERYBODY)
def test_schedules_offer_the_steps_one_may_take(staff_client, people, schedule, person):
    actions = offered(staff_client(people[person]), SCHEDULES)

    look = {"validate"} if person in STEPS["submit"][2] else set()
    assert actions == {step for step, (_, _, may) in STEPS.items() if person in may} | look


@pytest.mark.parametrize("step, person", [(step, person) for step, (_, _, may) in STEPS.items() for person in may])
def test_step_of_several_schedules_answers_for_each(staff_client, people, tenant, step, person):
    start, end, _ = STEPS[step]
    right = [ScheduleFactory(tenant=tenant, status=start, title=title) for title in ("One", "Two")]
    wrong = ScheduleFactory(tenant=tenant, status=end, title="Three")

    said = act(staff_client(people[person]), SCHEDULES, step, *right, wrong)

    participle = {"submit": "submitted", "publish": "published"}.get(step, step.rstrip("e") + "ed")
    refusal = f"Three: Schedule with ID {wrong.pk} is {end} and cannot be {participle}"
    assert sorted(said) == sorted(["One: done.", "Two: done.", refusal])
    assert set(Schedule.objects.values_list("status", flat=True)) == {end}
    assert [trail(row).get().action for row in right] == [f"scheduling.schedule.{step}"] * 2
    assert not trail(wrong).exists()


@pytest.mark.parametrize(
    "step, person", [(step, person) for step, (_, _, may) in STEPS.items() for person in EVERYBODY if person not in may]
)
def test_step_that_is_not_offered(staff_client, people, tenant, stored, step, person):
    schedule = ScheduleFactory(tenant=tenant, status=STEPS[step][0])
    session, before = staff_client(people[person]), stored()

    session.post(SCHEDULES, {"action": step, "_selected_action": [schedule.pk]})

    assert stored() == before


@pytest.mark.parametrize("step", STEPS)
def test_step_of_a_schedule_out_of_sight(staff_client, stranger, tenant, stored, step):
    schedule = ScheduleFactory(tenant=tenant, status=STEPS[step][0])
    session, before = staff_client(stranger), stored()

    said = act(session, SCHEDULES, step, schedule)

    assert said == ["None of the chosen rows is there any more."]
    assert stored() == before


@pytest.mark.parametrize("step", STEPS)
def test_step_by_an_owner_elsewhere_who_is_a_viewer_here(staff_client, viewer, other_tenant, tenant, stored, step):
    viewer.memberships.create(assignment=other_tenant.assignments.get(role__type="owner"))
    schedule = ScheduleFactory(tenant=tenant, status=STEPS[step][0], title="One")
    session, before = staff_client(viewer), stored()

    said = act(session, SCHEDULES, step, schedule)

    assert said == [f"One: You may not {step} this schedule."]
    assert stored() == before


def test_publish_with_critical_conflicts_says_which(staff_client, admin, tenant, stored):
    schedule = ScheduleFactory(tenant=tenant, status="approved", title="One")
    shift = ShiftFactory(schedule=schedule)
    session, before = staff_client(admin), stored()

    said = act(session, SCHEDULES, "publish", schedule)

    found = f"Shift {shift.pk} on 2026-11-02 (08:00 - 12:00) has 0 of 1 employees"
    assert said == [f"One: Schedule with ID {schedule.pk} has critical conflicts: {found}"]
    assert stored() == before


# --- What is wrong with it --------------------------------------------------------------------------------------------


def conflicts_on(session, schedule) -> str:
    """The box of conflicts on the page of a schedule."""
    response = session.get(f"{SCHEDULES}{schedule.pk}/change/")
    assert response.status_code == 200
    fields = [field for fieldset in response.context["adminform"] for line in fieldset for field in line]
    return next(field.contents() for field in fields if field.is_readonly and field.field["name"] == "conflicts")


@pytest.mark.parametrize("person", ["viewer", "member"])
def test_schedule_shows_its_conflicts_to_planners_only(staff_client, people, schedule, person):
    ShiftFactory(schedule=schedule, required_staff=2)

    response = staff_client(people[person]).get(f"{SCHEDULES}{schedule.pk}/change/")

    assert response.status_code == 200
    assert b"critical" not in response.content


@pytest.mark.parametrize("person", ["admin", "owner", "super_admin"])
def test_schedule_shows_its_conflicts(staff_client, people, tenant, schedule, person):
    nurse = EmployeeFactory(tenant=tenant, first_name="<b>Nora</b>", last_name="")
    shift = ShiftFactory(schedule=schedule, start_time=time(7), end_time=time(20), required_staff=2)
    AssignmentFactory(employee=nurse, shift=shift)
    AvailabilityWindowFactory(employee=nurse, start_time=time(8), end_time=time(20))

    shown = conflicts_on(staff_client(people[person]), schedule)

    name = "&lt;b&gt;Nora&lt;/b&gt;"
    lines = [
        f"critical: Shift {shift.pk} on 2026-11-02 (07:00 - 20:00) has 1 of 2 employees",
        f"critical: {name} on shift {shift.pk}: Employee not available on monday at 07:00",
        f"warning: {name} works 13 hours on 2026-11-02, more than 12",
    ]
    assert shown == "<ul>" + "".join(f"<li>{line}</li>" for line in lines) + "</ul>"


def test_schedule_without_conflicts_shows_none(staff_client, admin, schedule):
    assert conflicts_on(staff_client(admin), schedule) == "None"


def test_schedule_shows_the_first_fifty_conflicts(staff_client, admin, schedule):
    for _ in range(52):
        ShiftFactory(schedule=schedule)

    shown = conflicts_on(staff_client(admin), schedule)

    assert shown.count("<li>critical: Shift ") == 50
    assert shown.endswith("</ul>… and 2 more")


def test_new_schedule_has_no_conflicts_yet(staff_client, admin):
    response = staff_client(admin).get(f"{SCHEDULES}add/")

    assert response.status_code == 200


def test_add_schedule_starts_as_a_draft(staff_client, admin, tenant):
    typed = {"tenant": tenant.pk, "title": "Week 45", "week_start": "2026-11-02", "week_end": "2026-11-08"}

    response = submit(staff_client(admin), f"{SCHEDULES}add/", **typed, status="published")

    row = Schedule.objects.get()
    assert response.status_code == 302
    assert (row.title, row.status) == ("Week 45", "draft")


@pytest.mark.parametrize("status", ["pending_approval", "approved", "published", "archived"])
def test_change_schedule_that_is_not_editable(staff_client, owner, schedule, stored, status):
    schedule.status = status
    schedule.save()
    session, before = staff_client(owner), stored()

    response = submit(session, f"{SCHEDULES}{schedule.pk}/change/", week_end="2026-11-15")

    words = status.replace("_", " ")
    assert response.status_code == 200
    assert errors_on(response) == [f"Schedule with ID {schedule.pk} is {words} and cannot be edited"]
    assert stored() == before
