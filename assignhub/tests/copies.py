"""More rows like a given one: as many as a long list needs, or one that belongs to another tenant."""

import datetime
import itertools
import uuid
from typing import Any

from django.db import models

_number = itertools.count(1)


def copy_of(row: Any, tenant: Any = None) -> Any:
    """Another row like `row`, stored past every service; with `tenant`, it and what it names belong there."""
    model = type(row)
    values = {field.attname: getattr(row, field.attname) for field in model._meta.concrete_fields}
    if model._meta.pk.get_internal_type() == "UUIDField":
        values[model._meta.pk.attname] = uuid.uuid4()
    else:
        values.pop(model._meta.pk.attname)
    copied: set[str] = set()
    if tenant is not None:
        for field in model._meta.concrete_fields:
            related = getattr(row, field.name) if field.is_relation else None
            if related is not None:
                there = tenant if type(related) is type(tenant) else copy_of(related, tenant)
                values[field.attname] = there.pk
                copied.add(field.name)
    for names in unique_together(model):
        if copied & set(names):
            continue
        if not any(_vary(model._meta.get_field(name), values) for name in names):
            field = next(model._meta.get_field(name) for name in names if model._meta.get_field(name).is_relation)
            related = getattr(row, field.name)
            if related is not None:
                values[field.attname] = copy_of(related).pk
                copied.add(field.name)
    return model._base_manager.create(**values)


def unique_together(model: type[models.Model]) -> list[tuple[str, ...]]:
    """What no two rows share: single fields and constraints, and places, which PostgreSQL alone holds apart."""
    single = [(field.name,) for field in model._meta.concrete_fields if field.unique and not field.primary_key]
    places = [(field.name,) for field in model._meta.concrete_fields if field.name == "position"]
    constraints = [each for each in model._meta.constraints if isinstance(each, models.UniqueConstraint)]
    return single + places + [tuple(constraint.fields) for constraint in constraints]


def _vary(field: Any, values: dict[str, Any]) -> bool:
    """Give a field another value of its kind, if it is one that can have many."""
    value, number = values[field.attname], next(_number)
    if field.is_relation or value is None or field.choices:
        return False
    if isinstance(value, str):
        values[field.attname] = f"{number}-{value}"[: field.max_length]
    elif isinstance(value, datetime.date):
        values[field.attname] = value + datetime.timedelta(days=number)
    elif isinstance(value, int) and not isinstance(value, bool):
        values[field.attname] = value + number
    else:
        return False
    return True
