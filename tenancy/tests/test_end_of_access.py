"""What ends access with the next request: for access tokens, refresh tokens and sessions of the admin alike."""

import getpass

import pytest
from django.core.management import call_command
from django.urls import reverse

from assignhub.testing import PASSWORD
from tenancy.models import SignIn, User
from tenancy.tests.doors import ENDED, NEW_PASSWORD, WRONG, bearer, log_in, log_out, me, refresh, submit, tokens_of


@pytest.fixture
def doors(api, staff_client, owner, super_admin, monkeypatch):
    """Every way to end somebody's access, by name."""

    def by_api(person, method, *body):
        return getattr(api(owner), method)(f"/users/{person.pk}", *body)

    def page(person, name):
        return reverse(f"admin:tenancy_user_{name}", args=[person.pk])

    def own_password_by_api(person):
        change = {"current_password": PASSWORD, "new_password": NEW_PASSWORD}
        return api(person).post("/api/auth/password", change)

    def own_password_in_admin(person):
        typed = {"old_password": PASSWORD, "new_password1": NEW_PASSWORD, "new_password2": NEW_PASSWORD}
        return submit(staff_client(person), reverse("admin:password_change"), **typed)

    def password_set_in_admin(person):
        typed = {"password1": NEW_PASSWORD, "password2": NEW_PASSWORD}
        return submit(staff_client(super_admin), page(person, "password"), **typed)

    def password_by_command(person):
        # There is no keyboard in a test run.
        monkeypatch.setattr(getpass, "getpass", lambda prompt: NEW_PASSWORD)
        call_command("changepassword", person.email)

    def password_by_orm(person):
        person.set_password(NEW_PASSWORD)
        person.save()

    return {
        "own password by API": own_password_by_api,
        "own password in the admin": own_password_in_admin,
        "password set by a super admin": password_set_in_admin,
        "password by command": password_by_command,
        "password by ORM": password_by_orm,
        "deactivated by API": lambda person: by_api(person, "patch", {"isActive": False}),
        "deactivated in the admin": lambda person: submit(staff_client(owner), page(person, "change"), is_active=None),
        "deactivated by ORM": lambda person: User.objects.filter(pk=person.pk).update(is_active=False),
        "deleted by API": lambda person: by_api(person, "delete"),
        "deleted in the admin": lambda person: submit(staff_client(owner), page(person, "delete")),
        "deleted by ORM": lambda person: person.delete(),
    }


PASSWORD_DOORS = [
    "own password by API",
    "own password in the admin",
    "password set by a super admin",
    "password by command",
    "password by ORM",
]
CLOSING_DOORS = ["deactivated by API", "deactivated in the admin", "deactivated by ORM"]
DELETING_DOORS = ["deleted by API", "deleted in the admin", "deleted by ORM"]


@pytest.mark.parametrize("door", PASSWORD_DOORS + CLOSING_DOORS + DELETING_DOORS)
def test_access_ends_with_the_next_request(member, owner, doors, staff_client, door):
    first = tokens_of(member)
    second = refresh(first["refresh"]).json()
    session, bystander = staff_client(member), tokens_of(owner)
    assert session.get("/admin/").status_code == 200

    doors[door](member)

    for pair in (first, second):
        response = me(pair["access"])
        assert (response.status_code, response.json()) == (401, ENDED)
        assert response["WWW-Authenticate"] == 'Bearer realm="api"'
    assert (refresh(second["refresh"]).status_code, refresh(second["refresh"]).json()) == (401, ENDED)
    assert log_out(second["refresh"]).status_code == 204
    assert session.get("/admin/").status_code == 302
    assert me(bystander["access"]).status_code == 200


@pytest.mark.parametrize("door", PASSWORD_DOORS)
def test_only_the_new_password_signs_in(member, doors, door):
    doors[door](member)

    assert log_in(member.email, PASSWORD).status_code == 401
    assert log_in(member.email, NEW_PASSWORD).status_code == 200


@pytest.mark.parametrize("door", CLOSING_DOORS + DELETING_DOORS)
def test_closed_account_cannot_sign_in(member, doors, door):
    doors[door](member)

    response = log_in(member.email)

    assert response.status_code == 401
    assert response.json() == WRONG


@pytest.mark.parametrize("door", ["deactivated by API", "deactivated in the admin"])
def test_reopened_account_does_not_revive_old_sign_ins(member, owner, doors, api, door):
    tokens = tokens_of(member)
    doors[door](member)

    response = api(owner).patch(f"/users/{member.pk}", {"isActive": True})

    assert response.status_code == 200
    assert me(tokens["access"]).status_code == 401
    assert log_in(member.email).status_code == 200


def test_own_password_in_the_admin_keeps_this_session(member, staff_client):
    session = staff_client(member)
    typed = {"old_password": PASSWORD, "new_password1": NEW_PASSWORD, "new_password2": NEW_PASSWORD}

    response = submit(session, reverse("admin:password_change"), **typed)

    assert response.status_code == 302
    assert response["Location"] == reverse("admin:index")
    assert session.get("/admin/").status_code == 200


def test_other_changes_of_an_account_keep_its_sign_ins(member, api):
    tokens = tokens_of(member)

    response = bearer(tokens["access"]).patch(f"/users/{member.pk}", {"firstName": "Merle"})

    assert response.status_code == 200
    assert me(tokens["access"]).json()["first_name"] == "Merle"
    assert SignIn.objects.get().ended_at is None
