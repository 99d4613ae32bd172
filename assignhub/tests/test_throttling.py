"""Rate limits let exactly as many through as they say, whoever counts: threads, processes, database, Redis."""

import http.client
import json
import os
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from itertools import chain

import pytest
import time_machine
from django.utils import timezone

from assignhub.models import RateCounter
from assignhub.testing import client_of
from assignhub.tests.servers import free_port, servers
from assignhub.tests.threads import together
from assignhub.throttling import hit
from tenancy.models import Tenant

# Redis counts too where there is one to ask.
COUNTERS = [""] + ([os.environ["REDIS_URL"]] if os.environ.get("REDIS_URL") else [])


@pytest.fixture
def limited(settings):
    """`limited(rate, redis_url)` sets the limit of the API and who counts."""

    def limit(rate: str, redis_url: str = "") -> None:
        settings.REDIS_URL = redis_url
        settings.RATE_LIMITS = settings.RATE_LIMITS | {"api": rate}
        backend = {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": redis_url}
        settings.CACHES = {"default": backend if redis_url else settings.CACHES["default"]}

    return limit


@pytest.fixture
def clock(db):
    with time_machine.travel(timezone.now(), tick=False) as travelling:
        yield travelling


# --- What a client is told --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path, key", [("/tenants", "meta"), ("/api/assignments", "detail")])
def test_request_over_the_limit_is_429_in_the_dialect(path, key, api, viewer, limited, clock):
    limited("2/minute")
    client = api(viewer)

    statuses = [client.get(path).status_code for _ in range(2)]
    response = client.get(path)

    assert statuses == [200, 200]
    assert response.status_code == 429
    assert response["Retry-After"] == "60"
    message = "Request was throttled. Expected available in 60 seconds."
    bodies = {
        "meta": {"data": None, "meta": {"message": message}, "httpStatus": 429},
        "detail": {"detail": message},
    }
    assert response.json() == bodies[key]


def test_request_over_the_limit_changes_nothing(api, super_admin, limited, stored):
    limited("1/minute")
    client = api(super_admin)
    client.post("/tenants", {"name": "First"})
    before = stored()

    response = client.post("/tenants", {"name": "Second"})

    assert response.status_code == 429
    assert stored() == before
    assert not Tenant.objects.filter(name="Second").exists()


def test_retry_after_counts_down(api, viewer, limited, clock):
    limited("1/minute")
    client = api(viewer)
    client.get("/tenants")

    clock.shift(20.5)
    response = client.get("/tenants")

    assert (response.status_code, response["Retry-After"]) == (429, "40")


def test_window_ends_with_its_period(api, viewer, limited, clock):
    limited("2/minute")
    client = api(viewer)
    first = [client.get("/tenants").status_code for _ in range(3)]

    clock.shift(59)
    shortly_before = client.get("/tenants").status_code
    clock.shift(1)
    after = [client.get("/tenants").status_code for _ in range(3)]

    assert (first, shortly_before, after) == ([200, 200, 429], 429, [200, 200, 429])


@pytest.mark.parametrize("redis_url", COUNTERS, ids=["database", "redis"][: len(COUNTERS)])
def test_refused_requests_do_not_push_the_end_away(redis_url, limited, super_admin):
    limited("1/minute", redis_url)
    key = f"test:{super_admin.pk}"

    waits = [hit(key, 60)[1] for _ in range(5)]

    assert 59 < waits[0] <= 60
    assert sorted(waits, reverse=True) == waits


# --- Whom it counts ---------------------------------------------------------------------------------------------------


def test_each_person_has_a_limit_of_their_own(api, viewer, member, limited):
    limited("1/minute")

    statuses = [api(person).get("/tenants").status_code for person in (viewer, viewer, member, member)]

    assert statuses == [200, 429, 200, 429]


def test_person_is_counted_over_all_apis_and_tokens(api, viewer, limited):
    limited("2/minute")

    paths = ["/tenants", "/api/assignments", "/roles"]

    assert [api(viewer).get(path).status_code for path in paths] == [200, 200, 429]


def test_caller_without_a_token_is_counted_by_address(client, limited, db):
    limited("1/minute")
    body = {"refresh": "nonsense"}

    def ask(**environ):
        return client.post("/api/auth/refresh", body, "application/json", **environ).status_code

    statuses = [ask(REMOTE_ADDR=address) for address in ("192.0.2.1", "192.0.2.1", "192.0.2.2")]
    pretended = ask(REMOTE_ADDR="192.0.2.1", HTTP_X_FORWARDED_FOR="198.51.100.7")

    assert statuses == [401, 429, 401]
    assert pretended == 429


@pytest.mark.parametrize(
    "proxies, forwarded, counted_as",
    [
        (0, "198.51.100.7", "192.0.2.1"),
        (1, "198.51.100.7", "198.51.100.7"),
        (1, "203.0.113.9, 198.51.100.7", "198.51.100.7"),
        (2, "203.0.113.9, 198.51.100.7, 10.0.0.1", "198.51.100.7"),
        (2, "198.51.100.7", "192.0.2.1"),
        (1, "", "192.0.2.1"),
        (1, "nonsense", "0.0.0.0"),
    ],
)
def test_address_is_counted_back_over_the_trusted_proxies(
    proxies, forwarded, counted_as, client, limited, settings, db
):
    limited("1/minute")
    settings.TRUSTED_PROXIES = proxies
    headers = {"HTTP_X_FORWARDED_FOR": forwarded} if forwarded else {}

    client.post("/api/auth/refresh", {"refresh": "x"}, "application/json", REMOTE_ADDR="192.0.2.1", **headers)

    assert list(RateCounter.objects.values_list("key", flat=True)) == [f"api:{counted_as}"]


# --- Exactly ----------------------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("redis_url", COUNTERS, ids=["database", "redis"][: len(COUNTERS)])
def test_exactly_as_many_pass_as_the_limit_says_with_eight_threads(redis_url, viewer, limited):
    limited("20/minute", redis_url)
    clients = [client_of(viewer) for _ in range(8)]

    answers = together(*(lambda c=c: [c.get("/api/auth/me").status_code for _ in range(10)] for c in clients))

    assert Counter(chain(*answers)) == {200: 20, 429: 60}


@pytest.mark.django_db(transaction=True)
def test_redis_away_leaves_the_counting_to_the_database(viewer, limited, caplog):
    limited("20/minute", f"redis://127.0.0.1:{free_port()}/0")
    clients = [client_of(viewer) for _ in range(8)]

    answers = together(*(lambda c=c: [c.get("/api/auth/me").status_code for _ in range(5)] for c in clients))

    assert Counter(chain(*answers)) == {200: 20, 429: 20}
    assert RateCounter.objects.get(key=f"api:{viewer.pk}").count == 40
    warnings = [record.msg["event"] for record in caplog.records if record.levelname == "WARNING"]
    assert warnings == ["redis is away, counting in the database"] * 40


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("redis_url", COUNTERS, ids=["database", "redis"][: len(COUNTERS)])
def test_exactly_as_many_pass_as_the_limit_says_with_two_servers(redis_url, viewer):
    token = client_of(viewer)._credentials["HTTP_AUTHORIZATION"]

    def ask(port: int) -> tuple[int, dict, str | None]:
        with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=30)) as connection:
            connection.request("GET", "/api/auth/me", headers={"Authorization": token})
            response = connection.getresponse()
            return response.status, json.loads(response.read()), response.getheader("Retry-After")

    with servers(2, RATE_LIMIT_API="20/hour", REDIS_URL=redis_url) as ports, ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(ask, [*ports] * 30))

    assert Counter(status for status, _, _ in answers) == {200: 20, 429: 40}
    refused = [(body, retry) for status, body, retry in answers if status == 429]
    assert all(list(body) == ["detail"] and 3500 < int(retry) <= 3600 for body, retry in refused)
