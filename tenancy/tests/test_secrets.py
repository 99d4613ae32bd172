"""Passwords and tokens stay with those who typed or got them: no trail, no log, no table, no other page has them."""

import logging

from axes.models import AccessAttempt
from django.urls import reverse

from assignhub.models import AuditEntry
from assignhub.testing import PASSWORD
from tenancy.models import SignIn, User
from tenancy.tests.doors import NEW_PASSWORD, bearer, log_in, log_out, me, refresh, submit

TYPED = "a-guess-that-was-typed"
SET = "by-the-hand-of-a-super-admin"


def test_secrets_are_kept(member, super_admin, staff_client, caplog):
    caplog.set_level(logging.DEBUG)
    user_page = reverse("admin:tenancy_user_change", args=[member.pk])
    password_page = reverse("admin:tenancy_user_password", args=[member.pk])
    rule = staff_client(super_admin)

    log_in(member.email, TYPED)
    first = log_in(member.email).json()
    second = refresh(first["refresh"]).json()
    change = {"current_password": PASSWORD, "new_password": NEW_PASSWORD}
    answers = [
        log_in(member.email, TYPED),
        refresh(TYPED),
        me(TYPED),
        me(second["access"]),
        bearer(second["access"]).get(f"/users/{member.pk}"),
        bearer(second["access"]).get("/users"),
        bearer(second["access"]).post("/api/auth/password", change | {"current_password": TYPED}),
        bearer(second["access"]).post("/api/auth/password", change | {"new_password": "password"}),
        bearer(second["access"]).post("/api/auth/password", change),
        refresh(first["refresh"]),
        log_out(second["refresh"]),
        rule.post("/admin/login/", {"username": member.email, "password": TYPED}),
        submit(rule, reverse("admin:password_change"), old_password=TYPED, new_password1=SET, new_password2=SET),
        submit(rule, password_page, password1=SET, password2=TYPED),
        submit(rule, password_page, password1=SET, password2=SET),
        rule.get(user_page),
        rule.get(reverse("admin:tenancy_user_history", args=[member.pk])),
        rule.get(reverse("admin:tenancy_signin_changelist")),
        rule.get(reverse("admin:tenancy_signin_change", args=[SignIn.objects.first().pk])),
        rule.get(reverse("admin:assignhub_auditentry_changelist")),
    ]

    hashes = list(User.objects.exclude(password="").values_list("password", flat=True))
    stamps = [text for pair in SignIn.objects.values_list("password_stamp", "refresh_id") for text in pair if text]
    tokens = [pair[kind] for pair in (first, second) for kind in ("access", "refresh")]
    secrets = {PASSWORD, NEW_PASSWORD, TYPED, SET, *hashes, *stamps, *tokens}
    places = {
        "answers": "".join(answer.content.decode() for answer in answers),
        "headers": "".join(str(answer.headers) for answer in answers),
        "trail": str(list(AuditEntry.objects.values())),
        "logs": caplog.text + "".join(str(record.__dict__) for record in caplog.records),
        "failures": str(list(AccessAttempt.objects.values())),
        "accounts": str(list(User.objects.values("email", "first_name", "last_name", "avatar_url"))),
    }
    assert len(secrets) >= 10
    assert AuditEntry.objects.count() >= 4
    assert "assignhub.request" in caplog.text
    assert {name: [secret for secret in secrets if secret in text] for name, text in places.items()} == {
        name: [] for name in places
    }
