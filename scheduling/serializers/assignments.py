"""The shapes of the scheduling API (seed 002). Shapes only: rules are in `conflicts.py` and `services.py`."""

from typing import Any

from rest_framework import serializers
from rest_framework.fields import (
    BooleanField,
    CharField,
    ChoiceField,
    DateField,
    DateTimeField,
    IntegerField,
    TimeField,
)

from assignhub.errors import explain
from assignhub.plain import PlainShape
from assignhub.views import BoundedList
from scheduling.models import Assignment, Schedule
from scheduling.services import Wish

BIGINT: dict[str, Any] = {"min_value": 1, "max_value": 2**63 - 1}


class EmployeeShape(serializers.Serializer):
    id = IntegerField(read_only=True)
    first_name = CharField(read_only=True)
    last_name = CharField(read_only=True)
    email = CharField(read_only=True)
    job_title = CharField(read_only=True)
    is_active = BooleanField(read_only=True)


class ShiftShape(serializers.Serializer):
    id = IntegerField(read_only=True)
    code = CharField(read_only=True)
    date = DateField(read_only=True)
    start_time = TimeField(read_only=True, format="%H:%M")
    end_time = TimeField(read_only=True, format="%H:%M")
    starts_at = DateTimeField(read_only=True)
    ends_at = DateTimeField(read_only=True)
    shift_type = CharField(source="shift_type.name", read_only=True)
    required_staff = IntegerField(read_only=True)


class ScheduleShape(serializers.Serializer):
    id = IntegerField(read_only=True)
    title = CharField(read_only=True)
    week_start = DateField(read_only=True)
    week_end = DateField(read_only=True)
    status = ChoiceField(choices=Schedule.Status.choices, read_only=True)


class AssignmentShape(serializers.Serializer):
    id = IntegerField(read_only=True)
    schedule_id = IntegerField(read_only=True)
    employee_id = IntegerField(read_only=True)
    shift_id = IntegerField(read_only=True)
    status = ChoiceField(choices=Assignment.Status.choices, read_only=True)
    priority = IntegerField(read_only=True)
    notes = CharField(read_only=True)
    assigned_by = serializers.UUIDField(source="assigned_by_id", read_only=True, allow_null=True)
    assigned_at = DateTimeField(read_only=True)
    conflicts_resolved = BooleanField(read_only=True)
    auto_assigned = BooleanField(read_only=True)
    created_at = DateTimeField(read_only=True)
    is_active = BooleanField(read_only=True)
    is_confirmed = BooleanField(read_only=True)
    needs_confirmation = BooleanField(read_only=True)
    employee = EmployeeShape(read_only=True)
    shift = ShiftShape(read_only=True)


class AssignmentDetailShape(AssignmentShape):
    schedule = ScheduleShape(read_only=True)


class WishShape(PlainShape):
    becomes = Wish

    employee_id = IntegerField(**BIGINT)
    shift_id = IntegerField(**BIGINT)
    status = ChoiceField(choices=Assignment.Status.choices, default=Assignment.Status.ASSIGNED)
    priority = IntegerField(min_value=1, max_value=100, default=1)
    notes = CharField(max_length=2000, allow_blank=True, default="")


class AssignmentChangeShape(serializers.Serializer):
    employee_id = IntegerField(**BIGINT, required=False)
    shift_id = IntegerField(**BIGINT, required=False)
    status = ChoiceField(choices=Assignment.Status.choices, required=False)
    priority = IntegerField(min_value=1, max_value=100, required=False)
    notes = CharField(max_length=2000, allow_blank=True, required=False)


class ConfirmShape(serializers.Serializer):
    notes = CharField(max_length=2000, allow_blank=True, required=False)


class DeclineShape(serializers.Serializer):
    reason = CharField(max_length=500)


class DeclinedShape(serializers.Serializer):
    message = CharField()
    success = BooleanField()


class BulkShape(serializers.Serializer):
    schedule_id = IntegerField(**BIGINT)
    validate_conflicts = BooleanField(default=True)
    assignments = BoundedList(child=WishShape(), max_length=1000)


class BulkErrorShape(serializers.Serializer):
    index = IntegerField()
    employee_id = IntegerField(source="wish.employee_id")
    shift_id = IntegerField(source="wish.shift_id")
    error = serializers.SerializerMethodField()
    code = serializers.SerializerMethodField()

    def get_error(self, refusal) -> str:
        return explain(refusal.error)

    def get_code(self, refusal) -> str:
        return getattr(refusal.error, "code", None) or "invalid"


class BulkResultShape(serializers.Serializer):
    created = AssignmentShape(many=True)
    errors = BulkErrorShape(many=True)  # type: ignore[assignment]
    total_processed = IntegerField()
    total_created = IntegerField()
    total_errors = IntegerField()
