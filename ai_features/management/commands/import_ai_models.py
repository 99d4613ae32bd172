import json
from pathlib import Path
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management.base import CommandError
from django.db import transaction

from ai_features import services
from ai_features.services.catalogue import BUNDLED
from assignhub.errors import explain
from assignhub.imports import CREATED, REFUSED, UNCHANGED, UPDATED, ImportCommand, Outcome, acting_user
from assignhub.permissions import OPERATOR


class Command(ImportCommand):
    help = (
        "Import a catalogue of models with their limits, prices and retirement dates, and providers that are missing; "
        "the same file again changes nothing."
    )

    def add_arguments(self, parser):
        parser.add_argument(
            "file",
            type=Path,
            nargs="?",
            default=BUNDLED,
            help="A catalogue in JSON; left out, the one that is bundled.",
        )
        parser.add_argument(
            "--by", metavar="EMAIL", help="Whose account the import acts for; left out, the operator's."
        )
        parser.add_argument("--dry-run", action="store_true", help="Report what would happen, and change nothing.")

    def handle(self, **options):
        self.by = acting_user(options["by"]) if options["by"] else OPERATOR
        with transaction.atomic():
            outcomes = [self.take_entry(*entry) for entry in enumerate(read(options["file"]).items(), start=1)]
            refused = self.report(options["file"], outcomes)
            transaction.set_rollback(options["dry_run"])
        if options["dry_run"]:
            self.stdout.write("Dry run: nothing was changed.")
        if refused:
            raise CommandError(f"{refused} {'entry was' if refused == 1 else 'entries were'} refused.")

    def take_entry(self, number: int, entry: tuple[str, Any]) -> Outcome:
        try:
            with transaction.atomic():
                _, is_new, is_changed = services.take_entry(*entry, by=self.by)
        except (ValidationError, PermissionDenied) as refusal:
            return Outcome(number, REFUSED, explain(refusal))
        return Outcome(number, CREATED if is_new else UPDATED if is_changed else UNCHANGED)


def read(path: Path) -> dict[str, Any]:
    """The entries of a catalogue by model name; raises `CommandError` for a file that holds none."""
    try:
        entries = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise CommandError(f"There is no file {path}.") from None
    except (OSError, ValueError, RecursionError) as error:
        raise CommandError(f"{path.name} cannot be read: {error}") from None
    if not isinstance(entries, dict):
        raise CommandError(f"{path.name} holds no JSON object of models by name.")
    return entries
