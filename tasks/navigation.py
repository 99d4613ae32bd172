"""Tasks in the sidebar."""

from assignhub.navigation import Page
from tasks.models import Board

PAGES = (Page("Board", "view_kanban", "admin:tasks_board_board_now", "/board/", Board.permission("view")),)

ICONS = {
    "Assignee": "person_pin",
    "Board": "dashboard",
    "Card": "note_stack",
    "Column": "view_column",
    "Label": "label",
    "Project": "folder",
}
