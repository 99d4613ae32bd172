"""Many writers at the same moment, each with a connection of its own: what one may not do, all together may not."""

import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, time, timedelta

import pytest
from django.db import connection, connections, transaction

from assignhub.models import AuditEntry
from scheduling.models import Assignment, Employee, Shift
from scheduling.tests.factories import (
    EmployeeFactory,
    ScheduleFactory,
    ShiftFactory,
    ShiftTypeFactory,
)

pytestmark = pytest.mark.django_db(transaction=True)

WRITERS = 50
DAY = timedelta(days=1)


def at_once(calls: list[Callable]) -> list:
    """What each call returns, all of them begun at the same moment in threads."""
    start = threading.Barrier(len(calls), timeout=60)

    def run(call):
        try:
            start.wait()
            return call()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


@pytest.mark.parametrize("attempt", [1, 2, 3])
def test_one_of_50_writers_puts_a_nurse_on_overlapping_shifts(api, admin, tenant, nurse, attempt):
    # Many schedules: their locks alone would not keep the writers apart.
    schedules = [ScheduleFactory(tenant=tenant) for _ in range(10)]
    shift_type = ShiftTypeFactory(tenant=tenant)
    shifts = [
        ShiftFactory(schedule=schedules[n % 10], shift_type=shift_type, start_time=time(8, n), end_time=time(12, n))
        for n in range(WRITERS)
    ]
    clients = [api(admin) for _ in shifts]

    def write(client, shift):
        url = f"/api/assignments/schedules/{shift.schedule_id}/assignments"
        response = client.post(url, {"employee_id": nurse.pk, "shift_id": shift.pk})
        return response.status_code, response.json()

    answers = at_once([lambda c=client, s=shift: write(c, s) for client, shift in zip(clients, shifts, strict=True)])

    row = Assignment.objects.get()
    text = f"Assignment conflicts detected: Conflicts with shift {row.shift_id} ({row.shift.hours})"
    assert Counter(status for status, _ in answers) == {201: 1, 409: WRITERS - 1}
    assert [body["id"] for status, body in answers if status == 201] == [row.pk]
    assert {body["detail"] for status, body in answers if status == 409} == {text}
    assert (row.employee, row.status, AuditEntry.objects.count()) == (nurse, "assigned", 1)


def test_one_of_20_writers_puts_a_nurse_on_one_shift(api, admin, nurse, shift):
    clients = [api(admin) for _ in range(20)]
    body = {"employee_id": nurse.pk, "shift_id": shift.pk}

    answers = at_once(
        [lambda c=client: c.post(f"/api/schedules/{shift.schedule_id}/assignments", body) for client in clients]
    )

    twice = f"Employee {nurse.pk} is already assigned to shift {shift.pk}"
    assert Counter(answer.status_code for answer in answers) == {201: 1, 409: 19}
    assert {answer.json()["detail"] for answer in answers if answer.status_code == 409} == {twice}
    assert (Assignment.objects.count(), AuditEntry.objects.count()) == (1, 1)


def test_batches_with_the_same_employees_in_opposite_orders_all_end(api, admin, tenant):
    employees = [EmployeeFactory(tenant=tenant) for _ in range(25)]
    shifts = [ShiftFactory(schedule=ScheduleFactory(tenant=tenant)) for _ in range(8)]
    clients = [api(admin) for _ in shifts]

    def write(client, shift, people):
        wishes = [{"employee_id": employee.pk, "shift_id": shift.pk} for employee in people]
        response = client.post("/api/assignments/bulk", {"schedule_id": shift.schedule_id, "assignments": wishes})
        return response.status_code, response.json()

    answers = at_once(
        [
            lambda c=client, s=shift, p=employees[:: 1 if position % 2 else -1]: write(c, s, p)
            for position, (client, shift) in enumerate(zip(clients, shifts, strict=True))
        ]
    )

    assert [status for status, _ in answers] == [201] * 8
    assert sum(body["total_created"] for _, body in answers) == 25
    assert sum(body["total_errors"] for _, body in answers) == 7 * 25
    assert sorted(Assignment.objects.values_list("employee", flat=True)) == [employee.pk for employee in employees]


def test_batches_of_one_schedule_share_out_its_shifts(api, admin, tenant, schedule):
    """Not overlapping, so every wish of every batch is granted, whatever the order."""
    employees = [EmployeeFactory(tenant=tenant) for _ in range(10)]
    shifts = [ShiftFactory(schedule=schedule, date=schedule.week_start + n * DAY) for n in range(6)]
    clients = [api(admin) for _ in shifts]

    def write(client, shift, people):
        wishes = [{"employee_id": employee.pk, "shift_id": shift.pk} for employee in people]
        return client.post("/api/assignments/bulk", {"schedule_id": schedule.pk, "assignments": wishes})

    answers = at_once(
        [
            lambda c=client, s=shift, p=employees[:: 1 if position % 2 else -1]: write(c, s, p)
            for position, (client, shift) in enumerate(zip(clients, shifts, strict=True))
        ]
    )

    assert [(answer.status_code, answer.json()["total_created"]) for answer in answers] == [(201, 10)] * 6
    assert Assignment.objects.count() == AuditEntry.objects.count() == 60


def test_shift_added_while_the_time_zone_changes_stands_on_the_new_clocks(api, admin, staff_client, tenant, schedule):
    shift_type = ShiftTypeFactory(tenant=tenant)
    zones, planner = api(admin), staff_client(admin)
    form = {
        "schedule": schedule.pk,
        "date": "2026-11-02",
        "start_time": "14:00",
        "end_time": "15:00",
        "shift_type": shift_type.pk,
        "required_staff": 1,
    }
    at_the_lock = threading.Event()

    def watch(execute, sql, *arguments):
        """See the planner come to the lock: that of the schedule, on SQLite that of everything."""
        if "FOR NO KEY UPDATE" in sql or sql.startswith("BEGIN"):
            at_the_lock.set()
        return execute(sql, *arguments)

    def plan() -> int:
        try:
            with connection.execute_wrapper(watch):
                return planner.post("/admin/scheduling/shift/add/", form).status_code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            moved = zones.patch(f"/tenants/{tenant.pk}", {"timeZone": "Asia/Tokyo"})
            planned = pool.submit(plan)
            reached = at_the_lock.wait(timeout=30)
        answer = planned.result(timeout=30)

    shift = Shift.objects.get()
    assert (moved.status_code, reached, answer) == (200, True, 302)
    assert (shift.starts_at, shift.ends_at) == (
        datetime(2026, 11, 2, 5, tzinfo=UTC),
        datetime(2026, 11, 2, 6, tzinfo=UTC),
    )


def test_assignments_made_while_the_time_zone_changes_have_the_spans_of_their_shifts(api, admin, tenant, schedule):
    nurses = [EmployeeFactory(tenant=tenant) for _ in range(8)]
    shift = ShiftFactory(schedule=schedule)
    clients, zones = [api(admin) for _ in nurses], api(admin)
    url = f"/api/schedules/{schedule.pk}/assignments"

    answers = at_once(
        [
            lambda: zones.patch(f"/tenants/{tenant.pk}", {"timeZone": "Asia/Tokyo"}),
            *(
                lambda c=client, n=nurse: c.post(url, {"employee_id": n.pk, "shift_id": shift.pk})
                for client, nurse in zip(clients, nurses, strict=True)
            ),
        ]
    )

    shift.refresh_from_db()
    assert [answer.status_code for answer in answers] == [200] + [201] * 8
    assert shift.starts_at == datetime(2026, 11, 1, 23, tzinfo=UTC)
    assert set(Assignment.objects.values_list("starts_at", "ends_at")) == {(shift.starts_at, shift.ends_at)}


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite locks the whole database.")
def test_stranger_does_not_wait_for_the_lock_of_an_employee(api, people, nurse, shift):
    locked, answered = threading.Event(), threading.Event()

    def hold():
        with transaction.atomic():
            Employee.objects.select_for_update().get(pk=nurse.pk)
            locked.set()
            answered.wait(60)
        connections.close_all()

    holder = threading.Thread(target=hold)
    holder.start()
    assert locked.wait(60)
    try:
        response = api(people["stranger"]).post(
            f"/api/schedules/{shift.schedule_id}/assignments", {"employee_id": nurse.pk, "shift_id": shift.pk}
        )
    finally:
        answered.set()
        holder.join()

    assert response.status_code == 404
    text = f"Schedule with ID {shift.schedule_id} not found"
    assert response.json() == {"detail": text, "code": "not_found", "schedule_id": shift.schedule_id}
