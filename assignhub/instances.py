"""Reading model instances at one stroke: many columns, as one tuple."""

from collections.abc import Callable, Sequence
from operator import attrgetter, itemgetter
from typing import Any, cast

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


def all_of(getter: Callable[..., Any], keys: Sequence[Any]) -> Reader:
    """What gets all the keys by `attrgetter` or `itemgetter`, as a tuple also where there is but one."""
    if len(keys) > 1:
        return cast(Reader, getter(*keys))
    get = getter(*keys)
    return lambda row: (get(row),)
