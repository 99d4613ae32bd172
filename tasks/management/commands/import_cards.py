from assignhub.imports import ImportCommand
from tasks.imports import Cards


class Command(ImportCommand):
    help = (
        "Import cards: project, board, column (names), title, description, priority, due_date; and labels (names), "
        "assigned_to (e-mails) and checklist (texts, “[x]” before those that are done), several with | between them."
    )
    sheet = Cards
