"""Five wrong passwords lock an account for an address, through whichever door they came."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from assignhub.models import AuditEntry
from assignhub.testing import PASSWORD
from tenancy.models import SignIn
from tenancy.tests.doors import log_in, me, tokens_of

LIMIT = 5
HALF_AN_HOUR = timedelta(minutes=30)


def throttled(seconds: int) -> dict[str, str]:
    return {"detail": f"Request was throttled. Expected available in {seconds} seconds."}


@pytest.fixture
def clock(db):
    with time_machine.travel(timezone.now(), tick=False) as clock:
        yield clock


def fail(email: str, times: int, **extra) -> list[int]:
    return [log_in(email, f"guess {number}", **extra).status_code for number in range(times)]


def admin_log_in(email: str, password: str, *, address: str = "127.0.0.1"):
    return Client(REMOTE_ADDR=address).post("/admin/login/", {"username": email, "password": password})


def test_five_wrong_passwords_lock(owner, clock):
    statuses = fail(owner.email, LIMIT)

    response = log_in(owner.email)

    assert statuses == [401] * LIMIT
    assert response.status_code == 429
    assert response.json() == throttled(1800)
    assert response["Retry-After"] == "1800"
    assert SignIn.objects.count() == 0
    assert AuditEntry.objects.count() == 0


def test_unknown_account_locks_alike(owner, clock):
    statuses = fail("nobody@ward.example", LIMIT)

    response = log_in("nobody@ward.example")

    assert statuses == [401] * LIMIT
    assert (response.status_code, response.json()) == (429, throttled(1800))
    assert response["Retry-After"] == "1800"


def test_four_wrong_passwords_do_not_lock(owner):
    fail(owner.email, LIMIT - 1)

    assert log_in(owner.email).status_code == 200


def test_signing_in_begins_the_count_anew(owner):
    for _ in range(3):
        assert fail(owner.email, LIMIT - 1) == [401] * (LIMIT - 1)

        assert log_in(owner.email).status_code == 200


def test_lock_holds_for_one_address_only(owner):
    fail(owner.email, LIMIT, address="203.0.113.9")

    assert log_in(owner.email, address="203.0.113.9").status_code == 429
    assert log_in(owner.email, address="203.0.113.10").status_code == 200


def test_lock_holds_for_one_account_only(owner, member):
    fail(owner.email, LIMIT)

    assert log_in(owner.email).status_code == 429
    assert log_in(member.email).status_code == 200


def test_lock_counts_an_account_however_it_is_written(owner):
    for typed in ("owner@ward.example", "OWNER@ward.example", " Owner@Ward.Example ", "owner@WARD.example"):
        fail(typed, 1)
    fail("oWNER@ward.example", 1)

    assert log_in(owner.email).status_code == 429


def test_lock_does_not_look_at_the_browser(owner, api):
    for number in range(LIMIT):
        sent = {"email": owner.email, "password": "guess"}
        api(None).post("/api/auth/login", sent, HTTP_USER_AGENT=f"browser {number}")

    assert log_in(owner.email).status_code == 429


def test_lock_ends_after_half_an_hour(owner, clock):
    fail(owner.email, LIMIT)

    clock.shift(HALF_AN_HOUR - timedelta(seconds=1))
    still = log_in(owner.email)
    clock.shift(timedelta(seconds=2))
    after = log_in(owner.email)

    assert (still.status_code, still["Retry-After"]) == (429, "1")
    assert after.status_code == 200


def test_attempts_during_the_lock_do_not_prolong_it(owner, clock):
    fail(owner.email, LIMIT)
    clock.shift(timedelta(minutes=20))

    responses = [log_in(owner.email, "guess"), admin_log_in(owner.email, "guess")]

    assert [response["Retry-After"] for response in responses] == ["600", "600"]
    clock.shift(timedelta(minutes=10, seconds=1))
    assert log_in(owner.email).status_code == 200


def test_failures_elsewhere_do_not_prolong_the_lock(owner, clock):
    fail(owner.email, LIMIT)
    clock.shift(timedelta(minutes=10))
    fail(owner.email, 1, address="203.0.113.9")

    response = log_in(owner.email)

    assert (response.status_code, response["Retry-After"]) == (429, "1200")


def test_lock_leaves_running_sign_ins_alone(owner):
    tokens = tokens_of(owner)

    fail(owner.email, LIMIT)

    assert log_in(owner.email).status_code == 429
    assert me(tokens["access"]).status_code == 200


def test_admin_page_locks_too(owner, clock):
    statuses = [admin_log_in(owner.email, f"guess {number}").status_code for number in range(LIMIT)]

    response = admin_log_in(owner.email, PASSWORD)

    assert statuses == [200, 200, 200, 200, 429]
    assert response.status_code == 429
    assert response["Retry-After"] == "1800"
    assert "30 minutes" in response.content.decode()
    assert response.client.get("/admin/").status_code == 302


def test_admin_page_and_api_count_together(owner, clock):
    fail(owner.email, 3)
    admin_log_in(owner.email.upper(), "guess")
    admin_log_in(owner.email, "guess")

    responses = [log_in(owner.email), admin_log_in(owner.email, PASSWORD)]

    assert [response.status_code for response in responses] == [429, 429]
    assert [response["Retry-After"] for response in responses] == ["1800", "1800"]
    assert admin_log_in(owner.email, PASSWORD, address="203.0.113.10").status_code == 302


def test_admin_sign_in_begins_the_count_anew(owner):
    fail(owner.email, LIMIT - 1)
    assert admin_log_in(owner.email, PASSWORD).status_code == 302

    assert fail(owner.email, LIMIT - 1) == [401] * (LIMIT - 1)

    assert log_in(owner.email).status_code == 200


def test_forwarded_address_is_not_believed(owner, api, settings):
    settings.TRUSTED_PROXIES = 0
    for number in range(LIMIT):
        sent = {"email": owner.email, "password": "guess"}
        api(None).post("/api/auth/login", sent, HTTP_X_FORWARDED_FOR=f"203.0.113.{number}")

    assert log_in(owner.email).status_code == 429


def test_forwarded_address_counts_behind_a_proxy(owner, api, settings):
    settings.TRUSTED_PROXIES = 1
    from_hop = {"HTTP_X_FORWARDED_FOR": "10.0.0.1, 203.0.113.9"}
    for _ in range(LIMIT):
        api(None).post("/api/auth/login", {"email": owner.email, "password": "guess"}, **from_hop)

    here = api(None).post("/api/auth/login", {"email": owner.email, "password": PASSWORD}, **from_hop)
    spoofed = {"HTTP_X_FORWARDED_FOR": "198.51.100.7, 203.0.113.9"}
    posing = api(None).post("/api/auth/login", {"email": owner.email, "password": PASSWORD}, **spoofed)
    elsewhere = {"HTTP_X_FORWARDED_FOR": "10.0.0.1, 203.0.113.10"}
    there = api(None).post("/api/auth/login", {"email": owner.email, "password": PASSWORD}, **elsewhere)

    assert [here.status_code, posing.status_code, there.status_code] == [429, 429, 200]


@pytest.mark.parametrize(
    "given, kept",
    [
        ("", "0.0.0.0"),
        ("unix:/run/hub.sock", "0.0.0.0"),
        ("x" * 300, "0.0.0.0"),
        ("203.0.113.9:50123", "203.0.113.9"),
        ("[2001:db8::7]:443", "2001:db8::7"),
        ("::ffff:203.0.113.9", "203.0.113.9"),
        ("fe80::1%eth0", "fe80::1"),
    ],
)
def test_address_in_any_form_counts_and_locks(owner, given, kept):
    assert log_in(owner.email, address=given).status_code == 200
    assert SignIn.objects.get().address == kept

    assert fail(owner.email, LIMIT, address=given) == [401] * LIMIT

    assert log_in(owner.email, address=given).status_code == 429
