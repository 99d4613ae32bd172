"""Reading model instances at one stroke: many columns, as one tuple."""

from collections.abc import Callable, Sequence
from operator import attrgetter, itemgetter
from typing import Any, cast

from django.core.exceptions import ObjectDoesNotExist
from django.db import models

Reader = Callable[[Any], tuple[Any, ...]]


def columns_of(attributes: Sequence[str]) -> Callable[[models.Model], tuple[Any, ...]]:
    """What reads the columns with these attribute names of an instance.

    It looks where instances keep them: as attributes, foreign keys are answered by a descriptor, each in its turn. What
    was deferred is not there, and such an instance is asked for its attributes.
    """
    kept, asked = all_of(itemgetter, attributes), all_of(attrgetter, attributes)

    def read(row: models.Model) -> tuple[Any, ...]:
        try:
            return kept(row.__dict__)
        except KeyError:
            return asked(row)

    return read


def paths_of(paths: Sequence[str]) -> Callable[[models.Model], Sequence[Any]]:
    """What reads the columns at these look-up paths of an instance; None where a relation on the way is empty.

    It goes relation by relation: going along one costs more than reading what lies there.
    """
    by_relation: dict[str, list[str]] = {}
    for path in paths:
        by_relation.setdefault(path.rpartition("__")[0], []).append(path)
    steps = [
        (
            attrgetter(relation.replace("__", ".")) if relation else None,
            columns_of([path.rpartition("__")[2] for path in found]),
        )
        for relation, found in by_relation.items()
    ]
    held = [path for found in by_relation.values() for path in found]
    in_order = all_of(itemgetter, [held.index(path) for path in paths])

    def read(instance: models.Model) -> Sequence[Any]:
        values: tuple[Any, ...] = ()
        try:
            for along, columns in steps:
                values += columns(along(instance) if along else instance)
        except (AttributeError, ObjectDoesNotExist):
            return [_walk(path.split("__"), instance) for path in paths]
        return in_order(values)

    return read


def _walk(steps: list[str], instance: Any) -> Any:
    value = instance
    try:
        for step in steps:
            value = getattr(value, step)
            if value is None:
                return None
    except ObjectDoesNotExist:
        return None
    return value


def all_of(getter: Callable[..., Any], keys: Sequence[Any]) -> Reader:
    """What gets all the keys by `attrgetter` or `itemgetter`, as a tuple also where there is but one."""
    if len(keys) > 1:
        return cast(Reader, getter(*keys))
    get = getter(*keys)
    return lambda row: (get(row),)
