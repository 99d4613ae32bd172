"""Leaves of the tasks API. Rules are in `assignees.py` and `services/`."""

from tasks.views.assigning import AssignmentViewSet
from tasks.views.boards import BoardViewSet, ColumnViewSet, LabelViewSet, OrganizationViewSet, ProjectViewSet
from tasks.views.cards import CardViewSet
from tasks.views.checklists import ChecklistViewSet, GenerationViewSet

__all__ = [
    "AssignmentViewSet",
    "BoardViewSet",
    "CardViewSet",
    "ChecklistViewSet",
    "ColumnViewSet",
    "GenerationViewSet",
    "LabelViewSet",
    "OrganizationViewSet",
    "ProjectViewSet",
]
