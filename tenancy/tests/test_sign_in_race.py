"""What happens to a sign-in when several do something with it at the same moment."""

import pytest

from assignhub.models import AuditEntry
from assignhub.testing import PASSWORD
from assignhub.tests.threads import together
from tenancy.models import SignIn
from tenancy.tests.doors import NEW_PASSWORD, bearer, log_out, me, refresh, tokens_of

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("thieves", [1, 5])
def test_refresh_token_used_twice_at_the_same_moment(owner, thieves):
    tokens, elsewhere = tokens_of(owner), tokens_of(owner)
    use = lambda: refresh(tokens["refresh"])  # noqa: E731

    responses = together(use, *[use] * thieves)

    won = [response.json() for response in responses if response.status_code == 200]
    assert sorted(response.status_code for response in responses) == [200, *[401] * thieves]
    assert me(tokens["access"]).status_code == 401
    assert me(won[0]["access"]).status_code == 401
    assert refresh(won[0]["refresh"]).status_code == 401
    assert me(elsewhere["access"]).status_code == 200
    assert SignIn.objects.filter(ended_at__isnull=False).count() == 1
    assert AuditEntry.objects.filter(action="tenancy.signin.end").count() == 1


def test_refresh_while_signing_out(owner):
    tokens = tokens_of(owner)

    renewed, left = together(lambda: refresh(tokens["refresh"]), lambda: log_out(tokens["refresh"]))

    assert left.status_code == 204
    assert renewed.status_code in (200, 401)
    assert me(tokens["access"]).status_code == 401
    assert renewed.status_code == 401 or me(renewed.json()["access"]).status_code == 401
    assert AuditEntry.objects.filter(action="tenancy.signin.end").count() == 1


def test_refresh_while_the_password_changes(owner):
    tokens = tokens_of(owner)
    change = {"current_password": PASSWORD, "new_password": NEW_PASSWORD}

    renewed, changed = together(
        lambda: refresh(tokens["refresh"]),
        lambda: bearer(tokens["access"]).post("/api/auth/password", change),
    )

    assert changed.status_code == 204
    assert renewed.status_code in (200, 401)
    assert me(tokens["access"]).status_code == 401
    assert renewed.status_code == 401 or me(renewed.json()["access"]).status_code == 401
    assert SignIn.objects.filter(ended_at=None).count() == 0


def test_sign_ins_at_the_same_moment_are_each_their_own(owner):
    pairs = together(*[lambda: tokens_of(owner)] * 4)

    log_out(pairs[0]["refresh"])

    assert [me(pair["access"]).status_code for pair in pairs] == [401, 200, 200, 200]
    assert SignIn.objects.count() == 4
