"""How many queries a request takes, as literal numbers: the same for one row and for a thousand."""

from datetime import time, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from scheduling import services
from scheduling.models import Assignment
from scheduling.tests.counts import queries
from scheduling.tests.factories import (
    AssignmentFactory,
    AvailabilityExceptionFactory,
    AvailabilityWindowFactory,
    EmployeeFactory,
    QualificationFactory,
    ScheduleFactory,
    ShiftFactory,
    ShiftTypeFactory,
)

DAY = timedelta(days=1)


@pytest.fixture
def ward(tenant, schedule):
    """Ten shifts on different days or hours that need a qualification, and 100 nurses with it, hours and a leave."""
    nursing = QualificationFactory(tenant=tenant)
    shift_type = ShiftTypeFactory(tenant=tenant, required_qualifications=[nursing])
    shifts = [
        ShiftFactory(
            schedule=schedule,
            shift_type=shift_type,
            date=schedule.week_start + day * DAY,
            start_time=time(hour),
            end_time=time(hour + 2),
        )
        for day in range(5)
        for hour in (8, 10)
    ]
    nurses = [EmployeeFactory(tenant=tenant, qualifications=[nursing]) for _ in range(100)]
    for nurse in nurses:
        for weekday in range(5):
            AvailabilityWindowFactory(employee=nurse, weekday=weekday)
        AvailabilityExceptionFactory(employee=nurse, first_date=schedule.week_end)
    return [(nurse.pk, shift.pk) for nurse in nurses for shift in shifts]


@pytest.mark.parametrize("rows", [1, 10, 1000])
def test_assign_many_takes_as_many_queries_for_any_number_of_rows(admin, schedule, ward, rows):
    wishes = [services.Wish(employee_id, shift_id) for employee_id, shift_id in ward[:rows]]
    assert admin.roles

    with CaptureQueriesContext(connection) as asked:
        granted, refusals = services.assign_many(schedule.pk, wishes, by=admin)

    assert (len(granted), refusals, Assignment.objects.count()) == (rows, [], rows)
    assert len(asked) == queries(sqlite=13, postgresql=6)


@pytest.mark.parametrize("rows", [1, 10, 1000])
def test_bulk_takes_as_many_queries_for_any_number_of_rows(api, admin, schedule, ward, rows):
    client = api(admin)
    wishes = [{"employee_id": employee_id, "shift_id": shift_id} for employee_id, shift_id in ward[:rows]]

    with CaptureQueriesContext(connection) as asked:
        response = client.post("/api/assignments/bulk", {"schedule_id": schedule.pk, "assignments": wishes})

    assert (response.status_code, response.json()["total_created"]) == (201, rows)
    assert len(asked) == queries(sqlite=14, postgresql=7)


@pytest.mark.parametrize("rows", [1, 10, 1000])
def test_bulk_of_refused_rows_takes_as_many_queries_for_any_number(api, admin, schedule, ward, rows):
    """Rows that are refused read as much and write nothing."""
    client = api(admin)
    services.assign_many(schedule.pk, [services.Wish(*keys) for keys in ward], by=admin)
    wishes = [{"employee_id": employee_id, "shift_id": shift_id} for employee_id, shift_id in ward[:rows]]

    with CaptureQueriesContext(connection) as asked:
        response = client.post("/api/assignments/bulk", {"schedule_id": schedule.pk, "assignments": wishes})

    assert (response.status_code, response.json()["total_errors"]) == (201, rows)
    assert len(asked) == queries(sqlite=12, postgresql=6)


def test_create_takes_as_many_queries_as_a_batch_of_one(api, admin, schedule, ward):
    client = api(admin)
    employee_id, shift_id = ward[0]

    with CaptureQueriesContext(connection) as asked:
        response = client.post(
            f"/api/schedules/{schedule.pk}/assignments", {"employee_id": employee_id, "shift_id": shift_id}
        )

    assert response.status_code == 201
    assert len(asked) == queries(sqlite=14, postgresql=7)


@pytest.mark.parametrize("rows", [1, 10, 1000])
def test_import_takes_as_many_queries_for_any_number_of_rows(command, sheet, admin, schedule, ward, rows):
    employees = dict(admin.memberships.get().assignment.tenant.employees.values_list("pk", "email"))
    codes = dict(schedule.shifts.values_list("pk", "code"))
    lines = [[schedule.title, employees[employee_id], codes[shift_id]] for employee_id, shift_id in ward[:rows]]
    path = sheet("rows.csv", ["schedule", "employee", "shift"], *lines)

    with CaptureQueriesContext(connection) as asked:
        printed, error = command("import_assignments", path)

    assert (printed, error) == ([f"rows.csv: {rows} created, 0 updated, 0 unchanged, 0 refused"], None)
    assert len(asked) == queries(sqlite=22, postgresql=15)


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize(
    "path,count",
    [
        ("/api/assignments", 2),
        ("/api/assignments?status=assigned&date_from=2026-11-01&limit=1000", 2),
        ("/api/schedules/{}/assignments", 3),
    ],
)
def test_list_takes_as_many_queries_for_one_row_and_for_three(api, viewer, schedule, path, count, rows):
    client = api(viewer)
    for _ in range(rows):
        shift = ShiftFactory(schedule=schedule)
        AssignmentFactory(employee=EmployeeFactory(tenant=schedule.tenant), shift=shift, assigned_by=viewer)

    with CaptureQueriesContext(connection) as asked:
        response = client.get(path.format(schedule.pk))

    assert len(response.json()) == rows
    assert len(asked) == count


def test_list_of_nothing_takes_no_query_for_its_rows(api, viewer):
    client = api(viewer)

    with CaptureQueriesContext(connection) as asked:
        response = client.get("/api/assignments")

    assert response.json() == []
    assert len(asked) == 2


def test_get_one_takes_two_queries(api, viewer, nurse, shift):
    client = api(viewer)
    row = AssignmentFactory(employee=nurse, shift=shift, assigned_by=viewer)

    with CaptureQueriesContext(connection) as asked:
        response = client.get(f"/api/assignments/{row.pk}")

    assert response.json()["id"] == row.pk
    assert len(asked) == 2


@pytest.mark.parametrize("rows", [1, 3])
def test_admin_list_takes_as_many_queries_for_one_row_and_for_three(staff_client, admin, tenant, rows):
    client = staff_client(admin)
    for _ in range(rows):
        shift = ShiftFactory(schedule=ScheduleFactory(tenant=tenant))
        AssignmentFactory(employee=EmployeeFactory(tenant=tenant), shift=shift, assigned_by=admin)

    with CaptureQueriesContext(connection) as asked:
        response = client.get("/admin/scheduling/assignment/")

    assert len(response.context["cl"].result_list) == rows
    assert len(asked) == 4


@pytest.mark.parametrize("held", [1, 30])
def test_naming_qualifications_takes_as_many_queries_for_any_number(
    held, api, admin, tenant, django_assert_num_queries
):
    employee = EmployeeFactory(tenant=tenant)
    keys = [QualificationFactory(tenant=tenant).pk for _ in range(held)]
    client = api(admin)

    with django_assert_num_queries(16):
        response = client.patch(f"/api/employees/{employee.pk}", {"qualification_ids": keys})

    assert response.status_code == 200
    assert sorted(response.json()["qualification_ids"]) == sorted(keys)
