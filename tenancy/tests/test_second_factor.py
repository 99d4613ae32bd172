"""The second factor, through every door: set up, asked for, spent, lost."""

from datetime import timedelta
from io import StringIO

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from assignhub.models import AuditEntry
from assignhub.testing import PASSWORD
from tenancy.models import SecondFactor, SignIn
from tenancy.pages.account import PENDING
from tenancy.second_factor import WRONG, unseal
from tenancy.tests import ledger
from tenancy.tests.authenticators import code_of, enrolled
from tenancy.tests.doors import bearer, log_in, submit

PAGE = "/admin/second-factor/"
CODE_PAGE = "/admin/login/code/"
WRONG_CODE = {"detail": WRONG, "code": "second_factor_wrong"}


def log_in_with(email: str, code: str, password: str = PASSWORD):
    return Client().post(
        "/api/auth/login", {"email": email, "password": password, "code": code}, content_type="application/json"
    )


def halfway(email: str) -> Client:
    """A browser whose password was right."""
    browser = Client()
    answer = browser.post("/admin/login/?next=/admin/", {"username": email, "password": PASSWORD, "next": "/admin/"})
    assert (answer.status_code, answer["Location"]) == (302, f"{CODE_PAGE}?next=%2Fadmin%2F")
    return browser


def actions() -> list[str]:
    return list(AuditEntry.objects.order_by("pk").values_list("action", flat=True))


def test_enrolment_keeps_a_sealed_secret_and_hashes_of_the_codes(owner, staff_client):
    session = staff_client(owner)
    page = session.get(PAGE)
    secret = page.context["secret"]

    answer = session.post(PAGE, {"code": code_of(secret)})

    row, codes = SecondFactor.objects.get(), answer.context["codes"]
    assert answer.status_code == 200
    assert "no-store" in answer["Cache-Control"]
    assert len(set(codes)) == len(row.recovery_codes) == 10
    assert secret.replace(" ", "") not in row.sealed
    assert unseal(row.sealed) not in row.sealed
    assert not {code for code in codes if code in str(row.recovery_codes)}
    assert [(entry.action, entry.changes) for entry in AuditEntry.objects.all()] == [("tenancy.secondfactor.add", {})]
    assert PENDING not in session.session


def test_enrolment_page_draws_the_code_itself(owner, staff_client):
    content = staff_client(owner).get(PAGE).content.decode()

    assert "<svg" in content
    assert "otpauth" not in content


@pytest.mark.parametrize("typed", ["000000", "abcdef", "12345", "١٢٣٤٥٦", "1" * 40])
def test_wrong_first_code_sets_nothing_up(owner, staff_client, typed):
    session = staff_client(owner)
    secret = session.get(PAGE).context["secret"]

    answer = session.post(PAGE, {"code": typed})

    assert answer.status_code == 200
    assert "code" in answer.context["form"].errors
    assert answer.context["secret"] == secret
    assert not SecondFactor.objects.exists()
    assert not AuditEntry.objects.exists()


def test_password_alone_begins_no_session(owner):
    enrolled(owner)

    browser = halfway(owner.email)

    assert browser.get("/admin/").status_code == 302
    assert not SignIn.objects.exists()


def test_code_begins_the_session(owner):
    secret, _ = enrolled(owner)
    browser = halfway(owner.email)

    answer = browser.post(CODE_PAGE, {"code": code_of(secret), "next": "/admin/"})

    assert (answer.status_code, answer["Location"]) == (302, "/admin/")
    assert browser.get("/admin/").status_code == 200
    assert SignIn.objects.get().kind == "browser"


def test_code_page_leads_nowhere_else(owner):
    secret, _ = enrolled(owner)
    browser = halfway(owner.email)

    answer = browser.post(CODE_PAGE, {"code": code_of(secret), "next": "https://elsewhere.example/"})

    assert (answer.status_code, answer["Location"]) == (302, "/admin/")


def test_code_page_is_for_those_whose_password_was_right(owner):
    secret, _ = enrolled(owner)

    answer = Client().post(CODE_PAGE, {"code": code_of(secret)})

    assert (answer.status_code, answer["Location"]) == (302, "/admin/login/")
    assert not SignIn.objects.exists()


@pytest.mark.parametrize("change", ["time", "password", "closed"])
def test_half_of_a_sign_in_does_not_last(owner, change):
    secret, _ = enrolled(owner)
    browser = halfway(owner.email)
    later = timedelta(minutes=6) if change == "time" else timedelta()
    if change == "password":
        owner.set_password("seven quiet lighthouses")
    owner.is_active = change != "closed"
    owner.save()

    with time_machine.travel(timezone.now() + later, tick=False):
        answer = browser.post(CODE_PAGE, {"code": code_of(secret)})

    assert (answer.status_code, answer["Location"]) == (302, "/admin/login/")
    assert not SignIn.objects.exists()


def test_wrong_codes_lock_like_wrong_passwords(owner):
    secret, _ = enrolled(owner)
    browser = halfway(owner.email)

    statuses = [browser.post(CODE_PAGE, {"code": "000000"}).status_code for _ in range(5)]
    right = browser.post(CODE_PAGE, {"code": code_of(secret)})

    assert statuses == [200, 200, 200, 200, 429]
    assert (right.status_code, right["Retry-After"]) == (429, "1800")
    assert log_in(owner.email).status_code == 429
    assert not SignIn.objects.exists()


def test_right_password_does_not_begin_the_count_anew(owner):
    enrolled(owner)
    for _ in range(4):
        halfway(owner.email).post(CODE_PAGE, {"code": "000000"})

    fifth = halfway(owner.email).post(CODE_PAGE, {"code": "000000"})

    assert fifth.status_code == 429


def test_codes_are_limited_per_account_from_wherever_they_come(owner, settings):
    secret, _ = enrolled(owner)
    settings.RATE_LIMITS = settings.RATE_LIMITS | {"second-factor": "2/hour"}

    statuses = [log_in_with(owner.email, "000000").status_code for _ in range(2)]
    third = log_in_with(owner.email, code_of(secret))

    assert statuses == [401, 401]
    assert third.status_code == 429
    assert not SignIn.objects.exists()


def test_api_asks_for_the_code(owner):
    secret, _ = enrolled(owner)

    without = log_in(owner.email)
    wrong = log_in_with(owner.email, "000000")
    right = log_in_with(owner.email, code_of(secret))
    guess = log_in_with(owner.email, code_of(secret), password="guess")

    assert (without.status_code, without.json()) == (
        401,
        {"detail": "Please send the code of your second factor along.", "code": "second_factor_required"},
    )
    assert (wrong.status_code, wrong.json()) == (401, WRONG_CODE)
    assert right.status_code == 200
    assert (guess.status_code, "code" in guess.json()) == (401, False)
    assert SignIn.objects.count() == 1


def test_code_counts_once(owner):
    secret, _ = enrolled(owner)
    code = code_of(secret)

    answers = [log_in_with(owner.email, code) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [200, 401]
    assert answers[1].json() == WRONG_CODE


def test_first_code_cannot_be_used_again_to_sign_in(owner):
    secret, _ = enrolled(owner)

    assert log_in_with(owner.email, code_of(secret, at=-1)).status_code == 401


@pytest.mark.parametrize("at, status", [(-2, 401), (-1, 200), (0, 200), (1, 200), (2, 401)])
def test_clocks_may_be_half_a_minute_wrong(owner, at, status):
    secret, _ = enrolled(owner)

    with time_machine.travel(timezone.now() + timedelta(minutes=10), tick=False):
        assert log_in_with(owner.email, code_of(secret, at=at)).status_code == status


@pytest.mark.parametrize("written", [str, str.upper, lambda code: f" {code.replace('-', ' ')} "])
def test_recovery_code_counts_once(owner, written):
    _, codes = enrolled(owner)

    statuses = [log_in_with(owner.email, written(codes[3])).status_code for _ in range(2)]

    assert statuses == [200, 401]
    assert len(SecondFactor.objects.get().recovery_codes) == 9
    assert AuditEntry.objects.get(action="tenancy.secondfactor.recover").changes == {"recovery_codes_left": [10, 9]}


def test_codes_of_one_person_are_none_of_another(owner, member):
    secret, codes = enrolled(owner)
    enrolled(member)

    assert [log_in_with(member.email, code).status_code for code in (code_of(secret), codes[0])] == [401, 401]


def test_renewed_codes_replace_the_old_ones(owner, staff_client):
    secret, old = enrolled(owner)
    session = staff_client(owner)

    answer = session.post(PAGE, {"do": "renew", "code": code_of(secret)})

    new = answer.context["codes"]
    assert len(new) == 10
    assert not set(new) & set(old)
    assert [log_in_with(owner.email, code).status_code for code in (old[0], new[0])] == [401, 200]


def test_taking_it_away_asks_for_password_and_code(owner, staff_client):
    secret, _ = enrolled(owner)
    session = staff_client(owner)
    tries = [
        {"do": "disable", "password": "guess", "code": code_of(secret)},
        {"do": "disable", "password": PASSWORD, "code": "000000"},
        {"do": "disable", "password": PASSWORD},
        {"do": "disable", "code": code_of(secret)},
        {"do": "", "password": PASSWORD, "code": code_of(secret)},
    ]

    kept = [(session.post(PAGE, typed).status_code, SecondFactor.objects.count()) for typed in tries]
    answer = session.post(PAGE, {"do": "disable", "password": PASSWORD, "code": code_of(secret)})

    assert kept == [(200, 1)] * 5
    assert (answer.status_code, answer["Location"]) == (302, PAGE)
    assert not SecondFactor.objects.exists()
    assert actions() == ["tenancy.secondfactor.add", "tenancy.secondfactor.delete"]
    assert log_in(owner.email).status_code == 200


def test_super_admin_resets_it_and_ends_the_sign_ins(member, super_admin, staff_client):
    enrolled(member)
    theirs, rule = staff_client(member), staff_client(super_admin)
    url = reverse("admin:tenancy_user_second_factor", args=[member.pk])

    asked = rule.get(url)
    answer = submit(rule, url)

    assert asked.status_code == 200
    assert answer.status_code == 302
    assert not SecondFactor.objects.exists()
    assert theirs.get("/admin/").status_code == 302
    assert actions() == ["tenancy.secondfactor.add", "tenancy.secondfactor.reset", "tenancy.signin.end"]


@pytest.mark.parametrize("person", ["viewer", "member", "admin", "owner", "stranger"])
def test_others_do_not_reset_it(people, member, staff_client, person):
    enrolled(member)
    session, before = staff_client(people[person]), ledger.rows()
    url = reverse("admin:tenancy_user_second_factor", args=[member.pk])

    answers = [session.get(url), session.post(url)]

    assert [answer.status_code for answer in answers] == ([302, 302] if person == "stranger" else [403, 403])
    assert ledger.rows() == before


def test_operator_resets_it(member):
    enrolled(member)
    out = StringIO()

    call_command("reset_second_factor", member.email, stdout=out)

    assert out.getvalue() == f"{member.email} has no second factor any more, and is signed out everywhere.\n"
    assert not SecondFactor.objects.exists()
    assert AuditEntry.objects.latest("pk").by_label == "operator"


@pytest.mark.parametrize(
    "email, text",
    [
        ("member@ward.example", "member@ward.example has no second factor."),
        ("nobody@ward.example", "Nobody has the e-mail address nobody@ward.example."),
    ],
)
def test_operator_hears_when_there_is_none(member, email, text):
    with pytest.raises(CommandError, match=f"^{text}$"):
        call_command("reset_second_factor", email)


def test_code_is_kept_nowhere(owner, caplog):
    secret, codes = enrolled(owner)
    caplog.set_level("DEBUG")
    code = code_of(secret)

    answers = [log_in_with(owner.email, typed) for typed in (code, code, codes[0], codes[0])]

    row = SecondFactor.objects.get()
    hidden = [code, codes[0], secret.replace(" ", ""), row.sealed, *row.recovery_codes]
    seen = caplog.text + str(list(AuditEntry.objects.values())) + "".join(a.content.decode() for a in answers)
    assert [secret for secret in hidden if secret in seen] == []


def test_token_with_a_second_factor_reads_in_one_query(owner, django_assert_num_queries):
    secret, _ = enrolled(owner)
    access = log_in_with(owner.email, code_of(secret)).json()["access"]

    with django_assert_num_queries(2):  # the caller with everything, and the tenants' names
        assert bearer(access).get("/api/auth/me").status_code == 200
