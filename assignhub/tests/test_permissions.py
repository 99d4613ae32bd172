"""The table of grants and what reads it: how far a person gets, by rank, tenant and row."""

import pytest
from django.apps import apps
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied

from assignhub import permissions
from assignhub.permissions import ALL, NO, OPERATOR, ORG, OWN, RULES, Rank, Reach, allows, reach, require, within
from tenancy.models import Assignment, Membership, Role, SignIn, Tenant, User
from tenancy.tests.factories import AssignmentFactory, MembershipFactory, RoleFactory

UNKNOWN = "tenancy.role.juggle"


# --- The table --------------------------------------------------------------------------------------------------------


def test_every_row_grants_a_higher_rank_no_less():
    falling = {action: grants for action, grants in RULES.items() if list(grants) != sorted(grants)}

    assert falling == {}


def test_every_row_has_a_reach_for_every_rank():
    wrong = [action for action, grants in RULES.items() if len(grants) != len(Rank) or not set(grants) <= set(Reach)]

    assert wrong == []


def test_no_tenant_role_reaches_everything():
    unbounded = [action for action, grants in RULES.items() if ALL in grants[: Rank.SUPER_ADMIN]]
    # Rows of the platform lie in no tenant: there is nowhere for a smaller reach to end.
    unbounded = [action for action in unbounded if apps.get_model(action.rpartition(".")[0]).reach]

    assert unbounded == []


@pytest.mark.parametrize(
    "ask",
    [
        lambda user, row: reach(user, UNKNOWN),
        lambda user, row: reach(user, UNKNOWN, row.tenant_id),
        lambda user, row: within(Role.objects.all(), user, UNKNOWN),
        lambda user, row: allows(user, UNKNOWN, row),
        lambda user, row: require(user, UNKNOWN, [row]),
        lambda user, row: permissions.require_in(user, UNKNOWN, row.tenant_id),
    ],
)
@pytest.mark.parametrize("name", ["viewer", "owner", "super_admin"])
def test_unknown_action_raises_for_everybody(name, ask, people, tenant):
    row = Role.objects.filter(tenant=tenant).first()

    with pytest.raises(KeyError, match=UNKNOWN):
        ask(people[name], row)


# --- How far ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "action, expected",
    [
        ("tenancy.role.view", [ORG, ORG, ORG, ORG, ALL, ORG]),
        ("tenancy.role.change", [NO, NO, ORG, ORG, ALL, ORG]),
        ("tenancy.tenant.add", [NO, NO, NO, NO, ALL, NO]),
        ("tenancy.user.change", [OWN, OWN, ORG, ORG, ALL, ORG]),
        ("tenancy.signin.view", [OWN, OWN, OWN, OWN, ALL, OWN]),
    ],
)
def test_reach_follows_the_rank(action, expected, people):
    persons = [person for person in people.values() if person]

    reached = [reach(person, action) for person in persons]

    assert reached == expected


def test_reach_in_a_tenant_one_does_not_belong_to_is_none(owner, stranger, tenant, other_tenant):
    reached = [reach(owner, "tenancy.role.view", other_tenant.pk), reach(stranger, "tenancy.role.view", tenant.pk)]

    assert reached == [NO, NO]


def test_reach_without_a_tenant_is_the_best_of_all_tenants(viewer, other_tenant, fresh):
    MembershipFactory(user=viewer, assignment=Assignment.objects.get(tenant=other_tenant, role__type="admin"))
    person = fresh(viewer)

    assert reach(person, "tenancy.role.change") == ORG
    assert reach(person, "tenancy.role.change", other_tenant.pk) == ORG
    assert reach(person, "tenancy.role.change", viewer.memberships.earliest("created_at").assignment.tenant_id) == NO


def test_rank_is_the_highest_of_several_roles_in_a_tenant(viewer, tenant, fresh):
    MembershipFactory(user=viewer, assignment=Assignment.objects.get(tenant=tenant, role__type="owner"))

    assert fresh(viewer).roles == {tenant.pk: Rank.OWNER}


def test_role_out_of_force_grants_nothing(owner, tenant, fresh):
    Assignment.objects.filter(tenant=tenant, role__type="owner").update(removed_at="2026-03-02T08:00:00Z")

    person = fresh(owner)

    assert person.roles == {}
    assert reach(person, "tenancy.role.view") == NO


@pytest.mark.parametrize("name", ["owner", "super_admin"])
def test_inactive_account_reaches_nothing(name, people, tenant):
    person = people[name]
    person.is_active = False

    assert reach(person, "tenancy.role.view") == NO
    assert reach(person, "tenancy.role.view", tenant.pk) == NO
    assert not within(Role.objects.all(), person, "tenancy.role.view").exists()


def test_anonymous_caller_reaches_nothing():
    assert reach(AnonymousUser(), "tenancy.role.view") == NO


def test_operator_reaches_everything():
    assert {reach(OPERATOR, action) for action in RULES if RULES[action][Rank.SUPER_ADMIN] == ALL} == {ALL}


# --- Which rows -------------------------------------------------------------------------------------------------------


def test_within_of_all_is_every_row(super_admin, tenant, other_tenant):
    rows = within(Tenant.objects.all(), super_admin, "tenancy.tenant.change")

    assert set(rows) == {tenant, other_tenant}


def test_within_of_an_organisation_is_its_rows(owner, tenant, other_tenant):
    rows = within(Role.objects.all(), owner, "tenancy.role.change")

    assert set(rows) == set(Role.objects.filter(tenant=tenant))


def test_within_of_ones_own_is_ones_own(viewer, member, api):
    api(viewer), api(member)

    rows = within(SignIn.objects.all(), viewer, "tenancy.signin.view")

    assert [row.user for row in rows] == [viewer]


def test_within_of_none_is_no_row(viewer):
    assert Role.objects.exists()
    assert not within(Role.objects.all(), viewer, "tenancy.role.change").exists()


def test_within_joins_what_a_person_may_in_each_tenant(viewer, admin, tenant, other_tenant, stranger, fresh):
    MembershipFactory(user=viewer, assignment=Assignment.objects.get(tenant=other_tenant, role__type="admin"))
    person = fresh(viewer)

    rows = within(User.objects.all(), person, "tenancy.user.change")

    assert set(rows) == {viewer, stranger}


def test_within_names_a_row_once_however_many_ways_lead_to_it(owner, member, tenant):
    for _ in range(3):
        MembershipFactory(user=member, assignment=AssignmentFactory(tenant=tenant))

    rows = within(User.objects.all(), owner, "tenancy.user.view")

    assert sorted(row.email for row in rows) == ["member@ward.example", "owner@ward.example"]


def test_shared_row_is_seen_from_every_tenant_and_changed_from_none(owner, stranger):
    shared = RoleFactory(tenant=None)

    assert shared in within(Role.objects.all(), owner, "tenancy.role.view")
    assert shared in within(Role.objects.all(), stranger, "tenancy.role.view")
    assert shared not in within(Role.objects.all(), owner, "tenancy.role.change")


# --- One row ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name, action, allowed, queries",
    [
        ("viewer", "tenancy.role.change", False, 0),
        ("admin", "tenancy.role.change", True, 0),
        ("stranger", "tenancy.role.change", False, 0),
        ("super_admin", "tenancy.role.change", True, 0),
        ("member", "tenancy.role.view", True, 0),
    ],
)
def test_row_that_names_its_tenant_is_judged_without_a_query(
    name, action, allowed, queries, people, tenant, django_assert_num_queries
):
    row = Role.objects.filter(tenant=tenant).first()
    assert people[name].is_superuser or people[name].roles

    with django_assert_num_queries(queries):
        answer = allows(people[name], action, row)

    assert answer is allowed


@pytest.mark.parametrize("name, allowed", [("viewer", True), ("member", False), ("super_admin", True)])
def test_own_row_is_ones_own_to_see(name, allowed, people, viewer, api):
    api(viewer)
    row = SignIn.objects.get(user=viewer)

    assert allows(people[name], "tenancy.signin.view", row) is allowed


# --- After a write ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize("name, queries", [("admin", 1), ("super_admin", 0)])
def test_require_costs_the_same_for_one_row_and_for_three(
    count, name, queries, people, tenant, django_assert_num_queries
):
    rows = list(Role.objects.filter(tenant=tenant)[:count])
    person = people[name]
    assert person.is_superuser or person.roles

    with django_assert_num_queries(queries):
        require(person, "tenancy.role.change", rows)


@pytest.mark.parametrize("name, queries", [("viewer", 0), ("stranger", 1)])
def test_require_refuses_and_says_so_in_the_log(name, queries, people, tenant, django_assert_num_queries, caplog):
    rows = list(Role.objects.filter(tenant=tenant))
    person = people[name]
    assert person.roles

    with (
        django_assert_num_queries(queries),
        pytest.raises(PermissionDenied, match=r"^You may not change this role\.$"),
    ):
        require(person, "tenancy.role.change", rows)

    line = caplog.records[-1].msg
    assert (line["event"], line["action"], line["by"]) == ("denied", "tenancy.role.change", str(person.pk))
    assert line["rows"] == sorted(str(row.pk) for row in rows)


def test_require_refuses_all_when_one_row_lies_out_of_reach(admin, tenant, other_tenant):
    rows = [Role.objects.filter(tenant=each).first() for each in (tenant, other_tenant)]

    with pytest.raises(PermissionDenied):
        require(admin, "tenancy.role.change", rows)


def test_require_of_nothing_passes(viewer, django_assert_num_queries):
    assert viewer.roles

    with django_assert_num_queries(0):
        require(viewer, "tenancy.role.change", [])


def test_require_judges_the_row_as_stored(admin, tenant, other_tenant):
    row = Role.objects.filter(tenant=tenant).first()
    Role.objects.filter(pk=row.pk).update(tenant=other_tenant, name="Moved")

    with pytest.raises(PermissionDenied):
        require(admin, "tenancy.role.change", [row])


@pytest.mark.parametrize("name", ["admin", "super_admin"])
def test_require_in_passes_whom_the_rank_in_that_tenant_lets(name, people, tenant, django_assert_num_queries):
    person = people[name]
    assert person.is_superuser or person.roles

    with django_assert_num_queries(0):
        permissions.require_in(person, "tenancy.role.add", tenant.pk)


@pytest.mark.parametrize("name", ["viewer", "stranger"])
def test_require_in_refuses_others_before_any_query(name, people, tenant, django_assert_num_queries):
    person = people[name]
    assert person.roles

    with (
        django_assert_num_queries(0),
        pytest.raises(PermissionDenied, match=r"^Your role does not allow you to add this here\.$"),
    ):
        permissions.require_in(person, "tenancy.role.add", tenant.pk)


# --- Django's own question --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "permission, expected",
    [
        ("tenancy.view_role", [True, True, True, True, True, True]),
        ("tenancy.add_role", [False, False, True, True, True, True]),
        ("tenancy.delete_tenant", [False, False, False, False, True, False]),
        ("auth.view_group", [False] * 6),
        ("nonsense", [False] * 6),
    ],
)
def test_django_permissions_are_answered_from_the_table(permission, expected, people):
    persons = [person for person in people.values() if person]

    assert [person.has_perm(permission) for person in persons] == expected


def test_person_without_a_role_has_no_module(tenant, other_tenant, stranger):
    assert stranger.has_module_perms("tenancy") is True

    Membership.objects.filter(user=stranger).delete()
    person = User.objects.get(pk=stranger.pk)

    assert person.has_module_perms("tenancy") is False
