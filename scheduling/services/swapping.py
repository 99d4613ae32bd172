"""Shifts that change hands: open shifts that employees take, and shifts they offer one another.

offer → take → approve or reject (or straight through, if the tenant's policy asks for no approval); the one who
offered may withdraw meanwhile. Every step locks the schedule first, so of several takers one wins.
"""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils import timezone

from assignhub import audit
from assignhub.errors import Refused, not_found
from assignhub.permissions import require
from assignhub.services import RecordService, transactional
from scheduling import conflicts
from scheduling.models import Assignment, Employee, Policy, Schedule, Shift, Swap
from scheduling.services.assigning import ALIKE, Grants, Wish, assignments, move
from scheduling.services.planning import locked_schedule

Status = Swap.Status


@transactional
def offer(row: Assignment, *, by, note: str = "") -> Swap:
    """Offer one's own coming shift to colleagues. Raises `PermissionDenied` for somebody else's."""
    schedule = locked_schedule(row.schedule_id, by)
    stored = assignments.locked(row)
    require(by, Assignment.permission("offer"), [stored])
    _require_coming(schedule, stored, "offered")
    swap = Swap(assignment=stored, offered_by=stored.employee, note=note)
    swap.full_clean()
    swap.save()
    audit.record(by, Swap.permission("offer"), [(swap, audit.added(swap))])
    return swap


@transactional
def take(row: Swap, *, by) -> Swap:
    """Take a colleague's offered shift, if every rule lets one work it.

    Raises `Refused` 409 once it is no longer offered and as the rules do; `PermissionDenied` for those who are no
    employee of the tenant.
    """
    schedule, swap = _locked(row, by, "take", Status.OFFERED)
    taker = _employee_of(by, schedule)
    if taker.pk == swap.offered_by_id:
        raise Refused("One's own offer can be withdrawn, not taken", "own_offer", about={"swap_id": swap.pk})
    _require_coming(schedule, swap.assignment, "handed over")
    _judge(schedule, taker, swap.assignment, by)
    if Policy.of(schedule.tenant).swaps_need_approval:
        return _save(swap, by, "take", status=Status.TAKEN, taken_by=taker)
    _save(swap, by, "take", status=Status.APPROVED, taken_by=taker)
    _hand_over(schedule, swap, by)
    return swap


@transactional
def approve(row: Swap, *, by) -> Swap:
    """Let the shift change hands. The rules are asked again: much may have happened since it was taken."""
    schedule, swap = _locked(row, by, "approve", Status.TAKEN)
    _require_coming(schedule, swap.assignment, "handed over")
    _save(swap, by, "approve", status=Status.APPROVED)
    _hand_over(schedule, swap, by)
    return swap


@transactional
def reject(row: Swap, *, by) -> Swap:
    """Leave the shift with the one who offered it."""
    _, swap = _locked(row, by, "reject", Status.TAKEN)
    return _save(swap, by, "reject", status=Status.REJECTED)


@transactional
def withdraw(row: Swap, *, by) -> Swap:
    """Take an offer back, whether somebody has taken it or not, as long as it has not been approved."""
    _, swap = _locked(row, by, "withdraw", *Swap.OPEN)
    return _save(swap, by, "withdraw", status=Status.WITHDRAWN)


@transactional
def take_shift(row: Shift, *, by) -> Assignment:
    """Take an open place on a published shift for oneself.

    Raises `Refused` 409 when no place is left and as the rules do, `PermissionDenied` for those who are no employee.
    """
    schedule = locked_schedule(row.schedule_id, by)
    require(by, Shift.permission("take"), [row])
    employee = _employee_of(by, schedule)
    roster = conflicts.Roster.load(schedule, [employee.pk], [row.pk], by=by)
    shift = roster.shift(row.pk)
    if schedule.status != Schedule.Status.PUBLISHED or shift.starts_at <= timezone.now():
        text = f"Shift with ID {shift.pk} is not open: only coming shifts of a published schedule are"
        raise Refused(text, "not_open", about={"shift_id": shift.pk})
    if shift.assignments.filter(status__in=Assignment.ACTIVE).count() >= shift.required_staff:
        raise Refused(f"Shift with ID {shift.pk} has no open place left", "conflict", about={"shift_id": shift.pk})
    wish = Wish(employee.pk, shift.pk, status=Assignment.Status.CONFIRMED)
    granted = Grants(roster, by).grant(wish)
    audit.insert([granted], by, Assignment.permission("take"), ALIKE)
    return granted


def _employee_of(by, schedule: Schedule) -> Employee:
    employee = Employee.objects.filter(tenant_id=schedule.tenant_id, user_id=by.pk, is_active=True).first()
    if by.pk is None or employee is None:
        raise PermissionDenied("Only employees of this tenant take shifts.")
    return employee


def _locked(row: Swap, by, verb: str, *statuses: Swap.Status) -> tuple[Schedule, Swap]:
    schedule = locked_schedule(row.assignment.schedule_id, by)
    # The assignment before its swap, as those lock who decline.
    assignment = assignments.locked(row.assignment)
    swap = Swap.objects.select_for_update(of=("self",), no_key=True).filter(pk=row.pk).first()
    if swap is None:
        raise not_found(Swap, row.pk)
    require(by, Swap.permission(verb), [swap])
    if swap.status not in statuses:
        text = f"Swap with ID {swap.pk} is {swap.status}"
        raise Refused(text, "conflict", about={"swap_id": swap.pk, "status": swap.status})
    swap.assignment = assignment
    return schedule, swap


def _require_coming(schedule: Schedule, assignment: Assignment, participle: str) -> None:
    begun = assignment.starts_at <= timezone.now()
    if begun or not assignment.is_active or schedule.status == Schedule.Status.ARCHIVED:
        text = f"Assignment with ID {assignment.pk} cannot be {participle}: only a coming shift one still has can be"
        raise Refused(text, "not_offerable", about={"assignment_id": assignment.pk})


def _judge(schedule: Schedule, taker: Employee, assignment: Assignment, by) -> None:
    roster = conflicts.Roster.load(schedule, [taker.pk], [assignment.shift_id], by=by)
    employee, shift = roster.employee(taker.pk), roster.shift(assignment.shift_id)
    conflicts.check(roster, employee, shift)


def _hand_over(schedule: Schedule, swap: Swap, by) -> None:
    changes = {"employee_id": swap.taken_by_id, "status": Assignment.Status.CONFIRMED}
    move(schedule, swap.assignment, changes, by=by, action="swap")


def _save(swap: Swap, by, verb: str, **changes: Any) -> Swap:
    before = audit.snapshot(swap)
    for name, value in changes.items():
        setattr(swap, name, value)
    swap.save()
    audit.record(by, Swap.permission(verb), [(swap, audit.difference(before, audit.snapshot(swap)))])
    return swap


swaps = RecordService(Swap)
