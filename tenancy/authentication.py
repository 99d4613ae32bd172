"""Who is calling: bearer tokens for the API, sessions for the admin. Roles come along in the same query."""

import functools

import structlog
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone
from django.utils.functional import SimpleLazyObject
from drf_spectacular.contrib.rest_framework_simplejwt import SimpleJWTScheme
from rest_framework.exceptions import AuthenticationFailed
from rest_framework_simplejwt.authentication import JWTAuthentication
from rest_framework_simplejwt.exceptions import InvalidToken, TokenError
from rest_framework_simplejwt.tokens import Token

from assignhub.browsing import ForPages
from tenancy import sign_in
from tenancy.models import User

# More than there are people at work at one time.
TOKENS_KEPT = 4096


class SignInAuthentication(JWTAuthentication):
    """A bearer token counts as long as its sign-in runs; what it claims about its holder is not asked."""

    def authenticate(self, request):
        try:
            return super().authenticate(request)
        except InvalidToken:
            raise AuthenticationFailed(sign_in.ENDED) from None

    def get_validated_token(self, raw_token: bytes) -> Token:
        """The token as it was signed, unless its time is over."""
        token = _signed(raw_token)
        try:
            token.check_exp(current_time=timezone.now())
        except TokenError as error:
            raise InvalidToken(str(error)) from None
        return token

    def get_user(self, validated_token) -> User:  # type: ignore[override]
        user = sign_in.live_user(validated_token)
        structlog.contextvars.bind_contextvars(user_id=str(user.pk))
        return user


@functools.lru_cache(maxsize=TOKENS_KEPT)
def _signed(raw_token: bytes) -> Token:
    """A token that is rightly signed: nothing but time changes that, and so it is worked out once for many requests."""
    return JWTAuthentication().get_validated_token(raw_token)


class SignInScheme(SimpleJWTScheme):
    target_class = SignInAuthentication  # type: ignore[assignment]
    name = "bearer"


class BrowserAuthentication(ForPages, AuthenticationMiddleware):
    """A session of the admin counts as long as its sign-in runs; the account is read anew with each request."""

    def process_request(self, request) -> None:
        request.user = SimpleLazyObject(lambda: _browser_user(request))


def _browser_user(request) -> User | AnonymousUser:
    user = sign_in.user_of_browser(request.session)
    if user is None:
        return AnonymousUser()
    structlog.contextvars.bind_contextvars(user_id=str(user.pk))
    return user


def account_name(request, credentials=None) -> str | None:
    """The name failed sign-ins are counted under: one account, however its address is written.

    No longer than axes can keep; the addresses of accounts are shorter.
    """
    source = credentials or (request.POST if request is not None else {})
    name = source.get("username") or source.get("email")
    return name.strip().lower()[:255] if name else None
