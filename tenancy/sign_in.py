"""Signing in and out: families of tokens that a `SignIn` row keeps alive. Source: contract, "Signing in".

simplejwt makes and reads the tokens. The row decides whether they still count: it holds the id of the one refresh
token that may be used next, so rotation is one atomic UPDATE, and a token used twice finds its place taken.
"""

import math
from datetime import timedelta

from axes.handlers.proxy import AxesProxyHandler
from axes.helpers import get_client_username, get_lockout_message
from axes.models import AccessAttempt
from django.conf import settings
from django.contrib.auth import authenticate
from django.contrib.auth.signals import user_logged_in
from django.core.exceptions import ValidationError
from django.db.models import F
from django.http import HttpResponse
from django.utils import timezone
from rest_framework.exceptions import AuthenticationFailed, Throttled
from rest_framework_simplejwt.exceptions import TokenError
from rest_framework_simplejwt.tokens import RefreshToken, Token

from assignhub import audit
from assignhub.permissions import OPERATOR
from assignhub.proxies import client_address
from tenancy import services
from tenancy.models import SignIn, User

WRONG = "No active account has this e-mail address and password."
ENDED = "This token is no longer valid. Please sign in again."


def sign_in(request, email: str, password: str) -> tuple[User, dict[str, str]]:
    """Check a password and begin a sign-in; return the user and `{"access", "refresh"}`.

    Raises `AuthenticationFailed` (401), the same for an unknown address and a wrong password, and `Throttled` (429)
    while the account is locked for this address.
    """
    credentials = {"username": email.strip().lower()}
    if not AxesProxyHandler.is_allowed(request, credentials):
        raise Throttled(wait=_lock_seconds(request, credentials["username"]))
    user = authenticate(request, password=password, **credentials)
    # The lock shows from the next attempt on, and through our own answer rather than the lock-out page of the admin.
    request.axes_locked_out = False
    if user is None:
        raise AuthenticationFailed(WRONG)
    row = SignIn(
        user=user,
        password_stamp=user.get_session_auth_hash(),
        address=client_address(request),
        user_agent=request.headers.get("User-Agent", "")[:200],
    )
    token = RefreshToken.for_user(user)
    row.refresh_id, row.expires_at = token["jti"], timezone.now() + token.lifetime
    _begin(row, request)
    return User.objects.get(pk=user.pk), pair(token, row)


@services.transactional
def _begin(row: SignIn, request) -> None:
    # Locked: an account that is being closed or deleted at this moment does not get in.
    if User.objects.select_for_update(no_key=True).filter(pk=row.user_id, is_active=True).first() is None:
        raise AuthenticationFailed(WRONG)
    row.save(force_insert=True)
    # Sets `last_login`, and lets the count of wrong passwords start anew.
    user_logged_in.send(User, request=request, user=row.user)
    audit.record(row.user, SignIn.permission("begin"), [(row, {})])


def pair(token: RefreshToken, row: SignIn) -> dict[str, str]:
    token["sid"] = str(row.pk)
    return {"access": str(token.access_token), "refresh": str(token)}


def refresh(raw: str) -> dict[str, str]:
    """Exchange a refresh token for a new pair; the used one is spent.

    A spent token ends its whole sign-in, for whoever holds the newer one as well: one of the two is a thief.
    Raises `AuthenticationFailed` (401).
    """
    old = _read(raw)
    user = live_user(old)
    new = RefreshToken.for_user(user)
    spent = SignIn.objects.filter(pk=old["sid"], refresh_id=old["jti"], ended_at=None)
    if not spent.update(refresh_id=new["jti"], expires_at=timezone.now() + new.lifetime, updated_at=timezone.now()):
        end(old, by=user)
        raise AuthenticationFailed(ENDED)
    return pair(new, SignIn(pk=old["sid"]))


def sign_out(raw: str) -> None:
    """End the sign-in a refresh token belongs to. Raises `AuthenticationFailed` (401) for a token that is none."""
    token = _read(raw)
    end(token, by=User.objects.filter(pk=token["user_id"]).first() or OPERATOR)


@services.transactional
def end(token: Token, *, by) -> None:
    row = (
        SignIn.objects.select_for_update(of=("self",))
        .select_related("user")
        .filter(pk=token["sid"], ended_at=None)
        .first()
    )
    if row is not None:
        row.ended_at = timezone.now()
        row.save(update_fields=["ended_at", "updated_at"])
        audit.record(by, SignIn.permission("end"), [(row, {"ended_at": [None, row.ended_at.isoformat()]})])


def live_user(token: Token) -> User:
    """The user of a token whose sign-in still runs, with `roles` filled, in one query.

    Raises `AuthenticationFailed` (401) when it was ended, the password is another, or the account is gone or inactive.
    """
    _check_claims(token)
    rows = User.objects.filter(pk=token["user_id"], sign_ins=token["sid"]).annotate(
        sign_in_ended=F("sign_ins__ended_at"), sign_in_stamp=F("sign_ins__password_stamp")
    )
    user = rows.first_with_roles()
    if (
        user is None
        or not user.is_active
        or user.sign_in_ended is not None
        or user.sign_in_stamp != user.get_session_auth_hash()
    ):
        raise AuthenticationFailed(ENDED)
    return user


def _read(raw: str) -> Token:
    try:
        token = RefreshToken(raw)  # type: ignore[arg-type]  # it takes the text of a token too
    except TokenError:
        raise AuthenticationFailed(ENDED) from None
    _check_claims(token)
    return token


def _check_claims(token: Token) -> None:
    """Raise `AuthenticationFailed` (401) unless the token names a person and a sign-in."""
    try:
        User._meta.pk.to_python(token["user_id"])
        SignIn._meta.pk.to_python(token["sid"])
    except (KeyError, ValidationError):
        raise AuthenticationFailed(ENDED) from None


def locked_page(request, response, credentials) -> HttpResponse:
    """What the admin's sign-in page answers, in place of `response`, while the account is locked for this address."""
    seconds = _lock_seconds(request, get_client_username(request, credentials))
    return HttpResponse(get_lockout_message(), status=429, headers={"Retry-After": str(seconds)})


def _lock_seconds(request, name: str) -> int:
    attempts = AccessAttempt.objects.filter(username=name, ip_address=client_address(request))
    since = attempts.order_by("-attempt_time").values_list("attempt_time", flat=True).first()
    left = (since or timezone.now()) + settings.AXES_COOLOFF_TIME - timezone.now()
    return math.ceil(max(left, timedelta(seconds=1)).total_seconds())
