"""The circuit breaker of each provider, shared by all processes: its state is a row, changed by single statements.

    closed ──threshold of failures──▶ open ──cooling time over──▶ half-open ──probe succeeds──▶ closed
                                        ▲                             └──────probe fails──────▶ open

Half-open lets exactly one caller through: the one whose UPDATE moves `open_until` on. Should that caller die, its
lease ends and another may try.
"""

from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Case, F, Q, Value, When
from django.db.models.functions import Greatest
from django.utils import timezone

from ai_features.models import Provider, ProviderHealth


def month_of(moment: datetime) -> str:
    """The calendar month (UTC) a moment belongs to, such as `2026-06`."""
    return f"{moment:%Y-%m}"


def take_turn(health: ProviderHealth, *, seconds: float) -> bool:
    """Whether this caller may call now: always while closed, never while open, one alone while half-open.

    `health` is the row as read, `seconds` how long the call may take.
    """
    now = timezone.now()
    if health.open_until is None:
        return True
    if health.is_cooling(now):
        return False
    lease = now + timedelta(seconds=seconds)
    free = ProviderHealth.objects.filter(pk=health.pk, open_until=health.open_until)
    return free.update(open_until=lease) == 1


def succeeded(provider: Provider, cost: int) -> None:
    """Close the breaker and add what the call cost, in millionths of a dollar."""
    ProviderHealth.objects.filter(pk=provider.pk).update(failures=0, open_until=None, **_spent(cost))


def failed(provider: Provider, cost: int, *, leave_alone: float | None = None) -> None:
    """Count a failure, which opens the breaker at the threshold and after a failed probe.

    `leave_alone`: how many seconds the provider has asked not to be called; they open it at once.
    """
    now = timezone.now()
    cooling = Value(now + timedelta(seconds=settings.AI_BREAKER_COOLING_SECONDS))
    tripped = Q(failures__gte=settings.AI_BREAKER_THRESHOLD - 1) | Q(open_until__isnull=False)
    if not leave_alone:
        until = Case(When(tripped, then=cooling), default=F("open_until"))
    else:
        asked = Value(now + timedelta(seconds=leave_alone))
        until = Case(When(tripped, then=Greatest(cooling, asked)), default=asked)
    ProviderHealth.objects.filter(pk=provider.pk).update(failures=F("failures") + 1, open_until=until, **_spent(cost))


def reset(provider: Provider) -> None:
    """Forget the failures: the provider has been given another endpoint or key."""
    ProviderHealth.objects.filter(pk=provider.pk).update(failures=0, open_until=None)


def _spent(cost: int) -> dict:
    month = month_of(timezone.now())
    return {"spent": Case(When(month=month, then=F("spent") + cost), default=Value(cost)), "month": month}
