"""Every address of the API, for every kind of person: who gets which status. A route without a row here fails."""

import pytest
from django.db import transaction
from django.urls import get_resolver

from assignhub.checks import routes
from assignhub.models import AuditEntry
from assignhub.tests import samples
from assignhub.tests.outcomes import PERSONS, outcomes

# Pages for people, and what machines ask for: not dressed in a dialect. The calendar's address is its key.
PAGES = ("admin/", "health/", "api/schema", "api/docs", "api/assignments/calendar.ics", "static/")

# The next refresh token takes the place of the spent one: a secret, which never enters the trail.
UNAUDITED = {("POST", "api/auth/refresh")}

LISTED = [route for app in samples.APPS for route in outcomes(app.ROUTES)]
OUTCOMES = {route: tuple(map(int, found)) for app in samples.APPS for route, found in outcomes(app.ROUTES).items()}


def api_routes() -> list[tuple[str, str]]:
    """Every (method, path) that leads to a view of the API."""
    found = [(path, view) for path, view in routes() if hasattr(view, "actions") and not path.startswith(PAGES)]
    return [(method.upper(), path) for path, view in found for method in view.actions if method != "head"]


def test_table_names_every_route_once():
    assert sorted(LISTED) == sorted(api_routes())


def test_other_routes_are_declared_as_pages():
    others = {path for path, view in routes() if not hasattr(view, "actions")}

    undeclared = {path for path in others if not path.startswith(PAGES)}

    assert undeclared == {""}


def test_no_route_stands_behind_another_that_takes_its_requests(rows):
    resolver = get_resolver()

    addresses = {path: samples.address(method, path, rows).partition("?")[0] for method, path in api_routes()}
    taken = {path: resolver.resolve(address).route for path, address in addresses.items()}

    assert taken == {path: path for path in taken}


@pytest.mark.parametrize("resource", sorted({samples.resource(path) for _, path in OUTCOMES}))
def test_routes_answer_each_person_as_declared(resource, rows, people, patient, stored):
    declared = {route: outcomes for route, outcomes in OUTCOMES.items() if samples.resource(route[1]) == resource}
    clients = [patient(people[name]) for name in PERSONS]
    answers, silent, meddling = {route: [] for route in declared}, [], []

    for method, path in declared:
        with transaction.atomic():
            requests = [samples.request(method, path, rows) for _ in PERSONS]
            before, entries = stored(), AuditEntry.objects.count()
            for name, client, request in zip(PERSONS, clients, requests, strict=True):
                with transaction.atomic():
                    response = client.generic(*request)
                    changed, audited = stored() != before, AuditEntry.objects.count() > entries
                    transaction.set_rollback(True)
                answers[method, path].append(response.status_code)
                if changed and (method == "GET" or response.status_code >= 400):
                    meddling.append((method, path, name))
                if changed and not audited and (method, path) not in UNAUDITED:
                    silent.append((method, path, name))
            transaction.set_rollback(True)

    assert {route: tuple(statuses) for route, statuses in answers.items()} == declared
    assert meddling == [], "was refused, or only read, and yet something was written"
    assert silent == [], "changed something without an audit entry"
