"""DELETE /api/assignments/{id} (seed 002, "Delete Assignment"): while the schedule can be edited."""

import pytest

from assignhub.models import AuditEntry
from scheduling.models import Assignment, Swap
from scheduling.tests.factories import AssignmentFactory
from scheduling.tests.planning_bodies import NOT_SIGNED_IN, ROLE_TOO_LOW, missing, not_editable
from scheduling.tests.swap_factories import SwapFactory


@pytest.fixture
def assignment(nurse, shift, owner):
    return AssignmentFactory(employee=nurse, shift=shift, assigned_by=owner, notes="Night bus")


@pytest.mark.parametrize("status", ["draft", "rejected"])
@pytest.mark.parametrize("person", ["admin", "owner", "super_admin"])
@pytest.mark.parametrize("slash", ["", "/"])
def test_delete(api, people, schedule, nurse, shift, assignment, person, status, slash):
    schedule.status = status
    schedule.save()
    other = AssignmentFactory(employee=nurse, shift=shift, status="cancelled")

    response = api(people[person]).delete(f"/api/assignments/{assignment.pk}{slash}")

    assert (response.status_code, response.content) == (204, b"")
    assert [*Assignment.objects.all()] == [other]


@pytest.mark.parametrize("status", Assignment.Status.values)
def test_delete_in_any_status_of_its_own(api, admin, assignment, status):
    Assignment.objects.update(status=status)

    response = api(admin).delete(f"/api/assignments/{assignment.pk}")

    assert response.status_code == 204
    assert not Assignment.objects.exists()


def test_delete_is_audited_with_what_was_lost(api, admin, tenant, nurse, shift, owner, assignment):
    swap = SwapFactory(assignment=assignment)

    api(admin).delete(f"/api/assignments/{assignment.pk}")

    entries = {entry.action: entry for entry in AuditEntry.objects.all()}
    assert not Swap.objects.exists()
    assert entries.keys() == {"scheduling.assignment.delete", "scheduling.swap.delete"}
    assert {(entry.by_id, entry.tenant_id) for entry in entries.values()} == {(admin.pk, tenant.pk)}
    assert entries["scheduling.swap.delete"].object_id == str(swap.pk)
    entry = entries["scheduling.assignment.delete"]
    assert (entry.object_id, entry.object_label) == (str(assignment.pk), str(assignment))
    assert entry.changes == {
        "schedule": [shift.schedule_id, None],
        "employee": [nurse.pk, None],
        "shift": [shift.pk, None],
        "status": ["assigned", None],
        "priority": [1, None],
        "notes": ["Night bus", None],
        "assigned_by": [str(owner.pk), None],
        "assigned_at": [str(assignment.assigned_at), None],
        "conflicts_resolved": [True, None],
        "auto_assigned": [False, None],
        "decline_reason": ["", None],
        "sequence": [0, None],
    }


@pytest.mark.parametrize("status", ["pending_approval", "approved", "published", "archived"])
def test_delete_in_a_schedule_that_is_not_editable(api, admin, schedule, assignment, stored, status):
    schedule.status = status
    schedule.save()
    client, before = api(admin), stored()

    response = client.delete(f"/api/assignments/{assignment.pk}")

    assert (response.status_code, response.json()) == (400, not_editable(schedule))
    assert stored() == before


@pytest.mark.parametrize(
    "person, status, body",
    [("nobody", 401, NOT_SIGNED_IN), ("viewer", 403, ROLE_TOO_LOW), ("member", 403, ROLE_TOO_LOW)],
)
def test_delete_by_those_who_may_not(api, people, nurse, assignment, stored, person, status, body):
    """Not even one's own."""
    nurse.user = people[person]
    nurse.save()
    client, before = api(people[person]), stored()

    response = client.delete(f"/api/assignments/{assignment.pk}")

    assert (response.status_code, response.json()) == (status, body)
    assert stored() == before


def test_delete_by_an_admin_elsewhere_who_is_a_viewer_here(api, viewer, other_tenant, assignment, stored):
    viewer.memberships.create(assignment=other_tenant.assignments.get(role__type="admin"))
    client, before = api(viewer), stored()

    response = client.delete(f"/api/assignments/{assignment.pk}")

    assert (response.status_code, response.json()) == (403, {"detail": "You may not delete this assignment."})
    assert stored() == before


def test_delete_by_a_stranger_answers_as_for_no_assignment(api, stranger, assignment, stored):
    client, before = api(stranger), stored()
    keys = [assignment.pk, 2**40]

    responses = [client.delete(f"/api/assignments/{key}") for key in keys]

    answers = [(response.status_code, response.json()) for response in responses]
    assert answers == [(404, missing("assignment", key)) for key in keys]
    assert stored() == before


def test_delete_twice(api, admin, assignment, stored):
    client = api(admin)
    client.delete(f"/api/assignments/{assignment.pk}")
    before = stored()

    response = client.delete(f"/api/assignments/{assignment.pk}")

    assert (response.status_code, response.json()) == (404, missing("assignment", assignment.pk))
    assert stored() == before
