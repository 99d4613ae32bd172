"""The audit trail: rows written by services, in the transaction of the change they record."""

import functools
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import structlog
from django.contrib.auth import get_user_model
from django.db import models
from django.utils import timezone

from assignhub.inserting import insert_values
from assignhub.instances import columns_of
from assignhub.models import AuditEntry, Record
from assignhub.permissions import within

Changes = dict[str, list[Any]]

_kept: ContextVar[list[AuditEntry] | None] = ContextVar("kept", default=None)

UNTRACKED = {"created_at", "updated_at"}
# What JSON has words for; all else goes into the trail as text.
PLAIN = (str, int, float, bool, type(None), list, dict)


def snapshot(row: Record) -> dict[str, Any]:
    """The row's present values by field name, without secrets and copies."""
    names, values = _tracked(type(row))
    pairs = zip(names, values(row), strict=True)
    return {name: value if type(value) in PLAIN else _plain(value) for name, value in pairs}


@functools.cache
def _tracked(model: type[Record]) -> tuple[list[str], Callable[[models.Model], Sequence[Any]]]:
    """The names of a model's fields that enter the trail, and what reads their values of a row."""
    left_out = {*UNTRACKED, *model.secret, *model.copied}
    kept = [field for field in model._meta.concrete_fields if field.name not in left_out and not field.primary_key]
    return [field.name for field in kept], columns_of([field.attname for field in kept])


def labels(rows: Iterable[models.Model]) -> list[str]:
    """How the rows of a to-many field stand in the trail."""
    return sorted(map(str, rows))


def difference(before: dict[str, Any], after: dict[str, Any]) -> Changes:
    """What changed, as `{field: [old, new]}`."""
    pairs = ((name, before.get(name), after.get(name)) for name in before | after)
    return {name: [old, new] for name, old, new in pairs if old != new}


def added(row: Record) -> Changes:
    """What came with a new row: all it has, of nothing before."""
    return {name: [None, value] for name, value in snapshot(row).items() if value is not None}


def record(by, action: str, entries: Iterable[tuple[Record, Changes]]) -> None:
    """Write one audit entry for each (row, changes) that `by` caused with `action`, in a single insert.

    Must run in the transaction of the change itself.
    """
    shared = {
        "at": timezone.now(),
        "by_id": by.pk,
        "by_label": str(by.email),
        "action": action,
        "request_id": structlog.contextvars.get_contextvars().get("request_id", ""),
    }
    each = [
        {
            "tenant_id": row.get_tenant_id(),
            "object_type": row._meta.label_lower,
            "object_id": str(row.pk),
            "object_label": str(row)[:200],
            "changes": changes,
        }
        for row, changes in entries
    ]
    insert_values(AuditEntry, shared, each)
    if (entries_kept := _kept.get()) is not None:
        entries_kept.extend(AuditEntry(**shared, **own) for own in each)


@contextmanager
def kept() -> Iterator[list[AuditEntry]]:
    """The entries that are written inside the block: what a write has changed, told by itself."""
    entries: list[AuditEntry] = []
    token = _kept.set(entries)
    try:
        yield entries
    finally:
        _kept.reset(token)


def trail(row: models.Model) -> models.QuerySet[AuditEntry]:
    """The entries about one row, newest first."""
    return AuditEntry.objects.filter(object_type=row._meta.label_lower, object_id=str(row.pk))


def hide_strangers(entries: Iterable[AuditEntry], user, row: Record) -> None:
    """In the trail of a row that several tenants share, leave out the names of people `user` may not see."""
    if user.is_superuser or row.get_tenant_id() is not None:
        return
    people = get_user_model()
    known = people._default_manager.filter(pk__in={entry.by_id for entry in entries})
    visible = set(within(known, user, people.permission("view")).values_list("pk", flat=True))
    for entry in entries:
        if entry.by_id is not None and entry.by_id not in visible:
            entry.by_label = "somebody of another organisation"


def _plain(value: Any) -> Any:
    return value if type(value) in PLAIN or isinstance(value, PLAIN) else str(value)
