"""Every page of the admin over a row, for every kind of person: who gets which answer. A page without a row fails."""

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import reverse

from assignhub.models import AuditEntry
from assignhub.tests import samples
from assignhub.tests.outcomes import PERSONS, outcomes

# To be read by those who answer for a tenant, to be written by nobody.
TRAIL_PAGES = """
            nobody viewer member  admin  owner  super  stranger
changelist  login  403    403     200    200    200    200
add         login  403    403     403    403    403    403
change      login  403    403     200    200    200    index
save        login  403    403     403    403    403    403
history     login  index  index   200    200    200    index
delete      login  403    403     403    403    403    403
"""

PAGES = {
    "assignhub.AuditEntry": TRAIL_PAGES,
} | {label: table for app in samples.APPS for label, table in app.PAGES.items()}

OUTCOMES = {(label, view): found for label, table in PAGES.items() for (view,), found in outcomes(table).items()}


def outcome(response) -> str:
    if response.status_code != 302:
        return str(response.status_code)
    return (
        "login"
        if response["Location"].startswith(reverse("admin:login"))
        else {"/admin/": "index"}[response["Location"]]
    )


def test_table_names_every_registered_page():
    views = ("changelist", "add", "change", "save", "history", "delete")
    registered = {(model._meta.label, view) for model in admin.site._registry for view in views}

    assert set(OUTCOMES) == registered


def visit(client, label: str, view: str, row, form: dict | None = None):
    name = f"admin:{label.lower().replace('.', '_')}_{'change' if view == 'save' else view}"
    url = reverse(name, args=[] if view in ("changelist", "add") else [row.pk])
    return client.get(url) if form is None else client.post(url, form)


@pytest.fixture
def clients(people, staff_client) -> list:
    return [staff_client(people[name]) if people[name] else Client() for name in PERSONS]


@pytest.mark.parametrize("label", sorted({label for label, _ in OUTCOMES}))
def test_pages_answer_each_person_as_declared(label, rows, clients, stored):
    declared = {view: outcomes for (of, view), outcomes in OUTCOMES.items() if of == label}
    before, entries = stored(), AuditEntry.objects.count()

    responses = {
        view: [visit(client, label, view, rows[label], {} if view == "save" else None) for client in clients]
        for view in declared
    }

    assert {view: list(map(outcome, found)) for view, found in responses.items()} == declared
    assert (stored(), AuditEntry.objects.count()) == (before, entries)


@pytest.mark.parametrize("label", sorted({label for label, _ in OUTCOMES}))
@pytest.mark.parametrize("view", ["add", "delete"])
def test_page_that_is_closed_to_reading_is_closed_to_writing(label, view, rows, clients, stored):
    declared = zip(PERSONS, clients, OUTCOMES[label, view], strict=True)
    shut_out = {name: (client, expected) for name, client, expected in declared if expected != "200"}
    before, entries = stored(), AuditEntry.objects.count()

    answers = {
        name: outcome(visit(client, label, view, rows[label], {"post": "yes"}))
        for name, (client, _) in shut_out.items()
    }

    assert answers == {name: expected for name, (_, expected) in shut_out.items()}
    assert (stored(), AuditEntry.objects.count()) == (before, entries)
