"""The list of assignments: pages, order, filters, search, and parameters it refuses."""

from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

import pytest
import time_machine
from django.utils import timezone

from tenancy.models import Assignment
from tenancy.tests import bodies
from tenancy.tests.factories import AssignmentFactory, MembershipFactory, RoleFactory, TenantFactory

NEW_YEAR = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def clinic(db):
    return TenantFactory(name="Clinic of the North")


@pytest.fixture
def reader(clinic):
    """Somebody who sees `clinic` and nothing else; their own role stands in it, the oldest of all."""
    with time_machine.travel(NEW_YEAR, tick=False):
        return MembershipFactory(
            assignment__tenant=clinic, assignment__role__name="Auditor", assignment__role__type="viewer"
        ).user


@pytest.fixture
def rows(clinic, reader) -> dict[str, Assignment]:
    """Assignments by role name: the auditor's, three more a day apart, and one that was removed."""
    made = {"Auditor": Assignment.objects.get(tenant=clinic)}
    for days, (name, rank) in enumerate([("Cook", "member"), ("Baker", "member"), ("Director", "owner")], start=1):
        with time_machine.travel(NEW_YEAR + timedelta(days=days), tick=False):
            made[name] = AssignmentFactory(tenant=clinic, role__name=name, role__type=rank)
    with time_machine.travel(NEW_YEAR + timedelta(days=9), tick=False):
        made["Porter"] = AssignmentFactory(tenant=clinic, role__name="Porter", removed_at=timezone.now())
    return made


def listed(rows: dict[str, Assignment], *names: str) -> list[dict]:
    return [bodies.assignment(rows[name]) for name in names]


def test_list_holds_live_assignments_newest_first(reader, rows, api):
    response = api(reader).get("/assignments")

    assert response.status_code == 200
    assert response.json() == bodies.page(listed(rows, "Director", "Baker", "Cook", "Auditor"), count=4)


@pytest.mark.parametrize(
    "skip, take, names",
    [
        (0, 2, ["Director", "Baker"]),
        (2, 1, ["Cook"]),
        (3, 100, ["Auditor"]),
        (4, 10, []),
        (2**63 - 1, 10, []),
    ],
)
def test_skip_and_take_cut_a_page_out_of_the_whole(reader, rows, api, skip, take, names):
    response = api(reader).get(f"/assignments?skip={skip}&take={take}")

    assert response.status_code == 200
    assert response.json() == bodies.page(listed(rows, *names), count=4, skip=skip, take=take)


@pytest.mark.parametrize(
    "sort_by, ascending",
    [
        ("createdAt", ["Auditor", "Cook", "Baker", "Director", "Porter"]),
        ("updatedAt", ["Auditor", "Baker", "Director", "Porter", "Cook"]),
        ("roleName", ["Auditor", "Baker", "Cook", "Director", "Porter"]),
    ],
)
@pytest.mark.parametrize("sort_order", ["ASC", "DESC"])
def test_sorting_follows_the_documented_field(reader, rows, api, sort_by, ascending, sort_order):
    with time_machine.travel(NEW_YEAR + timedelta(days=20), tick=False):
        rows["Cook"].save()
    names = ascending if sort_order == "ASC" else ascending[::-1]

    response = api(reader).get(f"/assignments?removed=all&sortBy={sort_by}&sortOrder={sort_order}")

    assert response.status_code == 200
    assert response.json() == bodies.page(listed(rows, *names), count=5)


@pytest.mark.parametrize("sort_order, names", [("ASC", ["Porter", "Cook"]), ("DESC", ["Cook", "Porter"])])
def test_sorting_by_removed_at_puts_live_assignments_last(reader, rows, api, sort_order, names):
    Assignment.objects.filter(pk=rows["Cook"].pk).update(removed_at=NEW_YEAR + timedelta(days=30))

    response = api(reader).get(f"/assignments?removed=all&sortBy=removedAt&sortOrder={sort_order}&take=2")

    assert response.status_code == 200
    assert response.json() == bodies.page(listed(rows, *names), count=5, take=2)


@pytest.mark.parametrize("sort_order", ["ASC", "DESC"])
def test_sorting_by_tenant_name_follows_the_tenants(super_admin, rows, api, sort_order):
    other = AssignmentFactory(tenant__name="A clinic that comes first")
    names = [other.tenant.name] + ["Clinic of the North"] * 4

    response = api(super_admin).get(f"/assignments?sortBy=tenantName&sortOrder={sort_order}")

    assert response.status_code == 200
    shown = [Assignment.objects.get(pk=row["id"]).tenant.name for row in response.json()["data"]]
    assert shown == (names if sort_order == "ASC" else names[::-1])


def test_filter_by_role(reader, rows, api):
    response = api(reader).get(f"/assignments?roleId={rows['Cook'].role_id}")

    assert response.status_code == 200
    assert response.json() == bodies.page(listed(rows, "Cook"), count=1)


def test_filter_by_tenant(super_admin, clinic, rows, api):
    AssignmentFactory()

    response = api(super_admin).get(f"/assignments?tenantId={clinic.pk}")

    assert response.status_code == 200
    assert response.json() == bodies.page(listed(rows, "Director", "Baker", "Cook", "Auditor"), count=4)


@pytest.mark.parametrize(
    "removed, names",
    [
        ("true", ["Porter"]),
        ("false", ["Director", "Baker", "Cook", "Auditor"]),
        ("all", ["Porter", "Director", "Baker", "Cook", "Auditor"]),
    ],
)
def test_removed_assignments_are_shown_on_request(reader, rows, api, removed, names):
    response = api(reader).get(f"/assignments?removed={removed}")

    assert response.status_code == 200
    assert response.json() == bodies.page(listed(rows, *names), count=len(names))


@pytest.mark.parametrize(
    "search, names",
    [
        ("Cook", ["Cook"]),
        ("cOOk", ["Cook"]),
        ("owner", ["Director"]),
        ("member", ["Baker", "Cook"]),
        ("of the north", ["Director", "Baker", "Cook", "Auditor"]),
        ("Porter", []),
        ("%", []),
        ("nobody is called this", []),
    ],
)
def test_search_looks_in_role_name_role_type_and_tenant_name(reader, rows, api, search, names):
    response = api(reader).get(f"/assignments?{urlencode({'search': search})}")

    assert response.status_code == 200
    assert response.json() == bodies.page(listed(rows, *names), count=len(names))


def test_filters_narrow_together(reader, rows, clinic, api):
    query = f"tenantId={clinic.pk}&search=member&sortBy=roleName&sortOrder=ASC&skip=1&take=1"

    response = api(reader).get(f"/assignments?{query}")

    assert response.status_code == 200
    assert response.json() == bodies.page(listed(rows, "Cook"), count=2, skip=1, take=1)


def test_empty_parameters_are_as_good_as_none(reader, rows, api):
    query = "skip=&take=&sortBy=&sortOrder=&roleId=&tenantId=&search=&removed="

    response = api(reader).get(f"/assignments?{query}")

    assert response.status_code == 200
    assert response.json() == bodies.page(listed(rows, "Director", "Baker", "Cook", "Auditor"), count=4)


@pytest.mark.parametrize(
    "query, text",
    [
        ("skip=-1", f"skip: “-1” is not a whole number from 0 to {2**63 - 1}."),
        ("skip=two", f"skip: “two” is not a whole number from 0 to {2**63 - 1}."),
        (f"skip={2**63}", f"skip: “{2**63}” is not a whole number from 0 to {2**63 - 1}."),
        ("take=0", "take: “0” is not a whole number from 1 to 100."),
        ("take=101", "take: “101” is not a whole number from 1 to 100."),
        ("take=1.5", "take: “1.5” is not a whole number from 1 to 100."),
        ("take=١", "take: “١” is not a whole number from 1 to 100."),
        ("sortBy=tenant", "sortBy: Select a valid choice. tenant is not one of the available choices."),
        ("sortBy=created_at", "sortBy: Select a valid choice. created_at is not one of the available choices."),
        ("sortOrder=down", "sortOrder: Select a valid choice. down is not one of the available choices."),
        ("roleId=nonsense", "roleId: Enter a valid UUID."),
        ("tenantId=7", "tenantId: Enter a valid UUID."),
        ("removed=perhaps", "removed: Select a valid choice. perhaps is not one of the available choices."),
        (f"search={'x' * 201}", "search: Ensure this value has at most 200 characters (it has 201)."),
        ("search=a%00b", "The address has a NUL character in it."),
    ],
)
def test_parameters_out_of_range_are_refused(reader, rows, api, query, text):
    response = api(reader).get(f"/assignments?{query}")

    assert response.status_code == 400
    assert response.json() == bodies.problem(400, text)


def test_assignments_of_several_tenants_stand_in_one_list(reader, rows, api):
    elsewhere = MembershipFactory(user=reader).assignment

    response = api(reader).get("/assignments?take=1")

    assert response.status_code == 200
    assert response.json() == bodies.page([bodies.assignment(elsewhere)], count=5, take=1)


def test_somebody_without_any_role_is_refused(api):
    person = MembershipFactory(assignment__removed_at=timezone.now()).user

    response = api(person).get("/assignments")

    assert response.status_code == 403
    assert response.json() == bodies.FORBIDDEN


def test_a_role_in_force_in_two_tenants_is_listed_once_for_each(super_admin, rows, api):
    shared = RoleFactory(tenant=None)
    first, second = AssignmentFactory(role=shared), AssignmentFactory(role=shared)

    response = api(super_admin).get(f"/assignments?roleId={shared.pk}")

    assert response.status_code == 200
    assert response.json() == bodies.page([bodies.assignment(second), bodies.assignment(first)], count=2)
