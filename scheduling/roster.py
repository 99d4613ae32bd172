"""The roster of a schedule as data, for its page: a week or a month of employees, shifts and who works them."""

import calendar
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.utils import timezone
from django.utils.formats import date_format

from assignhub.permissions import allows, within
from scheduling.models import Assignment, AvailabilityException, Employee, Schedule, Shift
from scheduling.open_shifts import Candidate
from scheduling.validation import Finding

WEEK, MONTH = "week", "month"
EMPLOYEES_PER_PAGE = 120
MOST_SHIFTS = 3000
# A cancelled assignment says nothing to a planner; a declined one says that somebody else is needed.
SHOWN = (*Assignment.ACTIVE, Assignment.Status.DECLINED)
OPEN = "open"
# Symbols of the admin's font: nobody has to tell statuses apart by colour.
ICONS: dict[str, str] = {
    OPEN: "person_add",
    Assignment.Status.ASSIGNED.value: "radio_button_unchecked",
    Assignment.Status.PENDING.value: "hourglass_top",
    Assignment.Status.CONFIRMED.value: "check_circle",
    Assignment.Status.DECLINED.value: "cancel",
    Assignment.Status.COMPLETED.value: "done_all",
}


@dataclass(frozen=True)
class Window:
    """The days a roster shows: a calendar week or month of the tenant."""

    view: str
    first: date
    last: date

    @classmethod
    def around(cls, day: date, view: str) -> "Window":
        if view == MONTH:
            return cls(view, day.replace(day=1), day.replace(day=calendar.monthrange(day.year, day.month)[1]))
        monday = day - timedelta(days=day.weekday())
        return cls(view, monday, monday + timedelta(days=6))

    @property
    def days(self) -> list[date]:
        return [self.first + timedelta(days=count) for count in range((self.last - self.first).days + 1)]

    @property
    def title(self) -> str:
        if self.view == MONTH:
            return date_format(self.first, "F Y")
        start = date_format(self.first, "j F" if self.first.month != self.last.month else "j")
        return f"{start} – {date_format(self.last, 'j F Y')}"

    @property
    def before(self) -> date:
        return self.first - timedelta(days=1)

    @property
    def after(self) -> date:
        return self.last + timedelta(days=1)


def today_of(schedule: Schedule) -> date:
    """Today, where the schedule's tenant is."""
    return timezone.now().astimezone(schedule.tenant.zone).date()


def home_day(schedule: Schedule) -> date:
    """The day a roster opens at: today if the schedule is running, otherwise its first day."""
    today = today_of(schedule)
    return today if schedule.week_start <= today <= schedule.week_end else schedule.week_start


def schedule_to_open(user) -> Schedule | None:
    """Of the schedules `user` may see, the one that runs today, else the next to come, else the latest; or None."""
    schedules = within(Schedule.objects.all(), user, Schedule.permission("view"))
    schedules = schedules.exclude(status=Schedule.Status.ARCHIVED)
    today = timezone.localdate()
    coming = schedules.filter(week_end__gte=today).order_by("week_start", "pk")
    return coming.first() or schedules.order_by("-week_start", "pk").first()


def schedule_of(window: Window, schedule: Schedule, user) -> Schedule:
    """The schedule whose page shows this window: the same, or when it has no day there, another of the tenant's."""
    if schedule.week_start <= window.last and schedule.week_end >= window.first:
        return schedule
    others = within(Schedule.objects.all(), user, Schedule.permission("view")).filter(
        tenant=schedule.tenant_id, week_start__lte=window.last, week_end__gte=window.first
    )
    return others.order_by("week_start", "pk").first() or schedule


def state(schedule: Schedule, window: Window, *, search: str = "", page: str | int = 1) -> dict[str, Any]:
    """Everything the page draws, in a flat number of queries.

    A week lists the schedule's own open shifts, a month those of all the tenant's schedules; employees show all their
    work of these days. At most 120 employees a page and 3,000 shifts.
    """
    shifts = _shifts(schedule, window)
    by_key = {shift.pk: shift for shift in shifts}
    assignments = list(
        Assignment.objects.filter(shift__in=by_key.keys(), status__in=SHOWN)
        .order_by("starts_at", "pk")
        .values_list("pk", "employee_id", "shift_id", "status")
    )
    people = _employees(schedule, {employee for _, employee, _, _ in assignments}, search, page)
    listed = {employee.pk for employee in people.object_list}
    hours: dict[int, float] = defaultdict(float)
    for _, employee_id, shift_id, status in assignments:
        if status in Assignment.ACTIVE:
            hours[employee_id] += (by_key[shift_id].ends_at - by_key[shift_id].starts_at).total_seconds() / 3600
    away = _away(listed, window)
    return {
        "days": [_day(day, today_of(schedule)) for day in window.days],
        "employees": [
            {
                "id": employee.pk,
                "name": str(employee),
                "job": employee.job_title,
                "active": employee.is_active,
                "hours": round(hours[employee.pk], 1),
                "away": away.get(employee.pk, []),
            }
            for employee in people.object_list
        ],
        "pages": people.paginator.num_pages,
        "page": people.number,
        "people": people.paginator.count,
        "shifts": [_shift(shift, schedule, window) for shift in shifts],
        "assignments": [row for row in assignments if row[1] in listed],
        "capped": len(shifts) == MOST_SHIFTS,
        "icons": ICONS,
    }


def may_plan(user, schedule: Schedule) -> bool:
    """Whether the table of grants lets `user` put people on the shifts of this schedule."""
    return allows(user, Schedule.permission("change"), schedule)


def _shifts(schedule: Schedule, window: Window) -> list[Shift]:
    active = Count("assignments", filter=Q(assignments__status__in=Assignment.ACTIVE))
    rows = Shift.objects.filter(schedule__tenant=schedule.tenant_id, date__range=(window.first, window.last))
    annotated = rows.select_related("shift_type", "schedule").annotate(assigned=active)
    return list(annotated.order_by("date", "start_time", "shift_type__name", "pk")[:MOST_SHIFTS])


def _employees(schedule: Schedule, working: set[int], search: str, page: str | int):
    rows = Employee.objects.filter(tenant=schedule.tenant_id).filter(Q(is_active=True) | Q(pk__in=working))
    for word in search.split():
        named = Q(first_name__icontains=word) | Q(last_name__icontains=word)
        rows = rows.filter(named | Q(email__icontains=word) | Q(job_title__icontains=word))
    return Paginator(rows, EMPLOYEES_PER_PAGE).get_page(page)


def _away(employee_ids: Iterable[int], window: Window) -> dict[int, list[date]]:
    """The whole days each of the employees is away."""
    exceptions = AvailabilityException.objects.filter(
        employee__in=employee_ids,
        kind=AvailabilityException.Kind.AWAY,
        start_time=None,
        first_date__lte=window.last,
        last_date__gte=window.first,
    )
    found: dict[int, list[date]] = defaultdict(list)
    for employee_id, first, last in exceptions.values_list("employee_id", "first_date", "last_date"):
        found[employee_id] += [day for day in window.days if first <= day <= last]
    return found


def _day(day: date, today: date) -> dict[str, Any]:
    return {
        "date": day,
        "name": date_format(day, "l j F"),
        "weekday": date_format(day, "D"),
        "number": day.day,
        "weekend": day.weekday() >= calendar.SATURDAY,
        "today": day == today,
    }


def _shift(shift: Shift, schedule: Schedule, window: Window) -> dict[str, Any]:
    minutes = shift.start_time.hour * 60 + shift.start_time.minute
    length = (datetime.combine(date.min, shift.end_time) - datetime.combine(date.min, shift.start_time)).seconds // 60
    return {
        "id": shift.pk,
        "date": shift.date,
        "hours": f"{shift.start_time:%H:%M}–{shift.end_time:%H:%M}",
        "starts": minutes,
        "lasts": length or 24 * 60,
        "type": shift.shift_type.name,
        "required": shift.required_staff,
        "assigned": shift.assigned,  # type: ignore[attr-defined]
        "schedule": shift.schedule.title,
        "own": shift.schedule_id == schedule.pk or window.view == MONTH,
        "editable": shift.schedule.is_editable,
    }


def candidate(row: Candidate) -> dict[str, Any]:
    """Somebody who might take a shift, and in the words of the rules why not."""
    return {
        "employee": row.employee.pk,
        "name": str(row.employee),
        "hours": round(row.hours, 1),
        "refusal": " ".join(str(refusal.message) for refusal in row.refusals),
    }


def finding(row: Finding) -> dict[str, Any]:
    """Something wrong with the schedule, and the assignment, shift or employee it concerns."""
    about = {name: row.about.get(f"{name}_id") for name in ("assignment", "shift", "employee")}
    return {"severity": row.severity, "message": row.message, **about}
