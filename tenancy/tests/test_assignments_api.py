"""The endpoints of assignments: whole bodies, and what they leave in the database."""

import uuid

import pytest
from django.utils import timezone

from assignhub.models import AuditEntry
from tenancy.models import Assignment
from tenancy.tests import bodies
from tenancy.tests.factories import AssignmentFactory, MembershipFactory, RoleFactory
from tenancy.tests.ledger import audited, nothing_written


def withdrawn(**fields) -> Assignment:
    return AssignmentFactory(removed_at=timezone.now(), **fields)


def test_create_answers_200_with_the_assignment(admin, tenant, api):
    role = RoleFactory(tenant=tenant)

    with audited((admin.email, "tenancy.assignment.add")):
        response = api(admin).post("/assignments", {"roleId": str(role.pk), "tenantId": str(tenant.pk)})

    assert response.status_code == 200
    created = Assignment.objects.get(role=role)
    assert created.tenant == tenant
    assert created.removed_at is None
    assert response.json() == bodies.success(bodies.assignment(created))


def test_create_leaves_what_was_written_in_the_audit_trail(admin, tenant, api):
    role = RoleFactory(tenant=tenant, name="Night nurse")

    api(admin).post("/assignments", {"roleId": str(role.pk), "tenantId": str(tenant.pk)})

    entry = AuditEntry.objects.latest("pk")
    assert (entry.tenant_id, entry.by_id, entry.object_label) == (tenant.pk, admin.pk, f"Night nurse in {tenant.name}")
    assert entry.changes == {
        "role": [None, str(role.pk)],
        "tenant": [None, str(tenant.pk)],
    }


def test_create_puts_a_shared_role_into_force(admin, tenant, api):
    role = RoleFactory(tenant=None)

    response = api(admin).post("/assignments", {"roleId": str(role.pk), "tenantId": str(tenant.pk)})

    assert response.status_code == 200
    assert response.json() == bodies.success(bodies.assignment(Assignment.objects.get(role=role)))


def test_create_of_a_live_assignment_again_is_refused(admin, tenant, api):
    row = AssignmentFactory(tenant=tenant)

    with nothing_written():
        response = api(admin).post("/assignments", {"roleId": str(row.role_id), "tenantId": str(tenant.pk)})

    assert response.status_code == 409
    assert response.json() == bodies.problem(409, "This role is already in force in this tenant.")


def test_create_of_a_removed_assignment_again_makes_a_new_one(admin, tenant, api):
    old = withdrawn(tenant=tenant)

    response = api(admin).post("/assignments", {"roleId": str(old.role_id), "tenantId": str(tenant.pk)})

    assert response.status_code == 200
    new = Assignment.objects.get(role=old.role, removed_at=None)
    assert new != old
    assert response.json() == bodies.success(bodies.assignment(new))


def test_create_with_a_role_of_another_tenant_is_refused_for_super_admins_too(super_admin, tenant, other_tenant, api):
    role = RoleFactory(tenant=other_tenant)

    with nothing_written():
        response = api(super_admin).post("/assignments", {"roleId": str(role.pk), "tenantId": str(tenant.pk)})

    assert response.status_code == 404
    assert response.json() == bodies.problem(404, f"Role with ID {role.pk} not found", "NOT_FOUND")


@pytest.mark.parametrize("person", ["viewer", "member", "admin", "owner", "super_admin"])
def test_retrieve_shows_role_and_tenant(people, tenant, api, person):
    row = AssignmentFactory(tenant=tenant)

    response = api(people[person]).get(f"/assignments/{row.pk}")

    assert response.status_code == 200
    assert response.json() == bodies.success(bodies.assignment_detail(row))


def test_retrieve_shows_a_removed_assignment(viewer, tenant, api):
    row = withdrawn(tenant=tenant)

    response = api(viewer).get(f"/assignments/{row.pk}")

    assert response.status_code == 200
    assert response.json() == bodies.success(bodies.assignment_detail(row))


def test_retrieve_answers_with_and_without_a_final_slash(viewer, tenant, api):
    row = AssignmentFactory(tenant=tenant)

    response = api(viewer).get(f"/assignments/{row.pk}/")

    assert response.status_code == 200
    assert response.json() == bodies.success(bodies.assignment_detail(row))


def test_remove_sets_removed_at(admin, tenant, api):
    row = AssignmentFactory(tenant=tenant)

    with audited((admin.email, "tenancy.assignment.remove")):
        response = api(admin).patch(f"/assignments/{row.pk}/removedAt")

    assert response.status_code == 200
    stored = Assignment.objects.get(pk=row.pk)
    assert stored.removed_at == stored.updated_at
    assert stored.removed_at > row.updated_at
    assert response.json() == bodies.success(bodies.assignment(stored))


def test_remove_of_a_removed_assignment_changes_nothing(admin, tenant, api):
    row = withdrawn(tenant=tenant)

    with nothing_written():
        response = api(admin).patch(f"/assignments/{row.pk}/removedAt")

    assert response.status_code == 200
    assert response.json() == bodies.success(bodies.assignment(row))


def test_bulk_remove_counts_what_it_removed(admin, tenant, api):
    rows = AssignmentFactory.create_batch(3, tenant=tenant)
    bystander = AssignmentFactory(tenant=tenant)

    with audited(*[(admin.email, "tenancy.assignment.remove")] * 3):
        response = api(admin).patch("/assignments/removedAt", [str(row.pk) for row in rows])

    assert response.status_code == 200
    assert response.json() == bodies.success({"count": 3})
    assert not Assignment.objects.filter(pk__in=[row.pk for row in rows], removed_at=None).exists()
    assert Assignment.objects.get(pk=bystander.pk).removed_at is None


def test_bulk_remove_does_not_count_unknown_repeated_removed_and_hidden_ids(admin, tenant, other_tenant, api):
    live, gone = AssignmentFactory(tenant=tenant), withdrawn(tenant=tenant)
    hidden = AssignmentFactory(tenant=other_tenant)
    keys = [live.pk, live.pk, gone.pk, hidden.pk, uuid.uuid4()]

    response = api(admin).patch("/assignments/removedAt", [str(key) for key in keys])

    assert response.status_code == 200
    assert response.json() == bodies.success({"count": 1})
    assert Assignment.objects.get(pk=live.pk).removed_at is not None
    assert Assignment.objects.get(pk=gone.pk).removed_at == gone.removed_at
    assert Assignment.objects.get(pk=hidden.pk).removed_at is None


def test_bulk_remove_is_all_or_nothing(admin, owner, tenant, api):
    keys = Assignment.objects.filter(tenant=tenant, role__type__in=["viewer", "owner"]).values_list("pk", flat=True)

    with nothing_written():
        response = api(admin).patch("/assignments/removedAt", [str(key) for key in keys])

    assert response.status_code == 403
    text = "You hold the rank admin here and cannot grant or take away the rank owner."
    assert response.json() == bodies.problem(403, text, "FORBIDDEN")


def test_bulk_remove_of_nothing_removes_nothing(admin, api):
    client = api(admin)

    with nothing_written():
        response = client.patch("/assignments/removedAt", [])

    assert response.status_code == 200
    assert response.json() == bodies.success({"count": 0})


@pytest.mark.parametrize(
    "body, text",
    [
        ({"ids": []}, 'Expected a list of items but got type "dict".'),
        ("everything", 'Expected a list of items but got type "str".'),
        (["nonsense"], "0: Must be a valid UUID."),
        ([7], "0: Must be a valid UUID."),
        ([[]], "0: Must be a valid UUID."),
        ([None], "0: This field may not be null."),
        ([str(uuid.UUID(int=number)) for number in range(1001)], "Ensure this field has no more than 1000 elements."),
    ],
)
def test_bulk_remove_of_something_else_than_ids_is_refused(admin, api, body, text):
    client = api(admin)

    with nothing_written():
        response = client.patch("/assignments/removedAt", body)

    assert response.status_code == 400
    assert response.json() == bodies.problem(400, text)


def test_delete_answers_with_the_deleted_assignment(admin, tenant, api):
    row = AssignmentFactory(tenant=tenant)
    expected = bodies.assignment(row)

    with audited((admin.email, "tenancy.assignment.delete")):
        response = api(admin).delete(f"/assignments/{row.pk}")

    assert response.status_code == 200
    assert response.json() == bodies.success(expected)
    assert not Assignment.objects.filter(pk=row.pk).exists()


def test_delete_takes_memberships_along_each_with_its_entry(admin, tenant, api):
    row = AssignmentFactory(tenant=tenant)
    MembershipFactory.create_batch(2, assignment=row)

    with audited(
        (admin.email, "tenancy.assignment.delete"),
        (admin.email, "tenancy.membership.delete"),
        (admin.email, "tenancy.membership.delete"),
    ):
        response = api(admin).delete(f"/assignments/{row.pk}")

    assert response.status_code == 200
    assert not row.memberships.exists()


def test_patch_puts_another_role_in_its_place(admin, tenant, api):
    row = AssignmentFactory(tenant=tenant)
    role = RoleFactory(tenant=tenant)

    with audited((admin.email, "tenancy.assignment.change")):
        response = api(admin).patch(f"/assignments/{row.pk}", {"roleId": str(role.pk)})

    assert response.status_code == 200
    stored = Assignment.objects.get(pk=row.pk)
    assert stored.role == role
    assert stored.updated_at > row.updated_at
    assert response.json() == bodies.success(bodies.assignment(stored))


def test_patch_with_removed_at_null_brings_an_assignment_back(admin, tenant, api):
    row = withdrawn(tenant=tenant)

    with audited((admin.email, "tenancy.assignment.change")):
        response = api(admin).patch(f"/assignments/{row.pk}", {"removedAt": None})

    assert response.status_code == 200
    stored = Assignment.objects.get(pk=row.pk)
    assert stored.removed_at is None
    assert response.json() == bodies.success(bodies.assignment(stored))


def test_patch_does_not_bring_back_what_has_a_live_twin(admin, tenant, api):
    twin = AssignmentFactory(tenant=tenant)
    row = withdrawn(tenant=tenant, role=twin.role)

    with nothing_written():
        response = api(admin).patch(f"/assignments/{row.pk}", {"removedAt": None})

    assert response.status_code == 409
    assert response.json() == bodies.problem(409, "This role is already in force in this tenant.")


def test_patch_removes_nothing(admin, tenant, api):
    row = AssignmentFactory(tenant=tenant)

    with nothing_written():
        response = api(admin).patch(f"/assignments/{row.pk}", {"removedAt": "2026-01-01T00:00:00Z"})

    assert response.status_code == 400
    text = "removedAt: Only null is accepted: it brings the row back."
    assert response.json() == bodies.problem(400, text)


def test_patch_does_not_move_an_assignment_to_another_tenant(super_admin, tenant, other_tenant, api):
    row = AssignmentFactory(tenant=tenant)

    with nothing_written():
        response = api(super_admin).patch(f"/assignments/{row.pk}", {"tenantId": str(other_tenant.pk)})

    assert response.status_code == 400
    assert response.json() == bodies.problem(400, "The tenant of this role assignment cannot be changed.", "FIXED")


def test_patch_with_what_is_there_already_changes_nothing(admin, tenant, api):
    row = AssignmentFactory(tenant=tenant)
    same = {"roleId": str(row.role_id), "tenantId": str(tenant.pk), "removedAt": None}

    with nothing_written():
        response = api(admin).patch(f"/assignments/{row.pk}", same)

    assert response.status_code == 200
    assert response.json() == bodies.success(bodies.assignment(row))


@pytest.mark.parametrize("person", ["viewer", "member"])
@pytest.mark.parametrize(
    "method, path, body",
    [
        ("post", "/assignments", {}),
        ("patch", "/assignments/removedAt", []),
        ("patch", "/assignments/{key}", {}),
        ("patch", "/assignments/{key}/removedAt", None),
        ("delete", "/assignments/{key}", None),
    ],
)
def test_writing_takes_an_admin(people, tenant, api, person, method, path, body):
    row = AssignmentFactory(tenant=tenant)
    client = api(people[person])

    with nothing_written():
        response = getattr(client, method)(path.format(key=row.pk), body)

    assert response.status_code == 403
    assert response.json() == bodies.FORBIDDEN


@pytest.mark.parametrize("method", ["put", "options"])
@pytest.mark.parametrize("path", ["/assignments/{key}", "/assignments", "/assignments/removedAt"])
def test_a_method_that_is_not_documented_is_refused(owner, tenant, api, path, method):
    row = AssignmentFactory(tenant=tenant)
    client = api(owner)

    with nothing_written():
        response = getattr(client, method)(path.format(key=row.pk), {})

    assert response.status_code == 405
    assert response.json() == bodies.problem(405, f'Method "{method.upper()}" not allowed.')
