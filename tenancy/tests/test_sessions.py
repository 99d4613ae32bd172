"""Sessions: what a person sees of them, ends of them, and what ends them."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from assignhub.models import AuditEntry
from assignhub.testing import PASSWORD
from tenancy import services
from tenancy.devices import device
from tenancy.models import SignIn
from tenancy.tests import ledger
from tenancy.tests.doors import me, tokens_of

PAGE = "/admin/sessions/"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


def signed_in(person, agent: str = FIREFOX, address: str = "203.0.113.9") -> Client:
    browser = Client(headers={"User-Agent": agent}, REMOTE_ADDR=address)
    answer = browser.post("/admin/login/", {"username": person.email, "password": PASSWORD, "next": "/admin/"})
    assert answer.status_code == 302
    return browser


def actions() -> list[tuple]:
    return list(AuditEntry.objects.order_by("pk").values_list("action", "by_label"))


def test_sign_in_and_sign_out_are_recorded(owner):
    browser = signed_in(owner)
    row = SignIn.objects.get()
    seen = (row.user, row.kind, row.address, row.user_agent, row.ended_at, row.refresh_id)

    answer = browser.post("/admin/logout/")

    assert seen == (owner, "browser", "203.0.113.9", FIREFOX, None, "")
    assert (answer.status_code, answer["Location"]) == (302, "/admin/login/")
    assert SignIn.objects.get().ended_at is not None
    assert actions() == [("tenancy.signin.begin", owner.email), ("tenancy.signin.end", owner.email)]


def test_sign_out_is_not_a_link(owner):
    browser = signed_in(owner)

    assert browser.get("/admin/logout/").status_code == 405
    assert browser.get("/admin/").status_code == 200


def test_page_shows_ones_own_sessions(owner, member):
    signed_in(member)
    browser = signed_in(owner)
    tokens_of(owner)

    rows = browser.get(PAGE).context["rows"]

    assert [(row["sign_in"].user, row["sign_in"].kind, row["device"], row["here"]) for row in rows] == [
        (owner, "browser", "Firefox on Linux", True),
        (owner, "token", "unknown device", False),
    ]


def test_page_leaves_out_what_has_ended(owner):
    gone = [signed_in(owner) for _ in range(2)]
    gone[0].post("/admin/logout/")
    SignIn.objects.filter(ended_at=None).update(expires_at=timezone.now())
    browser = signed_in(owner)

    assert len(browser.get(PAGE).context["rows"]) == 1


def test_one_session_is_ended(owner):
    there, here = signed_in(owner), signed_in(owner)
    tokens = tokens_of(owner)
    keys = {str(row.pk): row.kind for row in SignIn.objects.all()}

    for key in keys.keys() - {here.session["sign_in"]}:
        assert here.post(PAGE, {"end": key}).status_code == 302

    assert there.get("/admin/").status_code == 302
    assert me(tokens["access"]).status_code == 401
    assert here.get("/admin/").status_code == 200
    assert [action for action, _ in actions()].count("tenancy.signin.end") == 2


def test_all_others_are_ended(owner, member):
    others, stranger = [signed_in(owner) for _ in range(2)], signed_in(member)
    here = signed_in(owner)

    here.post(PAGE, {"others": "yes"})

    assert [browser.get("/admin/").status_code for browser in (*others, stranger, here)] == [302, 302, 200, 200]


def test_ending_the_session_one_is_in_signs_out(owner):
    here = signed_in(owner)

    here.post(PAGE, {"end": here.session["sign_in"]})

    assert here.get("/admin/").status_code == 302


@pytest.mark.parametrize("key", ["", "x", "\0", "00000000-0000-0000-0000-000000000000", "of somebody else"])
def test_session_that_is_not_ones_own_is_left_alone(owner, member, key):
    theirs, here = signed_in(member), signed_in(owner)
    before = ledger.rows()

    answer = here.post(PAGE, {"end": theirs.session["sign_in"] if key == "of somebody else" else key})

    assert answer.status_code == 302
    assert ledger.rows() == before
    assert theirs.get("/admin/").status_code == 200


@pytest.mark.parametrize("what", ["password", "deactivated", "ended", "expired", "deleted", "kind"])
def test_access_ends_with_the_next_request(owner, super_admin, what):
    browser = signed_in(owner)
    row = SignIn.objects.get()
    match what:
        case "password":
            services.users.set_password(owner, "seven quiet lighthouses", by=owner)
        case "deactivated":
            type(owner).objects.filter(pk=owner.pk).update(is_active=False)
        case "ended":
            services.end_sign_in(row.pk, by=super_admin)
        case "expired":
            SignIn.objects.update(expires_at=timezone.now())
        case "deleted":
            row.delete()
        case "kind":
            SignIn.objects.update(kind="token")

    answer = browser.get("/admin/")

    assert (answer.status_code, answer["Location"]) == (302, "/admin/login/?next=/admin/")


def test_new_password_keeps_the_browser_it_was_typed_into(owner):
    other, here = signed_in(owner), signed_in(owner)
    new = "seven quiet lighthouses"
    typed = {"old_password": PASSWORD, "new_password1": new, "new_password2": new}

    here.post(reverse("admin:password_change"), typed)

    assert [browser.get("/admin/").status_code for browser in (other, here)] == [302, 200]
    assert SignIn.objects.filter(ended_at=None).count() == 1


def test_signing_in_again_ends_the_session_before(owner):
    browser = signed_in(owner)

    browser.post("/admin/login/", {"username": owner.email, "password": PASSWORD, "next": "/admin/"})

    assert SignIn.objects.filter(ended_at=None).count() == 1
    assert SignIn.objects.count() == 2


def test_session_gets_another_key_when_somebody_signs_in(owner):
    browser = Client()
    browser.get("/admin/password_reset/confirm/?user=x&token=y")
    before = browser.session.session_key

    browser.post("/admin/login/", {"username": owner.email, "password": PASSWORD, "next": "/admin/"})

    assert before is not None
    assert browser.session.session_key != before


def test_use_is_noted_every_five_minutes(owner, django_assert_num_queries):
    browser = signed_in(owner)
    began = SignIn.objects.get().last_used_at

    browser.get(PAGE)
    soon = SignIn.objects.get().last_used_at
    with time_machine.travel(began + timedelta(minutes=6), tick=False):
        browser.get(PAGE)
    later = SignIn.objects.get().last_used_at

    assert soon == began
    assert later == began + timedelta(minutes=6)


def test_one_query_brings_person_roles_and_session(owner, django_assert_num_queries):
    browser = signed_in(owner)

    with django_assert_num_queries(2):  # Django's session, and everything about its holder
        assert browser.get("/admin/jsi18n/").status_code == 200


@pytest.mark.parametrize(
    "agent, name",
    [
        (FIREFOX, "Firefox on Linux"),
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36",
            "Chrome on Windows",
        ),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0", "Edge on Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/604.1", "Safari on iPhone"),
        ("curl/8.1.2", "curl/8.1.2"),
        ("x" * 200, "x" * 40),
        ("", "unknown device"),
    ],
)
def test_device_in_words(agent, name):
    assert device(agent) == name
