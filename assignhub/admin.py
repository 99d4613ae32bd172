"""The base of every admin page: reads start within reach, writes go to the service, refusals become form errors."""

from collections.abc import Callable, Sequence
from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import ERROR_FLAG
from django.contrib.admin.widgets import AutocompleteMixin, AutocompleteSelect, AutocompleteSelectMultiple
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.db import DataError, models, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html
from unfold.admin import ModelAdmin, TabularInline
from unfold.contrib.filters.admin import AutocompleteSelectFilter
from unfold.contrib.filters.forms import AutocompleteDropdownForm

from assignhub import audit, errors, wire
from assignhub.models import AuditEntry, Record
from assignhub.permissions import NO, allows, reach, within
from assignhub.services import RecordService

ENTRIES_PER_PAGE = 50
AUDIT_VIEW = "assignhub.auditentry.view"


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
        if db_field.name in self.get_autocomplete_fields(request):  # type: ignore[attr-defined]
            box = ReachableSelectMultiple if db_field.many_to_many else ReachableSelect
            kwargs.setdefault("widget", box(db_field, self.admin_site))  # type: ignore[attr-defined]
        return kwargs


class HubInline(WithinReach, TabularInline):
    """Rows that belong to the row being edited; each goes through its own service."""

    extra = 0
    show_change_link = True

    def get_formset(self, request, obj=None, **kwargs):
        formset = super().get_formset(request, obj, **kwargs)
        formset.service = self.service
        return formset


class DeclaredLookups(ModelAdmin):
    """A list that answers only the look-ups it offers as filters.

    Any other in the address would tell hidden columns letter by letter, or ask the database for what it cannot do.
    """

    def lookup_allowed(self, lookup, value, request=None) -> bool:
        offered = [
            entry[0] if isinstance(entry, tuple) else entry for entry in (*self.list_filter, self.date_hierarchy)
        ]
        path = lookup.removesuffix("_from").removesuffix("_to")
        named = any(path == name or path.startswith(f"{name}__") for name in offered if name)
        return named and "regex" not in lookup and super().lookup_allowed(lookup, value, request)

    def changelist_view(self, request, extra_context=None):
        try:
            return super().changelist_view(request, extra_context)
        except (ValueError, OverflowError, DataError):
            # A value that fits no column, such as the year 99999: the page Django shows for other broken filters.
            return HttpResponseRedirect(f"{request.path}?{ERROR_FLAG}=1")


class HubAdmin(WithinReach, DeclaredLookups):
    """An admin page over a `RecordService`."""

    list_per_page = 50
    show_full_result_count = False
    compressed_fields = False
    list_filter_submit = True
    list_select_related: bool | Sequence[str] = True
    object_history_template = "admin/audit_trail.html"

    def get_readonly_fields(self, request, obj=None):
        fields = super().get_readonly_fields(request, obj)
        return (*fields, *(name for name in self.model.fixed if name not in fields)) if obj else fields

    # --- writing: the service decides, its refusal comes back as an error of the form ---

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        """Save through the service; when it refuses, nothing was written and the page is shown again saying why."""
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except (ValidationError, PermissionDenied) as refusal:
            if request.method != "POST" or (isinstance(refusal, PermissionDenied) and not self.may(request, "view")):
                raise
            request.refusal = refusal
            return super().changeform_view(request, object_id, form_url, extra_context)

    def get_form(self, request, obj=None, change=False, **kwargs):
        form_class = super().get_form(request, obj, change=change, **kwargs)
        refusal = getattr(request, "refusal", None)
        if refusal is None:
            return form_class

        class RefusedForm(form_class):  # type: ignore[misc, valid-type]
            def clean(self):
                cleaned = super().clean()
                for field, error in errors.singles(refusal):
                    self.add_error(field if field in self.fields else None, error)
                return cleaned

        return RefusedForm

    def save_form(self, request, form, change):
        return form.instance

    def save_model(self, request, obj, form, change):
        if change:
            row = self.service.update(obj, by=request.user, **self.submitted(form, form.changed_data))
        else:
            row = self.service.create(by=request.user, **self.submitted(form, form.cleaned_data))
        obj.__dict__.update(row.__dict__)

    def submitted(self, form, names) -> dict[str, Any]:
        """The form's values under the service's names."""
        return {name: form.cleaned_data[name] for name in names if name in form.cleaned_data}

    def save_related(self, request, form, formsets, change):
        for formset in formsets:
            self.save_formset(request, form, formset, change)

    def save_formset(self, request, form, formset, change):
        parent, internal = formset.fk.name, {formset.model._meta.pk.name, "DELETE", formset.fk.name}
        formset.new_objects, formset.changed_objects, formset.deleted_objects = [], [], []
        for row_form in formset.deleted_forms:
            if row_form.instance.pk and not row_form.instance._state.adding:
                formset.service.remove(row_form.instance, by=request.user)
        for row_form in formset.forms:
            if not row_form.has_changed() or row_form in formset.deleted_forms:
                continue
            if row_form.instance._state.adding:
                values = {name: value for name, value in row_form.cleaned_data.items() if name not in internal}
                formset.service.create(by=request.user, **{parent: form.instance}, **values)
            else:
                changed = [name for name in row_form.changed_data if name not in internal]
                values = {name: row_form.cleaned_data[name] for name in changed}
                formset.service.update(row_form.instance, by=request.user, **values)

    def delete_model(self, request, obj):
        self.service.remove(obj, by=request.user)

    @transaction.atomic
    def delete_queryset(self, request, queryset):
        for row in queryset:
            self.service.remove(row, by=request.user)

    def get_deleted_objects(self, objs, request):
        """Show what goes along; whether it may go is the service's to judge."""
        listed, counts, _, protected = super().get_deleted_objects(objs, request)
        return listed, counts, set(), protected

    def delete_view(self, request, object_id, extra_context=None):
        return self._or_message(request, lambda: super(HubAdmin, self).delete_view(request, object_id, extra_context))

    def changelist_view(self, request, extra_context=None):
        return self._or_message(request, lambda: super(HubAdmin, self).changelist_view(request, extra_context))

    def response_action(self, request, queryset):
        """Act on the rows that were ticked; what cannot be the key of one was not."""
        request.POST = request.POST.copy()
        ticked = request.POST.getlist(ACTION_CHECKBOX_NAME)
        request.POST.setlist(ACTION_CHECKBOX_NAME, [text for text in ticked if is_key(self.model, text)])
        return super().response_action(request, queryset)

    def _or_message(self, request, view) -> HttpResponse:
        """What `view` answers, or a message with the service's refusal on the page it was sent from."""
        try:
            return view()
        except ValidationError as refusal:
            if request.method != "POST":
                raise
            self.message_user(request, " ".join(refusal.messages), messages.ERROR)
            return HttpResponseRedirect(request.get_full_path())

    def each(self, request: HttpRequest, queryset: models.QuerySet, do: Callable[..., Any], *args: Any) -> None:
        """Do something to each selected row, and say of each how it went."""
        for row in queryset:
            try:
                do(row, *args, by=request.user)
                self.message_user(request, f"{row}: done.", messages.SUCCESS)
            except (ValidationError, PermissionDenied) as refusal:
                self.message_user(request, f"{row}: {errors.explain(refusal)}", messages.ERROR)

    # --- history: the audit trail, not Django's own log ---

    def log_addition(self, request, obj, message):
        """The service has written the audit entry."""

    log_change = log_addition

    def log_deletions(self, request, queryset):
        """The service has written the audit entries."""

    def may_read_trail(self, request: HttpRequest, row: Record | None) -> bool:
        """The trail is for those who may read it of the row's tenant; a row of none or several counts as anywhere."""
        tenant_id = row.get_tenant_id() if row is not None else None
        return reach(request.user, AUDIT_VIEW, tenant_id) != NO

    def history_view(self, request, object_id, extra_context=None):
        row = self.get_object(request, object_id)
        if row is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        if not self.may_read_trail(request, row):
            raise PermissionDenied
        entries = Paginator(audit.trail(row), ENTRIES_PER_PAGE).get_page(request.GET.get("p"))
        audit.hide_strangers(entries.object_list, request.user, row)
        context = {
            **self.admin_site.each_context(request),
            "title": f"Audit trail of {row}",
            "entries": entries,
            "object": row,
            "original": row,
            "opts": self.opts,
            "object_id": object_id,
            **(extra_context or {}),
        }
        return TemplateResponse(request, self.object_history_template, context)


@admin.register(AuditEntry)
class AuditEntryAdmin(DeclaredLookups):
    """The whole trail, to read: of all tenants for super admins, of their own for owners and admins."""

    list_display = ("at", "by_label", "action", "object_label")
    list_filter = ("at",)
    search_fields = ("by_label", "object_label", "object_id", "action", "request_id")
    search_help_text = "Person, object, action or request ID"
    list_per_page = 50
    show_full_result_count = False
    ordering = ("-id",)
    readonly_fields = (
        "at",
        "by_label",
        "action",
        "object_link",
        "object_id",
        "changes_table",
        "request_id",
    )
    fields = readonly_fields

    def get_queryset(self, request):
        return within(super().get_queryset(request), request.user, AUDIT_VIEW)

    def has_view_permission(self, request, obj=None) -> bool:
        return reach(request.user, AUDIT_VIEW) != NO

    has_module_permission = has_view_permission

    def has_add_permission(self, request) -> bool:
        return False

    def has_change_permission(self, request, obj=None) -> bool:
        return False

    has_delete_permission = has_change_permission

    @admin.display(description="Object")
    def object_link(self, entry: AuditEntry) -> str:
        app, model = entry.object_type.split(".")
        try:
            url = reverse(f"admin:{app}_{model}_change", args=[entry.object_id])
        except NoReverseMatch:
            return entry.object_label
        return format_html('<a class="text-primary-600" href="{}">{}</a>', url, entry.object_label)

    @admin.display(description="Changes")
    def changes_table(self, entry: AuditEntry) -> str:
        return render_to_string("admin/audit_changes.html", {"changes": entry.changes})
