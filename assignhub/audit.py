"""The audit trail: rows written by services, in the transaction of the change they record."""

import functools
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import structlog
from django.contrib.auth import get_user_model
from django.core.exceptions import ImproperlyConfigured
from django.db import connection, models
from django.utils import timezone

from assignhub.inserting import BATCH, LONGEST_LABEL, insert_recorded, insert_values
from assignhub.instances import columns_of
from assignhub.models import AuditEntry, Record
from assignhub.permissions import within
from assignhub.questions import AS_IN_JSON, kind_of

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


def insert(rows: Sequence[Record], by, action: str, alike: tuple[str, ...] = ()) -> None:
    """Write new records of one model, which `by` caused with `action`, and an entry about each.

    For rows of one tenant that are many and much alike, `alike` names the columns in which such never differ, and
    PostgreSQL writes rows and entries in one statement. Gives the rows their keys; their own `save()` and signals are
    not asked. Raises `IntegrityError` where a constraint of the database stands in the way of any of them, and
    `ImproperlyConfigured` where they may differ in what that statement cannot tell.
    """
    if not rows:
        return
    model = type(rows[0])
    may_differ = _telling(model, alike) if alike else []
    if not may_differ or connection.vendor != "postgresql" or _kept.get() is not None:
        model._base_manager.bulk_create(rows, batch_size=BATCH)
        record(by, action, [(row, added(row)) for row in rows])
        return
    own = {field.name: field.column for field in may_differ if not _agree(rows, field.attname)}
    changes = {name: pair for name, pair in added(rows[0]).items() if name not in own}
    about = {"tenant_id": rows[0].get_tenant_id(), "object_type": model._meta.label_lower, "changes": changes}
    agreed = [field.attname for field in may_differ if field.name not in own]
    insert_recorded(rows, _told(by, action) | about, own, (*alike, *agreed))


@functools.cache
def _telling(model: type[Record], alike: tuple[str, ...]) -> list[Any]:
    """The fields that enter the trail and in which rows may differ that are `alike`.

    PostgreSQL tells their values as Python would: they are never null, and JSON has words for them.
    """
    names, _ = _tracked(model)
    fields = [field for field in model._meta.concrete_fields if field.name in names and field.attname not in alike]
    for field in fields:
        if field.null or kind_of(field) not in AS_IN_JSON:
            raise ImproperlyConfigured(f"Rows that differ in {field} are not alike enough: write them without `alike`.")
    return fields


def _agree(rows: Sequence[Record], column: str) -> bool:
    first, *others = rows
    return all(row.__dict__[column] == first.__dict__[column] for row in others)


def record(by, action: str, entries: Iterable[tuple[Record, Changes]]) -> None:
    """Write one audit entry for each (row, changes) that `by` caused with `action`, in a single insert.

    Must run in the transaction of the change itself.
    """
    shared = _told(by, action)
    each = [
        {
            "tenant_id": row.get_tenant_id(),
            "object_type": row._meta.label_lower,
            "object_id": str(row.pk),
            "object_label": str(row)[:LONGEST_LABEL],
            "changes": changes,
        }
        for row, changes in entries
    ]
    insert_values(AuditEntry, shared, each)
    if (entries_kept := _kept.get()) is not None:
        entries_kept.extend(AuditEntry(**shared, **own) for own in each)


def _told(by, action: str) -> dict[str, Any]:
    """What all entries of one write have in common, by columns of the trail."""
    return {
        "at": timezone.now(),
        "by_id": by.pk,
        "by_label": str(by.email),
        "action": action,
        "request_id": structlog.contextvars.get_contextvars().get("request_id", ""),
    }


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
