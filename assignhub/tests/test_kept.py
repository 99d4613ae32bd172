"""Statements are kept for all who ask alike, and hold nothing of anybody: each gets their own rows, of this moment."""

from datetime import timedelta

import pytest
from django.db.models import Q
from django.utils import timezone

from assignhub import kept
from assignhub.statements import Place, Standing, Statement
from founders.tests.factories import AssignmentFactory, FounderFactory
from founders.views import FounderViewSet
from scheduling.models import Employee
from scheduling.tests.factories import EmployeeFactory
from tenancy.models import SignIn
from tenancy.tests.factories import MembershipFactory, TenantFactory

pytestmark = pytest.mark.django_db


def names(response) -> list[str]:
    assert response.status_code == 200
    return [row["first_name"] for row in response.json()]


@pytest.fixture
def wards():
    """Two tenants with a viewer and an employee each."""
    found = []
    for name in ("Ada", "Grace"):
        tenant = TenantFactory()
        viewer = MembershipFactory(assignment__tenant=tenant, assignment__role__type="viewer").user
        found.append((viewer, EmployeeFactory(tenant=tenant, first_name=name)))
    return found


def test_who_asks_alike_shares_a_statement_and_sees_their_own_rows(api, wards):
    before = None
    for viewer, employee in wards:
        client = api(viewer)
        assert names(client.get("/api/employees")) == [employee.first_name]
        assert client.get(f"/api/employees/{employee.pk}").json()["first_name"] == employee.first_name
        assert before in (None, len(kept._statements))
        before = len(kept._statements)


def test_kept_statement_hides_the_rows_of_the_one_who_asked_first(api, wards):
    (first, hers), (second, _) = wards
    assert api(first).get(f"/api/employees/{hers.pk}").status_code == 200
    assert api(second).get(f"/api/employees/{hers.pk}").status_code == 404


def test_kept_statement_takes_each_value_of_a_filter(api, wards):
    viewer, employee = wards[0]
    client = api(viewer)
    assert names(client.get(f"/api/employees?tenant_id={employee.tenant_id}")) == [employee.first_name]
    assert names(client.get(f"/api/employees?tenant_id={wards[1][1].tenant_id}")) == []
    assert names(client.get("/api/employees?is_active=true")) == [employee.first_name]
    assert names(client.get("/api/employees?is_active=false")) == []


def test_roles_count_in_whichever_order_they_are_held(api, wards):
    (viewer, hers), (_, theirs) = wards
    MembershipFactory(user=viewer, assignment__tenant=theirs.tenant, assignment__role__type="admin")
    assert names(api(viewer).get("/api/employees")) == [theirs.first_name, hers.first_name]


def test_total_comes_along_and_beyond_the_last_row_as_well(api, wards):
    viewer, _ = wards[0]
    client = api(viewer)
    for path in ("/api/employees", "/api/employees?skip=5"):
        assert client.get(path)["X-Total-Count"] == "1"


def test_statement_of_this_moment_or_of_somebody_does_not_last(wards):
    rows = SignIn.objects.values_list("pk")
    viewer = wards[0][0]
    assert not Statement(rows.filter(expires_at__gt=timezone.now() - timedelta(days=1))).lasting
    assert not Statement(rows.filter(user=viewer.pk)).lasting
    assert not Statement(Employee.objects.filter(created_at__date=timezone.now().date()).values_list("pk")).lasting
    assert Statement(rows.filter(Q(kind="token") | Q(pk=Place("key")))).lasting


def test_reader_has_nothing_of_the_person_but_their_ranks(wards):
    viewer = wards[0][0]
    standing = Standing.of(viewer)
    assert standing is not None
    assert list(standing.reader.roles.values()) == list(viewer.roles.values())
    assert not standing.reader.roles.keys() & viewer.roles.keys()
    assert standing.reader.pk != viewer.pk
    assert not hasattr(standing.reader, "email")


def test_person_of_very_many_tenants_gets_no_kept_statement(api, wards):
    (viewer, hers), _ = wards
    MembershipFactory.create_batch(10, user=viewer)
    before = len(kept._statements)
    assert names(api(viewer).get("/api/employees")) == [hers.first_name]
    assert len(kept._statements) == before


def test_cover_counts_at_the_moment_of_each_request_and_not_of_the_statement(api, monkeypatch):
    monkeypatch.setattr(kept, "_statements", {})
    founder, keeper = FounderFactory(name="Dana"), MembershipFactory(assignment__role__type="admin").user
    cover = MembershipFactory(assignment__tenant=founder.tenant, assignment__role__type="admin").user
    pair = AssignmentFactory(founder=founder, admin=keeper, cover=cover)
    client, found, written = api(cover), [], set()

    for hours in (1, -1, 1):
        type(pair).objects.update(cover_until=timezone.now() + timedelta(hours=hours))
        found.append([row["name"] for row in client.get("/api/v1/founders").json()["data"]])
        written |= {statement for (view, *_), statement in kept._statements.items() if view is FounderViewSet}

    assert found == [["Dana"], [], ["Dana"]]
    assert len(written) == 1
    assert None not in written
