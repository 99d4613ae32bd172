"""Leaves of the AI API (seed 000). Rules are in `suitability.py` and the services, shapes in `serializers.py`."""

import uuid
from collections.abc import Sequence
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.response import Response

from ai_features import filters, resolution, serializers, services, suitability
from ai_features.models import FeatureAssignment, folded
from assignhub import wire
from assignhub.errors import not_found
from assignhub.views import HubViewSet

SHOWN = 500
WRITES = ("create", "update", "partial_update")


class AiViewSet(HubViewSet):
    """Deletes answer 200 with the row, as every success has a body."""

    dialect = wire.EnvelopeDialect()
    deleted_status = 200


class ProviderViewSet(AiViewSet):
    service = services.providers
    serializer_class = serializers.ProviderShape
    filterset_class = filters.ProviderFilters
    select_related = ("health",)
    messages = {
        "create": "Provider created successfully",
        "update": "Provider updated successfully",
        "partial_update": "Provider updated successfully",
        "destroy": "Provider deleted successfully",
    }

    @extend_schema(request=serializers.TestShape, responses=serializers.TestResultShape)
    def test(self, request, **kwargs):
        """Ask the provider for one word, for real, and tell what it answered."""
        row = self.get_object()
        shape = serializers.TestShape(data=request.data or {}, context=self.get_serializer_context())
        shape.is_valid(raise_exception=True)
        model, called = services.try_provider(row, shape.validated_data.get("model"), by=request.user)
        result = {
            "ok": called.outcome in ("ok", "builtin"),
            "outcome": called.outcome,
            "status": called.status,
            "model": model.name if model else "",
            "answered_by": called.model,
            "latency_ms": called.latency_ms,
            "text": called.text[:SHOWN],
        }
        said = "The provider answered" if result["ok"] else f"The provider failed: {called.outcome.label}"
        return Response(wire.Reply(serializers.TestResultShape(result).data, said))


class ModelViewSet(AiViewSet):
    service = services.models
    serializer_class = serializers.ModelShape
    filterset_class = filters.ModelFilters
    select_related = ("provider",)
    ordering = ("provider__name", "name")
    messages = {
        "create": "Model created successfully",
        "update": "Model updated successfully",
        "partial_update": "Model updated successfully",
        "destroy": "Model deleted successfully",
    }

    @extend_schema(responses=serializers.ModelDetailShape(many=True))
    def list(self, request, **kwargs):
        return super().list(request, **kwargs)

    @extend_schema(responses=serializers.ModelDetailShape)
    def retrieve(self, request, **kwargs):
        return super().retrieve(request, **kwargs)

    def completed(self, shapes: Sequence[Any]) -> Sequence[Any]:
        """With the features each model serves, in one query for all."""
        served = FeatureAssignment.objects.served_names([row["id"] for row in shapes])
        return [row | {"features": served[row["id"]]} for row in shapes]


class FeatureViewSet(AiViewSet):
    service = services.features
    serializer_class = serializers.FeatureShape
    filterset_class = filters.FeatureFilters
    select_related = ("primary_provider", "primary_model", "backup_provider", "backup_model")
    ordering = ("feature_name", "pk")
    # A feature is named by its name or its ID.
    key_schema = {"type": "string"}
    messages = {
        "create": "Feature assignment created successfully",
        "update": "Feature assignment updated successfully",
        "partial_update": "Feature assignment updated successfully",
        "destroy": "Feature assignment deleted successfully",
    }

    def addressed_by(self) -> tuple[str, Any]:
        """A feature's name, or the ID of its assignment."""
        text = self.kwargs["feature_name"]
        try:
            return "pk", uuid.UUID(text)
        except ValueError:
            return "feature_key", folded(text)

    def found(self, rows: Sequence[Any], key: Any) -> Any:
        if not rows:
            raise not_found(self.model, self.kwargs["feature_name"][:100], by="name")
        return rows[0]

    def respond(self, row: Any, status: int = 200) -> Response:
        response = super().respond(row, status)
        if self.action in WRITES:
            response.data = wire.Reply(response.data.data, response.data.message, list(suitability.warnings(row)))
        return response

    @extend_schema(request=serializers.BulkShape, responses={201: serializers.BulkResultShape})
    def create_many(self, request, **kwargs):
        """Create up to 1,000 assignments: good ones are kept, bad ones reported with their `index`."""
        shape = serializers.BulkShape(data=request.data)
        shape.is_valid(raise_exception=True)
        created, errors = services.features.create_many(shape.validated_data["assignments"], by=request.user)
        result = serializers.BulkResultShape({"created": created, "errors": errors}).data
        warnings = [f"{row}: {warning}" for row in created for warning in suitability.warnings(row)]
        said = f"{len(created)} created, {len(errors)} refused"
        return Response(wire.Reply(result, said, warnings), status=201)

    @extend_schema(responses=serializers.ResolutionShape)
    def resolve(self, request, **kwargs):
        """Who would serve this feature now, and why: the checks of primary, then backup, up to the first that fails."""
        column, key = self.addressed_by()
        row = resolution.find(**{column: key})
        result = resolution.resolve(self.found([row] if row else [], key))
        who = f"{result.model} of {result.provider}" if result.provider else "the built-in"
        return Response(wire.Reply(serializers.ResolutionShape(result).data, f"Served by {who}"))
