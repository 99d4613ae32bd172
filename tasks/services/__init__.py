"""Every write of the tasks domain. Whoever calls says `by` whom."""

from tasks.services.assigning import assign, assignees, leave_tenant, reassign, unassign
from tasks.services.boards import boards, columns, labels, projects
from tasks.services.cards import cards
from tasks.services.checklists import checklist, checklist_of
from tasks.services.generating import Proposal, propose, suggestions
from tasks.services.writing import Draft

__all__ = [
    "Draft",
    "Proposal",
    "assign",
    "assignees",
    "boards",
    "cards",
    "checklist",
    "checklist_of",
    "columns",
    "labels",
    "leave_tenant",
    "projects",
    "propose",
    "reassign",
    "suggestions",
    "unassign",
]
