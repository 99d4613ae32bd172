"""What calls did and cost: a report, and every single call to read."""

import json

from django.contrib import admin
from unfold.contrib.filters.admin import ChoicesDropdownFilter, RangeNumericFilter
from unfold.decorators import display

from ai_features import reports
from ai_features.models import Outcome, Usage
from assignhub.admin import DeclaredLookups, Exporting, TimeRangeFilter
from assignhub.permissions import NO, reach, within


@admin.register(Usage)
class UsageAdmin(Exporting, DeclaredLookups):
    """What calls did, to read: as a chart, per provider, and one by one."""

    list_display = ("at", "feature", "source", "provider", "model", "result", "tokens", "cost", "latency_ms")
    list_filter = (
        ("outcome", ChoicesDropdownFilter),
        ("source", ChoicesDropdownFilter),
        ("at", TimeRangeFilter),
        ("latency_ms", RangeNumericFilter),
        ("cost", RangeNumericFilter),
    )
    date_hierarchy = "at"
    change_list_template = "admin/hub_change_list.html"
    list_before_template = "admin/ai_features/usage_report.html"
    search_fields = ("feature", "provider", "model")
    search_help_text = "Feature, provider or model"
    ordering = ("-id",)

    def get_queryset(self, request):
        return within(super().get_queryset(request), request.user, "ai_features.usage.view")

    def get_fields(self, request, obj=None):
        """What was asked, and by whom, is not for the admins of other tenants."""
        shown = ["at", "feature", "source", "provider", "model", "outcome", "status", "tokens_in", "tokens_out", "cost"]
        return [*shown, "latency_ms", *(["by_id", "prompt"] if request.user.is_superuser else [])]

    get_readonly_fields = get_fields

    def changelist_view(self, request, extra_context=None):
        response = super().changelist_view(request, extra_context)
        changes = getattr(response, "context_data", {}).get("cl")
        if changes is not None:
            response.context_data |= {
                "chart": json.dumps(reports.per_feature_and_day(changes.queryset)),
                "chart_options": reports.OPTIONS,
                "providers": reports.table(changes.queryset),
                "days": reports.DAYS_SHOWN,
            }
        return response

    @display(description="outcome", ordering="outcome", label={"ok": "success", "builtin": "info", "failed": "danger"})
    def result(self, call: Usage) -> tuple[str, str]:
        kind = call.outcome if call.outcome in (Outcome.OK, Outcome.BUILTIN) else "failed"
        return kind, call.get_outcome_display()

    @admin.display(description="tokens")
    def tokens(self, call: Usage) -> str:
        return f"{call.tokens_in:,}\u00a0+\u00a0{call.tokens_out:,}"

    def has_view_permission(self, request, obj=None) -> bool:
        return reach(request.user, "ai_features.usage.view") != NO

    has_module_permission = has_view_permission

    def has_add_permission(self, request) -> bool:
        return False

    def has_change_permission(self, request, obj=None) -> bool:
        return False

    has_delete_permission = has_change_permission
