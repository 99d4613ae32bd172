"""Everything that is wrong with a schedule as it stands, for those who plan it.

Critical findings stand in the way of publishing. Warnings (rest, hours a day, hours a week, and soft rules somebody
chose to pass over) do not. Source: contract, "Scheduling"; limits from the tenant's `Policy`.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from typing import Any

from scheduling import conflicts, spans
from scheduling.models import Assignment, Employee, Policy, Schedule

CRITICAL, WARNING = "critical", "warning"
ONE_WEEK = timedelta(days=7)


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong: its kind, how bad, a sentence, and the ids it concerns."""

    kind: str
    severity: str
    message: str
    about: dict[str, Any]


def validate(schedule: Schedule) -> list[Finding]:
    """Every finding of a schedule, in a flat number of queries: shift by shift, then person by person."""
    active = schedule.assignments.filter(status__in=Assignment.ACTIVE)
    rows = list(active.select_related("shift").order_by("shift__starts_at", "id"))
    shift_ids = schedule.shifts.values_list("pk", flat=True)
    employee_ids = {row.employee_id for row in rows}
    roster = conflicts.Roster.load(schedule, employee_ids, shift_ids, margin=ONE_WEEK)
    policy = Policy.of(schedule.tenant)
    return [
        *_staffing(roster, rows),
        *_rules(roster, rows),
        *(finding for employee in roster.employees.values() for finding in _working_time(roster, employee, policy)),
    ]


def _staffing(roster: conflicts.Roster, rows: list[Assignment]) -> Iterator[Finding]:
    present = Counter(row.shift_id for row in rows)
    for shift in sorted(roster.shifts.values(), key=lambda shift: (shift.starts_at, shift.pk)):
        count, needed = present[shift.pk], shift.required_staff
        if count != needed:
            kind = "understaffed" if count < needed else "overstaffed"
            text = f"Shift {shift.pk} on {shift.date} ({shift.hours}) has {count} of {needed} employees"
            yield Finding(kind, CRITICAL, text, {"shift_id": shift.pk, "required": needed, "assigned": count})


def _rules(roster: conflicts.Roster, rows: list[Assignment]) -> Iterator[Finding]:
    for row in rows:
        roster.ignoring = row.pk
        employee, shift = roster.employees[row.employee_id], roster.shifts[row.shift_id]
        for rule in (conflicts.overlap, *conflicts.SOFT):
            passed_over = rule in conflicts.SOFT and not row.conflicts_resolved
            if refusal := rule(roster, employee, shift):
                text = f"{employee} on shift {shift.pk}: {refusal.message}"
                about = {**refusal.about, "assignment_id": row.pk, "shift_id": shift.pk}
                yield Finding(str(refusal.code), WARNING if passed_over else CRITICAL, text, about)


def _working_time(roster: conflicts.Roster, employee: Employee, policy: Policy) -> Iterator[Finding]:
    slots = sorted(roster.taken[employee.pk], key=lambda slot: (slot.starts_at, slot.shift_id))
    ours = {slot.shift_id for slot in slots} & roster.shifts.keys()
    about = {"employee_id": employee.pk}
    for one, next_one in pairwise(slots):
        rest = _hours(next_one.starts_at - one.ends_at)
        if 0 <= rest < policy.minimum_rest_hours and ours & {one.shift_id, next_one.shift_id}:
            text = f"{employee} rests {rest:g} of {policy.minimum_rest_hours} hours before shift {next_one.shift_id}"
            yield Finding("rest", WARNING, text, {**about, "shift_ids": [one.shift_id, next_one.shift_id]})
    days: dict[date, timedelta] = defaultdict(timedelta)
    for slot in slots:
        for day, worked in _by_day(roster, slot):
            days[day] += worked
    schedule = roster.schedule
    weeks: dict[date, timedelta] = defaultdict(timedelta)
    for day, worked in sorted(days.items()):
        weeks[day - timedelta(days=day.weekday())] += worked
        if _hours(worked) > policy.maximum_daily_hours and schedule.week_start <= day <= schedule.week_end:
            text = f"{employee} works {_hours(worked):g} hours on {day}, more than {policy.maximum_daily_hours}"
            yield Finding("daily_hours", WARNING, text, {**about, "date": day.isoformat()})
    for monday, worked in sorted(weeks.items()):
        within_schedule = monday <= schedule.week_end and monday + ONE_WEEK > schedule.week_start
        if _hours(worked) > policy.maximum_weekly_hours and within_schedule:
            limit = policy.maximum_weekly_hours
            text = f"{employee} works {_hours(worked):g} hours in the week of {monday}, more than {limit}"
            yield Finding("weekly_hours", WARNING, text, {**about, "week": monday.isoformat()})


def _by_day(roster: conflicts.Roster, slot: conflicts.Slot) -> Iterator[tuple[date, timedelta]]:
    """How long a slot lasts on each of the tenant's days it touches."""
    zone = roster.schedule.tenant.zone
    begin: datetime = slot.starts_at
    while begin < slot.ends_at:
        day = begin.astimezone(zone).date()
        end = min(slot.ends_at, spans.instant(day + timedelta(days=1), time(0), zone))
        yield day, end - begin
        begin = end


def _hours(duration: timedelta) -> float:
    return duration.total_seconds() / 3600
