"""The second factor: an authenticator app beside the password, and recovery codes for when it is lost.

The codes are TOTP (RFC 6238), counted by django-otp; its own device model would keep the shared secret readable in
the database. Each code counts once, and those of the half minutes before and after are taken too, for clocks that
are not quite right.
"""

import hashlib
import secrets
import time
from base64 import b32encode
from urllib.parse import quote, urlencode

from django_otp.oath import TOTP

from assignhub import audit
from assignhub.errors import Refused, not_found
from assignhub.permissions import OPERATOR, Reach, reach, require
from assignhub.sealing import seal, unseal
from assignhub.services import transactional
from assignhub.throttling import limit
from tenancy import services
from tenancy.models import SecondFactor, User

ISSUER = "AssignHub"
SECRET_BYTES = 20  # RFC 4226 recommends the length of the hash
DIGITS = 6
TOLERANCE = 1
RECOVERY_CODES = 10

WRONG = "This code is not right, or has been used already. Take the one your app shows now, or a recovery code."


def new_secret() -> str:
    """A fresh secret, as hexadecimal digits."""
    return secrets.token_hex(SECRET_BYTES)


def as_text(secret: str) -> str:
    """The secret as people type it into an app: base32 in groups of four."""
    text = b32encode(bytes.fromhex(secret)).decode()
    return " ".join(text[start : start + 4] for start in range(0, len(text), 4))


def address(secret: str, user: User) -> str:
    """What the QR code holds: the `otpauth:` address that authenticator apps read."""
    query = urlencode({"secret": as_text(secret).replace(" ", ""), "issuer": ISSUER, "digits": DIGITS})
    return f"otpauth://totp/{quote(f'{ISSUER}:{user.email}')}?{query}"


@transactional
def enrol(user: User, secret: str, code: str, *, by) -> list[str]:
    """Set up the second factor of a person who has proved by a code that the app has the secret.

    Returns the recovery codes: this once; only their hashes are kept. Raises `Refused` when the code is not right
    (400, field `code`) or there is a second factor already (409).
    """
    if by.pk != user.pk:
        raise Refused("Everybody sets up their own second factor.", "forbidden")
    services.users.locked(user)
    if SecondFactor.objects.filter(user=user).exists():
        raise Refused("You have set up a second factor already.", "conflict")
    step = _step_of(secret, code, after=-1)
    if step is None:
        text = "This is not the code that belongs to the secret above. Is the clock of your phone right?"
        raise Refused(text, "invalid", field="code")
    codes = [_new_code() for _ in range(RECOVERY_CODES)]
    row = SecondFactor(user=user, sealed=seal(secret), last_step=step, recovery_codes=list(map(_hashed, codes)))
    row.save(force_insert=True)
    audit.record(by, SecondFactor.permission("add"), [(row, {})])
    require(by, SecondFactor.permission("add"), [row])
    _forget(user)
    return codes


@transactional
def renew_codes(user: User, *, by) -> list[str]:
    """Replace the recovery codes of somebody who has just proved the factor, and return the ten new ones."""
    row = _locked(user)
    codes = [_new_code() for _ in range(RECOVERY_CODES)]
    row.recovery_codes = list(map(_hashed, codes))
    row.save(update_fields=["recovery_codes", "updated_at"])
    audit.record(by, SecondFactor.permission("change"), [(row, {"recovery_codes": [None, "renewed"]})])
    require(by, SecondFactor.permission("change"), [row])
    return codes


@transactional
def disable(user: User, *, by) -> None:
    """Take away the second factor of somebody who has just proved password and factor.

    Raises `PermissionDenied` for somebody else's and `Refused` (404) when there is none.
    """
    row = _locked(user)
    require(by, SecondFactor.permission("delete"), [row])
    audit.record(by, SecondFactor.permission("delete"), [(row, {})])
    row.delete()
    _forget(user)


def _locked(user: User) -> SecondFactor:
    row = SecondFactor.objects.select_for_update(of=("self",)).select_related("user").filter(user=user).first()
    if row is None:
        raise not_found(SecondFactor, user.pk, by="user")
    return row


@transactional
def reset(user: User, *, by) -> bool:
    """Take away the second factor of somebody who has lost it, and end their sign-ins; False if there is none.

    Raises `Refused` (403) for others than super admins and the operator.
    """
    if reach(by, SecondFactor.permission("reset")) != Reach.ALL and by is not OPERATOR:
        raise Refused("Only super admins reset the second factor of somebody else.", "forbidden")
    row = SecondFactor.objects.select_for_update(of=("self",)).select_related("user").filter(user=user).first()
    if row is None:
        return False
    audit.record(by, SecondFactor.permission("reset"), [(row, {})])
    row.delete()
    services.end_sign_ins(user, by=by)
    _forget(user)
    return True


@transactional
def check(user: User, code: str) -> SecondFactor:
    """Spend a code of the app, or a recovery code; return the row, locked.

    Raises `Refused` (401, field `code`) when it is not right, was spent before, or there is no second factor.
    """
    row = SecondFactor.objects.select_for_update(of=("self",)).select_related("user").filter(user=user).first()
    if row is None:
        raise Refused(WRONG, "second_factor_wrong", field="code")
    typed = "".join(code.split()).replace("-", "").lower()
    if typed.isdecimal() and typed.isascii() and len(typed) == DIGITS:
        step = _step_of(unseal(row.sealed), typed, after=row.last_step)
        if step is None:
            raise Refused(WRONG, "second_factor_wrong", field="code")
        row.last_step = step
        row.save(update_fields=["last_step", "updated_at"])
        return row
    left = [hashed for hashed in row.recovery_codes if not secrets.compare_digest(hashed, _hashed(typed))]
    if len(left) == len(row.recovery_codes):
        raise Refused(WRONG, "second_factor_wrong", field="code")
    counts = [len(row.recovery_codes), len(left)]
    row.recovery_codes = left
    row.save(update_fields=["recovery_codes", "updated_at"])
    audit.record(user, SecondFactor.permission("recover"), [(row, {"recovery_codes_left": counts})])
    return row


def slow_down(user: User) -> None:
    """Count an attempt; raises `Throttled` (429) when an account is tried too often, from however many addresses."""
    limit("second-factor", str(user.pk))


def _step_of(secret: str, code: str, *, after: int) -> int | None:
    """The half minute, later than `after`, that the code belongs to; None if it is none of now."""
    typed = "".join(code.split())
    if not (typed.isdecimal() and typed.isascii() and len(typed) == DIGITS):
        return None
    totp = TOTP(bytes.fromhex(secret))
    totp.time = time.time()
    return totp.t() if totp.verify(int(typed), TOLERANCE, after + 1) else None


def _new_code() -> str:
    """Four groups of four letters and digits: 80 bits, which need no slow hash."""
    text = b32encode(secrets.token_bytes(10)).decode().lower()
    return "-".join(text[start : start + 4] for start in range(0, 16, 4))


def _hashed(code: str) -> str:
    return hashlib.sha256("".join(code.split()).replace("-", "").lower().encode()).hexdigest()


def _forget(user: User) -> None:
    """What was read of the account before no longer holds."""
    for name in ("has_second_factor", "lacks_second_factor"):
        user.__dict__.pop(name, None)
