"""Who looks after a founder, now and in the past.

Responsible for a founder at a moment is everybody who then was an active admin or owner of the founder's tenant and
either held an assignment to the founder or covered one that had not yet run out. Sources: seed 003, "Overview";
contract, "Founders".
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q

from assignhub import wire
from assignhub.permissions import Rank
from founders.models import Assignment, Founder, Tenure
from tenancy.models import User


@dataclass(frozen=True)
class Responsible:
    """Somebody who looks after a founder; `until` is None unless they only cover."""

    admin_id: UUID
    name: str
    email: str
    until: datetime | None = None


def pairs_of(founders: Iterable[Any], now: datetime) -> list[Assignment]:
    """The assignments of founders (their keys, or a query for them) with their people, judged at `now`. One query.

    Each founder's lead first, then the oldest.
    """
    rows = Assignment.objects.judged(now).filter(founder__in=founders)
    return list(rows.select_related("admin", "cover").order_by("founder_id", "-is_lead", "created_at", "pk"))


def responsible(pairs: Iterable[Assignment]) -> dict[UUID, dict[UUID, Responsible]]:
    """Who looks after each founder at the moment the pairs were judged at: {founder: {person: …}}, in their order."""
    found: dict[UUID, dict[UUID, Responsible]] = defaultdict(dict)
    for pair in pairs:
        people = found[pair.founder_id]
        if pair.admin_counts:
            people[pair.admin_id] = _responsible(pair.admin)
        if pair.cover_counts and pair.cover and pair.cover_until:
            present = people.get(pair.cover.pk)
            if present is None or (present.until is not None and present.until < pair.cover_until):
                people[pair.cover.pk] = _responsible(pair.cover, pair.cover_until)
    return {founder_id: people for founder_id, people in found.items() if people}


def _responsible(person: User, until: datetime | None = None) -> Responsible:
    return Responsible(person.pk, str(person), person.email, until)


def tag(founder: Founder, pairs: Iterable[Assignment]) -> str:
    """The entity tag (RFC 9110, 8.8.3) of a founder's list: a new one when the list, or what it shows, changes."""
    shown: list[Any] = [founder.pk]
    for pair in pairs:
        shown += [pair.admin_id, str(pair.admin), pair.admin.email, pair.is_lead, pair.admin_counts]
        if pair.cover_counts and pair.cover:
            shown += [pair.cover_id, str(pair.cover), pair.cover.email, pair.cover_until]
    return f'"{hashlib.sha256(wire.encode(shown)).hexdigest()[:32]}"'


def founders_of(person: User):
    """The founders whom a person looks after right now."""
    ruled = [tenant_id for tenant_id, rank in person.roles.items() if rank >= Rank.ADMIN]
    return Founder.objects.filter(Founder.own(person, ruled if person.is_active else []))


def responsible_at(founder: Founder, moment: datetime) -> list[Tenure]:
    """Who looked after the founder at a past moment, in the order in which they began."""
    over = Q(until=None) | Q(until__gt=moment)
    return list(Tenure.objects.filter(over, founder=founder, since__lte=moment).order_by("since", "id"))
