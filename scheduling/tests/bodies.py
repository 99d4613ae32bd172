"""The documented bodies of assignments, written out by hand from the rows they show."""

from datetime import datetime


def moment(value: datetime) -> str:
    return value.isoformat().replace("+00:00", "Z")


def assignment_body(row) -> dict:
    """Seed 002, "Create Single Assignment" and "List Assignments"."""
    return {
        "id": row.pk,
        "schedule_id": row.schedule_id,
        "employee_id": row.employee_id,
        "shift_id": row.shift_id,
        "status": row.status,
        "priority": row.priority,
        "notes": row.notes,
        "assigned_by": str(row.assigned_by_id) if row.assigned_by_id else None,
        "assigned_at": moment(row.assigned_at),
        "conflicts_resolved": row.conflicts_resolved,
        "auto_assigned": row.auto_assigned,
        "created_at": moment(row.created_at),
        "is_active": row.status in ("assigned", "pending", "confirmed", "completed"),
        "is_confirmed": row.status == "confirmed",
        "needs_confirmation": row.status in ("assigned", "pending"),
        "employee": employee_body(row.employee),
        "shift": shift_body(row.shift),
    }


def assignment_detail_body(row) -> dict:
    """Seed 002, "Get Assignment"."""
    return assignment_body(row) | {"schedule": schedule_body(row.schedule)}


def employee_body(row) -> dict:
    return {
        "id": row.pk,
        "first_name": row.first_name,
        "last_name": row.last_name,
        "email": row.email,
        "job_title": row.job_title,
        "is_active": row.is_active,
    }


def shift_body(row) -> dict:
    return {
        "id": row.pk,
        "code": row.code,
        "date": row.date.isoformat(),
        "start_time": f"{row.start_time:%H:%M}",
        "end_time": f"{row.end_time:%H:%M}",
        "starts_at": moment(row.starts_at),
        "ends_at": moment(row.ends_at),
        "shift_type": row.shift_type.name,
        "required_staff": row.required_staff,
    }


def schedule_body(row) -> dict:
    return {
        "id": row.pk,
        "title": row.title,
        "week_start": row.week_start.isoformat(),
        "week_end": row.week_end.isoformat(),
        "status": row.status,
    }


def refusal(detail: str, code: str, **ids) -> dict:
    """What a rule says: its sentence, and beside it for programs its code and the ids it concerns."""
    return {"detail": detail, "code": code, **ids}


def not_found(name: str, key: int) -> dict:
    return refusal(f"{name} with ID {key} not found", "not_found", **{f"{name.lower()}_id": key})


def not_editable(schedule, words: str) -> dict:
    text = f"Schedule with ID {schedule.pk} is {words} and cannot be edited"
    return refusal(text, "not_editable", schedule_id=schedule.pk)
