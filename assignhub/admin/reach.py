"""Choices, filters and permissions of admin pages, as far as the table of grants reaches."""

import functools
from typing import Any, ClassVar

from django import forms
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.widgets import AutocompleteMixin, AutocompleteSelect, AutocompleteSelectMultiple
from django.core.exceptions import ValidationError
from django.db import models
from django.http import HttpRequest
from unfold.contrib.filters.admin import AutocompleteSelectFilter
from unfold.contrib.filters.forms import AutocompleteDropdownForm

from assignhub import wire
from assignhub.models import Record
from assignhub.permissions import ALL, NO, allows, reach, within
from assignhub.services import RecordService


class ReachableForm(AutocompleteDropdownForm):
    """Offers, and names, only rows the user may see."""

    def __init__(self, request: HttpRequest, name: str, *args: Any, **kwargs: Any):
        super().__init__(request, name, *args, **kwargs)
        field = self.fields[name]
        model = field.queryset.model
        field.queryset = within(model._default_manager.all(), request.user, model.permission("view"))


class ReachableFilter(AutocompleteSelectFilter):
    """A list filter over related rows, by autocomplete, within reach."""

    form_class = ReachableForm

    def queryset(self, request: HttpRequest, queryset: models.QuerySet) -> models.QuerySet:
        if not all(is_key(self.field.related_model, text) for text in request.GET.getlist(self.lookup_kwarg) if text):
            raise IncorrectLookupParameters
        return super().queryset(request, queryset)


def is_key(model: type[models.Model], text: str) -> bool:
    """Whether a row of this model could have this key: not every number is one that a database takes."""
    try:
        key = model._meta.pk.to_python(text)
    except ValidationError:
        return False
    return not isinstance(key, int) or abs(key) <= wire.LARGEST_INTEGER


class KnownKeys(AutocompleteMixin):
    """An autocomplete box that is shown again without what somebody sent for a key and cannot be one."""

    def optgroups(self, name, value, attr=None):
        model = self.field.remote_field.model
        return super().optgroups(name, [text for text in value if not text or is_key(model, text)], attr)


class KeysField(forms.ModelMultipleChoiceField):
    """Several rows by their keys; what cannot be a key is refused before the database is asked."""

    def _check_values(self, value):
        for text in value:
            if not is_key(self.queryset.model, str(text)):  # type: ignore[union-attr]
                raise ValidationError(self.error_messages["invalid_pk_value"], "invalid_pk_value", {"pk": text})
        return super()._check_values(value)  # type: ignore[misc]


class KeyField(forms.ModelChoiceField):
    """A row by its key, within reach; the row that is there already may stay, whoever sees it.

    An employee stays linked to an account that has left: the page shows that something is there, without its name,
    and saving does not unlink it.
    """

    def __init__(self, *args: Any, user: Any = None, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.user = user
        self.kept: Any = None

    def keep(self, key: Any) -> None:
        """Take the key of the row that the form found in place as one that may be chosen."""
        rows: Any = self.queryset
        model = rows.model
        if issubclass(model, Record) and reach(self.user, model.permission("view")) != ALL:
            reachable = rows.order_by().values("pk")
            self.queryset = model._default_manager.filter(models.Q(pk=key) | models.Q(pk__in=reachable))
            self.kept = key

    def label_from_instance(self, row: Any) -> str:
        kept = isinstance(row, Record) and row.pk == self.kept
        if kept and not allows(self.user, row.permission("view"), row):
            return f"{str(row._meta.verbose_name).capitalize()} out of your sight (stays unless you change it)"
        return super().label_from_instance(row)


class HubForm(forms.ModelForm):
    """A form whose choices are within reach, and keep what is in place."""

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            key = getattr(self.instance, f"{name}_id", None)
            if isinstance(field, KeyField) and key is not None:
                field.keep(key)


class ReachableSelect(KnownKeys, AutocompleteSelect):
    pass


class ReachableSelectMultiple(KnownKeys, AutocompleteSelectMultiple):
    pass


class WithinReach:
    """What admin pages and their inlines share: permissions and choices from the table of grants."""

    service: ClassVar[RecordService]
    model: type[Record]

    def get_queryset(self, request: HttpRequest) -> models.QuerySet:
        return within(super().get_queryset(request), request.user, self.model.permission("view"))  # type: ignore[misc]

    def may(self, request: HttpRequest, verb: str, row: models.Model | None = None) -> bool:
        action = self.model.permission(verb)
        if isinstance(row, self.model) and not row._state.adding:
            return allows(request.user, action, row)
        return reach(request.user, action) != NO

    def has_view_permission(self, request, obj=None) -> bool:
        return self.may(request, "view", obj)

    def has_add_permission(self, request, obj=None) -> bool:
        return self.may(request, "add")

    def has_change_permission(self, request, obj=None) -> bool:
        return self.may(request, "change", obj)

    def has_delete_permission(self, request, obj=None) -> bool:
        return self.may(request, "delete", obj)

    def has_module_permission(self, request) -> bool:
        return self.may(request, "view")

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        return super().formfield_for_foreignkey(db_field, request, **self._reachable(db_field, request, kwargs))  # type: ignore[misc]

    def formfield_for_manytomany(self, db_field, request, **kwargs):
        return super().formfield_for_manytomany(db_field, request, **self._reachable(db_field, request, kwargs))  # type: ignore[misc]

    def _reachable(self, db_field, request: HttpRequest, kwargs: dict[str, Any]) -> dict[str, Any]:
        related = db_field.remote_field.model
        if issubclass(related, Record):
            rows = kwargs.get("queryset", related._default_manager.all())
            kwargs["queryset"] = within(rows, request.user, related.permission("view"))
            if db_field.many_to_many:
                kwargs["form_class"] = KeysField
            else:
                kwargs["form_class"] = functools.partial(KeyField, user=request.user)
        if db_field.name in self.get_autocomplete_fields(request):  # type: ignore[attr-defined]
            box = ReachableSelectMultiple if db_field.many_to_many else ReachableSelect
            kwargs.setdefault("widget", box(db_field, self.admin_site))  # type: ignore[attr-defined]
        return kwargs
