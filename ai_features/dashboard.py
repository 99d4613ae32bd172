"""What the start page says of AI: features that are, or soon will be, without their provider; spend and latency."""

from collections.abc import Iterator
from datetime import timedelta

from django.db.models import Avg, Q, QuerySet, Sum
from django.db.models.functions import TruncDate
from django.utils import timezone
from django.utils.formats import date_format

from ai_features.models import FeatureAssignment, Model, Outcome, Usage
from ai_features.models.providers import retirement_horizon, today
from assignhub.dashboard import Chart, Need, Series
from assignhub.permissions import NO, reach

DAYS = 14


def on_retiring_models(features: QuerySet, user) -> QuerySet:
    retiring = Model.objects.filter(retires_at__lte=retirement_horizon())
    return FeatureAssignment.objects.served_by(retiring.values("pk")).filter(
        pk__in=features.values("pk"), is_active=True
    )


def on_failing_providers(features: QuerySet, user) -> QuerySet:
    now = timezone.now()
    failing = Q(primary_provider__health__open_until__gt=now) | Q(backup_provider__health__open_until__gt=now)
    return features.filter(failing, is_active=True)


NEEDS = (
    Need(
        "failing",
        "Features on a failing provider",
        FeatureAssignment,
        FeatureAssignment.permission("change"),
        on_failing_providers,
        "Calls are held back until the provider recovers.",
        "electrical_services",
        "danger",
    ),
    Need(
        "retiring",
        "Features on a retiring model",
        FeatureAssignment,
        FeatureAssignment.permission("change"),
        on_retiring_models,
        "Move them to another model in time.",
        "hourglass_bottom",
        "warning",
    ),
)


def charts(user) -> Iterator[Chart]:
    """What calls of providers have cost, and how long they took, on each of the last 14 days. One query."""
    if reach(user, "ai_features.usage.view") == NO:
        return
    days = [today() - timedelta(days=back) for back in reversed(range(DAYS))]
    called = Usage.objects.filter(at__date__gte=days[0]).exclude(outcome=Outcome.BUILTIN).order_by()
    sums = {
        day: (float(cost), float(latency))
        for day, cost, latency in called.values_list(TruncDate("at")).annotate(Sum("cost"), Avg("latency_ms"))
    }
    if not sums:
        return
    labels = [date_format(day, "D j M") for day in days]
    told = [sums.get(day, (0.0, 0.0)) for day in days]
    yield Chart(
        title="AI spend",
        hint="US dollars per day",
        labels=labels,
        series=[Series("US dollars", [round(cost, 4) for cost, _ in told], "--color-primary-600")],
    )
    yield Chart(
        title="AI latency",
        hint="Milliseconds per call, the average of each day",
        labels=labels,
        series=[Series("milliseconds", [round(latency) for _, latency in told], "--color-primary-600")],
        kind="line",
    )
