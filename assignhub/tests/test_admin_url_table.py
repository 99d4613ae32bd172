"""Every page of the admin over a row, for every kind of person: who gets which answer. A page without a row fails."""

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse
from django_tasks_db.models import DBTaskResult

from assignhub.models import AuditEntry

PERSONS = ("nobody", "viewer", "member", "admin", "owner", "super_admin", "stranger")

# “login”: sent to sign in. “index”: told there is no such row, and sent to the start page. “save” is what the change
# page says to an empty form; where that is refused, so is any other.
TABLES = {
    """
                nobody viewer member  admin  owner  super  stranger
    changelist  login  200    200     200    200    200    200
    add         login  403    403     200    200    200    200
    change      login  200    200     200    200    200    index
    save        login  403    403     200    200    200    index
    history     login  403    403     200    200    200    index
    delete      login  403    403     200    200    200    index
    """: (
        "tenancy.Role",
        "tenancy.Assignment",
        "tenancy.Membership",
        "tenancy.User",
        "scheduling.Qualification",
        "scheduling.Employee",
        "scheduling.ShiftType",
        "scheduling.Schedule",
        "scheduling.Shift",
        "scheduling.Assignment",
        "scheduling.Policy",
    ),
    # Only super admins make tenants and let them go.
    """
                nobody viewer member  admin  owner  super  stranger
    changelist  login  200    200     200    200    200    200
    add         login  403    403     403    403    200    403
    change      login  200    200     200    200    200    index
    save        login  403    403     200    200    200    index
    history     login  403    403     200    200    200    index
    delete      login  403    403     403    403    200    403
    """: ("tenancy.Tenant",),
    # Only to be approved and rejected, by actions of the list.
    """
                nobody viewer member  admin  owner  super  stranger
    changelist  login  200    200     200    200    200    200
    add         login  403    403     403    403    403    403
    change      login  200    200     200    200    200    index
    save        login  403    403     403    403    403    403
    history     login  403    403     200    200    200    index
    delete      login  403    403     403    403    403    403
    """: ("scheduling.Swap",),
    # The sample is the viewer's own.
    """
                nobody viewer member  admin  owner  super  stranger
    changelist  login  200    200     200    200    200    200
    add         login  403    403     403    403    403    403
    change      login  200    index   index  index  200    index
    save        login  403    403     403    403    403    403
    history     login  403    index   index  index  200    index
    delete      login  403    403     403    403    403    403
    """: ("tenancy.SignIn",),
    # To be read by those who answer for a tenant, to be written by nobody.
    """
                nobody viewer member  admin  owner  super  stranger
    changelist  login  403    403     200    200    200    200
    add         login  403    403     403    403    403    403
    change      login  403    403     200    200    200    index
    save        login  403    403     403    403    403    403
    history     login  index  index   200    200    200    index
    delete      login  403    403     403    403    403    403
    """: ("assignhub.AuditEntry",),
    # The frameworks register these; AssignHub has no use for them, and nobody gets at them.
    """
                nobody viewer member  admin  owner  super  stranger
    changelist  login  403    403     403    403    403    403
    add         login  403    403     403    403    403    403
    change      login  403    403     403    403    403    403
    save        login  403    403     403    403    403    403
    history     login  403    403     403    403    403    403
    delete      login  403    403     403    403    403    403
    """: ("auth.Group", "django_tasks_database.DBTaskResult"),
}

OUTCOMES = {
    (label, line.split()[0]): line.split()[1:]
    for table, labels in TABLES.items()
    for label in labels
    for line in table.strip().splitlines()[1:]
}


@pytest.fixture
def every_row(rows) -> dict:
    task = DBTaskResult.objects.create(
        args_kwargs={"args": [], "kwargs": {}}, task_path="nowhere", backend_name="default"
    )
    return rows | {"auth.Group": Group.objects.create(name="Unused"), "django_tasks_database.DBTaskResult": task}


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
def test_pages_answer_each_person_as_declared(label, every_row, clients, stored):
    declared = {view: outcomes for (of, view), outcomes in OUTCOMES.items() if of == label}
    before, entries = stored(), AuditEntry.objects.count()

    responses = {
        view: [visit(client, label, view, every_row[label], {} if view == "save" else None) for client in clients]
        for view in declared
    }

    assert {view: list(map(outcome, found)) for view, found in responses.items()} == declared
    assert (stored(), AuditEntry.objects.count()) == (before, entries)


@pytest.mark.parametrize("label", sorted({label for label, _ in OUTCOMES}))
@pytest.mark.parametrize("view", ["add", "delete"])
def test_page_that_is_closed_to_reading_is_closed_to_writing(label, view, every_row, clients, stored):
    declared = zip(PERSONS, clients, OUTCOMES[label, view], strict=True)
    shut_out = {name: (client, expected) for name, client, expected in declared if expected != "200"}
    before, entries = stored(), AuditEntry.objects.count()

    answers = {
        name: outcome(visit(client, label, view, every_row[label], {"post": "yes"}))
        for name, (client, _) in shut_out.items()
    }

    assert answers == {name: expected for name, (_, expected) in shut_out.items()}
    assert (stored(), AuditEntry.objects.count()) == (before, entries)
