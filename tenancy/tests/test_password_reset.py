"""A new password by mail: the same answer for everybody, a link that works once and for an hour."""

import re
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
import time_machine
from django.core import mail
from django.test import Client
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from assignhub.models import AuditEntry
from assignhub.testing import PASSWORD
from tenancy import tasks
from tenancy.models import SignIn, User
from tenancy.tests import ledger
from tenancy.tests.authenticators import enrolled
from tenancy.tests.doors import log_in, me, refresh, tokens_of

ASK, DONE, CONFIRM = "/admin/password_reset/", "/admin/password_reset/done/", "/admin/password_reset/confirm/"
NEW = "seven quiet lighthouses"
TYPED = {"new_password1": NEW, "new_password2": NEW}


def link_to(person) -> str:
    """Path and query of the link that is mailed to a person."""
    tasks.mail_password_reset.call(person.email)
    parts = urlsplit(re.search(r"http\S+", mail.outbox[-1].body)[0])
    return f"{parts.path}?{parts.query}"


def opened(link: str) -> Client:
    browser = Client()
    answer = browser.get(link)
    assert (answer.status_code, answer["Location"]) == (302, CONFIRM)
    return browser


@pytest.mark.parametrize("email", ["owner@ward.example", "OWNER@ward.example", "nobody@ward.example"])
def test_asking_answers_alike_and_leaves_the_rest_to_the_worker(owner, email, django_assert_num_queries):
    with django_assert_num_queries(1):  # the task's row: no account is looked up
        answer = Client().post(ASK, {"email": email})

    task = DBTaskResult.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, DONE)
    assert (task.task_path, task.args_kwargs["args"]) == ("tenancy.tasks.mail_password_reset", [email.lower()])
    assert mail.outbox == []


@pytest.mark.parametrize("email", ["", "no address", "a" * 300 + "@ward.example", "a\0@ward.example"])
def test_what_is_no_address_is_refused(db, email):
    answer = Client().post(ASK, {"email": email})

    assert answer.status_code == 200
    assert "email" in answer.context["form"].errors
    assert not DBTaskResult.objects.exists()


def test_mail_says_what_to_do(owner, settings):
    settings.SITE_ORIGIN = "https://hub.example"

    assert tasks.mail_password_reset.call(owner.email) is True

    message = mail.outbox[0]
    assert (message.to, message.subject) == ([owner.email], "Set a new password for AssignHub")
    assert "https://hub.example/admin/password_reset/confirm/?user=" in message.body
    assert "60 minutes" in message.body
    assert "&amp;" not in message.body


@pytest.mark.parametrize("email", ["nobody@ward.example", "owner@ward.example"])
def test_no_mail_to_accounts_there_are_not_or_that_are_closed(owner, email):
    User.objects.update(is_active=False)

    assert tasks.mail_password_reset.call(email) is False
    assert mail.outbox == []


def test_host_header_does_not_reach_the_mail(owner, settings):
    settings.ALLOWED_HOSTS = ["*"]
    Client().post(ASK, {"email": owner.email}, headers={"host": "evil.example"})

    tasks.mail_password_reset.call(owner.email)

    assert "evil.example" not in mail.outbox[0].body


def test_link_sets_the_password_and_ends_every_sign_in(owner, staff_client):
    tokens, browser = tokens_of(owner), staff_client(owner)

    answer = opened(link_to(owner)).post(CONFIRM, TYPED)

    assert (answer.status_code, answer["Location"]) == (302, "/admin/login/")
    assert [log_in(owner.email, password).status_code for password in (PASSWORD, NEW)] == [401, 200]
    assert [me(tokens["access"]).status_code, refresh(tokens["refresh"]).status_code] == [401, 401]
    assert browser.get("/admin/").status_code == 302
    entry = AuditEntry.objects.get(action="tenancy.user.reset_password")
    assert (entry.by_label, entry.object_id, entry.changes) == (owner.email, str(owner.pk), {})


def test_link_works_once(owner):
    link = link_to(owner)
    first, second = opened(link), opened(link)
    first.post(CONFIRM, TYPED)
    before = ledger.rows()

    answers = [second.post(CONFIRM, TYPED), Client().get(link, follow=True), first.post(CONFIRM, TYPED)]

    assert [answer.status_code for answer in answers] == [410, 410, 410]
    assert ledger.rows() == before


@pytest.mark.parametrize("change", ["password", "sign-in", "time", "closed", "deleted"])
def test_link_ends_with(owner, change):
    link = link_to(owner)
    later = timedelta(minutes=61) if change == "time" else timedelta()
    match change:
        case "password":
            owner.set_password("another password altogether")
            owner.save()
        case "sign-in":
            log_in(owner.email)
        case "closed":
            User.objects.update(is_active=False)
        case "deleted":
            owner.delete()

    with time_machine.travel(timezone.now() + later, tick=False):
        browser = opened(link)
        answers = [browser.get(CONFIRM), browser.post(CONFIRM, TYPED)]

    assert [answer.status_code for answer in answers] == [410, 410]


@pytest.mark.parametrize("query", ["", "?user=x&token=y", "?token=y", "?user=%F0%9F&token=", "?user=1&token=a-b-c"])
def test_link_that_is_none_of_ours(owner, query):
    assert Client().get(f"{CONFIRM}{query}", follow=True).status_code == 410


def test_link_of_one_account_is_none_of_another(owner, member):
    link = link_to(owner).replace(str(owner.pk), str(member.pk))

    assert Client().get(link, follow=True).status_code == 410


@pytest.mark.parametrize("first, second", [("password", "password"), (NEW, "other"), (NEW, "")])
def test_password_that_is_refused_leaves_the_old_one(owner, first, second):
    browser = opened(link_to(owner))

    answer = browser.post(CONFIRM, {"new_password1": first, "new_password2": second})

    assert answer.status_code == 200
    assert answer.context["form"].errors
    assert log_in(owner.email).status_code == 200
    assert not AuditEntry.objects.filter(action="tenancy.user.reset_password").exists()


def test_second_factor_stays(owner):
    enrolled(owner)

    opened(link_to(owner)).post(CONFIRM, TYPED)

    assert log_in(owner.email, NEW).json()["code"] == "second_factor_required"
    assert not SignIn.objects.exists()


@pytest.mark.parametrize("by", ["address", "account"])
def test_asking_is_limited(owner, settings, by):
    settings.RATE_LIMITS = settings.RATE_LIMITS | {"password-reset": "2/hour"}
    asks = [
        (f"{number}@ward.example" if by == "address" else owner.email, "203.0.113.9" if by == "address" else address)
        for number, address in enumerate(["203.0.113.1", "203.0.113.2", "203.0.113.3"])
    ]

    answers = [Client(REMOTE_ADDR=address).post(ASK, {"email": email}) for email, address in asks]

    assert [answer.status_code for answer in answers] == [302, 302, 429]
    assert answers[2]["Retry-After"] == "3600"
    assert DBTaskResult.objects.count() == 2


def test_token_stands_in_no_log(owner, caplog):
    caplog.set_level("DEBUG")
    link = link_to(owner)

    opened(link).post(CONFIRM, TYPED)

    assert "assignhub.request" in caplog.text
    assert link.partition("token=")[2] not in caplog.text
