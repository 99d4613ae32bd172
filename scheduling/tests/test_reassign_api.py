"""PUT and PATCH /api/assignments/{id} (seed 002, "Update Assignment"): what is sent changes, and nothing else."""

from datetime import time, timedelta

import pytest
import time_machine
from django.utils import timezone

from assignhub.audit import trail
from scheduling.models import Assignment
from scheduling.tests.bodies import assignment_body, moment
from scheduling.tests.factories import (
    AssignmentFactory,
    AvailabilityWindowFactory,
    EmployeeFactory,
    QualificationFactory,
    ScheduleFactory,
    ShiftFactory,
    ShiftTypeFactory,
)
from scheduling.tests.planning_bodies import NOT_SIGNED_IN, ROLE_TOO_LOW, missing
from scheduling.tests.swap_factories import SwapFactory

METHODS = ["put", "patch"]


@pytest.fixture
def assignment(nurse, shift, owner):
    return AssignmentFactory(
        employee=nurse, shift=shift, priority=3, notes="Night bus", assigned_by=owner, conflicts_resolved=False
    )


@pytest.fixture
def colleague(tenant):
    return EmployeeFactory(tenant=tenant)


@pytest.fixture
def later(shift):
    return ShiftFactory(schedule=shift.schedule, start_time=time(14), end_time=time(18))


def change(client, row, method="patch", **sent):
    return getattr(client, method)(f"/api/assignments/{row.pk}", sent)


# --- What is sent -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(
    "field, value",
    [("status", "pending"), ("status", "completed"), ("status", "cancelled"), ("priority", 100), ("notes", "")],
)
def test_reassign_changes_only_what_is_sent(api, admin, assignment, method, field, value):
    before = Assignment.objects.values().get()

    response = change(api(admin), assignment, method, **{field: value})

    assignment.refresh_from_db()
    after = Assignment.objects.values().get()
    assert (response.status_code, response.json()) == (200, assignment_body(assignment))
    assert after == before | {field: value, "sequence": 1, "updated_at": after["updated_at"]}
    assert after["updated_at"] > before["updated_at"]


@pytest.mark.parametrize("method", METHODS)
def test_reassign_to_another_employee(api, admin, assignment, colleague, method):
    began = timezone.now()

    response = change(api(admin), assignment, method, employee_id=colleague.pk)

    before, assignment = assignment, Assignment.objects.get()
    assert (response.status_code, response.json()) == (200, assignment_body(assignment))
    assert (assignment.employee, assignment.shift, assignment.assigned_by) == (colleague, before.shift, admin)
    assert began <= assignment.assigned_at <= timezone.now()
    assert (assignment.status, assignment.priority, assignment.notes) == ("assigned", 3, "Night bus")
    assert (assignment.conflicts_resolved, assignment.sequence) == (True, 1)


@pytest.mark.parametrize("method", METHODS)
def test_reassign_to_another_shift_takes_its_span(api, admin, assignment, later, method):
    response = change(api(admin), assignment, method, shift_id=later.pk)

    before, assignment = assignment, Assignment.objects.get()
    assert (response.status_code, response.json()) == (200, assignment_body(assignment))
    assert (assignment.shift, assignment.employee) == (later, before.employee)
    assert (assignment.starts_at, assignment.ends_at) == (later.starts_at, later.ends_at)
    assert (assignment.assigned_by_id, assignment.assigned_at) == (before.assigned_by_id, before.assigned_at)
    assert (assignment.conflicts_resolved, assignment.sequence) == (True, 1)


def test_reassign_to_a_shift_that_overlaps_the_one_it_leaves(api, admin, assignment, schedule):
    longer = ShiftFactory(schedule=schedule, start_time=time(10), end_time=time(14))

    response = change(api(admin), assignment, shift_id=longer.pk)

    assert (response.status_code, response.json()) == (200, assignment_body(Assignment.objects.get()))
    assert Assignment.objects.get().shift == longer


def test_reassign_all_at_once(api, admin, assignment, colleague, later):
    sent = {
        "employee_id": colleague.pk,
        "shift_id": later.pk,
        "status": "confirmed",
        "priority": 9,
        "notes": "Updated notes",
    }

    response = change(api(admin), assignment, "put", **sent)

    assert (response.status_code, response.json()) == (200, assignment_body(Assignment.objects.get()))
    assert Assignment.objects.filter(**sent).exists()


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"notes": "Night bus"},
        {"status": "assigned", "priority": 3},
        {"schedule_id": 1, "assigned_by": None, "sequence": 9, "is_active": False},
    ],
    ids=["empty", "same notes", "same values", "fields that are not to be set"],
)
def test_reassign_that_changes_nothing_writes_nothing(api, admin, assignment, stored, sent):
    client, before = api(admin), stored()

    response = change(client, assignment, "put", **sent)

    assert (response.status_code, response.json()) == (200, assignment_body(assignment))
    assert stored() == before


def test_reassign_to_the_same_employee_and_shift_asks_no_rule(api, admin, assignment, stored):
    AvailabilityWindowFactory(employee=assignment.employee, start_time=time(20), end_time=time(23))
    client, before = api(admin), stored()

    response = change(client, assignment, employee_id=assignment.employee_id, shift_id=assignment.shift_id)

    assert (response.status_code, response.json()) == (200, assignment_body(assignment))
    assert stored() == before


def test_reassign_raises_the_sequence_with_each_change(api, admin, assignment, later):
    client = api(admin)

    for sent in ({"notes": "One"}, {"notes": "One"}, {"priority": 2}, {"shift_id": later.pk}):
        change(client, assignment, **sent)

    assert Assignment.objects.get().sequence == 3


# --- What the rules are not asked about -------------------------------------------------------------------------------


@pytest.mark.parametrize("sent", [{"notes": "Bring the keys"}, {"priority": 4}, {"status": "confirmed"}])
def test_reassign_of_notes_asks_no_rule(api, admin, tenant, schedule, nurse, sent):
    """The employee has left, lost their qualification and their hours since: not what this change is about."""
    needed = QualificationFactory(tenant=tenant)
    shift = ShiftFactory(
        schedule=schedule, shift_type=ShiftTypeFactory(tenant=tenant, required_qualifications=[needed])
    )
    assignment = AssignmentFactory(employee=nurse, shift=shift)
    AvailabilityWindowFactory(employee=nurse, start_time=time(20), end_time=time(23))
    nurse.is_active = False
    nurse.save()

    response = change(api(admin), assignment, **sent)

    assert (response.status_code, response.json()) == (200, assignment_body(Assignment.objects.get()))
    assert Assignment.objects.filter(**sent).exists()


@pytest.mark.parametrize("status", ["declined", "cancelled"])
def test_reassign_to_a_status_that_frees_the_place_asks_no_rule(api, admin, assignment, status):
    AvailabilityWindowFactory(employee=assignment.employee, start_time=time(20), end_time=time(23))

    response = change(api(admin), assignment, status=status)

    assert (response.status_code, response.json()) == (200, assignment_body(Assignment.objects.get()))
    assert Assignment.objects.get().status == status


def test_reassign_of_a_place_that_stays_free_asks_no_rule(api, admin, nurse, assignment, colleague):
    free = AssignmentFactory(employee=colleague, shift=assignment.shift, status="declined")

    response = change(api(admin), free, employee_id=nurse.pk)

    free.refresh_from_db()
    assert (response.status_code, response.json()) == (200, assignment_body(free))
    assert (free.employee, free.status) == (nurse, "declined")


# --- Brought back -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("was", ["declined", "cancelled"])
@pytest.mark.parametrize("becomes", ["assigned", "pending", "confirmed", "completed"])
def test_reassign_brings_back_a_freed_place(api, admin, nurse, shift, was, becomes):
    """As if new: who brought it back has assigned it, now, and it can be declined for another 48 hours."""
    assignment = AssignmentFactory(employee=nurse, shift=shift, status=was, decline_reason="A cold")
    began = timezone.now()

    response = change(api(admin), assignment, status=becomes)

    assignment.refresh_from_db()
    assert (response.status_code, response.json()) == (200, assignment_body(assignment))
    assert (assignment.status, assignment.decline_reason, assignment.assigned_by) == (becomes, "", admin)
    assert began <= assignment.assigned_at <= timezone.now()


# --- What follows -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", METHODS)
def test_reassign_is_audited_as_the_difference(api, admin, tenant, nurse, assignment, owner, colleague, method):
    with time_machine.travel(timezone.now() + timedelta(hours=1), tick=False):
        change(api(admin), assignment, method, employee_id=colleague.pk, notes="Swapped", priority=3)
        now = timezone.now()

    entry = trail(assignment).get()
    assert (entry.action, entry.by_id, entry.tenant_id) == ("scheduling.assignment.change", admin.pk, tenant.pk)
    assert entry.changes == {
        "employee": [nurse.pk, colleague.pk],
        "notes": ["Night bus", "Swapped"],
        "assigned_by": [str(owner.pk), str(admin.pk)],
        "assigned_at": [str(assignment.assigned_at), str(now)],
        "conflicts_resolved": [False, True],
    }


@pytest.mark.parametrize("sent", ["employee", "shift", "status"])
@pytest.mark.parametrize("was", ["offered", "taken"])
def test_reassign_takes_back_an_open_offer(api, admin, assignment, colleague, later, sent, was):
    swap = SwapFactory(assignment=assignment, status=was, taken_by=colleague if was == "taken" else None)
    values = {"employee": {"employee_id": colleague.pk}, "shift": {"shift_id": later.pk}}

    response = change(api(admin), assignment, **values.get(sent, {"status": "cancelled"}))

    swap.refresh_from_db()
    assert response.status_code == 200
    assert swap.status == "withdrawn"
    assert [(entry.action, entry.changes) for entry in trail(swap)] == [
        ("scheduling.swap.withdraw", {"status": [was, "withdrawn"]})
    ]


def test_reassign_of_notes_leaves_an_open_offer(api, admin, assignment):
    swap = SwapFactory(assignment=assignment)

    change(api(admin), assignment, notes="Bring the keys")

    swap.refresh_from_db()
    assert swap.status == "offered"


# --- Who may ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("person", ["admin", "owner", "super_admin"])
def test_reassign_by_those_who_may(api, people, assignment, colleague, person, method):
    response = change(api(people[person]), assignment, method, employee_id=colleague.pk)

    row = Assignment.objects.get()
    assert (response.status_code, response.json()) == (200, assignment_body(row))
    assert (row.employee, row.assigned_by) == (colleague, people[person])


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(
    "person, status, body",
    [("nobody", 401, NOT_SIGNED_IN), ("viewer", 403, ROLE_TOO_LOW), ("member", 403, ROLE_TOO_LOW)],
)
def test_reassign_by_those_who_may_not(api, people, assignment, stored, person, status, body, method):
    """Not even of one's own assignment."""
    assignment.employee.user = people[person]
    assignment.employee.save()
    client, before = api(people[person]), stored()

    response = change(client, assignment, method, notes="Mine")

    assert (response.status_code, response.json()) == (status, body)
    assert stored() == before


def test_reassign_by_an_admin_elsewhere_who_is_a_viewer_here(api, viewer, other_tenant, assignment, stored):
    viewer.memberships.create(assignment=other_tenant.assignments.get(role__type="admin"))
    client, before = api(viewer), stored()

    response = change(client, assignment, notes="Mine")

    assert (response.status_code, response.json()) == (403, {"detail": "You may not change this assignment."})
    assert stored() == before


@pytest.mark.parametrize("method", METHODS)
def test_reassign_by_a_stranger_answers_as_for_no_assignment(api, stranger, assignment, stored, method):
    client, before = api(stranger), stored()
    keys = [assignment.pk, 2**40]

    responses = [getattr(client, method)(f"/api/assignments/{key}", {"notes": "Mine"}) for key in keys]

    answers = [(response.status_code, response.json()) for response in responses]
    assert answers == [(404, missing("assignment", key)) for key in keys]
    assert stored() == before


def test_reassign_to_the_time_of_a_rejected_schedule(api, admin, tenant, nurse):
    shift = ShiftFactory(schedule=ScheduleFactory(tenant=tenant, status="rejected"))
    assignment = AssignmentFactory(employee=nurse, shift=shift)

    response = change(api(admin), assignment, notes="Once more")

    assignment.refresh_from_db()
    assert (response.status_code, response.json()) == (200, assignment_body(assignment))
    assert (assignment.notes, response.json()["assigned_at"]) == ("Once more", moment(assignment.assigned_at))
