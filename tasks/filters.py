"""The query parameters of the lists of the tasks API."""

import django_filters
from django.db.models import Q, QuerySet

from tasks.models import Board, Card, Column, Label, Priority, Project


class ProjectFilters(django_filters.FilterSet):
    organization_id = django_filters.UUIDFilter(field_name="tenant_id")

    class Meta:
        model = Project
        fields = ["organization_id"]


class BoardFilters(django_filters.FilterSet):
    project_id = django_filters.UUIDFilter()

    class Meta:
        model = Board
        fields = ["project_id"]


class ColumnFilters(django_filters.FilterSet):
    board_id = django_filters.UUIDFilter()

    class Meta:
        model = Column
        fields = ["board_id"]


class LabelFilters(django_filters.FilterSet):
    board_id = django_filters.UUIDFilter()

    class Meta:
        model = Label
        fields = ["board_id"]


class CardFilters(django_filters.FilterSet):
    column_id = django_filters.UUIDFilter()
    board_id = django_filters.UUIDFilter(field_name="column__board_id")
    project_id = django_filters.UUIDFilter(field_name="column__board__project_id")
    assigned_to = django_filters.UUIDFilter(field_name="assignees__user_id")
    priority = django_filters.ChoiceFilter(choices=Priority.choices)
    finished = django_filters.BooleanFilter(field_name="finished_at", lookup_expr="isnull", exclude=True)
    due_from = django_filters.DateFilter(field_name="due_date", lookup_expr="gte")
    due_to = django_filters.DateFilter(field_name="due_date", lookup_expr="lte")
    search = django_filters.CharFilter(method="find", max_length=200)

    class Meta:
        model = Card
        fields = ["priority"]

    def find(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        return rows.filter(Q(title__icontains=value) | Q(description__icontains=value))
