"""A thousand scripted calls against a second account of the rules, written without a look at the first.

The clock is stopped and moved by hand; what each provider answers next is drawn by lot (with a fixed seed).
"""

import random
from collections import Counter, deque
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
import time_machine

from ai_features.models import ProviderHealth, Usage
from ai_features.services import generate
from ai_features.tests import scripted
from ai_features.tests.scripted import Checklist, builtin, chat, status
from assignhub.permissions import OPERATOR

CALLS = 1_000
THRESHOLD, COOLING = 3, 60
BUDGET = Decimal("2.00")
START = datetime(2026, 1, 10, 8, tzinfo=UTC)
# Mostly seconds, so that breakers matter; now and then days, so that months and their budgets pass.
PAUSES = (0, 1, 5, 20, 59, 60, 61, 200, 7_200, 86_400)

ANSWERS = {
    "good": scripted.good,
    "malformed": status("200 OK", chat('{"items": 3}')),
    "not JSON": status("200 OK", b"?"),
    "500": status("500 Internal Server Error"),
    "401": status("401 Unauthorized"),
    "429": status("429 Too Many Requests"),
    "come back at once": status("429 Too Many Requests", b"{}", "Retry-After: 0"),
    "come back later": status("503 Service Unavailable", b"{}", "Retry-After: 90"),
}
WEIGHTS = (14, 4, 1, 3, 1, 1, 2, 1)
# 100 tokens at 100 and 50 at 200 dollars per million.
PRICE = Decimal("0.02")


@dataclass
class Expected:
    """A provider as the rules have it."""

    script: deque
    budget: Decimal | None
    state: str = "closed"
    failures: int = 0
    opens_again_at: datetime = START
    spent: Counter = field(default_factory=Counter)

    def available(self, now: datetime) -> bool:
        if self.budget is not None and self.spent[now.year, now.month] >= self.budget:
            return False
        return self.state == "closed" or now >= self.opens_again_at

    def asked(self, now: datetime, may_ask_twice: bool) -> tuple[int, bool]:
        """How many calls it takes, and whether it answers in the end."""
        for number in (1, 2):
            answer = self.script.popleft()
            if answer in ("good", "malformed"):
                self.spent[now.year, now.month] += PRICE
            if answer == "good":
                self.state, self.failures = "closed", 0
                return number, True
            probing = self.state == "open"
            self.failures += 1
            again = number == 1 and may_ask_twice and not probing
            again = again and answer in ("malformed", "not JSON", "come back at once")
            if probing or self.failures >= THRESHOLD:
                self.open(now, COOLING)
            if answer == "come back later":
                self.open(now, 90)
            if not again or self.state == "open":
                return number, False
        return 2, False

    def open(self, now: datetime, seconds: int) -> None:
        until = now + timedelta(seconds=seconds)
        self.opens_again_at = max(until, self.opens_again_at) if self.state == "open" else until
        self.state = "open"


def expected_source(primary: Expected, backup: Expected, now: datetime) -> str:
    left = 3
    for name, provider in (("primary", primary), ("backup", backup)):
        if left and provider.available(now):
            calls, answered = provider.asked(now, may_ask_twice=left > 1)
            left -= calls
            if answered:
                return name
    return "builtin"


def as_stored(provider: Expected, now: datetime) -> tuple:
    open_until = provider.opens_again_at if provider.state == "open" else None
    return provider.failures, open_until, provider.spent[now.year, now.month]


def stored(now: datetime) -> list[tuple]:
    rows = ProviderHealth.objects.order_by("provider__name")
    return [(row.failures, row.open_until, row.spent_in(f"{now:%Y-%m}")) for row in rows]


@pytest.mark.django_db
def test_a_thousand_calls_go_as_the_rules_have_it(make_provider, make_feature, settings):
    settings.AI_BREAKER_THRESHOLD, settings.AI_BREAKER_COOLING_SECONDS = THRESHOLD, COOLING
    lots = random.Random(5)
    scripts = [lots.choices(list(ANSWERS), WEIGHTS, k=2 * CALLS) for _ in range(2)]
    model = [Expected(deque(scripts[0]), BUDGET), Expected(deque(scripts[1]), None)]
    differences, sources = [], Counter()

    with (
        time_machine.travel(START, tick=False) as clock,
        scripted.provider() as primary,
        scripted.provider() as backup,
    ):
        budget = {"monthly_budget": str(BUDGET)}
        make_feature(make_provider("A", primary.address, **budget), make_provider("B", backup.address))
        for server, script in zip((primary, backup), scripts, strict=True):
            answers = iter(script)
            server.behave = lambda exchange, answers=answers: ANSWERS[next(answers)](exchange)
        for number in range(CALLS):
            clock.shift(timedelta(seconds=lots.choice(PAUSES)))
            now = datetime.now(UTC)

            answer = generate("checklists", "Plan", Checklist, by=OPERATOR, deadline=20, builtin=builtin)

            source = expected_source(*model, now)
            wanted = (source, [as_stored(each, now) for each in model])
            sources[source] += 1
            if (answer.source, stored(now)) != wanted:
                differences.append((number, now, wanted, (answer.source, stored(now))))

    calls = Usage.objects.exclude(provider="").count()
    assert differences == []
    assert calls == sum(len(script) - len(each.script) for script, each in zip(scripts, model, strict=True))
    assert calls == len(primary.seen) + len(backup.seen)
    assert min(sources.values()) >= 100, "every way has to be gone often enough to mean something"
    assert len(model[0].spent) >= 3
