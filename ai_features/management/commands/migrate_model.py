import uuid

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management.base import BaseCommand, CommandError

from ai_features import services
from ai_features.models import Model
from assignhub.errors import explain
from assignhub.imports import acting_user
from assignhub.permissions import OPERATOR


class Command(BaseCommand):
    help = "Move every feature that one model serves to another, all or nothing."

    def add_arguments(self, parser):
        how = "Its ID, its name, or PROVIDER/NAME where several providers have it."
        parser.add_argument("--from", required=True, metavar="MODEL", dest="source", help=f"The model to leave. {how}")
        parser.add_argument("--to", required=True, metavar="MODEL", dest="target", help="The model to move to.")
        parser.add_argument("--by", metavar="EMAIL", help="Whose account this acts for; left out, the operator's.")
        parser.add_argument("--dry-run", action="store_true", help="Report what would move, and change nothing.")

    def handle(self, **options):
        by = acting_user(options["by"]) if options["by"] else OPERATOR
        source, target = model_named(options["source"]), model_named(options["target"])
        try:
            moves = services.migrate_model(source, target, by=by, dry_run=options["dry_run"])
        except (ValidationError, PermissionDenied) as refusal:
            raise CommandError(explain(refusal)) from None
        for move in moves:
            self.stdout.write(f"{move.assignment}: {' and '.join(move.sides)}")
        self.stdout.write(f"{len(moves)} moved from {source} to {target}.")
        if options["dry_run"]:
            self.stdout.write("Dry run: nothing was changed.")


def model_named(text: str) -> Model:
    """The one model of an ID, a name, or PROVIDER/NAME; raises `CommandError` unless there is exactly one."""
    models = Model.objects.select_related("provider").order_by("provider__name")
    try:
        found = models.filter(pk=uuid.UUID(text))
    except ValueError:
        provider, _, name = text.rpartition("/")
        found = models.filter(name=text) | models.filter(provider__name=provider, name=name)
    rows = list(found[:10])
    if len(rows) != 1:
        several = ", ".join(f"{row.provider}/{row}" for row in rows)
        raise CommandError(f"Which “{text}”? {several}" if rows else f"There is no model “{text}”.")
    return rows[0]
