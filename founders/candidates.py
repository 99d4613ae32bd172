"""Who can be assigned to founders: every admin of every tenant, with what they have and would take."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Count, Max, QuerySet

from founders.models import ADMIN_TYPES, Assignment, Capacity
from tenancy.models import Membership, Tenant, User


@dataclass(frozen=True)
class Candidate:
    admin_id: UUID
    name: str
    email: str
    tenant_id: UUID
    tenant_name: str
    role: str
    founder_count: int
    capacity: int | None
    industries: list[str]


def admins_held() -> QuerySet[Membership]:
    """The memberships that make somebody an active admin of a tenant."""
    held = Membership.objects.filter(assignment__removed_at=None, assignment__role__type__in=ADMIN_TYPES)
    return held.filter(user__is_active=True)


def places(held: QuerySet[Membership]) -> QuerySet[Any, Any]:
    """Each (tenant, person) of these memberships once, with the higher of their roles, by e-mail address."""
    once = held.order_by().values("assignment__tenant_id", "user_id", "user__email")
    # “owner” comes after “admin”, in the alphabet too.
    return once.annotate(role=Max("assignment__role__type")).order_by("user__email", "assignment__tenant_id")


def described(found: Iterable[dict[str, Any]]) -> list[Candidate]:
    """The places with everything about them, in four queries."""
    listed = list(found)
    keys, tenant_ids = {row["user_id"] for row in listed}, {row["assignment__tenant_id"] for row in listed}
    people, tenants = User.objects.in_bulk(keys), Tenant.objects.in_bulk(tenant_ids)
    capacities = {(row.tenant_id, row.user_id): row for row in Capacity.objects.filter(user__in=keys)}
    pairs = Assignment.objects.filter(admin__in=keys).order_by()
    counts = pairs.values_list("founder__tenant", "admin").annotate(Count("pk"))
    loads = {(tenant_id, admin_id): count for tenant_id, admin_id, count in counts}
    return [
        Candidate(
            admin_id=row["user_id"],
            name=str(people[row["user_id"]]),
            email=row["user__email"],
            tenant_id=row["assignment__tenant_id"],
            tenant_name=tenants[row["assignment__tenant_id"]].name,
            role=row["role"],
            founder_count=loads.get((row["assignment__tenant_id"], row["user_id"]), 0),
            capacity=getattr(capacities.get((row["assignment__tenant_id"], row["user_id"])), "capacity", None),
            industries=getattr(capacities.get((row["assignment__tenant_id"], row["user_id"])), "industries", []),
        )
        for row in listed
    ]
