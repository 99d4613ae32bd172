"""The pages of who looks after whom, and of how many founders an admin takes."""

from django import forms
from django.contrib import admin
from unfold.decorators import display
from unfold.widgets import UnfoldAdminTextInputWidget

from assignhub.admin import (
    HubAdmin,
    PresenceFilter,
    ReachableFilter,
    TimeRangeFilter,
    YesNoFilter,
    confirmed_action,
)
from assignhub.permissions import NO, reach
from founders import imports, services
from founders.admin.handing_over import HeirForm
from founders.candidates import admins_held, described, places
from founders.models import Assignment, Capacity
from tenancy.models import User

PEOPLE = ("first_name", "last_name", "email")


@admin.register(Assignment)
class AssignmentAdmin(HubAdmin):
    service = services.assignments
    sheet = imports.FounderAssignments
    list_display = ("founder", "company", "admin", "lead_badge", "cover", "cover_until", "created_at")
    list_select_related = ("founder", "admin", "cover")
    list_filter = (
        YesNoFilter.of("is_lead", "lead", yes="Leads", no="Does not lead"),
        PresenceFilter.of("cover", "cover", yes="Somebody covers", no="Nobody covers"),
        ("founder", ReachableFilter),
        ("admin", ReachableFilter),
        ("founder__tenant", ReachableFilter),
        ("created_at", TimeRangeFilter),
    )
    search_fields = ()
    search_related = {"founder": ("name", "email", "company_name"), "admin": PEOPLE, "cover": PEOPLE}
    search_help_text = "Name or e-mail address of the founder, the admin or who covers; the company"
    fieldsets = (
        (None, {"fields": ("founder", "admin", "is_lead")}),
        ("While they are away", {"fields": (("cover", "cover_until"),)}),
    )
    autocomplete_fields = ("founder", "admin", "cover")
    actions = ("hand_over", "lead")

    def has_change_permission(self, request, obj=None) -> bool:
        """Lead and cover are changed on the founder's page, where the others are in sight."""
        return False

    def has_import_permission(self, request) -> bool:
        return self.has_add_permission(request) and self.may(request, "change")

    def has_hand_over_permission(self, request) -> bool:
        return reach(request.user, Assignment.permission("hand_over")) != NO

    def has_lead_permission(self, request) -> bool:
        return self.may(request, "change")

    @admin.display(description="company", ordering="founder__company_name")
    def company(self, assignment: Assignment) -> str:
        return assignment.founder.company_name or "–"

    @display(description="lead", ordering="is_lead", label={"leads": "primary"})
    def lead_badge(self, assignment: Assignment) -> str | None:
        return "leads" if assignment.is_lead else None

    @confirmed_action(
        "Hand over to another admin",
        permissions=["hand_over"],
        form=HeirForm,
        help_text="The new admin takes the place, and the lead, of the one who has it now.",
    )
    def hand_over(self, request, assignment: Assignment, to: User) -> str:
        services.hand_over(to.pk, by=request.user, from_id=assignment.admin_id, founder_ids=[assignment.founder_id])
        return f"Now looked after by {to}"

    @confirmed_action("Make them lead", permissions=["lead"], help_text="Whoever leads now no longer does.")
    def lead(self, request, assignment: Assignment):
        self.service.update(assignment, by=request.user, is_lead=True)


class IndustriesField(forms.CharField):
    """Several names in one line, with commas between them."""

    widget = UnfoldAdminTextInputWidget

    def prepare_value(self, value):
        return ", ".join(value) if isinstance(value, list) else value

    def to_python(self, value):
        return [name.strip() for name in str(super().to_python(value)).split(",") if name.strip()]

    def has_changed(self, initial, data) -> bool:
        return self.to_python(data) != (initial or [])


class CapacityForm(forms.ModelForm):
    industries = IndustriesField(required=False, help_text="Several with commas between them; empty: any.")

    class Meta:
        model = Capacity
        fields = ("tenant", "user", "capacity", "industries")


@admin.register(Capacity)
class CapacityAdmin(HubAdmin):
    service = services.capacities
    sheet = imports.Capacities
    form = CapacityForm
    list_display = ("user", "email", "tenant", "load_badge", "industry_names")
    list_select_related = ("user", "tenant")
    list_filter = (("tenant", ReachableFilter), ("user", ReachableFilter))
    search_fields = ("user__email", "user__first_name", "user__last_name")
    search_help_text = "Name or e-mail address"
    fieldsets = (
        (None, {"fields": ("tenant", "user")}),
        ("When founders are shared out", {"fields": ("capacity", "industries")}),
    )
    autocomplete_fields = ("tenant", "user")

    def describe(self, request, rows):
        """How many founders each of the admins has, in a flat number of queries."""
        held = admins_held().filter(user__in=[row.user_id for row in rows])
        loads = {(found.tenant_id, found.admin_id): found.founder_count for found in described(places(held))}
        for row in rows:
            row.load = loads.get((row.tenant_id, row.user_id), 0)

    @admin.display(description="e-mail address", ordering="user__email")
    def email(self, capacity: Capacity) -> str:
        return capacity.user.email

    @display(description="has", label={"free": "success", "full": "warning"})
    def load_badge(self, capacity) -> tuple[str, str]:
        return ("free" if capacity.load < capacity.capacity else "full"), f"{capacity.load} of {capacity.capacity}"

    @admin.display(description="industries")
    def industry_names(self, capacity: Capacity) -> str:
        return ", ".join(capacity.industries) or "any"
