"""The audit trail in the admin: on a row's own history page, and as a whole."""

from django.apps import apps
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html
from unfold.admin import ModelAdmin

from assignhub import audit
from assignhub.admin.lists import AnswerFilter, DeclaredLookups, TimeRangeFilter
from assignhub.admin.timeline import tell
from assignhub.models import AuditEntry, Record
from assignhub.permissions import NO, reach, within

ENTRIES_PER_PAGE = 50
AUDIT_VIEW = "assignhub.auditentry.view"


class AuditTrail(ModelAdmin):
    """A page whose history is the audit trail, not Django's own log."""

    object_history_template = "admin/audit_trail.html"

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
            "groups": tell(list(entries)),
            "whole_trail": reverse(f"{self.admin_site.name}:assignhub_auditentry_changelist"),
            "object": row,
            "original": row,
            "opts": self.opts,
            "object_id": object_id,
            **(extra_context or {}),
        }
        return TemplateResponse(request, self.object_history_template, context)


def kinds() -> dict[str, str]:
    """The kinds of rows the trail speaks of: label → name in the plural."""
    models = [model for model in apps.get_models() if issubclass(model, Record)]
    return {model._meta.label_lower: str(model._meta.verbose_name_plural) for model in models}


class KindFilter(AnswerFilter):
    """Entries about one kind of rows."""

    title = "kind of object"
    parameter_name = "kind"

    def lookups(self, request, model_admin):
        return sorted(kinds().items(), key=lambda kind: kind[1])

    def queryset(self, request, queryset):
        return queryset.filter(object_type=self.value()) if self.value() in kinds() else queryset


@admin.register(AuditEntry)
class AuditEntryAdmin(DeclaredLookups):
    """The whole trail, to read: of all tenants for super admins, of their own for owners and admins."""

    list_display = ("at", "by_label", "action", "object_label")
    list_filter = (KindFilter, ("at", TimeRangeFilter))
    search_fields = ("by_label", "object_label", "object_id", "request_id")
    search_help_text = "How a person or an object is called, from the beginning; or a whole ID"
    ordering = ("-id",)
    sortable_by = ()  # it is read in the order in which it came about; any other would sort the longest table
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

    def get_search_results(self, request, queryset, search_term):
        """Names from their beginning and whole identifiers: what there are indexes for in the longest of all tables."""
        text = search_term.strip()
        if not text:
            return queryset, False
        named = Q(by_label__istartswith=text) | Q(object_label__istartswith=text)
        known = Q(request_id=text) | Q(object_type__in=kinds(), object_id=text)
        return queryset.filter(named | known), False

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
