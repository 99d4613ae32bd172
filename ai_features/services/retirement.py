"""Models that go: all features of one move to another."""

from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import transaction

from ai_features.models import FeatureAssignment, Model
from ai_features.services.features import features
from ai_features.services.providers import models, providers
from ai_features.suitability import SIDES
from assignhub.errors import Refused, explain
from assignhub.permissions import require
from assignhub.services import transactional


@dataclass(frozen=True)
class Move:
    """A feature that moves, and on which side: `primary`, `backup` or both."""

    assignment: FeatureAssignment
    sides: tuple[str, ...]


@transactional
def migrate_model(source: Model, target: Model, *, by, dry_run: bool = False) -> list[Move]:
    """Move every feature that `source` serves, by name or as its provider's default, to `target`; return the moves.

    All or nothing: raises `Refused`, naming the features and what stands in the way, when any of them cannot move.
    A provider whose default was `source` takes `target`, if that is one of its own. `dry_run` writes nothing.
    """
    require(by, FeatureAssignment.permission("change"), [FeatureAssignment()])
    source, target = models.locked(source), models.locked(target)
    if source.pk == target.pk:
        raise Refused(f"“{source}” cannot be replaced by itself.", "same_model", field="target")
    if not target.is_active or target.is_retired:
        raise Refused(f"“{target}” is not active or has retired.", "model_inactive", field="target")
    moves, objections = [], []
    assignments = FeatureAssignment.objects.served_by([source]).with_candidates().order_by("feature_name", "pk")
    for assignment in assignments:
        sides = tuple(side for side in SIDES if assignment.model_of(side) == source)
        values = {f"{side}_{kind}": row for side in sides for kind, row in places(target)}
        try:
            moves.append(Move(features.update(assignment, by=by, **values), sides))
        except ValidationError as refusal:
            objections.append(f"{assignment}: {explain(refusal)}")
    if objections:
        raise Refused(f"“{target}” cannot take over from “{source}”. {' '.join(objections)}", "cannot_move")
    if source.provider_id == target.provider_id and source.provider.default_model_id == source.pk:
        providers.update(source.provider, by=by, default_model=target)
    transaction.set_rollback(dry_run)
    return moves


def places(model: Model):
    return (("provider", model.provider), ("model", model))
