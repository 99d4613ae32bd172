"""What a planner means by dragging on the roster: this shift to somebody, that place to somebody or somewhere else."""

from datetime import date

from assignhub.errors import Refused, not_found
from assignhub.permissions import within
from assignhub.services import transactional
from scheduling.models import Assignment, Shift
from scheduling.services.assigning import Wish, assign, assignments, reassign


@transactional
def fill(shift_id: int, employee_id: int, *, by) -> Assignment:
    """Put an employee on a shift. Raises as `assign` does, and `Refused` (404) for a shift out of sight."""
    return assign(visible_shift(shift_id, by).schedule_id, Wish(employee_id, shift_id), by=by)


@transactional
def place(
    assignment_id: int, *, by, employee_id: int | None = None, shift_id: int | None = None, day: date | None = None
) -> Assignment:
    """Give a place to another employee, move it to another shift, or to the shift of its kind on another day.

    Whoever then has it is asked anew whether they come. A place somebody declined, or that was cancelled, is filled
    by a new assignment, so that the answer stays on record. Raises as `assign` and `reassign` do.
    """
    row = visible_assignment(assignment_id, by)
    if day is not None and day != row.shift.date:
        shift_id = same_kind(row.shift, day).pk
    employee_id = row.employee_id if employee_id is None else employee_id
    shift_id = row.shift_id if shift_id is None else shift_id
    if not row.is_active:
        return assign(row.schedule_id, Wish(employee_id, shift_id), by=by)
    moved = (employee_id, shift_id) != (row.employee_id, row.shift_id)
    status = Assignment.Status.ASSIGNED if moved else row.status
    return reassign(row, by=by, employee_id=employee_id, shift_id=shift_id, status=status)


@transactional
def clear(assignment_id: int, *, by) -> Assignment:
    """Take somebody off their shift. Raises as `assignments.remove` does."""
    return assignments.remove(visible_assignment(assignment_id, by), by=by)


def visible_assignment(key: int, by) -> Assignment:
    """The assignment with its shift and employee, if `by` may see it; otherwise `Refused` (404)."""
    rows = within(Assignment.objects.all(), by, Assignment.permission("view"))
    row = rows.select_related("shift__shift_type", "employee").filter(pk=key).first()
    if row is None:
        raise not_found(Assignment, key)
    return row


def visible_shift(key: int, by) -> Shift:
    """The shift with its type and schedule, if `by` may see it; otherwise `Refused` (404)."""
    rows = within(Shift.objects.all(), by, Shift.permission("view"))
    shift = rows.select_related("shift_type", "schedule__tenant").filter(pk=key).first()
    if shift is None:
        raise not_found(Shift, key, field="shift")
    return shift


def same_kind(shift: Shift, day: date) -> Shift:
    """The shift of the same type and hours on another day of the schedule, or `Refused` (400) if there is none."""
    kind = {"schedule": shift.schedule_id, "shift_type": shift.shift_type_id}
    hours = {"start_time": shift.start_time, "end_time": shift.end_time}
    found = Shift.objects.filter(**kind, **hours, date=day).order_by("-required_staff", "pk").first()
    if found is None:
        text = f"There is no shift {shift.shift_type} ({shift.hours}) on {day} in this schedule"
        raise Refused(text, "no_such_shift", field="shift", about={"shift_id": shift.pk})
    return found
