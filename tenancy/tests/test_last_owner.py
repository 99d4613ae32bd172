"""A tenant that has an owner keeps at least one, whichever way the last would go."""

import pytest
from django.utils import timezone

from tenancy.models import Assignment, Role
from tenancy.tests import bodies
from tenancy.tests.factories import AssignmentFactory, MembershipFactory, RoleFactory
from tenancy.tests.ledger import nothing_written


def viewers(tenant) -> Assignment:
    return Assignment.objects.get(tenant=tenant, role__type="viewer")


# Every request that ends the ownership of whoever holds `held`: (method, address, body).
WAYS = {
    "membership removal": lambda held: ("delete", f"/memberships/{held.pk}", None),
    "membership change": lambda held: (
        "patch",
        f"/memberships/{held.pk}",
        {"assignmentId": str(viewers(held.assignment.tenant).pk)},
    ),
    "assignment removal": lambda held: ("patch", f"/assignments/{held.assignment_id}/removedAt", None),
    "assignments removal": lambda held: (
        "patch",
        "/assignments/removedAt",
        [str(viewers(held.assignment.tenant).pk), str(held.assignment_id)],
    ),
    "assignment deletion": lambda held: ("delete", f"/assignments/{held.assignment_id}", None),
    "assignment role change": lambda held: (
        "patch",
        f"/assignments/{held.assignment_id}",
        {"roleId": str(RoleFactory(tenant=held.assignment.tenant).pk)},
    ),
    "role type change": lambda held: ("patch", f"/roles/{held.assignment.role_id}", {"type": "admin"}),
    "person deactivation": lambda held: ("patch", f"/users/{held.user_id}", {"isActive": False}),
    "person deletion": lambda held: ("delete", f"/users/{held.user_id}", None),
}
every_way = pytest.mark.parametrize("request_for", WAYS.values(), ids=WAYS)


def last_owner(tenant) -> dict:
    text = f"{tenant.name} would be left without an owner. Make somebody else an owner first."
    return bodies.problem(409, text, "LAST_OWNER")


@every_way
def test_the_last_owner_stays(super_admin, owner, tenant, api, request_for):
    method, address, body = request_for(owner.memberships.get())
    client = api(super_admin)

    with nothing_written():
        response = getattr(client, method)(address, body)

    assert response.status_code == 409
    assert response.json() == last_owner(tenant)


@every_way
def test_one_of_two_owners_may_go(super_admin, owner, tenant, api, request_for):
    MembershipFactory(assignment__tenant=tenant, assignment__role__type="owner")
    method, address, body = request_for(owner.memberships.get())

    response = getattr(api(super_admin), method)(address, body)

    assert response.status_code == 200
    assert response.json()["httpStatus"] == 200


@every_way
@pytest.mark.parametrize("why", ["inactive", "assignment removed", "another tenant's"])
def test_an_owner_who_does_not_count_is_no_other_owner(super_admin, owner, tenant, other_tenant, api, why, request_for):
    match why:
        case "inactive":
            MembershipFactory(user__is_active=False, assignment=owner.memberships.get().assignment)
        case "assignment removed":
            former = AssignmentFactory(tenant=tenant, role__type="owner", removed_at=timezone.now())
            MembershipFactory(assignment=former)
        case _:
            MembershipFactory(assignment__tenant=other_tenant, assignment__role__type="owner")
    method, address, body = request_for(owner.memberships.get())
    client = api(super_admin)

    with nothing_written():
        response = getattr(client, method)(address, body)

    assert response.status_code == 409
    assert response.json() == last_owner(tenant)


@pytest.mark.parametrize(
    "request_for", [way for name, way in WAYS.items() if not name.startswith("person")], ids=list(WAYS)[:-2]
)
def test_the_last_owner_does_not_leave_either(owner, tenant, api, request_for):
    method, address, body = request_for(owner.memberships.get())
    client = api(owner)

    with nothing_written():
        response = getattr(client, method)(address, body)

    assert response.status_code == 409
    assert response.json() == last_owner(tenant)


def test_all_owners_of_one_assignment_do_not_go_together(super_admin, owner, tenant, api):
    held = owner.memberships.get().assignment
    MembershipFactory.create_batch(2, assignment=held)
    client = api(super_admin)

    with nothing_written():
        response = client.patch(f"/assignments/{held.pk}/removedAt")

    assert response.status_code == 409
    assert response.json() == last_owner(tenant)


def test_all_assignments_of_owners_do_not_go_together(super_admin, owner, tenant, api):
    MembershipFactory(assignment__tenant=tenant, assignment__role__type="owner")
    keys = Assignment.objects.filter(tenant=tenant).values_list("pk", flat=True)
    client = api(super_admin)

    with nothing_written():
        response = client.patch("/assignments/removedAt", [str(key) for key in keys])

    assert response.status_code == 409
    assert response.json() == last_owner(tenant)


def test_a_shared_role_is_judged_in_every_tenant_it_is_in_force_in(super_admin, owner, stranger, other_tenant, api):
    shared = RoleFactory(tenant=None, type="owner")
    MembershipFactory(assignment__tenant=owner.memberships.get().assignment.tenant, assignment__role=shared)
    third = MembershipFactory(assignment__role=shared).assignment.tenant
    client = api(super_admin)

    with nothing_written():
        response = client.patch(f"/roles/{shared.pk}", {"type": "admin"})

    assert response.status_code == 409
    assert response.json() == last_owner(third)


def test_a_person_who_is_the_last_owner_anywhere_stays(super_admin, owner, tenant, api):
    MembershipFactory(assignment=owner.memberships.get().assignment)
    elsewhere = MembershipFactory(user=owner, assignment__role__type="owner").assignment.tenant
    client = api(super_admin)

    with nothing_written():
        response = client.delete(f"/users/{owner.pk}")

    assert response.status_code == 409
    assert response.json() == last_owner(elsewhere)


def test_a_tenant_without_an_owner_is_not_held_up(super_admin, tenant, api):
    held = MembershipFactory(assignment__tenant=tenant, assignment__role__type="admin")

    response = api(super_admin).delete(f"/memberships/{held.pk}")

    assert response.status_code == 200


def test_renaming_the_role_of_the_last_owner_is_fine(owner, api):
    role = owner.memberships.get().assignment.role

    response = api(owner).patch(f"/roles/{role.pk}", {"name": "Director"})

    assert response.status_code == 200
    assert Role.objects.get(pk=role.pk).name == "Director"
