"""Rows for tests to stand on. They go past the services: what a test is about comes through a door, not from here.

Every tenant is given, never made: `tenant=` for what belongs to one, `schedule=` or `employee=` for the rest.
"""

from datetime import date, time, timedelta

import factory
from factory.django import DjangoModelFactory

from scheduling.models import (
    Assignment,
    AvailabilityException,
    AvailabilityWindow,
    Employee,
    Qualification,
    Schedule,
    Shift,
    ShiftType,
    Weekday,
)

MONDAY = date(2026, 11, 2)


class QualificationFactory(DjangoModelFactory):
    class Meta:
        model = Qualification

    name = factory.Sequence(lambda n: f"Qualification {n}")


class EmployeeFactory(DjangoModelFactory):
    class Meta:
        model = Employee
        skip_postgeneration_save = True

    email = factory.Sequence(lambda n: f"nurse.{n}@ward.example")
    first_name = "Nora"
    last_name = factory.Sequence(lambda n: f"Nurse {n}")
    job_title = "FullTime"

    @factory.post_generation
    def qualifications(self, create, held):
        self.qualifications.set(held or [])


class AvailabilityWindowFactory(DjangoModelFactory):
    class Meta:
        model = AvailabilityWindow

    weekday = Weekday.MONDAY
    start_time = time(8)
    end_time = time(16)


class AvailabilityExceptionFactory(DjangoModelFactory):
    class Meta:
        model = AvailabilityException

    kind = "away"
    first_date = MONDAY
    last_date = factory.SelfAttribute("first_date")


class ShiftTypeFactory(DjangoModelFactory):
    class Meta:
        model = ShiftType
        skip_postgeneration_save = True

    name = factory.Sequence(lambda n: f"Shift type {n}")

    @factory.post_generation
    def required_qualifications(self, create, needed):
        self.required_qualifications.set(needed or [])


class ScheduleFactory(DjangoModelFactory):
    class Meta:
        model = Schedule

    title = factory.Sequence(lambda n: f"Week {n}")
    week_start = MONDAY
    week_end = factory.LazyAttribute(lambda schedule: schedule.week_start + timedelta(days=6))


class ShiftFactory(DjangoModelFactory):
    """A shift with its real span; one shift type without requirements for each, unless one is given."""

    class Meta:
        model = Shift

    code = factory.Sequence(lambda n: f"shift-{n}")
    date = factory.SelfAttribute("schedule.week_start")
    start_time = time(8)
    end_time = time(12)
    shift_type = factory.SubFactory(ShiftTypeFactory, tenant=factory.SelfAttribute("..schedule.tenant"))

    @classmethod
    def _create(cls, model_class, *args, **kwargs):
        shift = model_class(*args, **kwargs)
        shift.set_span()
        shift.save()
        return shift


class AssignmentFactory(DjangoModelFactory):
    class Meta:
        model = Assignment

    schedule = factory.SelfAttribute("shift.schedule")
    tenant = factory.SelfAttribute("shift.schedule.tenant")
    date = factory.SelfAttribute("shift.date")
    starts_at = factory.SelfAttribute("shift.starts_at")
    ends_at = factory.SelfAttribute("shift.ends_at")
