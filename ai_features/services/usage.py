"""What every call leaves behind: a row for people to read, and the state of its provider. Never in the way of it."""

import time
from datetime import timedelta
from decimal import Decimal

import structlog
from django.conf import settings
from django.db import Error, transaction
from django.utils import timezone

from ai_features import breaker
from ai_features.calling import Called
from ai_features.models import Model, Outcome, Provider, Source, Usage
from ai_features.resolution import Candidate

log = structlog.get_logger(__name__)


def record(candidate: Candidate, called: Called, prompt: str, by, *, waits: bool) -> bool:
    """Write down a call made for a feature; `waits` says that the caller stays and waits out `Retry-After`.

    Returns whether the provider must not be asked again now.
    """
    feature, source = candidate.assignment.feature_name, candidate.source
    provider, model = candidate.provider, candidate.named_model
    return note(provider, model, called, feature=feature, source=source, prompt=prompt, by=by, waits=waits)


def note(
    provider: Provider,
    model: Model,
    called: Called,
    *,
    feature: str,
    source: Source,
    prompt: str,
    by,
    waits: bool = False,
) -> bool:
    """Write a call's row, its cost and its effect on the breaker; returns whether the breaker is open now.

    A database that fails here is logged: the answer is worth more than the record of it.
    """
    cost = model.cost(called.tokens_in, called.tokens_out)
    row = Usage(
        feature=feature,
        source=source,
        provider_id=provider.pk,
        provider=provider.name,
        model=model.name,
        outcome=called.outcome,
        status=called.status,
        tokens_in=called.tokens_in,
        tokens_out=called.tokens_out,
        cost=Decimal(cost) / 1_000_000,
        latency_ms=called.latency_ms,
        by_id=by.pk,
        prompt=prompt.replace("\0", "") if settings.AI_STORE_PROMPTS else "",
    )
    try:
        with transaction.atomic():
            row.save()
            if called.outcome == Outcome.OK:
                breaker.succeeded(provider, cost)
                return False
            breaker.failed(provider, cost, leave_alone=None if waits else called.retry_after)
        provider.health.refresh_from_db()
        return provider.health.is_cooling(timezone.now())
    except Error as error:
        log.error("AI call not recorded", feature=feature, provider=provider.name, error=str(error))
        return False


def record_builtin(feature: str, by, started: float) -> None:
    """Write down that the built-in answered; `started` is when it was asked, on the monotonic clock."""
    latency = round((time.monotonic() - started) * 1000)
    row = Usage(feature=feature[:100], source=Source.BUILTIN, outcome=Outcome.BUILTIN, latency_ms=latency, by_id=by.pk)
    try:
        with transaction.atomic():
            row.save()
    except Error as error:
        log.error("AI answer not recorded", feature=feature, error=str(error))


def purge_usage() -> int:
    """Delete the rows older than `AI_USAGE_DAYS`; return how many."""
    count, _ = Usage.objects.filter(at__lt=timezone.now() - timedelta(days=settings.AI_USAGE_DAYS)).delete()
    return count
