"""The bodies of what is around assignments, and of refusals, written out by hand."""

from scheduling.tests.bodies import moment, schedule_body

NOT_SIGNED_IN = {"detail": "Authentication credentials were not provided."}
ROLE_TOO_LOW = {"detail": "You do not have permission to perform this action."}


def record(row) -> dict:
    return {"id": row.pk, "created_at": moment(row.created_at), "updated_at": moment(row.updated_at)}


def tenant_record(row) -> dict:
    return record(row) | {"tenant_id": str(row.tenant_id)}


def schedule_record(row) -> dict:
    return tenant_record(row) | schedule_body(row)


def shift_record(row) -> dict:
    return record(row) | {
        "schedule_id": row.schedule_id,
        "shift_type_id": row.shift_type_id,
        "code": row.code,
        "date": row.date.isoformat(),
        "start_time": f"{row.start_time:%H:%M}",
        "end_time": f"{row.end_time:%H:%M}",
        "required_staff": row.required_staff,
        "starts_at": moment(row.starts_at),
        "ends_at": moment(row.ends_at),
    }


def employee_record(row) -> dict:
    return tenant_record(row) | {
        "user_id": str(row.user_id) if row.user_id else None,
        "email": row.email,
        "first_name": row.first_name,
        "last_name": row.last_name,
        "job_title": row.job_title,
        "is_active": row.is_active,
        "qualification_ids": [held.pk for held in row.qualifications.all()],
    }


def missing(name: str, key) -> dict:
    """The body for a row that does not exist, or not for whoever asks, where a rule looked for it."""
    return {"detail": f"{name.capitalize()} with ID {key} not found", "code": "not_found", f"{name}_id": key}


def not_editable(schedule) -> dict:
    words = schedule.status.replace("_", " ")
    return {
        "detail": f"Schedule with ID {schedule.pk} is {words} and cannot be edited",
        "code": "not_editable",
        "schedule_id": schedule.pk,
    }
