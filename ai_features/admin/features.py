"""The page of feature assignments: who serves which feature, who stands in, and why somebody does not."""

from django.contrib import admin, messages
from django.utils.html import format_html, format_html_join
from unfold.decorators import display

from ai_features import imports, resolution, services, suitability
from ai_features.admin.models import RETIREMENT_LABELS, RetirementFilter, retirement_of
from ai_features.models import FeatureAssignment, Model
from assignhub.admin import HubAdmin, PresenceFilter, ReachableFilter, ValuesFilter, YesNoFilter, confirmed_action


class ServedByRetiringFilter(RetirementFilter):
    """Features by how near the end of a model that serves them is."""

    def queryset(self, request, queryset):
        if self.value() is None:
            return queryset
        models = super().queryset(request, Model.objects.all())
        return queryset.served_by(models.values("pk"))


@admin.register(FeatureAssignment)
class FeatureAssignmentAdmin(HubAdmin):
    service = services.features
    sheet = imports.Features
    list_display = ("feature_name", "feature_category", "primary", "backup", "retirement", "active_badge")
    list_select_related = (
        "primary_provider__default_model",
        "primary_model",
        "backup_provider__default_model",
        "backup_model",
    )
    list_filter = (
        ValuesFilter.of("feature_category", "category"),
        YesNoFilter.of("is_active", "active", yes="Active", no="Not active"),
        ServedByRetiringFilter,
        ("primary_provider", ReachableFilter),
        ("primary_model", ReachableFilter),
        ("backup_provider", ReachableFilter),
        ("backup_model", ReachableFilter),
        PresenceFilter.of("backup_provider", "backup", yes="With a backup", no="Without a backup"),
    )
    search_fields = ("feature_name", "feature_category", "primary_provider__name", "primary_model__name")
    search_help_text = "Name, category, or the primary provider or model"
    actions = ("deactivate", "activate")
    autocomplete_fields = ("primary_provider", "primary_model", "backup_provider", "backup_model")
    readonly_fields = ("serving",)
    fieldsets = (
        (None, {"fields": ("feature_name", "feature_category", "is_active")}),
        ("Primary", {"fields": ("primary_provider", "primary_model")}),
        ("Backup", {"fields": ("backup_provider", "backup_model")}),
        ("Needs", {"fields": ("needs_context", "price_ceiling", "needs_vision", "needs_tools", "needs_json")}),
        ("Settings", {"fields": ("config",)}),
        ("Who serves now", {"fields": ("serving",)}),
    )

    def save_model(self, request, obj, form, change):
        super().save_model(request, obj, form, change)
        for warning in suitability.warnings(obj):
            self.message_user(request, warning, messages.WARNING)

    @display(description="status", ordering="is_active", label={"active": "success", "not active": "warning"})
    def active_badge(self, assignment: FeatureAssignment) -> str:
        return "active" if assignment.is_active else "not active"

    @confirmed_action("Deactivate", permissions=["change"], help_text="Whoever asks for it gets the built-in answer.")
    def deactivate(self, request, assignment: FeatureAssignment):
        self.service.update(assignment, by=request.user, is_active=False)

    @confirmed_action("Activate", permissions=["change"])
    def activate(self, request, assignment: FeatureAssignment):
        self.service.update(assignment, by=request.user, is_active=True)

    @admin.display(description="primary", ordering="primary_provider__name")
    def primary(self, assignment: FeatureAssignment) -> str:
        return named(assignment, "primary")

    @admin.display(description="backup", ordering="backup_provider__name")
    def backup(self, assignment: FeatureAssignment) -> str:
        return named(assignment, "backup")

    @display(description="retirement", label=RETIREMENT_LABELS)
    def retirement(self, assignment: FeatureAssignment) -> tuple[str, str] | None:
        """Of the two models, the one that goes first."""
        models = [model for side in suitability.SIDES if (model := assignment.model_of(side)) and model.is_retiring]
        return retirement_of(min(models, key=lambda model: str(model.retires_at))) if models else None

    @admin.display(description="step by step")
    def serving(self, assignment: FeatureAssignment) -> str:
        found = None if assignment._state.adding else resolution.find(pk=assignment.pk)
        if found is None:
            return "–"
        result = resolution.resolve(found)
        who = f"{result.model} of {result.provider} ({result.source})" if result.provider else "the built-in"
        lines = [
            (
                "✓" if step.passed else "✗",
                "built-in" if step.source == step.check else f"{step.source}, {step.check.replace('_', ' ')}",
                "" if step.message == "ok" else f": {step.message}",
            )
            for step in result.steps
        ]
        listed = format_html_join("", "<li>{} {}{}</li>", lines)
        return format_html("<p><strong>{}</strong></p><ol>{}</ol>", who, listed)


def named(assignment: FeatureAssignment, side: str) -> str:
    provider, model = getattr(assignment, f"{side}_provider"), assignment.model_of(side)
    if provider is None:
        return "–"
    return f"{provider}: {model}" if model else str(provider)
