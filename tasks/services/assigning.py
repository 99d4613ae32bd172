"""Putting people on cards and taking them off, and what follows when they leave. The rule: `tasks/assignees.py`."""

from collections.abc import Collection, Iterable, Sequence
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils import timezone

from assignhub import audit
from assignhub.services import RecordService, transactional
from tasks.assignees import ASSIGN, Circle
from tasks.models import Assignee, Card, ChecklistItem, Project
from tasks.services.places import lock_tenant, locked_card

OPEN: dict[str, Any] = {"card__finished_at": None}


@transactional
def assign(row: Card, user_ids: Sequence[UUID], *, by) -> Card:
    """Put people on a card, all or none; those who are on it already stay. Returns the card as stored.

    Raises `Refused` (403, `INVALID_ASSIGNMENT`) naming everybody whom `by` may not put there.
    """
    card = _held(row)
    circle = Circle.load(by, card.get_project().tenant, card.get_project(), user_ids)
    circle.require(user_ids)
    present = set(card.assignees.values_list("user_id", flat=True))
    _put(circle, card, [key for key in dict.fromkeys(user_ids) if key not in present], by)
    return card


@transactional
def unassign(row: Card, user_ids: Sequence[UUID], *, by) -> Card:
    """Take people off a card, all or none; those who are not on it change nothing. Returns the card as stored.

    Raises `Refused` (403, `INVALID_ASSIGNMENT`) naming everybody whom `by` may not take off.
    """
    card = _held(row)
    circle = Circle.load(by, card.get_project().tenant, card.get_project(), user_ids)
    present = _present(card)
    refused = [key for key in dict.fromkeys(user_ids) if not circle.may_take_off(key, present=key in present)]
    if refused:
        raise circle.refusal(refused)
    _take_off([present[key] for key in dict.fromkeys(user_ids) if key in present], by)
    return card


@transactional
def reassign(row: Card, user_ids: Sequence[UUID], *, by) -> Card:
    """Make these the people on a card. Who stays is not judged; who comes or goes is, and all refused are named."""
    card = _held(row)
    present, wanted = _present(card), list(dict.fromkeys(user_ids))
    coming = [key for key in wanted if key not in present]
    going = [key for key in present if key not in wanted]
    circle = Circle.load(by, card.get_project().tenant, card.get_project(), {*coming, *going})
    refused = circle.refused(coming) + [key for key in going if not circle.may_take_off(key, present=True)]
    if refused:
        raise circle.refusal(refused)
    _take_off([present[key] for key in going], by)
    _put(circle, card, coming, by)
    return card


def judge_again(card: Card, project: Project, *, by) -> None:
    """Judge everybody on a card and its checklist as if `by` put them there now, in another project."""
    there = [*card.assignees.values_list("user_id", flat=True)]
    there += card.checklist.exclude(assignee=None).values_list("assignee_id", flat=True)
    if there:
        Circle.load(by, project.tenant, project, set(there)).require(there)


def _held(row: Card) -> Card:
    lock_tenant(row.get_tenant_id())
    return locked_card(row)


def _present(card: Card) -> dict[UUID, Assignee]:
    rows = card.assignees.select_related("user")
    found = {row.user_id: row for row in rows}
    for row in found.values():
        row.card = card
    return found


def _put(circle: Circle, card: Card, user_ids: Iterable[UUID], by) -> None:
    rows = [Assignee(card=card, user=circle.members[key].user, assigned_by_id=by.pk) for key in user_ids]
    audit.insert(rows, by, ASSIGN)


def _take_off(rows: Sequence[Assignee], by) -> None:
    if rows:
        audit.record(
            by, Card.permission("unassign"), [(row, audit.difference(audit.snapshot(row), {})) for row in rows]
        )
        Assignee.objects.filter(pk__in=[row.pk for row in rows]).delete()


# --- Leaving ----------------------------------------------------------------------------------------------------------


@transactional
def leave_tenant(tenant_id: UUID, user_ids: Collection[UUID], *, by) -> None:
    """Take people who no longer belong to a tenant off its open cards and checklists, and out of its teams.

    Finished cards and ticked items keep the names of those who did them.
    """
    _release(Q(card__column__board__project__tenant=tenant_id), user_ids, by)
    teams = Project.team.through._default_manager.filter(project__tenant=tenant_id, user__in=user_ids)
    rows = list(Project.objects.filter(pk__in=teams.values("project")).prefetch_related("team"))
    changes = []
    for project in rows:
        team = list(project.team.all())
        stay = [user for user in team if user.pk not in user_ids]
        changes.append((project, {"team": [audit.labels(team), audit.labels(stay)]}))
    teams.delete()
    audit.record(by, Project.permission("change"), changes)


def leave_team(project: Project, before: set[UUID] | None, after: set[UUID], *, by) -> None:
    """Take those who were in a project's team (None: everybody was) and no longer are off its open cards."""
    of_project = Q(card__column__board__project=project)
    if before is not None:
        _release(of_project, before - after, by)
        return
    on_cards = Assignee.objects.filter(of_project, **OPEN).values_list("user_id", flat=True)
    on_items = ChecklistItem.objects.filter(of_project, **OPEN).values_list("assignee_id", flat=True)
    _release(of_project, {*on_cards, *on_items} - after - {None}, by)


def strangers_leave(card: Card, *, by) -> None:
    """Take those who no longer belong to the tenant off a card that is opened again."""
    circle = Circle.load(by, card.get_project().tenant, card.get_project(), _everybody(card))
    _release(Q(card=card), _everybody(card) - circle.members.keys(), by)


def _everybody(card: Card) -> set[UUID]:
    on_items = card.checklist.exclude(assignee=None).values_list("assignee_id", flat=True)
    return {*card.assignees.values_list("user_id", flat=True), *on_items}


def _release(where: Q, user_ids: Collection[UUID], by) -> None:
    """Take people off the open cards and open items that `where` describes, with an audit entry each."""
    if not user_ids:
        return
    path = "card__column__board__project"
    held: QuerySet[Assignee] = Assignee.objects.filter(where, user__in=user_ids, **OPEN)
    _take_off(list(held.select_related("user", path)), by)
    items = ChecklistItem.objects.filter(where, assignee__in=user_ids, completed=False, **OPEN)
    rows = list(items.select_related(path))
    entries = [(row, {"assignee": [str(row.assignee_id), None]}) for row in rows]
    ChecklistItem.objects.filter(pk__in=[row.pk for row in rows]).update(assignee=None, updated_at=timezone.now())
    audit.record(by, ChecklistItem.permission("change"), entries)


class AssigneeService(RecordService[Assignee]):
    """Single people on cards, for forms."""

    def create(self, *, by, **values: Any) -> Assignee:
        card, user = values["card"], values["user"]
        assign(card, [user.pk], by=by)
        return Assignee.objects.get(card=card, user=user)

    def remove(self, row: Assignee, *, by) -> Assignee:
        unassign(row.card, [row.user_id], by=by)
        return row


assignees = AssigneeService(Assignee)
