"""Leaves of the scheduling API. Rules are in `conflicts.py` and `services/`."""

from scheduling.views.assignments import AssignmentViewSet
from scheduling.views.planning import (
    AvailabilityExceptionViewSet,
    AvailabilityWindowViewSet,
    EmployeeViewSet,
    PolicyViewSet,
    QualificationViewSet,
    ScheduleViewSet,
    ShiftTypeViewSet,
    ShiftViewSet,
    SwapViewSet,
)

__all__ = [
    "AssignmentViewSet",
    "AvailabilityExceptionViewSet",
    "AvailabilityWindowViewSet",
    "EmployeeViewSet",
    "PolicyViewSet",
    "QualificationViewSet",
    "ScheduleViewSet",
    "ShiftTypeViewSet",
    "ShiftViewSet",
    "SwapViewSet",
]
