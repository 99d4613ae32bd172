"""Nobody grants or takes away a rank above their own, nobody changes their own rank, and every change acts at once."""

import pytest
from django.utils import timezone

from tenancy.models import Assignment, Membership, Role
from tenancy.tests import bodies
from tenancy.tests.factories import AssignmentFactory, MembershipFactory, RoleFactory, UserFactory
from tenancy.tests.ledger import nothing_written


def in_force(tenant, rank: str) -> Assignment:
    return Assignment.objects.get(tenant=tenant, role__type=rank, role__name=rank.capitalize())


# Each makes the request an admin sends to grant or take away the rank of owner: (method, address, body).
ABOVE_AN_ADMIN = {
    "create a role": lambda tenant, owner, member: (
        "post",
        "/roles",
        {"name": "King", "type": "owner", "tenantId": str(tenant.pk)},
    ),
    "raise a role": lambda tenant, owner, member: (
        "patch",
        f"/roles/{in_force(tenant, 'member').role_id}",
        {"type": "owner"},
    ),
    "lower a role": lambda tenant, owner, member: (
        "patch",
        f"/roles/{in_force(tenant, 'owner').role_id}",
        {"type": "viewer"},
    ),
    "rename a role": lambda tenant, owner, member: (
        "patch",
        f"/roles/{in_force(tenant, 'owner').role_id}",
        {"name": "King"},
    ),
    "delete a role": lambda tenant, owner, member: (
        "delete",
        f"/roles/{RoleFactory(tenant=tenant, type='owner').pk}",
        None,
    ),
    "put a role into force": lambda tenant, owner, member: (
        "post",
        "/assignments",
        {"roleId": str(RoleFactory(tenant=tenant, type="owner").pk), "tenantId": str(tenant.pk)},
    ),
    "put a shared role into force": lambda tenant, owner, member: (
        "post",
        "/assignments",
        {"roleId": str(RoleFactory(tenant=None, type="owner").pk), "tenantId": str(tenant.pk)},
    ),
    "put a role in place of another": lambda tenant, owner, member: (
        "patch",
        f"/assignments/{in_force(tenant, 'member').pk}",
        {"roleId": str(RoleFactory(tenant=tenant, type="owner").pk)},
    ),
    "put another role in place of it": lambda tenant, owner, member: (
        "patch",
        f"/assignments/{in_force(tenant, 'owner').pk}",
        {"roleId": str(RoleFactory(tenant=tenant).pk)},
    ),
    "bring an assignment back": lambda tenant, owner, member: (
        "patch",
        f"/assignments/{AssignmentFactory(tenant=tenant, role__type='owner', removed_at=timezone.now()).pk}",
        {"removedAt": None},
    ),
    "remove an assignment": lambda tenant, owner, member: (
        "patch",
        f"/assignments/{in_force(tenant, 'owner').pk}/removedAt",
        None,
    ),
    "remove assignments": lambda tenant, owner, member: (
        "patch",
        "/assignments/removedAt",
        [str(in_force(tenant, rank).pk) for rank in ("viewer", "owner")],
    ),
    "delete an assignment": lambda tenant, owner, member: (
        "delete",
        f"/assignments/{in_force(tenant, 'owner').pk}",
        None,
    ),
    "give a role": lambda tenant, owner, member: (
        "post",
        "/memberships",
        {"userId": str(member.pk), "assignmentId": str(in_force(tenant, "owner").pk)},
    ),
    "change a membership to it": lambda tenant, owner, member: (
        "patch",
        f"/memberships/{member.memberships.get().pk}",
        {"assignmentId": str(in_force(tenant, "owner").pk)},
    ),
    "change a membership from it": lambda tenant, owner, member: (
        "patch",
        f"/memberships/{owner.memberships.get().pk}",
        {"assignmentId": str(in_force(tenant, "member").pk)},
    ),
    "take a role away": lambda tenant, owner, member: (
        "delete",
        f"/memberships/{owner.memberships.get().pk}",
        None,
    ),
    "create a person": lambda tenant, owner, member: (
        "post",
        "/users",
        {"email": "new@ward.example", "assignmentId": str(in_force(tenant, "owner").pk)},
    ),
}


@pytest.mark.parametrize("request_for", ABOVE_AN_ADMIN.values(), ids=ABOVE_AN_ADMIN)
def test_a_rank_above_ones_own_is_out_of_reach(admin, owner, member, tenant, api, request_for):
    MembershipFactory(assignment=in_force(tenant, "owner"))
    method, address, body = request_for(tenant, owner, member)
    client = api(admin)

    with nothing_written():
        response = getattr(client, method)(address, body)

    assert response.status_code == 403
    text = "You hold the rank admin here and cannot grant or take away the rank owner."
    assert response.json() == bodies.problem(403, text, "FORBIDDEN")


@pytest.mark.parametrize("request_for", ABOVE_AN_ADMIN.values(), ids=ABOVE_AN_ADMIN)
def test_what_an_admin_may_not_do_another_owner_may(owner, member, tenant, api, request_for):
    deputy = MembershipFactory(assignment__tenant=tenant, assignment__role__type="owner").user
    method, address, body = request_for(tenant, owner, member)

    response = getattr(api(deputy), method)(address, body)

    assert response.status_code == 200


def own(admin) -> Membership:
    return admin.memberships.get()


# What lowers, raises or ends the rank of whoever asks, the ways round included.
OWN_RANK = {
    "leave": lambda held: ("delete", f"/memberships/{held.pk}", None),
    "step down": lambda held: (
        "patch",
        f"/memberships/{held.pk}",
        {"assignmentId": str(in_force(held.assignment.tenant, "viewer").pk)},
    ),
    "lower one's role": lambda held: ("patch", f"/roles/{held.assignment.role_id}", {"type": "viewer"}),
    "put a lower role in its place": lambda held: (
        "patch",
        f"/assignments/{held.assignment_id}",
        {"roleId": str(RoleFactory(tenant=held.assignment.tenant).pk)},
    ),
    "remove one's assignment": lambda held: ("patch", f"/assignments/{held.assignment_id}/removedAt", None),
    "remove it among others": lambda held: (
        "patch",
        "/assignments/removedAt",
        [str(in_force(held.assignment.tenant, "viewer").pk), str(held.assignment_id)],
    ),
    "delete one's assignment": lambda held: ("delete", f"/assignments/{held.assignment_id}", None),
}


@pytest.mark.parametrize("person", ["admin", "owner"])
@pytest.mark.parametrize("request_for", OWN_RANK.values(), ids=OWN_RANK)
def test_ones_own_rank_is_not_ones_own_to_change(people, tenant, api, person, request_for):
    MembershipFactory(assignment__tenant=tenant, assignment__role__type="owner")
    method, address, body = request_for(own(people[person]))
    client = api(people[person])

    with nothing_written():
        response = getattr(client, method)(address, body)

    assert response.status_code == 403
    assert response.json() == bodies.problem(403, "You cannot change your own role.", "FORBIDDEN")


def test_ones_own_roles_below_ones_rank_may_come_and_go(admin, tenant, api):
    client = api(admin)

    taken = client.post("/memberships", {"userId": str(admin.pk), "assignmentId": str(in_force(tenant, "viewer").pk)})
    given_up = client.delete(f"/memberships/{taken.json()['data']['id']}")

    assert (taken.status_code, given_up.status_code) == (200, 200)
    assert own(admin).assignment == in_force(tenant, "admin")


@pytest.mark.parametrize("name", ["isSuperAdmin", "is_superuser", "isSuperuser", "is_super_admin"])
@pytest.mark.parametrize("person", ["admin", "owner", "super_admin"])
def test_nobody_becomes_a_super_admin_through_the_api(people, tenant, api, person, name):
    client = api(people[person])
    held = {"assignmentId": str(in_force(tenant, "member").pk)}
    target = people["member"]

    created = client.post("/users", {"email": "new@ward.example", name: True} | held)
    changed = client.patch(f"/users/{target.pk}", {name: True})
    own_account = client.patch(f"/users/{people[person].pk}", {name: True})

    assert created.json()["data"]["isSuperAdmin"] is False
    assert changed.json() == bodies.success(bodies.user(target))
    assert own_account.json() == bodies.success(bodies.user(people[person]))
    assert type(target).objects.filter(is_superuser=True).get() == people["super_admin"]


def test_super_admin_is_no_type_of_role(super_admin, tenant, api):
    client = api(super_admin)

    with nothing_written():
        response = client.post("/roles", {"name": "God", "type": "super_admin", "tenantId": str(tenant.pk)})

    assert response.status_code == 400
    assert response.json() == bodies.problem(400, 'type: "super_admin" is not a valid choice.')


def test_a_new_role_acts_with_the_next_request_of_the_same_token(owner, member, tenant, api):
    client, held = api(member), own(member)
    body = {"name": "Nurse", "type": "member", "tenantId": str(tenant.pk)}
    assert client.post("/roles", body).status_code == 403

    api(owner).patch(f"/memberships/{held.pk}", {"assignmentId": str(in_force(tenant, "admin").pk)})
    as_admin = client.post("/roles", body)
    api(owner).patch(f"/memberships/{held.pk}", {"assignmentId": str(held.assignment_id)})
    as_member = client.post("/roles", body | {"name": "Porter"})

    assert as_admin.status_code == 200
    assert as_member.status_code == 403
    assert as_member.json() == bodies.FORBIDDEN
    assert not Role.objects.filter(name="Porter").exists()


def test_a_new_type_of_role_acts_with_the_next_request_of_its_holders(owner, member, tenant, api):
    client, role = api(member), own(member).assignment.role
    assert client.post("/roles", {}).status_code == 403

    api(owner).patch(f"/roles/{role.pk}", {"type": "admin"})

    assert client.post("/roles", {}).status_code == 400


def test_removing_an_assignment_takes_its_role_from_all_holders_with_the_next_request(admin, tenant, api):
    held = AssignmentFactory(tenant=tenant)
    holders = [api(row.user) for row in MembershipFactory.create_batch(3, assignment=held)]
    before = list(held.memberships.order_by("pk").values())
    assert [client.get("/assignments").status_code for client in holders] == [200, 200, 200]

    api(admin).patch(f"/assignments/{held.pk}/removedAt")
    responses = [client.get("/assignments") for client in holders]

    assert [response.status_code for response in responses] == [403, 403, 403]
    assert [response.json() for response in responses] == [bodies.FORBIDDEN] * 3
    assert list(held.memberships.order_by("pk").values()) == before


def test_bringing_an_assignment_back_gives_its_role_to_all_holders_again(admin, tenant, api):
    held = AssignmentFactory(tenant=tenant, removed_at=timezone.now())
    client = api(MembershipFactory(assignment=held).user)
    assert client.get("/assignments").status_code == 403

    api(admin).patch(f"/assignments/{held.pk}", {"removedAt": None})

    assert client.get("/assignments").status_code == 200


def test_the_highest_of_several_roles_counts(tenant, api):
    person = UserFactory()
    for rank in ("viewer", "admin", "member"):
        MembershipFactory(user=person, assignment=in_force(tenant, rank))

    response = api(person).post("/roles", {"name": "Nurse", "type": "admin", "tenantId": str(tenant.pk)})

    assert response.status_code == 200
