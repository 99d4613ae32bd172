"""Secrets at rest: sealed with the first of `ENCRYPTION_KEYS`, opened with any, so that a key can be rotated."""

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings


class Unreadable(Exception):
    """None of the present keys opens what was sealed: its key has been taken out of `ENCRYPTION_KEYS`."""


def seal(text: str) -> str:
    """The text as it may be stored; the same text looks different each time."""
    return _keys().encrypt(text.encode()).decode()


def unseal(sealed: str) -> str:
    """The text that was sealed. Raises `Unreadable` when no present key opens it."""
    try:
        return _keys().decrypt(sealed.encode()).decode()
    except InvalidToken:
        raise Unreadable("None of ENCRYPTION_KEYS opens this secret.") from None


def _keys() -> MultiFernet:
    return MultiFernet([Fernet(key) for key in settings.ENCRYPTION_KEYS])
