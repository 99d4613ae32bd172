"""Order and room: positions that are always 0…n-1, limits of columns, and the lock both stand on.

Whoever writes to what is on a board holds the board: writers to one board take turns, writers to different boards do
not meet. Locks are taken in one order: the tenant (where people are put on cards), boards by their keys, cards.
"""

from collections.abc import Iterable
from typing import Any, TypeVar
from uuid import UUID

from django.db.models import F, QuerySet

from assignhub.errors import Refused, not_found
from assignhub.services import RecordService, transactional
from tasks.models import Board, Card, Column
from tasks.models.boards import OfProject
from tenancy.models import Tenant

O = TypeVar("O", bound=OfProject)  # noqa: E741


def lock_tenant(tenant_id: UUID) -> None:
    """Keep who belongs to the organisation and to its teams as it is until the transaction ends."""
    list(Tenant.objects.select_for_update(no_key=True).filter(pk=tenant_id))


def lock_boards(board_ids: Iterable[UUID]) -> None:
    """Keep others from writing to these boards until the transaction ends."""
    list(Board.objects.select_for_update(no_key=True).filter(pk__in=set(board_ids)).order_by("pk"))


def locked_card(card: Card, *board_ids: UUID) -> Card:
    """The card as stored now, its board and those given locked until the transaction ends.

    Raises `Refused` 404 when it has been deleted, 409 when it has just gone to yet another board.
    """
    held = {card.column.board_id, *board_ids}
    lock_boards(held)
    rows = Card.objects.select_related("column__board__project__tenant")
    stored = rows.select_for_update(no_key=True, of=("self",)).filter(pk=card.pk).first()
    if stored is None:
        raise not_found(Card, card.pk)
    if stored.column.board_id not in held:
        text = f"Somebody moved “{stored}” to another board at the same moment. Please try again."
        raise Refused(text, "conflict", about={"card_id": stored.pk})
    return stored


def make_room(siblings: QuerySet, position: int | None) -> int:
    """Free a place among rows in order, the last where none is named or there are fewer; return which it is."""
    count = siblings.count()
    if position is None or position >= count:
        return count
    siblings.filter(position__gte=position).update(position=F("position") + 1)
    return position


def close_gap(siblings: QuerySet, position: int) -> None:
    """Let the rows behind a place that was left move up."""
    siblings.filter(position__gt=position).update(position=F("position") - 1)


def pass_by(siblings: QuerySet, start: int, position: int | None) -> int:
    """Let the rows between two places move by one, for a row that goes from one to the other; return where it ends."""
    last = siblings.count() - 1
    end = last if position is None else min(position, last)
    if end < start:
        siblings.filter(position__gte=end, position__lt=start).update(position=F("position") + 1)
    elif end > start:
        siblings.filter(position__gt=start, position__lte=end).update(position=F("position") - 1)
    return end


def enter(column: Column) -> tuple[str, ...]:
    """Judge whether one more open card may come into a column; return what a soft limit has to say.

    Raises `Refused` (409) at a hard limit. The board must be locked.
    """
    if column.wip_limit is None:
        return ()
    count = column.cards.filter(finished_at=None).count()
    if count < column.wip_limit:
        return ()
    if column.wip_policy == Column.Policy.HARD:
        text = f"“{column.name}” already holds {count} open cards; its limit is {column.wip_limit}."
        raise Refused(text, "conflict", field="column", about={"column_id": column.pk, "wip_limit": column.wip_limit})
    return (f"“{column.name}” now holds {count + 1} open cards; its limit is {column.wip_limit}.",)


class OrderedService(RecordService[O]):
    """Rows that stand in order within a parent (`parent` names the field), on a board that is held meanwhile."""

    parent: str

    def hold(self, row: Any) -> None:
        """Lock what rows of this kind are written under."""
        raise NotImplementedError

    def siblings(self, row: Any) -> QuerySet:
        """All rows of the same parent, the row itself among them."""
        key = f"{self.parent}_id"
        return self.model._base_manager.filter(**{key: getattr(row, key)})

    @transactional
    def create(self, *, by, position: int | None = None, **values: Any) -> O:
        row = self.model(**{self.parent: values[self.parent]})
        self.hold(row)
        at = make_room(self.siblings(row), position)
        return super().create(by=by, position=at, **values)

    @transactional
    def update(self, row: O, *, by, **values: Any) -> O:
        self.hold(row)
        if "position" in values:
            stored: Any = self.locked(row)
            values["position"] = pass_by(self.siblings(stored), stored.position, values["position"])
        return super().update(row, by=by, **values)

    @transactional
    def remove(self, row: O, *, by) -> O:
        self.hold(row)
        gone: Any = super().remove(row, by=by)
        close_gap(self.siblings(gone), gone.position)
        return gone
