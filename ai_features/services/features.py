"""Feature assignments: one by one, or many in one request."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError

from ai_features import suitability
from ai_features.models import FeatureAssignment, Model, Provider, folded
from assignhub import audit
from assignhub.errors import Refused, not_found
from assignhub.permissions import require
from assignhub.services import RecordService, transactional

# What the batch has loaded and judged; a field's own check would ask the database for each.
RELATED = {"primary_provider", "primary_model", "backup_provider", "backup_model"}


@dataclass(frozen=True)
class Refusal:
    """A wish that could not be granted: its place in the batch, the name it was for and the rule's own error."""

    index: int
    feature_name: str
    error: ValidationError


class FeatureService(RecordService[FeatureAssignment]):
    @transactional
    def create_many(self, wishes: Sequence[dict[str, Any]], *, by) -> tuple[list[FeatureAssignment], list[Refusal]]:
        """Create the assignments that the rules allow, in their order, and report the others.

        A wish holds field values, with `…_provider_id` and `…_model_id` for the related rows. Wishes of one batch see
        each other. The number of queries does not depend on the number of wishes.
        """
        action = FeatureAssignment.permission("add")
        require(by, action, [FeatureAssignment()])
        known = Known(wishes)
        granted: list[FeatureAssignment] = []
        refusals: list[Refusal] = []
        for index, wish in enumerate(wishes):
            try:
                granted.append(known.grant(wish))
            except ValidationError as error:
                refusals.append(Refusal(index, wish["feature_name"], error))
        audit.insert(granted, by, action)
        return granted, refusals


class Known:
    """The rows a batch speaks of, loaded once, and the names that are taken."""

    def __init__(self, wishes: Sequence[dict[str, Any]]):
        def named(kind: str) -> set[Any]:
            return {wish.get(f"{side}_{kind}_id") for wish in wishes for side in suitability.SIDES} - {None}

        self.providers = Provider.objects.select_related("default_model").in_bulk(named("provider"))
        self.models = Model.objects.select_related("provider").in_bulk(named("model"))
        keys = {folded(wish["feature_name"]) for wish in wishes}
        self.taken = set(FeatureAssignment.objects.filter(feature_key__in=keys).values_list("feature_key", flat=True))

    def grant(self, wish: dict[str, Any]) -> FeatureAssignment:
        """The assignment a wish asks for, not yet written; raises what the first rule against it raises."""
        values = {name: value for name, value in wish.items() if not name.endswith("_id")}
        row = FeatureAssignment(**values)
        for side in suitability.SIDES:
            setattr(row, f"{side}_provider", self._found(Provider, self.providers, wish, f"{side}_provider"))
            setattr(row, f"{side}_model", self._found(Model, self.models, wish, f"{side}_model"))
        row.clean_fields(exclude=RELATED)
        row.check_values()
        if row.feature_key in self.taken:
            raise Refused("Feature assignment already exists", "conflict")
        suitability.judge(row)
        self.taken.add(row.feature_key)
        return row

    def _found(self, model: type[Provider] | type[Model], rows: dict[Any, Any], wish: dict[str, Any], name: str) -> Any:
        key = wish.get(f"{name}_id")
        if key is None:
            return None
        if key not in rows:
            raise not_found(model, key, field=name)
        return rows[key]


features = FeatureService(FeatureAssignment)
