"""What the database itself refuses, whoever writes: no service stands before these writes."""

from datetime import time, timedelta

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from assignhub.models import AuditEntry
from scheduling.models import Assignment, Shift
from scheduling.tests.factories import (
    AssignmentFactory,
    AvailabilityExceptionFactory,
    AvailabilityWindowFactory,
    EmployeeFactory,
    ScheduleFactory,
    ShiftFactory,
)

ACTIVE = ["assigned", "pending", "confirmed", "completed"]


def refusal_of(write) -> IntegrityError | None:
    """What the database says to a write; the write is undone either way."""
    try:
        with transaction.atomic():
            write()
            transaction.set_rollback(True)
    except IntegrityError as refusal:
        return refusal
    return None


@pytest.mark.parametrize("first", ACTIVE)
@pytest.mark.parametrize("second", ACTIVE)
def test_database_refuses_a_second_active_assignment_to_a_shift(nurse, shift, first, second):
    AssignmentFactory(employee=nurse, shift=shift, status=first)

    # At another time, so that it is the pair that is refused and not the overlap.
    elsewhere = {"starts_at": shift.starts_at + timedelta(days=9), "ends_at": shift.ends_at + timedelta(days=9)}
    refusal = refusal_of(lambda: AssignmentFactory(employee=nurse, shift=shift, status=second, **elsewhere))

    assert refusal is not None
    assert Assignment.objects.count() == 1


@pytest.mark.parametrize("status", ["declined", "cancelled"])
def test_database_refuses_to_bring_a_second_assignment_back(nurse, shift, status):
    AssignmentFactory(employee=nurse, shift=shift)
    row = AssignmentFactory(employee=nurse, shift=shift, status=status)

    refusal = refusal_of(lambda: Assignment.objects.filter(pk=row.pk).update(status="assigned"))

    assert refusal is not None
    assert Assignment.objects.get(pk=row.pk).status == status


@pytest.mark.parametrize(
    "start,end,status,meets",
    [
        pytest.param("11:00", "14:00", "assigned", True, id="into the end"),
        pytest.param("09:00", "10:00", "completed", True, id="inside"),
        pytest.param("12:00", "14:00", "assigned", False, id="touching"),
        pytest.param("09:00", "10:00", "declined", False, id="declined"),
        pytest.param("09:00", "10:00", "cancelled", False, id="cancelled"),
    ],
)
def test_database_refuses_an_overlap_on_postgresql(nurse, schedule, shift, start, end, status, meets):
    AssignmentFactory(employee=nurse, shift=shift)
    other = ShiftFactory(schedule=schedule, start_time=time.fromisoformat(start), end_time=time.fromisoformat(end))

    refusal = refusal_of(lambda: AssignmentFactory(employee=nurse, shift=other, status=status))

    # SQLite has no exclusion constraints: there the lock of the whole database keeps writers apart.
    refused = meets and connection.vendor == "postgresql"
    assert getattr(refusal and refusal.__cause__, "sqlstate", None) == ("23P01" if refused else None)
    assert (refusal is not None) is refused


def test_database_lets_two_employees_work_at_the_same_time(nurse, shift):
    AssignmentFactory(employee=nurse, shift=shift)

    refusal = refusal_of(lambda: AssignmentFactory(employee=EmployeeFactory(tenant=nurse.tenant), shift=shift))

    assert refusal is None


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE assignhub_auditentry SET by_label = 'somebody else'",
        "UPDATE assignhub_auditentry SET changes = '{}' WHERE action LIKE 'scheduling.%%'",
        "DELETE FROM assignhub_auditentry",
    ],
)
def test_database_refuses_to_change_the_audit_trail(api, admin, nurse, shift, statement):
    body = {"employee_id": nurse.pk, "shift_id": shift.pk}
    api(admin).post(f"/api/schedules/{shift.schedule_id}/assignments", body)
    before = list(AuditEntry.objects.values())

    def write():
        with connection.cursor() as cursor:
            cursor.execute(statement, [])

    refusal = refusal_of(write)

    assert "audit entries cannot be changed or deleted" in str(refusal)
    assert list(AuditEntry.objects.values()) == before
    assert len(before) == 1


@pytest.mark.parametrize(
    "write",
    [
        pytest.param(lambda nurse, shift: AssignmentFactory(employee=nurse, shift=shift, status="on"), id="status"),
        pytest.param(
            lambda nurse, shift: Shift.objects.filter(pk=shift.pk).update(ends_at=shift.starts_at), id="empty shift"
        ),
        pytest.param(lambda nurse, shift: AvailabilityWindowFactory(employee=nurse, weekday=7), id="weekday"),
        pytest.param(lambda nurse, shift: AvailabilityExceptionFactory(employee=nurse, kind="ill"), id="kind"),
        pytest.param(
            lambda nurse, shift: AvailabilityExceptionFactory(employee=nurse, start_time=time(8)), id="half a time"
        ),
        pytest.param(
            lambda nurse, shift: AvailabilityExceptionFactory(employee=nurse, last_date="2026-11-01"), id="last first"
        ),
        pytest.param(
            lambda nurse, shift: ScheduleFactory(tenant=nurse.tenant, week_end="2026-11-01"), id="week that ends first"
        ),
        pytest.param(lambda nurse, shift: ScheduleFactory(tenant=nurse.tenant, status="secret"), id="schedule status"),
        pytest.param(lambda nurse, shift: ShiftFactory(schedule=shift.schedule, code=shift.code), id="code twice"),
        pytest.param(
            lambda nurse, shift: EmployeeFactory(tenant=nurse.tenant, email=nurse.email.upper()), id="address"
        ),
    ],
)
def test_database_refuses_what_cannot_be(nurse, shift, stored, write):
    before = stored()

    refusal = refusal_of(lambda: write(nurse, shift))

    assert isinstance(refusal, DatabaseError)
    assert stored() == before
