"""Who serves a feature now, and why: the candidates in order, and a check per reason to pass one over.

One query, whatever has happened before: settings are not cached, and the state of the breakers comes with them, so
that every process sees what the others see.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils import timezone

from ai_features import breaker, endpoints, keys
from ai_features.models import FeatureAssignment, Model, Provider, Source
from assignhub.errors import Refused


@dataclass(frozen=True)
class Candidate:
    """A provider and model that could serve a feature."""

    source: Source
    assignment: FeatureAssignment
    provider: Provider
    model: Model | None

    @property
    def named_model(self) -> Model:
        """The model, for those who come after the check that there is one."""
        if self.model is None:
            raise LookupError(f"No model is named for {self.provider}.")
        return self.model


@dataclass(frozen=True)
class Step:
    """One check of one candidate: did it pass, and what was seen."""

    source: str
    check: str
    passed: bool
    message: str


@dataclass
class Resolution:
    """Who would serve: `source` with provider and model (none for the built-in), and the steps that led there."""

    feature_name: str
    source: Source = Source.BUILTIN
    provider: Provider | None = None
    model: Model | None = None
    steps: list[Step] = field(default_factory=list)


def find(**named: Any) -> FeatureAssignment | None:
    """The assignment that the look-up names, with everything that decides who serves, in one query."""
    return FeatureAssignment.objects.with_candidates().filter(**named).first()


def candidates(assignment: FeatureAssignment) -> list[Candidate]:
    """Primary and backup, as far as they are named."""
    if not assignment.is_active:
        return []
    primary, backup = assignment.primary_provider, assignment.backup_provider
    found = [Candidate(Source.PRIMARY, assignment, primary, assignment.model_of("primary"))]
    if backup is not None:
        # One provider in both places has one breaker: what the first call does to it, the second has to see.
        provider = primary if backup.pk == primary.pk else backup
        found.append(Candidate(Source.BACKUP, assignment, provider, assignment.model_of("backup")))
    return found


# --- One function per check: what stands in the way, or nothing -------------------------------------------------------


def provider_active(candidate: Candidate, now: datetime) -> str:
    return "" if candidate.provider.is_active else f"“{candidate.provider}” is not active."


def model_named(candidate: Candidate, now: datetime) -> str:
    return "" if candidate.model else f"No model is named, and “{candidate.provider}” has no default."


def model_active(candidate: Candidate, now: datetime) -> str:
    return "" if candidate.named_model.is_active else f"“{candidate.model}” is not active."


def model_not_retired(candidate: Candidate, now: datetime) -> str:
    model = candidate.named_model
    return f"“{model}” has retired on {model.retires_at}." if model.is_retired else ""


def needs_met(candidate: Candidate, now: datetime) -> str:
    missing = "; ".join(candidate.assignment.lacking(candidate.named_model))
    return f"“{candidate.model}” lacks {missing}." if missing else ""


def endpoint_allowed(candidate: Candidate, now: datetime) -> str:
    try:
        endpoints.parse(candidate.provider.base_url)
    except Refused as refusal:
        return refusal.messages[0]
    return ""


def key_usable(candidate: Candidate, now: datetime) -> str:
    provider = candidate.provider
    if provider.lacks_key:
        return f"“{provider}” has no key."
    try:
        if provider.sealed_key:
            keys.unseal(provider.sealed_key, provider.origin)
    except keys.Unusable as error:
        return str(error)
    return ""


def within_budget(candidate: Candidate, now: datetime) -> str:
    provider, month = candidate.provider, breaker.month_of(now)
    if provider.monthly_budget is None or provider.health.spent_in(month) < provider.monthly_budget:
        return ""
    spent = provider.health.spent_in(month)
    return f"“{provider}” is over its budget: {spent:.2f} of {provider.monthly_budget} US dollars are spent in {month}."


def not_cooling_down(candidate: Candidate, now: datetime) -> str:
    health = candidate.provider.health
    if not health.is_cooling(now):
        return ""
    return f"“{candidate.provider}” is cooling down until {health.open_until:%Y-%m-%d %H:%M:%S} UTC."


CHECKS: list[Callable[[Candidate, datetime], str]] = [
    provider_active,
    model_named,
    model_active,
    model_not_retired,
    needs_met,
    endpoint_allowed,
    key_usable,
    within_budget,
    not_cooling_down,
]


def steps_of(candidate: Candidate, now: datetime) -> Iterator[Step]:
    """The checks of a candidate in order, up to and with the first that does not pass."""
    if candidate.provider.is_builtin:
        yield Step(candidate.source, "builtin", True, "The built-in answers: nobody has to be asked.")
        return
    for check in CHECKS:
        objection = check(candidate, now)
        yield Step(candidate.source, check.__name__, not objection, objection or "ok")
        if objection:
            return


def serves(candidate: Candidate) -> bool:
    """Whether a candidate may be asked now."""
    return all(step.passed for step in steps_of(candidate, timezone.now()))


def resolve(assignment: FeatureAssignment) -> Resolution:
    """Who would serve now; the first candidate that passes every check, otherwise the built-in."""
    result, now = Resolution(assignment.feature_name), timezone.now()
    if not assignment.is_active:
        result.steps.append(Step("feature", "feature_active", False, "The assignment is not active."))
    for candidate in candidates(assignment):
        result.steps += steps_of(candidate, now)
        if result.steps[-1].passed:
            if not candidate.provider.is_builtin:
                result.source, result.provider, result.model = candidate.source, candidate.provider, candidate.model
            return result
    result.steps.append(Step(Source.BUILTIN, "builtin", True, "Nobody else is left to ask: the built-in answers."))
    return result
