"""Leaves of the scheduling API (seed 002). Rules are in `conflicts.py` and `services.py`."""

from drf_spectacular.utils import extend_schema
from rest_framework.response import Response

from assignhub import reading, wire
from assignhub.views import HubViewSet
from scheduling import filters, services
from scheduling.serializers import assignments as shapes
from scheduling.serializers.planning import NoteShape, SwapShape


class AssignmentViewSet(HubViewSet):
    dialect = wire.BareDialect()
    service = services.assignments
    serializer_class = shapes.AssignmentShape
    action_shapes = {"retrieve": shapes.AssignmentDetailShape}
    filterset_class = filters.AssignmentFilters
    select_related = ("employee", "shift__shift_type", "schedule")
    ordering = ("-pk",)
    inside = {"schedule_id": "schedule"}

    def schedule_id(self) -> int:
        return self.key_in_path("schedule_id", services.schedules.model._meta.pk)

    @extend_schema(request=shapes.WishShape)
    def create(self, request, **kwargs):
        key, wish = self.schedule_id(), shapes.WishShape.of(request.data)
        return self.respond(services.assign(key, wish, by=request.user), 201)

    @extend_schema(request=shapes.AssignmentChangeShape, responses=shapes.AssignmentShape)
    def update(self, request, **kwargs):
        """Change what is sent; the result is judged as if it were new."""
        row = self.get_object()
        shape = shapes.AssignmentChangeShape(data=request.data)
        shape.is_valid(raise_exception=True)
        return self.respond(services.reassign(row, by=request.user, **shape.validated_data))

    partial_update = update

    @extend_schema(request=shapes.ConfirmShape, responses=shapes.AssignmentShape)
    def confirm(self, request, **kwargs):
        """The employee says they will come."""
        row = self.get_object()
        shape = shapes.ConfirmShape(data=request.data)
        shape.is_valid(raise_exception=True)
        return self.respond(services.confirm(row, by=request.user, **shape.validated_data))

    @extend_schema(request=shapes.DeclineShape, responses=shapes.DeclinedShape)
    def decline(self, request, **kwargs):
        """The employee says they cannot come, within 48 hours of being assigned."""
        row = self.get_object()
        shape = shapes.DeclineShape(data=request.data)
        shape.is_valid(raise_exception=True)
        reason = shape.validated_data["reason"]
        services.decline(row, by=request.user, reason=reason)
        return Response({"message": f"Assignment declined: {reason}", "success": True})

    @extend_schema(request=NoteShape, responses={201: SwapShape})
    def offer(self, request, **kwargs):
        """Offer one's own coming shift to colleagues."""
        row = self.get_object()
        shape = NoteShape(data=request.data)
        shape.is_valid(raise_exception=True)
        swap = services.offer(row, by=request.user, **shape.validated_data)
        return Response(SwapShape(swap).data, status=201)

    @extend_schema(request=shapes.BulkShape, responses={201: shapes.BulkResultShape})
    def create_many(self, request, **kwargs):
        shape = shapes.BulkShape(data=request.data)
        shape.is_valid(raise_exception=True)
        sent = shape.validated_data
        created, errors = services.assign_many(
            sent["schedule_id"], sent["assignments"], by=request.user, validate_conflicts=sent["validate_conflicts"]
        )
        result = {
            "created": reading.plan(shapes.AssignmentShape, self.model).of(created),
            "errors": shapes.BulkErrorShape(errors, many=True).data,
            "total_processed": len(sent["assignments"]),
            "total_created": len(created),
            "total_errors": len(errors),
        }
        return Response(result, status=201)
