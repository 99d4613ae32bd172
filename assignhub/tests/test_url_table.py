"""Every address of the API, for every kind of person: who gets which status. A route without a row here fails."""

import pytest
from django.db import transaction
from django.urls import get_resolver

from assignhub.checks import routes
from assignhub.models import AuditEntry
from assignhub.tests import samples

PERSONS = ("nobody", "viewer", "member", "admin", "owner", "super_admin", "stranger")

# What `samples` sends is valid, so a refusal is about the person.
TABLE = """
                                                              nobody viewer member admin owner super stranger
GET    assignments                                                  401   200   200   200   200   200   200
POST   assignments                                                  401   403   403   200   200   200   404
PATCH  assignments/removedAt                                        401   403   403   200   200   200   200
GET    assignments/<str:assignmentId>                               401   200   200   200   200   200   404
PATCH  assignments/<str:assignmentId>                               401   403   403   200   200   200   404
DELETE assignments/<str:assignmentId>                               401   403   403   200   200   200   404
PATCH  assignments/<str:assignmentId>/removedAt                     401   403   403   200   200   200   404
GET    roles                                                        401   200   200   200   200   200   200
POST   roles                                                        401   403   403   200   200   200   404
GET    roles/<str:roleId>                                           401   200   200   200   200   200   404
PATCH  roles/<str:roleId>                                           401   403   403   200   200   200   404
DELETE roles/<str:roleId>                                           401   403   403   200   200   200   404
GET    tenants                                                      401   200   200   200   200   200   200
POST   tenants                                                      401   403   403   403   403   200   403
GET    tenants/<str:tenantId>                                       401   200   200   200   200   200   404
PATCH  tenants/<str:tenantId>                                       401   403   403   200   200   200   404
DELETE tenants/<str:tenantId>                                       401   403   403   403   403   200   403
GET    memberships                                                  401   200   200   200   200   200   200
POST   memberships                                                  401   403   403   200   200   200   404
GET    memberships/<str:membershipId>                               401   200   200   200   200   200   404
PATCH  memberships/<str:membershipId>                               401   403   403   200   200   200   404
DELETE memberships/<str:membershipId>                               401   403   403   200   200   200   404
GET    users                                                        401   200   200   200   200   200   200
POST   users                                                        401   403   403   200   200   200   404
GET    users/<str:userId>                                           401   200   200   200   200   200   404
PATCH  users/<str:userId>                                           401   403   403   200   200   200   404
DELETE users/<str:userId>                                           401   403   403   200   200   200   404
POST   api/auth/login                                               200   200   200   200   200   200   200
POST   api/auth/refresh                                             200   200   200   200   200   200   200
POST   api/auth/logout                                              204   204   204   204   204   204   204
GET    api/auth/me                                                  401   200   200   200   200   200   200
POST   api/auth/password                                            401   204   204   204   204   204   204
GET    api/assignments/schedules/<str:schedule_id>/assignments      401   200   200   200   200   200   404
POST   api/assignments/schedules/<str:schedule_id>/assignments      401   403   403   201   201   201   404
POST   api/assignments/bulk                                         401   403   403   201   201   201   404
GET    api/assignments/<str:id>                                     401   200   200   200   200   200   404
PUT    api/assignments/<str:id>                                     401   403   403   200   200   200   404
PATCH  api/assignments/<str:id>                                     401   403   403   200   200   200   404
DELETE api/assignments/<str:id>                                     401   403   403   204   204   204   404
POST   api/assignments/<str:id>/confirm                             401   403   200   403   403   403   404
POST   api/assignments/<str:id>/decline                             401   403   200   403   403   403   404
POST   api/assignments/<str:id>/offer                               401   403   201   403   403   403   404
GET    api/assignments                                              401   200   200   200   200   200   200
GET    api/schedules                                                401   200   200   200   200   200   200
POST   api/schedules                                                401   403   403   201   201   201   404
GET    api/schedules/<str:schedule_id>/assignments                  401   200   200   200   200   200   404
POST   api/schedules/<str:schedule_id>/assignments                  401   403   403   201   201   201   404
GET    api/schedules/<str:id>                                       401   200   200   200   200   200   404
PUT    api/schedules/<str:id>                                       401   403   403   200   200   200   404
PATCH  api/schedules/<str:id>                                       401   403   403   200   200   200   404
DELETE api/schedules/<str:id>                                       401   403   403   204   204   204   404
POST   api/schedules/<str:id>/validate                              401   403   403   200   200   200   404
POST   api/schedules/<str:id>/submit                                401   403   403   200   200   200   404
POST   api/schedules/<str:id>/approve                               401   403   403   403   200   200   404
POST   api/schedules/<str:id>/reject                                401   403   403   403   200   200   404
POST   api/schedules/<str:id>/publish                               401   403   403   200   200   200   404
POST   api/schedules/<str:id>/archive                               401   403   403   200   200   200   404
GET    api/shifts                                                   401   200   200   200   200   200   200
POST   api/shifts                                                   401   403   403   201   201   201   404
POST   api/shifts/bulk                                              401   403   403   201   201   201   201
GET    api/shifts/open                                              401   200   200   200   200   200   200
GET    api/shifts/<str:id>                                          401   200   200   200   200   200   404
PUT    api/shifts/<str:id>                                          401   403   403   200   200   200   404
PATCH  api/shifts/<str:id>                                          401   403   403   200   200   200   404
DELETE api/shifts/<str:id>                                          401   403   403   204   204   204   404
GET    api/shifts/<str:id>/candidates                               401   403   403   200   200   200   404
POST   api/shifts/<str:id>/take                                     401   201   201   403   403   403   404
GET    api/swaps                                                    401   200   200   200   200   200   200
GET    api/swaps/<str:id>                                           401   200   200   200   200   200   404
POST   api/swaps/<str:id>/take                                      401   400   200   403   403   403   404
POST   api/swaps/<str:id>/approve                                   401   403   403   200   200   200   404
POST   api/swaps/<str:id>/reject                                    401   403   403   200   200   200   404
POST   api/swaps/<str:id>/withdraw                                  401   200   403   200   200   200   404
GET    api/employees                                                401   200   200   200   200   200   200
POST   api/employees                                                401   403   403   201   201   201   404
GET    api/employees/<str:id>                                       401   200   200   200   200   200   404
PUT    api/employees/<str:id>                                       401   403   403   200   200   200   404
PATCH  api/employees/<str:id>                                       401   403   403   200   200   200   404
DELETE api/employees/<str:id>                                       401   403   403   204   204   204   404
POST   api/employees/<str:id>/calendar                              401   403   201   403   403   403   404
DELETE api/employees/<str:id>/calendar                              401   403   204   204   204   204   404
GET    api/qualifications                                           401   200   200   200   200   200   200
POST   api/qualifications                                           401   403   403   201   201   201   404
GET    api/qualifications/<str:id>                                  401   200   200   200   200   200   404
PUT    api/qualifications/<str:id>                                  401   403   403   200   200   200   404
PATCH  api/qualifications/<str:id>                                  401   403   403   200   200   200   404
DELETE api/qualifications/<str:id>                                  401   403   403   204   204   204   404
GET    api/shift-types                                              401   200   200   200   200   200   200
POST   api/shift-types                                              401   403   403   201   201   201   404
GET    api/shift-types/<str:id>                                     401   200   200   200   200   200   404
PUT    api/shift-types/<str:id>                                     401   403   403   200   200   200   404
PATCH  api/shift-types/<str:id>                                     401   403   403   200   200   200   404
DELETE api/shift-types/<str:id>                                     401   403   403   204   204   204   404
GET    api/availability-windows                                     401   200   200   200   200   200   200
POST   api/availability-windows                                     401   403   403   201   201   201   404
GET    api/availability-windows/<str:id>                            401   200   200   200   200   200   404
PUT    api/availability-windows/<str:id>                            401   403   403   200   200   200   404
PATCH  api/availability-windows/<str:id>                            401   403   403   200   200   200   404
DELETE api/availability-windows/<str:id>                            401   403   403   204   204   204   404
GET    api/availability-exceptions                                  401   200   200   200   200   200   200
POST   api/availability-exceptions                                  401   403   403   201   201   201   404
GET    api/availability-exceptions/<str:id>                         401   200   200   200   200   200   404
PUT    api/availability-exceptions/<str:id>                         401   403   403   200   200   200   404
PATCH  api/availability-exceptions/<str:id>                         401   403   403   200   200   200   404
DELETE api/availability-exceptions/<str:id>                         401   403   403   204   204   204   404
GET    api/policies                                                 401   200   200   200   200   200   200
POST   api/policies                                                 401   403   403   201   201   201   404
GET    api/policies/<str:id>                                        401   200   200   200   200   200   404
PUT    api/policies/<str:id>                                        401   403   403   200   200   200   404
PATCH  api/policies/<str:id>                                        401   403   403   200   200   200   404
DELETE api/policies/<str:id>                                        401   403   403   204   204   204   404
"""

# Pages for people, and what machines ask for: not dressed in a dialect. The calendar's address is its key.
PAGES = ("admin/", "health/", "api/schema", "api/docs", "api/assignments/calendar.ics", "static/")

# The next refresh token takes the place of the spent one: a secret, which never enters the trail.
UNAUDITED = {("POST", "api/auth/refresh")}

OUTCOMES = {(line.split()[0], line.split()[1]): tuple(map(int, line.split()[2:])) for line in TABLE.splitlines()[2:]}


def api_routes() -> list[tuple[str, str]]:
    """Every (method, path) that leads to a view of the API."""
    found = [(path, view) for path, view in routes() if hasattr(view, "actions") and not path.startswith(PAGES)]
    return [(method.upper(), path) for path, view in found for method in view.actions if method != "head"]


def test_table_names_every_route_once():
    listed = [tuple(line.split()[:2]) for line in TABLE.splitlines()[2:]]

    assert sorted(listed) == sorted(api_routes())


def test_table_has_an_outcome_for_every_person():
    widths = {route: len(outcomes) for route, outcomes in OUTCOMES.items()}

    assert widths == dict.fromkeys(widths, len(PERSONS))


def test_other_routes_are_declared_as_pages():
    others = {path for path, view in routes() if not hasattr(view, "actions")}

    undeclared = {path for path in others if not path.startswith(PAGES)}

    assert undeclared == {""}


def test_no_route_stands_behind_another_that_takes_its_requests(rows):
    resolver = get_resolver()

    taken = {path: resolver.resolve(samples.address(method, path, rows)).route for method, path in api_routes()}

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
