"""Coming in: every role at the sign-in page, with keys alone, locked out, with a second factor, with a link by mail."""

import re
from urllib.parse import urlsplit

import pytest
from django.core import mail
from django.urls import reverse

from assignhub.models import AuditEntry
from assignhub.testing import PASSWORD
from assignhub.tests.browser.conftest import PHONE
from tenancy import tasks
from tenancy.models import SecondFactor, SignIn
from tenancy.tests.authenticators import code_of

NEW_PASSWORD = "seven quiet lighthouses"


def sign_in(page, email: str, password: str = PASSWORD) -> None:
    page.goto("/admin/login/")
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()


def arrive(page, path: str = "/admin/") -> None:
    page.wait_for_url(lambda url: urlsplit(url).path == path)


def heading(page) -> str:
    return page.get_by_role("heading", level=1).inner_text()


@pytest.mark.parametrize("name", ["viewer", "member", "admin", "owner", "super_admin"])
def test_role_signs_in(people, page_of, name):
    page = page_of(None)

    sign_in(page, people[name].email)

    arrive(page)
    assert page.get_by_role("button", name=f"Your account: {people[name].email}").is_visible()
    assert SignIn.objects.get().kind == "browser"


def test_keys_alone_sign_in_and_out(owner, page_of):
    page = page_of(None)
    page.goto("/admin/")
    page.wait_for_function("document.activeElement.name == 'username'")

    page.keyboard.type(owner.email)
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    arrive(page)
    page.keyboard.press("Tab")
    first_stop = page.evaluate("document.activeElement.textContent.trim()")
    page.get_by_role("button", name="Your account").press("Enter")
    page.get_by_role("button", name="Log out").press("Enter")
    arrive(page, "/admin/login/")

    assert first_stop == "Skip to the content"
    assert page.get_by_text("You have signed out.").is_visible()
    assert SignIn.objects.get().ended_at is not None


def test_wrong_password_is_said_and_the_fifth_locks(owner, page_of, expected_statuses, axe):
    expected_statuses.add(429)
    page = page_of(None, size=PHONE)

    sign_in(page, owner.email, "guess")
    said = page.get_by_role("alert").inner_text()
    for _ in range(4):
        sign_in(page, owner.email, "guess")
    locked = heading(page), page.get_by_role("alert").inner_text()
    sign_in(page, owner.email)

    assert said == "This e-mail address and password are not those of an active account of the staff."
    assert locked[0] == heading(page) == "Too many attempts"
    assert "30 minutes" in locked[1]
    assert axe(page) == []


def test_second_factor_is_set_up_and_asked_for(owner, page_of, axe):
    page = page_of(owner)
    page.goto("/admin/second-factor/")
    secret = page.locator(".secret").inner_text().replace(" ", "")
    page.get_by_label("Code from the app").fill(code_of(secret, at=-1))
    page.get_by_role("button", name="Set it up").click()
    codes = page.locator(".codes code").all_inner_texts()
    assert axe(page) == []

    other = page_of(None)
    sign_in(other, owner.email)
    arrive(other, "/admin/login/code/")
    assert axe(other) == []
    other.goto("/admin/")
    still_outside = other.url
    other.goto("/admin/login/code/")
    other.keyboard.type(code_of(secret))
    other.keyboard.press("Enter")
    arrive(other)

    assert "/admin/login/" in still_outside
    assert len(codes) == len(set(codes)) == 10
    assert SecondFactor.objects.get().user == owner
    page.goto("/admin/second-factor/")
    assert "10 recovery codes left" in page.locator("#content").inner_text()
    assert axe(page) == []


def test_required_second_factor_comes_before_everything(owner, tenant, page_of, axe):
    type(tenant).objects.update(requires_second_factor=True)
    page = page_of(None)

    sign_in(page, owner.email)
    arrive(page, "/admin/second-factor/")
    page.goto("/admin/tenancy/user/")
    led_to = page.url
    secret = page.locator(".secret").inner_text().replace(" ", "")
    page.get_by_label("Code from the app").fill(code_of(secret))
    page.get_by_role("button", name="Set it up").click()
    page.get_by_role("link", name="I have kept them").click()

    arrive(page)
    assert led_to.endswith("/admin/second-factor/")


def test_password_is_reset_by_mail(owner, page_of, live_server, settings):
    settings.SITE_ORIGIN = live_server.url
    inside, page = page_of(owner), page_of(None)
    page.goto("/admin/login/")
    page.get_by_role("link", name="Forgotten your password?").click()
    page.get_by_label("E-mail address").fill(owner.email)
    page.get_by_role("button", name="Send the link").click()
    arrive(page, "/admin/password_reset/done/")
    tasks.mail_password_reset.call(owner.email)
    link = re.search(r"http\S+", mail.outbox[0].body)[0]

    page.goto(link)
    page.get_by_label("New password", exact=True).fill(NEW_PASSWORD)
    page.get_by_label("New password confirmation").fill(NEW_PASSWORD)
    page.get_by_role("button", name="Set the password").click()
    arrive(page, "/admin/login/")
    sign_in(page, owner.email, NEW_PASSWORD)
    arrive(page)
    inside.goto("/admin/")

    assert "/admin/login/" in inside.url
    assert AuditEntry.objects.filter(action="tenancy.user.reset_password", by_id=owner.pk).count() == 1


def test_used_link_says_so(owner, page_of, live_server, settings, expected_statuses):
    expected_statuses.add(410)
    settings.SITE_ORIGIN = live_server.url
    tasks.mail_password_reset.call(owner.email)
    link = re.search(r"http\S+", mail.outbox[0].body)[0]
    owner.set_password(NEW_PASSWORD)
    owner.save()
    page = page_of(None)

    page.goto(link)

    assert heading(page) == "This link no longer works"


def test_session_is_ended_from_another_browser(owner, page_of, axe):
    there, here = page_of(None), page_of(None)
    sign_in(there, owner.email)
    arrive(there)
    sign_in(here, owner.email)
    arrive(here)

    here.goto(reverse("admin:sessions"))
    listed = here.get_by_role("listitem").filter(has_text="this one").count()
    assert axe(here) == []
    here.get_by_role("button", name="End all others").click()
    there.goto("/admin/tenancy/user/")
    here.goto("/admin/tenancy/user/")

    assert listed == 1
    assert "/admin/login/" in there.url
    assert here.url.endswith("/admin/tenancy/user/")
