"""Statements written once and asked again and again: SQL with places for the values of each request.

Composing a query and turning it into SQL costs more than its answer. Whoever asks alike (the same address, the same
filters, the same ranks in as many tenants) gets the same statement; only the values in its places differ.

A statement is made of a query that holds a `Place` wherever a value depends on the request. For the person who asks
stands a `Reader`: it has nothing of theirs but keys that no row has, and whose places are found again in the SQL. A
statement with any other value that could be of the moment or of the person (a date, a key) is not kept.
"""

import functools
import json
import re
import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS, connection, connections, models
from django.db.models.sql import Query
from django.utils import timezone
from django.utils.duration import duration_microseconds
from psycopg.types.numeric import Int8

from assignhub.permissions import Rank

Values = Mapping[str, Any]

BY = "by"
NOW = "now"
# People with roles in more tenants are few, and each number of tenants makes a statement of its own.
MOST_ROLES = 8
# SQLite is given keys and moments as texts.
KEY_OR_MOMENT = re.compile(r"[0-9a-f]{32}|[0-9]{4}-[0-9]{2}-[0-9]{2}.*")


class Place(models.Expression):
    """Where the value a request gives under `name` goes."""

    def __init__(self, name: str):
        super().__init__()
        self.name = name

    def as_sql(self, compiler, connection, **extra):
        return "%s", [self]


@models.ForeignObject.register_lookup
@models.Field.register_lookup
class Among(models.Lookup):
    """`key__among=Place("keys")`: as `__in`, of however many values, which go along as one."""

    lookup_name = "among"
    prepare_rhs = False

    def as_sql(self, compiler, connection):
        left, parameters = self.process_lhs(compiler, connection)
        right, more = self.process_rhs(compiler, connection)
        return f"{left} IN (SELECT value FROM json_each({right}))", [*parameters, *more]  # noqa: S608 - its own SQL

    def as_postgresql(self, compiler, connection):
        left, parameters = self.process_lhs(compiler, connection)
        right, more = self.process_rhs(compiler, connection)
        keys = f"{self.lhs.output_field.db_type(connection)}[]"
        # Behind a SELECT, the planner cannot count them: one plan is as good as another, and so it keeps the first.
        return f"{left} = ANY((SELECT {right}::{keys})::{keys})", [*parameters, *more]


class Written(models.Expression):
    """SQL that is part of another statement; `ending` comes after it, with places of its own."""

    def __init__(self, query: Query, form: str, *places: Place, output_field: models.Field | None = None):
        super().__init__(output_field=output_field)
        self.query, self.form, self.places = query, form, places

    def as_sql(self, compiler, connection, **extra):
        sql, parameters = self.query.get_compiler(connection=connection).as_sql()
        return self.form.format(sql), [*parameters, *self.places]


class Statement:
    """The SQL of a `values_list()` query, and how what comes back becomes its values.

    `prepared`: PostgreSQL may plan it once for all values. That pays where a look at the values changes no plan: with
    keys, not with spans of time.
    """

    def __init__(self, rows: models.QuerySet, *, prepared: bool = False):
        self.prepared = prepared
        compiler: Any = rows.query.get_compiler(connection=connection)
        self.sql, self.parameters, self.conversions, self.fields = "", [], [], []
        try:
            self.sql, parameters = compiler.as_sql()
        except EmptyResultSet:  # nobody has such rows: nothing needs to be asked
            return
        self.parameters = [_placed(value) for value in parameters]
        self.fields = [expression.output_field for expression, *_ in compiler.select]
        self.conversions = list(compiler.get_converters([column[0] for column in compiler.select]).items())

    @property
    def lasting(self) -> bool:
        """Whether nothing in the statement is of this moment or of this person."""
        return all(_lasts(value) for value in self.parameters)

    def rows(self, values: Values) -> Sequence[Sequence[Any]]:
        """What the database answers with `values` in their places."""
        wrapper = connections[DEFAULT_DB_ALIAS]
        with self.cursor(wrapper) as cursor:
            self.send(cursor, values, ADAPT[wrapper.vendor])
            return self.received(cursor)

    def send(self, cursor: Any, values: Values, adapt: Callable[[Any], Any]) -> None:
        if self.sql:
            cursor.execute(self.sql, self.given(values, adapt))

    def given(self, values: Values, adapt: Callable[[Any], Any]) -> list[Any]:
        """The statement's parameters, with `values` in their places."""
        return [adapt(values[value.name]) if isinstance(value, Place) else value for value in self.parameters]

    def received(self, cursor: Any) -> Sequence[Sequence[Any]]:
        found = cursor.fetchall() if self.sql else []
        return self._converted(found) if self.conversions else found

    def cursor(self, wrapper: Any) -> Any:
        return wrapper.prepared_cursor() if self.prepared and wrapper.vendor == "postgresql" else wrapper.cursor()

    def _converted(self, found: Iterable[Sequence[Any]]) -> list[list[Any]]:
        converted = [list(row) for row in found]
        for place, (converters, expression) in self.conversions:
            for row in converted:
                value = row[place]
                for convert in converters:
                    value = convert(value, expression, connection)
                row[place] = value
        return converted


class Reader:
    """Somebody who asks, as far as a kept statement may know them: by their ranks."""

    is_active = is_authenticated = True

    def __init__(self, is_superuser: bool, ranks: Sequence[Rank]):
        self.is_superuser = is_superuser
        self.pk = self.id = _marker(BY)
        self.roles = {_marker(_tenant(number)): rank for number, rank in enumerate(ranks)}


def present(user) -> datetime | Place:
    """This moment, as `user` asks; in a kept statement, the place of it."""
    return Place(NOW) if isinstance(user, Reader) else timezone.now()


class Standing(NamedTuple):
    """What decides which statement somebody gets, and the values that make it theirs."""

    is_superuser: bool
    ranks: tuple[Rank, ...]
    values: dict[str, Any]

    @classmethod
    def of(cls, user) -> "Standing | None":
        """None for those who get no kept statement."""
        if not user.is_active or len(user.roles) > MOST_ROLES:
            return None
        held = sorted(user.roles.items(), key=lambda role: role[1])
        values = {_tenant(number): tenant for number, (tenant, _) in enumerate(held)}
        return cls(user.is_superuser, tuple(rank for _, rank in held), {BY: user.pk, NOW: timezone.now(), **values})

    @property
    def reader(self) -> Reader:
        return Reader(self.is_superuser, self.ranks)


@functools.cache
def _tenant(number: int) -> str:
    return f"tenant {number}"


@functools.cache
def _marker(name: str) -> UUID:
    return uuid.uuid4()


@functools.cache
def _places() -> dict[Any, Place]:
    """The place each marker stands for, under the forms in which databases are given keys."""
    names = [BY, *(_tenant(number) for number in range(MOST_ROLES))]
    return {form: Place(name) for name in names for form in (_marker(name), _marker(name).hex)}


def _placed(value: Any) -> Any:
    return _places().get(value, value) if isinstance(value, UUID | str) else value


def _lasts(value: Any) -> bool:
    if isinstance(value, Place | bool | int | float | None):
        return True
    return type(value) is str and not KEY_OR_MOMENT.fullmatch(value)


def _for_postgresql(value: Any) -> Any:
    """Whole numbers in one size, as there would be a statement prepared for each; lists of keys as one text."""
    if type(value) is int:
        return Int8(value)
    if type(value) is list and all(type(each) in KEYS for each in value):
        return f"{{{','.join(map(str, value))}}}"
    return value


def _for_sqlite(value: Any) -> Any:
    if isinstance(value, list):
        return json.dumps([_for_sqlite(each) for each in value])
    if isinstance(value, UUID):
        return value.hex
    if isinstance(value, timedelta):
        return duration_microseconds(value)
    if isinstance(value, datetime):
        return connection.ops.adapt_datetimefield_value(value)
    return connection.ops.adapt_datefield_value(value) if isinstance(value, date) else value


KEYS = (int, UUID)
# How the drivers are given values.
ADAPT: dict[str, Callable[[Any], Any]] = {"postgresql": _for_postgresql, "sqlite": _for_sqlite}
