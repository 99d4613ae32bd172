"""What load balancers ask: alive, and able to serve. The database away is in `test_database_away.py`."""

import pytest
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from assignhub.tests.servers import free_port


@pytest.fixture(autouse=True)
def without_redis(settings):
    settings.REDIS_URL = ""


@pytest.fixture
def redis_nobody_runs(settings, without_redis):
    address = f"redis://127.0.0.1:{free_port()}/0"
    settings.REDIS_URL = address
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": address}}


def test_live_process_says_so_without_the_database(client):
    response = client.get("/health/live")

    assert response.status_code == 200
    assert response.json() == {"status": "ok"}


def test_ready_when_everything_is_in_order(client, db):
    response = client.get("/health/ready")

    assert response.status_code == 200
    assert "Retry-After" not in response
    assert response.json() == {"status": "ok", "database": "ok", "migrations": "ok"}


def test_not_ready_while_migrations_are_pending(client, db):
    (newest,) = MigrationLoader(connection).graph.leaf_nodes("assignhub")
    MigrationRecorder(connection).record_unapplied(*newest)

    response = client.get("/health/ready")

    assert response.status_code == 503
    assert response["Retry-After"] == "5"
    assert response.json() == {"status": "unavailable", "database": "ok", "migrations": "pending"}


def test_not_ready_while_redis_is_away(client, db, redis_nobody_runs):
    response = client.get("/health/ready")

    assert response.status_code == 503
    assert response["Retry-After"] == "5"
    assert response.json() == {"status": "unavailable", "database": "ok", "migrations": "ok", "redis": "unreachable"}


def test_live_while_redis_is_away(client, redis_nobody_runs):
    response = client.get("/health/live")

    assert response.status_code == 200
    assert response.json() == {"status": "ok"}


@pytest.mark.parametrize("path", ["/health/live", "/health/ready"])
def test_health_is_asked_without_a_token_and_over_plain_http_too(path, client, db, settings):
    settings.SECURE_SSL_REDIRECT = True

    response = client.get(path)

    assert response.status_code == 200
