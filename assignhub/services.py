"""The write path of plain records, and the transaction every service runs in.

lock → apply → judge → write → audit → within reach, all in one transaction. An app's service subclasses
`RecordService` where a write needs more than the model's own `clean()` and constraints.
"""

import functools
import itertools
from collections.abc import Callable, Iterable
from typing import Any, Generic, TypeVar

from django.db import DEFAULT_DB_ALIAS, DatabaseError, IntegrityError, OperationalError, connection, transaction
from django.db.models import ManyToManyField, ProtectedError, QuerySet, RestrictedError, prefetch_related_objects
from django.db.models.deletion import Collector

from assignhub import audit
from assignhub.errors import Refused, not_found
from assignhub.models import Record
from assignhub.permissions import Reach, reach, require

M = TypeVar("M", bound=Record)
F = TypeVar("F", bound=Callable[..., Any])

ATTEMPTS = 4
# How many of the rows that stand in the way of a deletion its refusal names.
NAMED = 5
# PostgreSQL: serialization failure, deadlock, unique and exclusion violation. A second look sees the winner's row
# and can say in words what stands in the way.
WORTH_ANOTHER_TRY = {"40001", "40P01", "23505", "23P01"}


def transactional(write: F) -> F:
    """Run a service in a transaction; what another writer did at the same moment becomes a retry, then a 409.

    Inside a surrounding transaction it runs in a savepoint of that and leaves retrying to the outermost caller.
    """

    @functools.wraps(write)
    def run(*args, **kwargs):
        attempts = 1 if connection.in_atomic_block else ATTEMPTS
        for attempt in range(1, attempts + 1):
            try:
                with transaction.atomic():
                    return write(*args, **kwargs)
            except (IntegrityError, OperationalError) as error:
                lost_a_race = isinstance(error, IntegrityError) or _sqlstate(error) in WORTH_ANOTHER_TRY
                if not lost_a_race:
                    raise
                if attempt == attempts:
                    text = "Somebody else changed the same thing at the same moment. Please try again."
                    raise Refused(text, "conflict") from error
        return None

    return run  # type: ignore[return-value]


def _sqlstate(error: DatabaseError) -> str | None:
    return getattr(error.__cause__, "sqlstate", None)


def _by_model(rows: Iterable[Any]) -> list[list[Any]]:
    groups: dict[type, list[Any]] = {}
    for row in rows:
        groups.setdefault(type(row), []).append(row)
    return list(groups.values())


def with_labels(rows: Iterable[Any]) -> list[Record]:
    """The records among rows of one model, with the rows their labels name: one query each, however many there are."""
    records = [row for row in rows if isinstance(row, Record)]
    if records:
        relations = [field for field in records[0]._meta.concrete_fields if field.is_relation]
        prefetch_related_objects(records, *(field.name for field in relations))
        # A label may name what a row it names belongs to: an assignment its shift, the shift its type.
        deeper = [
            f"{field.name}__{further.name}"
            for field in relations
            for further in field.related_model._meta.concrete_fields  # type: ignore[union-attr]
            if further.is_relation
        ]
        prefetch_related_objects(records, *deeper)
    return records


class Gone(Collector):
    """Everything a deletion takes along, as rows rather than as bare DELETE statements, so that each gets its entry."""

    def can_fast_delete(self, objs, from_field=None) -> bool:
        return False

    def _has_signal_listeners(self, model) -> bool:
        """Pretend that somebody listens: then whole rows are read, not just the columns a deletion needs."""
        return True


class RecordService(Generic[M]):
    """Create, update and remove rows of one model. Every method takes `by`: who does it."""

    def __init__(self, model: type[M]):
        self.model = model

    @transactional
    def create(self, *, by, **values: Any) -> M:
        """Create a row from field values (to-many fields as lists of rows) and return it.

        Raises `ValidationError` when a rule refuses it and `PermissionDenied` when it lies out of reach of `by`.
        """
        if reach(by, self.model.permission("add")) == Reach.NO:
            require(by, self.model.permission("add"), [self.model()])
        row = self.model()
        self._write(row, values, by, "add", before={})
        return row

    @transactional
    def update(self, row: M, *, by, **values: Any) -> M:
        """Change the named fields of a row and return it as stored; the other fields keep what others made of them.

        Values that are there already change nothing, `updated_at` and the audit trail included.
        Raises as `create` does, and `Refused` (404) when the row has meanwhile been deleted.
        """
        stored = self.locked(row)
        require(by, self.model.permission("change"), [stored])
        for name in stored.fixed:
            if name in values and values[name] != getattr(stored, name):
                text = f"The {name} of this {self.model._meta.verbose_name} cannot be changed."
                raise Refused(text, "fixed", field=name)
        before = audit.snapshot(stored) | {
            name: audit.labels(getattr(stored, name).all()) for name in self._many(values)
        }
        self._write(stored, values, by, "change", before=before)
        return stored

    @transactional
    def remove(self, row: M, *, by) -> M:
        """Delete a row and return it as it was. Raises `Refused` (409) while others refer to it."""
        stored = self.locked(row)
        require(by, self.model.permission("delete"), [stored])
        gone = Gone(using=stored._state.db or DEFAULT_DB_ALIAS)
        try:
            gone.collect([stored])
        except (ProtectedError, RestrictedError) as error:
            rows: Any = getattr(error, "protected_objects", None) or getattr(error, "restricted_objects", ())
            names = sorted(str(row) for group in _by_model(rows) for row in with_labels(group))
            shown = ", ".join(names[:NAMED]) + (f" and {len(names) - NAMED} more" if len(names) > NAMED else "")
            raise Refused(f"“{stored}” is in use by: {shown}", "in_use") from None
        for model, rows in gone.data.items():
            if issubclass(model, Record):
                lost = with_labels(rows)
                entries = [(row, audit.difference(audit.snapshot(row), {})) for row in lost]
                audit.record(by, model.permission("delete"), entries)
        cleared: Any = gone.field_updates  # whose stubs speak of single rows; these are lists of rows
        for (field, value), groups in cleared.items():
            if issubclass(field.model, Record):
                left = with_labels(itertools.chain.from_iterable(groups))
                entries = [(row, {field.name: [audit.snapshot(row).get(field.name), value]}) for row in left]
                audit.record(by, field.model.permission("change"), entries)
        gone.delete()
        stored.pk = row.pk
        return stored

    def locked(self, row: M) -> M:
        """The row as stored now, locked until the transaction ends."""
        stored = self.model._base_manager.select_for_update(no_key=True, of=("self",)).filter(pk=row.pk).first()
        if stored is None:
            raise not_found(self.model, row.pk)
        return stored

    def _same_tenant(self, row: M, values: dict[str, Any]) -> None:
        """To a row of one tenant, another tenant's rows do not exist (404)."""
        own = row.get_tenant_id()
        for name, value in values.items():
            for related in value if isinstance(value, list | QuerySet) else [value]:
                if isinstance(related, Record) and related.get_tenant_id() not in (None, own):
                    raise not_found(type(related), related.pk, field=name)

    def _many(self, values: dict[str, Any]) -> list[str]:
        return [name for name in values if isinstance(self.model._meta.get_field(name), ManyToManyField)]

    def _write(self, row: M, values: dict[str, Any], by, verb: str, *, before: dict[str, Any]) -> None:
        many = self._many(values)
        for name, value in values.items():
            if name not in many:
                setattr(row, name, value)
        adding = row._state.adding
        self._same_tenant(row, values)
        row.full_clean()
        after = audit.snapshot(row) | {name: audit.labels(values[name]) for name in many}
        changes = audit.difference(before, after)
        if changes or adding:
            row.save()
            for name in many:
                getattr(row, name).set(values[name])
            audit.record(by, self.model.permission(verb), [(row, changes)])
        require(by, self.model.permission(verb), [row])
