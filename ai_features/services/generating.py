"""Answers to prompts: from the provider that serves the feature, from its backup, or from the caller's built-in."""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

import structlog
from django.db import Error, connection
from pydantic import BaseModel

from ai_features import breaker, resolution
from ai_features.calling import Called, call
from ai_features.formats import Prompt
from ai_features.line import Deadline
from ai_features.models import FeatureAssignment, Outcome, Source, folded
from ai_features.services import usage

log = structlog.get_logger(__name__)

T = TypeVar("T", bound=BaseModel)

MOST_CALLS = 3
CALLS_PER_CANDIDATE = 2
# Kept back for the built-in and for writing down what happened, of any deadline.
RESERVE = 0.2
LONGEST_RESERVE = 1.0
# With less time than this left, a call is not worth beginning.
SHORTEST_CALL = 0.02


@dataclass(frozen=True)
class Generated(Generic[T]):
    """An answer and who gave it: `primary`, `backup` or `builtin`."""

    value: T
    source: str


def generate(
    feature: str, prompt: str, schema: type[T], *, by, deadline: float, builtin: Callable[[], T]
) -> Generated[T]:
    """Answer `prompt` in the shape of `schema` within `deadline` seconds.

    Asks the provider assigned to `feature`, then its backup, then calls `builtin`, so there is always an answer: what
    goes wrong on the way is logged and counted, never raised. At most three calls leave the house. Inside a
    transaction, which would be held open for as long as a provider thinks, nobody is asked but the built-in.
    """
    started = time.monotonic()
    clock = Deadline(deadline - min(deadline * RESERVE, LONGEST_RESERVE))
    value: T | None = None
    source: Source = Source.BUILTIN
    if in_transaction():
        log.error("AI asked inside a transaction", feature=feature)
    else:
        try:
            value, source = _ask(feature, prompt, schema, by, clock)
        except Error as error:
            log.error("AI assignment not readable", feature=feature, error=str(error))
    if value is None:
        value, source = builtin(), Source.BUILTIN
        usage.record_builtin(feature, by, started)
    return Generated(value, source.value)


def in_transaction() -> bool:
    """Whether a transaction is open, other than the one a test case runs in."""
    return any(not getattr(block, "_from_testcase", False) for block in connection.atomic_blocks)


def _ask(feature: str, text: str, schema: type[T], by, clock: Deadline) -> tuple[T | None, Source]:
    """The first valid answer and who gave it; no answer when nobody could."""
    assignment = resolution.find(feature_key=folded(feature))
    if assignment is None:
        return None, Source.BUILTIN
    prompt = prompt_for(assignment, text, schema)
    calls = 0
    waiting = [each for each in resolution.candidates(assignment) if resolution.serves(each)]
    for position, candidate in enumerate(waiting):
        if candidate.provider.is_builtin:
            break
        # Whoever comes after must not find the time used up.
        share = Deadline(clock.remaining / (len(waiting) - position))
        health = candidate.provider.health
        if calls:
            health.refresh_from_db()
            if not resolution.serves(candidate):
                continue
        half_open = health.open_until is not None
        if share.remaining < SHORTEST_CALL or not breaker.take_turn(health, seconds=clock.remaining):
            continue
        for attempt in range(min(CALLS_PER_CANDIDATE, MOST_CALLS - calls)):
            release_connection()
            called = call(candidate.provider, candidate.named_model, prompt, schema, seconds=share.remaining)
            calls += 1
            last = attempt + 1 == CALLS_PER_CANDIDATE or calls == MOST_CALLS or half_open
            wait = None if last else pause(called, share)
            opened = usage.record(candidate, called, text, by, waits=wait is not None)
            if called.value is not None:
                return called.value, candidate.source
            if wait is None or opened:
                break
            release_connection()
            time.sleep(wait)
    return None, Source.BUILTIN


def pause(called: Called, share: Deadline) -> float | None:
    """How many seconds to wait before asking the same provider once more; None to go on to the next.

    A malformed answer may be better the second time; a provider that says when to come back is taken at its word, if
    that is soon enough.
    """
    if called.outcome == Outcome.MALFORMED:
        wait = 0.0
    elif called.retry_after is not None:
        wait = called.retry_after
    else:
        return None
    return wait if wait + SHORTEST_CALL < share.remaining else None


def prompt_for(assignment: FeatureAssignment, text: str, schema: type[BaseModel]) -> Prompt:
    """The prompt with the feature's settings, and the shape of the answer spelt out for models that must be told."""
    config = assignment.config
    shape = json.dumps(schema.model_json_schema(), ensure_ascii=False)
    asked = f"Answer with one JSON object and nothing else, valid against this JSON Schema:\n{shape}"
    own = config.get("system_prompt", "")
    return Prompt(
        system=f"{own}\n\n{asked}" if own else asked,
        text=text,
        temperature=config.get("temperature"),
        max_output_tokens=config.get("max_output_tokens"),
    )


def release_connection() -> None:
    """Give the database connection back while a provider thinks: others need it meanwhile."""
    if not connection.in_atomic_block:
        connection.close()
