"""How many queries a request takes does not grow with the rows it shows or writes."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from founders import services
from founders.tests.conftest import URL
from founders.tests.factories import FounderFactory, admin_of


@pytest.fixture
def queries():
    """`queries(request)` → how many queries a request took that succeeded."""

    def count(request) -> int:
        with CaptureQueriesContext(connection) as captured:
            response = request()
        assert response.status_code < 300
        return len(captured)

    return count


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize(
    "person, address, expected",
    [
        # The caller with their roles; the founder; the pairs with their people.
        ("super_admin", URL + "?founderId={founder}", 3),
        ("super_admin", "/api/v1/founders/{founder}/assignments", 3),
        # The caller; the admin with their roles; the founders.
        ("super_admin", URL + "/founders?adminId={admin}", 3),
        ("owner", URL + "/founders?adminId={admin}", 3),
        ("super_admin", URL + "/history?founderId={founder}&at=2026-03-02T08:00:00Z", 3),
        # The caller; how many there are; the page.
        ("super_admin", "/api/v1/founders", 2),
        ("super_admin", "/api/v1/founders?withoutAdmin=false&search=founder", 2),
        ("owner", "/api/v1/founders", 2),
        ("super_admin", "/api/v1/founders/{founder}/notes", 3),
        ("owner", "/api/v1/founders/{founder}/notes", 3),
        # The caller; how many; the page; people, tenants, capacities and loads of its rows.
        ("super_admin", "/api/v1/admins", 7),
    ],
)
def test_reading_takes_as_many_queries_for_one_row_as_for_three(
    people, tenant, api, queries, assign, rows, person, address, expected
):
    owner = people["owner"]
    founders = [FounderFactory(tenant=tenant) for _ in range(rows)]
    others = [admin_of(tenant, f"Admin{number}") for number in range(rows)]
    for founder in founders:
        assign(founder, owner, *others)
    for number in range(rows):
        services.notes.create(by=owner, founder=founders[0], text=f"Note {number}")
    client = api(people[person])

    assert queries(lambda: client.get(address.format(founder=founders[0].pk, admin=owner.pk))) == expected


@pytest.mark.parametrize("rows", [1, 3, 20])
def test_replacing_takes_as_many_queries_for_one_admin_as_for_twenty(super_admin, tenant, api, queries, assign, rows):
    old, new = ([admin_of(tenant, f"{kind}{number}") for number in range(rows)] for kind in ("Old", "New"))
    founder = FounderFactory(tenant=tenant)
    assign(founder, *old)
    client = api(super_admin)
    body = {"founderId": str(founder.pk), "adminIds": [str(person.pk) for person in new]}

    assert queries(lambda: client.post(URL, body)) == 17


@pytest.mark.parametrize("rows", [1, 3, 20])
def test_handing_over_takes_as_many_queries_for_one_founder_as_for_twenty(
    super_admin, tenant, api, queries, assign, rows
):
    leaver, heir = admin_of(tenant, "Leaver"), admin_of(tenant, "Heir")
    for _ in range(rows):
        assign(FounderFactory(tenant=tenant), leaver)
    client = api(super_admin)
    body = {"fromAdminId": str(leaver.pk), "toAdminId": str(heir.pk)}

    assert queries(lambda: client.post(f"{URL}/handover", body)) == 20


@pytest.mark.parametrize("rows", [1, 20])
def test_losing_a_role_takes_as_many_queries_for_one_founder_as_for_twenty(
    super_admin, tenant, api, queries, assign, rows
):
    leaver = admin_of(tenant, "Leaver")
    for _ in range(rows):
        assign(FounderFactory(tenant=tenant), leaver)
    client = api(super_admin)

    assert queries(lambda: client.delete(f"/memberships/{leaver.memberships.get().pk}")) == 28
