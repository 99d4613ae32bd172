"""The page of providers: their keys are written here and never shown, and a button asks one for real."""

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views.decorators.debug import sensitive_post_parameters
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.decorators import action, display
from unfold.widgets import UnfoldAdminPasswordWidget, UnfoldBooleanSwitchWidget

from ai_features import imports, services
from ai_features.breaker import month_of
from ai_features.models import Outcome, Provider
from assignhub.admin import AnswerFilter, HubAdmin, PresenceFilter, YesNoFilter, confirmed_action
from assignhub.errors import explain

SHOWN = 2_000
STATE_COLOURS = {
    "ready": "success",
    "inactive": "info",
    "no key": "warning",
    "cooling down": "danger",
    "failing": "warning",
}


class CoolingFilter(AnswerFilter):
    """Providers by what became of the last calls."""

    title = "health"
    parameter_name = "health"
    answers = (("cooling", "Cooling down"), ("failing", "Failed last time"), ("well", "Answers"))

    def queryset(self, request, queryset):
        match self.value():
            case "cooling":
                return queryset.filter(health__open_until__gt=timezone.now())
            case "failing":
                return queryset.filter(health__failures__gt=0)
            case "well":
                return queryset.filter(health__failures=0)
        return queryset


class ProviderForm(forms.ModelForm):
    """A provider, and its key to write: what is stored is never sent to a browser."""

    api_key = forms.CharField(
        label="API key",
        required=False,
        strip=False,
        max_length=500,
        widget=UnfoldAdminPasswordWidget(attrs={"autocomplete": "new-password"}),
        help_text="Left empty, the present key stays. Moving the endpoint to another host needs the key again.",
    )
    remove_key = forms.BooleanField(label="Remove the key", required=False, widget=UnfoldBooleanSwitchWidget)

    class Meta:
        model = Provider
        fields = ("name", "type", "is_active", "endpoint", "api_version", "default_model", "monthly_budget")


@admin.register(Provider)
class ProviderAdmin(HubAdmin):
    service = services.providers
    sheet = imports.Providers
    form = ProviderForm
    list_display = ("name", "type", "state", "key", "default_model", "spent", "monthly_budget")
    list_select_related = ("health", "default_model")
    list_filter = (
        YesNoFilter.of("is_active", "active", yes="Active", no="Not active"),
        CoolingFilter,
        ("type", ChoicesDropdownFilter),
        PresenceFilter.of("monthly_budget", "budget", yes="With a budget", no="Without a limit"),
    )
    search_fields = ("name", "endpoint")
    search_help_text = "Name or endpoint"
    autocomplete_fields = ("default_model",)
    readonly_fields = ("key", "state", "spent")
    fieldsets = (
        (None, {"fields": ("name", "type", "is_active")}),
        ("Where it is", {"fields": ("endpoint", "api_version")}),
        ("Key", {"fields": ("key", "api_key", "remove_key")}),
        ("Limits", {"fields": ("default_model", "monthly_budget")}),
        ("How it is doing", {"fields": ("state", "spent")}),
    )
    related_lists = (
        ("Models of this provider", "ai_features.Model", "provider"),
        ("Features it serves", "ai_features.FeatureAssignment", "primary_provider"),
        ("Features it stands in for", "ai_features.FeatureAssignment", "backup_provider"),
    )
    actions = ("deactivate", "activate")
    actions_detail = ("try_out",)

    @method_decorator(sensitive_post_parameters("api_key"))
    def changeform_view(self, *args, **kwargs):
        return super().changeform_view(*args, **kwargs)

    def submitted(self, form, names):
        values = super().submitted(form, [name for name in names if name not in ("api_key", "remove_key")])
        if form.cleaned_data.get("remove_key"):
            values["api_key"] = ""
        if form.cleaned_data.get("api_key"):
            values["api_key"] = form.cleaned_data["api_key"]
        return values

    @admin.display(description="key")
    def key(self, provider: Provider) -> str:
        if not provider.sealed_key:
            return "none"
        ends = f"•••• {provider.key_hint}" if provider.key_hint else "••••"
        return f"{ends}, given on {provider.key_set_at:%Y-%m-%d}"

    @display(description="state", label=STATE_COLOURS)
    def state(self, provider: Provider) -> str:
        if not provider.is_active:
            return "inactive"
        if provider.lacks_key:
            return "no key"
        if provider._state.adding or provider.health.failures == 0:
            return "ready"
        return "cooling down" if provider.health.is_cooling(timezone.now()) else "failing"

    @admin.display(description="spent this month")
    def spent(self, provider: Provider) -> str:
        return "–" if provider._state.adding else f"{provider.health.spent_in(month_of(timezone.now())):.2f} USD"

    def has_try_out_permission(self, request, object_id=None) -> bool:
        return self.may(request, "test")

    @action(description="Test", url_path="test", permissions=["try_out"], icon="network_ping")
    def try_out(self, request, object_id):
        """A page with a button that calls the provider for real, and what it answered."""
        provider = self.get_object(request, object_id)
        if provider is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        context = {"title": f"Test {provider}", "object": provider, "original": provider, "opts": self.opts}
        if request.method == "POST":
            try:
                model, called = services.try_provider(provider, by=request.user)
                ok = called.outcome in (Outcome.OK, Outcome.BUILTIN)
                context |= {"model": model, "called": called, "ok": ok, "text": called.text[:SHOWN]}
            except ValidationError as refusal:
                context["refusal"] = explain(refusal)
        return TemplateResponse(
            request, "admin/ai_features/test.html", {**self.admin_site.each_context(request), **context}
        )

    @confirmed_action(
        "Deactivate",
        permissions=["change"],
        grave=True,
        help_text="Nobody asks it any more; backups take over.",
    )
    def deactivate(self, request, provider: Provider):
        self.service.update(provider, by=request.user, is_active=False)

    @confirmed_action("Activate", permissions=["change"])
    def activate(self, request, provider: Provider):
        self.service.update(provider, by=request.user, is_active=True)
