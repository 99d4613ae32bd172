"""Leaves of what cards live on: organisations, projects, boards, columns, labels."""

from tasks import filters, services
from tasks.serializers import boards as shapes
from tasks.serializers.cards import LabelRecordShape
from tasks.views.base import TasksViewSet
from tenancy.services import tenants


class OrganizationViewSet(TasksViewSet):
    """The tenants, in the words of seed 004."""

    service = tenants
    serializer_class = shapes.OrganizationShape
    ordering = ("name", "pk")


class ProjectViewSet(TasksViewSet):
    service = services.projects
    serializer_class = shapes.ProjectShape
    filterset_class = filters.ProjectFilters
    select_related = ("tenant",)


class BoardViewSet(TasksViewSet):
    """Boards. A single one comes with its columns, their cards, and the people and checklists of those, in one call."""

    service = services.boards
    serializer_class = shapes.BoardShape
    action_shapes = {"retrieve": shapes.BoardWithCardsShape}
    filterset_class = filters.BoardFilters
    select_related = ("project__tenant",)


class ColumnViewSet(TasksViewSet):
    service = services.columns
    serializer_class = shapes.ColumnShape
    filterset_class = filters.ColumnFilters
    select_related = ("board__project__tenant",)
    ordering = ("board", "position")


class LabelViewSet(TasksViewSet):
    service = services.labels
    serializer_class = LabelRecordShape
    filterset_class = filters.LabelFilters
    select_related = ("board__project__tenant",)
    ordering = ("name", "pk")
