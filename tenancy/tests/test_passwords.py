"""Changing a password: by its owner, by a super admin, and at the machine."""

import getpass
import io

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from assignhub.errors import Refused
from assignhub.models import AuditEntry
from assignhub.testing import PASSWORD
from tenancy import services
from tenancy.models import SignIn, User
from tenancy.tests.doors import NEW_PASSWORD, log_in, submit, tokens_of
from tenancy.tests.ledger import nothing_written

WEAK = [
    ("short", "This password is too short. It must contain at least 8 characters."),
    ("password", "This password is too common."),
    ("94817302", "This password is entirely numeric."),
    ("member@ward", "The password is too similar to the first name."),
]


def state() -> tuple:
    """All that a refused change of password must leave as it is."""
    return list(User.objects.order_by("pk").values()), list(SignIn.objects.values()), AuditEntry.objects.count()


def latest_entries(count: int) -> list[tuple]:
    fields = ("by_label", "action", "object_type", "object_id", "changes")
    return list(AuditEntry.objects.order_by("-id").values_list(*fields)[:count])[::-1]


@pytest.fixture
def keyboard(monkeypatch):
    """Types these passwords when asked, as there is no keyboard in a test run."""

    def types(*passwords):
        left = iter(passwords)
        monkeypatch.setattr(getpass, "getpass", lambda prompt: next(left))

    return types


def test_own_password_by_api(member, api):
    tokens_of(member)
    running = SignIn.objects.get()

    change = {"current_password": PASSWORD, "new_password": NEW_PASSWORD}
    response = api(member).post("/api/auth/password", change)

    assert (response.status_code, response.content) == (204, b"")
    running.refresh_from_db()
    ended = {"ended_at": [None, running.ended_at.isoformat()]}
    entries = latest_entries(3)
    assert entries[0] == (member.email, "tenancy.user.password", "tenancy.user", str(member.pk), {})
    assert (member.email, "tenancy.signin.end", "tenancy.signin", str(running.pk), ended) in entries[1:]
    assert SignIn.objects.filter(ended_at=None).count() == 0


@pytest.mark.parametrize(
    "change, detail",
    [
        (
            {"current_password": "guess", "new_password": NEW_PASSWORD},
            "current_password: This is not your present password.",
        ),
        (
            {},
            "current_password: This field is required. new_password: This field is required.",
        ),
        (
            {"current_password": PASSWORD, "new_password": ""},
            "new_password: This field may not be blank.",
        ),
        (
            {"current_password": PASSWORD, "new_password": "x" * 201},
            "new_password: Ensure this field has no more than 200 characters.",
        ),
        (
            {"current_password": [PASSWORD], "new_password": NEW_PASSWORD},
            "current_password: Not a valid string.",
        ),
        *[({"current_password": PASSWORD, "new_password": weak}, f"new_password: {why}") for weak, why in WEAK],
    ],
)
def test_own_password_refused_by_api(member, api, change, detail):
    client = api(member)
    before = state()

    response = client.post("/api/auth/password", change)

    assert response.status_code == 400
    assert response.json() == {"detail": detail}
    assert state() == before
    assert client.get("/api/auth/me").status_code == 200


def test_own_password_without_a_token(member, api):
    change = {"current_password": PASSWORD, "new_password": NEW_PASSWORD}
    before = state()

    response = api(None).post("/api/auth/password", change)

    assert response.status_code == 401
    assert response.json() == {"detail": "Authentication credentials were not provided."}
    assert state() == before


@pytest.mark.parametrize("person", ["viewer", "member", "admin", "owner", "super_admin"])
def test_own_password_in_the_admin(people, staff_client, person):
    typed = {"old_password": PASSWORD, "new_password1": NEW_PASSWORD, "new_password2": NEW_PASSWORD}

    response = submit(staff_client(people[person]), reverse("admin:password_change"), **typed)

    assert response.status_code == 302
    assert log_in(people[person].email, NEW_PASSWORD).status_code == 200
    entry = AuditEntry.objects.get(action="tenancy.user.password")
    assert (entry.by_id, entry.object_id, entry.changes) == (people[person].pk, str(people[person].pk), {})


@pytest.mark.parametrize(
    "typed, error",
    [
        (
            {"old_password": "guess", "new_password1": NEW_PASSWORD, "new_password2": NEW_PASSWORD},
            "Your old password was entered incorrectly. Please enter it again.",
        ),
        (
            {"old_password": PASSWORD, "new_password1": NEW_PASSWORD, "new_password2": "another-one-entirely"},
            "The two password fields didn’t match.",
        ),
        *[({"old_password": PASSWORD, "new_password1": weak, "new_password2": weak}, why) for weak, why in WEAK],
    ],
)
def test_own_password_refused_in_the_admin(member, staff_client, typed, error):
    session = staff_client(member)
    before = state()

    response = submit(session, reverse("admin:password_change"), **typed)

    assert response.status_code == 200
    assert [text for texts in response.context["form"].errors.values() for text in texts] == [error]
    assert state() == before


def test_password_set_by_a_super_admin(member, super_admin, staff_client):
    url = reverse("admin:tenancy_user_password", args=[member.pk])

    response = submit(staff_client(super_admin), url, password1=NEW_PASSWORD, password2=NEW_PASSWORD)

    assert response.status_code == 302
    assert response["Location"] == reverse("admin:tenancy_user_change", args=[member.pk])
    assert log_in(member.email, NEW_PASSWORD).status_code == 200
    entry = AuditEntry.objects.get(action="tenancy.user.password")
    assert (entry.by_id, entry.object_id, entry.changes) == (super_admin.pk, str(member.pk), {})


@pytest.mark.parametrize("weak, why", WEAK)
def test_password_refused_to_a_super_admin(member, super_admin, staff_client, weak, why):
    url = reverse("admin:tenancy_user_password", args=[member.pk])
    session = staff_client(super_admin)
    before = state()

    response = submit(session, url, password1=weak, password2=weak)

    assert response.status_code == 200
    assert [text for texts in response.context["form"].errors.values() for text in texts] == [why]
    assert why in response.content.decode()
    assert state() == before


@pytest.mark.parametrize("person", ["viewer", "member", "admin", "owner"])
def test_password_of_others_is_for_super_admins_only(people, staff_client, person):
    target = people["viewer"] if person != "viewer" else people["member"]
    url = reverse("admin:tenancy_user_password", args=[target.pk])
    session = staff_client(people[person])
    before = state()

    responses = [session.get(url), session.post(url, {"password1": NEW_PASSWORD, "password2": NEW_PASSWORD})]

    assert [response.status_code for response in responses] == [403, 403]
    assert state() == before


@pytest.mark.parametrize("person", ["viewer", "admin", "owner", "stranger"])
def test_password_of_others_is_refused_by_the_service_too(people, person):
    with nothing_written(), pytest.raises(Refused) as raised:
        services.users.set_password(people["member"], NEW_PASSWORD, by=people[person])

    assert raised.value.messages == ["Only super admins set the password of somebody else."]
    assert raised.value.code == "forbidden"


def test_password_of_a_stranger_does_not_exist(owner, stranger, staff_client):
    url = reverse("admin:tenancy_user_password", args=[stranger.pk])
    session = staff_client(owner)
    before = state()

    response = session.post(url, {"password1": NEW_PASSWORD, "password2": NEW_PASSWORD})

    assert (response.status_code, response["Location"]) == (302, "/admin/")
    assert state() == before


def test_changepassword_command(member, keyboard):
    tokens_of(member)
    keyboard(NEW_PASSWORD, NEW_PASSWORD)
    said = io.StringIO()

    call_command("changepassword", "MEMBER@ward.example", stdout=said)

    assert said.getvalue().splitlines() == [
        "Changing password for user 'Member Example'",
        "Password changed successfully for user 'Member Example'",
    ]
    ended = SignIn.objects.get()
    assert latest_entries(2) == [
        ("operator", "tenancy.user.password", "tenancy.user", str(member.pk), {}),
        (
            "operator",
            "tenancy.signin.end",
            "tenancy.signin",
            str(ended.pk),
            {"ended_at": [None, ended.ended_at.isoformat()]},
        ),
    ]
    assert log_in(member.email, NEW_PASSWORD).status_code == 200


def test_changepassword_command_asks_again(member, keyboard):
    keyboard(NEW_PASSWORD, "mistyped", "password", "password", NEW_PASSWORD, NEW_PASSWORD)
    said, complained = io.StringIO(), io.StringIO()

    call_command("changepassword", member.email, stdout=said, stderr=complained)

    assert said.getvalue().splitlines()[1:] == [
        "Passwords do not match. Please try again.",
        "Password changed successfully for user 'Member Example'",
    ]
    assert complained.getvalue().splitlines() == ["This password is too common."]
    assert log_in(member.email, NEW_PASSWORD).status_code == 200


@pytest.mark.parametrize(
    "typed, refusal",
    [
        (["one", "two"] * 3, "Aborting password change for user 'Member Example' after 3 attempts"),
        (["password"] * 6, "Aborting password change for user 'Member Example' after 3 attempts"),
        ([""], "aborted"),
    ],
)
def test_changepassword_command_gives_up(member, keyboard, typed, refusal):
    keyboard(*typed)
    before = state()

    with pytest.raises(CommandError) as raised:
        call_command("changepassword", member.email, stdout=io.StringIO(), stderr=io.StringIO())

    assert str(raised.value) == refusal
    assert state() == before


def test_changepassword_command_for_nobody(member):
    with pytest.raises(CommandError) as raised:
        call_command("changepassword", "nobody@ward.example")

    assert str(raised.value) == "user 'nobody@ward.example' does not exist"
