"""New rows in one short statement.

Django writes a statement anew for each insert and turns every value into SQL by itself. PostgreSQL reads JSON faster
than that: all rows go along as a single value, in a statement that is written once and planned once.
"""

import functools
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import orjson
from django.db import DEFAULT_DB_ALIAS, connection, models
from django.utils import timezone

from assignhub.instances import columns_of
from assignhub.models import Record

BATCH = 1000


def insert(rows: Sequence[Record], alike: tuple[str, ...] = ()) -> None:
    """Write new records of one model and give them their keys; their own `save()` and signals are not asked.

    `alike` names columns in which these rows do not differ: they are sent once. So are the moments of their writing.
    Raises what the database raises: `IntegrityError` where one of its constraints stands in the way of any of them.
    """
    if not rows:
        return
    model: Any = type(rows[0])
    if connection.vendor != "postgresql":
        model._base_manager.bulk_create(rows, batch_size=BATCH)
        return
    columns = _columns(model, alike)
    columns.prepare(rows)
    shared, *_ = columns.shared(rows[:1])
    keys = _written(model, shared, columns.own(rows))
    for row, (key,) in zip(rows, keys, strict=True):
        row.pk = key
        row._state.adding, row._state.db = False, DEFAULT_DB_ALIAS


def insert_values(model: Any, shared: Mapping[str, Any], rows: Sequence[Mapping[str, Any]]) -> None:
    """Write new rows given by their columns' values: those that all of them share, and the others of each.

    Together they name all columns but a numbered key. What JSON has no word for goes along as text. Raises as `insert`.
    """
    if not rows:
        return
    if connection.vendor != "postgresql":
        model._base_manager.bulk_create([model(**shared, **own) for own in rows], batch_size=BATCH)
        return
    _written(model, shared, rows)


def _written(model: Any, shared: Mapping[str, Any], rows: Sequence[Mapping[str, Any]]) -> Iterable[Any]:
    wrapper: Any = connection
    given = [orjson.dumps(value, default=str).decode() for value in (shared, rows)]
    with wrapper.prepared_cursor() as cursor:
        cursor.execute(_statement(model, tuple(shared), tuple(rows[0])), given)
        return cursor.fetchall()


@functools.cache
def _statement(model: Any, shared: tuple[str, ...], names: tuple[str, ...]) -> str:
    """The statement that inserts rows of a model and answers with their keys."""
    quote = connection.ops.quote_name
    fields = {field.column: field for field in model._meta.local_concrete_fields}

    def typed(columns: Iterable[str]) -> str:
        return ", ".join(f"{quote(column)} {_type(fields[column])}" for column in columns)

    columns = ", ".join(quote(column) for column in (*shared, *names))
    once = f"jsonb_to_record(%s::jsonb) AS shared_values({typed(shared)})"
    each = f"jsonb_to_recordset(%s::jsonb) AS own_values({typed(names)})"
    given = f"SELECT {columns} FROM {once}, {each}"  # noqa: S608 - names of ours
    return f"INSERT INTO {quote(model._meta.db_table)} ({columns}) {given} RETURNING {quote(model._meta.pk.column)}"


class _Columns:
    """The columns instances of a model are written to, and how their values for them are read at one stroke."""

    def __init__(self, model: Any, alike: tuple[str, ...]):
        numbered = model._meta.pk.get_internal_type().endswith("AutoField")
        fields = [field for field in model._meta.local_concrete_fields if not (numbered and field.primary_key)]
        self.stamped = [field.attname for field in fields if _is_stamp(field)]
        self.asked = [
            field
            for field in fields
            if type(field).pre_save is not models.Field.pre_save and not isinstance(field, models.DateTimeField)
        ]
        once = {*self.stamped, *alike}
        self.shared = _values([field for field in fields if field.attname in once])
        self.own = _values([field for field in fields if field.attname not in once])

    def prepare(self, rows: Iterable[Any]) -> None:
        """Do what fields do to their rows before these are saved; the rows of one insert share its moment."""
        stamps = dict.fromkeys(self.stamped, timezone.now())
        for row in rows:
            row.__dict__.update(stamps)
            for field in self.asked:
                setattr(row, field.attname, field.pre_save(row, True))


@functools.cache
def _columns(model: Any, alike: tuple[str, ...]) -> _Columns:
    return _Columns(model, alike)


def _values(fields: Sequence[models.Field]) -> Callable[[Sequence[Any]], list[dict[str, Any]]]:
    """What reads the values of some fields from each of some rows, by their columns."""
    names = [str(field.column) for field in fields]
    read = columns_of([field.attname for field in fields])
    return lambda rows: [dict(zip(names, read(row), strict=True)) for row in rows]


def _is_stamp(field: Any) -> bool:
    return isinstance(field, models.DateTimeField) and (field.auto_now or field.auto_now_add)


def _type(field: Any) -> str:
    return field.rel_db_type(connection) if field.primary_key else field.db_type(connection)
