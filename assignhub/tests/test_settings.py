"""Starting up, in processes of their own: what production insists on, and what a developer gets for nothing."""

import os
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from django.conf import settings

NEEDED = ("SECRET_KEY", "ALLOWED_HOSTS", "ENCRYPTION_KEYS", "DATABASE_URL")
FERNET_KEY = Fernet.generate_key().decode()
PRODUCTION = {
    "ASSIGNHUB_ENV": "production",
    "SECRET_KEY": "kF3-9aZ_" * 8,
    "ALLOWED_HOSTS": "assignhub.example",
    "ENCRYPTION_KEYS": FERNET_KEY,
    "DATABASE_URL": "sqlite://:memory:",
}

START = "import django; django.setup()"
SHOW_KEYS = "from assignhub import settings; print(settings.SECRET_KEY, *settings.ENCRYPTION_KEYS)"

ASK_OVER_HTTP = """
import django
django.setup()
from django.test import Client
client = Client(HTTP_HOST="assignhub.example")
for path, secure in (("/tenants", False), ("/health/live", False), ("/health/live", True)):
    response = client.get(path, secure=secure)
    print(response.status_code, response.get("Location"), response.get("Strict-Transport-Security"))
"""

SERVE_ONCE = """
import django
django.setup()
from django.core.management import call_command
from django.test import Client
call_command("migrate", verbosity=0)
response = Client(HTTP_HOST="localhost").get("/health/ready")
print(response.status_code, response.content.decode())
"""


@pytest.fixture
def checkout(tmp_path) -> Path:
    """The product's code in a place where nothing has run yet: without keys, databases and `.env`."""
    left_out = shutil.ignore_patterns(".*", "var", "staticfiles", "tests", "__pycache__", "docs")
    return Path(shutil.copytree(settings.BASE_DIR, tmp_path / "checkout", ignore=left_out))


@pytest.fixture
def start(checkout):
    """`start(argument, …, NAME=value, …)` → a Python started in the checkout with just that environment."""

    def begin(*arguments: str, **environment: str) -> subprocess.Popen:
        base = {"PATH": os.environ["PATH"], "DJANGO_SETTINGS_MODULE": "assignhub.settings"}
        pipe = subprocess.PIPE
        return subprocess.Popen(
            [sys.executable, *arguments], cwd=checkout, env=base | environment, stdout=pipe, stderr=pipe, text=True
        )

    return begin


@pytest.fixture
def run(start):
    """`run(argument, …, NAME=value, …)` → exit code, output, and the last line of the complaints."""

    def wait(*arguments: str, **environment: str) -> tuple[int, str, str]:
        process = start(*arguments, **environment)
        out, complaints = process.communicate(timeout=60)
        return process.returncode, out.strip(), (complaints.strip().splitlines() or [""])[-1]

    return wait


def improper(text: str) -> str:
    return f"django.core.exceptions.ImproperlyConfigured: {text}"


# --- Production -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("missing", [NEEDED, ("ALLOWED_HOSTS",), ("SECRET_KEY", "DATABASE_URL")], ids="+".join)
@pytest.mark.parametrize("absent", [True, False], ids=["absent", "empty"])
def test_production_names_everything_it_lacks(missing, absent, run, checkout):
    given = {name: value for name, value in PRODUCTION.items() if name not in missing}
    empty = {} if absent else dict.fromkeys(missing, "")

    code, out, complaint = run("-c", START, **given, **empty)

    assert (code, out) == (1, "")
    assert complaint == improper(f"Production needs these environment variables: {', '.join(missing)}.")
    assert not (checkout / "var").exists(), "no key may be made up where one is required"


def test_production_with_everything_has_no_warnings(run, checkout):
    code, out, complaint = run("manage.py", "check", "--deploy", "--fail-level", "WARNING", **PRODUCTION)

    assert (code, out, complaint) == (0, "System check identified no issues (0 silenced).", "")
    assert not (checkout / "var" / "secret_key").exists()
    assert not (checkout / "var" / "encryption_key").exists()


def test_production_insists_on_https_but_for_health_checks(run):
    code, out, _ = run("-c", ASK_OVER_HTTP, **PRODUCTION, LOG_LEVEL="ERROR")

    assert code == 0
    assert out.splitlines() == [
        "301 https://assignhub.example/tenants None",
        "200 None None",
        "200 None max-age=31536000; includeSubDomains; preload",
    ]


@pytest.mark.parametrize("name", ["staging", "Production"])
def test_unknown_kind_of_environment_is_refused(name, run):
    code, _, complaint = run("-c", START, **PRODUCTION | {"ASSIGNHUB_ENV": name})

    assert code == 1
    assert complaint == improper(f"ASSIGNHUB_ENV is “{name}”; it must be “local” or “production”.")


# --- Keys -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["local", "production"])
def test_short_secret_key_is_refused_and_not_shown(kind, run):
    code, _, complaint = run("-c", START, **PRODUCTION | {"ASSIGNHUB_ENV": kind, "SECRET_KEY": "x1y2z3" * 8})

    assert code == 1
    assert complaint == improper("SECRET_KEY has 48 characters; it needs at least 50 random ones.")


@pytest.mark.parametrize(
    "keys, position",
    [("tooshort", 1), (f"{FERNET_KEY},tooshort", 2), (FERNET_KEY[:-1], 1), (f"{FERNET_KEY},{'é' * 32}", 2)],
    ids=["first", "second", "cut off", "not ASCII"],
)
def test_malformed_encryption_key_is_refused_by_its_position_and_not_shown(keys, position, run):
    code, _, complaint = run("-c", START, **PRODUCTION | {"ENCRYPTION_KEYS": keys})

    assert code == 1
    assert complaint.startswith(improper(f"ENCRYPTION_KEYS: key {position} is not a Fernet key: "))
    assert not any(key in complaint for key in keys.split(","))


def test_several_encryption_keys_are_taken_in_their_order(run):
    other = Fernet.generate_key().decode()

    code, out, _ = run("-c", SHOW_KEYS, **PRODUCTION | {"ENCRYPTION_KEYS": f"{other},{FERNET_KEY}"})

    assert (code, out.split()) == (0, [PRODUCTION["SECRET_KEY"], other, FERNET_KEY])


# --- One's own machine ------------------------------------------------------------------------------------------------


def test_empty_environment_is_enough_to_serve(run, checkout):
    code, out, _ = run("-c", SERVE_ONCE, LOG_LEVEL="ERROR")

    assert code == 0
    assert out == '200 {"status": "ok", "database": "ok", "migrations": "ok"}'
    assert (checkout / "var" / "assignhub.sqlite3").exists()


def test_keys_are_made_once_and_for_their_owner_only(run, checkout):
    first, second = run("-c", SHOW_KEYS), run("-c", SHOW_KEYS)

    assert first == second
    code, out, complaint = first
    assert (code, complaint) == (0, "")
    secret_key, encryption_key = out.split()
    assert len(secret_key) >= 50
    assert Fernet(encryption_key)
    kept = {path.name: (path.read_text(), stat.S_IMODE(path.stat().st_mode)) for path in (checkout / "var").iterdir()}
    assert kept == {"secret_key": (secret_key, 0o600), "encryption_key": (encryption_key, 0o600)}


def test_processes_that_start_at_once_share_the_keys(start, checkout):
    processes = [start("-c", SHOW_KEYS) for _ in range(6)]

    outputs = [process.communicate(timeout=60) for process in processes]

    assert {process.returncode for process in processes} == {0}, outputs
    assert len(set(outputs)) == 1
    kept = {path.name: stat.S_IMODE(path.stat().st_mode) for path in (checkout / "var").iterdir()}
    assert kept == {"secret_key": 0o600, "encryption_key": 0o600}


def test_two_checkouts_do_not_share_a_key(run, checkout):
    first = run("-c", SHOW_KEYS)
    shutil.rmtree(checkout / "var")

    second = run("-c", SHOW_KEYS)

    assert set(first[1].split()).isdisjoint(second[1].split())


def test_environment_goes_before_the_env_file(run, checkout):
    (checkout / ".env").write_text(f"SECRET_KEY={'a' * 60}\nENCRYPTION_KEYS={FERNET_KEY}\n")

    from_file, from_both = run("-c", SHOW_KEYS), run("-c", SHOW_KEYS, SECRET_KEY="b" * 60)

    assert from_file == (0, f"{'a' * 60} {FERNET_KEY}", "")
    assert from_both == (0, f"{'b' * 60} {FERNET_KEY}", "")


# --- Limits -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "environment, expected",
    [
        ({}, ["", "30/minute", "100/minute", "10/minute", "30/hour", "10/hour"]),
        (
            {"REDIS_URL": "redis://127.0.0.1:6379/0"},
            ["1200/minute", "30/minute", "100/minute", "10/minute", "30/hour", "10/hour"],
        ),
        (
            {
                "RATE_LIMIT_API": "5/second",
                "RATE_LIMIT_SIGN_IN": "",
                "RATE_LIMIT_TASKS": "7/day",
                "RATE_LIMIT_CHECKLIST_GENERATION": "2/hour",
                "RATE_LIMIT_SECOND_FACTOR": "3/day",
                "RATE_LIMIT_PASSWORD_RESET": "",
            },
            ["5/second", "", "7/day", "2/hour", "3/day", ""],
        ),
    ],
    ids=["default", "redis", "given"],
)
def test_rate_limits_come_from_the_environment(environment, expected, run):
    code, out, _ = run("-c", "from assignhub import settings; print(settings.RATE_LIMITS)", **environment)

    scopes = ["api", "sign-in", "tasks", "checklist-generation", "second-factor", "password-reset"]
    assert (code, out) == (0, str(dict(zip(scopes, expected, strict=True))))


def test_unreadable_rate_limit_keeps_the_product_from_starting(run):
    code, _, complaint = run("manage.py", "check", RATE_LIMIT_API="a lot")

    assert code == 1
    assert complaint == "System check identified 1 issue (0 silenced)."
