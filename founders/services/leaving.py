"""Handing founders over when somebody leaves: one action, all or nothing."""

from collections import defaultdict
from collections.abc import Collection
from typing import Any
from uuid import UUID

from django.utils import timezone

from assignhub.errors import Refused
from assignhub.permissions import require_in
from assignhub.services import transactional
from founders.models import Assignment, Founder
from founders.responsibility import pairs_of, responsible
from founders.services.assigning import Seat, admins_named, locked_founders, settle
from tenancy.models import User


@transactional
def hand_over(
    to_id: UUID, *, by, from_id: UUID | None = None, founder_ids: Collection[UUID] | None = None
) -> list[Founder]:
    """Put one admin in the place of another, for all of that one's founders or for those named; return the founders.

    Without `from_id` the new admin takes the place of whoever no longer counts: the founders named must have nobody
    left. The new admin leads where the one who leaves did, and where nobody else is left.

    Raises `Refused`: neither whose nor which (400), the same person twice (400), a founder unknown (404), an admin
    unknown (404), somebody who is no admin of every founder's tenant (400), a pair that is not there (404), a founder
    who has somebody when nobody's place was named (409).
    """
    require_in(by, Assignment.permission("hand_over"), None)
    if from_id is None and founder_ids is None:
        raise Refused("Say whose founders are handed over, or which.", "required", field="founder_ids")
    if from_id == to_id:
        raise Refused("Name another admin to hand over to.", "invalid", field="to_id")
    if founder_ids is None:
        keys: Collection[Any] = Assignment.objects.filter(admin=from_id).values_list("founder", flat=True)
    else:
        keys = set(founder_ids)
    founders = locked_founders(keys)
    if founder_ids is not None and len(founders) < len(keys):
        raise Refused("Founder not found", "not_found", field="founder_ids")
    if from_id is not None and not User.objects.filter(pk=from_id).exists():
        raise Refused(f"Admin with ID {from_id} not found", "not_found", field="from_id")
    heir = admins_named([to_id], {founder.tenant_id for founder in founders}, field="to_id")[to_id]
    now = timezone.now()
    pairs = pairs_of([founder.pk for founder in founders], now)
    kept_by, pairs_by_founder = responsible(pairs), defaultdict(list)
    for pair in pairs:
        pairs_by_founder[pair.founder_id].append(pair)
    wanted = {}
    for founder in founders:
        own = pairs_by_founder[founder.pk]
        if from_id is not None:
            leaving = [pair for pair in own if pair.admin_id == from_id]
            if not leaving and founder_ids is None:
                continue  # ended by somebody else just before the lock
            if not leaving:
                raise Refused(f"Assignment not found: {founder} is not theirs", "not_found", field="founder_ids")
        else:
            leaving = own
            if present := kept_by.get(founder.pk):
                names = ", ".join(person.name for person in present.values())
                raise Refused(f"{founder} is looked after by {names}: say whose place is taken.", "conflict")
        wanted[founder] = _with_heir(own, leaving, heir)
    settle(wanted, by=by, now=now)
    return list(wanted)


def _with_heir(own: list[Assignment], leaving: list[Assignment], heir: User) -> list[Seat]:
    leads = any(pair.is_lead for pair in leaving) or len(own) == len(leaving)
    staying = [pair for pair in own if pair not in leaving]
    seats = [Seat(pair.admin, pair.is_lead or (leads and pair.admin_id == heir.pk)) for pair in staying]
    present = any(pair.admin_id == heir.pk for pair in staying)
    return seats if present else [*seats, Seat(heir, leads)]
