"""pytest plugin: two tenants, a person in every role, and an API client for each of them.

`viewer member admin owner` belong to `tenant`, `stranger` owns `other_tenant`, `super_admin` rules the platform.
`api(person)` is a client that sends the person's bearer token; `api(None)` sends none.
"""

import os
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import connection

PASSWORD = "correct horse battery staple"  # noqa: S105
RANKS = ("viewer", "member", "admin", "owner")


def pytest_report_header() -> str:
    from django.conf import settings

    engine = settings.DATABASES["default"]["ENGINE"].rpartition(".")[2]
    return f"database: {engine}" + (f" {sqlite3.sqlite_version}" if engine == "sqlite3" else "")


def pytest_configure(config) -> None:
    """Refuse to run on another database than the one the caller says this run is for."""
    from django.conf import settings

    expected = os.environ.get("EXPECT_DATABASE", "")
    engine = settings.DATABASES["default"]["ENGINE"]
    if expected and expected not in engine:
        raise pytest.UsageError(f"This run is for {expected}, but DATABASE_URL leads to {engine}.")
    # WhiteNoise warns of a missing folder, and a live server starts before any fixture could tell it not to look.
    Path(settings.STATIC_ROOT).mkdir(exist_ok=True)


@pytest.fixture(autouse=True)
def quick_settings(settings):
    """Cheap password hashes, no collected static files, no rate limits but where a test sets one."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }
    settings.WHITENOISE_AUTOREFRESH = settings.WHITENOISE_USE_FINDERS = True
    settings.RATE_LIMITS = dict.fromkeys(settings.RATE_LIMITS, "")


AUDIT_TRIGGERS: dict[str, str] = {}


@pytest.fixture(autouse=True)
def removable_audit(request):
    """On SQLite a flush between tests is a DELETE, which the audit trail refuses: lift its triggers for it."""
    marker = request.node.get_closest_marker("django_db")
    transactional = "transactional_db" in request.fixturenames or (marker and marker.kwargs.get("transaction"))
    if not transactional or connection.vendor != "sqlite":
        yield
        return
    request.getfixturevalue("transactional_db")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'assignhub_auditentry'"
        )
        present = dict(cursor.fetchall())
        for name in AUDIT_TRIGGERS.keys() - present:
            cursor.execute(AUDIT_TRIGGERS[name])
        AUDIT_TRIGGERS.update(present)
    yield
    with connection.cursor() as cursor:
        for name in AUDIT_TRIGGERS:
            cursor.execute(f'DROP TRIGGER "{name}"')


@pytest.fixture
def tenant(db):
    return _tenant("St. Anna Hospital", "Europe/Berlin")


@pytest.fixture
def other_tenant(db):
    return _tenant("Harbour Incubator", "America/New_York")


@pytest.fixture
def viewer(tenant):
    return _person(tenant, "viewer", "viewer@ward.example")


@pytest.fixture
def member(tenant):
    return _person(tenant, "member", "member@ward.example")


@pytest.fixture
def admin(tenant):
    return _person(tenant, "admin", "admin@ward.example")


@pytest.fixture
def owner(tenant):
    return _person(tenant, "owner", "owner@ward.example")


@pytest.fixture
def stranger(other_tenant):
    return _person(other_tenant, "owner", "owner@harbour.example")


@pytest.fixture
def super_admin(db):
    return _user("super@assignhub.example", is_superuser=True)


@pytest.fixture
def people(viewer, member, admin, owner, super_admin, stranger) -> dict:
    """Everybody by the name of their role, and `nobody`."""
    return {
        "nobody": None,
        "viewer": viewer,
        "member": member,
        "admin": admin,
        "owner": owner,
        "super_admin": super_admin,
        "stranger": stranger,
    }


@pytest.fixture
def api(db) -> Callable:
    """`api(person)` → a REST framework client with the person's token."""
    return client_of


@pytest.fixture
def staff_client(db) -> Callable:
    """`staff_client(person)` → a Django client signed in to the admin."""
    return staff_client_of


def client_of(person):
    from django.utils import timezone
    from rest_framework.test import APIClient
    from rest_framework_simplejwt.tokens import RefreshToken

    from tenancy.models import SignIn
    from tenancy.sign_in import pair

    client = APIClient()
    if person is not None:
        token = RefreshToken.for_user(person)
        row = SignIn.objects.create(
            user=person,
            refresh_id=token["jti"],
            password_stamp=person.get_session_auth_hash(),
            expires_at=timezone.now() + token.lifetime,
        )
        client.credentials(HTTP_AUTHORIZATION=f"Bearer {pair(token, row)['access']}")
    return client


def staff_client_of(person):
    from datetime import timedelta

    from django.test import Client
    from django.utils import timezone

    from tenancy.models import SignIn
    from tenancy.sign_in import BACKEND, SESSION_KEY

    client = Client()
    client.force_login(person, backend=BACKEND)
    row = SignIn.objects.create(
        user=person,
        kind=SignIn.Kind.BROWSER,
        password_stamp=person.get_session_auth_hash(),
        expires_at=timezone.now() + timedelta(days=14),
    )
    session = client.session
    session[SESSION_KEY] = str(row.pk)
    session.save()
    return client


def _tenant(name: str, time_zone: str):
    """A tenant with a role of each type in force."""
    from tenancy.models import Assignment, Role, Tenant

    tenant = Tenant.objects.create(name=name, time_zone=time_zone)
    roles = [Role(tenant=tenant, name=rank.capitalize(), type=rank) for rank in RANKS]
    Role.objects.bulk_create(roles)
    Assignment.objects.bulk_create([Assignment(role=role, tenant=tenant) for role in roles])
    return tenant


def _user(email: str, **fields):
    from django.contrib.auth.hashers import make_password

    from tenancy.models import User

    first, last = email.split("@")[0].capitalize(), "Example"
    return User.objects.create(
        email=email, first_name=first, last_name=last, password=make_password(PASSWORD), is_staff=True, **fields
    )


def _person(tenant, rank: str, email: str):
    from tenancy.models import Assignment, Membership

    user = _user(email)
    Membership.objects.create(user=user, assignment=Assignment.objects.get(tenant=tenant, role__type=rank))
    return user
