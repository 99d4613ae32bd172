"""Scheduling in the sidebar."""

from assignhub.navigation import Page
from scheduling.models import Schedule

PAGES = (
    Page("Roster", "view_timeline", "admin:scheduling_schedule_roster_now", "/roster/", Schedule.permission("view")),
)

ICONS = {
    "Assignment": "assignment_ind",
    "Employee": "badge",
    "Policy": "policy",
    "Qualification": "workspace_premium",
    "Schedule": "calendar_month",
    "Shift": "schedule",
    "ShiftType": "category",
    "Swap": "swap_horiz",
}
