"""Which tokens count, and that what they claim about their holder does not."""

import uuid
from datetime import timedelta

import jwt
import pytest
import time_machine
from django.conf import settings
from django.utils import timezone

from assignhub.models import AuditEntry
from tenancy.models import SignIn, Tenant
from tenancy.tests.doors import ENDED, bearer, log_out, me, refresh, tokens_of


def reissued(token: str, **claims) -> str:
    """The token with other claims, signed with the key of the server; a claim of None is left out."""
    payload = jwt.decode(token, settings.SECRET_KEY, algorithms=["HS256"]) | claims
    kept = {name: value for name, value in payload.items() if value is not None}
    return jwt.encode(kept, settings.SECRET_KEY, algorithm="HS256")


def with_another_signature(token: str) -> str:
    payload = jwt.decode(token, options={"verify_signature": False})
    return jwt.encode(payload, "k" * 64, algorithm="HS256")


def unsigned(token: str) -> str:
    payload = jwt.decode(token, options={"verify_signature": False})
    return jwt.encode(payload, None, algorithm="none")


def with_another_payload(token: str) -> str:
    header, payload, signature = token.split(".")
    return ".".join([header, payload[:-4] + "AAAA", signature])


SPOILED = {
    "another signature": with_another_signature,
    "no signature": unsigned,
    "another payload": with_another_payload,
    "no user": lambda token: reissued(token, user_id=None),
    "malformed user": lambda token: reissued(token, user_id="x"),
    "unknown user": lambda token: reissued(token, user_id=str(uuid.uuid4())),
    "no sign-in": lambda token: reissued(token, sid=None),
    "malformed sign-in": lambda token: reissued(token, sid="x"),
    "unknown sign-in": lambda token: reissued(token, sid=str(uuid.uuid4())),
    "odd sign-in": lambda token: reissued(token, sid={"pk": 1}),
    "no type": lambda token: reissued(token, token_type=None),
    "no end": lambda token: reissued(token, exp=None),
    "no number": lambda token: reissued(token, jti=None),
}


@pytest.mark.parametrize("spoil", SPOILED.values(), ids=SPOILED)
def test_access_token_spoiled(owner, spoil):
    tokens = tokens_of(owner)

    response = me(spoil(tokens["access"]))

    assert response.status_code == 401
    assert response.json() == ENDED
    assert response["WWW-Authenticate"] == 'Bearer realm="api"'
    assert me(tokens["access"]).status_code == 200


@pytest.mark.parametrize("spoil", SPOILED.values(), ids=SPOILED)
def test_refresh_token_spoiled(owner, spoil):
    tokens = tokens_of(owner)
    before = list(SignIn.objects.values()), AuditEntry.objects.count()

    response = refresh(spoil(tokens["refresh"]))

    assert response.status_code == 401
    assert response.json() == ENDED
    assert response["WWW-Authenticate"] == 'Bearer realm="api"'
    assert (list(SignIn.objects.values()), AuditEntry.objects.count()) == before


@pytest.mark.parametrize("name", ["another signature", "no signature", "no user", "malformed user", "odd sign-in"])
def test_logout_with_a_spoiled_token(owner, name):
    tokens = tokens_of(owner)
    before = list(SignIn.objects.values()), AuditEntry.objects.count()

    response = log_out(SPOILED[name](tokens["refresh"]))

    assert response.status_code == 401
    assert response.json() == ENDED
    assert (list(SignIn.objects.values()), AuditEntry.objects.count()) == before


def test_access_token_with_the_sign_in_of_somebody_else(owner, stranger):
    own, other = tokens_of(owner), tokens_of(stranger)
    sign_in = jwt.decode(other["access"], options={"verify_signature": False})["sid"]

    response = me(reissued(own["access"], sid=sign_in))

    assert response.status_code == 401
    assert response.json() == ENDED


@pytest.mark.parametrize("path", ["/api/auth/me", "/roles"])
def test_refresh_token_in_place_of_an_access_token(owner, path):
    tokens = tokens_of(owner)

    response = bearer(tokens["refresh"]).get(path)

    meta = {"data": None, "meta": {"message": ENDED["detail"]}, "httpStatus": 401}
    assert response.status_code == 401
    assert response.json() == (ENDED if path.startswith("/api") else meta)
    assert response["WWW-Authenticate"] == 'Bearer realm="api"'


@pytest.mark.parametrize(
    "header, detail",
    [
        ("", "Authentication credentials were not provided."),
        ("Bearer", "Authorization header must contain two space-delimited values"),
        ("Bearer one two", "Authorization header must contain two space-delimited values"),
        ("Token abc", "Authentication credentials were not provided."),
        ("Basic b3duZXI6eA==", "Authentication credentials were not provided."),
        ("Bearer \xff\xfe", ENDED["detail"]),
        ("Bearer " + "x" * 5000, ENDED["detail"]),
        ("Bearer e30.e30.e30", ENDED["detail"]),
    ],
)
def test_authorization_header_malformed(api, header, detail):
    response = api(None).get("/api/auth/me", HTTP_AUTHORIZATION=header)

    assert response.status_code == 401
    assert response.json() == {"detail": detail}
    assert response["WWW-Authenticate"] == 'Bearer realm="api"'


def test_access_token_expires_and_the_refresh_token_renews_it(owner):
    with time_machine.travel(timezone.now(), tick=False) as clock:
        tokens = tokens_of(owner)

        clock.shift(timedelta(minutes=15, seconds=-1))
        just_before = me(tokens["access"])
        clock.shift(timedelta(seconds=2))
        after = me(tokens["access"])
        renewed = refresh(tokens["refresh"])

        assert just_before.status_code == 200
        assert (after.status_code, after.json()) == (401, ENDED)
        assert me(renewed.json()["access"]).status_code == 200


def test_refresh_token_expires(owner):
    with time_machine.travel(timezone.now(), tick=False) as clock:
        tokens = tokens_of(owner)
        clock.shift(timedelta(days=14, seconds=1))
        before = AuditEntry.objects.count()

        responses = [refresh(tokens["refresh"]), log_out(tokens["refresh"])]

        assert [response.status_code for response in responses] == [401, 401]
        assert [response.json() for response in responses] == [ENDED, ENDED]
        assert AuditEntry.objects.count() == before


def test_refresh_token_lives_anew_with_each_renewal(owner):
    with time_machine.travel(timezone.now(), tick=False) as clock:
        tokens = tokens_of(owner)
        clock.shift(timedelta(days=13))
        renewed = refresh(tokens["refresh"]).json()
        clock.shift(timedelta(days=13))

        response = refresh(renewed["refresh"])

        assert response.status_code == 200
        assert SignIn.objects.get().expires_at == timezone.now() + timedelta(days=14)


def test_role_claims_change_nothing(member):
    claims = {
        "role": "owner",
        "roles": ["super_admin"],
        "is_superuser": True,
        "is_super_admin": True,
        "is_staff": True,
        "memberships": [{"role": "owner"}],
    }
    access = tokens_of(member)["access"]
    forged = reissued(access, **claims)

    response = bearer(forged).post("/tenants", {"name": "Mine"})

    assert me(forged).json() == me(access).json()
    assert response.status_code == 403
    assert response.json() == bearer(access).post("/tenants", {"name": "Mine"}).json()
    assert Tenant.objects.count() == 1


def test_role_taken_away_holds_for_the_token_at_hand(admin, tenant):
    client = bearer(tokens_of(admin)["access"])
    role = {"name": "Night watch", "type": "viewer", "tenantId": str(tenant.pk)}
    assert client.post("/roles", role).status_code == 200

    admin.memberships.all().delete()

    assert client.post("/roles", role | {"name": "Day watch"}).status_code == 403
    assert client.get("/api/auth/me").json()["memberships"] == []
    assert tenant.roles.filter(name="Day watch").count() == 0
