"""Admin pages of founders: the founder with notes and assignments, who is assigned, and how many an admin takes."""

from founders.admin.assignments import AssignmentAdmin, CapacityAdmin
from founders.admin.founders import FounderAdmin, NoteAdmin

__all__ = ["AssignmentAdmin", "CapacityAdmin", "FounderAdmin", "NoteAdmin"]
