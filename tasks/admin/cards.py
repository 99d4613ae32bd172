"""The pages of cards, with the people on them and their checklists."""

from typing import Any

from django.contrib import admin
from django.db.models import Prefetch, prefetch_related_objects
from django.urls import reverse
from django.utils import timezone
from unfold.contrib.filters.admin import ChoicesDropdownFilter, RangeDateFilter
from unfold.decorators import display

from assignhub.admin import (
    ActionForm,
    HubAdmin,
    HubInline,
    PresenceFilter,
    ReachableChoice,
    ReachableFilter,
    TimeRangeFilter,
    confirmed_action,
)
from assignhub.permissions import allows
from tasks import imports, services
from tasks.models import Assignee, Card, ChecklistItem, Column
from tenancy.models import User

PRIORITY_COLOURS = {"low": "success", "medium": "info", "high": "warning", "urgent": "danger"}
STATE_COLOURS = {"open": "info", "overdue": "danger", "finished": "success"}


class AssigneeInline(HubInline):
    model = Assignee
    service = services.assignees
    fields = ("user",)
    autocomplete_fields = ("user",)
    show_change_link = False
    tab = True


class ChecklistInline(HubInline):
    model = ChecklistItem
    service = services.checklist
    fk_name = "card"
    fields = ("text", "completed", "position", "assignee", "due_date")
    autocomplete_fields = ("assignee",)
    show_change_link = False
    tab = True


class PersonForm(ActionForm):
    user = ReachableChoice(
        Assignee._meta.get_field("user"), label="Whom", help_text="Who may be put on a card follows from your role."
    )


class ColumnForm(ActionForm):
    column = ReachableChoice(
        Card._meta.get_field("column"), label="To which column", help_text="The cards come last in it."
    )


@admin.register(Card)
class CardAdmin(HubAdmin):
    service = services.cards
    sheet = imports.Cards
    list_display = ("title", "column", "priority_badge", "due_date", "state_badge", "people", "steps")
    list_select_related = ("column__board",)
    list_filter = (
        PresenceFilter.of("finished_at", "state", yes="Finished", no="Open"),
        ("priority", ChoicesDropdownFilter),
        ("assignees__user", ReachableFilter),
        ("column__board", ReachableFilter),
        ("column", ReachableFilter),
        ("column__board__project", ReachableFilter),
        ("labels", ReachableFilter),
        ("task_type", ChoicesDropdownFilter),
        ("due_date", RangeDateFilter),
        ("created_at", TimeRangeFilter),
    )
    date_hierarchy = "due_date"
    search_fields = ("title", "description")
    search_help_text = "A word of the title or of the description"
    fieldsets = (
        (None, {"fields": ("column", "title", "description")}),
        ("Planning", {"fields": (("priority", "due_date"), "labels", "position")}),
        ("Where it stands", {"fields": ("progress", "task_type", "created_by", "finished_at")}),
    )
    readonly_fields = ("task_type", "progress", "created_by", "finished_at")
    autocomplete_fields = ("column", "labels")
    ordering = ("-created_at", "-id")
    inlines = (AssigneeInline, ChecklistInline)
    actions = ("take", "leave", "assign", "unassign", "move", "finish", "reopen")

    def describe(self, request, rows):
        """The people on the cards and how far their checklists are, in three queries for all."""
        items = Prefetch("checklist", ChecklistItem.objects.only("card", "completed"))
        prefetch_related_objects(rows, Prefetch("assignees", Assignee.objects.select_related("user")), items)

    def links(self, request, row):
        found, board = super().links(request, row), row.column.board
        if allows(request.user, board.permission("view"), board):
            found.append(("Its board", reverse("admin:tasks_board_board", args=[board.pk])))
        return found

    @display(description="priority", ordering="priority", label=PRIORITY_COLOURS)
    def priority_badge(self, card: Card):
        return card.priority, card.get_priority_display()

    @display(description="state", ordering="finished_at", label=STATE_COLOURS)
    def state_badge(self, card: Card) -> str:
        if card.is_finished:
            return "finished"
        return "overdue" if card.due_date and card.due_date < timezone.localdate() else "open"

    @admin.display(description="people")
    def people(self, card: Card) -> str:
        return ", ".join(str(row.user) for row in card.assignees.all()) or "–"

    @admin.display(description="checklist")
    def steps(self, card: Card) -> str:
        items = card.checklist.all()
        return f"{sum(item.completed for item in items)} of {len(items)}" if items else "–"

    @admin.display(description="progress")
    def progress(self, card: Card) -> str:
        if card._state.adding:
            return "–"
        progress = card.progress
        return f"{progress['completed_items']} of {progress['total_items']} ({progress['progress_percentage']} %)"

    def save_formset(self, request, form, formset, change):
        """All people of the form at once, so that a refusal names everybody it concerns."""
        if formset.model is not Assignee:
            super().save_formset(request, form, formset, change)
            return
        formset.new_objects, formset.changed_objects, formset.deleted_objects = [], [], []
        if formset.has_changed():
            kept = [row for row in formset.forms if row not in formset.deleted_forms and row.cleaned_data.get("user")]
            services.reassign(form.instance, [row.cleaned_data["user"].pk for row in kept], by=request.user)

    def has_assign_permission(self, request) -> bool:
        return self.may(request, "assign")

    def has_unassign_permission(self, request) -> bool:
        return self.may(request, "unassign")

    def has_move_permission(self, request) -> bool:
        return self.may(request, "move")

    def has_finish_permission(self, request) -> bool:
        return self.may(request, "finish")

    def has_reopen_permission(self, request) -> bool:
        return self.may(request, "reopen")

    @confirmed_action("Put me on it", permissions=["assign"])
    def take(self, request, card: Card):
        services.assign(card, [request.user.pk], by=request.user)

    @confirmed_action("Take me off it", permissions=["unassign"])
    def leave(self, request, card: Card):
        services.unassign(card, [request.user.pk], by=request.user)

    @confirmed_action("Put somebody on it", permissions=["assign"], form=PersonForm)
    def assign(self, request, card: Card, user: User):
        services.assign(card, [user.pk], by=request.user)

    @confirmed_action("Take somebody off it", permissions=["unassign"], form=PersonForm)
    def unassign(self, request, card: Card, user: User):
        services.unassign(card, [user.pk], by=request.user)

    @confirmed_action("Move to a column", permissions=["move"], form=ColumnForm)
    def move(self, request, card: Card, column: Column) -> str:
        moved: Any = self.service.move(card, by=request.user, column=column)
        return "\n".join((f"Now in {column}", *moved.warnings))

    @confirmed_action("Finish", permissions=["finish"], help_text="Only cards with nothing open on their checklist.")
    def finish(self, request, card: Card):
        self.service.finish(card, by=request.user)

    @confirmed_action("Open again", permissions=["reopen"])
    def reopen(self, request, card: Card):
        self.service.reopen(card, by=request.user)
