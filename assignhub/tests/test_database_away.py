"""The database really away, or really locked by somebody else: 503, `Retry-After`, and nothing written."""

import json
import os
import sqlite3
import subprocess
import sys
from contextlib import closing, contextmanager

import psycopg
import pytest
from django.conf import settings
from django.db import connection

from assignhub.tests.servers import free_port
from tenancy.models import Tenant

AWAY = "The database is not reachable at the moment."

ASK = """
import json, uuid
import django
django.setup()
from django.test import Client
from rest_framework_simplejwt.tokens import AccessToken
token = AccessToken()
token["user_id"] = token["sid"] = str(uuid.uuid4())
client = Client(raise_request_exception=False, HTTP_HOST="localhost", HTTP_AUTHORIZATION=f"Bearer {token}")
client.cookies["sessionid"] = "x" * 32
answers = {}
for path in ("/tenants", "/api/assignments", "/health/live", "/health/ready", "/admin/"):
    response = client.get(path)
    text = response.content.decode()
    answers[path] = [response.status_code, response.get("Retry-After"), json.loads(text) if text[0] == "{" else ""]
sign_in = client.post("/api/auth/login", {"email": "a@b.example", "password": "x"}, "application/json")
answers["sign in"] = [sign_in.status_code, sign_in.get("Retry-After"), sign_in.json()]
print(json.dumps(answers))
"""


@pytest.fixture(scope="module")
def answers_without_database() -> dict:
    """What a process answers whose DATABASE_URL leads to a port nobody listens at."""
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "assignhub.settings",
        "DATABASE_URL": f"postgres://nobody@127.0.0.1:{free_port()}/nothing",
        "REDIS_URL": "",
        "RATE_LIMIT_SIGN_IN": "",
    }
    made = subprocess.run(
        [sys.executable, "-c", ASK], cwd=settings.BASE_DIR, env=environment, capture_output=True, text=True, timeout=60
    )
    assert made.returncode == 0, made.stderr
    return json.loads(made.stdout.splitlines()[-1])


@pytest.mark.parametrize(
    "path, expected",
    [
        ("/tenants", [503, "5", {"data": None, "meta": {"message": AWAY}, "httpStatus": 503}]),
        ("/api/assignments", [503, "5", {"detail": AWAY}]),
        ("sign in", [503, "5", {"detail": AWAY}]),
        ("/health/live", [200, None, {"status": "ok"}]),
        ("/health/ready", [503, "5", {"status": "unavailable", "database": "unreachable"}]),
        ("/admin/", [503, "5", ""]),
    ],
)
def test_database_nobody_listens_for_is_503(path, expected, answers_without_database):
    assert answers_without_database[path] == expected


@contextmanager
def locked_by_somebody_else():
    """Another connection holds what a write needs; ours waits for a moment only."""
    name = connection.settings_dict["NAME"]
    if connection.vendor == "sqlite":
        with closing(sqlite3.connect(name, isolation_level=None)) as other, connection.cursor() as cursor:
            cursor.execute("PRAGMA busy_timeout = 20")
            other.execute("BEGIN IMMEDIATE")
            yield
            other.execute("ROLLBACK")
            cursor.execute("PRAGMA busy_timeout = 20000")
        return
    keys = {"USER": "user", "PASSWORD": "password", "HOST": "host", "PORT": "port"}
    login = {keys[name]: value for name, value in connection.settings_dict.items() if name in keys and value}
    with psycopg.connect(dbname=name, **login) as other, connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = '20ms'")
        other.execute("LOCK TABLE tenancy_tenant IN EXCLUSIVE MODE")
        yield
        other.rollback()
        cursor.execute("SET lock_timeout = '15s'")


@pytest.mark.django_db(transaction=True)
def test_write_that_cannot_get_its_lock_is_503_and_passes_later(patient, super_admin, stored):
    client = patient(super_admin)
    before = stored()

    with locked_by_somebody_else():
        refused = client.post("/tenants", {"name": "St. Elsewhere"})
        unchanged = stored() == before
    later = client.post("/tenants", {"name": "St. Elsewhere"})

    assert refused.status_code == 503
    assert refused["Retry-After"] == "5"
    assert refused.json() == {"data": None, "meta": {"message": AWAY}, "httpStatus": 503}
    assert unchanged
    assert later.status_code == 200
    assert Tenant.objects.filter(name="St. Elsewhere").count() == 1
