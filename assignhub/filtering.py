"""What a request asks of a list, by the `FilterSet` of its view.

django-filter copies every filter and builds a form for each request, most of which name one or two of them. Here only
what was sent is looked at. The declarations, what they accept and the text of their refusals stay django-filter's.
"""

import copy
import functools
from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

import django_filters
from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django_filters.constants import EMPTY_VALUES
from django_filters.rest_framework import DjangoFilterBackend
from django_filters.utils import translate_validation

from assignhub.statements import Place

# A comparison with a value of these kinds reads the same whatever the value.
COMPARED = (django_filters.NumberFilter, django_filters.DateFilter, django_filters.UUIDFilter)
COMPARISONS = {"exact", "gt", "gte", "lt", "lte"}
# These have few values: each makes a statement of its own.
CHOSEN = (django_filters.ChoiceFilter, django_filters.BooleanFilter)


class Filtering(DjangoFilterBackend):
    """Filters the rows of a view by what was sent, in place of django-filter's own backend."""

    def filter_queryset(self, request, queryset, view):
        found = asked(view, request)
        return queryset if found is None else found.of(queryset)


class Asked:
    """The valid parameters of a request that name filters of a `FilterSet`."""

    def __init__(self, filterset: Any, values: dict[str, Any]):
        self.filterset, self.sent = filterset, values

    @property
    def shape(self) -> "tuple[Any, ...] | None":
        """What distinguishes statements: which filters, and the values of those that have few. None: too much does."""
        parts: list[Any] = [self.filterset]
        for name, value in self.sent.items():
            kept = _kept(self.filterset, name)
            if kept is None:
                return None
            parts.append(name if kept else (name, value))
        return tuple(parts)

    @property
    def values(self) -> dict[str, Any]:
        """What goes into the places of a statement."""
        return {name: value for name, value in self.sent.items() if _kept(self.filterset, name)}

    @property
    def spans(self) -> bool:
        """Whether more or less than a value is asked for."""
        return any(self.filterset.base_filters[name].lookup_expr != "exact" for name in self.values)

    def placed(self) -> "Asked":
        """The same question with places where values were that do not change the statement."""
        return Asked(
            self.filterset,
            {name: Place(name) if _kept(self.filterset, name) else value for name, value in self.sent.items()},
        )

    def of(self, rows: QuerySet) -> QuerySet:
        """Those of `rows` that are asked for, in the order that is."""
        made: Any = self.filterset.__new__(self.filterset)
        made.filters = dict(self.filterset.base_filters)
        for name in self.sent:
            made.filters[name] = _bound(made.filters[name], made, rows.model)
        made._form = SimpleNamespace(cleaned_data={**_nothing(self.filterset), **self.sent})
        return made.filter_queryset(rows)


def asked(view, request) -> Asked | None:
    """What `request` asks of the list of a view; None for a view without filters.

    Raises REST framework's `ValidationError` (400) for a value a filter does not take.
    """
    filterset = getattr(view, "filterset_class", None)
    if filterset is None:
        return None
    data: Mapping[str, str] = request.query_params
    values = {}
    for name, declared in filterset.base_filters.items():
        if name in data:
            field = declared.field
            try:
                value = field.clean(field.widget.value_from_datadict(data, {}, name))
            except ValidationError:
                whole = filterset(data, queryset=view.model._default_manager.none())
                raise translate_validation(whole.errors) from None
            if value not in EMPTY_VALUES:
                values[name] = value
    return Asked(filterset, values)


@functools.cache
def _kept(filterset: Any, name: str) -> bool | None:
    """Whether a filter's value has a place in statements (True), is part of them (False), or rules them out (None)."""
    declared = filterset.base_filters[name]
    if isinstance(declared, COMPARED) and declared.method is None and declared.lookup_expr in COMPARISONS:
        return True
    return False if isinstance(declared, CHOSEN) else None


@functools.cache
def _nothing(filterset: Any) -> dict[str, Any]:
    """What every filter of a set takes for not being sent."""
    fields: dict[str, forms.Field] = {name: declared.field for name, declared in filterset.base_filters.items()}
    return {name: field.clean(field.widget.value_from_datadict({}, {}, name)) for name, field in fields.items()}


def _bound(declared: django_filters.Filter, filterset: django_filters.FilterSet, model: Any) -> django_filters.Filter:
    """A filter of one filter set's own."""
    made = copy.copy(declared)
    made.parent, made.model = filterset, model
    if declared.method is not None:
        made.method = declared.method  # finds its method by `parent`
    return made
