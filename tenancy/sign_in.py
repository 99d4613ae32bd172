"""Signing in and out: families of tokens, and sessions of the admin, that a `SignIn` row keeps alive.

Source: contract, "Signing in". simplejwt makes and reads the tokens. The row decides whether they still count: it
holds the id of the one refresh token that may be used next, so rotation is one atomic UPDATE, and a token used twice
finds its place taken.
"""

import functools
import math
from datetime import datetime, timedelta
from typing import NamedTuple

from axes.handlers.proxy import AxesProxyHandler
from axes.helpers import get_client_username
from axes.models import AccessAttempt
from django.conf import settings
from django.contrib import admin
from django.contrib.auth import SESSION_KEY as AUTH_SESSION_KEY
from django.contrib.auth import authenticate, login, logout
from django.contrib.auth.signals import user_logged_in, user_login_failed
from django.core.exceptions import ValidationError
from django.db import DEFAULT_DB_ALIAS
from django.http import HttpResponse
from django.template.loader import render_to_string
from django.utils import timezone
from rest_framework.exceptions import AuthenticationFailed, Throttled
from rest_framework_simplejwt.exceptions import TokenError
from rest_framework_simplejwt.tokens import RefreshToken, Token

from assignhub import audit
from assignhub.errors import Refused
from assignhub.permissions import OPERATOR
from assignhub.proxies import client_address
from assignhub.statements import Place, Statement
from tenancy import second_factor, services
from tenancy.models import HELD, SignIn, User

WRONG = "No active account has this e-mail address and password."
ACCOUNT = [field.attname for field in User._meta.concrete_fields]
STATE = ("ended_at", "password_stamp", "expires_at", "last_used_at", "user__second_factor__created_at")
ENDED = "This token is no longer valid. Please sign in again."
LACKS_SECOND_FACTOR = "Your organisation requires a second factor. Please sign in to the admin and set it up first."

BACKEND = "django.contrib.auth.backends.ModelBackend"
# Where a session of the admin keeps the key of its sign-in.
SESSION_KEY = "sign_in"
# How often it is written down that a session is in use: a write per page would be one too many.
NOTED_EVERY = timedelta(minutes=5)


def sign_in(request, email: str, password: str, code: str = "") -> tuple[User, dict[str, str]]:
    """Check a password, and a code of the second factor; begin a sign-in; return the user and `{"access", "refresh"}`.

    Raises `AuthenticationFailed` (401), the same for an unknown address and a wrong password; `Refused` (401) when
    there is a second factor and the code is missing or wrong, or a tenant requires one that is not set up; and
    `Throttled` (429) while the account is locked for this address.
    """
    credentials = {"username": email.strip().lower()}
    if not AxesProxyHandler.is_allowed(request, credentials):
        raise Throttled(wait=_lock_seconds(request, credentials["username"]))
    try:
        user = authenticate(request, password=password, **credentials)
        if user is None:
            raise AuthenticationFailed(WRONG)
        if user.lacks_second_factor:
            raise Refused(LACKS_SECOND_FACTOR, "second_factor_missing")
        if user.has_second_factor:
            if not code:
                raise Refused("Please send the code of your second factor along.", "second_factor_required")
            prove_second_factor(request, user, code)
    finally:
        # The lock shows from the next attempt on, and through our own answer rather than the page of the admin.
        request.axes_locked_out = False
    token = RefreshToken.for_user(user)
    row = _row(request, user, SignIn.Kind.TOKEN, timezone.now() + token.lifetime)
    row.refresh_id = token["jti"]
    # Sets `last_login`, and lets the count of wrong passwords start anew.
    _begin(row, lambda: user_logged_in.send(User, request=request, user=user))
    return User.objects.get(pk=user.pk), pair(token, row)


def prove_second_factor(request, user: User, code: str) -> None:
    """Spend a code. A wrong one counts like a wrong password: `Refused` (401), and `Throttled` (429) from the lock on.

    Attempts on one account are also counted from whichever addresses they come.
    """
    credentials = {"username": user.email}
    if not AxesProxyHandler.is_allowed(request, credentials):
        raise Throttled(wait=_lock_seconds(request, user.email))
    second_factor.slow_down(user)
    try:
        second_factor.check(user, code)
    except Refused:
        user_login_failed.send(__name__, request=request, credentials=credentials)
        raise


def prove_oneself(request, user: User, password: str, code: str) -> None:
    """Ask somebody who is signed in for everything again, before they weaken their account.

    Raises `Refused` (400, field `password`), and as `prove_second_factor` does.
    """
    second_factor.slow_down(user)
    if not user.check_password(password):
        raise Refused("This is not your present password.", "invalid", field="password")
    prove_second_factor(request, user, code)


def begin_in_browser(request, user: User) -> None:
    """Begin a session in the admin for somebody who has proved who they are; an earlier one of this browser ends.

    Raises `AuthenticationFailed` (401) for an account that was closed at this moment.
    """
    row = _row(request, user, SignIn.Kind.BROWSER, timezone.now() + timedelta(seconds=settings.SESSION_COOKIE_AGE))
    earlier = request.session.get(SESSION_KEY)

    def begin() -> None:
        # Ends up in `user_logged_in` as well.
        login(request, user, backend=BACKEND)
        request.session[SESSION_KEY] = str(row.pk)
        if earlier:
            services.end_sign_in_if_running(earlier, by=user)

    _begin(row, begin)


def end_in_browser(request) -> None:
    """End the session this request belongs to."""
    key = request.session.get(SESSION_KEY)
    if key and request.user.is_authenticated:
        services.end_sign_in_if_running(key, by=request.user)
    logout(request)


def _row(request, user: User, kind: str, expires_at) -> SignIn:
    return SignIn(
        user=user,
        kind=kind,
        password_stamp=user.get_session_auth_hash(),
        expires_at=expires_at,
        address=client_address(request),
        user_agent=request.headers.get("User-Agent", "")[:200],
    )


@services.transactional
def _begin(row: SignIn, announce) -> None:
    # Locked: an account that is being closed or deleted at this moment does not get in.
    if User.objects.select_for_update(no_key=True).filter(pk=row.user_id, is_active=True).first() is None:
        raise AuthenticationFailed(WRONG)
    row.save(force_insert=True)
    announce()
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
    now = timezone.now()
    if not spent.update(refresh_id=new["jti"], expires_at=now + new.lifetime, last_used_at=now, updated_at=now):
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

    Raises `AuthenticationFailed` (401) when it was ended, the password is another, the account is gone or inactive,
    or a tenant now requires a second factor that is not set up.
    """
    _check_claims(token)
    found = _live(token["user_id"], token["sid"], SignIn.Kind.TOKEN)
    if found is None:
        raise AuthenticationFailed(ENDED)
    if found.user.lacks_second_factor:
        raise AuthenticationFailed(LACKS_SECOND_FACTOR)
    return found.user


def user_of_browser(session) -> User | None:
    """The user of a session of the admin that still runs, with `roles` filled, in one query; otherwise None."""
    if SESSION_KEY not in session:
        return None
    found = _live(session[AUTH_SESSION_KEY], session[SESSION_KEY], SignIn.Kind.BROWSER)
    now = timezone.now()
    if found is None or found.expires_at <= now:
        return None
    if found.last_used_at < now - NOTED_EVERY:
        SignIn.objects.filter(pk=session[SESSION_KEY]).update(last_used_at=now)
    return found.user


class Running(NamedTuple):
    """A sign-in that runs, and whose it is."""

    user: User
    expires_at: datetime
    last_used_at: datetime


def _live(user_id, sign_in_id, kind: str) -> Running | None:
    """The running sign-in of this key, user and kind; its user is active, and has all that each request asks."""
    keys = {"sign-in": SignIn._meta.pk.to_python(sign_in_id), "user": User._meta.pk.to_python(user_id), "kind": kind}
    rows = _families().rows(keys)
    if not rows:
        return None
    ended_at, stamp, expires_at, last_used_at, factor, *_ = rows[0]
    user: User = User.from_db(DEFAULT_DB_ALIAS, ACCOUNT, rows[0][-len(ACCOUNT) :])
    if not user.is_active or ended_at is not None or stamp != user.get_session_auth_hash():
        return None
    held = (row[len(STATE) : len(STATE) + len(HELD)] for row in rows)
    return Running(user.knowing(held, has_second_factor=factor is not None), expires_at, last_used_at)


@functools.cache
def _families() -> Statement:
    """A sign-in with its account and the roles it holds, a row for each role; written once, as every request asks."""
    held = (f"user__memberships__{name}" for name in HELD)
    named = SignIn.objects.order_by().filter(pk=Place("sign-in"), user=Place("user"), kind=Place("kind"))
    return Statement(named.values_list(*STATE, *held, *(f"user__{name}" for name in ACCOUNT)), prepared=True)


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
    return too_many(request, Throttled(wait=_lock_seconds(request, get_client_username(request, credentials))))


def too_many(request, throttled: Throttled) -> HttpResponse:
    """A page that says how long to wait; the same for accounts there are and there are not."""
    seconds = getattr(throttled, "wait", None) or 1
    context = admin.site.each_context(request) | {
        "title": "Too many attempts",
        "minutes": math.ceil(seconds / 60),
        "ends_at": timezone.now() + timedelta(seconds=seconds),
    }
    headers = {"Retry-After": str(math.ceil(seconds))}
    content = render_to_string("admin/too_many_attempts.html", context, request)
    return HttpResponse(content, status=429, headers=headers)


def _lock_seconds(request, name: str) -> int:
    attempts = AccessAttempt.objects.filter(username=name, ip_address=client_address(request))
    since = attempts.order_by("-attempt_time").values_list("attempt_time", flat=True).first()
    left = (since or timezone.now()) + settings.AXES_COOLOFF_TIME - timezone.now()
    return math.ceil(max(left, timedelta(seconds=1)).total_seconds())
