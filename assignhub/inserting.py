"""New rows in one short statement.

Django writes a statement anew for each insert and turns every value into SQL by itself. PostgreSQL reads JSON faster
than that: all rows go along as a single value, in a statement that is written once and planned once.
"""

import functools
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import orjson
from django.db import DEFAULT_DB_ALIAS, connection, models
from django.utils import timezone

from assignhub.instances import columns_of
from assignhub.models import AuditEntry, Record

BATCH = 1000
LABEL = "object_label"
LONGEST_LABEL = 200
# Many rows, each an array.
EACH = "jsonb_array_elements(%s::jsonb) AS each_row"


def insert_recorded(
    rows: Sequence[Record], entry: Mapping[str, Any], changed: Mapping[str, str], alike: tuple[str, ...]
) -> None:
    """Write new records of one model with an entry of the audit trail about each, and give them their keys.

    `alike` names columns in which these rows do not differ: they are sent once, as the moment of their writing is.
    `entry` has what the entries have in common, by columns of the trail; to its `changes` come, for each row, those of
    its own columns that `changed` names, by fields. For PostgreSQL only. The rows' own `save()` and signals are not
    asked. Raises what the database raises: `IntegrityError` where a constraint stands in the way of any of the rows.
    """
    model: Any = type(rows[0])
    columns = _columns(model, alike)
    columns.stamp(rows)
    shared = dict(zip(columns.shared, columns.read_shared(rows[0]), strict=True))
    own = [(*columns.read_own(row), str(row)[:LONGEST_LABEL]) for row in rows]
    statement = _recorded(model, columns.shared, columns.own, tuple(entry), tuple(changed.items()))
    name = model._meta.pk.attname
    for row, (key,) in zip(rows, _answer(statement, own, shared, entry), strict=True):
        setattr(row, name, key)
        row._state.adding, row._state.db = False, DEFAULT_DB_ALIAS


def insert_values(model: Any, shared: Mapping[str, Any], rows: Sequence[Mapping[str, Any]]) -> None:
    """Write new rows given by their columns' values: those that all of them share, and the others of each.

    Together they name all columns but a numbered key. What JSON has no word for goes along as text. Raises as
    `insert_recorded` does.
    """
    if not rows:
        return
    if connection.vendor != "postgresql":
        model._base_manager.bulk_create([model(**shared, **own) for own in rows], batch_size=BATCH)
        return
    own = tuple(rows[0])
    _answer(_inserted(model, tuple(shared), own), [[row[column] for column in own] for row in rows], shared)


def _answer(statement: str, *values: Any) -> list[tuple[Any, ...]]:
    wrapper: Any = connection
    with wrapper.prepared_cursor() as cursor:
        cursor.execute(statement, [orjson.dumps(value, default=str).decode() for value in values])
        return cursor.fetchall()


@functools.cache
def _inserted(model: Any, shared: tuple[str, ...], own: tuple[str, ...]) -> str:
    """The statement that inserts rows of a model, given as JSON: those of each, and what they share."""
    table, key = _quoted(model._meta.db_table), _quoted(model._meta.pk.column)
    return f"""
        INSERT INTO {table} ({", ".join(map(_quoted, (*own, *shared)))})
        SELECT {", ".join([*_each(model, own), *_of("shared_values", shared)])}
        FROM {EACH}, {_once("shared_values", model, shared)}
        RETURNING {key}
    """  # noqa: S608 - names of ours


@functools.cache
def _recorded(
    model: Any,
    shared: tuple[str, ...],
    own: tuple[str, ...],
    entry: tuple[str, ...],
    changed: tuple[tuple[str, str], ...],
) -> str:
    """The statement that inserts rows of a model and an entry about each, and answers with the keys of the rows."""
    table, trail = _quoted(model._meta.db_table), _quoted(AuditEntry._meta.db_table)
    key = model._meta.pk.column
    values = ", ".join(["given.drawn_key", *_of("given", own), *_of("shared_values", shared)])
    told = [column for column in entry if column != "changes"]
    pairs = ", ".join(f"'{name}', jsonb_build_array(NULL, given.{_quoted(column)})" for name, column in changed)
    label = f"each_row.value ->> {len(own)} AS {LABEL}"
    # The keys are drawn first, so that rows and entries can both be made of what was given.
    return f"""
        WITH given AS MATERIALIZED (
            SELECT nextval((SELECT pg_get_serial_sequence('{table}', '{key}')::regclass)) AS drawn_key,
                {", ".join([*_each(model, own), label])}
            FROM {EACH}
        ), made AS (
            INSERT INTO {table} ({", ".join(map(_quoted, (key, *own, *shared)))})
            SELECT {values} FROM given, {_once("shared_values", model, shared)}
        ), told AS (
            INSERT INTO {trail} ({", ".join(map(_quoted, (*told, "object_id", LABEL, "changes")))})
            SELECT {", ".join(_of("entry", told))}, given.drawn_key::text, given.{LABEL},
                entry.changes || jsonb_build_object({pairs})
            FROM given, {_once("entry", AuditEntry, entry)}
        )
        SELECT drawn_key FROM given
    """  # noqa: S608 - names of ours


def _quoted(name: str) -> str:
    return connection.ops.quote_name(name)


def _of(source: str, columns: Iterable[str]) -> list[str]:
    return [f"{source}.{_quoted(column)}" for column in columns]


def _each(model: Any, columns: Sequence[str]) -> list[str]:
    """The values of one of many rows, which is an array: looking for them by name would cost more."""
    kinds = zip(columns, _types(model, columns), strict=True)
    return [f"{_value(place, kind)} AS {_quoted(column)}" for place, (column, kind) in enumerate(kinds)]


def _value(place: int, kind: str) -> str:
    if kind == "jsonb":
        return f"NULLIF(each_row.value -> {place}, 'null')"
    # Without its length: a cast to that would cut what is too long, which the column itself refuses.
    return f"(each_row.value ->> {place})::{kind.partition('(')[0]}"


def _once(name: str, model: Any, columns: Sequence[str]) -> str:
    """What rows share, as a table of one row."""
    typed = [f"{_quoted(column)} {kind}" for column, kind in zip(columns, _types(model, columns), strict=True)]
    return f"jsonb_to_record(%s::jsonb) AS {name}({', '.join(typed)})"


def _types(model: Any, columns: Iterable[str]) -> list[str]:
    fields = {field.column: field for field in model._meta.local_concrete_fields}
    return [_type(fields[column]) for column in columns]


class _Columns:
    """The columns instances of a model are written to, and how their values for them are read at one stroke."""

    def __init__(self, model: Any, alike: tuple[str, ...]):
        fields = [field for field in model._meta.local_concrete_fields if not field.primary_key]
        self.stamped = [field.attname for field in fields if _is_stamp(field)]
        once = {*self.stamped, *alike}
        shared = [field for field in fields if field.attname in once]
        own = [field for field in fields if field.attname not in once]
        self.shared, self.own = (tuple(str(field.column) for field in some) for some in (shared, own))
        self.read_shared, self.read_own = (columns_of([field.attname for field in some]) for some in (shared, own))

    def stamp(self, rows: Iterable[Any]) -> None:
        """Give rows the moment of their writing, which the rows of one insert share."""
        stamps = dict.fromkeys(self.stamped, timezone.now())
        for row in rows:
            row.__dict__.update(stamps)


@functools.cache
def _columns(model: Any, alike: tuple[str, ...]) -> _Columns:
    return _Columns(model, alike)


def _is_stamp(field: Any) -> bool:
    return isinstance(field, models.DateTimeField) and (field.auto_now or field.auto_now_add)


def _type(field: Any) -> str:
    return field.rel_db_type(connection) if field.primary_key else field.db_type(connection)
