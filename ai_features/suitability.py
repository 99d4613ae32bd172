"""May this provider and model serve this feature: one function per rule, and the list of them.

The same rules judge an assignment when it is written and, as far as they can change later, when it is used
(`ai_features/resolution.py`). Sources: seed 000; contract, "AI features".
"""

from collections.abc import Callable, Iterator
from typing import Any

from ai_features.models import FeatureAssignment
from assignhub.errors import Refused

SIDES = ("primary", "backup")
# What the rules look at: an assignment where none of it changes is not judged again.
JUDGED = (
    "primary_provider_id",
    "primary_model_id",
    "backup_provider_id",
    "backup_model_id",
    "needs_context",
    "needs_vision",
    "needs_tools",
    "needs_json",
    "price_ceiling",
)


def provider_named(assignment: FeatureAssignment, side: str) -> None:
    if getattr(assignment, f"{side}_provider") is None and getattr(assignment, f"{side}_model") is not None:
        raise Refused(f"A {side} model needs a {side} provider.", "required", field=f"{side}_provider")


def model_belongs(assignment: FeatureAssignment, side: str) -> None:
    provider, model = getattr(assignment, f"{side}_provider"), getattr(assignment, f"{side}_model")
    if model is not None and model.provider_id != provider.pk:
        text = f"Model “{model}” belongs to provider “{model.provider}”, not to “{provider}”."
        raise Refused(text, "model_of_another_provider", field=f"{side}_model", about={"model_id": model.pk})


def provider_active(assignment: FeatureAssignment, side: str) -> None:
    provider = getattr(assignment, f"{side}_provider")
    if not provider.is_active:
        text = f"Provider “{provider}” is not active."
        raise Refused(text, "provider_inactive", field=f"{side}_provider", about={"provider_id": provider.pk})


def model_active(assignment: FeatureAssignment, side: str) -> None:
    model = assignment.model_of(side)
    if model is not None and not model.is_active:
        text = f"Model “{model}” is not active."
        raise Refused(text, "model_inactive", field=f"{side}_model", about={"model_id": model.pk})


def needs_met(assignment: FeatureAssignment, side: str) -> None:
    provider, model = getattr(assignment, f"{side}_provider"), assignment.model_of(side)
    if model is not None:
        missing = list(assignment.lacking(model))
        if missing:
            text = f"The {side} model “{model}” lacks what this feature needs: {'; '.join(missing)}."
            raise Refused(text, "needs_not_met", field=f"{side}_model", about={"model_id": model.pk})
    elif not provider.is_builtin and asks_for_something(assignment):
        text = f"This feature has needs, and no {side} model is named that could meet them."
        raise Refused(text, "needs_not_met", field=f"{side}_model")


def backup_differs(assignment: FeatureAssignment, side: str) -> None:
    if side == "backup" and serves(assignment, "backup") == serves(assignment, "primary"):
        text = "The backup is the same provider and model as the primary: it would fail together with it."
        raise Refused(text, "backup_is_primary", field="backup_provider")


RULES: list[Callable[[FeatureAssignment, str], None]] = [
    provider_named,
    model_belongs,
    provider_active,
    model_active,
    needs_met,
    backup_differs,
]


def judge(assignment: FeatureAssignment) -> None:
    """Raise the `Refused` of the first rule that says no to the primary, then to the backup."""
    for side in SIDES:
        for rule in RULES:
            rule(assignment, side)
            if getattr(assignment, f"{side}_provider") is None:
                break


def judge_changes(assignment: FeatureAssignment) -> None:
    """Judge an assignment that is new, put back to work, or changed in what the rules look at; as `judge` does.

    What else changes is not about them: an assignment whose provider has meanwhile been switched off can be edited.
    """
    if not assignment.primary_provider_id:
        return  # the field itself says that it is required
    stored = FeatureAssignment.objects.filter(pk=assignment.pk).values(*JUDGED, "is_active").first()
    revived = assignment.is_active and stored is not None and not stored["is_active"]
    if stored is None or revived or any(stored[name] != getattr(assignment, name) for name in JUDGED):
        judge(assignment)


def warnings(assignment: FeatureAssignment) -> Iterator[str]:
    """What is allowed, but better known, in sentences."""
    for side in SIDES:
        provider, model = getattr(assignment, f"{side}_provider"), assignment.model_of(side)
        if provider is None:
            continue
        if provider.lacks_key:
            yield f"The {side} provider “{provider}” has no key: it will not be asked until it has one."
        if model is None and not provider.is_builtin:
            yield f"No {side} model is named and “{provider}” has no default: it will not be asked until it has one."
        if model is not None and model.is_retiring:
            verb = "has retired" if model.is_retired else "retires"
            yield f"The {side} model “{model}” {verb} on {model.retires_at}."
    if assignment.backup_provider_id == assignment.primary_provider_id:
        provider = assignment.primary_provider
        yield f"Primary and backup are both at “{provider}”: when it is away, both are."


def serves(assignment: FeatureAssignment, side: str) -> tuple[Any, Any]:
    model = assignment.model_of(side)
    return getattr(assignment, f"{side}_provider_id"), model.pk if model else None


def asks_for_something(assignment: FeatureAssignment) -> bool:
    asked = (getattr(assignment, f"needs_{name}") for name in ("context", "vision", "tools", "json"))
    return any(asked) or assignment.price_ceiling is not None
