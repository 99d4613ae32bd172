"""An assignment's copy of its tenant and date is that of its schedule and shift, whatever happens to them."""

from datetime import timedelta
from importlib import import_module

from django.apps import apps
from django.db.models import F

from assignhub.models import AuditEntry
from scheduling import services
from scheduling.models import Assignment
from scheduling.tests.factories import AssignmentFactory, EmployeeFactory, ShiftFactory

DAY = timedelta(days=1)


def true_copies() -> int:
    return Assignment.objects.filter(date=F("shift__date"), tenant=F("schedule__tenant")).count()


def test_new_assignment_has_its_shifts_date_and_its_schedules_tenant(admin, nurse, shift):
    row = services.assign(shift.schedule_id, services.Wish(nurse.pk, shift.pk), by=admin)

    assert (row.date, row.tenant_id) == (shift.date, shift.schedule.tenant_id)
    assert true_copies() == 1
    assert not {"date", "tenant"} & AuditEntry.objects.get(object_type="scheduling.assignment").changes.keys()


def test_moved_assignment_takes_the_date_of_its_new_shift(admin, nurse, shift):
    row = services.assign(shift.schedule_id, services.Wish(nurse.pk, shift.pk), by=admin)
    later = ShiftFactory(schedule=shift.schedule, shift_type=shift.shift_type, date=shift.date + DAY)

    services.reassign(row, by=admin, shift_id=later.pk)

    assert Assignment.objects.get().date == later.date
    assert true_copies() == 1


def test_assignments_follow_a_shift_to_another_date(admin, nurse, shift):
    services.assign(shift.schedule_id, services.Wish(nurse.pk, shift.pk), by=admin)

    services.shifts.update(shift, by=admin, date=shift.date + DAY)

    assert Assignment.objects.get().date == shift.date + DAY
    assert true_copies() == 1


def test_rows_from_before_the_copies_get_theirs(tenant, other_tenant, schedule):
    for _ in range(3):
        AssignmentFactory(employee=EmployeeFactory(tenant=tenant), shift=ShiftFactory(schedule=schedule))
    Assignment.objects.update(date=schedule.week_end + DAY, tenant=other_tenant)
    migration = import_module("scheduling.migrations.0004_tenant_and_date_of_assignments")

    migration.copy(apps, None)

    assert true_copies() == 3
