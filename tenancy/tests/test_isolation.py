"""To one tenant, another's rows do not exist: every answer is the one a made-up ID gets, but for the ID itself."""

import uuid

import pytest

from tenancy.models import Membership, Tenant
from tenancy.tests import bodies
from tenancy.tests.factories import AssignmentFactory, MembershipFactory, RoleFactory
from tenancy.tests.ledger import nothing_written

MADE_UP = str(uuid.UUID("00000000-0000-4000-8000-000000000000"))


@pytest.fixture
def theirs(other_tenant) -> dict[str, str]:
    """The key of one row of each kind in the other tenant."""
    held = MembershipFactory(assignment__tenant=other_tenant, assignment__role__name="Harbour pilot")
    return {
        "tenant": str(other_tenant.pk),
        "role": str(held.assignment.role_id),
        "assignment": str(held.assignment_id),
        "membership": str(held.pk),
        "user": str(held.user_id),
    }


@pytest.fixture
def ours(tenant) -> dict[str, str]:
    """The same in one's own tenant, to complete a body with."""
    held = MembershipFactory(assignment__tenant=tenant)
    return {
        "tenant": str(tenant.pk),
        "role": str(RoleFactory(tenant=tenant).pk),
        "assignment": str(held.assignment_id),
        "membership": str(held.pk),
        "user": str(held.user_id),
    }


def answer(client, method: str, address: str, body, key: str) -> tuple:
    """Everything a client learns from a response, with the ID it asked for taken out."""
    response = getattr(client, method)(address, body)
    headers = {name: value for name, value in response.headers.items() if name != "X-Request-ID"}
    return response.status_code, response.content.replace(key.encode(), b"<ID>"), headers


def assert_hidden(client, method: str, address: str, body, key: str) -> int:
    """Send a request with `key` in place of KEY, then with a made-up one; return the status both got."""

    def with_key(key: str) -> tuple:
        filled = body
        if isinstance(body, dict):
            filled = {name: key if value == "KEY" else value for name, value in body.items()}
        elif isinstance(body, list):
            filled = [key if value == "KEY" else value for value in body]
        return answer(client, method, address.replace("KEY", key), filled, key)

    with nothing_written():
        hidden, unknown = with_key(key), with_key(MADE_UP)
    assert hidden == unknown
    return hidden[0]


@pytest.mark.parametrize("person", ["viewer", "member", "admin", "owner"])
@pytest.mark.parametrize("kind", ["assignment", "role", "tenant", "membership", "user"])
def test_reading_anothers_row_is_404(people, theirs, api, person, kind):
    status = assert_hidden(api(people[person]), "get", f"/{kind}s/KEY", None, theirs[kind])

    assert status == 404


@pytest.mark.parametrize(
    "method, address, kind, body",
    [
        ("patch", "/assignments/KEY", "assignment", {"removedAt": None}),
        ("patch", "/assignments/KEY/removedAt", "assignment", None),
        ("delete", "/assignments/KEY", "assignment", None),
        ("patch", "/roles/KEY", "role", {"name": "Mine"}),
        ("delete", "/roles/KEY", "role", None),
        ("patch", "/tenants/KEY", "tenant", {"name": "Mine"}),
        ("patch", "/memberships/KEY", "membership", {}),
        ("delete", "/memberships/KEY", "membership", None),
        ("patch", "/users/KEY", "user", {"firstName": "Mine"}),
        ("delete", "/users/KEY", "user", None),
    ],
)
@pytest.mark.parametrize("person", ["admin", "owner"])
def test_writing_anothers_row_is_404(people, theirs, api, person, method, address, kind, body):
    status = assert_hidden(api(people[person]), method, address, body, theirs[kind])

    assert status == 404


@pytest.mark.parametrize("method, address, kind", [("delete", "/tenants/KEY", "tenant"), ("put", "/users/KEY", "user")])
def test_what_nobody_here_may_do_says_nothing_about_the_row(owner, theirs, api, method, address, kind):
    status = assert_hidden(api(owner), method, address, None, theirs[kind])

    assert status in (403, 405)


@pytest.mark.parametrize(
    "method, address, kind, body",
    [
        ("post", "/assignments", "role", {"roleId": "KEY", "tenantId": "{tenant}"}),
        ("post", "/assignments", "tenant", {"roleId": "{role}", "tenantId": "KEY"}),
        ("patch", "/assignments/{assignment}", "role", {"roleId": "KEY"}),
        ("patch", "/assignments/{assignment}", "tenant", {"tenantId": "KEY"}),
        ("post", "/roles", "tenant", {"name": "Mine", "type": "viewer", "tenantId": "KEY"}),
        ("patch", "/roles/{role}", "tenant", {"tenantId": "KEY"}),
        ("post", "/memberships", "user", {"userId": "KEY", "assignmentId": "{assignment}"}),
        ("post", "/memberships", "assignment", {"userId": "{user}", "assignmentId": "KEY"}),
        ("patch", "/memberships/{membership}", "user", {"userId": "KEY"}),
        ("patch", "/memberships/{membership}", "assignment", {"assignmentId": "KEY"}),
        ("post", "/users", "assignment", {"email": "new@ward.example", "assignmentId": "KEY"}),
    ],
)
def test_referring_to_anothers_row_is_404(owner, ours, theirs, api, method, address, kind, body):
    body = {name: value.format(**ours) for name, value in body.items()}

    status = assert_hidden(api(owner), method, address.format(**ours), body, theirs[kind])

    assert status == 404


def test_bulk_remove_does_not_count_anothers_row(owner, theirs, api):
    status = assert_hidden(api(owner), "patch", "/assignments/removedAt", ["KEY"], theirs["assignment"])

    assert status == 200


@pytest.mark.parametrize(
    "address, kind",
    [
        ("/assignments?roleId=KEY", "role"),
        ("/assignments?tenantId=KEY", "tenant"),
        ("/assignments?removed=all&tenantId=KEY", "tenant"),
        ("/roles?tenantId=KEY", "tenant"),
        ("/memberships?tenantId=KEY", "tenant"),
        ("/memberships?roleId=KEY", "role"),
        ("/memberships?assignmentId=KEY", "assignment"),
        ("/memberships?userId=KEY", "user"),
    ],
)
def test_filtering_by_anothers_row_finds_nothing(owner, theirs, api, address, kind):
    status = assert_hidden(api(owner), "get", address, None, theirs[kind])

    assert status == 200


@pytest.mark.parametrize("address", ["/assignments?removed=all", "/roles", "/tenants", "/memberships", "/users"])
@pytest.mark.parametrize("search", ["", "&search=harbour", "&search=owner"])
def test_lists_hold_nothing_of_another_tenant(owner, stranger, theirs, api, address, search):
    client = api(owner)
    foreign = {*theirs.values(), str(stranger.pk)}
    joint = "&" if "?" in address else "?"

    response = client.get(f"{address}{joint}take=100{search}")

    assert response.status_code == 200
    assert not [key for key in foreign if key in response.content.decode()]


def test_both_tenants_of_a_person_are_theirs(viewer, other_tenant, theirs, api):
    MembershipFactory(user=viewer, assignment__tenant=other_tenant, assignment__role__type="viewer")

    response = api(viewer).get(f"/assignments/{theirs['assignment']}")

    assert response.status_code == 200
    assert response.json()["data"]["tenant"] == bodies.named_tenant(other_tenant)


def test_a_tenant_one_has_left_is_hidden_again(viewer, other_tenant, theirs, api):
    held = MembershipFactory(user=viewer, assignment__tenant=other_tenant)
    client = api(viewer)
    assert client.get(f"/assignments/{theirs['assignment']}").status_code == 200

    held.delete()

    assert assert_hidden(client, "get", "/assignments/KEY", None, theirs["assignment"]) == 404


def test_memberships_of_a_colleague_in_another_tenant_are_hidden(owner, member, theirs, other_tenant, api):
    elsewhere = MembershipFactory(user=member, assignment__tenant=other_tenant)

    listed = api(owner).get(f"/memberships?userId={member.pk}")

    assert listed.json() == bodies.page(
        [bodies.membership_detail(member.memberships.exclude(pk=elsewhere.pk).get())], count=1
    )
    assert assert_hidden(api(owner), "get", "/memberships/KEY", None, str(elsewhere.pk)) == 404


@pytest.mark.parametrize("person", ["viewer", "member", "admin", "owner", "stranger"])
def test_shared_roles_are_visible_from_every_tenant(people, api, person):
    shared = RoleFactory(tenant=None, name="Chaplain")

    response = api(people[person]).get(f"/roles/{shared.pk}")

    assert response.status_code == 200
    assert response.json() == bodies.success(bodies.role(shared))


@pytest.mark.parametrize("method, body, verb", [("patch", {"name": "Mine"}, "change"), ("delete", None, "delete")])
@pytest.mark.parametrize("in_force", [False, True])
@pytest.mark.parametrize("person", ["admin", "owner"])
def test_shared_roles_are_not_a_tenants_to_edit(people, tenant, api, person, in_force, method, body, verb):
    shared = RoleFactory(tenant=None, name="Chaplain", type="viewer")
    if in_force:
        AssignmentFactory(tenant=tenant, role=shared)
    client = api(people[person])

    with nothing_written():
        response = getattr(client, method)(f"/roles/{shared.pk}", body)

    assert response.status_code == 403
    assert response.json() == bodies.problem(403, f"You may not {verb} this role.")


def test_assignments_of_a_shared_role_stay_with_their_tenants(owner, tenant, other_tenant, api):
    shared = RoleFactory(tenant=None)
    own, hidden = AssignmentFactory(tenant=tenant, role=shared), AssignmentFactory(tenant=other_tenant, role=shared)
    client = api(owner)

    listed = client.get(f"/assignments?roleId={shared.pk}")

    assert listed.json() == bodies.page([bodies.assignment(own)], count=1)
    assert assert_hidden(client, "get", "/assignments/KEY", None, str(hidden.pk)) == 404


def test_the_platform_sees_all_tenants(super_admin, tenant, stranger, theirs, api):
    client = api(super_admin)

    counts = {path: client.get(path).json()["meta"]["pageMeta"]["count"] for path in ("/tenants", "/memberships")}

    assert counts == {"/tenants": Tenant.objects.count(), "/memberships": Membership.objects.count()}
    assert counts["/tenants"] == 2
