"""Usage in numbers and as a chart: per feature and day, and per provider."""

import json
from collections import Counter, defaultdict
from datetime import date, timedelta
from typing import Any

from django.db.models import Avg, Count, Max, Q, QuerySet, Sum
from django.db.models.functions import TruncDate

from ai_features.models import Outcome
from ai_features.models.providers import today

DAYS_SHOWN = 30
# The features with the most calls have a colour each; the rest share one. Told apart without red against green.
COLOURS = ("#2563eb", "#f59e0b", "#0d9488", "#a855f7", "#db2777")
OTHERS, OTHERS_COLOUR = "others", "#9ca3af"
UNNAMED = "provider tests"
TICKS = {"ticks": {"color": OTHERS_COLOUR, "precision": 0}}
OPTIONS = json.dumps(
    {
        "animation": False,
        "responsive": True,
        "maintainAspectRatio": False,
        "maxBarThickness": 24,
        "scales": {
            "x": {"stacked": True, "grid": {"display": False}, **TICKS},
            "y": {"stacked": True, "beginAtZero": True, "grid": {}, **TICKS},
        },
        "plugins": {"legend": {"display": True, "align": "start", "labels": {"color": OTHERS_COLOUR, "boxWidth": 12}}},
    }
)


def per_feature_and_day(rows: QuerySet) -> dict[str, Any]:
    """Calls of the last 30 days as data of a stacked bar chart: a label per day, a set of bars per feature."""
    days = [today() - timedelta(days=back) for back in reversed(range(DAYS_SHOWN))]
    counted = (
        rows.filter(at__date__gte=days[0])
        .order_by()
        .values("feature", day=TruncDate("at"))
        .annotate(calls=Count("pk"))
        .values_list("feature", "day", "calls")
    )
    by_feature: dict[str, Counter[date]] = defaultdict(Counter)
    for feature, day, calls in counted:
        by_feature[feature or UNNAMED][day] += calls
    ranked = sorted(by_feature, key=lambda name: (-by_feature[name].total(), name))
    bars = [(name, colour, by_feature[name]) for name, colour in zip(ranked, COLOURS, strict=False)]
    if len(ranked) > len(COLOURS):
        rest = sum((by_feature[name] for name in ranked[len(COLOURS) :]), Counter())
        bars.append((OTHERS, OTHERS_COLOUR, rest))
    return {
        "labels": [f"{day:%d %b}" for day in days],
        "datasets": [
            {"label": name, "backgroundColor": colour, "data": [calls[day] for day in days]}
            for name, colour, calls in bars
        ],
    }


def per_provider(rows: QuerySet) -> list[dict[str, Any]]:
    """Calls, success rate (percent), average and longest latency (ms), tokens and cost (US dollars) per provider."""
    called = rows.exclude(outcome=Outcome.BUILTIN).order_by()
    found = called.values("provider").annotate(
        calls=Count("pk"),
        succeeded=Count("pk", filter=Q(outcome=Outcome.OK)),
        latency=Avg("latency_ms"),
        longest=Max("latency_ms"),
        tokens=Sum("tokens_in") + Sum("tokens_out"),
        cost=Sum("cost"),
    )
    return [row | {"rate": 100 * row["succeeded"] / row["calls"]} for row in found.order_by("-calls", "provider")]


def table(rows: QuerySet) -> dict[str, Any]:
    """`per_provider` as the page's table component takes it."""
    return {
        "headers": ["Provider", "Calls", "Success rate", "Average latency", "Longest latency", "Tokens", "Cost"],
        "rows": [
            [
                row["provider"],
                f"{row['calls']:,}",
                f"{row['rate']:.1f} %",
                f"{row['latency']:,.0f} ms",
                f"{row['longest']:,} ms",
                f"{row['tokens']:,}",
                f"{row['cost']:.4f} USD",
            ]
            for row in per_provider(rows)
        ],
    }
