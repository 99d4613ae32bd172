"""Questions of services: queries written once, and asked of the database as few times as can be.

A service asks for much at a time: who, which shift, what they hold, where else they are. Each of these is a query of
its own; asked `together`, PostgreSQL answers all of them in one statement, as JSON, which takes less than to send,
plan, run and read each by itself.
"""

import contextlib
import functools
import inspect
import itertools
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, time
from typing import Any, NamedTuple
from uuid import UUID

import orjson
from django.db import DEFAULT_DB_ALIAS, connections, models

from assignhub.permissions import Rank
from assignhub.statements import ADAPT, Place, Reader, Standing, Statement, Values

Rows = Sequence[Sequence[Any]]

# What a column's text in JSON stands for; values repeat, and so do their texts.
FROM_JSON: dict[str, Callable[[str], Any]] = {
    "DateField": functools.lru_cache(maxsize=4096)(date.fromisoformat),
    "DateTimeField": functools.lru_cache(maxsize=4096)(datetime.fromisoformat),
    "TimeField": functools.lru_cache(maxsize=4096)(time.fromisoformat),
    "UUIDField": functools.lru_cache(maxsize=4096)(UUID),
}
AS_IN_JSON = {
    "BigAutoField",
    "BigIntegerField",
    "BooleanField",
    "CharField",
    "IntegerField",
    "PositiveIntegerField",
    "PositiveSmallIntegerField",
    "SmallIntegerField",
    "TextField",
}


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
        locks = rows.query.select_for_update
        known = all(kind_of(field) in FROM_JSON or kind_of(field) in AS_IN_JSON for field in self.statement.fields)
        # Whether its answer may come as JSON, with those to other questions.
        self.has_json = prepared and known and not locks and bool(self.statement.sql and not self.statement.conversions)

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

    What locks rows is a statement of its own, and what comes after sees what had been committed by then. Questions
    between two such are one statement, and see the same.
    """
    wrapper: Any = connections[DEFAULT_DB_ALIAS]
    adapt, postgresql = ADAPT[wrapper.vendor], wrapper.vendor == "postgresql"
    steps = [*_steps(asked)] if postgresql else [_Step([one]) for one in asked]
    with contextlib.ExitStack() as stack:
        cursors = [stack.enter_context(step.statement.cursor(wrapper)) for step in steps]
        with wrapper.pipeline() if postgresql and len(steps) > 1 else contextlib.nullcontext():
            for step, cursor in zip(steps, cursors, strict=True):
                step.statement.send(cursor, step.values, adapt)
        return [answer for step, cursor in zip(steps, cursors, strict=True) for answer in step.answers(cursor)]


def _steps(asked: Sequence[Asked]) -> "Iterator[_Step]":
    for as_json, some in itertools.groupby(asked, key=lambda one: one.question.has_json):
        found = [*some]
        if as_json and len(found) > 1:
            yield _Step(found)
        else:
            yield from (_Step([one]) for one in found)


class _Step:
    """Questions that are asked in one statement."""

    def __init__(self, asked: Sequence[Asked]):
        self.questions = tuple(one.question for one in asked)
        self.values: Any = asked[0].values if len(asked) == 1 else [one.values for one in asked]
        self.statement = asked[0].question.statement if len(asked) == 1 else _as_one(self.questions)

    def answers(self, cursor: Any) -> list[Sequence[Any]]:
        received = self.statement.received(cursor)
        found = [received] if len(self.questions) == 1 else received
        return [question.answer(rows) for question, rows in zip(self.questions, found, strict=True)]


class AsOne:
    """Several questions as one statement, which answers with a text for each: its rows in JSON."""

    def __init__(self, questions: Sequence[Question]):
        self.statements = [question.statement for question in questions]
        self.loads = [_loader(statement.fields) for statement in self.statements]
        self.sql = f"SELECT {', '.join(map(_json_of, self.statements))}"

    def cursor(self, wrapper: Any) -> Any:
        return wrapper.prepared_cursor()

    def send(self, cursor: Any, values: Sequence[Values], adapt: Callable[[Any], Any]) -> None:
        given = [statement.given(own, adapt) for statement, own in zip(self.statements, values, strict=True)]
        cursor.execute(self.sql, [*itertools.chain.from_iterable(given)])

    def received(self, cursor: Any) -> list[Rows]:
        (texts,) = cursor.fetchall()
        return [load(text) for load, text in zip(self.loads, texts, strict=True)]


@functools.lru_cache(maxsize=256)
def _as_one(questions: tuple[Question, ...]) -> AsOne:
    return AsOne(questions)


def _json_of(statement: Statement) -> str:
    columns = ", ".join(f"column_{number}" for number, _ in enumerate(statement.fields))
    rows = f"({statement.sql}) AS found ({columns})"
    return f"(SELECT json_agg(json_build_array({columns}))::text FROM {rows})"  # noqa: S608 - a statement of ours


def _loader(fields: Sequence[models.Field]) -> Callable[[str | None], Rows]:
    """What makes the rows of a question of their JSON, which is none where there are none."""
    conversions = [(place, FROM_JSON[kind]) for place, kind in enumerate(map(kind_of, fields)) if kind in FROM_JSON]

    def load(text: str | None) -> Rows:
        rows: list[list[Any]] = orjson.loads(text) if text else []
        for place, convert in conversions:
            for row in rows:
                value = row[place]
                if value is not None:
                    row[place] = convert(value)
        return rows

    return load


def kind_of(field: Any) -> str:
    """The kind of field whose values a column holds: a foreign key's are those of what it leads to."""
    return kind_of(field.target_field) if field.is_relation else field.get_internal_type()


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


def _related(model: Any, name: str) -> Any:
    return model._meta.get_field(name).related_model
