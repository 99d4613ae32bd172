"""Checklists: items made, changed, ticked, removed, and turned into cards and back. Source: seed 004."""

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet

from assignhub.errors import Refused, not_found
from assignhub.permissions import require
from assignhub.services import transactional
from tasks.assignees import Circle
from tasks.models import Card, ChecklistItem
from tasks.services.cards import cards, reopen
from tasks.services.places import OrderedService, lock_boards, lock_tenant, locked_card
from tasks.services.writing import Draft, write_items


class ChecklistService(OrderedService[ChecklistItem]):
    """Whoever may edit a card edits its checklist. A finished card that gets an open item is no longer finished."""

    parent = "card"

    @transactional
    def create_many(self, row: Card, drafts: Sequence[Draft], *, by) -> list[ChecklistItem]:
        """Put items on a card, all or none, and return them in the order they were sent.

        Raises `PermissionDenied` when `by` may not edit the card, `Refused` 403 (`INVALID_ASSIGNMENT`) for people whom
        `by` may not put on it.
        """
        lock_tenant(row.get_tenant_id())
        card = locked_card(row)
        require(by, Card.permission("change"), [card])
        written = write_items(card, drafts, by=by)
        self._reopen_if_open(card, by)
        return written

    def create(self, *, by, **values: Any) -> ChecklistItem:
        """One item, for forms, which name rows rather than keys."""
        assignee = values.pop("assignee", None)
        draft = Draft(assignee_id=assignee.pk if assignee else None, **{k: v for k, v in values.items() if k != "card"})
        return self.create_many(values["card"], [draft], by=by)[0]

    @transactional
    def update(self, row: ChecklistItem, *, by, **values: Any) -> ChecklistItem:
        """Change what is named; `position` is a place on the checklist, `assignee_id` a key (or `assignee` a user).

        Raises as `create_many` does.
        """
        lock_tenant(row.get_tenant_id())
        card = locked_card(row.card)
        stored = self.locked(row)
        require(by, self.model.permission("change"), [stored])
        if "assignee" in values:
            user = values.pop("assignee")
            values["assignee_id"] = user.pk if user else None
        if "assignee_id" in values:
            values["assignee"] = self._assignee(card, stored, values.pop("assignee_id"), by)
        item = super().update(stored, by=by, **values)
        self._reopen_if_open(card, by)
        return item

    @transactional
    def become_card(self, row: ChecklistItem, *, by) -> Card:
        """Make a card of an item, behind the card it stands on, with its text, assignee and due date.

        The item stays on the checklist, and says which card it became. Raises `Refused` (409) for one that has become
        a card already, and as making a card does.
        """
        lock_tenant(row.get_tenant_id())
        card = locked_card(row.card)
        item = self.locked(row)
        require(by, self.model.permission("become_card"), [item])
        if item.became_id:
            text = f"“{item}” has already become a card."
            raise Refused(text, "conflict", about={"item_id": item.pk, "card_id": item.became_id})
        made = cards.create(
            by=by,
            column=card.column,
            position=card.position + 1,
            title=item.text,
            priority=card.priority,
            due_date=item.due_date,
            assigned_to=[item.assignee_id] if item.assignee_id else [],
        )
        super().update(item, by=by, became=made)
        return made

    @transactional
    def come_back(self, row: ChecklistItem, *, by) -> ChecklistItem:
        """Make an item of the card it has become, and delete that card.

        Raises `Refused` (409) when it is no card, or its card has what an item cannot hold; `PermissionDenied` when
        `by` may not delete the card.
        """
        lock_tenant(row.get_tenant_id())
        boards = [row.card.column.board_id] + ([row.became.column.board_id] if row.became else [])
        lock_boards(boards)
        card = locked_card(row.card, *boards)
        item = self.locked(row)
        require(by, self.model.permission("come_back"), [item])
        if item.became is None:
            raise Refused(f"“{item}” is not a card.", "conflict", about={"item_id": item.pk})
        made = locked_card(item.became, *boards)
        people = made.assigned_to
        lost = {
            "a description": bool(made.description),
            "a checklist": made.checklist.exists(),
            "labels": made.labels.exists(),
            "several people": len(people) > 1,
        }
        if any(lost.values()):
            named = ", ".join(name for name, is_there in lost.items() if is_there)
            text = f"“{made}” cannot become an item again: it has {named}."
            raise Refused(text, "conflict", about={"item_id": item.pk, "card_id": made.pk})
        values = {
            "text": made.title,
            "due_date": made.due_date,
            "completed": item.completed or made.is_finished,
            "assignee": self._assignee(card, item, people[0] if people else None, by),
        }
        cards.remove(made, by=by)
        item = super().update(item, by=by, became=None, **values)
        self._reopen_if_open(card, by)
        return item

    def hold(self, row: ChecklistItem) -> None:
        locked_card(row.card)

    def locked(self, row: ChecklistItem) -> ChecklistItem:
        rows = ChecklistItem.objects.select_related("card__column__board__project__tenant", "became__column")
        stored = rows.select_for_update(no_key=True, of=("self",)).filter(pk=row.pk).first()
        if stored is None:
            raise not_found(ChecklistItem, row.pk)
        return stored

    @staticmethod
    def _assignee(card: Card, item: ChecklistItem, user_id: Any, by) -> Any:
        """The user an item is to be assigned to, judged; the one it is taken from is judged as well."""
        if user_id == item.assignee_id:
            return item.assignee
        people = [key for key in (user_id, item.assignee_id) if key is not None]
        circle = Circle.load(by, card.get_project().tenant, card.get_project(), people)
        refused = [] if user_id is None else circle.refused([user_id])
        if item.assignee_id and not circle.may_take_off(item.assignee_id, present=True):
            refused.append(item.assignee_id)
        if refused:
            raise circle.refusal(refused, field="assignee")
        return circle.members[user_id].user if user_id else None

    @staticmethod
    def _reopen_if_open(card: Card, by) -> None:
        if card.is_finished and card.checklist.filter(completed=False).exists():
            reopen(card, by=by)


def checklist_of(card: Card) -> QuerySet[ChecklistItem]:
    """The items of a card in their order."""
    return ChecklistItem.objects.filter(card=card).order_by("position")


checklist = ChecklistService(ChecklistItem)
