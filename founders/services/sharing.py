"""Proposing admins for founders without one, and putting the proposals into force. The sums are in `balancing.py`."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count
from django.utils import timezone

from assignhub.permissions import require_in
from assignhub.services import transactional
from founders.balancing import Applicant, Taker, fold, share
from founders.models import Assignment, Capacity, Founder, is_admin
from founders.services.assigning import Seat, locked_founders, settle
from tenancy.models import Tenant, User


@dataclass(frozen=True)
class Proposal:
    """A founder without an admin, who should become it (None: nobody can), and why."""

    founder: Founder
    admin: User | None
    reason: str


@transactional
def balance(*, by, tenant_id: UUID | None = None, dry_run: bool = True) -> list[Proposal]:
    """Propose an admin for every founder without one, of one tenant or of all; write them unless `dry_run`.

    As many founders as the admins' capacities and industries allow get one, evenly (`balancing.py`). All proposals are
    written or none. The new admin takes the place of those who no longer count. A flat number of queries.
    Raises `PermissionDenied` for all who may not assign admins.
    """
    require_in(by, Assignment.permission("balance"), tenant_id)
    tenants = Tenant.objects.filter(pk=tenant_id) if tenant_id else Tenant.objects.all()
    if not dry_run:
        list(tenants.select_for_update(no_key=True).order_by("pk"))
    now = timezone.now()
    proposals = _proposals(tenants, now)
    if not dry_run:
        chosen = {proposal.founder.pk: proposal.admin for proposal in proposals if proposal.admin}
        wanted = {
            founder: [Seat(admin, is_lead=True)]
            for founder in locked_founders(chosen)
            if (admin := chosen[founder.pk]) is not None
        }
        settle(wanted, by=by, now=now)
    return proposals


def _proposals(tenants, now: datetime) -> list[Proposal]:
    waiting: dict[UUID, list[Founder]] = defaultdict(list)
    orphans = Founder.objects.without_admin(now).filter(tenant__in=tenants)
    for founder in orphans.order_by("tenant_id", "created_at", "pk"):
        waiting[founder.tenant_id].append(founder)
    offered: dict[UUID, list[Capacity]] = defaultdict(list)
    in_force = Capacity.objects.filter(is_admin("user", "tenant"), tenant__in=waiting, capacity__gt=0)
    for capacity in in_force.select_related("user").order_by("user__email"):
        offered[capacity.tenant_id].append(capacity)
    pairs = Assignment.objects.filter(founder__tenant__in=waiting).order_by()
    counts = pairs.values_list("founder__tenant", "admin").annotate(Count("pk"))
    loads = {(tenant_id, admin_id): count for tenant_id, admin_id, count in counts}
    found = []
    for tenant_id, founders in waiting.items():
        found += _of_tenant(founders, offered[tenant_id], loads)
    return found


def _of_tenant(
    founders: list[Founder], capacities: list[Capacity], loads: dict[tuple[UUID, UUID], int]
) -> list[Proposal]:
    by_key = {founder.pk: founder for founder in founders}
    owners = {capacity.pk: capacity for capacity in capacities}
    takers = [
        Taker(
            capacity.pk,
            frozenset(map(fold, capacity.industries)),
            capacity.capacity,
            loads.get((capacity.tenant_id, capacity.user_id), 0),
        )
        for capacity in capacities
    ]
    given = {taker.key: taker.load for taker in takers}
    found = []
    for applicant, taker in share((Applicant(founder.pk, fold(founder.industry)) for founder in founders), takers):
        founder = by_key[applicant.key]  # type: ignore[index]
        if taker is None:
            found.append(Proposal(founder, None, _why_nobody(founder, applicant, takers)))
            continue
        given[taker.key] += 1
        capacity = owners[taker.key]  # type: ignore[index]
        place = f"this is founder {given[taker.key]} of {taker.capacity}"
        found.append(Proposal(founder, capacity.user, f"{_why(founder, capacity)}; {place}"))
    return found


def _why(founder: Founder, capacity: Capacity) -> str:
    if not capacity.industries:
        return f"{capacity.user} takes founders of any industry"
    if not founder.industry.strip():
        return f"{founder} has no industry, which suits everybody"
    return f"{capacity.user} takes founders in {founder.industry}"


def _why_nobody(founder: Founder, applicant: Applicant, takers: list[Taker]) -> str:
    if not takers:
        return "No admin of this tenant has a capacity"
    if not any(taker.takes(applicant.industry) for taker in takers):
        return f"No admin takes founders in {founder.industry}"
    return "Every admin who could take this founder, or pass one on to make room, is at capacity"
