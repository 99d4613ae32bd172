"""The admin page over a service: it saves first and asks never; when the service refuses, the page says why."""

from collections.abc import Callable, Sequence
from typing import Any

from django.contrib import messages
from django.contrib.admin.utils import quote
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from assignhub import errors
from assignhub.admin.actions import ConfirmedActions
from assignhub.admin.exporting import Exporting
from assignhub.admin.importing import Importing
from assignhub.admin.links import RelatedLists
from assignhub.admin.lists import DeclaredLookups
from assignhub.admin.reach import HubForm
from assignhub.admin.trail import AuditTrail
from assignhub.dashboard import ListsNeeds


class HubAdmin(ListsNeeds, Importing, Exporting, ConfirmedActions, RelatedLists, AuditTrail, DeclaredLookups):
    """An admin page over a `RecordService`."""

    form = HubForm
    change_list_template = "admin/hub_change_list.html"
    change_form_template = "admin/hub_change_form.html"
    compressed_fields = False
    warn_unsaved_form = True
    list_select_related: bool | Sequence[str] = True

    def get_readonly_fields(self, request, obj=None):
        fields = super().get_readonly_fields(request, obj)
        return (*fields, *(name for name in self.model.fixed if name not in fields)) if obj else fields

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        """Beside the form: the lists of what belongs to the row, and what may be done with it."""
        if obj is not None:
            name = f"{self.admin_site.name}:{self.opts.app_label}_{self.opts.model_name}_action"
            context["related_links"] = self.links(request, obj)
            context["row_actions"] = [
                (action.short_description, reverse(name, args=[quote(obj.pk), key]))
                for key, action in self.own_actions(request)
            ]
            context["show_history"] = self.may_read_trail(request, obj)
        return super().render_change_form(request, context, add, change, form_url, obj)

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
        context = {"importable": self.has_import_permission(request), **(extra_context or {})}
        return self._or_message(request, lambda: super(HubAdmin, self).changelist_view(request, context))

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
