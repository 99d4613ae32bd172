"""Commands that act before, or beside, any account: `createsuperuser` and `demo`."""

import io

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from assignhub.models import AuditEntry
from scheduling.models import Assignment as Shiftwork
from tenancy import demo
from tenancy.models import Membership, Tenant, User
from tenancy.tests.doors import NEW_PASSWORD, bearer, log_in
from tenancy.tests.ledger import audited, nothing_written


def create_super_admin(monkeypatch, email: str, password: str | None = NEW_PASSWORD) -> str:
    said = io.StringIO()
    if password is None:
        monkeypatch.delenv("DJANGO_SUPERUSER_PASSWORD", raising=False)
    else:
        monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", password)
    call_command("createsuperuser", interactive=False, email=email, stdout=said)
    return said.getvalue().strip()


def test_first_super_admin(db, monkeypatch):
    with audited(("operator", "tenancy.user.add")):
        said = create_super_admin(monkeypatch, "Boss@Hub.example")

    boss = User.objects.get()
    assert said == "Superuser created successfully."
    assert (boss.email, boss.is_superuser, boss.is_staff, boss.is_active) == ("boss@hub.example", True, True, True)
    assert log_in("boss@hub.example", NEW_PASSWORD).json()["user"]["is_super_admin"] is True
    entry = AuditEntry.objects.get(action="tenancy.user.add")
    assert (entry.by_id, entry.object_id, entry.changes["is_superuser"]) == (None, str(boss.pk), [None, True])
    assert NEW_PASSWORD not in str(entry.changes)


def test_super_admin_without_a_password_cannot_sign_in_yet(db, monkeypatch):
    create_super_admin(monkeypatch, "boss@hub.example", password=None)

    assert not User.objects.get().has_usable_password()
    assert log_in("boss@hub.example", "").status_code == 400


@pytest.mark.parametrize(
    "email, password, reason",
    [
        ("OWNER@ward.example", NEW_PASSWORD, "That e-mail address is already taken."),
        ("boss@hub.example", "password", "This password is too common."),
        ("no address", NEW_PASSWORD, "Enter a valid email address."),
    ],
)
def test_super_admin_refused(owner, monkeypatch, email, password, reason):
    with nothing_written(), pytest.raises(CommandError) as raised:
        create_super_admin(monkeypatch, email, password)

    assert str(raised.value).endswith(reason)


def test_demo_twice_changes_nothing_and_everybody_in_it_can_sign_in(db):
    first, second = io.StringIO(), io.StringIO()
    call_command("demo", stdout=first)
    with nothing_written():
        call_command("demo", stdout=second)

    note = first.getvalue().splitlines()[-2:]
    assert second.getvalue().splitlines() == note
    assert "super@assignhub.example" in note[0]
    assert note[1].endswith(f"The password is {demo.PASSWORD}")
    assert sorted(Tenant.objects.values_list("name", flat=True)) == ["Harbour Incubator", "St. Anna Hospital"]
    assert Membership.objects.count() == 11
    assert Shiftwork.objects.exists()
    actors = {"operator", "admin@ward.example", "admin@harbour.example", "super@assignhub.example"}
    assert set(AuditEntry.objects.values_list("by_label", flat=True)) == actors
    for domain, name in (("ward.example", "St. Anna Hospital"), ("harbour.example", "Harbour Incubator")):
        for rank in ("viewer", "member", "admin", "owner"):
            body = log_in(f"{rank}@{domain}", demo.PASSWORD).json()
            held = [(row["tenant_name"], row["role"]) for row in body["user"]["memberships"]]
            assert held == [(name, rank)]
            assert bearer(body["access"]).get("/roles").json()["meta"]["pageMeta"]["count"] == 4
    boss = log_in("super@assignhub.example", demo.PASSWORD).json()
    assert boss["user"]["is_super_admin"] is True
    page = Client().post("/admin/login/", {"username": "viewer@ward.example", "password": demo.PASSWORD, "next": "/"})
    assert (page.status_code, page["Location"]) == (302, "/")


def test_demo_leaves_a_filled_database_alone(owner, tenant, other_tenant):
    said = io.StringIO()

    with nothing_written():
        call_command("demo", stdout=said)

    assert said.getvalue() == ""
    assert tenant.schedules.count() == 0


def test_demo_in_production(db, settings):
    settings.PRODUCTION = True

    with nothing_written(), pytest.raises(CommandError) as raised:
        call_command("demo")

    assert str(raised.value) == "Demo accounts have a password everybody knows: not in production."
    assert User.objects.count() == 0
