"""Leaves of what is around assignments: employees, shifts, schedules, swaps."""

from django.urls import reverse
from drf_spectacular.utils import extend_schema
from rest_framework.response import Response

from assignhub import wire
from assignhub.errors import explain
from assignhub.views import HubViewSet
from scheduling import filters, open_shifts, services
from scheduling.serializers import planning as shapes
from scheduling.serializers.assignments import AssignmentShape
from scheduling.validation import CRITICAL, validate


class SchedulingViewSet(HubViewSet):
    dialect = wire.BareDialect()
    ordering = ("-pk",)


class QualificationViewSet(SchedulingViewSet):
    service = services.qualifications
    serializer_class = shapes.QualificationShape
    filterset_class = filters.OfTenantFilters


class EmployeeViewSet(SchedulingViewSet):
    service = services.employees
    serializer_class = shapes.EmployeeRecordShape
    filterset_class = filters.EmployeeFilters

    @extend_schema(request=None, responses={201: shapes.CalendarShape})
    def open_calendar(self, request, **kwargs):
        """Make a new secret address of one's calendar; the one before stops working. It is shown this once."""
        token = services.open_feed(self.get_object(), by=request.user)
        address = request.build_absolute_uri(f"{reverse('calendar')}?token={token}")
        return Response({"url": address}, status=201)

    @extend_schema(request=None, responses={204: None})
    def close_calendar(self, request, **kwargs):
        """Revoke the secret address of a calendar."""
        services.close_feed(self.get_object(), by=request.user)
        return Response(status=204)


class AvailabilityWindowViewSet(SchedulingViewSet):
    service = services.availability_windows
    serializer_class = shapes.AvailabilityWindowShape
    filterset_class = filters.OfEmployeeFilters


class AvailabilityExceptionViewSet(SchedulingViewSet):
    service = services.availability_exceptions
    serializer_class = shapes.AvailabilityExceptionShape
    filterset_class = filters.OfEmployeeFilters


class ShiftTypeViewSet(SchedulingViewSet):
    service = services.shift_types
    serializer_class = shapes.ShiftTypeShape
    filterset_class = filters.OfTenantFilters


class PolicyViewSet(SchedulingViewSet):
    service = services.policies
    serializer_class = shapes.PolicyShape
    filterset_class = filters.OfTenantFilters


class ScheduleViewSet(SchedulingViewSet):
    service = services.schedules
    serializer_class = shapes.ScheduleRecordShape
    filterset_class = filters.ScheduleFilters

    def _step(self, name: str) -> Response:
        return self.respond(self.service.step(self.get_object(), name, by=self.request.user))

    @extend_schema(request=None, responses=shapes.ScheduleRecordShape)
    def submit(self, request, **kwargs):
        """draft or rejected → pending_approval"""
        return self._step("submit")

    @extend_schema(request=None, responses=shapes.ScheduleRecordShape)
    def approve(self, request, **kwargs):
        """pending_approval → approved"""
        return self._step("approve")

    @extend_schema(request=None, responses=shapes.ScheduleRecordShape)
    def reject(self, request, **kwargs):
        """pending_approval or approved → rejected, which can be edited again"""
        return self._step("reject")

    @extend_schema(request=None, responses=shapes.ScheduleRecordShape)
    def publish(self, request, **kwargs):
        """approved → published; refused with 409 while critical conflicts stand. Tells the employees by e-mail."""
        return self._step("publish")

    @extend_schema(request=None, responses=shapes.ScheduleRecordShape)
    def archive(self, request, **kwargs):
        """published → archived"""
        return self._step("archive")

    @extend_schema(request=None, responses=shapes.ValidationShape)
    def validate(self, request, **kwargs):
        """Everything that is wrong with the schedule, critical and not. Changes nothing."""
        schedule = self.get_object()
        services.require_planner(request.user, "validate", schedule)
        findings = validate(schedule)
        critical = sum(finding.severity == CRITICAL for finding in findings)
        result = {
            "valid": not critical,
            "critical": critical,
            "warnings": len(findings) - critical,
            "conflicts": findings,
        }
        return Response(shapes.ValidationShape(result).data)


class ShiftViewSet(SchedulingViewSet):
    service = services.shifts
    serializer_class = shapes.ShiftRecordShape
    filterset_class = filters.ShiftFilters
    select_related = ("schedule__tenant", "shift_type")

    @extend_schema(request=shapes.ShiftBatchShape, responses={201: shapes.ShiftBatchResultShape})
    def create_many(self, request, **kwargs):
        """Up to 1,000 shifts: good rows are kept, bad ones reported with their index."""
        shape = shapes.ShiftBatchShape(data=request.data)
        shape.is_valid(raise_exception=True)
        plans = shape.validated_data["shifts"]
        created, errors = services.create_shifts(plans, by=request.user)
        result = {
            "created": created,
            "errors": [
                {"index": index, "error": explain(error), "code": getattr(error, "code", None) or "invalid"}
                for index, error in errors
            ],
            "total_processed": len(plans),
            "total_created": len(created),
            "total_errors": len(errors),
        }
        return Response(shapes.ShiftBatchResultShape(result).data, status=201)

    @extend_schema(responses=shapes.OpenShiftShape(many=True))
    def open(self, request, **kwargs):
        """Shifts that need somebody: for planners all of them, for employees those they could take."""
        return Response(shapes.OpenShiftShape(open_shifts.open_to(request.user, self.get_queryset()), many=True).data)

    @extend_schema(responses=shapes.CandidateShape(many=True))
    def candidates(self, request, **kwargs):
        """Who may take the shift, the least busy first, then everybody who may not, with the reasons."""
        shift = self.get_object()
        services.require_planner(request.user, "candidates", shift)
        return Response(shapes.CandidateShape(open_shifts.candidates(shift), many=True).data)

    @extend_schema(request=None, responses={201: AssignmentShape})
    def take(self, request, **kwargs):
        """Take an open place on a published shift for oneself."""
        return Response(AssignmentShape(services.take_shift(self.get_object(), by=request.user)).data, status=201)


class SwapViewSet(SchedulingViewSet):
    service = services.swaps
    serializer_class = shapes.SwapShape
    filterset_class = filters.SwapFilters
    select_related = (
        "offered_by",
        "taken_by",
        "assignment__employee",
        "assignment__shift__shift_type",
        "assignment__schedule",
    )

    @extend_schema(request=None, responses=shapes.SwapShape)
    def take(self, request, **kwargs):
        """offered → taken, or → approved where the tenant asks for no approval"""
        return self.respond(services.take(self.get_object(), by=request.user))

    @extend_schema(request=None, responses=shapes.SwapShape)
    def approve(self, request, **kwargs):
        """taken → approved: the shift changes hands"""
        return self.respond(services.approve(self.get_object(), by=request.user))

    @extend_schema(request=None, responses=shapes.SwapShape)
    def reject(self, request, **kwargs):
        """taken → rejected"""
        return self.respond(services.reject(self.get_object(), by=request.user))

    @extend_schema(request=None, responses=shapes.SwapShape)
    def withdraw(self, request, **kwargs):
        """offered or taken → withdrawn"""
        return self.respond(services.withdraw(self.get_object(), by=request.user))
