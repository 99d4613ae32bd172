"""Model fields that several apps share."""

from collections.abc import Callable
from operator import attrgetter
from typing import Any, Generic, TypeVar, overload

from django.core.validators import URLValidator
from django.db import models

from assignhub.instances import all_of

T = TypeVar("T")


class Derived(Generic[T]):
    """A value worked out from columns of its row, for instances and for the compiled read path (`reading.py`) alike.

        is_active = Derived(lambda status: status in Assignment.ACTIVE, "status")

    The columns are look-up paths from the model, through foreign keys if need be; the function takes their values.
    A path that begins with a to-many relation, as `checklist__completed`, gives a list: one value for each of its rows.
    """

    def __init__(self, function: Callable[..., T], *columns: str):
        self.function, self.columns = function, columns
        self._paths = [path.split("__") for path in columns]
        of_the_row_itself = all(len(path) == 1 for path in self._paths)
        self._read = all_of(attrgetter, columns) if of_the_row_itself else self._follow

    @overload
    def __get__(self, instance: None, owner: type) -> "Derived[T]": ...
    @overload
    def __get__(self, instance: object, owner: type) -> T: ...
    def __get__(self, instance: Any, owner: type) -> Any:
        return self if instance is None else self.function(*self._read(instance))

    def _follow(self, instance: Any) -> list[Any]:
        return [_follow(instance, path) for path in self._paths]


def _follow(value: Any, steps: list[str]) -> Any:
    for position, step in enumerate(steps, start=1):
        if value is None:  # where a foreign key leads nowhere
            return None
        value = getattr(value, step)
        if isinstance(value, models.Manager):
            return [_follow(row, steps[position:]) for row in value.all()]
    return value


class AddressField(models.EmailField):
    """An e-mail address, stored and compared in lower case, so that it is unique without regard to case."""

    def to_python(self, value):
        value = super().to_python(value)
        return value.strip().lower() if isinstance(value, str) else value

    def get_prep_value(self, value):
        return self.to_python(super().get_prep_value(value))

    def pre_save(self, model_instance, add):
        value = self.to_python(super().pre_save(model_instance, add))
        setattr(model_instance, self.attname, value)
        return value


class WebAddressField(models.URLField):
    """An http or https address; one typed without a scheme is taken for https."""

    default_validators = [URLValidator(schemes=["http", "https"])]

    def formfield(self, **kwargs):
        return super().formfield(**{"assume_scheme": "https", **kwargs})
