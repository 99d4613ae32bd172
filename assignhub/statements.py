"""Statements written once and asked again and again: SQL with places for the values of each request.

Composing a query and turning it into SQL costs more than its answer. Whoever asks alike (the same address, the same
filters, the same ranks in as many tenants) gets the same statement; only the values in its places differ.

A statement is made of a query that holds a `Place` wherever a value depends on the request. For the person who asks
stands a `Reader`: it has nothing of theirs but keys that no row has, and whose places are found again in the SQL. A
statement with any other value that could be of the moment or of the person (a date, a key) is not kept.
"""

import contextlib
import functools
import inspect
import json
import re
import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS, connection, connections, models
from django.db.models.sql import Query
from django.utils import timezone
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
        form = "{} = ANY({})" if connection.vendor == "postgresql" else "{} IN (SELECT value FROM json_each({}))"
        return form.format(left, right), [*parameters, *more]


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
        self.sql, self.parameters, self.conversions = "", [], []
        try:
            self.sql, parameters = compiler.as_sql()
        except EmptyResultSet:  # nobody has such rows: nothing needs to be asked
            return
        self.parameters = [_placed(value) for value in parameters]
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
            given = [adapt(values[value.name]) if isinstance(value, Place) else value for value in self.parameters]
            cursor.execute(self.sql, given)

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


class Question:
    """A query written once, of places. Whole rows come with those that `select_related()` names, one step away."""

    def __init__(self, rows: models.QuerySet, *, prepared: bool = True):
        self.whole = rows._fields is None  # type: ignore[attr-defined]
        related: Any = rows.query.select_related if self.whole else None
        self.kinds = [("", rows.model), *((name, _related(rows.model, name)) for name in related or ())]
        self.columns = [[field.attname for field in model._meta.concrete_fields] for _, model in self.kinds]
        named = [
            f"{name}__{column}" if name else column
            for (name, _), columns in zip(self.kinds, self.columns, strict=True)
            for column in columns
        ]
        self.statement = Statement(rows.values_list(*named) if self.whole else rows, prepared=prepared)

    def answer(self, found: Sequence[Sequence[Any]]) -> Sequence[Any]:
        return [self._row(row) for row in found] if self.whole else found

    def _row(self, values: Sequence[Any]) -> models.Model:
        made, start = [], 0
        for (name, model), columns in zip(self.kinds, self.columns, strict=True):
            made.append((name, model.from_db(DEFAULT_DB_ALIAS, columns, values[start : start + len(columns)])))
            start += len(columns)
        (_, row), *related = made
        for name, other in related:
            setattr(row, name, other)
        return row


class Asked(NamedTuple):
    """A question and the values that go into its places."""

    question: Question
    values: Values


def together(*asked: Asked) -> list[Sequence[Any]]:
    """The answers to several questions, in their order; PostgreSQL is sent all of them at once.

    Each sees what had been committed when its turn came, that is after the locks the ones before it waited for.
    """
    wrapper: Any = connections[DEFAULT_DB_ALIAS]
    at_once, adapt = wrapper.vendor == "postgresql" and len(asked) > 1, ADAPT[wrapper.vendor]
    with contextlib.ExitStack() as stack:
        cursors = [stack.enter_context(question.statement.cursor(wrapper)) for question, _ in asked]
        with wrapper.pipeline() if at_once else contextlib.nullcontext():
            for (question, values), cursor in zip(asked, cursors, strict=True):
                question.statement.send(cursor, values, adapt)
        return [
            question.answer(question.statement.received(cursor))
            for (question, _), cursor in zip(asked, cursors, strict=True)
        ]


class written_once:
    """Make a function of values of one that composes a query: composed once, of places, and asked with values since.

    The query is a `values_list()`, or of whole rows (`Question`). It must look at its arguments only.
    """

    def __init__(self, query: Callable[..., models.QuerySet]):
        functools.update_wrapper(self, query)
        self.query = query
        self.names = list(inspect.signature(query).parameters)

    @functools.cached_property
    def question(self) -> Question:
        return Question(self.query(*map(Place, self.names)))

    def asked(self, *values: Any) -> Asked:
        """The question with its values, to be asked `together` with others."""
        return Asked(self.question, dict(zip(self.names, values, strict=True)))

    def __call__(self, *values: Any) -> Sequence[Any]:
        return together(self.asked(*values))[0]


class written_for_ranks:
    """As `written_once`, where the first argument is who asks: written once for all who stand alike."""

    def __init__(self, query: Callable[..., models.QuerySet]):
        functools.update_wrapper(self, query)
        self.query = query
        _, *self.names = inspect.signature(query).parameters
        self.question = functools.lru_cache(maxsize=1024)(self._question)

    def _question(self, is_superuser: bool, ranks: tuple[Rank, ...]) -> Question | None:
        made = Question(self.query(Reader(is_superuser, ranks), *map(Place, self.names)))
        return made if made.statement.lasting else None

    def asked(self, by: Any, *values: Any) -> Asked:
        """The question with its values, to be asked `together` with others."""
        standing = Standing.of(by)
        question = standing and self.question(standing.is_superuser, standing.ranks)
        if standing is None or question is None:
            return Asked(Question(self.query(by, *values), prepared=False), {})
        return Asked(question, {**standing.values, **dict(zip(self.names, values, strict=True))})

    def __call__(self, by: Any, *values: Any) -> Sequence[Any]:
        return together(self.asked(by, *values))[0]


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


def _related(model: Any, name: str) -> Any:
    return model._meta.get_field(name).related_model


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
    if isinstance(value, datetime):
        return connection.ops.adapt_datetimefield_value(value)
    return connection.ops.adapt_datefield_value(value) if isinstance(value, date) else value


KEYS = (int, UUID)
# How the drivers are given values.
ADAPT: dict[str, Callable[[Any], Any]] = {"postgresql": _for_postgresql, "sqlite": _for_sqlite}
