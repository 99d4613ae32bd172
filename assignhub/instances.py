"""Reading model instances at one stroke: many columns, as one tuple."""

from collections.abc import Callable, Sequence
from operator import attrgetter, itemgetter
from typing import Any, cast

from django.core.exceptions import ObjectDoesNotExist
from django.db import models

Reader = Callable[[Any], tuple[Any, ...]]
# What was read of related rows, by what read it and the row. They must live as long.
Known = dict[tuple[Any, int], tuple[Any, ...]]


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


def paths_of(paths: Sequence[str]) -> Callable[[models.Model, Known], tuple[Any, ...]]:
    """What reads the columns at these look-up paths of an instance; None where a relation on the way is empty.

    A row that many instances are related to is read once, for as long as they are read with the same `Known`.
    """
    own, further = [path for path in paths if "__" not in path], dict[str, list[str]]()
    for relation, _, rest in [path.partition("__") for path in paths if "__" in path]:
        further.setdefault(relation, []).append(rest)
    columns = columns_of(own)
    steps = [(attrgetter(relation), paths_of(rest), (None,) * len(rest)) for relation, rest in further.items()]
    held = [*own, *(f"{relation}__{rest}" for relation in further for rest in further[relation])]
    in_order = all_of(itemgetter, [held.index(path) for path in paths]) if held != [*paths] else tuple

    def read(row: models.Model, known: Known) -> tuple[Any, ...]:
        values = columns(row)
        for along, read_related, nothing in steps:
            try:
                related = along(row)
            except ObjectDoesNotExist:  # the other end of a relation of one to one
                related = None
            key = (read_related, id(related))
            if key not in known:
                known[key] = nothing if related is None else read_related(related, known)
            values += known[key]
        return in_order(values)

    return read


def all_of(getter: Callable[..., Any], keys: Sequence[Any]) -> Reader:
    """What gets all the keys by `attrgetter` or `itemgetter`, as a tuple also where there is one or none."""
    if not keys:
        return lambda row: ()
    if len(keys) > 1:
        return cast(Reader, getter(*keys))
    get = getter(*keys)
    return lambda row: (get(row),)
