"""A board as data, for its page: columns, and on them cards with their people and the progress of their checklists."""

from collections import defaultdict
from datetime import date
from typing import Any

from django.db.models import Count, Prefetch, Q
from django.utils import timezone

from assignhub.permissions import within
from tasks.models import Assignee, Board, Card, Column

# Positions are counted without gaps, so this many of each column are shown.
CARDS_PER_COLUMN = 100


def board_to_open(user) -> Board | None:
    """The board changed last of those `user` may see, or None."""
    boards = within(Board.objects.all(), user, Board.permission("view"))
    return boards.order_by("-updated_at", "pk").first()


def state(board: Board, user) -> dict[str, Any]:
    """Everything the page draws, in a flat number of queries: the first 100 cards of each column.

    A card is `movable` when the table of grants lets `user` move it; whether it may go where is the service's to say.
    """
    active = Count("cards", filter=Q(cards__finished_at=None))
    columns = Column.objects.filter(board=board).annotate(open_cards=active, all_cards=Count("cards"))
    cards = _cards(board)
    within_reach = within(Card.objects.filter(column__board=board), user, Card.permission("move"))
    movable = set(within_reach.values_list("pk", flat=True))
    today = timezone.now().astimezone(board.project.tenant.zone).date()
    by_column: dict[Any, list[dict[str, Any]]] = defaultdict(list)
    for card in cards:
        by_column[card.column_id].append(_card(card, card.pk in movable, today))
    return {
        "columns": [
            {
                "id": column.pk,
                "name": column.name,
                "limit": column.wip_limit,
                "open": column.open_cards,
                "more": max(0, column.all_cards - CARDS_PER_COLUMN),
                "cards": by_column[column.pk],
            }
            for column in columns.order_by("position", "pk")
        ]
    }


def _cards(board: Board):
    people = Prefetch("assignees", Assignee.objects.select_related("user"))
    done = Count("checklist", filter=Q(checklist__completed=True))
    shown = Card.objects.filter(column__board=board, position__lt=CARDS_PER_COLUMN)
    annotated = shown.annotate(steps=Count("checklist"), done=done)
    return annotated.prefetch_related("labels", people).order_by("column", "position")


def _card(card: Card, movable: bool, today: date) -> dict[str, Any]:
    return {
        "id": card.pk,
        "title": card.title,
        "priority": card.priority,
        "due": card.due_date,
        "overdue": card.due_date is not None and card.due_date < today and not card.is_finished,
        "finished": card.is_finished,
        "labels": [{"name": label.name, "color": label.color} for label in card.labels.all()],
        "people": [str(row.user) for row in card.assignees.all()],
        "steps": card.steps,  # type: ignore[attr-defined]
        "done": card.done,  # type: ignore[attr-defined]
        "movable": movable,
    }
