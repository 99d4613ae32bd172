"""Beginning, renewing and ending a sign-in through the API."""

import pytest

from assignhub.models import AuditEntry
from assignhub.testing import PASSWORD
from tenancy.models import Assignment, Membership, SignIn, User
from tenancy.tests.doors import ENDED, WRONG, bearer, log_in, log_out, me, refresh, tokens_of


def entry(*, action: str, by: User, row: SignIn, changes: dict) -> dict:
    return {
        "by_id": by.pk,
        "by_label": by.email,
        "tenant_id": None,
        "action": action,
        "object_type": "tenancy.signin",
        "object_id": str(row.pk),
        "object_label": str(row),
        "changes": changes,
    }


def trail() -> list[dict]:
    fields = ("by_id", "by_label", "tenant_id", "action", "object_type", "object_id", "object_label", "changes")
    return list(AuditEntry.objects.order_by("id").values(*fields))


def test_login_answers_with_tokens_and_the_person(owner, tenant):
    response = log_in("owner@ward.example")

    body = response.json()
    access, renewal = body.pop("access"), body.pop("refresh")
    assert response.status_code == 200
    assert body == {
        "user": {
            "id": str(owner.pk),
            "email": "owner@ward.example",
            "first_name": "Owner",
            "last_name": "Example",
            "is_super_admin": False,
            "memberships": [{"tenant_id": str(tenant.pk), "tenant_name": "St. Anna Hospital", "role": "owner"}],
        }
    }
    assert me(access).json() == body["user"]
    assert refresh(renewal).status_code == 200


def test_login_of_a_super_admin_names_no_tenant(super_admin):
    response = log_in(super_admin.email)

    assert response.json()["user"] == {
        "id": str(super_admin.pk),
        "email": "super@assignhub.example",
        "first_name": "Super",
        "last_name": "Example",
        "is_super_admin": True,
        "memberships": [],
    }


def test_login_names_the_highest_live_role_in_each_tenant(viewer, tenant, other_tenant):
    for place, rank in ((tenant, "admin"), (tenant, "owner"), (other_tenant, "member")):
        Membership.objects.create(user=viewer, assignment=Assignment.objects.get(tenant=place, role__type=rank))
    Assignment.objects.filter(tenant=tenant, role__type="owner").update(removed_at="2026-01-01T00:00:00Z")

    memberships = log_in(viewer.email).json()["user"]["memberships"]

    assert memberships == [
        {"tenant_id": str(other_tenant.pk), "tenant_name": "Harbour Incubator", "role": "member"},
        {"tenant_id": str(tenant.pk), "tenant_name": "St. Anna Hospital", "role": "admin"},
    ]


@pytest.mark.parametrize("typed", ["OWNER@WARD.EXAMPLE", "Owner@ward.Example", "  owner@ward.example "])
def test_login_takes_the_address_however_it_is_written(owner, typed):
    response = log_in(typed)

    assert response.status_code == 200
    assert response.json()["user"]["id"] == str(owner.pk)


def test_login_is_recorded_with_its_origin(owner, api):
    sent = {"email": owner.email, "password": PASSWORD}

    api(None).post("/api/auth/login", sent, REMOTE_ADDR="203.0.113.9", HTTP_USER_AGENT="Ward tablet")

    row = SignIn.objects.get()
    assert (row.user, row.address, row.user_agent, row.ended_at) == (owner, "203.0.113.9", "Ward tablet", None)
    assert trail() == [entry(action="tenancy.signin.begin", by=owner, row=row, changes={})]
    owner.refresh_from_db()
    assert owner.last_login is not None


@pytest.mark.parametrize(
    "email, password",
    [
        ("nobody@ward.example", PASSWORD),
        ("owner@ward.example", "wrong horse"),
        ("viewer@ward.example", PASSWORD),
        ("admin@ward.example", PASSWORD),
        ("not an address", PASSWORD),
    ],
    ids=["unknown", "wrong password", "inactive", "without a password", "no address"],
)
def test_login_refusals_look_alike(owner, viewer, admin, email, password):
    User.objects.filter(pk=viewer.pk).update(is_active=False)
    admin.set_unusable_password()
    admin.save()

    response = log_in(email, password)

    assert response.status_code == 401
    assert response.json() == WRONG
    assert response["WWW-Authenticate"] == 'Bearer realm="api"'
    assert SignIn.objects.count() == 0
    assert AuditEntry.objects.count() == 0


@pytest.mark.parametrize(
    "sent, detail",
    [
        ({}, "email: This field is required. password: This field is required."),
        ({"email": "owner@ward.example"}, "password: This field is required."),
        ({"email": "", "password": ""}, "email: This field may not be blank. password: This field may not be blank."),
        ({"email": None, "password": "x"}, "email: This field may not be null."),
        ({"email": ["owner@ward.example"], "password": "x"}, "email: Not a valid string."),
        ({"email": "x" * 255, "password": "x"}, "email: Ensure this field has no more than 254 characters."),
        ({"email": "o", "password": "x" * 201}, "password: Ensure this field has no more than 200 characters."),
        ([], "Invalid data. Expected a dictionary, but got list."),
        ({"email": "owner@ward.example\0", "password": "x"}, "The body has a NUL character in a text."),
    ],
)
def test_login_malformed(owner, api, sent, detail):
    response = api(None).post("/api/auth/login", sent)

    assert response.status_code == 400
    assert response.json() == {"detail": detail}
    assert SignIn.objects.count() == 0


def test_login_keeps_space_around_a_password(owner):
    owner.set_password(" spaced ")
    owner.save()

    assert log_in(owner.email, "spaced").status_code == 401
    assert log_in(owner.email, " spaced ").status_code == 200


def test_me_without_a_token(api):
    response = api(None).get("/api/auth/me")

    assert response.status_code == 401
    assert response.json() == {"detail": "Authentication credentials were not provided."}
    assert response["WWW-Authenticate"] == 'Bearer realm="api"'


def test_refresh_answers_with_a_new_pair(owner):
    first = tokens_of(owner)

    response = refresh(first["refresh"])

    second = response.json()
    assert response.status_code == 200
    assert set(second) == {"access", "refresh"}
    assert not set(second.values()) & set(first.values())
    assert me(first["access"]).status_code == 200
    assert me(second["access"]).status_code == 200
    assert refresh(second["refresh"]).status_code == 200


def test_refresh_ignores_an_expired_access_token(owner):
    tokens = tokens_of(owner)

    response = bearer("expired.or.broken").post("/api/auth/refresh", {"refresh": tokens["refresh"]})

    assert response.status_code == 200


def test_used_refresh_token_ends_the_whole_sign_in(owner):
    first = tokens_of(owner)
    second = refresh(first["refresh"]).json()
    elsewhere = tokens_of(owner)

    response = refresh(first["refresh"])

    assert response.status_code == 401
    assert response.json() == ENDED
    assert response["WWW-Authenticate"] == 'Bearer realm="api"'
    assert [me(pair["access"]).status_code for pair in (first, second)] == [401, 401]
    assert refresh(second["refresh"]).status_code == 401
    assert me(elsewhere["access"]).status_code == 200
    row = SignIn.objects.get(ended_at__isnull=False)
    ended = {"ended_at": [None, row.ended_at.isoformat()]}
    assert trail()[-1] == entry(action="tenancy.signin.end", by=owner, row=row, changes=ended)


def test_logout_ends_access_with_the_next_request(owner):
    tokens, elsewhere = tokens_of(owner), tokens_of(owner)

    response = log_out(tokens["refresh"])

    assert (response.status_code, response.content) == (204, b"")
    assert me(tokens["access"]).status_code == 401
    assert me(tokens["access"]).json() == ENDED
    assert refresh(tokens["refresh"]).status_code == 401
    assert me(elsewhere["access"]).status_code == 200
    row = SignIn.objects.get(ended_at__isnull=False)
    ended = {"ended_at": [None, row.ended_at.isoformat()]}
    assert trail()[-1] == entry(action="tenancy.signin.end", by=owner, row=row, changes=ended)


def test_logout_with_the_refresh_token_before_the_last(owner):
    first = tokens_of(owner)
    second = refresh(first["refresh"]).json()

    response = log_out(first["refresh"])

    assert response.status_code == 204
    assert me(second["access"]).status_code == 401


def test_logout_twice_changes_nothing_more(owner):
    tokens = tokens_of(owner)
    log_out(tokens["refresh"])
    before = list(SignIn.objects.values()), AuditEntry.objects.count()

    response = log_out(tokens["refresh"])

    assert response.status_code == 204
    assert (list(SignIn.objects.values()), AuditEntry.objects.count()) == before


@pytest.mark.parametrize("path", ["refresh", "logout"])
@pytest.mark.parametrize("token", ["nonsense", "a.b.c", "access"])
def test_refresh_and_logout_need_a_refresh_token(owner, api, path, token):
    tokens = tokens_of(owner)
    before = AuditEntry.objects.count()

    response = api(None).post(f"/api/auth/{path}", {"refresh": tokens.get(token, token)})

    assert response.status_code == 401
    assert response.json() == ENDED
    assert response["WWW-Authenticate"] == 'Bearer realm="api"'
    assert me(tokens["access"]).status_code == 200
    assert AuditEntry.objects.count() == before


@pytest.mark.parametrize("path", ["refresh", "logout"])
@pytest.mark.parametrize(
    "sent, detail",
    [
        ({}, "refresh: This field is required."),
        ({"refresh": None}, "refresh: This field may not be null."),
        ({"refresh": {"a": 1}}, "refresh: Not a valid string."),
        ({"refresh": "x" * 4001}, "refresh: Ensure this field has no more than 4000 characters."),
    ],
)
def test_refresh_and_logout_malformed(api, path, sent, detail):
    response = api(None).post(f"/api/auth/{path}", sent)

    assert response.status_code == 400
    assert response.json() == {"detail": detail}
