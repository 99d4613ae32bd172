"""New rows in one short statement.

Django writes a statement anew for each insert and turns every value into SQL by itself. PostgreSQL reads JSON faster
than that: all rows go along as a single value, in a statement that is written once and planned once.
"""

import functools
import operator
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import orjson
from django.db import DEFAULT_DB_ALIAS, connection, models


def insert(rows: Sequence[models.Model]) -> None:
    """Write new rows of one model and give them their keys; their own `save()` and signals are not asked.

    Raises what the database raises: `IntegrityError` where one of its constraints stands in the way of any of them.
    """
    if not rows:
        return
    model: Any = type(rows[0])
    if connection.vendor != "postgresql":
        model._base_manager.bulk_create(rows, batch_size=1000)
        return
    wrapper: Any = connection
    statement, columns, values = _statement(model, model._meta.pk.get_internal_type().endswith("AutoField"))
    given = orjson.dumps([dict(zip(columns, values(row), strict=True)) for row in rows], default=str).decode()
    with wrapper.prepared_cursor() as cursor:
        cursor.execute(statement, [given])
        keys: Iterable[Any] = cursor.fetchall()
    for row, (key,) in zip(rows, keys, strict=True):
        row.pk = key
        row._state.adding, row._state.db = False, DEFAULT_DB_ALIAS


@functools.cache
def _statement(model: Any, numbered: bool) -> tuple[str, list[str], Callable[[Any], Iterable[Any]]]:
    """The statement that inserts rows of a model, its columns, and what gives a row's values for them."""
    fields = [field for field in model._meta.local_concrete_fields if not (numbered and field.primary_key)]
    # What has nothing to say before it is saved is read all at once.
    fields.sort(key=lambda field: type(field).pre_save is models.Field.pre_save)
    asked = [field for field in fields if type(field).pre_save is not models.Field.pre_save]
    read = operator.attrgetter(*(field.attname for field in fields[len(asked) :]))
    quote = connection.ops.quote_name
    columns = ", ".join(quote(field.column) for field in fields)
    types = ", ".join(f"{quote(field.column)} {_type(field)}" for field in fields)
    table, key = quote(model._meta.db_table), quote(model._meta.pk.column)
    given = f"SELECT {columns} FROM json_to_recordset(%s::json) AS given({types})"  # noqa: S608 - names of ours
    sql = f"INSERT INTO {table} ({columns}) {given} RETURNING {key}"

    def values(row: Any) -> Iterable[Any]:
        return (*(field.pre_save(row, True) for field in asked), *read(row))

    return sql, [field.column for field in fields], values


def _type(field: Any) -> str:
    return field.rel_db_type(connection) if field.primary_key else field.db_type(connection)
