"""The endpoints of tenants: they are the platform's to make and to delete, and their admins' to edit."""

import pytest

from tenancy.models import Assignment, Membership, Role, Tenant
from tenancy.tests import bodies
from tenancy.tests.factories import MembershipFactory, TenantFactory
from tenancy.tests.ledger import audited, nothing_written


def test_create_answers_200_with_the_tenant(super_admin, api):
    with audited((super_admin.email, "tenancy.tenant.add")):
        response = api(super_admin).post("/tenants", {"name": "Clinic", "timeZone": "Asia/Tokyo"})

    assert response.status_code == 200
    created = Tenant.objects.get(name="Clinic")
    assert created.time_zone == "Asia/Tokyo"
    assert response.json() == bodies.success(bodies.tenant(created))


def test_create_without_a_time_zone_takes_utc(super_admin, api):
    response = api(super_admin).post("/tenants", {"name": "Clinic"})

    assert response.status_code == 200
    created = Tenant.objects.get(name="Clinic")
    assert created.time_zone == "UTC"
    assert response.json() == bodies.success(bodies.tenant(created))


NOT_A_ZONE = "timeZone: “{}” is not an IANA time zone; write for example “Europe/Berlin”."


@pytest.mark.parametrize(
    "change, text",
    [
        ({"name": ""}, "name: This field may not be blank."),
        ({"name": None}, "name: This field may not be null."),
        ({"name": "x" * 201}, "name: Ensure this field has no more than 200 characters."),
        ({"timeZone": "Mars/Olympus"}, NOT_A_ZONE.format("Mars/Olympus")),
        ({"timeZone": "europe/berlin"}, NOT_A_ZONE.format("europe/berlin")),
        ({"timeZone": "../../etc/passwd"}, NOT_A_ZONE.format("../../etc/passwd")),
        ({"timeZone": None}, "timeZone: This field may not be null."),
        ({"timeZone": "x" * 65}, "timeZone: Ensure this field has no more than 64 characters."),
    ],
)
@pytest.mark.parametrize("method", ["post", "patch"])
def test_wrong_values_are_refused(super_admin, tenant, api, method, change, text):
    client = api(super_admin)

    with nothing_written():
        if method == "post":
            response = client.post("/tenants", {"name": "Clinic"} | change)
        else:
            response = client.patch(f"/tenants/{tenant.pk}", change)

    assert response.status_code == 400
    assert response.json() == bodies.problem(400, text)


@pytest.mark.parametrize("person", ["viewer", "member", "admin", "owner", "super_admin"])
def test_retrieve_shows_the_tenant(people, tenant, api, person):
    response = api(people[person]).get(f"/tenants/{tenant.pk}")

    assert response.status_code == 200
    assert response.json() == bodies.success(bodies.tenant(tenant))


def test_list_holds_ones_own_tenants_newest_first(viewer, tenant, other_tenant, api):
    second = MembershipFactory(user=viewer).assignment.tenant

    response = api(viewer).get("/tenants")

    assert response.status_code == 200
    assert response.json() == bodies.page([bodies.tenant(second), bodies.tenant(tenant)], count=2)


@pytest.mark.parametrize(
    "query, names",
    [
        ("search=anna", ["St. Anna Hospital"]),
        ("search=nothing", []),
        ("sortBy=name&sortOrder=ASC", ["Harbour Incubator", "St. Anna Hospital"]),
        ("sortBy=name&sortOrder=DESC&take=1", ["St. Anna Hospital"]),
    ],
)
def test_list_follows_its_parameters(super_admin, tenant, other_tenant, api, query, names):
    response = api(super_admin).get(f"/tenants?{query}")

    assert response.status_code == 200
    assert response.json()["data"] == [bodies.tenant(Tenant.objects.get(name=name)) for name in names]


@pytest.mark.parametrize("person", ["admin", "owner", "super_admin"])
@pytest.mark.parametrize("change", [{"name": "St. Anna Clinic"}, {"timeZone": "Europe/Vienna"}])
def test_patch_changes_the_tenant(people, tenant, api, person, change):
    with audited((people[person].email, "tenancy.tenant.change")):
        response = api(people[person]).patch(f"/tenants/{tenant.pk}", change)

    assert response.status_code == 200
    stored = Tenant.objects.get(pk=tenant.pk)
    before = {"name": "St. Anna Hospital", "timeZone": "Europe/Berlin"}
    assert {"name": stored.name, "timeZone": stored.time_zone} == before | change
    assert response.json() == bodies.success(bodies.tenant(stored))


def test_delete_takes_roles_assignments_and_memberships_along(super_admin, owner, tenant, api):
    expected = bodies.tenant(tenant)

    with audited(
        (super_admin.email, "tenancy.tenant.delete"),
        (super_admin.email, "tenancy.membership.delete"),
        *[(super_admin.email, "tenancy.role.delete")] * 4,
        *[(super_admin.email, "tenancy.assignment.delete")] * 4,
    ):
        response = api(super_admin).delete(f"/tenants/{tenant.pk}")

    assert response.status_code == 200
    assert response.json() == bodies.success(expected)
    left = [model.objects.count() for model in (Tenant, Role, Assignment, Membership)]
    assert left == [0, 0, 0, 0]


@pytest.mark.parametrize("person", ["viewer", "member", "admin", "owner"])
@pytest.mark.parametrize("method, path", [("post", "/tenants"), ("delete", "/tenants/{key}")])
def test_making_and_deleting_tenants_is_the_platforms(people, tenant, api, person, method, path):
    client = api(people[person])

    with nothing_written():
        response = getattr(client, method)(path.format(key=tenant.pk), {"name": "Mine"})

    assert response.status_code == 403
    assert response.json() == bodies.FORBIDDEN


@pytest.mark.parametrize("person", ["viewer", "member"])
def test_patch_takes_an_admin(people, tenant, api, person):
    client = api(people[person])

    with nothing_written():
        response = client.patch(f"/tenants/{tenant.pk}", {"name": "Mine"})

    assert response.status_code == 403
    assert response.json() == bodies.FORBIDDEN


def test_patch_of_a_tenant_one_only_reads_is_refused(admin, api):
    read_only = TenantFactory()
    MembershipFactory(user=admin, assignment__tenant=read_only, assignment__role__type="member")
    client = api(admin)

    with nothing_written():
        response = client.patch(f"/tenants/{read_only.pk}", {"name": "Mine"})

    assert response.status_code == 403
    assert response.json() == bodies.problem(403, "You may not change this tenant.")
