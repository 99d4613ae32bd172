"""The trail of assignments that came together says of each what it would say of one that came alone."""

from datetime import timedelta

import pytest

from assignhub.models import AuditEntry
from scheduling import services
from scheduling.models import Assignment
from scheduling.tests.factories import EmployeeFactory, ShiftFactory

ASKED = {
    "one": [{}],
    "two alike": [{}, {}],
    "of other statuses": [{}, {"status": "pending"}, {"status": "declined"}],
    "of other priorities": [{"priority": 100}, {"priority": 1}],
    "with notes": [{"notes": 'Keys: "A" \\ 7'}, {"notes": "日勤 😀"}, {"notes": ""}],
    "all different": [{"status": "pending", "priority": 3, "notes": "first"}, {"priority": 2, "notes": "{}"}],
}


@pytest.mark.parametrize("batch", ASKED.values(), ids=ASKED)
@pytest.mark.parametrize("same", ["employee", "shift"])
def test_trail_of_a_batch_tells_all_of_each_row(batch, same, admin, tenant, schedule):
    if same == "employee":
        nurse, days = EmployeeFactory(tenant=tenant, first_name="O'Hara"), range(len(batch))
        shifts = [ShiftFactory(schedule=schedule, date=schedule.week_start + timedelta(days=day)) for day in days]
        places = [(nurse, shift) for shift in shifts]
    else:
        shift = ShiftFactory(schedule=schedule)
        places = [(EmployeeFactory(tenant=tenant), shift) for _ in batch]
    wishes = [services.Wish(who.pk, where.pk, **wish) for (who, where), wish in zip(places, batch, strict=True)]

    granted, refusals = services.assign_many(schedule.pk, wishes, by=admin, validate_conflicts=False)

    assert refusals == []
    stored = {row.pk: row for row in Assignment.objects.all()}
    assert list(stored.keys()) == sorted((row.pk for row in granted), reverse=True)
    for row, (employee, shift), wish in zip(granted, places, wishes, strict=True):
        entry = AuditEntry.objects.get(object_type="scheduling.assignment", object_id=str(row.pk))
        assert (entry.action, entry.by_id, entry.by_label) == ("scheduling.assignment.add", admin.pk, admin.email)
        assert (entry.tenant_id, entry.object_label) == (tenant.pk, f"{employee} on {shift}")
        assert entry.changes == {
            "schedule": [None, schedule.pk],
            "employee": [None, employee.pk],
            "shift": [None, shift.pk],
            "status": [None, wish.status],
            "priority": [None, wish.priority],
            "notes": [None, wish.notes],
            "assigned_by": [None, str(admin.pk)],
            "assigned_at": [None, str(row.assigned_at)],
            "conflicts_resolved": [None, False],
            "auto_assigned": [None, False],
            "decline_reason": [None, ""],
            "sequence": [None, 0],
        }
        assert vars(stored[row.pk]).items() - {("_state", stored[row.pk]._state)} <= vars(row).items()
