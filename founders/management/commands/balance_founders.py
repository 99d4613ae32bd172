from django.core.exceptions import PermissionDenied
from django.core.management.base import BaseCommand, CommandError

from assignhub.imports import acting_tenant, acting_user
from founders import services


class Command(BaseCommand):
    help = "Propose an admin for every founder without one, by capacity and industry, and say why."

    def add_arguments(self, parser):
        parser.add_argument("--by", required=True, metavar="EMAIL", help="Whose account the command acts for.")
        parser.add_argument("--tenant", help="Name or ID of the tenant; without it, all tenants.")
        parser.add_argument("--apply", action="store_true", help="Put the proposals into force, all of them or none.")

    def handle(self, **options):
        by = acting_user(options["by"])
        tenant_id = acting_tenant(by, options["tenant"]).pk if options["tenant"] else None
        try:
            proposals = services.balance(by=by, tenant_id=tenant_id, dry_run=not options["apply"])
        except PermissionDenied as refusal:
            raise CommandError(str(refusal)) from None
        for proposal in proposals:
            self.stdout.write(f"{proposal.founder}: {proposal.admin or 'nobody'} ({proposal.reason})")
        placed = sum(proposal.admin is not None for proposal in proposals)
        done = "assigned" if options["apply"] else "proposed; --apply puts this into force"
        self.stdout.write(f"{placed} {done}. {len(proposals) - placed} left over.")
