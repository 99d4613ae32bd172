"""Questions asked together are answered as each by itself, and PostgreSQL is asked once."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from assignhub.questions import together, written_once
from scheduling.models import AvailabilityException, Employee, Shift
from scheduling.tests.factories import (
    AvailabilityExceptionFactory,
    EmployeeFactory,
    ScheduleFactory,
    ShiftFactory,
)
from tenancy.models import Tenant
from tenancy.tests.factories import TenantFactory

pytestmark = pytest.mark.django_db


@written_once
def employees(keys):
    return Employee.objects.order_by("pk").filter(pk__among=keys)


@written_once
def locked(keys):
    return Employee.objects.select_for_update().order_by("pk").filter(pk__among=keys)


@written_once
def shifts(keys):
    return Shift.objects.order_by("-pk").filter(pk__among=keys).select_related("shift_type", "schedule")


@written_once
def absences(people):
    rows = AvailabilityException.objects.order_by("pk").filter(employee_id__among=people)
    return rows.values_list("employee_id", "kind", "first_date", "start_time", "created_at", "employee__tenant_id")


@written_once
def tenants_of(keys):
    return Tenant.objects.order_by("name").filter(pk__among=keys).values_list("pk", "name", "requires_second_factor")


def values(rows) -> list[dict]:
    return [{field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields} for row in rows]


@pytest.fixture
def people():
    tenant = TenantFactory(name="Łódź “A”")
    return [EmployeeFactory(tenant=tenant, first_name=name) for name in ("Zoë", 'Q"uo\\te', "")]


def test_answers_are_those_to_each_question(people):
    keys = [person.pk for person in people]
    schedule = ScheduleFactory(tenant=people[0].tenant)
    late = ShiftFactory(schedule=schedule, start_time=time(22, 15, 30), end_time=time(6))
    early = ShiftFactory(schedule=schedule, start_time=time(6), end_time=time(22, 15, 30))
    leave = AvailabilityExceptionFactory(employee=people[0], kind="away", first_date=date(2024, 2, 29))
    extra = AvailabilityExceptionFactory(employee=people[1], kind="extra", start_time=time(7), end_time=time(9, 30))

    asked = [
        employees.asked(keys),
        shifts.asked([late.pk, early.pk]),
        absences.asked(keys),
        tenants_of.asked([people[0].tenant_id]),
    ]
    found, placed, away, tenants = together(*asked)

    assert values(found) == values(people)
    assert values(placed) == values([early, late])
    assert values(shift.shift_type for shift in placed) == values([early.shift_type, late.shift_type])
    assert values(shift.schedule for shift in placed) == values([schedule, schedule])
    assert [shift.starts_at.tzinfo for shift in placed] == [UTC, UTC]
    assert [tuple(row) for row in away] == [
        (people[0].pk, "away", date(2024, 2, 29), None, leave.created_at, people[0].tenant_id),
        (people[1].pk, "extra", extra.first_date, time(7), extra.created_at, people[1].tenant_id),
    ]
    assert [tuple(row) for row in tenants] == [(people[0].tenant_id, "Łódź “A”", False)]
    assert together(*asked[:1])[0] == found


@pytest.mark.parametrize(
    "moment",
    [
        datetime(1, 1, 1, tzinfo=UTC),
        datetime(2026, 11, 21, 8, 30, tzinfo=UTC),
        datetime(2026, 11, 21, 8, 30, 15, 120_000, tzinfo=UTC),
        datetime(9999, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC),
    ],
)
def test_moments_are_as_they_were_stored(people, moment):
    Employee.objects.update(created_at=moment)
    keys = [people[0].pk]

    found, again = together(employees.asked(keys), employees.asked(keys))

    assert ([row.created_at for row in found], [row.created_at for row in again]) == ([moment], [moment])
    assert found[0].created_at.utcoffset() == timedelta(0)


def test_question_without_rows_has_none(people):
    assert together(employees.asked([]), absences.asked([people[0].pk]), shifts.asked([0])) == [[], [], []]


def test_questions_that_lock_nothing_are_one_statement_for_postgresql(people):
    keys = [person.pk for person in people]
    asked = [employees.asked(keys), absences.asked(keys), shifts.asked(keys)]

    with CaptureQueriesContext(connection) as queries:
        answers = together(locked.asked(keys), *asked)

    assert [len(answer) for answer in answers] == [3, 3, 0, 0]
    if connection.vendor == "postgresql":
        assert ["FOR UPDATE" in query["sql"] for query in queries] == [True, False]
    else:
        assert len(queries) == 4
