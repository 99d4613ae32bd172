"""Accounts one may manage: one's own in part, and those of people who nowhere rank above oneself."""

import pytest

from tenancy.tests import bodies
from tenancy.tests.factories import MembershipFactory
from tenancy.tests.ledger import nothing_written


def beyond(person) -> dict:
    text = f"{person.email} has authority beyond yours; you cannot change this account."
    return bodies.problem(403, text, "FORBIDDEN")


CHANGES = [
    ("patch", {"firstName": "Somebody"}),
    ("patch", {"email": "mine@ward.example"}),
    ("patch", {"isActive": False}),
    ("patch", {"isStaff": False}),
    ("delete", None),
]
every_change = pytest.mark.parametrize("method, body", CHANGES)


@every_change
def test_an_admin_does_not_manage_an_owner(admin, owner, tenant, api, method, body):
    MembershipFactory(assignment__tenant=tenant, assignment__role__type="owner")
    client = api(admin)

    with nothing_written():
        response = getattr(client, method)(f"/users/{owner.pk}", body)

    assert response.status_code == 403
    assert response.json() == beyond(owner)


@every_change
@pytest.mark.parametrize("rank", ["viewer", "owner"])
def test_an_admin_does_not_manage_somebody_who_holds_a_role_elsewhere_too(admin, member, api, rank, method, body):
    MembershipFactory(user=member, assignment__role__type=rank)
    client = api(admin)

    with nothing_written():
        response = getattr(client, method)(f"/users/{member.pk}", body)

    assert response.status_code == 403
    assert response.json() == beyond(member)


@every_change
def test_an_owner_does_not_manage_a_super_admin_who_is_a_member(owner, super_admin, tenant, api, method, body):
    MembershipFactory(user=super_admin, assignment__tenant=tenant, assignment__role__type="viewer")
    client = api(owner)

    with nothing_written():
        response = getattr(client, method)(f"/users/{super_admin.pk}", body)

    assert response.status_code == 403
    assert response.json() == beyond(super_admin)


@pytest.mark.parametrize("person", ["viewer", "member"])
def test_who_is_no_admin_manages_nobody_else(people, tenant, api, person):
    colleague = MembershipFactory(assignment__tenant=tenant, assignment__role__type="viewer").user
    client = api(people[person])

    with nothing_written():
        response = client.patch(f"/users/{colleague.pk}", {"firstName": "Somebody"})

    assert response.status_code == 403
    assert response.json() == beyond(colleague)


def test_who_is_an_admin_elsewhere_only_manages_nobody_here(member, tenant, api):
    MembershipFactory(user=member, assignment__role__type="owner")
    colleague = MembershipFactory(assignment__tenant=tenant, assignment__role__type="viewer").user
    client = api(member)

    with nothing_written():
        response = client.delete(f"/users/{colleague.pk}")

    assert response.status_code == 403
    assert response.json() == beyond(colleague)


@every_change
@pytest.mark.parametrize("rank", ["viewer", "member", "admin"])
def test_an_admin_manages_people_up_to_their_own_rank(admin, tenant, api, rank, method, body):
    colleague = MembershipFactory(assignment__tenant=tenant, assignment__role__type=rank).user

    response = getattr(api(admin), method)(f"/users/{colleague.pk}", body)

    assert response.status_code == 200


@pytest.mark.parametrize("person", ["viewer", "member", "admin", "owner", "super_admin"])
@pytest.mark.parametrize(
    "body, name",
    [
        ({"email": "new@ward.example"}, "email"),
        ({"isActive": False}, "is_active"),
        ({"isStaff": False}, "is_staff"),
        ({"firstName": "New", "isStaff": False, "isActive": False}, "is_active, is_staff"),
    ],
)
def test_ones_own_account_is_ones_own_only_in_part(people, tenant, api, person, body, name):
    MembershipFactory(assignment__tenant=tenant, assignment__role__type="owner")
    client = api(people[person])

    with nothing_written():
        response = client.patch(f"/users/{people[person].pk}", body)

    assert response.status_code == 403
    text = f"You cannot change this about your own account: {name}."
    assert response.json() == bodies.problem(403, text, "FORBIDDEN")


@pytest.mark.parametrize("person", ["admin", "owner", "super_admin"])
def test_nobody_deletes_their_own_account(people, tenant, api, person):
    MembershipFactory(assignment__tenant=tenant, assignment__role__type="owner")
    client = api(people[person])

    with nothing_written():
        response = client.delete(f"/users/{people[person].pk}")

    assert response.status_code == 403
    assert response.json() == bodies.problem(403, "You cannot delete your own account.", "FORBIDDEN")


def test_what_is_there_already_may_be_sent_about_ones_own_account(member, api):
    same = {"email": member.email, "isActive": True, "isStaff": True}
    client = api(member)

    with nothing_written():
        response = client.patch(f"/users/{member.pk}", same)

    assert response.status_code == 200
    assert response.json() == bodies.success(bodies.user(member))
