"""Who is calling: bearer tokens for the API, sessions for the admin. Roles come along in the same query."""

import structlog
from django.contrib.auth.backends import ModelBackend
from drf_spectacular.contrib.rest_framework_simplejwt import SimpleJWTScheme
from rest_framework.exceptions import AuthenticationFailed
from rest_framework_simplejwt.authentication import JWTAuthentication
from rest_framework_simplejwt.exceptions import InvalidToken

from tenancy import sign_in
from tenancy.models import User


class SignInAuthentication(JWTAuthentication):
    """A bearer token counts as long as its sign-in runs; what it claims about its holder is not asked."""

    def authenticate(self, request):
        try:
            return super().authenticate(request)
        except InvalidToken:
            raise AuthenticationFailed(sign_in.ENDED) from None

    def get_user(self, validated_token) -> User:  # type: ignore[override]
        user = sign_in.live_user(validated_token)
        structlog.contextvars.bind_contextvars(user_id=str(user.pk))
        return user


class SignInScheme(SimpleJWTScheme):
    target_class = SignInAuthentication  # type: ignore[assignment]
    name = "bearer"


class RoleBackend(ModelBackend):
    """Sessions of the admin: the account and its roles, read anew with each request."""

    def get_user(self, user_id) -> User | None:
        user = User.objects.filter(pk=user_id).first_with_roles()
        if user is None or not self.user_can_authenticate(user):
            return None
        structlog.contextvars.bind_contextvars(user_id=str(user.pk))
        return user


def account_name(request, credentials=None) -> str | None:
    """The name failed sign-ins are counted under: one account, however its address is written.

    No longer than axes can keep; the addresses of accounts are shorter.
    """
    source = credentials or (request.POST if request is not None else {})
    name = source.get("username") or source.get("email")
    return name.strip().lower()[:255] if name else None
