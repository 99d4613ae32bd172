"""The pages of projects, boards, columns and labels."""

from typing import Any

from django.contrib import admin
from django.db.models import Count
from django.utils.html import format_html
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.decorators import display

from assignhub.admin import (
    HubAdmin,
    HubInline,
    PresenceFilter,
    ReachableFilter,
    TimeRangeFilter,
    ValuesFilter,
    YesNoFilter,
)
from tasks import services
from tasks.board_pages import BoardPages
from tasks.models import Board, Card, Column, Label, Project


class ColumnInline(HubInline):
    model = Column
    service = services.columns
    fields = ("name", "position", "wip_limit", "wip_policy")
    tab = True


class LabelInline(HubInline):
    model = Label
    service = services.labels
    fields = ("name", "color")
    tab = True


@admin.register(Project)
class ProjectAdmin(HubAdmin):
    service = services.projects
    list_display = ("name", "tenant", "project_type", "team_badge", "open_cards", "created_at")
    list_select_related = ("tenant",)
    list_filter = (
        YesNoFilter.of("has_own_team", "team", yes="A team of its own", no="The whole organisation"),
        ValuesFilter.of("project_type", "type"),
        ("team", ReachableFilter),
        ("tenant", ReachableFilter),
        ("created_at", TimeRangeFilter),
    )
    search_fields = ("name", "project_type", "description")
    search_help_text = "Name, type or a word of the description"
    fieldsets = (
        (None, {"fields": ("tenant", "name", "description")}),
        ("What it is, and who does it", {"fields": ("project_type", "team")}),
    )
    autocomplete_fields = ("tenant", "team")
    related_lists = (
        ("Boards of this project", "tasks.Board", "project"),
        ("Cards of this project", "tasks.Card", "column__board__project"),
    )

    def describe(self, request, rows):
        count_open(rows, "column__board__project")

    @display(description="team", ordering="has_own_team", label={"own": "info", "whole": "primary"})
    def team_badge(self, project: Project) -> tuple[str, str]:
        return ("own", "team of its own") if project.has_own_team else ("whole", "whole organisation")

    @admin.display(description="open cards")
    def open_cards(self, project: Any) -> int:
        return project.open_cards


@admin.register(Board)
class BoardAdmin(BoardPages, HubAdmin):
    service = services.boards
    list_display = ("name", "project", "tenant", "open_cards", "created_at")
    list_select_related = ("project__tenant",)
    list_filter = (
        ("project", ReachableFilter),
        ("project__tenant", ReachableFilter),
        ("created_at", TimeRangeFilter),
    )
    search_fields = ("name", "description")
    search_related = {"project": ("name",)}
    search_help_text = "Name, a word of the description, or the project"
    fieldsets = ((None, {"fields": ("project", "name", "description")}),)
    autocomplete_fields = ("project",)
    inlines = (ColumnInline, LabelInline)
    related_lists = (
        ("Cards of this board", "tasks.Card", "column__board"),
        ("Columns", "tasks.Column", "board"),
        ("Labels", "tasks.Label", "board"),
    )

    def describe(self, request, rows):
        count_open(rows, "column__board")

    @admin.display(description="organisation", ordering="project__tenant__name")
    def tenant(self, board: Board) -> str:
        return str(board.project.tenant)

    @admin.display(description="open cards")
    def open_cards(self, board: Any) -> int:
        return board.open_cards


@admin.register(Column)
class ColumnAdmin(HubAdmin):
    service = services.columns
    list_display = ("name", "board", "position", "load_badge", "policy_badge")
    list_select_related = ("board",)
    list_filter = (
        ("board", ReachableFilter),
        ("board__project", ReachableFilter),
        PresenceFilter.of("wip_limit", "limit", yes="With a limit", no="Without a limit"),
        ("wip_policy", ChoicesDropdownFilter),
    )
    search_fields = ("name",)
    search_related = {"board": ("name",)}
    search_help_text = "Name, or the board"
    fieldsets = (
        (None, {"fields": ("board", "name", "position")}),
        ("Work in progress", {"fields": (("wip_limit", "wip_policy"),)}),
    )
    autocomplete_fields = ("board",)
    related_lists = (("Cards in this column", "tasks.Card", "column"),)

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("board")

    def describe(self, request, rows):
        count_open(rows, "column")

    @display(description="open cards", label={"over": "danger", "full": "warning", "free": "success"})
    def load_badge(self, column: Any) -> tuple[str, str]:
        if column.wip_limit is None:
            return "any", str(column.open_cards)
        kind = "over" if column.open_cards > column.wip_limit else "free"
        return "full" if column.open_cards == column.wip_limit else kind, f"{column.open_cards} of {column.wip_limit}"

    @admin.display(description="beyond the limit", ordering="wip_policy")
    def policy_badge(self, column: Column) -> str:
        return column.get_wip_policy_display() if column.wip_limit else "–"


@admin.register(Label)
class LabelAdmin(HubAdmin):
    service = services.labels
    list_display = ("name", "swatch", "board")
    list_select_related = ("board",)
    list_filter = (("board", ReachableFilter), ("board__project", ReachableFilter))
    search_fields = ("name",)
    search_related = {"board": ("name",)}
    search_help_text = "Name, or the board"
    fieldsets = ((None, {"fields": ("board", ("name", "color"))}),)
    autocomplete_fields = ("board",)
    related_lists = (("Cards that carry it", "tasks.Card", "labels"),)

    @admin.display(description="colour", ordering="color")
    def swatch(self, label: Label) -> str:
        box = '<svg class="inline-block mr-2" width="14" height="14" aria-hidden="true">{}</svg>{}'
        return format_html(
            box, format_html('<rect width="14" height="14" rx="3" fill="{}"></rect>', label.color), label.color
        )


def count_open(rows: list[Any], path: str) -> None:
    """Put on each row how many open cards it has, in one query; `path` leads there from a card."""
    cards = Card.objects.filter(**{f"{path}__in": rows}, finished_at=None).order_by()
    counts = dict(cards.values_list(path).annotate(Count("pk")))
    for row in rows:
        row.open_cards = counts.get(row.pk, 0)
