"""One call of one provider: what is sent, what comes back, and how each way to fail is told apart.

Never raises: whatever a provider, the network or an answer does ends as an `Outcome`. No exception leaves this module
with a request, and so a key, in its frames.
"""

import ssl
import time
from dataclasses import dataclass, replace
from email.utils import parsedate_to_datetime
from typing import Generic, TypeVar
from urllib.parse import quote

import httpcore
import structlog
from django.core.exceptions import ValidationError as Refusal
from django.utils import timezone
from pydantic import BaseModel, SecretStr, ValidationError

from ai_features import endpoints, keys, line
from ai_features.formats import FORMATS, Answer, Malformed, Prompt
from ai_features.models import Model, Outcome, Provider

log = structlog.get_logger(__name__)

T = TypeVar("T", bound=BaseModel)

HIDDEN = b"[key]"
# In JSON; no database of ours holds one.
ESCAPED_NUL = r"\u0000"
# The longest that "Retry-After" is taken at its word.
LONGEST_WAIT = 3600.0
STATUS_OUTCOMES = {
    401: Outcome.UNAUTHORIZED,
    403: Outcome.UNAUTHORIZED,
    404: Outcome.NOT_FOUND,
    429: Outcome.RATE_LIMITED,
}


@dataclass(frozen=True)
class Called(Generic[T]):
    """How a call ended.

    `value` is the answer in the shape asked for, None unless `outcome` is `ok`; `text` the answer or the provider's
    words for what went wrong, without the key; `retry_after` the seconds it asks to be left alone.
    """

    outcome: Outcome
    latency_ms: int = 0
    status: int | None = None
    text: str = ""
    tokens_in: int = 0
    tokens_out: int = 0
    model: str = ""
    retry_after: float | None = None
    value: T | None = None


def call(provider: Provider, model: Model, prompt: Prompt, schema: type[T] | None, *, seconds: float) -> Called[T]:
    """Ask a provider once, for at most `seconds`; with a `schema`, any other answer than one in it is malformed."""
    started = time.monotonic()
    try:
        called: Called[T] = _call(provider, model, prompt, line.Deadline(seconds))
    except Exception as error:  # noqa: BLE001 - an answer must never be lost to what a provider came up with
        log.error("AI call failed", provider=provider.name, error=type(error).__name__)
        called = Called(Outcome.MALFORMED)
    called = replace(called, latency_ms=round((time.monotonic() - started) * 1000))
    if schema is None or called.outcome != Outcome.OK:
        return called
    try:
        if ESCAPED_NUL in called.text:
            return replace(called, outcome=Outcome.MALFORMED)
        return replace(called, value=schema.model_validate_json(unfenced(called.text)))
    except ValidationError:
        return replace(called, outcome=Outcome.MALFORMED)


def _call(provider: Provider, model: Model, prompt: Prompt, deadline: line.Deadline) -> Called:
    wire = FORMATS[provider.type](provider, model)
    try:
        key = keys.unseal(provider.sealed_key, provider.origin) if provider.sealed_key else None
    except keys.Unusable as error:
        return Called(Outcome.UNAUTHORIZED, text=str(error))
    except Refusal:
        return Called(Outcome.FORBIDDEN_ENDPOINT)
    try:
        response = line.send(wire.request(prompt, key), deadline)
    except (endpoints.Unresolvable, Refusal, line.TooLarge, httpcore.TimeoutException, ssl.SSLError) as error:
        return Called(_outcome_of(error))
    except (httpcore.NetworkError, httpcore.ProtocolError, OSError) as error:
        return Called(_outcome_of(error))
    body = without(key, response.body)
    status = response.status
    if status != 200:
        retry_after = seconds_in(response.headers.get("retry-after", "")) if status in (429, 503) else None
        return Called(_outcome_of_status(status), status=status, text=_words(body), retry_after=retry_after)
    if response.headers.get("content-encoding", "identity").lower() != "identity" or b"\0" in body:
        return Called(Outcome.MALFORMED, status=status)
    try:
        answer: Answer = wire.read(body)
    except Malformed:
        return Called(Outcome.MALFORMED, status=status, text=_words(body))
    return Called(
        # What no database of ours could hold is no answer.
        Outcome.MALFORMED if "\0" in answer.text else Outcome.OK,
        status=status,
        text=answer.text,
        tokens_in=answer.tokens_in,
        tokens_out=answer.tokens_out,
        model=answer.model[:150],
    )


def _outcome_of(error: Exception) -> Outcome:
    match error:
        case Refusal():
            return Outcome.FORBIDDEN_ENDPOINT
        case line.TooLarge():
            return Outcome.TOO_LARGE
        case httpcore.TimeoutException():
            return Outcome.TIMEOUT
        case ssl.SSLError():
            return Outcome.TLS
        case httpcore.ConnectError() if isinstance(error.__cause__ or error.__context__, ssl.SSLError):
            return Outcome.TLS
        case endpoints.Unresolvable() | httpcore.ConnectError():
            return Outcome.UNREACHABLE
        case _:
            return Outcome.BROKEN_OFF


def _outcome_of_status(status: int) -> Outcome:
    if status in STATUS_OUTCOMES:
        return STATUS_OUTCOMES[status]
    if 300 <= status < 400:
        return Outcome.REDIRECTED
    return Outcome.SERVER_ERROR if status >= 500 else Outcome.REFUSED if status >= 400 else Outcome.MALFORMED


def _words(body: bytes) -> str:
    return body.decode("utf-8", "replace").replace("\0", "")


def without(key: SecretStr | None, body: bytes) -> bytes:
    """A body in which the key, should the provider repeat it, cannot be read."""
    if key is None:
        return body
    secret = key.get_secret_value()
    for spelling in (secret, secret.replace("/", "\\/"), quote(secret, safe="")):
        body = body.replace(spelling.encode(), HIDDEN)
    return body


def seconds_in(header: str) -> float | None:
    """How long a `Retry-After` header asks to wait, at most an hour; None for one that says nothing."""
    if header.strip().isdecimal() and header.isascii():
        return min(float(header), LONGEST_WAIT)
    try:
        moment = parsedate_to_datetime(header)
        wait = (moment - timezone.now()).total_seconds()
    except (TypeError, ValueError):
        return None
    return min(max(wait, 0.0), LONGEST_WAIT)


def unfenced(text: str) -> str:
    """The JSON in an answer, without the fence that models like to put around it."""
    inner = text.strip()
    if inner.startswith("```") and inner.endswith("```") and len(inner) > 6:
        inner = inner[3:-3].removeprefix("json")
    return inner.strip()
