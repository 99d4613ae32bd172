"""What an authenticator app does: codes from a secret, and people who have one."""

import time
from base64 import b32decode

from django_otp.oath import totp

from tenancy import second_factor

HALF_MINUTE = 30


def code_of(secret: str, *, at: int = 0) -> str:
    """The code that an app with this secret, in base32, shows so many half minutes from now."""
    key = b32decode(secret.replace(" ", ""))
    return f"{totp(key, drift=at):06}"


def wait_out_the_half_minute() -> None:
    """The code of half a minute ago is right until the half minute turns: do not begin in its last second."""
    left = HALF_MINUTE - time.time() % HALF_MINUTE
    if left < 1:
        time.sleep(left)


def enrolled(person) -> tuple[str, list[str]]:
    """Give a person a second factor, with the code of half a minute ago; return secret in base32, recovery codes."""
    wait_out_the_half_minute()
    secret = second_factor.new_secret()
    text = second_factor.as_text(secret)
    return text, second_factor.enrol(person, secret, code_of(text, at=-1), by=person)
