"""Boards and what is on them: projects with teams, boards, columns, cards, checklists, assignees. Source: seed 004."""

from tasks.models.boards import Board, Column, Label, Project
from tasks.models.cards import Assignee, Card, ChecklistItem, Priority

__all__ = ["Assignee", "Board", "Card", "ChecklistItem", "Column", "Label", "Priority", "Project"]
