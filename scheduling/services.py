"""Every write of the scheduling domain. Whoever calls says `by` whom."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connection
from django.db.models import Exists, OuterRef, Subquery

from assignhub import audit
from assignhub.errors import Refused, not_found
from assignhub.permissions import require, require_in, within
from assignhub.services import RecordService, transactional
from scheduling import conflicts
from scheduling.models import (
    Assignment,
    AvailabilityException,
    AvailabilityWindow,
    Employee,
    Qualification,
    Schedule,
    Shift,
    ShiftType,
)


@dataclass(frozen=True)
class Wish:
    """One assignment somebody asks for."""

    employee_id: int
    shift_id: int
    status: str = Assignment.Status.ASSIGNED
    priority: int = 1
    notes: str = ""


@dataclass(frozen=True)
class Refusal:
    """A wish that could not be granted: its place in the batch, the wish and the rule's own error."""

    index: int
    wish: Wish
    error: ValidationError


def assign(schedule_id: int, wish: Wish, *, by, validate_conflicts: bool = True) -> Assignment:
    """Grant one wish or raise the rule's refusal: a batch of one (`assign_many`)."""
    granted, refusals = assign_many(schedule_id, [wish], by=by, validate_conflicts=validate_conflicts)
    if refusals:
        raise refusals[0].error
    return granted[0]


@transactional
def assign_many(
    schedule_id: int, wishes: Sequence[Wish], *, by, validate_conflicts: bool = True
) -> tuple[list[Assignment], list[Refusal]]:
    """Grant the wishes that the rules allow, in their order, and report the others.

    Wishes of one batch see each other. `validate_conflicts=False` leaves out the soft rules and marks the rows.
    The number of queries does not depend on the number of wishes.

    Raises `Refused` 404 for a schedule out of sight and 400 for one that is not editable, `PermissionDenied` when
    `by` may not assign in it.
    """
    schedule = locked_schedule(schedule_id, by)
    require_in(by, Assignment.permission("add"), schedule.tenant_id)
    schedule.require_editable()
    roster = conflicts.Roster.load(schedule, (wish.employee_id for wish in wishes), (wish.shift_id for wish in wishes))
    granted: list[Assignment] = []
    refusals: list[Refusal] = []
    for index, wish in enumerate(wishes):
        try:
            granted.append(_grant(roster, wish, by, validate_conflicts))
        except ValidationError as error:
            refusals.append(Refusal(index, wish, error))
    Assignment.objects.bulk_create(granted)
    action = Assignment.permission("add")
    audit.record(by, action, [(row, audit.difference({}, audit.snapshot(row))) for row in granted])
    require(by, action, granted)
    return granted, refusals


def locked_schedule(key: int, by) -> Schedule:
    """The schedule, if `by` may see it (404), locked: its status, shifts and assignments stand still meanwhile."""
    schedules = within(Schedule.objects.all(), by, Schedule.permission("view")).select_related("tenant")
    schedule = schedules.select_for_update(of=("self",), no_key=True).filter(pk=key).first()
    if schedule is None:
        raise not_found(Schedule, key, field="schedule")
    return schedule


def _grant(roster: conflicts.Roster, wish: Wish, by, validate_conflicts: bool) -> Assignment:
    employee, shift = roster.employee(wish.employee_id), roster.shift(wish.shift_id)
    row = Assignment(
        schedule=roster.schedule,
        employee=employee,
        shift=shift,
        status=wish.status,
        priority=wish.priority,
        notes=wish.notes,
        assigned_by_id=by.pk,
        starts_at=shift.starts_at,
        ends_at=shift.ends_at,
        conflicts_resolved=validate_conflicts,
    )
    row.clean_fields(exclude={"schedule", "employee", "shift", "assigned_by"})
    hard = conflicts.HARD if row.is_active else ()
    soft = conflicts.SOFT if validate_conflicts else ()
    conflicts.check(roster, employee, shift, [*hard, *soft])
    if row.is_active:
        roster.take(row)
    return row


class AssignmentService(RecordService[Assignment]):
    """Single assignments from forms, which name rows rather than keys."""

    @transactional
    def create(self, *, by, **values: Any) -> Assignment:
        schedule, employee, shift = (values.pop(name) for name in ("schedule", "employee", "shift"))
        return assign(schedule.pk, Wish(employee.pk, shift.pk, **values), by=by)

    @transactional
    def remove(self, row: Assignment, *, by) -> Assignment:
        locked_schedule(row.schedule_id, by).require_editable()
        return super().remove(row, by=by)


class ScheduleService(RecordService[Schedule]):
    @transactional
    def remove(self, row: Schedule, *, by) -> Schedule:
        self.locked(row).require_editable()
        return super().remove(row, by=by)


class ShiftService(RecordService[Shift]):
    """Shifts change only while their schedule is editable, and take the spans of their assignments along."""

    @transactional
    def create(self, *, by, **values: Any) -> Shift:
        locked_schedule(values["schedule"].pk, by).require_editable()
        return super().create(by=by, **values)

    @transactional
    def update(self, row: Shift, *, by, **values: Any) -> Shift:
        locked_schedule(row.schedule_id, by).require_editable()
        holders = Employee.objects.filter(assignments__shift=row)
        list(Employee.objects.filter(pk__in=holders.values("pk")).order_by("pk").select_for_update(no_key=True))
        shift = super().update(row, by=by, **values)
        _spans_follow(Assignment.objects.filter(shift=shift))
        return shift

    @transactional
    def remove(self, row: Shift, *, by) -> Shift:
        locked_schedule(row.schedule_id, by).require_editable()
        return super().remove(row, by=by)


@transactional
def follow_time_zone(tenant, *, by) -> None:
    """Work out all spans of a tenant anew after its time zone changed.

    Raises `Refused` (409) when that would make two active assignments of somebody overlap.
    """
    list(Schedule.objects.filter(tenant=tenant).order_by("pk").select_for_update(no_key=True))
    shifts = list(Shift.objects.filter(schedule__tenant=tenant).select_related("schedule__tenant"))
    for shift in shifts:
        shift.set_span()
        if shift.starts_at >= shift.ends_at:
            raise Refused(
                f"In {tenant.time_zone} the clocks skip the whole of shift {shift.pk} on {shift.date}.", "gap"
            )
    Shift.objects.bulk_update(shifts, ["starts_at", "ends_at"], batch_size=1000)
    _spans_follow(Assignment.objects.filter(schedule__tenant=tenant))


def _spans_follow(assignments) -> None:
    """Copy the spans of shifts to these assignments, and refuse when active ones then overlap."""
    if connection.vendor == "postgresql":
        # Rows move one by one: judge overlaps when all have arrived.
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS scheduling_assignment_no_overlap DEFERRED")
    shift = Shift.objects.filter(pk=OuterRef("shift"))
    assignments.update(starts_at=Subquery(shift.values("starts_at")), ends_at=Subquery(shift.values("ends_at")))
    active = Assignment.objects.filter(status__in=Assignment.ACTIVE)
    twin = active.filter(
        employee=OuterRef("employee"), starts_at__lt=OuterRef("ends_at"), ends_at__gt=OuterRef("starts_at")
    ).exclude(pk=OuterRef("pk"))
    clash = assignments.filter(Exists(twin), status__in=Assignment.ACTIVE).select_related("employee", "shift")
    names = [f"{row.employee} on shift {row.shift_id} ({row.shift.hours})" for row in clash.order_by("pk")[:10]]
    if names:
        raise Refused(f"Assignment conflicts detected: {', '.join(names)}", "overlap")


assignments = AssignmentService(Assignment)
availability_exceptions = RecordService(AvailabilityException)
availability_windows = RecordService(AvailabilityWindow)
employees = RecordService(Employee)
qualifications = RecordService(Qualification)
schedules = ScheduleService(Schedule)
shift_types = RecordService(ShiftType)
shifts = ShiftService(Shift)


def qualifications_named(tenant, names: Sequence[str], *, by) -> list[Qualification]:
    """The tenant's qualifications of these names; those that are missing are made."""
    present = {row.name: row for row in Qualification.objects.filter(tenant=tenant, name__in=names)}
    return [
        present.get(name) or qualifications.create(by=by, tenant=tenant, name=name) for name in dict.fromkeys(names)
    ]
