"""Leaves of the scheduling API (seed 002). Rules are in `conflicts.py` and `services.py`."""

from drf_spectacular.utils import extend_schema
from rest_framework.response import Response

from assignhub import wire
from assignhub.views import HubViewSet
from scheduling import filters, serializers, services


class AssignmentViewSet(HubViewSet):
    dialect = wire.BareDialect()
    service = services.assignments
    serializer_class = serializers.AssignmentShape
    shapes = {"retrieve": serializers.AssignmentDetailShape}
    filterset_class = filters.AssignmentFilters
    select_related = ("employee", "shift__shift_type", "schedule")
    ordering = ("-pk",)

    def get_queryset(self):
        rows = super().get_queryset()
        return rows.filter(schedule=self.schedule_id()) if "schedule_id" in self.kwargs else rows

    def schedule_id(self) -> int:
        return self.key_in_path("schedule_id", services.schedules.model._meta.pk)

    @extend_schema(request=serializers.WishShape)
    def create(self, request, **kwargs):
        key = self.schedule_id()
        shape = serializers.WishShape(data=request.data)
        shape.is_valid(raise_exception=True)
        return self.respond(services.assign(key, shape.validated_data, by=request.user), 201)

    @extend_schema(request=serializers.BulkShape, responses={201: serializers.BulkResultShape})
    def create_many(self, request, **kwargs):
        shape = serializers.BulkShape(data=request.data)
        shape.is_valid(raise_exception=True)
        sent = shape.validated_data
        created, errors = services.assign_many(
            sent["schedule_id"], sent["assignments"], by=request.user, validate_conflicts=sent["validate_conflicts"]
        )
        result = {
            "created": created,
            "errors": errors,
            "total_processed": len(sent["assignments"]),
            "total_created": len(created),
            "total_errors": len(errors),
        }
        return Response(serializers.BulkResultShape(result).data, status=201)
