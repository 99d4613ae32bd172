"""A valid request for every endpoint of every app, and a row of every kind, from the apps' `tests/addresses.py`."""

import re
from collections.abc import Callable
from importlib import import_module
from typing import Any
from urllib.parse import urlencode

import orjson

from assignhub.models import AuditEntry
from assignhub.tests.outcomes import Rows

APPS = [
    import_module(f"{label}.tests.addresses") for label in ("tenancy", "ai_features", "scheduling", "founders", "tasks")
]

# Which row a parameter in a path names, by what stands before it; where a route needs another, by the whole route.
NAMED: dict[str, str] = {start: label for app in APPS for start, label in app.NAMED.items()}

# method and path → what to send.
BODIES: dict[str, Callable[[Rows], Any]] = {route: body for app in APPS for route, body in app.BODIES.items()}

# method and path → the query parameters without which there is no good answer.
QUERIES: dict[str, Callable[[Rows], dict[str, str]]] = {
    route: query for app in APPS for route, query in getattr(app, "QUERIES", {}).items()
}


def rows(tenant, people: dict[str, Any]) -> Rows:
    """A row of every kind in `tenant`, made through the services, by model label; those that must differ by a name."""
    found: Rows = {}
    for app in APPS:
        found |= app.rows(tenant, people)
    return found | {"assignhub.AuditEntry": AuditEntry.objects.filter(tenant_id=tenant.pk).first()}


def address(method: str, path: str, rows: Rows) -> str:
    """A route's path with the keys of `rows` in place of its parameters, and the query it needs."""
    made = "/"
    for before, parameter in re.findall("([^<]+)(<[^>]+>)?", path):
        made += before
        if parameter:
            made += str(rows[NAMED.get(f"{method} {path}") or NAMED[path.partition(parameter)[0]]].pk)
    query = QUERIES.get(f"{method} {path}")
    return f"{made}?{urlencode(query(rows))}" if query else made


def resource(path: str) -> str:
    """What a route is about: the start of its path, “roles” or “api/shifts”."""
    depth = 3 if path.startswith(("api/v1/", "api/dynamic-ai/")) else 2 if path.startswith("api/") else 1
    return "/".join(path.split("/")[:depth])


def request(method: str, path: str, rows: Rows) -> tuple:
    """The valid request, as a test client's `generic` takes it."""
    content = body(method, path, rows)
    sent = (orjson.dumps(content), "application/json") if content is not None else ()
    return (method, address(method, path, rows), *sent)


def takes_body(method: str, path: str) -> bool:
    return f"{method} {path}" in BODIES


def body(method: str, path: str, rows: Rows) -> Any:
    """What to send there, or None for nothing."""
    build = BODIES.get(f"{method} {path}")
    return build(rows) if build else None
