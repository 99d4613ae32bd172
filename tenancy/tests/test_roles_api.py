"""The endpoints of roles, sibling of assignments and in the same dialect."""

import pytest

from tenancy.models import Role
from tenancy.tests import bodies
from tenancy.tests.factories import AssignmentFactory, MembershipFactory, RoleFactory
from tenancy.tests.ledger import audited, nothing_written


def test_create_answers_200_with_the_role(admin, tenant, api):
    body = {"name": "Night nurse", "type": "member", "tenantId": str(tenant.pk)}

    with audited((admin.email, "tenancy.role.add")):
        response = api(admin).post("/roles", body)

    assert response.status_code == 200
    created = Role.objects.get(name="Night nurse")
    assert (created.tenant, created.type) == (tenant, "member")
    assert response.json() == bodies.success(bodies.role(created))


@pytest.mark.parametrize("body", [{}, {"tenantId": None}])
def test_create_of_a_shared_role_is_the_platforms(super_admin, api, body):
    with audited((super_admin.email, "tenancy.role.add")):
        response = api(super_admin).post("/roles", {"name": "Chaplain", "type": "viewer", **body})

    assert response.status_code == 200
    created = Role.objects.get(name="Chaplain")
    assert created.tenant is None
    assert response.json() == bodies.success(bodies.role(created))


@pytest.mark.parametrize("person", ["admin", "owner"])
def test_create_of_a_shared_role_by_a_tenant_is_refused(people, api, person):
    client = api(people[person])

    with nothing_written():
        response = client.post("/roles", {"name": "Chaplain", "type": "viewer"})

    assert response.status_code == 403
    assert response.json() == bodies.problem(403, "You may not add this role.")


@pytest.mark.parametrize(
    "change, text",
    [
        ({"name": None}, "name: This field may not be null."),
        ({"name": ""}, "name: This field may not be blank."),
        ({"name": "  "}, "name: This field may not be blank."),
        ({"name": "x" * 101}, "name: Ensure this field has no more than 100 characters."),
        ({"name": {"en": "Nurse"}}, "name: Not a valid string."),
        ({"type": None}, "type: This field may not be null."),
        ({"type": "boss"}, 'type: "boss" is not a valid choice.'),
        ({"type": ["member"]}, "type: \"['member']\" is not a valid choice."),
        ({"tenantId": "nonsense"}, "tenantId: “nonsense” is not a valid UUID."),
    ],
)
def test_create_with_wrong_values_is_refused(admin, tenant, api, change, text):
    body = {"name": "Nurse", "type": "member", "tenantId": str(tenant.pk)} | change
    client = api(admin)

    with nothing_written():
        response = client.post("/roles", body)

    assert response.status_code == 400
    assert response.json() == bodies.problem(400, text)


def test_create_without_name_and_type_is_refused(admin, tenant, api):
    client = api(admin)

    with nothing_written():
        response = client.post("/roles", {"tenantId": str(tenant.pk)})

    assert response.status_code == 400
    assert response.json() == bodies.problem(400, "name: This field is required. type: This field is required.")


def test_create_of_a_name_that_is_taken_is_refused(admin, tenant, api):
    RoleFactory(tenant=tenant, name="Nurse")
    client = api(admin)

    with nothing_written():
        response = client.post("/roles", {"name": "Nurse", "type": "viewer", "tenantId": str(tenant.pk)})

    assert response.status_code == 409
    assert response.json() == bodies.problem(409, "There is already a role of this name.")


def test_create_of_a_shared_name_that_is_taken_is_refused(super_admin, api):
    RoleFactory(tenant=None, name="Chaplain")
    client = api(super_admin)

    with nothing_written():
        response = client.post("/roles", {"name": "Chaplain", "type": "viewer"})

    assert response.status_code == 409
    assert response.json() == bodies.problem(409, "There is already a role of this name.")


def test_create_of_a_name_that_another_tenant_uses_is_fine(admin, tenant, other_tenant, api):
    RoleFactory(tenant=other_tenant, name="Nurse")

    response = api(admin).post("/roles", {"name": "Nurse", "type": "member", "tenantId": str(tenant.pk)})

    assert response.status_code == 200
    assert response.json() == bodies.success(bodies.role(Role.objects.get(tenant=tenant, name="Nurse")))


@pytest.mark.parametrize("person", ["viewer", "member", "admin", "owner", "super_admin"])
def test_retrieve_shows_the_role(people, tenant, api, person):
    row = RoleFactory(tenant=tenant)

    response = api(people[person]).get(f"/roles/{row.pk}")

    assert response.status_code == 200
    assert response.json() == bodies.success(bodies.role(row))


def test_list_holds_the_tenants_roles_and_the_shared_ones_newest_first(viewer, tenant, other_tenant, api):
    own, shared = RoleFactory(tenant=tenant), RoleFactory(tenant=None)
    first_four = Role.objects.filter(tenant=tenant).exclude(pk=own.pk).order_by("-created_at", "-pk")

    response = api(viewer).get("/roles")

    assert response.status_code == 200
    assert response.json() == bodies.page([bodies.role(row) for row in [shared, own, *first_four]], count=6)


@pytest.mark.parametrize(
    "query, names",
    [
        ("type=member", ["Nurse", "Member"]),
        ("search=nUr", ["Nurse"]),
        ("search=owner", ["Owner"]),
        ("search=nobody", []),
        ("sortBy=name&sortOrder=ASC&take=2", ["Admin", "Member"]),
        ("sortBy=name&sortOrder=DESC&skip=1&take=2", ["Owner", "Nurse"]),
    ],
)
def test_list_follows_its_parameters(viewer, tenant, api, query, names):
    RoleFactory(tenant=tenant, name="Nurse")

    response = api(viewer).get(f"/roles?{query}")

    assert response.status_code == 200
    assert response.json()["data"] == [bodies.role(Role.objects.get(name=name)) for name in names]


def test_list_by_tenant_leaves_shared_roles_out(super_admin, tenant, other_tenant, api):
    RoleFactory(tenant=None)
    expected = Role.objects.filter(tenant=other_tenant).order_by("name")

    response = api(super_admin).get(f"/roles?tenantId={other_tenant.pk}&sortBy=name&sortOrder=ASC")

    assert response.status_code == 200
    assert response.json() == bodies.page([bodies.role(row) for row in expected], count=4)


@pytest.mark.parametrize("query", ["type=boss", "sortBy=tenantName", "tenantId=nonsense", "take=0"])
def test_list_refuses_other_parameters(viewer, api, query):
    response = api(viewer).get(f"/roles?{query}")

    assert response.status_code == 400
    assert response.json() == bodies.problem(400, response.json()["meta"]["message"])
    assert response.json()["meta"]["message"].startswith(query.partition("=")[0] + ": ")


@pytest.mark.parametrize("change", [{"name": "Day nurse"}, {"type": "viewer"}, {"name": "Clerk", "type": "admin"}])
def test_patch_changes_name_and_type(admin, tenant, api, change):
    row = RoleFactory(tenant=tenant, name="Nurse", type="member")

    with audited((admin.email, "tenancy.role.change")):
        response = api(admin).patch(f"/roles/{row.pk}", change)

    assert response.status_code == 200
    stored = Role.objects.get(pk=row.pk)
    assert {"name": stored.name, "type": stored.type} == {"name": "Nurse", "type": "member"} | change
    assert response.json() == bodies.success(bodies.role(stored))


def test_patch_with_what_is_there_already_changes_nothing(admin, tenant, api):
    row = RoleFactory(tenant=tenant)
    client = api(admin)

    with nothing_written():
        response = client.patch(f"/roles/{row.pk}", {"name": row.name, "type": row.type, "tenantId": str(tenant.pk)})

    assert response.status_code == 200
    assert response.json() == bodies.success(bodies.role(row))


@pytest.mark.parametrize("to", ["another tenant", "all tenants"])
def test_patch_does_not_move_a_role(super_admin, tenant, other_tenant, api, to):
    row = RoleFactory(tenant=tenant)
    client = api(super_admin)

    with nothing_written():
        body = {"tenantId": str(other_tenant.pk) if to == "another tenant" else None}
        response = client.patch(f"/roles/{row.pk}", body)

    assert response.status_code == 400
    assert response.json() == bodies.problem(400, "The tenant of this role cannot be changed.", "FIXED")


def test_patch_to_a_name_that_is_taken_is_refused(admin, tenant, api):
    row = RoleFactory(tenant=tenant)
    client = api(admin)

    with nothing_written():
        response = client.patch(f"/roles/{row.pk}", {"name": "Member"})

    assert response.status_code == 409
    assert response.json() == bodies.problem(409, "There is already a role of this name.")


def test_delete_answers_with_the_deleted_role(admin, tenant, api):
    row = RoleFactory(tenant=tenant)
    expected = bodies.role(row)

    with audited((admin.email, "tenancy.role.delete")):
        response = api(admin).delete(f"/roles/{row.pk}")

    assert response.status_code == 200
    assert response.json() == bodies.success(expected)
    assert not Role.objects.filter(pk=row.pk).exists()


@pytest.mark.parametrize("removed", [False, True])
def test_delete_of_a_role_that_is_or_was_in_force_is_refused(admin, tenant, api, removed):
    row = RoleFactory(tenant=tenant, name="Nurse")
    made = AssignmentFactory(tenant=tenant, role=row)
    if removed:
        type(made).objects.update(removed_at=made.created_at)
    client = api(MembershipFactory(assignment__tenant=tenant, assignment__role__type="admin").user)

    with nothing_written():
        response = client.delete(f"/roles/{row.pk}")

    assert response.status_code == 409
    text = f"“Nurse” is in use by: Nurse in {tenant.name}"
    assert response.json() == bodies.problem(409, text, "IN_USE")


@pytest.mark.parametrize("person", ["viewer", "member"])
@pytest.mark.parametrize("method, path", [("post", "/roles"), ("patch", "/roles/{key}"), ("delete", "/roles/{key}")])
def test_writing_takes_an_admin(people, tenant, api, person, method, path):
    row = RoleFactory(tenant=tenant)
    client = api(people[person])

    with nothing_written():
        response = getattr(client, method)(path.format(key=row.pk), {"name": "Nurse", "type": "viewer"})

    assert response.status_code == 403
    assert response.json() == bodies.FORBIDDEN
