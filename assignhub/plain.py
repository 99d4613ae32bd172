"""The way in, for shapes of plain values: what is plainly right is taken at a stroke, all else the framework's way.

The framework copies a shape's fields for each request and asks every one of them several questions. Most of what is
sent is right and of the types JSON has; for that, one look at each value answers them all. Whatever that look is not
sure of goes through REST framework as ever, which alone decides what is wrong and says so.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar

from django.core import validators
from django.core.exceptions import ImproperlyConfigured
from rest_framework import serializers
from rest_framework.fields import empty
from rest_framework.validators import ProhibitSurrogateCharactersValidator

Look = Callable[[Any], bool]


class PlainShape(serializers.Serializer):
    """A shape of texts, whole numbers, choices and truth values, with bounds and constant defaults and no more rules.

    `becomes` is made of the values, by their names; without it, they stay a dictionary. A subclass that is not plain
    raises `ImproperlyConfigured` where it is declared.
    """

    becomes: ClassVar[Callable[..., Any]] = dict
    # For each field its name, how to see that a value is right, and what stands for one that was not sent.
    looks: ClassVar[Sequence[tuple[str, Look, Any]]] = ()

    def __init_subclass__(cls) -> None:
        fields: Mapping[str, Any] = cls._declared_fields
        cls.looks = [(name, _look(cls, name, field), field.default) for name, field in fields.items()]

    @classmethod
    def of(cls, data: Any) -> Any:
        """What `data` becomes. Raises `ValidationError` (400) for what is not of this shape."""
        taken = cls.taken(data)
        if taken is not None:
            return cls.becomes(**taken)
        shape = cls(data=data)
        shape.is_valid(raise_exception=True)
        return shape.validated_data

    def run_validation(self, data: Any = empty) -> Any:
        taken = None if self.partial else self.taken(data)
        return super().run_validation(data) if taken is None else self.becomes(**taken)

    def to_internal_value(self, data: Any) -> Any:
        return self.becomes(**super().to_internal_value(data))

    @classmethod
    def taken(cls, data: Any) -> dict[str, Any] | None:
        """The values in `data`, which is plainly right; None where it may not be."""
        if type(data) is not dict:
            return None
        values = {}
        for name, is_plain, default in cls.looks:
            value = data.get(name, empty)
            if value is empty:
                if default is empty:
                    return None
                value = default
            elif not is_plain(value):
                return None
            values[name] = value
        return values


def _look(shape: type[PlainShape], name: str, field: Any) -> Look:
    look = LOOKS.get(type(field))
    whole_rules = shape.validate is not serializers.Serializer.validate or hasattr(shape, f"validate_{name}")
    own_rules = any(type(validator) not in SEEN for validator in field.validators)
    works_out_default = field.default is not empty and callable(field.default)
    elsewhere = field.source not in (None, name) or field.read_only
    if look is None or whole_rules or own_rules or works_out_default or elsewhere:
        raise ImproperlyConfigured(f"{shape.__name__}.{name} is not plain: let the shape be a Serializer.")
    return look(field)


def _whole(field: serializers.IntegerField) -> Look:
    low, high = _bounds(field, validators.MinValueValidator), _bounds(field, validators.MaxValueValidator)

    def look(value: Any) -> bool:
        return type(value) is int and (low is None or value >= low) and (high is None or value <= high)

    return look


def _text(field: serializers.CharField) -> Look:
    low = _bounds(field, validators.MinLengthValidator) or (0 if field.allow_blank else 1)
    high = _bounds(field, validators.MaxLengthValidator)

    def look(value: Any) -> bool:
        # What does not print may be what no text may have in it.
        plain = type(value) is str and value.isprintable() and value == value.strip()
        return plain and len(value) >= low and (high is None or len(value) <= high)

    return look


def _choice(field: serializers.ChoiceField) -> Look:
    texts = {value for value in field.choices if type(value) is str and value}
    return lambda value: type(value) is str and value in texts


def _truth(field: serializers.BooleanField) -> Look:
    return lambda value: type(value) is bool


def _bounds(field: Any, kind: type[validators.BaseValidator]) -> Any:
    found = [validator.limit_value for validator in field.validators if type(validator) is kind]
    return found[0] if found else None


# The rules a look goes by.
SEEN = {
    validators.MaxLengthValidator,
    validators.MaxValueValidator,
    validators.MinLengthValidator,
    validators.MinValueValidator,
    validators.ProhibitNullCharactersValidator,
    ProhibitSurrogateCharactersValidator,
}
LOOKS: dict[type[serializers.Field], Callable[[Any], Look]] = {
    serializers.IntegerField: _whole,
    serializers.CharField: _text,
    serializers.ChoiceField: _choice,
    serializers.BooleanField: _truth,
}
