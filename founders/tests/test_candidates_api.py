"""`/api/v1/admins`: who can be assigned, what they have, and how much they would take."""

import pytest

from founders.tests.conftest import refusal
from founders.tests.factories import admin_of


def candidate(person, tenant, role="admin", count=0, capacity=None, industries=()) -> dict:
    return {
        "adminId": str(person.pk),
        "name": str(person),
        "email": person.email,
        "tenantId": str(tenant.pk),
        "tenantName": tenant.name,
        "role": role,
        "founderCount": count,
        "capacity": capacity,
        "industries": list(industries),
    }


def test_admins_are_listed_with_load_and_capacity(api, people, super_admin, tenant, other_tenant, alex, john, assign):
    assign(alex, john)
    admin_of(tenant, "Gone", is_active=False)
    client = api(super_admin)

    stated = client.put(
        f"/api/v1/admins/{john.pk}", {"tenantId": str(tenant.pk), "capacity": 3, "industries": ["HealthTech"]}
    )
    listed = client.get("/api/v1/admins")

    john_is = candidate(john, tenant, count=1, capacity=3, industries=["HealthTech"])
    assert (stated.status_code, stated.json()) == (200, {"success": True, "data": john_is})
    rest = [
        candidate(people["admin"], tenant),
        john_is,
        candidate(people["stranger"], other_tenant, role="owner"),
        candidate(people["owner"], tenant, role="owner"),
    ]
    assert listed.json() == {"success": True, "count": 4, "data": rest}
    assert listed["X-Total-Count"] == "4"


def test_admins_are_filtered_and_paged(api, people, super_admin, tenant, other_tenant):
    client = api(super_admin)

    here = client.get(f"/api/v1/admins?tenantId={other_tenant.pk}").json()
    found = client.get("/api/v1/admins?search=owner@ward").json()
    page = client.get("/api/v1/admins?skip=1&limit=1")

    assert here["data"] == [candidate(people["stranger"], other_tenant, role="owner")]
    assert found["data"] == [candidate(people["owner"], tenant, role="owner")]
    assert (page["X-Total-Count"], page.json()["data"]) == ("3", [candidate(people["stranger"], other_tenant, "owner")])


@pytest.mark.parametrize(
    "change, status, message",
    [
        ({"capacity": -1}, 400, "capacity: Ensure this value is greater than or equal to 0."),
        ({"industries": ["x", "X"]}, 400, "industries: An industry is named twice."),
        ({"industries": "x"}, 400, 'industries: Expected a list of items but got type "str".'),
        ({"tenantId": "{other}"}, 400, "User with ID {john} is not an admin"),
    ],
)
def test_capacity_that_is_none_is_refused(
    api, super_admin, tenant, other_tenant, john, stored, change, status, message
):
    client, before = api(super_admin), stored()
    keys = {"other": other_tenant.pk, "john": john.pk}
    change = {name: value.format(**keys) if isinstance(value, str) else value for name, value in change.items()}

    response = client.put(f"/api/v1/admins/{john.pk}", {"tenantId": str(tenant.pk), "capacity": 3} | change)

    assert response.status_code == status
    assert response.json() == refusal(status, message.format(**keys))
    assert stored() == before
