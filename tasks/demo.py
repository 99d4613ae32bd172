"""Demo data: a board of the hospital and one of the incubator, through the services and the import command."""

from pathlib import Path

from django.core.management import call_command

from assignhub.permissions import OPERATOR
from tasks import services
from tasks.models import Card, Project
from tenancy.models import Tenant, User

FILES = Path(__file__).parent / "demo_data"
COLUMNS = (("To do", None, "soft"), ("Doing", 3, "hard"), ("Review", 2, "soft"), ("Done", None, "soft"))
LABELS = (("Ward", "#0ea5e9"), ("IT", "#a855f7"), ("Safety", "#ef4444"))

# Tenant, whose account sets it up, project, its kind, board, file.
BOARDS = (
    ("St. Anna Hospital", "admin@ward.example", "Digital ward", "ward", "Roll-out", "ward_cards.csv"),
    ("Harbour Incubator", "admin@harbour.example", "Spring batch", "api", "Application portal", "portal_cards.csv"),
)


def fill(stdout) -> None:
    for tenant_name, email, name, kind, board_name, file in BOARDS:
        by = User.objects.filter(email=email).first()
        tenant = Tenant.objects.filter(name=tenant_name, assignments__memberships__user=by).first() if by else None
        if tenant is None or Project.objects.filter(tenant=tenant).exists():
            continue
        project = services.projects.create(by=OPERATOR, tenant=tenant, name=name, project_type=kind)
        board = services.boards.create(by=by, project=project, name=board_name)
        for column, limit, policy in COLUMNS:
            services.columns.create(by=by, board=board, name=column, wip_limit=limit, wip_policy=policy)
        for label, color in LABELS:
            services.labels.create(by=by, board=board, name=label, color=color)
        call_command("import_cards", FILES / file, by=email, tenant=str(tenant.pk), stdout=stdout)
        for card in Card.objects.filter(column__board=board, column__name="Done").select_related("column"):
            services.cards.finish(card, by=by)
