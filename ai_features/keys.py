"""Keys of providers at rest: sealed with the first of `ENCRYPTION_KEYS`, opened with any, bound to an origin.

What is sealed is the key together with the origin it was given for. A row whose endpoint was changed behind the
service's back therefore yields no key, and a key never travels to another host.
"""

import json

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from pydantic import SecretStr


class Unusable(Exception):
    """The sealed key cannot be opened, or was given for another origin."""


def _box() -> MultiFernet:
    return MultiFernet([Fernet(key) for key in settings.ENCRYPTION_KEYS])


def seal(key: SecretStr, origin: str) -> str:
    """The key for an origin such as `https://api.example:443`, as text for the database."""
    return _box().encrypt(json.dumps([origin, key.get_secret_value()]).encode()).decode()


def unseal(sealed: str, origin: str) -> SecretStr:
    """The key, if it was sealed for this origin; raises `Unusable` otherwise."""
    try:
        sealed_for, key = json.loads(_box().decrypt(sealed.encode()))
    except InvalidToken:
        raise Unusable("The key was sealed with none of ENCRYPTION_KEYS.") from None
    if sealed_for != origin:
        raise Unusable("The key was given for another origin.")
    return SecretStr(key)


def reseal(sealed: str) -> str:
    """The same, sealed with the first of `ENCRYPTION_KEYS`; raises `Unusable` when none of them opens it."""
    try:
        return _box().rotate(sealed.encode()).decode()
    except InvalidToken:
        raise Unusable("The key was sealed with none of ENCRYPTION_KEYS.") from None
