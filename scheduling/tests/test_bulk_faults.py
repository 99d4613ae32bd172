"""A batch of 1,000 with a few faults of every kind: exactly those rows are reported, each for its own reason."""

import random
from collections.abc import Iterator
from datetime import time, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from assignhub.models import AuditEntry
from scheduling.models import Assignment
from scheduling.tests.bodies import assignment_body
from scheduling.tests.counts import queries
from scheduling.tests.factories import (
    MONDAY,
    AssignmentFactory,
    AvailabilityWindowFactory,
    EmployeeFactory,
    QualificationFactory,
    ScheduleFactory,
    ShiftFactory,
    ShiftTypeFactory,
)

URL = "/api/assignments/bulk"
DAY = timedelta(days=1)
ROWS, OF_EACH_KIND = 1000, 10
NO_SUCH_KEY = 2**40


class Ward:
    """A week of early shifts, a late one that meets the early one of Monday, and employees for every kind of fault."""

    def __init__(self, tenant, schedule):
        plain = ShiftTypeFactory(tenant=tenant)
        nursing = QualificationFactory(tenant=tenant, name="Nurse")
        skilled = ShiftTypeFactory(tenant=tenant, required_qualifications=[nursing])
        self.tenant = tenant
        self.week = [ShiftFactory(schedule=schedule, shift_type=plain, date=MONDAY + n * DAY) for n in range(7)]
        monday = {"schedule": schedule, "start_time": time(11), "end_time": time(15)}
        self.meeting = ShiftFactory(shift_type=plain, **monday)
        self.guarded = ShiftFactory(schedule=schedule, shift_type=skilled, start_time=time(20), end_time=time(22))
        beside = ScheduleFactory(tenant=tenant, status="published")
        self.elsewhere = ShiftFactory(schedule=beside, shift_type=plain, start_time=time(6), end_time=time(9))

    def good(self) -> Iterator[dict]:
        """Wishes that nothing stands in the way of, as many as are asked for."""
        while True:
            employee = EmployeeFactory(tenant=self.tenant)
            for shift in self.week:
                yield wish(employee.pk, shift.pk)

    def of_an_unknown_employee(self, number: int):
        key = NO_SUCH_KEY + number
        return fault(key, self.week[0].pk, "not_found", f"Employee with ID {key} not found")

    def of_somebody_who_has_left(self, number: int):
        key = EmployeeFactory(tenant=self.tenant, is_active=False).pk
        return fault(key, self.week[1].pk, "inactive", f"Employee with ID {key} is not active")

    def of_an_unknown_shift(self, number: int):
        key = NO_SUCH_KEY + number
        return fault(EmployeeFactory(tenant=self.tenant).pk, key, "not_found", f"Shift with ID {key} not found")

    def twice_as_the_database_knows(self, number: int):
        row = AssignmentFactory(employee=EmployeeFactory(tenant=self.tenant), shift=self.week[2])
        text = f"Employee {row.employee_id} is already assigned to shift {row.shift_id}"
        return fault(row.employee_id, row.shift_id, "duplicate", text)

    def twice_in_the_batch(self, number: int):
        key, shift = EmployeeFactory(tenant=self.tenant).pk, self.week[3]
        text = f"Employee {key} is already assigned to shift {shift.pk}"
        return fault(key, shift.pk, "duplicate", text, after=wish(key, shift.pk))

    def overlapping_in_the_database(self, number: int):
        key, shift = EmployeeFactory(tenant=self.tenant).pk, self.elsewhere
        AssignmentFactory(employee_id=key, shift=shift)
        text = f"Assignment conflicts detected: Conflicts with shift {shift.pk} (06:00 - 09:00)"
        return fault(key, self.week[0].pk, "overlap", text)

    def overlapping_in_the_batch(self, number: int):
        key, shift = EmployeeFactory(tenant=self.tenant).pk, self.week[0]
        text = f"Assignment conflicts detected: Conflicts with shift {shift.pk} (08:00 - 12:00)"
        return fault(key, self.meeting.pk, "overlap", text, after=wish(key, shift.pk))

    def not_qualified(self, number: int):
        key = EmployeeFactory(tenant=self.tenant).pk
        return fault(key, self.guarded.pk, "qualification", "Employee lacks required qualifications: Nurse")

    def not_available(self, number: int):
        employee = EmployeeFactory(tenant=self.tenant)
        AvailabilityWindowFactory(employee=employee, weekday=4, start_time=time(8), end_time=time(11, 30))
        return fault(employee.pk, self.week[4].pk, "availability", "Employee not available on friday at 11:30")


def wish(employee_id: int, shift_id: int) -> dict:
    return {"employee_id": employee_id, "shift_id": shift_id}


def fault(employee_id: int, shift_id: int, code: str, text: str, *, after: dict | None = None) -> tuple:
    """A wish that is refused, how it is reported, and the good one that has to stand before it, if any."""
    return wish(employee_id, shift_id), {"error": text, "code": code}, after


KINDS = [
    Ward.of_an_unknown_employee,
    Ward.of_somebody_who_has_left,
    Ward.of_an_unknown_shift,
    Ward.twice_as_the_database_knows,
    Ward.twice_in_the_batch,
    Ward.overlapping_in_the_database,
    Ward.overlapping_in_the_batch,
    Ward.not_qualified,
    Ward.not_available,
]


@pytest.fixture
def ward(tenant, schedule) -> Ward:
    return Ward(tenant, schedule)


def batch_of(ward: Ward, rows: int, faults: list[tuple]) -> tuple[list[dict], list[dict]]:
    """`rows` wishes with the faults strewn among them, and the reports that must come of those."""
    generator = random.Random(1000)
    first = [after for _, _, after in faults if after]
    good = ward.good()
    filling = [next(good) for _ in range(rows - len(faults) - len(first))]
    places = set(generator.sample(range(len(first), rows), len(faults)))
    wishes, reports, waiting, coming = [], [], iter(faults), iter([*first, *filling])
    for index in range(rows):
        if index in places:
            wanted, refusal, _ = next(waiting)
            wishes.append(wanted)
            reports.append({"index": index, **wanted, **refusal})
        else:
            wishes.append(next(coming))
    return wishes, reports


def test_bulk_of_1000_reports_the_faulty_rows_and_grants_the_others(api, admin, ward, schedule):
    faults = [make(ward, number) for number in range(OF_EACH_KIND) for make in KINDS]
    wishes, reports = batch_of(ward, ROWS, faults)
    client, before = api(admin), set(Assignment.objects.values_list("pk", flat=True))

    response = client.post(URL, {"schedule_id": schedule.pk, "assignments": wishes})

    added = Assignment.objects.exclude(pk__in=before).order_by("pk")
    faulty = {report["index"] for report in reports}
    granted = [wanted for index, wanted in enumerate(wishes) if index not in faulty]
    body = response.json()
    assert response.status_code == 201
    assert body["errors"] == reports
    assert body["created"] == [
        assignment_body(row) for row in added.select_related("employee", "shift__shift_type", "schedule")
    ]
    assert (body["total_processed"], body["total_created"], body["total_errors"]) == (1000, 910, 90)
    assert [wish(*keys) for keys in added.values_list("employee_id", "shift_id")] == granted
    entries = AuditEntry.objects.filter(action="scheduling.assignment.add").order_by("pk")
    assert list(entries.values_list("object_id", flat=True)) == [str(row.pk) for row in added]
    assert AuditEntry.objects.count() == 910


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_bulk_with_one_faulty_row_among_many(api, admin, ward, schedule, kind):
    wishes, reports = batch_of(ward, 20, [kind(ward, 0)])
    before = Assignment.objects.count()

    response = api(admin).post(URL, {"schedule_id": schedule.pk, "assignments": wishes})

    body = response.json()
    assert (response.status_code, body["errors"]) == (201, reports)
    assert (body["total_processed"], body["total_created"], body["total_errors"]) == (20, 19, 1)
    assert (Assignment.objects.count() - before, AuditEntry.objects.count()) == (19, 19)


@pytest.mark.parametrize("rows,of_each_kind", [(1, 0), (1000, OF_EACH_KIND)])
def test_bulk_takes_as_many_queries_for_1000_rows_with_faults_as_for_one(
    api, admin, ward, schedule, rows, of_each_kind
):
    faults = [make(ward, number) for number in range(of_each_kind) for make in KINDS]
    wishes, reports = batch_of(ward, rows, faults)
    client = api(admin)

    with CaptureQueriesContext(connection) as asked:
        response = client.post(URL, {"schedule_id": schedule.pk, "assignments": wishes})

    assert (response.status_code, response.json()["errors"]) == (201, reports)
    assert len(asked) == queries(sqlite=14, postgresql=7)
