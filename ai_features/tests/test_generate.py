"""`generate`: who is asked how often, what is waited for, what is written down, and what never gets lost."""

import time
from decimal import Decimal

import pytest
import structlog
from django.db import connection, connections, transaction

from ai_features import calling, services
from ai_features.models import Outcome, ProviderHealth, Usage
from ai_features.services import generate
from ai_features.tests import scripted
from ai_features.tests.scripted import BUILTIN, ITEMS, Checklist, builtin, chat, status
from assignhub.permissions import OPERATOR
from assignhub.tests.threads import together

MALFORMED = status("200 OK", chat("I would rather not."))
BUSY = status("429 Too Many Requests", b"{}", "Retry-After: 1")
VERY_BUSY = status("429 Too Many Requests", b"{}", "Retry-After: 30")


def ask(deadline: float = 5, by=OPERATOR):
    return generate("Checklists", "Plan the move", Checklist, by=by, deadline=deadline, builtin=builtin)


def in_turn(*behaviours):
    """One behaviour after the other; the last stays."""
    left = list(behaviours)
    return lambda script: (left.pop(0) if len(left) > 1 else left[0])(script)


@pytest.fixture
def servers():
    with scripted.provider() as one, scripted.provider() as two:
        yield one, two


@pytest.fixture
def pair(db, servers, make_provider, make_feature):
    one, two = servers
    make_feature(make_provider("One", one.address), make_provider("Two", two.address))
    return one, two


def outcomes() -> list[tuple[str, str]]:
    return list(Usage.objects.order_by("pk").values_list("source", "outcome"))


def test_primary_answers_and_leaves_a_row(pair, super_admin):
    answer = ask(by=super_admin)

    assert (answer.value.items, answer.source) == (ITEMS, "primary")
    row = Usage.objects.values().get()
    assert row["latency_ms"] < 5_000
    assert row | {"id": 0, "at": 0, "latency_ms": 0, "provider_id": 0} == {
        "id": 0,
        "at": 0,
        "feature": "checklists",
        "source": "primary",
        "provider_id": 0,
        "provider": "One",
        "model": "One-1",
        "outcome": "ok",
        "status": 200,
        "tokens_in": 100,
        "tokens_out": 50,
        "cost": Decimal("0.02"),
        "latency_ms": 0,
        "by_id": super_admin.pk,
        "prompt": "",
    }


def test_prompt_is_kept_only_where_settings_say_so(pair, settings):
    settings.AI_STORE_PROMPTS = True

    ask()

    assert Usage.objects.get().prompt == "Plan the move"


def test_malformed_answer_is_asked_for_once_more(pair):
    one, two = pair
    one.behave = in_turn(MALFORMED, scripted.good)

    answer = ask()

    assert answer.source == "primary"
    assert outcomes() == [("primary", "malformed"), ("primary", "ok")]
    assert two.connections == 0


def test_three_calls_are_the_most(pair):
    one, two = pair
    one.behave = two.behave = MALFORMED

    answer = ask()

    assert (answer.value, answer.source) == (BUILTIN, "builtin")
    assert (len(one.seen), len(two.seen)) == (2, 1)
    assert outcomes() == [
        ("primary", "malformed"),
        ("primary", "malformed"),
        ("backup", "malformed"),
        ("builtin", "builtin"),
    ]


def test_retry_after_is_waited_out_when_there_is_time(pair):
    one, _ = pair
    one.behave = in_turn(BUSY, scripted.good)

    started = time.monotonic()
    answer = ask(deadline=8)

    assert answer.source == "primary"
    assert 1 <= time.monotonic() - started < 4


def test_retry_after_beyond_the_deadline_goes_to_the_backup_and_is_kept_to(pair):
    one, _ = pair
    one.behave = VERY_BUSY

    started = time.monotonic()
    answers = [ask() for _ in range(3)]

    assert [answer.source for answer in answers] == ["backup"] * 3
    assert time.monotonic() - started < 4
    assert len(one.seen) == 1, "who asks to be left alone is left alone"


def test_retry_after_may_be_a_date():
    assert calling.seconds_in("Wed, 21 Oct 2015 07:28:00 GMT") == 0
    assert calling.seconds_in("Wed, 21 Oct 2099 07:28:00 GMT") == calling.LONGEST_WAIT
    assert [calling.seconds_in(text) for text in ("", "soon", "-5", "٣", "1e9")] == [None] * 5
    assert calling.seconds_in("99999999999999999999") == calling.LONGEST_WAIT


def test_nobody_is_asked_inside_a_transaction(pair):
    one, _ = pair

    with transaction.atomic(), structlog.testing.capture_logs() as logs:
        answer = ask()

    assert (answer.source, one.connections) == ("builtin", 0)
    assert [entry["event"] for entry in logs] == ["AI asked inside a transaction"]


@pytest.mark.django_db(transaction=True)
def test_no_connection_is_held_while_a_provider_thinks(servers, make_provider, make_feature):
    one, _ = servers
    make_feature(make_provider("One", one.address))
    held = []

    def look(script):
        held.append(mine.connection is not None)
        scripted.good(script)

    mine, one.behave = connections["default"], look  # this thread's, to be looked at from the server's

    assert ask().source == "primary"
    assert held == [False]


@pytest.mark.django_db(transaction=True)
def test_half_open_breaker_lets_exactly_one_caller_through(servers, make_provider, make_feature, settings):
    one, _ = servers
    settings.AI_BREAKER_COOLING_SECONDS = 0.2
    make_feature(make_provider("One", one.address))
    one.behave = status("500 Internal Server Error")
    for _ in range(3):
        ask()
    time.sleep(0.25)

    def slow(script):
        script.over.wait(0.5)
        scripted.good(script)

    one.behave, before = slow, len(one.seen)
    answers = together(*[ask] * 8)

    assert sorted(answer.source for answer in answers) == ["builtin"] * 7 + ["primary"]
    assert len(one.seen) == before + 1
    assert ProviderHealth.objects.get().open_until is None
    assert ask().source == "primary"


def test_failing_probe_opens_the_breaker_again(pair, settings):
    one, _ = pair
    settings.AI_BREAKER_COOLING_SECONDS = 0.1
    one.behave = status("500 Internal Server Error")
    for _ in range(3):
        ask()
    time.sleep(0.15)

    settings.AI_BREAKER_COOLING_SECONDS = 60
    answers = [ask(), ask()]

    assert [answer.source for answer in answers] == ["backup"] * 2
    assert len(one.seen) == 4


@pytest.mark.usefixtures("pair")
def test_provider_over_its_budget_is_passed_over():
    row = ProviderHealth.objects.get(provider__name="One").provider
    services.providers.update(row, by=OPERATOR, monthly_budget="0.03")

    answers = [ask() for _ in range(3)]

    assert [answer.source for answer in answers] == ["primary", "primary", "backup"]


def test_new_key_gives_a_provider_another_chance(pair):
    one, _ = pair
    row = ProviderHealth.objects.get(provider__name="One").provider
    ProviderHealth.objects.filter(provider=row).update(failures=9, open_until="2999-01-01T00:00:00Z")

    services.providers.update(row, by=OPERATOR, api_key="a-better-key")

    assert ask().source == "primary"
    assert one.seen[0].headers["authorization"] == "Bearer a-better-key"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("table", ["ai_features_usage", "ai_features_providerhealth"])
def test_answer_survives_a_database_that_cannot_write_it_down(table, servers, make_provider, make_feature):
    one, _ = servers
    make_feature(make_provider("One", one.address))
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {table} RENAME TO elsewhere")
    try:
        with structlog.testing.capture_logs() as logs:
            answer = ask()
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"ALTER TABLE elsewhere RENAME TO {table}")

    found = "primary" if table == "ai_features_usage" else "builtin"
    assert (answer.source, isinstance(answer.value, Checklist)) == (found, True)
    assert "error" in {entry["log_level"] for entry in logs}


def test_feature_nobody_serves_is_answered_by_the_builtin(db):
    answer = generate("unknown", "Plan", Checklist, by=OPERATOR, deadline=5, builtin=builtin)

    assert (answer.value, answer.source) == (BUILTIN, "builtin")
    assert list(Usage.objects.values_list("feature", "outcome")) == [("unknown", "builtin")]


@pytest.mark.parametrize(
    "text",
    ['```json\n{"items": ["a"]}\n```', '```\n{"items": ["a"]}```', ' {"items": ["a"]} \n'],
)
def test_fence_around_the_answer_is_taken_off(text, pair):
    pair[0].behave = status("200 OK", chat(text))

    assert ask().value.items == ["a"]


@pytest.mark.parametrize(
    "text",
    ['{"items": ["a\\u0000b"]}', '{"items": ["\\ud800"]}', "[]", "null", '{"items": ["a"]} and more', "{" * 5_000],
)
def test_answer_that_is_not_in_the_shape_is_none(text, pair):
    one, two = pair
    one.behave = two.behave = status("200 OK", chat(text))

    assert ask().source == "builtin"
    assert {outcome for _, outcome in outcomes()} == {Outcome.MALFORMED, Outcome.BUILTIN}


def test_old_usage_is_purged(pair, settings):
    ask()
    Usage.objects.update(at="2020-01-01T00:00:00Z")
    ask()

    assert services.purge_usage() == 1
    assert Usage.objects.count() == 1
