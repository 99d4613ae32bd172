"""Which shifts still need somebody, and who could take them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Count, F, Q, QuerySet, Sum
from django.utils import timezone

from assignhub.errors import Refused
from assignhub.permissions import ORG, Reach, reach
from scheduling import conflicts
from scheduling.models import Assignment, Employee, Schedule, Shift

MOST_OPEN_SHIFTS = 500
ONE_WEEK = timedelta(days=7)


@dataclass(frozen=True)
class Candidate:
    """An employee, whether they may take the shift, why not, and the hours they work that week."""

    employee: Employee
    refusals: list[Refused]
    hours: float

    @property
    def eligible(self) -> bool:
        return not self.refusals


def understaffed(shifts: QuerySet[Shift]) -> QuerySet[Shift]:
    """Coming shifts with fewer active assignments than they require, with `open_places`, the soonest first."""
    active = Count("assignments", filter=Q(assignments__status__in=Assignment.ACTIVE))
    return (
        shifts.filter(starts_at__gt=timezone.now())
        .exclude(schedule__status=Schedule.Status.ARCHIVED)
        .annotate(open_places=F("required_staff") - active)
        .filter(open_places__gt=0)
        .select_related("shift_type", "schedule__tenant")
        .order_by("starts_at", "pk")
    )


def open_to(user, shifts: QuerySet[Shift]) -> list[Shift]:
    """At most 500 open shifts among `shifts`: all where `user` plans, elsewhere those they could take themselves."""
    action = Shift.permission("candidates")
    plans = [tenant for tenant in user.roles if reach(user, action, tenant) >= ORG]
    everything = reach(user, action) == Reach.ALL
    found = understaffed(shifts)
    seen = found if everything else found.filter(schedule__tenant__in=plans)
    own = Employee.objects.filter(user_id=user.pk, is_active=True)
    rows = list(seen[:MOST_OPEN_SHIFTS])
    for employee in () if everything else own.exclude(tenant__in=plans):
        published = found.filter(schedule__tenant=employee.tenant_id, schedule__status=Schedule.Status.PUBLISHED)
        rows += _takeable(employee, list(published[:MOST_OPEN_SHIFTS]))
    return sorted(rows, key=lambda shift: (shift.starts_at, shift.pk))[:MOST_OPEN_SHIFTS]


def _takeable(employee: Employee, shifts: list[Shift]) -> Iterator[Shift]:
    by_schedule: dict[Schedule, list[Shift]] = {}
    for shift in shifts:
        by_schedule.setdefault(shift.schedule, []).append(shift)
    for schedule, open_here in by_schedule.items():
        roster = conflicts.Roster.load(schedule, [employee.pk], [shift.pk for shift in open_here])
        for shift in open_here:
            if not conflicts.refusals(roster, employee, shift):
                yield shift


def candidates(shift: Shift) -> list[Candidate]:
    """Every active employee of the tenant: first those who may take the shift, the least busy of that week first."""
    employees = list(Employee.objects.filter(tenant=shift.schedule.tenant_id, is_active=True))
    roster = conflicts.Roster.load(shift.schedule, [row.pk for row in employees], [shift.pk])
    hours = _hours_of_week(shift)
    rows = [Candidate(row, conflicts.refusals(roster, row, shift), hours.get(row.pk, 0.0)) for row in employees]
    return sorted(rows, key=lambda row: (not row.eligible, row.hours, str(row.employee), row.employee.pk))


def _hours_of_week(shift: Shift) -> dict[int, float]:
    monday = shift.date - timedelta(days=shift.date.weekday())
    active = Assignment.objects.filter(
        shift__schedule__tenant=shift.schedule.tenant_id,
        shift__date__gte=monday,
        shift__date__lt=monday + ONE_WEEK,
        status__in=Assignment.ACTIVE,
    )
    sums = active.values_list("employee_id").annotate(worked=Sum(F("ends_at") - F("starts_at")))
    return {employee_id: duration.total_seconds() / 3600 for employee_id, duration in sums}
