"""A provider fails in every way we know: everybody gets a valid answer in time (issue: "What it must show", 2)."""

import statistics
import time

import pytest
from django.db import connection

from ai_features.models import Outcome, ProviderHealth, Usage
from ai_features.services import generate
from ai_features.tests import scripted
from ai_features.tests.scripted import BUILTIN, FAILURES, ITEMS, Checklist, builtin
from assignhub.permissions import OPERATOR
from assignhub.tests.threads import together

USERS = 20
DEADLINE = 4.0
# What 20 threads of a test may take to be woken on a machine that does other things as well.
WAKING = 0.5
OUTCOMES = {
    "refused": Outcome.UNREACHABLE,
    "timeout before headers": Outcome.TIMEOUT,
    "timeout after headers": Outcome.TIMEOUT,
    "slow drip": Outcome.TIMEOUT,
    "401": Outcome.UNAUTHORIZED,
    "404": Outcome.NOT_FOUND,
    "429": Outcome.RATE_LIMITED,
    "429 with Retry-After": Outcome.RATE_LIMITED,
    "500": Outcome.SERVER_ERROR,
    "503": Outcome.SERVER_ERROR,
    "not JSON": Outcome.MALFORMED,
    "wrong schema": Outcome.MALFORMED,
    "truncated": Outcome.BROKEN_OFF,
    "empty": Outcome.MALFORMED,
    "huge": Outcome.TOO_LARGE,
    "redirect": Outcome.REDIRECTED,
    "TLS error": Outcome.TLS,
    "garbage encoding": Outcome.MALFORMED,
}


def ask(deadline: float = DEADLINE, feature: str = "checklists"):
    return generate(feature, "Plan the move", Checklist, by=OPERATOR, deadline=deadline, builtin=builtin)


def timed_ask():
    started = time.monotonic()
    try:
        return ask(), time.monotonic() - started
    finally:
        connection.close()


@pytest.fixture
def failing(tmp_path):
    """`failing(name)` → a provider that fails in that way, and a listener it must not lead anybody to."""
    with scripted.provider() as elsewhere:

        def make(name: str):
            if name == "redirect":
                away = scripted.status("302 Found", b"", f"Location: {elsewhere.address}/chat/completions")
                return scripted.provider(away), elsewhere
            if name == "TLS error":
                return scripted.provider(tls=scripted.server_side(scripted.certificate(tmp_path))), elsewhere
            return scripted.provider(FAILURES[name]), elsewhere

        yield make


def test_all_ways_to_fail_are_told_apart():
    assert set(OUTCOMES) == {*FAILURES, "refused", "redirect", "TLS error"}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("name", OUTCOMES)
def test_everybody_gets_a_valid_answer_within_the_deadline(name, failing, make_provider, make_feature):
    if name == "refused":
        make_feature(make_provider("Gateway", scripted.closed_port()))
        answers = together(*[timed_ask] * USERS)
    else:
        server, elsewhere = failing(name)
        with server as provider:
            make_feature(make_provider("Gateway", provider.address))
            answers = together(*[timed_ask] * USERS)
        assert elsewhere.connections == 0

    called = Usage.objects.exclude(outcome=Outcome.BUILTIN)
    assert [(answer.value, answer.source) for answer, _ in answers] == [(BUILTIN, "builtin")] * USERS
    assert max(seconds for _, seconds in answers) <= DEADLINE + WAKING
    assert set(called.values_list("outcome", flat=True)) == {OUTCOMES[name]}
    assert ProviderHealth.objects.get().open_until is not None
    assert Usage.objects.filter(outcome=Outcome.BUILTIN).count() == USERS


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("name", ["timeout before headers", "slow drip", "500", "wrong schema"])
def test_backup_has_time_to_answer(name, failing, make_provider, make_feature):
    server, _ = failing(name)
    with server as broken, scripted.provider() as healthy:
        make_feature(make_provider("Broken", broken.address), make_provider("Healthy", healthy.address))
        answers = together(*[timed_ask] * USERS)

    assert [(answer.value.items, answer.source) for answer, _ in answers] == [(ITEMS, "backup")] * USERS
    assert max(seconds for _, seconds in answers) <= DEADLINE + WAKING


@pytest.mark.django_db(transaction=True)
def test_headers_that_drip_in_are_cut_off_too(make_provider, make_feature):
    with scripted.provider(scripted.drip_headers) as provider:
        make_feature(make_provider("Gateway", provider.address))

        started = time.monotonic()
        answer = ask(0.5)

    assert answer.value == BUILTIN
    assert time.monotonic() - started <= 0.5


@pytest.mark.django_db(transaction=True)
def test_open_breaker_costs_next_to_nothing(make_provider, make_feature):
    with scripted.provider(scripted.silent) as provider:
        make_feature(make_provider("Gateway", provider.address))
        for _ in range(3):
            ask(1)
        calls = provider.connections

        costs = {feature: [] for feature in ("checklists", "nobody serves this")}
        for _ in range(15):
            for feature, seconds in costs.items():
                started = time.monotonic()
                ask(feature=feature)
                seconds.append(time.monotonic() - started)

        assert provider.connections == calls == 3
    assert statistics.median(costs["checklists"]) - statistics.median(costs["nobody serves this"]) <= 0.05
