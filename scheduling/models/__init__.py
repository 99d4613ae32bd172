"""Who works when: employees, schedules, shifts and the assignments between them. Source: seed 002 and contract."""

from scheduling.models.assignments import Assignment, CalendarFeed, Swap
from scheduling.models.people import AvailabilityException, AvailabilityWindow, Employee, Qualification, Weekday
from scheduling.models.planning import Policy, Schedule, Shift, ShiftType

__all__ = [
    "Assignment",
    "AvailabilityException",
    "AvailabilityWindow",
    "CalendarFeed",
    "Employee",
    "Policy",
    "Qualification",
    "Schedule",
    "Shift",
    "ShiftType",
    "Swap",
    "Weekday",
]
