"""The secret address of a calendar: who makes and revokes it, when it ends, and that nobody else gets to see it."""

import hashlib
from datetime import timedelta

import pytest
from django.contrib import admin as pages
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from assignhub.models import AuditEntry, Record
from scheduling.models import CalendarFeed
from scheduling.tests.factories import AssignmentFactory, EmployeeFactory

NOTHING_HERE = (404, {"detail": "There is nothing at /api/assignments/calendar.ics"})
NO_TOKEN = "Authentication credentials were not provided."


@pytest.fixture
def milo(tenant, member):
    return EmployeeFactory(tenant=tenant, user=member, first_name="Milo")


@pytest.fixture
def calendar(milo) -> str:
    """Where the secret is made and revoked."""
    return f"/api/employees/{milo.pk}/calendar"


@pytest.fixture
def address(api, member, calendar) -> str:
    return api(member).post(calendar).json()["url"]


def look(api, address: str) -> tuple[int, dict]:
    response = api(None).get(address)
    return response.status_code, response.json() if response.status_code != 200 else {}


def digest_of(address: str) -> str:
    return hashlib.sha256(address.partition("token=")[2].encode()).hexdigest()


# --- Made, made anew, revoked -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("slash", ["", "/"])
def test_open_calendar_gives_an_address_that_works(api, member, tenant, milo, calendar, slash):
    response = api(member).post(calendar + slash)

    body = response.json()
    start, _, token = body["url"].partition("?token=")
    assert (response.status_code, set(body)) == (201, {"url"})
    assert start == "http://testserver/api/assignments/calendar.ics"
    assert len(token) == 43
    assert look(api, body["url"]) == (200, {})
    assert CalendarFeed.objects.get().token_digest == digest_of(body["url"])
    entry = AuditEntry.objects.get()
    assert (entry.by_label, entry.action, entry.tenant_id) == (
        member.email,
        "scheduling.calendarfeed.open",
        tenant.pk,
    )
    assert (entry.object_label, entry.changes) == (f"calendar of {milo}", {})


def test_open_calendar_again_ends_the_address_before(api, member, calendar, address):
    response = api(member).post(calendar)

    assert (response.status_code, CalendarFeed.objects.count()) == (201, 1)
    assert response.json()["url"] != address
    assert look(api, response.json()["url"]) == (200, {})
    assert look(api, address) == NOTHING_HERE
    assert list(AuditEntry.objects.values_list("action", flat=True)) == ["scheduling.calendarfeed.open"] * 2


@pytest.mark.parametrize("slash", ["", "/"])
@pytest.mark.parametrize("person", ["member", "admin", "owner", "super_admin"])
def test_close_calendar_by_those_who_may(api, people, tenant, calendar, address, person, slash):
    response = api(people[person]).delete(calendar + slash)

    entry = AuditEntry.objects.first()
    assert (response.status_code, response.content) == (204, b"")
    assert look(api, address) == NOTHING_HERE
    assert CalendarFeed.objects.count() == 0
    assert (entry.by_label, entry.action) == (people[person].email, "scheduling.calendarfeed.close")
    assert (entry.tenant_id, entry.changes) == (tenant.pk, {})


def test_close_calendar_that_is_not_there_changes_nothing(api, member, calendar, stored):
    before = stored()

    response = api(member).delete(calendar)

    assert (response.status_code, response.content) == (204, b"")
    assert stored() == before


def test_close_calendar_leaves_those_of_others_alone(api, member, viewer, tenant, calendar, address):
    other = EmployeeFactory(tenant=tenant, user=viewer)
    theirs = api(viewer).post(f"/api/employees/{other.pk}/calendar").json()["url"]

    response = api(member).delete(calendar)

    assert response.status_code == 204
    assert (look(api, address), look(api, theirs)) == (NOTHING_HERE, (200, {}))


@pytest.mark.parametrize(
    "person,method,status,detail",
    [
        ("nobody", "post", 401, NO_TOKEN),
        ("viewer", "post", 403, "You may not open_calendar this employee."),
        ("admin", "post", 403, "You may not open_calendar this employee."),
        ("owner", "post", 403, "You may not open_calendar this employee."),
        ("super_admin", "post", 403, "You may not open_calendar this employee."),
        ("stranger", "post", 404, "Employee with ID {} not found"),
        ("nobody", "delete", 401, NO_TOKEN),
        ("viewer", "delete", 403, "You may not close_calendar this employee."),
        ("stranger", "delete", 404, "Employee with ID {} not found"),
    ],
)
def test_calendar_by_those_who_may_not(api, people, milo, calendar, address, stored, person, method, status, detail):
    before = stored()

    response = getattr(api(people[person]), method)(calendar)

    gone = {"code": "not_found", "employee_id": milo.pk} if status == 404 else {}
    assert (response.status_code, response.json()) == (status, {"detail": detail.format(milo.pk)} | gone)
    assert stored() == before
    assert look(api, address) == (200, {})


# --- When it ends -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("query", ["", "?token=", "?token=guessed", "?token=%F0%9F%97%93", "?token=%ED%A0%80"])
def test_calendar_of_an_unknown_secret(api, address, query):
    found = look(api, "/api/assignments/calendar.ics" + query)

    assert found == NOTHING_HERE


def test_calendar_of_the_digest_instead_of_the_secret(api, address):
    found = look(api, f"/api/assignments/calendar.ics?token={digest_of(address)}")

    assert found == NOTHING_HERE


def test_calendar_ends_with_the_employee(api, milo, address):
    milo.is_active = False
    milo.save()

    assert look(api, address) == NOTHING_HERE


def test_calendar_ends_with_the_account(api, member, address):
    member.is_active = False
    member.save()

    assert look(api, address) == NOTHING_HERE


@pytest.mark.parametrize("heir", ["viewer", "nobody"])
def test_calendar_ends_when_the_employee_is_no_longer_this_account(api, people, admin, milo, address, heir):
    """And stays ended for the account that left, whoever comes after it."""
    key = str(people[heir].pk) if people[heir] else None

    response = api(admin).patch(f"/api/employees/{milo.pk}", {"user_id": key})

    assert (response.status_code, look(api, address)) == (200, NOTHING_HERE)


def test_calendar_ends_with_the_role(api, member, address):
    member.memberships.get().assignment.role.assignments.update(removed_at=timezone.now())

    assert look(api, address) == NOTHING_HERE


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_calendar_is_only_read(address, method):
    # A client that would have to bring a CSRF token, if the page asked for one.
    response = getattr(Client(enforce_csrf_checks=True), method)(address)

    assert (response.status_code, response.json()) == (405, {"detail": f'Method "{method.upper()}" not allowed.'})


# --- Who gets to see it -----------------------------------------------------------------------------------------------


def test_secret_is_not_in_the_audit_trail(api, member, calendar, address):
    again = api(member).post(calendar).json()["url"]
    api(member).delete(calendar)

    trail = str(list(AuditEntry.objects.values()))
    secrets = [secret for url in (address, again) for secret in (url.partition("token=")[2], digest_of(url))]
    assert AuditEntry.objects.count() == 3
    assert [secret for secret in secrets if secret in trail] == []


def test_secret_is_not_in_the_logs(api, member, calendar, capfd, caplog):
    address = api(member).post(calendar).json()["url"]
    api(None).get(address)
    api(member).delete(calendar)
    api(None).get(address)

    printed = capfd.readouterr()
    logs = printed.out + printed.err + caplog.text
    token = address.partition("token=")[2]
    assert logs.count("/api/assignments/calendar.ics") >= 2
    assert (token in logs, digest_of(address) in logs) == (False, False)


def test_secret_is_on_no_page_of_the_admin(api, super_admin, staff_client, milo, shift, address):
    AssignmentFactory(employee=milo, shift=shift)
    client = staff_client(super_admin)
    shown = [model._meta for model in pages.site._registry if issubclass(model, (Record, AuditEntry))]
    lists = [reverse(f"admin:{meta.app_label}_{meta.model_name}_changelist") for meta in shown]
    employee = reverse("admin:scheduling_employee_change", args=[milo.pk])
    entry = reverse("admin:assignhub_auditentry_change", args=[AuditEntry.objects.get().pk])
    others = [employee, employee.replace("change", "history"), employee.replace("change", "delete"), entry]

    answers = [client.get(url) for url in [*lists, *others]]

    secrets = address.partition("token=")[2], digest_of(address)
    assert {answer.status_code for answer in answers} == {200}
    assert [answer for answer in answers if any(secret in answer.content.decode() for secret in secrets)] == []
    assert CalendarFeed not in pages.site._registry


def test_secret_is_not_in_the_answers_about_the_employee(api, member, milo, address):
    answers = [api(member).get(url) for url in ("/api/employees", f"/api/employees/{milo.pk}")]

    secrets = address.partition("token=")[2], digest_of(address)
    assert [answer.status_code for answer in answers] == [200, 200]
    assert [answer for answer in answers if any(secret in answer.content.decode() for secret in secrets)] == []


def test_calendar_works_long_after_the_sign_in(api, address, time_machine):
    time_machine.move_to(timezone.now() + timedelta(days=300))

    assert look(api, address) == (200, {})
