"""The audit trail in sentences: who did what, which field changed from what to what, in the tenant's own time.

An entry keeps keys and plain values. Here they become words: fields by the name forms show, choices by their label,
rows by the name they had when the entry was written (their own entries tell it), moments on the tenant's clocks.
"""

import datetime
import itertools
import json
import zoneinfo
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.db.models import Min, Q
from django.utils.dateparse import parse_datetime

from assignhub.models import AuditEntry, Record
from assignhub.services import with_labels

# Past tenses that do not end in -ed.
IRREGULAR = {
    "submit": "submitted",
    "take": "took",
    "withdraw": "withdrew",
    "swap": "swapped",
    "add": "added",
    "password": "set a new password for",
    "end": "ended",
    "put": "put",
    "read": "read",
    "send": "sent",
    "set": "set",
}
LONGEST = 300


@dataclass(frozen=True)
class Change:
    """One field's change in words; `before` is None where there was no row before, `after` where there is none left."""

    field: str
    before: str | None
    after: str | None


@dataclass(frozen=True)
class Happening:
    """One entry in words."""

    at: datetime.datetime
    who: str
    did: str
    what: str
    changes: list[Change]
    entry: AuditEntry


@dataclass(frozen=True)
class Group:
    """What one request caused, newest first; work of commands and tasks stands alone."""

    at: datetime.datetime
    who: str
    request_id: str
    happenings: list[Happening]


def tell(entries: Sequence[AuditEntry]) -> list[Group]:
    """Entries as groups of sentences, in their order, in a number of queries that depends on the kinds of rows only."""
    zones, names = _zones(entries), Names(entries)
    told = [_happening(entry, zones.get(entry.tenant_id, datetime.UTC), names) for entry in entries]
    groups = []
    for (request_id, _), found in itertools.groupby(told, key=_request):
        together = list(found)
        groups.append(Group(together[0].at, together[0].who, request_id, together))
    return groups


def _request(happening: Happening) -> tuple[str, Any]:
    entry = happening.entry
    return entry.request_id, None if entry.request_id else entry.pk


def _zones(entries: Iterable[AuditEntry]) -> dict[Any, datetime.tzinfo]:
    tenants = apps.get_model("tenancy.Tenant")._base_manager.filter(pk__in={entry.tenant_id for entry in entries})
    return {key: zoneinfo.ZoneInfo(name) for key, name in tenants.values_list("pk", "time_zone")}


def _happening(entry: AuditEntry, zone: datetime.tzinfo, names: "Names") -> Happening:
    model = model_of(entry)
    verb = entry.action.rpartition(".")[2]
    kind = str(model._meta.verbose_name) if model else entry.object_type
    changes = [
        Change(
            _field_name(model, name),
            None if verb == "add" else _value(model, name, before, zone, names, entry),
            None if verb == "delete" else _value(model, name, after, zone, names, entry),
        )
        for name, (before, after) in entry.changes.items()
        if not (model and name in getattr(model, "secret", ()))
    ]
    if verb == "add":
        changes = [change for change in changes if change.after != EMPTY]
    if verb == "delete":
        changes = [change for change in changes if change.before != EMPTY]
    return Happening(entry.at.astimezone(zone), entry.by_label, past(verb), kind, changes, entry)


def past(verb: str) -> str:
    """“close_calendar” → “closed calendar of”."""
    first, _, rest = verb.partition("_")
    did = IRREGULAR.get(first) or (f"{first}d" if first.endswith("e") else f"{first}ed")
    return f"{did} {rest.replace('_', ' ')} of" if rest else did


def model_of(entry: AuditEntry) -> type[models.Model] | None:
    try:
        return apps.get_model(entry.object_type)
    except LookupError:  # of an app or a model that is no more
        return None


def _field(model: type[models.Model] | None, name: str) -> Any:
    try:
        return model._meta.get_field(name) if model else None
    except FieldDoesNotExist:
        return None


def _field_name(model: type[models.Model] | None, name: str) -> str:
    field = _field(model, name)
    text = str(getattr(field, "verbose_name", "") or name.replace("_", " "))
    return text[:1].upper() + text[1:]


EMPTY = "nothing"


def _value(model, name: str, value: Any, zone: datetime.tzinfo, names: "Names", entry: AuditEntry) -> str:
    field = _field(model, name)
    if value is None or value == "" or value == []:
        return EMPTY
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(map(str, value))
    if isinstance(field, models.ForeignKey):
        return names.of(field.related_model, value, entry.pk)
    if isinstance(field, models.DateTimeField) and isinstance(value, str):
        moment = parse_datetime(value)
        return f"{moment.astimezone(zone):%Y-%m-%d %H:%M}" if moment and moment.tzinfo else value
    if isinstance(field, models.TimeField):
        return str(value)[:5]
    if isinstance(value, dict):
        value = json.dumps(value, ensure_ascii=False)
    choices = dict(getattr(field, "flatchoices", None) or ())
    text = str(choices.get(value, value))
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"


class Names:
    """What rows were called when an entry named them by key."""

    def __init__(self, entries: Sequence[AuditEntry]):
        wanted: dict[type[models.Model], set[str]] = defaultdict(set)
        for entry in entries:
            model = model_of(entry)
            for name, values in entry.changes.items():
                field = _field(model, name)
                if isinstance(field, models.ForeignKey):
                    wanted[field.related_model].update(str(value) for value in values if value is not None)
        # row → the places in the trail from which on it had each name, in order
        self.known: dict[tuple[str, str], list[tuple[int, str]]] = defaultdict(list)
        condition = Q()
        for model, keys in wanted.items():
            condition |= Q(object_type=model._meta.label_lower, object_id__in=keys)
        if condition:
            labels = AuditEntry.objects.filter(condition).values("object_type", "object_id", "object_label")
            for found in labels.annotate(since=Min("pk")).order_by("since"):
                self.known[found["object_type"], found["object_id"]].append((found["since"], found["object_label"]))
        self.current = {
            (model._meta.label_lower, str(row.pk)): str(row)
            for model, keys in wanted.items()
            for row in _rows(model, [key for key in keys if (model._meta.label_lower, key) not in self.known])
        }

    def of(self, model: type[models.Model], key: Any, at: int) -> str:
        place = model._meta.label_lower, str(key)
        told = self.known.get(place)
        if told:
            return told[max(bisect_right(told, at, key=lambda pair: pair[0]) - 1, 0)][1]
        return self.current.get(place, f"{model._meta.verbose_name} {key}")


def _rows(model: type[models.Model], keys: list[str]) -> list[Any]:
    return list(with_labels(model._base_manager.filter(pk__in=keys))) if keys and issubclass(model, Record) else []
