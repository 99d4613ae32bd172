"""The pages of founders and of what is noted about them."""

from typing import Any

from django.contrib import admin
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.text import Truncator
from unfold.contrib.filters.admin import RangeDateFilter
from unfold.decorators import display

from assignhub.admin import (
    AnswerFilter,
    HubAdmin,
    HubInline,
    PresenceFilter,
    ReachableFilter,
    TimeRangeFilter,
    ValuesFilter,
    confirmed_action,
)
from assignhub.permissions import NO, allows, reach
from founders import imports, services
from founders.admin.handing_over import HandOverForm
from founders.models import Assignment, Founder, Note, Tenure
from founders.responsibility import pairs_of, responsible
from tenancy.models import User

TENURES_SHOWN = 50
CARE_COLOURS = {"nobody": "danger", "covered": "warning", "looked after": "success"}


class WithoutAdminFilter(AnswerFilter):
    """Founders whom nobody looks after right now, or somebody does."""

    title = "admin"
    parameter_name = "without_admin"
    answers = (("yes", "Without an admin"), ("no", "With an admin"))

    def queryset(self, request, queryset):
        orphans = Founder.objects.without_admin(timezone.now()).values("pk")
        match self.value():
            case "yes":
                return queryset.filter(pk__in=orphans)
            case "no":
                return queryset.exclude(pk__in=orphans)
            case _:
                return queryset


class AssignmentInline(HubInline):
    model = Assignment
    service = services.assignments
    fk_name = "founder"
    fields = ("admin", "is_lead", "cover", "cover_until")
    autocomplete_fields = ("admin", "cover")
    tab = True


class NoteInline(HubInline):
    model = Note
    service = services.notes
    fields = ("date", "text", "author")
    readonly_fields = ("author",)
    tab = True

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if db_field.name == "date":
            field.required = False
            field.help_text = "Empty: today."
        return field


@admin.register(Founder)
class FounderAdmin(HubAdmin):
    service = services.founders
    sheet = imports.Founders
    list_display = ("name", "company_name", "industry", "email", "tenant", "looked_after_by", "care_badge")
    list_select_related = ("tenant",)
    list_filter = (
        WithoutAdminFilter,
        ValuesFilter.of("industry", "industry"),
        PresenceFilter.of("user", "account", yes="Linked to an account", no="Without an account"),
        ("tenant", ReachableFilter),
        ("created_at", TimeRangeFilter),
    )
    search_fields = ("name", "email", "company_name", "industry")
    search_help_text = "Name, e-mail address, company or industry"
    fieldsets = (
        (None, {"fields": ("tenant", ("name", "email"), ("company_name", "industry"))}),
        ("Account", {"fields": ("user",)}),
        ("Looked after so far", {"fields": ("tenures",)}),
    )
    autocomplete_fields = ("tenant", "user")
    readonly_fields = ("tenures",)
    inlines = (AssignmentInline, NoteInline)
    related_lists = (
        ("Notes about this founder", "founders.Note", "founder"),
        ("Who looks after them", "founders.Assignment", "founder"),
    )
    actions = ("hand_over",)

    def describe(self, request, rows):
        """Who looks after the founders right now, in one query for all."""
        kept_by = responsible(pairs_of([founder.pk for founder in rows], timezone.now()))
        for founder in rows:
            founder.kept_by = list(kept_by.get(founder.pk, {}).values())

    def get_fieldsets(self, request, obj=None):
        *shown, history = super().get_fieldsets(request, obj)
        told = obj is not None and reach(request.user, Assignment.permission("history")) != NO
        return (*shown, history) if told else tuple(shown)

    def links(self, request, row):
        found, account = super().links(request, row), row.user
        if account is not None and allows(request.user, account.permission("view"), account):
            found.append(("Their account", reverse("admin:tenancy_user_change", args=[account.pk])))
        return found

    @admin.display(description="looked after by")
    def looked_after_by(self, founder: Any) -> str:
        return ", ".join(person.name for person in founder.kept_by) or "–"

    @display(description="state", label=CARE_COLOURS)
    def care_badge(self, founder: Any) -> str:
        if not founder.kept_by:
            return "nobody"
        return "looked after" if any(person.until is None for person in founder.kept_by) else "covered"

    @admin.display(description="the newest first")
    def tenures(self, founder: Founder) -> str:
        found = Tenure.objects.filter(founder=founder).order_by("-since", "-id")[:TENURES_SHOWN]
        lines = [
            (tenure.name, f"{tenure.since:%Y-%m-%d}", f"{tenure.until:%Y-%m-%d}" if tenure.until else "today")
            for tenure in found
        ]
        return format_html_join("", '<p class="listed">{}: {} to {}</p>', lines) or "Nobody yet."

    def has_hand_over_permission(self, request) -> bool:
        return reach(request.user, Assignment.permission("hand_over")) != NO

    @confirmed_action(
        "Hand over to another admin",
        permissions=["hand_over"],
        form=HandOverForm,
        help_text="The new admin leads where the one who leaves did, and where nobody else is left.",
    )
    def hand_over(self, request, founder: Founder, to: User, replaced: User | None) -> str:
        services.hand_over(to.pk, by=request.user, from_id=replaced.pk if replaced else None, founder_ids=[founder.pk])
        return f"Now looked after by {to}"


@admin.register(Note)
class NoteAdmin(HubAdmin):
    service = services.notes
    list_display = ("founder", "company", "date", "author", "beginning")
    list_select_related = ("founder", "author")
    list_filter = (
        ("founder", ReachableFilter),
        ("founder__tenant", ReachableFilter),
        ("author", ReachableFilter),
        ("date", RangeDateFilter),
    )
    date_hierarchy = "date"
    search_fields = ("text",)
    search_related = {"founder": ("name", "email", "company_name"), "author": ("first_name", "last_name", "email")}
    search_help_text = "A word of the note, the founder, their company, or who wrote it"
    fieldsets = ((None, {"fields": ("founder", "date", "text", "author")}),)
    readonly_fields = ("author",)
    autocomplete_fields = ("founder",)

    @admin.display(description="company", ordering="founder__company_name")
    def company(self, note: Note) -> str:
        return note.founder.company_name or "–"

    @admin.display(description="text")
    def beginning(self, note: Note) -> str:
        return Truncator(note.text).chars(80)
