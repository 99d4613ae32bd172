"""The limit on how often one address may try to sign in."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from assignhub.models import AuditEntry
from assignhub.testing import PASSWORD
from tenancy.models import SignIn
from tenancy.tests.doors import NEW_PASSWORD, bearer, log_in, me, refresh, tokens_of


@pytest.fixture
def twice_a_minute(settings):
    # In the database, so that counts of an earlier run do not carry over.
    settings.REDIS_URL = ""
    settings.RATE_LIMITS = settings.RATE_LIMITS | {"sign-in": "2/minute"}


@pytest.fixture
def clock(db):
    with time_machine.travel(timezone.now(), tick=False) as clock:
        yield clock


def test_third_sign_in_within_a_minute(twice_a_minute, owner, clock):
    statuses = [log_in(owner.email, password).status_code for password in ("guess", PASSWORD)]
    before = SignIn.objects.count(), AuditEntry.objects.count()

    response = log_in(owner.email)

    assert statuses == [401, 200]
    assert response.status_code == 429
    assert response.json() == {"detail": "Request was throttled. Expected available in 60 seconds."}
    assert response["Retry-After"] == "60"
    assert (SignIn.objects.count(), AuditEntry.objects.count()) == before


def test_rate_counts_all_accounts_of_an_address_together(twice_a_minute, owner, member):
    log_in(owner.email)
    log_in("nobody@ward.example")

    assert log_in(member.email).status_code == 429
    assert log_in(member.email, address="203.0.113.10").status_code == 200


def test_rate_is_lifted_when_its_minute_is_over(twice_a_minute, owner, clock):
    log_in(owner.email)
    clock.shift(timedelta(seconds=40))
    log_in(owner.email)
    refused = log_in(owner.email)
    clock.shift(timedelta(seconds=21))

    response = log_in(owner.email)

    assert (refused.status_code, refused["Retry-After"]) == (429, "20")
    assert response.status_code == 200


def test_rate_limits_guessing_the_present_password(twice_a_minute, owner, clock):
    client = bearer(tokens_of(owner)["access"])
    guess = {"current_password": "guess", "new_password": NEW_PASSWORD}

    responses = [client.post("/api/auth/password", guess) for _ in range(3)]

    assert [response.status_code for response in responses] == [400, 400, 429]
    assert responses[2].json() == {"detail": "Request was throttled. Expected available in 60 seconds."}
    assert responses[2]["Retry-After"] == "60"
    assert client.get("/api/auth/me").status_code == 200


def test_rate_does_not_count_renewals(twice_a_minute, owner):
    tokens = tokens_of(owner)

    for _ in range(3):
        tokens = refresh(tokens["refresh"]).json()

    assert me(tokens["access"]).status_code == 200


def test_no_rate_no_limit(owner, settings):
    settings.RATE_LIMITS = settings.RATE_LIMITS | {"sign-in": ""}

    assert [log_in(owner.email).status_code for _ in range(10)] == [200] * 10
