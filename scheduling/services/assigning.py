"""Putting employees on shifts: assign, move, confirm, decline, remove. Source: seed 002."""

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, NamedTuple

from django.core.exceptions import ValidationError
from django.utils import timezone

from assignhub import audit
from assignhub.errors import Refused
from assignhub.permissions import Reach, reach, require, require_in
from assignhub.services import RecordService, transactional
from scheduling import conflicts
from scheduling.models import Assignment, Schedule, Shift, Swap
from scheduling.services.planning import locked_schedule, locked_with

TIME_TO_DECLINE = timedelta(hours=48)
# What the roster has judged; a field's own check would ask the database for each.
RELATED = {"schedule", "employee", "shift", "assigned_by", "tenant"}

# In what the new rows of one writer and schedule do not differ.
ALIKE = (
    "schedule_id",
    "tenant_id",
    "assigned_by_id",
    "assigned_at",
    "conflicts_resolved",
    "auto_assigned",
    "decline_reason",
    "sequence",
)
# What a new row takes from a wish is checked field by field; the rest is the product's own.
NOT_WISHED = {field.name for field in Assignment._meta.fields} - {"status", "priority", "notes"}


class Wish(NamedTuple):
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
    people, places = (wish.employee_id for wish in wishes), (wish.shift_id for wish in wishes)
    schedule, known = locked_with(schedule_id, by, *conflicts.asked(schedule_id, people, places, by=by))
    require_in(by, Assignment.permission("add"), schedule.tenant_id)
    schedule.require_editable()
    grants = Grants(conflicts.Roster.of(schedule, known), by, validate_conflicts=validate_conflicts)
    granted: list[Assignment] = []
    refusals: list[Refusal] = []
    for index, wish in enumerate(wishes):
        try:
            granted.append(grants.grant(wish))
        except ValidationError as error:
            # A traceback would hold on to the batch and all that was read for it.
            refusals.append(Refusal(index, wish, error.with_traceback(None)))
    action = Assignment.permission("add")
    audit.insert(granted, by, action, ALIKE)
    if reach(by, action, schedule.tenant_id) < Reach.ORG:  # otherwise theirs is all that is in the schedule
        require(by, action, granted)
    return granted, refusals


class Grants:
    """Makes assignments of the wishes of `by`, not yet written, as far as the rules allow."""

    def __init__(self, roster: conflicts.Roster, by, *, validate_conflicts: bool = True):
        self.roster = roster
        self.soft = conflicts.SOFT if validate_conflicts else ()
        self.rules = (*conflicts.HARD, *self.soft)
        self.blank = _blank().another(
            {"schedule": roster.schedule},
            tenant_id=roster.schedule.tenant_id,
            assigned_by_id=by.pk,
            assigned_at=timezone.now(),
            conflicts_resolved=validate_conflicts,
        )
        self.on_shift: dict[int, Assignment] = {}

    def grant(self, wish: Wish) -> Assignment:
        """The assignment a wish asks for; the next wish sees it. Raises the refusal of the first rule against it."""
        employee, shift = self.roster.employee(wish.employee_id), self.roster.shift(wish.shift_id)
        place = _clean(wish.status, wish.priority, wish.notes)
        if place["status"] in Assignment.ACTIVE:
            conflicts.check(self.roster, employee, shift, self.rules)
            self.roster.take(employee, shift)
        else:
            conflicts.check(self.roster, employee, shift, self.soft)
        return self._blank_on(shift).another({"employee": employee}, **place)

    def _blank_on(self, shift: Shift) -> Assignment:
        """What the assignments of this shift have in common."""
        if shift.id not in self.on_shift:
            blank = self.on_shift[shift.id] = self.blank.another({})
            blank.stand_on(shift)
        return self.on_shift[shift.id]


@functools.cache
def _blank() -> Assignment:
    """What every new assignment begins as."""
    return Assignment()


@functools.lru_cache(maxsize=64)  # the wishes of a batch are much alike
def _clean(status: Any, priority: Any, notes: Any) -> dict[str, Any]:
    """What is wished of a place, as its fields take it. Raises `ValidationError` when they do not."""
    row = Assignment(status=status, priority=priority, notes=notes)
    row.clean_fields(exclude=NOT_WISHED)
    return {"status": row.status, "priority": row.priority, "notes": row.notes}


@transactional
def reassign(row: Assignment, *, by, **changes: Any) -> Assignment:
    """Change what is sent (`employee_id`, `shift_id`, `status`, `priority`, `notes`) and judge the result as if new.

    Only what the change touches is asked: somebody else, another shift, or a place that was free before.
    """
    schedule = locked_schedule(row.schedule_id, by)
    stored = assignments.locked(row)
    require(by, Assignment.permission("change"), [stored])
    schedule.require_editable()
    return move(schedule, stored, changes, by=by, action="change")


def move(schedule: Schedule, stored: Assignment, changes: dict[str, Any], *, by, action: str) -> Assignment:
    """Write changes to a locked assignment of a locked schedule, as far as the rules allow them."""
    before, was_active = audit.snapshot(stored), stored.is_active
    old_employee, old_shift = stored.employee_id, stored.shift_id
    for name, value in changes.items():
        setattr(stored, name, value)
    stored.clean_fields(exclude=RELATED)
    changed_hands = stored.employee_id != old_employee
    revived = stored.is_active and not was_active
    roster = conflicts.Roster.load(schedule, [stored.employee_id], [stored.shift_id], by=by, ignoring=stored.pk)
    if changed_hands or revived:
        roster.employee(stored.employee_id)
    shift = roster.shift(stored.shift_id)
    if stored.is_active and (changed_hands or revived or stored.shift_id != old_shift):
        employee = roster.employees[stored.employee_id]
        conflicts.check(roster, employee, shift)
        stored.conflicts_resolved, stored.decline_reason = True, ""
    if changed_hands or revived:
        stored.assigned_by_id, stored.assigned_at = by.pk, timezone.now()
    stored.stand_on(shift)
    if changed_hands or stored.shift_id != old_shift or not stored.is_active:
        withdraw_offers(stored, by=by)
    return save(stored, before, by=by, action=action)


def save(stored: Assignment, before: dict[str, Any], *, by, action: str) -> Assignment:
    """Write a locked assignment with its audit entry; calendars hear of it by its sequence."""
    changes = audit.difference(before, audit.snapshot(stored))
    if changes:
        stored.sequence += 1
        stored.save()
        audit.record(by, Assignment.permission(action), [(stored, changes)])
    return stored


def withdraw_offers(assignment: Assignment, *, by) -> None:
    """An assignment that changes hands, moves to another shift or ends is no longer on offer."""
    for swap in Swap.objects.select_for_update().filter(assignment=assignment, status__in=Swap.OPEN):
        before, swap.status = swap.status, Swap.Status.WITHDRAWN
        swap.save(update_fields=["status", "updated_at"])
        audit.record(by, Swap.permission("withdraw"), [(swap, {"status": [before, swap.status]})])


@transactional
def confirm(row: Assignment, *, by, notes: str | None = None) -> Assignment:
    """The employee says they will come.

    Raises `PermissionDenied` for all but them and `Refused` (400) once the assignment is no longer to be answered.
    """
    stored = _to_answer(row, by, "confirm", "confirmed")
    before, stored.status = audit.snapshot(stored), Assignment.Status.CONFIRMED
    if notes is not None:
        stored.notes = notes
    stored.clean_fields(exclude=RELATED)
    return save(stored, before, by=by, action="confirm")


@transactional
def decline(row: Assignment, *, by, reason: str) -> Assignment:
    """The employee says they cannot come, within 48 hours of being assigned. Raises as `confirm` does."""
    stored = _to_answer(row, by, "decline", "declined")
    if timezone.now() - stored.assigned_at > TIME_TO_DECLINE:
        text = f"Assignment with ID {stored.pk} can no longer be declined: 48 hours since it was assigned have passed"
        raise Refused(text, "too_late", about={"assignment_id": stored.pk})
    before, stored.status, stored.decline_reason = audit.snapshot(stored), Assignment.Status.DECLINED, reason
    withdraw_offers(stored, by=by)
    return save(stored, before, by=by, action="decline")


def _to_answer(row: Assignment, by, verb: str, participle: str) -> Assignment:
    stored = assignments.locked(row)
    require(by, Assignment.permission(verb), [stored])
    if not stored.needs_confirmation:
        text = f"Assignment with ID {stored.pk} is {stored.status} and cannot be {participle}"
        raise Refused(text, "settled", about={"assignment_id": stored.pk})
    return stored


class AssignmentService(RecordService[Assignment]):
    """Single assignments from forms, which name rows rather than keys."""

    @transactional
    def create(self, *, by, **values: Any) -> Assignment:
        schedule, employee, shift = (values.pop(name) for name in ("schedule", "employee", "shift"))
        return assign(schedule.pk, Wish(employee.pk, shift.pk, **values), by=by)

    def update(self, row: Assignment, *, by, **values: Any) -> Assignment:
        keys = {name: values.pop(name).pk for name in ("employee", "shift") if name in values}
        return reassign(row, by=by, **values, **{f"{name}_id": key for name, key in keys.items()})

    @transactional
    def remove(self, row: Assignment, *, by) -> Assignment:
        locked_schedule(row.schedule_id, by).require_editable()
        return super().remove(row, by=by)


assignments = AssignmentService(Assignment)
