"""The shapes of what is around assignments: employees, shifts, schedules, swaps."""

from rest_framework import serializers
from rest_framework.fields import (
    BooleanField,
    CharField,
    ChoiceField,
    DateField,
    DateTimeField,
    DictField,
    EmailField,
    FloatField,
    IntegerField,
    TimeField,
)

from assignhub.views import BoundedList, Reference
from scheduling.models import AvailabilityException, Qualification, Schedule, ShiftType, Swap, Weekday
from scheduling.models import Employee as EmployeeModel
from scheduling.serializers.assignments import AssignmentShape, EmployeeShape, ShiftShape
from tenancy.models import Tenant, User


class RecordShape(serializers.Serializer):
    id = IntegerField(read_only=True)
    created_at = DateTimeField(read_only=True)
    updated_at = DateTimeField(read_only=True)


class TenantRecordShape(RecordShape):
    tenant_id = Reference(Tenant, source="tenant")


class QualificationShape(TenantRecordShape):
    name = CharField(max_length=100)


class EmployeeRecordShape(TenantRecordShape):
    user_id = Reference(User, source="user", allow_null=True, required=False)
    email = EmailField()
    first_name = CharField(max_length=150)
    last_name = CharField(max_length=150, allow_blank=True, required=False)
    job_title = CharField(max_length=150, allow_blank=True, required=False)
    is_active = BooleanField(required=False)
    qualification_ids = Reference(Qualification, source="qualifications", many=True, required=False)


class AvailabilityWindowShape(RecordShape):
    employee_id = Reference(EmployeeModel, source="employee")
    weekday = ChoiceField(choices=Weekday.choices)
    start_time = TimeField(format="%H:%M")
    end_time = TimeField(format="%H:%M")


class AvailabilityExceptionShape(RecordShape):
    employee_id = Reference(EmployeeModel, source="employee")
    kind = ChoiceField(choices=AvailabilityException.Kind.choices)
    first_date = DateField()
    last_date = DateField()
    start_time = TimeField(format="%H:%M", allow_null=True, required=False)
    end_time = TimeField(format="%H:%M", allow_null=True, required=False)
    reason = CharField(max_length=200, allow_blank=True, required=False)


class ShiftTypeShape(TenantRecordShape):
    name = CharField(max_length=100)
    required_qualification_ids = Reference(Qualification, source="required_qualifications", many=True, required=False)


class ScheduleRecordShape(TenantRecordShape):
    title = CharField(max_length=200)
    week_start = DateField()
    week_end = DateField()
    status = ChoiceField(choices=Schedule.Status.choices, read_only=True)


class ShiftRecordShape(RecordShape):
    schedule_id = Reference(Schedule, source="schedule")
    shift_type_id = Reference(ShiftType, source="shift_type")
    code = CharField(max_length=100, allow_blank=True, required=False)
    date = DateField()
    start_time = TimeField(format="%H:%M")
    end_time = TimeField(format="%H:%M")
    required_staff = IntegerField(min_value=0, max_value=1000, required=False)
    starts_at = DateTimeField(read_only=True)
    ends_at = DateTimeField(read_only=True)


class ShiftPlanShape(serializers.Serializer):
    """A shift of a batch: keys are looked up together."""

    schedule_id = IntegerField(min_value=1, max_value=2**63 - 1)
    shift_type_id = IntegerField(min_value=1, max_value=2**63 - 1)
    code = CharField(max_length=100, allow_blank=True, default="")
    date = DateField()
    start_time = TimeField()
    end_time = TimeField()
    required_staff = IntegerField(min_value=0, max_value=1000, default=1)


class ShiftBatchShape(serializers.Serializer):
    shifts = BoundedList(child=ShiftPlanShape(), max_length=1000)


class ShiftErrorShape(serializers.Serializer):
    index = IntegerField()
    error = CharField()
    code = CharField()


class ShiftBatchResultShape(serializers.Serializer):
    created = ShiftRecordShape(many=True)
    errors = ShiftErrorShape(many=True)  # type: ignore[assignment]
    total_processed = IntegerField()
    total_created = IntegerField()
    total_errors = IntegerField()


class OpenShiftShape(ShiftShape):
    schedule_id = IntegerField()
    open_places = IntegerField()


class RefusalShape(serializers.Serializer):
    code = CharField()
    detail = CharField(source="message")


class CandidateShape(serializers.Serializer):
    employee = EmployeeShape()
    eligible = BooleanField()
    hours_in_week = FloatField(source="hours")
    reasons = RefusalShape(source="refusals", many=True)


class FindingShape(serializers.Serializer):
    kind = CharField()
    severity = CharField()
    message = CharField()
    about = DictField()


class ValidationShape(serializers.Serializer):
    valid = BooleanField()
    critical = IntegerField()
    warnings = IntegerField()
    conflicts = FindingShape(many=True)


class NoteShape(serializers.Serializer):
    note = CharField(max_length=500, allow_blank=True, default="")


class SwapShape(RecordShape):
    assignment_id = IntegerField(read_only=True)
    offered_by = EmployeeShape(read_only=True)
    taken_by = EmployeeShape(read_only=True, allow_null=True)
    status = ChoiceField(choices=Swap.Status.choices, read_only=True)
    note = CharField(read_only=True)
    assignment = AssignmentShape(read_only=True)


class CalendarShape(serializers.Serializer):
    url = CharField()


class PolicyShape(TenantRecordShape):
    minimum_rest_hours = IntegerField(min_value=0, max_value=48, required=False)
    maximum_daily_hours = IntegerField(min_value=1, max_value=24, required=False)
    maximum_weekly_hours = IntegerField(min_value=1, max_value=168, required=False)
    swaps_need_approval = BooleanField(required=False)
