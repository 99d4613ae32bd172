"""Tenures follow from assignments, covers, ranks and accounts: one function brings them up to all of these."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db.models import Q

from founders.models import Founder, Tenure
from founders.responsibility import pairs_of, responsible
from tenancy.models import Tenant


def follow(founders: Iterable[Any], now: datetime) -> None:
    """Begin and end tenures of these founders (keys, or a query) so that they say who is responsible from `now` on.

    Runs in the transaction of the change, under the lock of the founders' tenants. A flat number of queries, however
    many founders there are. A tenure by cover is written with its end, so nothing has to run when that comes.
    """
    wanted = {
        (founder_id, person.admin_id): person
        for founder_id, people in responsible(pairs_of(founders, now)).items()
        for person in people.values()
    }
    ended, moved = [], []
    for tenure in Tenure.objects.filter(Q(until=None) | Q(until__gt=now), founder__in=founders):
        person = wanted.pop((tenure.founder_id, tenure.admin_id), None)
        if person is None:
            ended.append(tenure.pk)
        elif tenure.until != person.until:
            tenure.until = person.until
            moved.append(tenure)
    if ended:
        Tenure.objects.filter(pk__in=ended).update(until=now)
    Tenure.objects.bulk_update(moved, ["until"])
    begun = [
        Tenure(
            founder_id=founder_id,
            admin_id=person.admin_id,
            name=person.name,
            email=person.email,
            since=now,
            until=person.until,
        )
        for (founder_id, _), person in wanted.items()
    ]
    Tenure.objects.bulk_create(begun)


def follow_ranks(tenants: Sequence[Tenant], now: datetime) -> None:
    """Whoever has lost, or got back, the rank of an admin in one of these locked tenants stops, or resumes."""
    follow(Founder.objects.filter(tenant__in=tenants).values("pk"), now)
