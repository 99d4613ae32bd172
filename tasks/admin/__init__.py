"""Admin pages of tasks: where cards live, and the cards with their people and checklists."""

from tasks.admin.boards import BoardAdmin, ColumnAdmin, LabelAdmin, ProjectAdmin
from tasks.admin.cards import CardAdmin

__all__ = ["BoardAdmin", "CardAdmin", "ColumnAdmin", "LabelAdmin", "ProjectAdmin"]
