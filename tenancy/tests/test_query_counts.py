"""How many queries a request takes does not grow with the rows it shows or writes."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tenancy.tests.factories import AssignmentFactory, MembershipFactory, RoleFactory, TenantFactory, UserFactory

# The caller with their roles, the number of rows, the rows.
LIST = 2
# The caller with their roles, the row.
ONE = 2


@pytest.fixture
def queries():
    """`queries(request)` → how many queries a request took that was answered 200."""

    def count(request) -> int:
        with CaptureQueriesContext(connection) as captured:
            response = request()
        assert response.status_code == 200
        return len(captured)

    return count


MORE = {
    "/assignments": lambda tenant: AssignmentFactory(tenant=tenant),
    "/assignments?search=role&sortBy=tenantName&tenantId={tenant}": lambda tenant: AssignmentFactory(tenant=tenant),
    "/roles": lambda tenant: RoleFactory(tenant=tenant),
    "/tenants": lambda tenant: TenantFactory(),
    "/memberships": lambda tenant: MembershipFactory(assignment__tenant=tenant),
    "/users": lambda tenant: UserFactory(),
    "/users?search=ward&sortBy=lastName": lambda tenant: MembershipFactory(assignment__tenant=tenant).user,
}


@pytest.mark.parametrize("address, add", MORE.items(), ids=MORE)
@pytest.mark.parametrize("rows", [1, 3])
def test_lists_take_as_many_queries_for_one_row_as_for_three(super_admin, api, queries, address, add, rows):
    client, tenant = api(super_admin), TenantFactory(name="The role of a lifetime")
    for _ in range(rows):
        add(tenant)

    assert queries(lambda: client.get(address.format(tenant=tenant.pk))) == LIST


@pytest.mark.parametrize("address", ["/assignments", "/roles", "/tenants", "/memberships", "/users"])
@pytest.mark.parametrize("tenants", [1, 3])
def test_lists_take_as_many_queries_in_one_tenant_as_in_three(viewer, api, queries, address, tenants):
    MembershipFactory.create_batch(tenants - 1, user=viewer)
    client = api(viewer)

    assert queries(lambda: client.get(address)) == LIST


@pytest.mark.parametrize("kind", ["assignment", "role", "tenant", "membership", "user"])
@pytest.mark.parametrize("roles", [1, 3])
def test_one_row_takes_the_same_queries_however_many_roles_the_caller_holds(viewer, tenant, api, queries, kind, roles):
    MembershipFactory.create_batch(roles - 1, user=viewer)
    held = MembershipFactory(assignment__tenant=tenant)
    keys = {
        "assignment": held.assignment_id,
        "role": held.assignment.role_id,
        "tenant": tenant.pk,
        "membership": held.pk,
        "user": held.user_id,
    }
    client = api(viewer)

    assert queries(lambda: client.get(f"/{kind}s/{keys[kind]}")) == ONE


@pytest.mark.parametrize("rows", [1, 50])
@pytest.mark.parametrize("person, expected", [("admin", 16), ("super_admin", 13)])
def test_bulk_remove_takes_as_many_queries_for_one_row_as_for_fifty(
    people, tenant, api, queries, person, expected, rows
):
    keys = [str(row.pk) for row in AssignmentFactory.create_batch(rows, tenant=tenant)]
    client = api(people[person])

    assert queries(lambda: client.patch("/assignments/removedAt", keys)) == expected


@pytest.mark.parametrize("tenants", [1, 50])
def test_bulk_remove_takes_as_many_queries_in_one_tenant_as_in_fifty(super_admin, api, queries, tenants):
    owned = [row.assignment.tenant for row in MembershipFactory.create_batch(tenants, assignment__role__type="owner")]
    keys = [str(AssignmentFactory(tenant=tenant).pk) for tenant in owned]
    client = api(super_admin)

    assert queries(lambda: client.patch("/assignments/removedAt", keys)) == 13


@pytest.mark.parametrize("holders", [1, 50])
def test_deleting_an_assignment_takes_as_many_queries_for_one_holder_as_for_fifty(admin, tenant, api, queries, holders):
    held = AssignmentFactory(tenant=tenant)
    MembershipFactory.create_batch(holders, assignment=held)
    client = api(admin)

    assert queries(lambda: client.delete(f"/assignments/{held.pk}")) == 35
