"""Hostile values in every field, query parameter and path parameter of every endpoint.

Whatever is sent: never a 500, a refusal speaks the dialect and changes nothing.
"""

import json
import logging
import re
from urllib.parse import quote

import pytest
from django.db import transaction

from assignhub import wire
from assignhub.checks import routes
from assignhub.models import AuditEntry
from assignhub.tests import hostile, samples
from assignhub.tests.test_url_table import OUTCOMES, PERSONS

REFUSALS = {400, 401, 403, 404, 409, 413}

# Words that only our own inside would use.
INTERNALS = re.compile(
    "Traceback|Error|Exception|django|psycopg|sqlite|constraint|duplicate key|DETAIL"
    "|tenancy_|scheduling_|founders_|tasks_|ai_features_"
)


def distinct_routes() -> list[tuple[str, str]]:
    """Every (method, path) of the API, but for those that lead to the same code and fields as one before."""
    found: dict[tuple, tuple[str, str]] = {}
    for path, view in routes():
        for method, action in (getattr(view, "actions", None) or {}).items():
            if method != "head":
                route = (method.upper(), path)
                code = getattr(view.cls, action)
                found.setdefault((view.cls, code, "<" in path, *hostile.places(*route)), route)
    return list(found.values())


ROUTES = distinct_routes()


def with_something_to_fill(find) -> list:
    return [pytest.param(*route, id=" ".join(route)) for route in ROUTES if find(*route)]


def faults(response, path: str) -> str:
    """What is wrong with an answer, or nothing."""
    if response.status_code < 300:
        return ""
    if response.status_code not in REFUSALS:
        return f"answered {response.status_code}"
    body = response.json()
    match wire.dialect_at(path):
        case wire.MetaDialect():
            message = body["meta"]["message"]
            spoken = body == {"data": None, "meta": body["meta"], "httpStatus": response.status_code}
        case wire.CodedDialect():
            message = body.get("error")
            spoken = body["success"] is False and bool(body["error_code"])
        case wire.EnvelopeDialect():
            message = body.get("message")
            spoken = body["success"] is False and body["error"] == body["error"].upper()
        case wire.CountedDialect():
            message = body.get("message")
            spoken = body == {"status": "error", "statusCode": response.status_code, "message": message}
        case _:
            message = body.get("detail")
            spoken = all(name in ("detail", "code") or name.endswith(("_id", "_ids")) for name in body)
    if not message or not spoken or not isinstance(message, str):
        return f"not in the dialect: {body}"
    return f"tells internals: {message}" if INTERNALS.search(message.split("“")[0]) else ""


def insider(method: str, path: str) -> str:
    """Who gets furthest there: the super admin, but where a door opens only for the person concerned."""
    outcomes = dict(zip(PERSONS, OUTCOMES[method, path], strict=True))
    return next(name for name in ("super_admin", "member", "viewer") if outcomes[name] < 300)


@pytest.fixture
def attack(patient, people, stored, settings):
    """`attack(method, path, requests)` sends each (name, url, body) and returns what went wrong, by name.

    Each request finds the same rows.
    """
    settings.AXES_FAILURE_LIMIT = 1_000_000
    # A line for each of some thousand requests would cost more than the requests.
    logging.disable(logging.WARNING)

    def send(method: str, path: str, requests) -> dict[str, str]:
        client = patient(people[insider(method, path)])
        wrong = {}
        before, entries = stored(), AuditEntry.objects.count()
        for name, url, body in requests:
            content = json.dumps(body).encode() if body is not None else b""
            with transaction.atomic():
                response = client.generic(method, url, content, "application/json")
                if fault := faults(response, url.partition("?")[0]):
                    wrong[name] = fault
                # Refused requests are not undone: what they had changed would show below.
                transaction.set_rollback(response.status_code < 300)
        if (stored(), AuditEntry.objects.count()) != (before, entries):
            wrong["all of them"] = "a refused request has changed something"
        return wrong

    yield send
    logging.disable(logging.NOTSET)


def test_table_of_values_is_put_into_a_good_number_of_places():
    places = sum(len(hostile.places(*route)) for route in ROUTES)
    names = sum(len(hostile.query_names(*route)) for route in ROUTES)

    assert len(hostile.VALUES) >= 40
    assert places >= 150
    assert names >= 90


@pytest.mark.parametrize("method, path", with_something_to_fill(samples.takes_body))
def test_schema_tells_every_field_of_the_sample_body(method, path, rows):
    body = samples.body(method, path, rows)

    told = set(hostile.places(method, path))

    fields = {(name,) for name in body} if isinstance(body, dict) else {(0,)}
    assert fields <= told


@pytest.mark.parametrize("method, path", with_something_to_fill(hostile.places))
def test_hostile_value_in_a_body_is_no_failure_of_ours(method, path, rows, attack):
    url, body = samples.address(method, path, rows), samples.body(method, path, rows)
    requests = [
        (f"{place}: {value!r:.60}", url, hostile.put(body, place, value))
        for place in hostile.places(method, path)
        for value in hostile.VALUES
    ]

    wrong = attack(method, path, requests)

    assert wrong == {}


@pytest.mark.parametrize("method, path", with_something_to_fill(hostile.query_names))
def test_hostile_value_in_a_query_is_no_failure_of_ours(method, path, rows, attack):
    url = samples.address(method, path, rows)
    sign = "&" if "?" in url else "?"
    requests = [
        (f"{name}={value!r:.60}", f"{url}{sign}{name}={quote(value.encode('utf-8', 'surrogatepass'))}", None)
        for name in hostile.query_names(method, path)
        for value in hostile.TEXTS
    ]

    wrong = attack(method, path, requests)

    assert wrong == {}


@pytest.mark.parametrize("method, path", with_something_to_fill(lambda method, path: "<" in path))
def test_hostile_value_in_a_path_is_no_failure_of_ours(method, path, rows, attack):
    body = samples.body(method, path, rows)
    requests = [
        (repr(value)[:60], "/" + re.sub("<[^>]+>", quote(value.encode("utf-8", "surrogatepass"), safe=""), path), body)
        for value in filter(None, hostile.TEXTS)
    ]

    wrong = attack(method, path, requests)

    assert wrong == {}
