"""Items of checklists as they come in, and writing many at once."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from assignhub import audit
from assignhub.permissions import require
from tasks.assignees import Circle
from tasks.models import Card, ChecklistItem


@dataclass(frozen=True)
class Draft:
    """An item somebody asks for; without a position it comes last."""

    text: str
    position: int | None = None
    completed: bool = False
    ai_generated: bool = False
    confidence: int | None = None
    metadata: dict[str, Any] = field(default_factory=dict)
    assignee_id: UUID | None = None
    due_date: date | None = None
    external_id: str = ""


def author(by) -> Any:
    """Who stands as the maker of a row: a person; the operator of the machine has no account."""
    return by if by.pk is not None else None


def write_items(card: Card, drafts: Sequence[Draft], *, by) -> list[ChecklistItem]:
    """Put items on a locked card, each at its place among those already there; a flat number of queries.

    Where somebody is named, the tenant is locked as well. Raises `Refused` (403) for people `by` may not put there.
    """
    if not drafts:
        return []
    people = {draft.assignee_id for draft in drafts if draft.assignee_id is not None}
    if people:
        circle = Circle.load(by, card.get_project().tenant, card.get_project(), people)
        circle.require((draft.assignee_id for draft in drafts if draft.assignee_id), field="assignee")
    order = list(card.checklist.order_by("position"))
    written = []
    for draft in drafts:
        item = ChecklistItem(
            card=card,
            text=draft.text,
            completed=draft.completed,
            ai_generated=draft.ai_generated,
            confidence=draft.confidence,
            metadata=draft.metadata,
            assignee_id=draft.assignee_id,
            due_date=draft.due_date,
            external_id=draft.external_id,
            created_by_id=by.pk,
        )
        # Card and people are known to be there: a field's own check would ask the database for each.
        item.clean_fields(exclude={"card", "assignee", "created_by", "became"})
        item.clean()
        order.insert(len(order) if draft.position is None else draft.position, item)
        written.append(item)
    moved = [item for place, item in enumerate(order) if not item._state.adding and item.position != place]
    for place, item in enumerate(order):
        item.position = place
    ChecklistItem.objects.bulk_update(moved, ["position"])
    action = ChecklistItem.permission("add")
    audit.insert(written, by, action)
    require(by, action, written)
    return written
