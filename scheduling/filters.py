"""The documented query parameters of the assignment list (seed 002, "List Assignments")."""

import django_filters
from django import forms
from django.db.models import F, Q, QuerySet
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field

from scheduling.models import Assignment, Employee, Schedule, Shift, Swap


@extend_schema_field(OpenApiTypes.INT64)
class KeyFilter(django_filters.NumberFilter):
    """A whole number that fits a key; anything else is 400."""

    field_class = forms.IntegerField

    def __init__(self, *args, **kwargs):
        super().__init__(*args, min_value=1, max_value=2**63 - 1, **kwargs)

    def get_max_validator(self):
        return None


class AssignmentFilters(django_filters.FilterSet):
    schedule_id = KeyFilter()
    employee_id = KeyFilter()
    shift_id = KeyFilter()
    status = django_filters.ChoiceFilter(choices=Assignment.Status.choices)
    date_from = django_filters.DateFilter(field_name="date", lookup_expr="gte", input_formats=["%Y-%m-%d"])
    date_to = django_filters.DateFilter(field_name="date", lookup_expr="lte", input_formats=["%Y-%m-%d"])

    class Meta:
        model = Assignment
        fields = ["status"]

    def filter_queryset(self, queryset: QuerySet) -> QuerySet:
        """The newest first; of some days, those are found by their date and then sorted.

        Left to itself, PostgreSQL takes keys and dates for independent and walks back from the newest key, past every
        row since. The sum has no index that would tempt it.
        """
        rows = super().filter_queryset(queryset)
        if self.form.cleaned_data["date_from"] or self.form.cleaned_data["date_to"]:
            return rows.order_by((F("pk") + 0).desc())
        return rows


class EmployeeFilters(django_filters.FilterSet):
    tenant_id = django_filters.UUIDFilter()
    is_active = django_filters.BooleanFilter()
    search = django_filters.CharFilter(method="find", max_length=200)

    class Meta:
        model = Employee
        fields = ["is_active"]

    def find(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        wanted = Q(first_name__icontains=value) | Q(last_name__icontains=value) | Q(email__icontains=value)
        return rows.filter(wanted | Q(job_title__icontains=value))


class ShiftFilters(django_filters.FilterSet):
    schedule_id = KeyFilter()
    shift_type_id = KeyFilter()
    date_from = django_filters.DateFilter(field_name="date", lookup_expr="gte")
    date_to = django_filters.DateFilter(field_name="date", lookup_expr="lte")

    class Meta:
        model = Shift
        fields = ["date_from"]


class ScheduleFilters(django_filters.FilterSet):
    tenant_id = django_filters.UUIDFilter()
    status = django_filters.ChoiceFilter(choices=Schedule.Status.choices)
    date_from = django_filters.DateFilter(field_name="week_end", lookup_expr="gte")
    date_to = django_filters.DateFilter(field_name="week_start", lookup_expr="lte")

    class Meta:
        model = Schedule
        fields = ["status"]


class SwapFilters(django_filters.FilterSet):
    status = django_filters.ChoiceFilter(choices=Swap.Status.choices)
    assignment_id = KeyFilter()

    class Meta:
        model = Swap
        fields = ["status"]


class OfEmployeeFilters(django_filters.FilterSet):
    employee_id = KeyFilter()


class OfTenantFilters(django_filters.FilterSet):
    tenant_id = django_filters.UUIDFilter()
