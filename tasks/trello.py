"""A board as Trello exports it (board menu → “Print, export and share” → “Export as JSON”), read into rows to import.

Source of the format: Trello's REST API, objects Board, List, Card, Label, Checklist, CheckItem, Member.
"""

import datetime
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.dateparse import parse_datetime
from rest_framework.exceptions import ParseError

from assignhub import wire

COLORS = {
    "green": "#22c55e",
    "yellow": "#eab308",
    "orange": "#f97316",
    "red": "#ef4444",
    "purple": "#a855f7",
    "blue": "#3b82f6",
    "sky": "#0ea5e9",
    "lime": "#84cc16",
    "pink": "#ec4899",
    "black": "#1f2937",
}
NO_COLOR = "#64748b"


@dataclass(frozen=True)
class Item:
    id: str
    text: str
    completed: bool
    due_date: datetime.date | None
    member: str


@dataclass(frozen=True)
class Entry:
    """A card of the export; `done` for one that is closed, on a closed list, or marked complete."""

    id: str
    list_id: str
    title: str
    description: str
    due_date: datetime.date | None
    done: bool
    labels: tuple[str, ...]
    members: tuple[str, ...]
    items: tuple[Item, ...]


@dataclass(frozen=True)
class Export:
    """A board: lists and labels as (id, name or color), cards in their order, who the members are."""

    id: str
    name: str
    lists: tuple[tuple[str, str], ...]
    labels: tuple[tuple[str, str, str], ...]
    cards: tuple[Entry, ...]
    usernames: dict[str, str] = field(default_factory=dict)
    emails: dict[str, str] = field(default_factory=dict)


def read(path: Path) -> Export:
    """Read an export. Raises `ValidationError` for a file that is none, and `OSError` when there is none."""
    try:
        board = wire.decode(path.read_bytes())
    except ParseError as error:
        raise ValidationError(str(error.detail)) from None
    try:
        return _board(board)
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise ValidationError(f"This is not the export of a Trello board: {error!r}") from None


def _board(board: dict[str, Any]) -> Export:
    lists = _ordered(board["lists"])
    closed = {each["id"] for each in lists if each.get("closed")}
    items: dict[str, list[Item]] = {}
    for checklist in _ordered(board.get("checklists", ())):
        found = [_item(each) for each in _ordered(checklist["checkItems"])]
        items.setdefault(checklist["idCard"], []).extend(found)
    place = {each["id"]: number for number, each in enumerate(lists)}
    cards = sorted(board["cards"], key=lambda card: (place[card["idList"]], card.get("pos") or 0))
    members = board.get("members", ())
    return Export(
        id=str(board["id"]),
        name=str(board["name"]),
        lists=tuple((each["id"], each["name"]) for each in lists),
        labels=tuple(
            (each["id"], each.get("name") or each.get("color") or "label", _color(each.get("color")))
            for each in board.get("labels", ())
        ),
        cards=tuple(_card(card, card["idList"] in closed, tuple(items.get(card["id"], ()))) for card in cards),
        usernames={each["id"]: each["username"] for each in members},
        emails={each["id"]: each["email"].lower() for each in members if each.get("email")},
    )


def _card(card: dict[str, Any], on_closed_list: bool, items: tuple[Item, ...]) -> Entry:
    return Entry(
        id=card["id"],
        list_id=card["idList"],
        title=card["name"],
        description=card.get("desc") or "",
        due_date=_day(card.get("due")),
        done=bool(on_closed_list or card.get("closed") or card.get("dueComplete")),
        labels=tuple(card.get("idLabels", ())),
        members=tuple(card.get("idMembers", ())),
        items=items,
    )


def _item(item: dict[str, Any]) -> Item:
    done = item.get("state") == "complete"
    return Item(item["id"], item["name"], done, _day(item.get("due")), item.get("idMember") or "")


def _ordered(rows) -> list[dict[str, Any]]:
    return sorted(rows, key=lambda row: row.get("pos") or 0)


def _day(moment: str | None) -> datetime.date | None:
    parsed = parse_datetime(moment) if moment else None
    return parsed.date() if parsed else None


def _color(name: str | None) -> str:
    """Trello's shades, “green_dark” and “green_light”, are its colours."""
    return COLORS.get((name or "").partition("_")[0], NO_COLOR)
