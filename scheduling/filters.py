"""The documented query parameters of the assignment list (seed 002, "List Assignments")."""

import django_filters
from django import forms
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field

from scheduling.models import Assignment


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
    date_from = django_filters.DateFilter(field_name="shift__date", lookup_expr="gte")
    date_to = django_filters.DateFilter(field_name="shift__date", lookup_expr="lte")

    class Meta:
        model = Assignment
        fields = ["status"]
