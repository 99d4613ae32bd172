"""The audit trail: rows written by services, in the transaction of the change they record."""

from collections.abc import Iterable
from typing import Any

import structlog
from django.contrib.auth import get_user_model
from django.db import models

from assignhub.models import AuditEntry, Record
from assignhub.permissions import within

Changes = dict[str, list[Any]]

UNTRACKED = {"created_at", "updated_at"}


def snapshot(row: Record) -> dict[str, Any]:
    """The row's present values by field name, without secrets."""
    return {
        field.name: _plain(field.value_from_object(row))
        for field in row._meta.concrete_fields
        if field.name not in UNTRACKED and field.name not in row.secret and not field.primary_key
    }


def labels(rows: Iterable[models.Model]) -> list[str]:
    """How the rows of a to-many field stand in the trail."""
    return sorted(map(str, rows))


def difference(before: dict[str, Any], after: dict[str, Any]) -> Changes:
    """What changed, as `{field: [old, new]}`."""
    return {name: [before.get(name), after.get(name)] for name in before | after if before.get(name) != after.get(name)}


def record(by, action: str, entries: Iterable[tuple[Record, Changes]]) -> None:
    """Write one audit entry for each (row, changes) that `by` caused with `action`, in a single insert.

    Must run in the transaction of the change itself.
    """
    request_id = structlog.contextvars.get_contextvars().get("request_id", "")
    AuditEntry.objects.bulk_create(
        [
            AuditEntry(
                by_id=by.pk,
                by_label=str(by.email),
                tenant_id=row.get_tenant_id(),
                action=action,
                object_type=row._meta.label_lower,
                object_id=str(row.pk),
                object_label=str(row)[:200],
                changes=changes,
                request_id=request_id,
            )
            for row, changes in entries
        ],
        batch_size=1000,
    )


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
    return value if isinstance(value, str | int | float | bool | None | list | dict) else str(value)
