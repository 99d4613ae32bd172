"""May this employee work this shift? One function per rule, asked by every door in the order of `HARD`, `SOFT`.

Source: seed 002, "Conflict Detection", and the order of checks in the contract.
"""

import functools
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from django.db.models import DurationField, ExpressionWrapper, Max, Min, Subquery

from assignhub.errors import Refused, not_found
from assignhub.permissions import within
from assignhub.questions import Asked, together, written_for_ranks, written_once
from scheduling.availability import ONE_DAY, Availability, Window
from scheduling.models import (
    Assignment,
    AvailabilityException,
    AvailabilityWindow,
    Employee,
    Schedule,
    Shift,
    ShiftType,
    Weekday,
)


class Slot(NamedTuple):
    """A place an employee already has: whose, which shift, when, under which assignment."""

    employee_id: int
    shift_id: int
    starts_at: datetime
    ends_at: datetime
    assignment_id: int | None

    def hours(self, zone: ZoneInfo) -> str:
        """What the clocks of `zone` show when it begins and ends."""
        return Shift.hours.function(self.starts_at.astimezone(zone), self.ends_at.astimezone(zone))


@dataclass
class Roster:
    """What the rules need to know about some employees and shifts of a schedule, loaded in a flat number of queries."""

    schedule: Schedule
    employees: dict[int, Employee]
    shifts: dict[int, Shift]
    held: dict[int, set[int]] = field(default_factory=lambda: defaultdict(set))
    needed: dict[int, set[int]] = field(default_factory=lambda: defaultdict(set))
    qualification_names: dict[int, str] = field(default_factory=dict)
    availability: dict[int, Availability] = field(default_factory=lambda: defaultdict(Availability))
    taken: dict[int, list[Slot]] = field(default_factory=lambda: defaultdict(list))
    # The assignment that is being judged where it stands, and so is not in its own way.
    ignoring: int | None = None

    @functools.cached_property
    def zone(self) -> ZoneInfo:
        return self.schedule.tenant.zone

    @classmethod
    def load(
        cls,
        schedule: Schedule,
        employee_ids: Iterable[int],
        shift_ids: Iterable[int],
        *,
        by: Any = None,
        ignoring: int | None = None,
        margin: timedelta = timedelta(0),
    ) -> "Roster":
        """Read all the rules ask for and, for `by` to write by it, lock the employees in the order of their keys.

        Employees of other tenants and shifts of other schedules are as if they did not exist. `margin` widens the
        time around the shifts from which places already taken are read.
        """
        known = together(*asked(schedule.pk, employee_ids, shift_ids, by=by, margin=margin))
        return cls.of(schedule, known, ignoring=ignoring)

    @classmethod
    def of(cls, schedule: Schedule, known: Sequence[Sequence[Any]], *, ignoring: int | None = None) -> "Roster":
        """A roster of the answers to all that is `asked`."""
        employees, shifts, held, needed, windows, exceptions, taken = known
        roster = cls(schedule, {row.pk: row for row in employees}, {row.pk: row for row in shifts}, ignoring=ignoring)
        for employee_id, qualification_id in held:
            roster.held[employee_id].add(qualification_id)
        for shift_type_id, qualification_id, name in needed:
            roster.needed[shift_type_id].add(qualification_id)
            roster.qualification_names[qualification_id] = name
        for employee_id, *window in windows:
            roster.availability[employee_id].windows.append(Window._make(window))
        for exception in exceptions:
            roster.availability[exception.employee_id].exceptions.append(exception)
        for slot in map(Slot._make, taken):
            roster.taken[slot.employee_id].append(slot)
        return roster

    def take(self, employee: Employee, shift: Shift) -> None:
        """Let the rules know that an employee has a place on a shift now."""
        self.taken[employee.id].append(Slot(employee.id, shift.id, shift.starts_at, shift.ends_at, None))

    def others(self, employee: Employee) -> list[Slot]:
        """The places the employee has, but for the assignment that is being judged."""
        taken = self.taken[employee.id]
        if self.ignoring is None:
            return taken
        return [slot for slot in taken if slot.assignment_id != self.ignoring]

    def employee(self, key: int) -> Employee:
        """The employee, who must exist (404) and be active (400)."""
        employee = self.employees.get(key)
        if employee is None:
            raise not_found(Employee, key, field="employee")
        if not employee.is_active:
            text = f"Employee with ID {key} is not active"
            raise Refused(text, "inactive", field="employee", about={"employee_id": key})
        return employee

    def shift(self, key: int) -> Shift:
        """The shift, which must exist in this schedule (404)."""
        shift = self.shifts.get(key)
        if shift is None:
            raise not_found(Shift, key, field="shift")
        return shift


def asked(
    schedule_id: int,
    employee_ids: Iterable[int],
    shift_ids: Iterable[int],
    *,
    by: Any = None,
    margin: timedelta = timedelta(0),
) -> list[Asked]:
    """The questions of a `Roster` (see its `load`), for those who have more to ask with them."""
    people, places = list(set(employee_ids)), list(set(shift_ids))
    return [
        _locked_employees.asked(by, schedule_id, people) if by else _employees.asked(schedule_id, people),
        _shifts.asked(schedule_id, places),
        _held.asked(people),
        _needed.asked(places),
        _windows.asked(people),
        _exceptions.asked(people, schedule_id, places),
        _taken.asked(people, schedule_id, places, margin),
    ]


@written_for_ranks
def _locked_employees(by, schedule, keys):
    # Whoever does not see the schedule waits for nobody's lock, and keeps nobody waiting.
    seen = within(Schedule.objects.order_by(), by, Schedule.permission("view"))
    return _of_its_tenant(seen, schedule, keys).select_for_update(no_key=True)


@written_once
def _employees(schedule, keys):
    return _of_its_tenant(Schedule.objects.order_by(), schedule, keys)


def _of_its_tenant(schedules, schedule, keys):
    tenant = Subquery(schedules.filter(pk=schedule).values("tenant"))
    return Employee.objects.filter(tenant=tenant, pk__among=keys).order_by("pk")


@written_once
def _shifts(schedule, keys):
    return Shift.objects.order_by().filter(schedule=schedule, pk__among=keys).select_related("shift_type")


@written_once
def _held(employees):
    held = Employee.qualifications.through.objects.filter(employee_id__among=employees)
    return held.values_list("employee_id", "qualification_id")


@written_once
def _needed(shifts):
    types = Shift.objects.order_by().filter(pk__among=shifts).values("shift_type")
    needed = ShiftType.required_qualifications.through.objects.filter(shifttype__in=types)
    return needed.values_list("shifttype_id", "qualification_id", "qualification__name")


@written_once
def _windows(employees):
    windows = AvailabilityWindow.objects.order_by().filter(employee_id__among=employees)
    return windows.values_list("employee_id", "weekday", "start_time", "end_time")


@written_once
def _exceptions(employees, schedule, shifts):
    # Two days, so that those of the day before and after are among them, whatever a database takes for their midnight.
    first, last = (
        _among(schedule, shifts, Min("date")) - 2 * ONE_DAY,
        _among(schedule, shifts, Max("date")) + 2 * ONE_DAY,
    )
    near = AvailabilityException.objects.order_by().filter(first_date__lt=last, last_date__gt=first)
    return near.filter(employee_id__among=employees)


@written_once
def _taken(employees, schedule, shifts, margin):
    wider = ExpressionWrapper(margin, output_field=DurationField())
    first = _among(schedule, shifts, Min("starts_at")) - wider
    last = _among(schedule, shifts, Max("ends_at")) + wider
    active = Assignment.objects.filter(employee_id__among=employees, status__in=Assignment.ACTIVE)
    meeting = active.filter(starts_at__lt=last, ends_at__gt=first).order_by()
    return meeting.values_list("employee_id", "shift_id", "starts_at", "ends_at", "pk")


def _among(schedule, shifts, bound: Min | Max) -> Subquery:
    """The first or last of something of some shifts of a schedule; null, which nothing compares with, without any."""
    return Subquery(_in(schedule, shifts).values("schedule").annotate(bound=bound).values("bound"))


def _in(schedule, shifts):
    return Shift.objects.order_by().filter(schedule=schedule, pk__among=shifts)


Rule = Callable[[Roster, Employee, Shift], Refused | None]


def duplicate(roster: Roster, employee: Employee, shift: Shift) -> Refused | None:
    """Nobody has two active assignments on one shift."""
    if shift.id not in [slot.shift_id for slot in roster.others(employee)]:
        return None
    text = f"Employee {employee.pk} is already assigned to shift {shift.pk}"
    return Refused(text, "duplicate", field="shift", about={"employee_id": employee.pk, "shift_id": shift.pk})


def overlap(roster: Roster, employee: Employee, shift: Shift) -> Refused | None:
    """Nobody has two active assignments whose spans overlap; touching ends do not."""
    begin, end = shift.starts_at, shift.ends_at
    others = [slot for slot in roster.others(employee) if slot.starts_at < end and begin < slot.ends_at]
    if not others:
        return None
    others.sort(key=_newest_first)
    names = ", ".join(f"Conflicts with shift {slot.shift_id} ({slot.hours(roster.zone)})" for slot in others)
    about = {"employee_id": employee.pk, "shift_ids": [slot.shift_id for slot in others]}
    return Refused(f"Assignment conflicts detected: {names}", "overlap", field="shift", about=about)


def _newest_first(slot: Slot) -> tuple[bool, int]:
    """The order in which stored places are named; those of the batch itself come last."""
    return slot.assignment_id is None, -(slot.assignment_id or 0)


def qualification(roster: Roster, employee: Employee, shift: Shift) -> Refused | None:
    """The employee has every qualification the shift's type requires."""
    missing = roster.needed[shift.shift_type_id] - roster.held[employee.id]
    if not missing:
        return None
    names = ", ".join(sorted(roster.qualification_names[key] for key in missing))
    about = {"employee_id": employee.pk, "qualification_ids": sorted(missing)}
    text = f"Employee lacks required qualifications: {names}"
    return Refused(text, "qualification", field="employee", about=about)


def availability(roster: Roster, employee: Employee, shift: Shift) -> Refused | None:
    """Every minute of the shift lies in the employee's availability; the text names the first that does not."""
    gap = roster.availability[employee.id].first_uncovered(shift.starts_at, shift.ends_at, roster.zone)
    if gap is None:
        return None
    text = f"Employee not available on {Weekday(gap.weekday()).name.lower()} at {gap:%H:%M}"
    return Refused(text, "availability", field="employee", about={"employee_id": employee.pk})


HARD: tuple[Rule, ...] = (duplicate, overlap)
SOFT: tuple[Rule, ...] = (qualification, availability)


RULES: tuple[Rule, ...] = (*HARD, *SOFT)


def refusals(roster: Roster, employee: Employee, shift: Shift) -> list[Refused]:
    """Everything that stands in the way, in the order of the rules."""
    return [refusal for rule in RULES if (refusal := rule(roster, employee, shift))]


def check(roster: Roster, employee: Employee, shift: Shift, rules: Iterable[Rule] = RULES) -> None:
    """Raise the first refusal of `rules`, if any."""
    for rule in rules:
        if refusal := rule(roster, employee, shift):
            raise refusal
