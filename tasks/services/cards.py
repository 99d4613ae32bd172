"""Cards: made, changed, moved, copied, finished, opened again. Source: seed 004, "Enhanced Card Endpoints"."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.utils import timezone

from assignhub import audit
from assignhub.errors import Refused, not_found
from assignhub.permissions import require, require_in
from assignhub.services import RecordService, transactional
from tasks import generation
from tasks.models import Card, Column, Label
from tasks.services.assigning import judge_again, reassign, strangers_leave
from tasks.services.boards import labels_named
from tasks.services.places import close_gap, enter, lock_boards, lock_tenant, locked_card, make_room, pass_by
from tasks.services.writing import Draft, author, write_items

# A change to any of these may make it another type of task.
TELLING = {"title", "description", "priority"}


class CardService(RecordService[Card]):
    """`assigned_to` is a list of users' keys, `checklist` one of `Draft`s; `position` a place in the column."""

    @transactional
    def create(self, *, by, position: int | None = None, assigned_to: Sequence[UUID] = (), **values: Any) -> Card:
        """Make a card with its people and its checklist, all or nothing; without a position it comes last.

        Raises `PermissionDenied` when `by` may make none there, `Refused` 403 (`INVALID_ASSIGNMENT`) for people whom
        `by` may not put on it, 409 at the hard limit of the column, 404 for a column that has gone.
        """
        column: Column = values.pop("column")
        checklist: Sequence[Draft] = values.pop("checklist", ())
        tenant_id = column.get_tenant_id()
        require_in(by, self.model.permission("add"), tenant_id)
        if assigned_to or any(draft.assignee_id for draft in checklist):
            lock_tenant(tenant_id)
        lock_boards([column.board_id])
        column = stored_column(column)
        warnings = enter(column)
        draft = Card(column=column, **{name: values[name] for name in TELLING if name in values})
        card = super().create(
            by=by,
            column=column,
            position=make_room(column.cards.all(), position),
            task_type=generation.task_type_of(draft.as_task()),
            created_by=author(by),
            **self._with_labels(column, values),
        )
        if assigned_to:
            card = reassign(card, assigned_to, by=by)
        write_items(card, checklist, by=by)
        card.warnings = warnings
        return card

    @transactional
    def update(self, row: Card, *, by, **values: Any) -> Card:
        """Change what is named. `assigned_to` replaces the people on the card; `column` and `position` move it.

        Raises as `create` and `move` do.
        """
        people = values.pop("assigned_to", None)
        place = {name: values.pop(name) for name in ("column", "position") if name in values}
        self._hold(row, place.get("column"), people=people is not None)
        card = self.locked(row)
        require(by, self.model.permission("change"), [card])
        warnings = self._place(card, by, **place) if place else ()
        if values:
            if TELLING & values.keys():
                draft = Card(column=card.column, **{name: values.get(name, getattr(card, name)) for name in TELLING})
                values["task_type"] = generation.task_type_of(draft.as_task())
            card = super().update(card, by=by, **self._with_labels(card.column, values))
        if people is not None:
            card = reassign(card, people, by=by)
        card.warnings = warnings
        return card

    @transactional
    def move(self, row: Card, *, by, column: Column | None = None, position: int | None = None) -> Card:
        """Put a card at another place of its column, or into another column; without a position it comes last.

        Into another project, everybody on the card and its checklist is judged as if put there now, and `by` must be
        allowed to make cards there. Labels that the other board has by name stay. Raises `Refused` 403
        (`INVALID_ASSIGNMENT`), 404 for a column that has gone or is another tenant's, 409 at a hard limit.
        """
        card = self._hold(row, column)
        require(by, self.model.permission("move"), [card])
        card.warnings = self._place(card, by, column, position)
        return card

    @transactional
    def copy(
        self,
        row: Card,
        *,
        by,
        column: Column | None = None,
        position: int | None = None,
        title: str | None = None,
        assigned_to: Sequence[UUID] | None = None,
    ) -> Card:
        """Make an open card like this one, into the same column or another, its checklist not yet begun.

        Everybody on it comes along, and is judged as if put there now; `assigned_to` names others instead, and then
        the items of the checklist are nobody's. Raises as `create` does.
        """
        target = stored_column(column or row.column)
        if target.get_tenant_id() != row.get_tenant_id():
            raise not_found(Column, target.pk, field="column")
        everybody = assigned_to is None
        checklist = [
            Draft(
                text=item.text,
                ai_generated=item.ai_generated,
                confidence=item.confidence,
                metadata=item.metadata,
                due_date=item.due_date,
                assignee_id=item.assignee_id if everybody else None,
            )
            for item in row.checklist.all()
        ]
        return self.create(
            by=by,
            column=target,
            position=position,
            title=row.title if title is None else title,
            description=row.description,
            priority=row.priority,
            due_date=row.due_date,
            labels=self._labels_at(target, row),
            assigned_to=row.assigned_to if assigned_to is None else assigned_to,
            checklist=checklist,
        )

    @transactional
    def finish(self, row: Card, *, by) -> Card:
        """Say that a card is done. Raises `Refused` (409) while something on its checklist is open."""
        card = self._hold(row)
        require(by, self.model.permission("finish"), [card])
        if card.is_finished:
            return card
        still_open = list(card.checklist.filter(completed=False).values_list("text", flat=True))
        if still_open:
            shown = "; ".join(still_open[:5]) + (f"; and {len(still_open) - 5} more" if len(still_open) > 5 else "")
            text = f"“{card}” cannot be finished while its checklist is open: {shown}"
            raise Refused(text, "conflict", about={"card_id": card.pk, "open_items": len(still_open)})
        return save_card(card, by, "finish", finished_at=timezone.now())

    @transactional
    def reopen(self, row: Card, *, by) -> Card:
        """Say that a card is not done after all. Raises `Refused` (409) at the hard limit of its column."""
        card = self._hold(row, people=True)
        require(by, self.model.permission("reopen"), [card])
        return reopen(card, by=by) if card.is_finished else card

    @transactional
    def remove(self, row: Card, *, by) -> Card:
        self._hold(row)
        card = super().remove(row, by=by)
        close_gap(Card.objects.filter(column=card.column_id), card.position)
        return card

    def locked(self, row: Card) -> Card:
        return locked_card(row)

    def _hold(self, row: Card, target: Column | None = None, *, people: bool = False) -> Card:
        """The card as stored now, with everything locked that putting it into `target` touches."""
        if people or (target is not None and target.board_id != row.column.board_id):
            lock_tenant(row.get_tenant_id())
        return locked_card(row, *([target.board_id] if target is not None else []))

    def _place(self, card: Card, by, column: Column | None = None, position: int | None = None) -> tuple[str, ...]:
        """Move a locked card, and return what a soft limit has to say."""
        before, source = audit.snapshot(card), card.column
        target = stored_column(column) if column is not None and column.pk != source.pk else source
        if target.get_tenant_id() != source.get_tenant_id():
            raise not_found(Column, target.pk, field="column")
        warnings: tuple[str, ...] = ()
        labels: list[Label] = []
        if target is source:
            card.position = pass_by(source.cards.all(), card.position, position)
        else:
            if target.board.project_id != source.board.project_id:
                judge_again(card, target.board.project, by=by)
            warnings = () if card.is_finished else enter(target)
            labels = self._labels_at(target, card) if target.board_id != source.board_id else []
            close_gap(source.cards.all(), card.position)
            card.column, card.position = target, make_room(target.cards.all(), position)
        changes = audit.difference(before, audit.snapshot(card))
        if not changes:
            return warnings
        card.save(update_fields=["column", "position", "updated_at"])
        if target.board_id != source.board_id:
            changes |= self._carry_labels(card, labels)
        audit.record(by, self.model.permission("move"), [(card, changes)])
        if target is not source:
            require(by, self.model.permission("add"), [card])
        return warnings

    @staticmethod
    def _carry_labels(card: Card, labels: list[Label]) -> audit.Changes:
        before = audit.labels(card.labels.all())
        card.labels.set(labels)
        return audit.difference({"labels": before}, {"labels": audit.labels(labels)})

    @staticmethod
    def _labels_at(column: Column, card: Card) -> list[Label]:
        """The labels of a card as the board of a column has them."""
        present = list(card.labels.all())
        return present if column.board_id == card.column.board_id else labels_named(column.board, present)

    @staticmethod
    def _with_labels(column: Column, values: dict[str, Any]) -> dict[str, Any]:
        """The values, once it is certain that labels among them are of the column's board; raises `Refused` (404)."""
        for label in values.get("labels") or ():
            if label.board_id != column.board_id:
                raise not_found(Label, label.pk, field="labels")
        return values


def stored_column(column: Column) -> Column:
    """A column as stored now; raises `Refused` (404) when it has gone."""
    stored = Column.objects.select_related("board__project__tenant").filter(pk=column.pk).first()
    if stored is None:
        raise not_found(Column, column.pk, field="column")
    return stored


def save_card(card: Card, by, verb: str, **changes: Any) -> Card:
    """Write changed fields of a locked card with their audit entry."""
    before = audit.snapshot(card)
    for name, value in changes.items():
        setattr(card, name, value)
    card.save(update_fields=[*changes, "updated_at"])
    audit.record(by, Card.permission(verb), [(card, audit.difference(before, audit.snapshot(card)))])
    return card


def reopen(card: Card, *, by) -> Card:
    """Open a finished, locked card; the tenant is locked as well. People who have left meanwhile come off it."""
    warnings = enter(card.column)
    save_card(card, by, "reopen", finished_at=None)
    strangers_leave(card, by=by)
    card.warnings = warnings
    return card


cards = CardService(Card)
