"""The sheet of cards: what stands on boards, with the people on it and its checklist."""

from typing import Any
from uuid import UUID

from assignhub.errors import not_found
from assignhub.imports import CREATED, UNCHANGED, UPDATED, Row, Sheet, names_in
from tasks import services
from tasks.models import Board, Card, Column, Label, Project
from tasks.services import Draft
from tenancy.models import User

DONE = "[x]"


class Cards(Sheet):
    name = "cards"
    columns = (
        "project",
        "board",
        "column",
        "title",
        "description",
        "priority",
        "due_date",
        "labels",
        "assigned_to",
        "checklist",
    )
    required = ("project", "board", "column", "title")
    related = ("column__board__project", "labels", "assignees__user", "checklist")

    @staticmethod
    def line(row: Card) -> tuple[Any, ...]:
        board = row.column.board
        place = board.project.name, board.name, row.column.name
        texts = (f"{DONE} {item.text}" if item.completed else item.text for item in row.checklist.all())
        many = (
            (label.name for label in row.labels.all()),
            (assignee.user.email for assignee in row.assignees.all()),
            texts,
        )
        due_date = row.due_date or ""
        return *place, row.title, row.description, row.priority, due_date, *("|".join(cells) for cells in many)

    def take(self, row: Row) -> str:
        """Make the card, or bring the one of this title on the board up to the row; items it lacks are added."""
        column = self.column(row)
        drafts = [self.draft(text) for text in names_in(row["checklist"])]
        values = {
            "column": column,
            "title": row["title"],
            "description": row["description"],
            "priority": row["priority"] or "medium",
            "due_date": row["due_date"] or None,
            "labels": self.labels(column.board, names_in(row["labels"])),
            "assigned_to": self.people(names_in(row["assigned_to"])),
        }
        present = Card.objects.filter(column__board=column.board, title=row["title"]).order_by("created_at").first()
        if present is None:
            services.cards.create(by=self.by, checklist=drafts, **values)
            return CREATED
        if present.column_id == column.pk:
            del values["column"]
        people = set(present.assigned_to)
        stored = services.cards.update(present, by=self.by, **values)
        texts = set(stored.checklist.values_list("text", flat=True))
        missing = [draft for draft in drafts if draft.text not in texts]
        if missing:
            services.checklist.create_many(stored, missing, by=self.by)
        changed = missing or stored.updated_at != present.updated_at or people != set(values["assigned_to"])
        return UPDATED if changed else UNCHANGED

    def column(self, row: Row) -> Column:
        project = Project.objects.filter(tenant=self.tenant, name=row["project"]).first()
        if project is None:
            raise not_found(Project, f"“{row['project']}”", field="project", by="name")
        board = Board.objects.filter(project=project, name=row["board"]).first()
        if board is None:
            raise not_found(Board, f"“{row['board']}”", field="board", by="name")
        column = Column.objects.filter(board=board, name=row["column"]).select_related("board__project__tenant").first()
        if column is None:
            raise not_found(Column, f"“{row['column']}”", field="column", by="name")
        return column

    def labels(self, board: Board, names: list[str]) -> list[Label]:
        found = {label.name: label for label in Label.objects.filter(board=board, name__in=names)}
        for name in names:
            if name not in found:
                raise not_found(Label, f"“{name}”", field="labels", by="name")
        return list(found.values())

    def people(self, emails: list[str]) -> list[UUID]:
        """The accounts of these addresses; whether they may be put on a card is the rule's to say."""
        wanted = [email.lower() for email in emails]
        visible = User.objects.within(self.by, User.permission("view"))
        found = dict(visible.filter(email__in=wanted).values_list("email", "pk"))
        for email in wanted:
            if email not in found:
                raise not_found(User, email, field="assigned_to", by="e-mail")
        return [found[email] for email in wanted]

    @staticmethod
    def draft(text: str) -> Draft:
        done = text.lower().startswith(DONE)
        return Draft(text=text[len(DONE) :].strip() if done else text, completed=done)
