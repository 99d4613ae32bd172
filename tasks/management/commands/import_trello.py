import csv
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management.base import CommandError
from django.db import transaction

from assignhub.errors import Refused, explain, not_found
from assignhub.imports import (
    CREATED,
    REFUSED,
    UNCHANGED,
    UPDATED,
    ImportCommand,
    Outcome,
    acting_tenant,
    acting_user,
    put,
)
from tasks import services, trello
from tasks.models import Board, Card, Column, Label, Project
from tasks.services import Draft
from tenancy.models import User


class Command(ImportCommand):
    help = (
        "Import a Trello board's JSON export: its lists as columns, cards, labels, checklists, due dates and members. "
        "The same export again changes nothing but what has changed in Trello. What is closed in Trello is finished "
        "here; a closed card whose checklist is open is refused."
    )

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path, help="The .json file that Trello exports.")
        parser.add_argument("--by", required=True, metavar="EMAIL", help="Whose account the import acts for.")
        parser.add_argument("--project", required=True, help="Name of the project the board belongs to.")
        parser.add_argument("--tenant", help="Name or ID of the tenant; may be left out by members of just one.")
        parser.add_argument(
            "--members",
            type=Path,
            metavar="FILE",
            help="A .csv file with username and email, for Trello tells no e-mail.",
        )
        parser.add_argument("--dry-run", action="store_true", help="Report what would happen, and change nothing.")

    def handle(self, **options):
        self.by = acting_user(options["by"])
        self.tenant = acting_tenant(self.by, options["tenant"])
        self.project = Project.objects.filter(tenant=self.tenant, name=options["project"]).first()
        if self.project is None:
            raise CommandError(f"There is no project “{options['project']}” in {self.tenant} (--project).")
        path = options["file"]
        try:
            self.export = trello.read(path)
        except FileNotFoundError:
            raise CommandError(f"There is no file {path}.") from None
        except ValidationError as error:
            raise CommandError(f"{path.name} cannot be read: {' '.join(error.messages)}") from None
        self.emails = self.export.emails | self.told(options["members"])
        with transaction.atomic():
            try:
                self.board = self.the_board()
            except (ValidationError, PermissionDenied) as refusal:
                raise CommandError(f"{path.name}: {explain(refusal)}") from None
            refused = 0
            for kind, rows, take in (
                ("lists", self.export.lists, self.take_list),
                ("labels", self.export.labels, self.take_label),
                ("cards", self.export.cards, self.take_card),
            ):
                refused += self.report(Path(f"{path.name} {kind}"), list(self.brought_in(rows, take)))
            transaction.set_rollback(options["dry_run"])
        if options["dry_run"]:
            self.stdout.write("Dry run: nothing was changed.")
        if refused:
            raise CommandError(f"{refused} {'row was' if refused == 1 else 'rows were'} refused.")

    def told(self, path: Path | None) -> dict[str, str]:
        """Members' e-mails by their Trello IDs, from a file of usernames."""
        if path is None:
            return {}
        try:
            with path.open(encoding="utf-8-sig", newline="") as file:
                emails = {row["username"].strip(): row["email"].strip().lower() for row in csv.DictReader(file)}
        except (OSError, KeyError, AttributeError, UnicodeDecodeError):
            raise CommandError(f"{path} is not a CSV file with the columns username and email (--members).") from None
        usernames = self.export.usernames.items()
        return {key: emails[username] for key, username in usernames if username in emails}

    def brought_in(self, rows: Sequence[Any], take: Callable[[Any], str]) -> Iterator[Outcome]:
        for number, row in enumerate(rows, start=1):
            try:
                with transaction.atomic():
                    result = take(row)
                yield Outcome(number, result)
            except (ValidationError, PermissionDenied) as refusal:
                yield Outcome(number, REFUSED, explain(refusal))

    def the_board(self) -> Board:
        present = Board.objects.filter(project=self.project, external_id=self.export.id).first()
        if present is not None:
            return services.boards.update(present, by=self.by, name=self.export.name)
        values = {"project": self.project, "name": self.export.name, "external_id": self.export.id}
        return services.boards.create(by=self.by, **values)

    def take_list(self, row: tuple[str, str]) -> str:
        key, name = row
        present = Column.objects.filter(board=self.board, external_id=key).first()
        return put(services.columns, present, by=self.by, board=self.board, name=name, external_id=key)

    def take_label(self, row: tuple[str, str, str]) -> str:
        key, name, color = row
        present = Label.objects.filter(board=self.board, external_id=key).first()
        return put(services.labels, present, by=self.by, board=self.board, name=name, color=color, external_id=key)

    def take_card(self, entry: trello.Entry) -> str:
        """Bring a card in with all that is on it, or refuse it as a whole."""
        column = Column.objects.filter(board=self.board, external_id=entry.list_id).first()
        if column is None:
            raise Refused(f"The list of “{entry.title}” was refused.", "not_found", field="column")
        values: dict[str, Any] = {
            "title": entry.title,
            "description": entry.description,
            "due_date": entry.due_date,
            "labels": list(Label.objects.filter(board=self.board, external_id__in=entry.labels)),
            "assigned_to": [self.member(key, entry) for key in entry.members],
        }
        drafts = [self.draft(item, entry) for item in entry.items]
        present = Card.objects.filter(column__board=self.board, external_id=entry.id).first()
        if present is None:
            card = services.cards.create(by=self.by, column=column, checklist=drafts, external_id=entry.id, **values)
            self.settle(card, entry)
            return CREATED
        if present.column_id != column.pk:
            values["column"] = column
        people = set(present.assigned_to)
        card = services.cards.update(present, by=self.by, **values)
        changed = card.updated_at != present.updated_at or people != set(values["assigned_to"])
        changed |= self.take_items(card, drafts)
        changed |= self.settle(card, entry)
        return UPDATED if changed else UNCHANGED

    def take_items(self, card: Card, drafts: list[Draft]) -> bool:
        known = {item.external_id: item for item in card.checklist.all()}
        changed = False
        for draft in drafts:
            item = known.get(draft.external_id)
            if item is not None:
                values = {"text": draft.text, "completed": draft.completed, "due_date": draft.due_date}
                stored = services.checklist.update(item, by=self.by, assignee_id=draft.assignee_id, **values)
                changed |= stored.updated_at != item.updated_at
        missing = [draft for draft in drafts if draft.external_id not in known]
        if missing:
            services.checklist.create_many(card, missing, by=self.by)
        return changed or bool(missing)

    def settle(self, card: Card, entry: trello.Entry) -> bool:
        """Finish what is done in Trello, open again what is not; return whether that changed anything."""
        card.refresh_from_db()
        if card.is_finished == entry.done:
            return False
        step = services.cards.finish if entry.done else services.cards.reopen
        step(card, by=self.by)
        return True

    def draft(self, item: trello.Item, entry: trello.Entry) -> Draft:
        return Draft(
            text=item.text,
            completed=item.completed,
            due_date=item.due_date,
            assignee_id=self.member(item.member, entry) if item.member else None,
            external_id=item.id,
        )

    def member(self, key: str, entry: trello.Entry):
        """The account of a member; whether they may be put on a card is the rule's to say."""
        username = self.export.usernames.get(key, key)
        email = self.emails.get(key)
        if email is None:
            text = f"Nobody has said which e-mail {username} has, who is on “{entry.title}” (--members)."
            raise Refused(text, "not_found", field="assigned_to")
        user = User.objects.within(self.by, User.permission("view")).filter(email=email).first()
        if user is None:
            raise not_found(User, email, field="assigned_to", by="e-mail")
        return user.pk
