"""Who may change whose role. Source: contract, "People, organisations, roles".

Three rules, judged inside one locked section, whichever write it is: nobody grants or takes a rank above their own,
nobody changes their own rank, and a tenant that has an owner keeps at least one.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils import timezone

from assignhub.errors import Refused
from assignhub.permissions import Rank
from tenancy.models import Membership, Tenant, User, highest

# What other apps make of ranks follows them; they add themselves when they start. Called with the tenants whose ranks
# may have changed, still locked, and the moment the lock was had.
followers: list[Callable[[Sequence[Tenant], datetime], None]] = []


@dataclass(frozen=True)
class Authority:
    """What `by` holds in the locked tenants, read after the lock was had."""

    by: Any
    ranks: dict[UUID, Rank]

    def require(self, rank: Rank, tenant_id: UUID | None) -> None:
        """Raise `Refused` (403) unless `by` ranks at least `rank` in the tenant; without a tenant, on the platform."""
        if self.by.is_superuser:
            return
        own = self.ranks.get(tenant_id) if tenant_id else None
        if own is None or own < rank:
            held = f"You hold the rank {own.label}" if own is not None else "You hold no rank"
            raise Refused(f"{held} here and cannot grant or take away the rank {rank.label}.", "forbidden")


@contextmanager
def authority(by, tenant_ids: Iterable[UUID]) -> Iterator[Authority]:
    """Lock the tenants, hand out what `by` may grant in them, and judge what the block has made of their ranks.

    Raises `Refused` with code `last_owner` (409) or `forbidden` (403) at the end of the block; the surrounding
    transaction then undoes the block.
    """
    locked = list(Tenant.objects.select_for_update(no_key=True).filter(pk__in=tenant_ids).order_by("pk"))
    moment = timezone.now()
    owned = _owned(locked)
    own = _ranks(by, locked)
    yield Authority(by, own)
    bereft = owned - _owned(locked)
    for tenant in locked:
        if tenant.pk in bereft:
            text = f"{tenant} would be left without an owner. Make somebody else an owner first."
            raise Refused(text, "last_owner", about={"tenant_id": tenant.pk})
    if not by.is_superuser and _ranks(by, locked) != own:
        raise Refused("You cannot change your own role.", "forbidden")
    for follow in followers:
        follow(locked, moment)


def require_account(by, user: User) -> None:
    """Raise `Refused` (403) unless `by` may manage this account.

    One's own, and those of people who nowhere hold a rank above that of `by`, nor any where `by` is not an admin. A
    role that is out of force counts as well: it may come back.
    """
    if by.is_superuser or by.pk == user.pk:
        return
    held = every_rank(user).items()
    outranked = all(by.roles.get(tenant, Rank.VIEWER) >= max(rank, Rank.ADMIN) for tenant, rank in held)
    if user.is_superuser or not outranked:
        raise Refused(f"{user.email} has authority beyond yours; you cannot change this account.", "forbidden")


def every_rank(user: User) -> dict[UUID, Rank]:
    """The highest rank a person holds in each tenant, whether it is in force or not."""
    return highest(user.memberships.values_list("assignment__tenant_id", "assignment__role__type"))


def _live(tenants: list[Tenant]):
    return Membership.objects.filter(assignment__tenant__in=tenants, assignment__removed_at=None)


def _owned(tenants: list[Tenant]) -> set[UUID]:
    owners = _live(tenants).filter(assignment__role__type=Rank.OWNER.label, user__is_active=True)
    return set(owners.values_list("assignment__tenant_id", flat=True))


def _ranks(by, tenants: list[Tenant]) -> dict[UUID, Rank]:
    if by.is_superuser:
        return {}
    held = _live(tenants).filter(user=by)
    return highest(held.values_list("assignment__tenant_id", "assignment__role__type"))
