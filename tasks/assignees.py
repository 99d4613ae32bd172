"""Who may put whom on a card: the one rule, asked by every path that does.

Source: seed 004, "Role Hierarchy" and "Assignment Scopes", and the role table of the contract. How far a role goes
stands in the table of grants (`assignhub/permissions.py`), in the row `tasks.card.assign`:

- OWN (viewer, member): oneself;
- PROJECT (admin): the team of the project, as far as one is in it oneself;
- ORG (owner), ALL (super admin): any member of the organisation.

Oneself always, and nobody who is not an active member of the organisation.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from assignhub.errors import Refused
from assignhub.permissions import RULES, Rank, Reach, reach
from tasks.models import Card, Project
from tenancy.models import Membership, Tenant, User

ASSIGN = Card.permission("assign")
SCOPES = {Reach.OWN: "self", Reach.PROJECT: "project", Reach.ORG: "organization", Reach.ALL: "organization"}
RESTRICTIONS = {
    "self": "can only assign tasks to themselves",
    "project": "can assign tasks to project team members",
    "organization": "can assign tasks to any organization member",
}


def scope_of(rank: Rank) -> str:
    """`self`, `project` or `organization`: how far a role assigns."""
    return SCOPES[RULES[ASSIGN][rank]]


def restriction_of(rank: Rank) -> str:
    """The rule for a role in a sentence, as seed 004 words it."""
    return f"{rank.label.capitalize().replace('_', ' ')}s {RESTRICTIONS[scope_of(rank)]}"


def permissions_of(rank: Rank) -> dict[str, Any]:
    """What a role may do, read from the table of grants (seed 004, "Get Role Permissions")."""

    def granted(verb: str) -> Reach:
        return RULES[Card.permission(verb)][rank]

    return {
        "can_assign_tasks_to_self": granted("assign") >= Reach.OWN,
        "can_assign_tasks_to_others": granted("assign") > Reach.OWN,
        "can_create_tasks": granted("add") > Reach.NO,
        "can_edit_own_tasks": granted("change") >= Reach.OWN,
        "can_edit_other_tasks": granted("change") > Reach.OWN,
        "can_delete_tasks": granted("delete") > Reach.NO,
        "assignment_scope": scope_of(rank),
        "restriction_message": restriction_of(rank),
    }


@dataclass(frozen=True)
class Member:
    """An active member of an organisation, and their rank in it."""

    user: User
    rank: Rank


def members_of(tenant_id: UUID, people: Collection[UUID] | None = None) -> dict[UUID, Member]:
    """The active members of an organisation by key, all or those among `people`; one query."""
    held = Membership.objects.filter(
        assignment__tenant=tenant_id, assignment__removed_at=None, user__is_active=True
    ).select_related("user", "assignment__role")
    if people is not None:
        held = held.filter(user__in=people)
    found: dict[UUID, Member] = {}
    for row in held.order_by("user__last_name", "user__first_name", "user__email"):
        known = found.get(row.user_id)
        found[row.user_id] = Member(row.user, max(row.assignment.role.rank, known.rank if known else Rank.VIEWER))
    return found


@dataclass(frozen=True)
class Circle:
    """The people `by` may put on cards, loaded once, in a flat number of queries.

    `team` is the people of the projects in question, or None where that is the whole organisation.
    """

    by: Any
    rank: Rank
    members: dict[UUID, Member]
    team: frozenset[UUID] | None

    @classmethod
    def load(
        cls, by, tenant: Tenant, project: Project | None = None, people: Collection[UUID] | None = None
    ) -> "Circle":
        """Read what the rule asks for: about all members, or only those among `people`.

        Without a project, the team is that of all projects `by` takes part in. Raises `Refused` (404,
        `NOT_ORGANIZATION_MEMBER`) when `by` is not of the organisation.
        """
        if by.is_superuser:
            rank = Rank.SUPER_ADMIN
        elif tenant.pk in by.roles:
            rank = by.roles[tenant.pk]
        else:
            raise not_a_member(tenant.pk)
        team: frozenset[UUID] | None = None
        if reach(by, ASSIGN, tenant.pk) == Reach.PROJECT:
            team = cls._team(by, tenant, project, people)
        return cls(by, rank, members_of(tenant.pk, people), team)

    @staticmethod
    def _team(by, tenant: Tenant, project: Project | None, people: Collection[UUID] | None) -> frozenset[UUID] | None:
        joined = Project.objects.filter(Project.in_projects_of(by), tenant=tenant)
        if project is not None:
            joined = joined.filter(pk=project.pk)
        if joined.filter(has_own_team=False).exists():
            return None
        named = Project.team.through._default_manager.filter(project__in=joined.values("pk"))
        if people is not None:
            named = named.filter(user__in=people)
        return frozenset(named.values_list("user_id", flat=True))

    @property
    def scope(self) -> str:
        return scope_of(self.rank)

    def may_put(self, user_id: UUID) -> bool:
        """Whether `by` may put this person on a card."""
        if user_id not in self.members:
            return False
        match self.scope:
            case "self":
                return user_id == self.by.pk
            case "project":
                return user_id == self.by.pk or self.team is None or user_id in self.team
            case _:
                return True

    def may_take_off(self, user_id: UUID, *, present: bool) -> bool:
        """Whether `by` may take this person off: whom one may put on, oneself, and, of those who are on it, owners
        whomever: also people who have left since."""
        return self.may_put(user_id) or (present and (user_id == self.by.pk or self.scope == "organization"))

    def assignable(self) -> list[Member]:
        """The members `by` may put on a card, by name."""
        return [member for key, member in self.members.items() if self.may_put(key)]

    def refused(self, user_ids: Iterable[UUID]) -> list[UUID]:
        """Those among some people whom `by` may not put on a card, each once, in their order."""
        return [key for key in dict.fromkeys(user_ids) if not self.may_put(key)]

    def require(self, user_ids: Iterable[UUID], *, field: str = "assigned_to") -> None:
        """Raise `Refused` (403, `INVALID_ASSIGNMENT`), naming the rule and all whom `by` may not put on a card."""
        if refused := self.refused(user_ids):
            raise self.refusal(refused, field=field)

    def refusal(self, user_ids: Sequence[UUID], *, field: str = "assigned_to") -> Refused:
        """The refusal that names these people and the rule.

        Forms and commands show the text, which names the people by their addresses; the API names them by
        `invalid_users`, and says as `error` the bare rule, as seed 004 documents.
        """
        rule = restriction_of(self.rank)
        names = [self.members[key].user.email if key in self.members else str(key) for key in user_ids]
        about = {"error": rule, "invalid_users": [str(key) for key in user_ids]}
        return Refused(f"{rule}: {', '.join(names)}", "invalid_assignment", field=field, about=about)


def not_a_member(tenant_id: Any) -> Refused:
    """The refusal for an organisation `by` does not belong to, whether or not it exists."""
    text = f"You are not a member of an organization with ID {tenant_id}"
    return Refused(text, "not_organization_member", about={"organization_id": tenant_id})
