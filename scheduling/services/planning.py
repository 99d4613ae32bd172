"""Schedules and their shifts, and what follows when the clocks they stand on change."""

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connection
from django.db.models import Exists, F, OuterRef, Subquery
from django.utils import timezone

from assignhub import audit
from assignhub.errors import Refused, not_found
from assignhub.permissions import require, require_in, within
from assignhub.questions import Asked, together, written_for_ranks, written_once
from assignhub.services import RecordService, transactional
from scheduling.models import Assignment, Employee, Policy, Schedule, Shift, ShiftType
from scheduling.tasks import announce
from scheduling.validation import CRITICAL, validate
from tenancy.models import Tenant

Status = Schedule.Status

# A step of the life cycle: from which statuses, to which one, and how a refusal names it.
STEPS: dict[str, tuple[tuple[Status, ...], Status, str]] = {
    "submit": ((Status.DRAFT, Status.REJECTED), Status.PENDING_APPROVAL, "submitted"),
    "approve": ((Status.PENDING_APPROVAL,), Status.APPROVED, "approved"),
    "reject": ((Status.PENDING_APPROVAL, Status.APPROVED), Status.REJECTED, "rejected"),
    "publish": ((Status.APPROVED,), Status.PUBLISHED, "published"),
    "archive": ((Status.PUBLISHED,), Status.ARCHIVED, "archived"),
}


def locked_schedule(key: int, by) -> Schedule:
    """The schedule, if `by` may see it (404), locked: its status, shifts and assignments stand still meanwhile."""
    schedule, _ = locked_with(key, by)
    return schedule


def locked_with(key: int, by, *asked: Asked) -> tuple[Schedule, list[Sequence[Any]]]:
    """The schedule as `locked_schedule` gives it, and the answers to what else is asked once it is locked.

    Its tenant is read in a query after the lock: in one that waits for the lock, the time zone would be that of before.
    """
    found, *answers, tenants = together(_locked_in_sight.asked(by, key), *asked, _tenant_of.asked(key))
    if not found:
        raise not_found(Schedule, key, field="schedule")
    (schedule,), (schedule.tenant,) = found, tenants
    return schedule, answers


@written_for_ranks
def _locked_in_sight(by, key):
    visible = within(Schedule.objects.order_by(), by, Schedule.permission("view"))
    return visible.select_for_update(of=("self",), no_key=True).filter(pk=key)


@written_once
def _tenant_of(schedule):
    return Tenant.objects.order_by().filter(schedules=schedule)


def require_planner(by, verb: str, row: Schedule | Shift) -> None:
    """Raise `PermissionDenied` unless `by` may do `verb` to what they see, where nothing is written."""
    require(by, row.permission(verb), [row])


class ScheduleService(RecordService[Schedule]):
    """A schedule changes only while it is editable, and moves on by `step`."""

    @transactional
    def create(self, *, by, **values: Any) -> Schedule:
        # A change of the tenant's time zone waits, so that it sees every schedule.
        type(values["tenant"]).objects.select_for_update(no_key=True).get(pk=values["tenant"].pk)
        return super().create(by=by, **values)

    @transactional
    def update(self, row: Schedule, *, by, **values: Any) -> Schedule:
        locked_schedule(row.pk, by).require_editable()
        return super().update(row, by=by, **values)

    @transactional
    def remove(self, row: Schedule, *, by) -> Schedule:
        self.locked(row).require_editable()
        return super().remove(row, by=by)

    @transactional
    def step(self, row: Schedule, name: str, *, by) -> Schedule:
        """Take a step of the life cycle: submit, approve, reject, publish or archive.

        Raises `PermissionDenied` when the table of grants does not allow it, `Refused` 400 from a status the step
        does not start from, and 409 when critical conflicts stand in the way of publishing.
        """
        schedule = locked_schedule(row.pk, by)
        require(by, self.model.permission(name), [schedule])
        start, end, participle = STEPS[name]
        if schedule.status not in start:
            text = f"Schedule with ID {schedule.pk} is {schedule.status} and cannot be {participle}"
            raise Refused(text, "wrong_step", field="status", about={"schedule_id": schedule.pk})
        if name == "publish":
            _require_no_conflicts(schedule)
        before, schedule.status = schedule.status, end
        schedule.save(update_fields=["status", "updated_at"])
        audit.record(by, self.model.permission(name), [(schedule, {"status": [before, end]})])
        if name == "publish":
            announce.enqueue(schedule.pk)
        return schedule


def _require_no_conflicts(schedule: Schedule) -> None:
    critical = [finding for finding in validate(schedule) if finding.severity == CRITICAL]
    if critical:
        shown = "; ".join(finding.message for finding in critical[:5])
        more = f" and {len(critical) - 5} more" if len(critical) > 5 else ""
        text = f"Schedule with ID {schedule.pk} has critical conflicts: {shown}{more}"
        raise Refused(text, "critical_conflicts", about={"conflicts": len(critical)})


class ShiftService(RecordService[Shift]):
    """Shifts change only while their schedule is editable, and take the spans of their assignments along."""

    @transactional
    def create(self, *, by, **values: Any) -> Shift:
        values["schedule"] = locked_schedule(values["schedule"].pk, by)
        values["schedule"].require_editable()
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
def create_shifts(plans: Sequence[dict[str, Any]], *, by) -> tuple[list[Shift], list[tuple[int, ValidationError]]]:
    """Create many shifts in a flat number of queries; return them, and (index, error) of those refused.

    A plan has the fields of a shift, with `schedule_id` and `shift_type_id`. Raises `PermissionDenied` when one aims
    at a schedule that `by` sees but may not plan.
    """
    visible = within(Schedule.objects.all(), by, Schedule.permission("view")).prefetch_related("tenant")
    wanted = visible.filter(pk__in={plan["schedule_id"] for plan in plans}).order_by("pk")
    found = {row.pk: row for row in wanted.select_for_update(of=("self",), no_key=True)}
    for tenant_id in {row.tenant_id for row in found.values()}:
        require_in(by, Shift.permission("add"), tenant_id)
    types = ShiftType.objects.in_bulk({plan["shift_type_id"] for plan in plans})
    codes = set(Shift.objects.filter(schedule__in=found).exclude(code="").values_list("schedule_id", "code"))
    created, refused = [], []
    for index, plan in enumerate(plans):
        try:
            created.append(_planned(plan, found, types, codes))
        except ValidationError as error:
            refused.append((index, error))
    action = Shift.permission("add")
    audit.insert(created, by, action)
    require(by, action, created)
    return created, refused


def _planned(plan: dict[str, Any], found: dict[int, Schedule], types: dict[int, ShiftType], codes: set) -> Shift:
    """The shift of a plan, judged but not yet written; its code is taken from then on."""
    values = dict(plan)
    schedule, shift_type = found.get(values["schedule_id"]), types.get(values["shift_type_id"])
    if schedule is None:
        raise not_found(Schedule, values["schedule_id"], field="schedule")
    schedule.require_editable()
    if shift_type is None or shift_type.tenant_id != schedule.tenant_id:
        raise not_found(ShiftType, values["shift_type_id"], field="shift_type")
    shift = Shift(**values | {"schedule": schedule, "shift_type": shift_type})
    shift.clean_fields(exclude={"schedule", "shift_type"})
    shift.clean()
    if shift.code and (schedule.pk, shift.code) in codes:
        raise Refused(f"There is already a shift of the code {shift.code} in the schedule.", "duplicate", field="code")
    codes.add((schedule.pk, shift.code))
    return shift


@transactional
def follow_time_zone(tenant, *, by) -> None:
    """Work out all spans of a tenant anew after its time zone changed.

    Raises `Refused` (409) when that would make two active assignments of somebody overlap.
    """
    list(Schedule.objects.filter(tenant=tenant).order_by("pk").select_for_update(no_key=True))
    shifts = list(Shift.objects.filter(schedule__tenant=tenant).select_related("schedule__tenant"))
    for shift in shifts:
        shift.set_span()
    Shift.objects.bulk_update(shifts, ["starts_at", "ends_at"], batch_size=1000)
    _spans_follow(Assignment.objects.filter(tenant=tenant))


def _spans_follow(assignments) -> None:
    """Copy the dates and spans of shifts to these assignments, and refuse when active ones then overlap."""
    if connection.vendor == "postgresql":
        # Rows move one by one: judge overlaps when all have arrived.
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS scheduling_assignment_no_overlap DEFERRED")
    shift = Shift.objects.filter(pk=OuterRef("shift"))
    same = {name: F(f"shift__{name}") for name in ("date", "starts_at", "ends_at")}
    assignments.exclude(**same).update(
        date=Subquery(shift.values("date")),
        starts_at=Subquery(shift.values("starts_at")),
        ends_at=Subquery(shift.values("ends_at")),
        sequence=F("sequence") + 1,
        updated_at=timezone.now(),
    )
    active = Assignment.objects.filter(status__in=Assignment.ACTIVE)
    twin = active.filter(
        employee=OuterRef("employee"), starts_at__lt=OuterRef("ends_at"), ends_at__gt=OuterRef("starts_at")
    ).exclude(pk=OuterRef("pk"))
    clash = assignments.filter(Exists(twin), status__in=Assignment.ACTIVE).order_by("pk")[:10]
    met: dict[int, Assignment] = {}
    for row in clash:
        meets = active.filter(employee=row.employee_id, starts_at__lt=row.ends_at, ends_at__gt=row.starts_at)
        met |= {other.pk: other for other in meets.select_related("employee", "shift")}
    if met:
        names = [f"{met[key].employee} on shift {met[key].shift_id} ({met[key].shift.hours})" for key in sorted(met)]
        about = {"assignment_ids": sorted(met)}
        raise Refused(f"Assignment conflicts detected: {', '.join(names)}", "overlap", about=about)
    if connection.vendor == "postgresql":
        # Now, rather than at the end of a transaction that may be somebody else's.
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS scheduling_assignment_no_overlap IMMEDIATE")


policies = RecordService(Policy)
schedules = ScheduleService(Schedule)
shift_types = RecordService(ShiftType)
shifts = ShiftService(Shift)
