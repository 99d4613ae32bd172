"""The page of models: what they can do and cost, what they serve, and moving that to another."""

from decimal import Decimal

from django.contrib import admin
from unfold.contrib.filters.admin import RangeDateFilter, RangeNumericFilter
from unfold.decorators import display

from ai_features import services
from ai_features.models import FeatureAssignment, Model
from ai_features.models.providers import retirement_horizon, today
from assignhub.admin import (
    ActionForm,
    AnswerFilter,
    HubAdmin,
    ReachableChoice,
    ReachableFilter,
    ValuesFilter,
    YesNoFilter,
    confirmed_action,
)
from assignhub.permissions import NO, reach


class RetirementFilter(AnswerFilter):
    """Models by how near their end is."""

    title = "retirement"
    parameter_name = "retirement"
    answers = (("retired", "Retired"), ("soon", "Retires soon"), ("either", "Retired or soon"))

    def queryset(self, request, queryset):
        near = queryset.filter(retires_at__lte=retirement_horizon())
        match self.value():
            case "retired":
                return near.filter(retires_at__lte=today())
            case "soon":
                return near.filter(retires_at__gt=today())
            case "either":
                return near
        return queryset


def retirement_of(model: Model) -> tuple[str, str] | None:
    """How near the end of a model is: a kind and its words."""
    if model.is_retired:
        return "retired", f"retired {model.retires_at}"
    return ("soon", f"retires {model.retires_at}") if model.is_retiring else None


RETIREMENT_LABELS = {"retired": "danger", "soon": "warning"}


def priced(price: Decimal | None) -> str:
    return "–" if price is None else f"{price.normalize():f}"


class MoveForm(ActionForm):
    """The model that takes over."""

    target = ReachableChoice(
        FeatureAssignment._meta.get_field("primary_model"),
        label="Move to",
        help_text="All features of a model move, or none. “Check first” lists them.",
    )


@admin.register(Model)
class ModelAdmin(HubAdmin):
    service = services.models
    list_display = (
        "name",
        "provider",
        "context",
        "prices",
        "abilities",
        "served",
        "retirement",
        "active_badge",
    )
    list_select_related = ("provider",)
    list_filter = (
        ("provider", ReachableFilter),
        RetirementFilter,
        YesNoFilter.of("is_active", "active", yes="Active", no="Not active"),
        ValuesFilter.of("mode", "mode"),
        YesNoFilter.of("vision", "vision"),
        YesNoFilter.of("tools", "tools"),
        YesNoFilter.of("json_output", "JSON output"),
        ("context_size", RangeNumericFilter),
        ("input_price", RangeNumericFilter),
        ("retires_at", RangeDateFilter),
    )
    search_fields = ("name", "provider__name")
    search_help_text = "Name, or the provider"
    autocomplete_fields = ("provider",)
    readonly_fields = ("served",)
    fieldsets = (
        (None, {"fields": ("provider", "name", "mode", "is_active")}),
        ("What it can do", {"fields": ("context_size", "max_output", "vision", "tools", "json_output")}),
        ("What it costs", {"fields": ("input_price", "output_price")}),
        ("Retirement", {"fields": ("retires_at", "served")}),
    )
    related_lists = (
        ("Features it serves", "ai_features.FeatureAssignment", "primary_model"),
        ("Features it stands in for", "ai_features.FeatureAssignment", "backup_model"),
    )
    actions = ("move_features", "deactivate", "activate")

    def describe(self, request, rows):
        """The features each model serves, in one query."""
        served = FeatureAssignment.objects.served_names(row.pk for row in rows)
        for model in rows:
            model.features = served[model.pk]

    @admin.display(description="can")
    def abilities(self, model: Model) -> str:
        named = {"vision": model.vision, "tools": model.tools, "JSON": model.json_output}
        return ",\u00a0".join(name for name, present in named.items() if present) or "–"

    @display(description="status", ordering="is_active", label={"active": "success", "not active": "warning"})
    def active_badge(self, model: Model) -> str:
        return "active" if model.is_active else "not active"

    @display(description="retirement", ordering="retires_at", label=RETIREMENT_LABELS)
    def retirement(self, model: Model) -> tuple[str, str] | None:
        return retirement_of(model)

    @admin.display(description="context", ordering="context_size")
    def context(self, model: Model) -> str:
        return "–" if model.context_size is None else f"{model.context_size:,}"

    @admin.display(description="USD in / out", ordering="input_price")
    def prices(self, model: Model) -> str:
        return f"{priced(model.input_price)} /\u00a0{priced(model.output_price)}"

    @admin.display(description="serves")
    def served(self, model: Model) -> str:
        if model._state.adding:
            return "–"
        kept = vars(model)
        if "features" not in kept:
            kept["features"] = FeatureAssignment.objects.served_names([model.pk])[model.pk]
        return ", ".join(kept["features"]) or "–"

    def has_move_permission(self, request) -> bool:
        return reach(request.user, FeatureAssignment.permission("change")) != NO

    @confirmed_action(
        "Move features to another model",
        permissions=["move"],
        form=MoveForm,
        help_text="Every feature the model serves, by name or as its provider's default, goes to the other one.",
    )
    def move_features(self, request, model: Model, target: Model) -> str:
        moves = services.migrate_model(model, target, by=request.user)
        moved = [f"{move.assignment} ({', '.join(move.sides)})" for move in moves]
        return "\n".join((f"{len(moved)} to {target}", *moved)) if moved else "It serves no feature"

    @confirmed_action("Deactivate", permissions=["change"], help_text="It serves nothing any more; backups take over.")
    def deactivate(self, request, model: Model):
        self.service.update(model, by=request.user, is_active=False)

    @confirmed_action("Activate", permissions=["change"])
    def activate(self, request, model: Model):
        self.service.update(model, by=request.user, is_active=True)
