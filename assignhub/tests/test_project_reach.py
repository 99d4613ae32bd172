"""How far a person gets among cards: by project, by what is their own, by tenant."""

import pytest
from django.core.exceptions import PermissionDenied

from assignhub.permissions import allows, require, within
from tasks.models import Card
from tasks.tests.factories import AssigneeFactory, BoardFactory, CardFactory, ColumnFactory, ProjectFactory
from tenancy.models import Assignment
from tenancy.tests.factories import MembershipFactory


@pytest.fixture
def cards(tenant, other_tenant, admin, member, stranger) -> dict:
    """A card in the admin's project, in one of the whole tenant, in one the admin is not in, and in another tenant."""
    projects = {
        "of the team": ProjectFactory(tenant=tenant, team=[admin]),
        "of everybody": ProjectFactory(tenant=tenant),
        "of others": ProjectFactory(tenant=tenant, team=[member]),
        "of an empty team": ProjectFactory(tenant=tenant, has_own_team=True),
        "of another tenant": ProjectFactory(tenant=other_tenant),
    }
    columns = {name: ColumnFactory(board=BoardFactory(project=project)) for name, project in projects.items()}
    return {name: CardFactory(column=column) for name, column in columns.items()}


def reached(user, action: str, cards: dict) -> set[str]:
    """The cards within reach, which `within`, `allows` and `require` must agree about."""
    listed = set(within(Card.objects.all(), user, action).values_list("pk", flat=True))
    names = {name for name, card in cards.items() if card.pk in listed}
    assert names == {name for name, card in cards.items() if allows(user, action, card)}
    for name, card in cards.items():
        if name in names:
            require(user, action, [card])
        else:
            with pytest.raises(PermissionDenied):
                require(user, action, [card])
    return names


@pytest.mark.parametrize(
    "name, expected",
    [
        ("viewer", set()),
        ("member", set()),
        ("admin", {"of the team", "of everybody"}),
        ("owner", {"of the team", "of everybody", "of others", "of an empty team"}),
        ("super_admin", {"of the team", "of everybody", "of others", "of an empty team", "of another tenant"}),
        ("stranger", {"of another tenant"}),
    ],
)
def test_project_reach_ends_at_ones_projects(name, expected, people, cards):
    assert reached(people[name], "tasks.card.delete", cards) == expected


def test_project_reach_holds_ones_own_rows_where_lower_ranks_have_theirs(admin, cards):
    AssigneeFactory(card=cards["of others"], user=admin)

    changes = reached(admin, "tasks.card.change", cards)
    deletes = reached(admin, "tasks.card.delete", cards)

    assert changes == {"of the team", "of everybody", "of others"}
    assert deletes == {"of the team", "of everybody"}


def test_own_rows_are_those_of_any_path(member, cards):
    Card.objects.filter(pk=cards["of everybody"].pk).update(created_by=member)
    AssigneeFactory(card=cards["of the team"], user=member)

    assert reached(member, "tasks.card.change", cards) == {"of the team", "of everybody"}


def test_own_rows_end_with_the_rank_in_their_tenant(viewer, other_tenant, fresh, cards):
    """Who may change their own cards in one tenant may not change those they have in another as a viewer."""
    MembershipFactory(user=viewer, assignment=Assignment.objects.get(tenant=other_tenant, role__type="member"))
    for name in ("of everybody", "of another tenant"):
        Card.objects.filter(pk=cards[name].pk).update(created_by=viewer)

    assert reached(fresh(viewer), "tasks.card.change", cards) == {"of another tenant"}
