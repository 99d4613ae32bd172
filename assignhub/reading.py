"""The read path: a serializer class, compiled once, becomes the columns to ask for and what to make of a row.

Building model instances and walking serializer fields is most of what a list costs. A `Plan` does neither: it reads
the declared fields of a shape once, asks for `values_list()` of their columns, through foreign keys in the same
statement and through to-many relations in one more each, and fills dictionaries from the tuples. What it answers is
what the serializer would answer, byte for byte (`assignhub/tests/test_reading.py` holds every shape to that).

A field is read from a column, from a `Derived` of the model, or from a relation. A field class of its own may turn
the column's value into something else by `to_representation`. Anything else (methods, plain properties) cannot be
compiled: `Uncompilable` says so when the project starts (`assignhub/checks.py`).
"""

import functools
import inspect
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any, cast

from django.core.exceptions import FieldDoesNotExist, ImproperlyConfigured
from django.db import models
from rest_framework import ISO_8601, relations, serializers

from assignhub.fields import Derived
from assignhub.instances import Known, all_of, paths_of
from assignhub.statements import Place, Statement, Values, Written

# The places of a page in its statement.
SKIP, TAKE = "rows to skip", "rows to take"
# The place of the keys whose related rows are read.
OWNERS = "keys of owners"

Row = Sequence[Any]
Relation = models.ForeignObject | models.ForeignObjectRel


class Found:
    """What is known while some rows are shaped: what to-many relations brought, and embedded rows by shape and key.

    Many rows embed the same one: a shift is made of its columns once, however many assignments it has.
    """

    def __init__(self, groups: "list[Group]"):
        self.groups = groups
        self.embedded: defaultdict[Make, dict[Any, Any]] = defaultdict(dict)


@dataclass(frozen=True)
class Group:
    """What a to-many relation brought: its rows by the key of their owner, and what their own relations brought."""

    rows: dict[Any, list[Row]]
    found: Found


Make = Callable[[Row, Found], Any]

# Fields whose values go into JSON as these columns hold them; others ask the field's own `to_representation`.
AS_STORED: dict[Any, tuple[type[models.Field], ...]] = {
    serializers.BooleanField.to_representation: (models.BooleanField,),
    serializers.CharField.to_representation: (models.CharField, models.TextField),
    serializers.ChoiceField.to_representation: (models.CharField, models.IntegerField),
    serializers.DateField.to_representation: (models.DateField,),
    serializers.DateTimeField.to_representation: (models.DateTimeField,),
    serializers.FloatField.to_representation: (models.FloatField,),
    serializers.IntegerField.to_representation: (models.IntegerField,),
    serializers.JSONField.to_representation: (models.JSONField,),
    serializers.TimeField.to_representation: (models.TimeField,),
    serializers.UUIDField.to_representation: (models.UUIDField,),
}
# Immutable, and few of them in a list: worth keeping what they look like.
REPEATED = (models.DateField, models.TimeField)


class Uncompilable(ImproperlyConfigured):
    """A shape that cannot be read by columns; the text says which field, why, and what would be right."""


class Plan:
    """Which columns of a model to read, and what to make of a row of them."""

    make: Make

    def __init__(self, model: type[models.Model]):
        self.model = model
        self.columns: dict[str, int] = {}
        self.collections: dict[str, Collection] = {}

    def read(self, rows: models.QuerySet) -> list[Any]:
        """The shapes of the rows of a query, in its order: one query, and one more for each to-many relation.

        The keys of the rows are found first, and only then are they joined with what their shape shows.
        """
        page = self._rows.filter(pk__in=rows.values("pk")).order_by(*rows.query.order_by)
        return self.shaped(list(page))

    def page(self, rows: models.QuerySet, *, prepared: bool = False) -> "Page":
        """The statement that reads some rows of a query, in its order, and counts them all."""
        return Page(self, rows, prepared=prepared)

    def one(self, rows: models.QuerySet, *, prepared: bool = False) -> Statement:
        """The statement that reads the rows of a query that has few."""
        return Statement(rows.order_by().values_list(*self.columns), prepared=prepared)

    def of(self, instances: Sequence[models.Model]) -> list[Any]:
        """The shapes of rows in memory, as a service has written them."""
        known: Known = {}
        return self.shaped([self._held(instance, known) for instance in instances])

    def shaped(self, rows: Sequence[Row]) -> list[Any]:
        """The shapes of rows that hold the values of `columns`."""
        found, make = self.related(rows), self.make
        return [make(row, found) for row in rows]

    def related(self, rows: Sequence[Row]) -> Found:
        return Found([collection.read(rows) for collection in self.collections.values()] if rows else [])

    @functools.cached_property
    def _rows(self) -> models.QuerySet:
        return self.model._base_manager.order_by().values_list(*self.columns)

    @functools.cached_property
    def _held(self) -> Callable[[models.Model, Known], Row]:
        """What reads the values of `columns` that a row in memory holds."""
        return paths_of([*self.columns])

    # --- Compiling ----------------------------------------------------------------------------------------------------

    def column(self, path: str) -> int:
        """The place in each row of the column at a look-up path."""
        return self.columns.setdefault(path, len(self.columns))

    def collection(self, model: type[models.Model], prefix: str, relation: Any) -> "tuple[int, int, Plan]":
        """Where a to-many relation stands: its position among them, the place of its owner's key, its rows' plan."""
        path, back = prefix + relation.name, relation.remote_field.name
        if path not in self.collections:
            place, plan = self.column(prefix + model._meta.pk.attname), Plan(relation.related_model)
            self.collections[path] = Collection(place, plan, back, plan.column(back))
        found = self.collections[path]
        return list(self.collections).index(path), found.key, found.plan

    def record(self, shape: serializers.Serializer, model: type[models.Model], prefix: str) -> Make:
        """What makes a dictionary of a row; `prefix` is the look-up path from the plan's model to the shape's."""
        if type(shape).to_representation is not serializers.Serializer.to_representation:
            raise Uncompilable(f"{type(shape).__name__} has a to_representation of its own; declare fields instead.")
        names, places, makes = [], [], []
        for field in shape._readable_fields:
            place, make = self._field(field, model, prefix)
            names.append(str(field.field_name))
            places.append(place)
            if make is not None:
                makes.append((names[-1], make))
        pick = all_of(itemgetter, places)

        def record(row: Row, found: Found) -> dict[str, Any]:
            values = dict(zip(names, pick(row), strict=True))
            for name, make in makes:
                values[name] = make(row, found)
            return values

        return record

    def _field(self, field: Any, model: type[models.Model], prefix: str) -> tuple[int, Make | None]:
        """The place of the column a field is read from, and what makes its value; None where that is the column's."""
        if field.source == "*" and isinstance(field, serializers.Serializer):
            return self.column(prefix + model._meta.pk.attname), self.record(field, model, prefix)
        if field.source == "*" or isinstance(field, serializers.SerializerMethodField | serializers.HiddenField):
            raise _uncompilable(field, model, "is worked out from the whole row")
        *steps, last = field.source_attrs
        may_be_missing = False
        for step in steps:
            relation = _relation(model, step)
            if relation is None or not (relation.many_to_one or relation.one_to_one):
                raise _uncompilable(field, model, f"leads through {step}, which is no relation to one row")
            may_be_missing |= relation.null
            model, prefix = cast(Any, relation.related_model), f"{prefix}{relation.name}__"
        if may_be_missing and not field.allow_null:
            raise _uncompilable(field, model, "leads through a relation that may be empty: say allow_null=True")
        relation = _relation(model, last)
        listed = isinstance(field, serializers.ListField) and relation is not None  # its keys
        if listed or isinstance(field, serializers.ListSerializer | relations.ManyRelatedField):
            return self._many(field, model, prefix, last)
        if isinstance(field, serializers.Serializer) and relation is not None:
            return self._one(field, model, prefix, relation)
        return self._value(field, model, prefix, last)

    def _value(self, field: Any, model: type[models.Model], prefix: str, name: str) -> tuple[int, Make | None]:
        declared = inspect.getattr_static(model, name, None)
        if isinstance(declared, Derived):
            return self._derived(field, declared, model, prefix)
        try:
            column: Any = model._meta.pk if name == "pk" else model._meta.get_field(name)
        except FieldDoesNotExist:
            raise _uncompilable(field, model, f"is read from {name}, which is no column") from None
        if not column.concrete:
            raise _uncompilable(field, model, f"is read from {name}, which is no column")
        place = self.column(prefix + column.attname)
        if column.is_relation:
            if isinstance(field, relations.PrimaryKeyRelatedField) and field.pk_field is None:
                return place, None
            if isinstance(field, relations.RelatedField):
                raise _uncompilable(field, model, "is a relation that is not shown by its key or a nested shape")
            if name != column.attname:
                raise _uncompilable(field, model, f"is read from a row, not from its key: {column.attname}")
            column = column.target_field
        return place, None if _as_stored(field, column) else _represented(field, column, place)

    def _derived(self, field: Any, declared: Derived, model: type[models.Model], prefix: str) -> tuple[int, Make]:
        derive, represent = self._work_out(declared, model, prefix), field.to_representation
        plain = type(field).to_representation in AS_STORED

        def make(row: Row, found: Found) -> Any:
            value = derive(row, found)
            return value if value is None else represent(value)

        return self.column(prefix + model._meta.pk.attname), derive if plain else make

    def _work_out(self, declared: Derived, model: type[models.Model], prefix: str) -> Make:
        """What works out a `Derived` from its columns."""
        function = declared.function
        if not any(_leads_to_many(_relation(model, path.partition("__")[0])) for path in declared.columns):
            pick = all_of(itemgetter, [self.column(prefix + path) for path in declared.columns])
            return lambda row, found: function(*pick(row))
        values = [self._values(path, model, prefix) for path in declared.columns]
        return lambda row, found: function(*[get(row, found) for get in values])

    def _values(self, path: str, model: type[models.Model], prefix: str) -> Make:
        """The value of a column a `Derived` names, or the list of them along a to-many relation."""
        step, _, rest = path.partition("__")
        relation = _relation(model, step)
        if not _leads_to_many(relation):
            place = self.column(prefix + path)
            return lambda row, found: row[place]
        position, key, plan = self.collection(model, prefix, relation)
        column = plan.column(rest)
        return lambda row, found: [related[column] for related in found.groups[position].rows.get(row[key], ())]

    def _one(self, field: Any, model: type[models.Model], prefix: str, relation: Relation) -> tuple[int, Make]:
        """An embedded row: null where the relation is."""
        if not (relation.many_to_one or relation.one_to_one):
            raise _uncompilable(field, model, f"shows many rows of {relation.name}: say many=True")
        related: Any = relation.related_model
        inner = f"{prefix}{relation.name}__"
        key = prefix + relation.attname if relation.concrete else inner + related._meta.pk.attname
        place, record = self.column(key), self.record(field, related, inner)

        def one(row: Row, found: Found) -> Any:
            key, made = row[place], found.embedded[record]
            if key not in made:
                made[key] = None if key is None else record(row, found)
            return made[key]

        return place, one

    def _many(self, field: Any, model: type[models.Model], prefix: str, name: str) -> tuple[int, Make]:
        """The rows of a to-many relation, as shapes or keys, in the order of the related model."""
        relation: Any = _relation(model, name)
        if not _leads_to_many(relation):
            raise _uncompilable(field, model, f"is read from {name}, which is no relation to many rows")
        position, key, plan = self.collection(model, prefix, relation)
        child = getattr(field, "child", None)
        if isinstance(child, serializers.Serializer):
            make = plan.record(child, plan.model, "")
        elif isinstance(
            getattr(field, "child_relation", field), relations.PrimaryKeyRelatedField | serializers.ListField
        ):
            column = plan.column(plan.model._meta.pk.attname)
            make = lambda row, found: row[column]  # noqa: E731
        else:
            raise _uncompilable(field, model, "shows rows neither by their keys nor by a shape")

        def many(row: Row, found: Found) -> list[Any]:
            group = found.groups[position]
            return [make(related, group.found) for related in group.rows.get(row[key], ())]

        return key, many


class Page:
    """Some rows of a query, `SKIP` of them passed over and `TAKE` taken, and how many there are in all.

    The keys of a page are found first, and only then are they joined with what its shape shows. The total comes along.
    """

    def __init__(self, plan: Plan, rows: models.QuerySet, *, prepared: bool):
        keys, unordered = rows.values("pk").query, rows.order_by().values("pk").query
        some = Written(keys, "({} LIMIT %s OFFSET %s)", Place(TAKE), Place(SKIP))
        total = Written(unordered, "(SELECT COUNT(*) FROM ({}) AS found)", output_field=models.BigIntegerField())
        page = plan.model._base_manager.filter(pk__in=some).order_by(*rows.query.order_by)
        self.plan = plan
        self.statement = Statement(page.values_list(*plan.columns, total), prepared=prepared)
        self.total = Statement(plan.model._base_manager.order_by().values_list(total)[:1])

    @property
    def lasting(self) -> bool:
        return self.statement.lasting

    def read(self, values: Values) -> tuple[list[Any], int]:
        """The shapes of the page and the total; a second query counts where the page lies beyond the last row."""
        found = self.statement.rows(values)
        if found:
            return self.plan.shaped(found), found[0][-1]
        counted = self.total.rows(values) if values[SKIP] else ()
        return [], counted[0][0] if counted else 0


@dataclass(frozen=True)
class Collection:
    """A to-many relation: the place of its owner's key in the owner's rows, and how its own rows are read.

    `back` is the look-up path from a related row to its owner, `owner` the place of that column in its rows.
    """

    key: int
    plan: Plan
    back: str
    owner: int

    @functools.cached_property
    def _statement(self) -> Statement:
        """Written once; the keys go along as one value, however many they are."""
        related = self.plan.model._default_manager.filter(**{f"{self.back}__pk__among": Place(OWNERS)})
        return Statement(related.values_list(*self.plan.columns), prepared=True)

    def read(self, rows: Sequence[Row]) -> Group:
        """All that belongs to `rows`, in one query and one more for each to-many relation further on."""
        keys = {row[self.key] for row in rows} - {None}
        fetched = self._statement.rows({OWNERS: list(keys)}) if keys else []
        grouped: dict[Any, list[Row]] = {}
        for row in fetched:
            grouped.setdefault(row[self.owner], []).append(row)
        return Group(grouped, self.plan.related(fetched))


@functools.cache
def plan(shape: type[serializers.Serializer], model: type[models.Model]) -> Plan:
    """The plan by which rows of `model` become `shape`; compiled once. Raises `Uncompilable`."""
    made = Plan(model)
    made.make = made.record(shape(), model, "")
    return made


def _relation(model: type[models.Model], name: str) -> Any:
    """The relation an attribute of the model's rows leads along, or None."""
    for relation in model._meta.related_objects:
        if relation.get_accessor_name() == name:
            return relation
    try:
        field = model._meta.get_field(name)
    except FieldDoesNotExist:
        return None
    return field if field.is_relation and name == field.name else None


def _leads_to_many(relation: Any) -> bool:
    return relation is not None and (relation.one_to_many or relation.many_to_many)


def _as_stored(field: Any, column: models.Field) -> bool:
    if not isinstance(column, AS_STORED.get(type(field).to_representation, ())):
        return False
    if isinstance(field, serializers.DateField) and isinstance(column, models.DateTimeField):
        return False
    written = getattr(field, "format", None) or ISO_8601
    return written == ISO_8601 and getattr(field, "uuid_format", "hex_verbose") == "hex_verbose"


def _represented(field: Any, column: models.Field, place: int) -> Make:
    represent = field.to_representation
    if isinstance(column, REPEATED):
        represent = functools.lru_cache(maxsize=2048)(represent)
    return lambda row, found: None if row[place] is None else represent(row[place])


def _uncompilable(field: Any, model: type[models.Model], why: str) -> Uncompilable:
    shape = type(field.parent).__name__
    return Uncompilable(
        f"{shape}.{field.field_name} {why} (of {model._meta.label}). Read it from a column, a relation or a "
        "Derived of the model (assignhub/fields.py)."
    )
