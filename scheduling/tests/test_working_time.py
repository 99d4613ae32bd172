"""Rest, hours a day and hours a week in POST /api/schedules/{id}/validate: warnings, by the limits of the policy."""

from datetime import date, time, timedelta

import pytest

from scheduling.tests.factories import MONDAY, AssignmentFactory, EmployeeFactory, ScheduleFactory, ShiftFactory
from scheduling.tests.planning_factories import PolicyFactory


@pytest.fixture
def found(api, admin):
    """`found(schedule)` → its findings, none of them critical."""

    def post(schedule) -> list[dict]:
        body = api(admin).post(f"/api/schedules/{schedule.pk}/validate").json()
        assert (body["valid"], body["critical"], body["warnings"]) == (True, 0, len(body["conflicts"]))
        return body["conflicts"]

    return post


@pytest.fixture
def work(nurse, schedule):
    """`work(day, start, end)` → a shift of the nurse on that day of the week, 0 for Monday; times as "HH:MM"."""

    def give(day: int, start: str, end: str, *, inside=None, status="assigned"):
        shift = ShiftFactory(
            schedule=inside or schedule,
            date=(inside or schedule).week_start + timedelta(days=day),
            start_time=time.fromisoformat(start),
            end_time=time.fromisoformat(end),
            required_staff=0 if status in ("declined", "cancelled") else 1,
        )
        AssignmentFactory(employee=nurse, shift=shift, status=status)
        return shift

    return give


@pytest.fixture
def elsewhere(tenant):
    """Another plan of the same week."""
    return ScheduleFactory(tenant=tenant)


def rest(employee, one, next_one, hours: str, limit: int = 11) -> dict:
    return {
        "kind": "rest",
        "severity": "warning",
        "message": f"{employee} rests {hours} of {limit} hours before shift {next_one.pk}",
        "about": {"employee_id": employee.pk, "shift_ids": [one.pk, next_one.pk]},
    }


def daily(employee, day: str, hours: str, limit: int = 12) -> dict:
    return {
        "kind": "daily_hours",
        "severity": "warning",
        "message": f"{employee} works {hours} hours on {day}, more than {limit}",
        "about": {"employee_id": employee.pk, "date": day},
    }


def weekly(employee, monday: str, hours: str, limit: int = 40) -> dict:
    return {
        "kind": "weekly_hours",
        "severity": "warning",
        "message": f"{employee} works {hours} hours in the week of {monday}, more than {limit}",
        "about": {"employee_id": employee.pk, "week": monday},
    }


# --- Rest -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("starts, hours", [("06:00", "8"), ("06:30", "8.5"), ("08:59", "10.9833"), ("09:00", None)])
def test_rest_between_two_shifts(found, work, nurse, schedule, starts, hours):
    one, next_one = work(0, "14:00", "22:00"), work(1, starts, "14:00")

    assert found(schedule) == ([rest(nurse, one, next_one, hours)] if hours else [])


@pytest.mark.parametrize("limit, warned", [(0, False), (7, False), (8, False), (9, True), (48, True)])
def test_rest_by_the_policy(found, work, tenant, nurse, schedule, limit, warned):
    PolicyFactory(tenant=tenant, minimum_rest_hours=limit)
    one, next_one = work(0, "14:00", "22:00"), work(1, "06:00", "14:00")

    assert found(schedule) == ([rest(nurse, one, next_one, "8", limit)] if warned else [])


@pytest.mark.parametrize("ours_first", [True, False])
def test_rest_between_two_schedules(found, work, nurse, schedule, elsewhere, ours_first):
    one = work(0, "14:00", "22:00", inside=schedule if ours_first else elsewhere)
    next_one = work(1, "06:00", "12:00", inside=elsewhere if ours_first else schedule)

    assert found(schedule) == found(elsewhere) == [rest(nurse, one, next_one, "8")]


def test_rest_across_the_edge_of_the_week(found, work, tenant, nurse, schedule):
    before = ScheduleFactory(tenant=tenant, week_start=MONDAY - timedelta(days=7))
    one, next_one = work(6, "16:00", "23:00", inside=before), work(0, "06:00", "12:00")

    assert found(schedule) == found(before) == [rest(nurse, one, next_one, "7")]


def test_rest_within_another_schedule_is_not_our_concern(found, work, schedule, elsewhere):
    work(4, "08:00", "12:00")
    work(0, "14:00", "22:00", inside=elsewhere)
    work(1, "06:00", "12:00", inside=elsewhere)

    assert found(schedule) == []


@pytest.mark.parametrize("status", ["declined", "cancelled"])
def test_rest_is_not_cut_short_by_a_freed_place(found, work, schedule, status):
    work(0, "14:00", "22:00", status=status)
    work(1, "06:00", "14:00")

    assert found(schedule) == []


# --- A day ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("ends, hours", [("19:00", None), ("19:30", "12.5"), ("21:00", "14")])
def test_hours_of_a_day(found, work, nurse, schedule, ends, hours):
    work(2, "07:00", ends)

    assert found(schedule) == ([daily(nurse, "2026-11-04", hours)] if hours else [])


@pytest.mark.parametrize("limit, warned", [(7, True), (8, False), (24, False)])
def test_hours_of_a_day_by_the_policy(found, work, tenant, nurse, schedule, limit, warned):
    PolicyFactory(tenant=tenant, maximum_daily_hours=limit)
    work(2, "08:00", "16:00")

    assert found(schedule) == ([daily(nurse, "2026-11-04", "8", limit)] if warned else [])


def test_hours_of_a_night_count_for_the_day_they_are_worked_on(found, work, tenant, nurse, schedule):
    PolicyFactory(tenant=tenant, minimum_rest_hours=0, maximum_daily_hours=8)
    work(0, "20:00", "06:00")
    work(1, "18:00", "02:00")

    assert found(schedule) == [daily(nurse, "2026-11-03", "12", 8)]


def test_hours_of_a_day_are_the_tenants_day(found, work, nurse, schedule):
    """00:00 to 13:00 in Berlin begins the day before in UTC."""
    work(3, "00:00", "13:00")

    assert found(schedule) == [daily(nurse, "2026-11-05", "13")]


@pytest.mark.parametrize("day, hours", [(date(2026, 10, 25), "13"), (date(2026, 10, 18), None)])
def test_hours_of_a_day_are_real_hours(found, work, tenant, nurse, day, hours):
    """On 25 October the clocks go back, and the hour after two comes twice."""
    schedule = ScheduleFactory(tenant=tenant, week_start=day)
    work(0, "00:00", "12:00", inside=schedule)

    assert found(schedule) == ([daily(nurse, day.isoformat(), hours)] if hours else [])


def test_hours_of_a_day_in_two_schedules(found, work, tenant, nurse, schedule, elsewhere):
    PolicyFactory(tenant=tenant, minimum_rest_hours=0)
    work(0, "06:00", "13:00")
    work(0, "14:00", "20:00", inside=elsewhere)

    assert found(schedule) == found(elsewhere) == [daily(nurse, "2026-11-02", "13")]


# --- A week -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("last, hours", [("16:00", None), ("16:15", "40.25"), ("19:00", "43")])
def test_hours_of_a_week(found, work, nurse, schedule, last, hours):
    for day in range(4):
        work(day, "08:00", "16:00")
    work(4, "08:00", last)

    assert found(schedule) == ([weekly(nurse, "2026-11-02", hours)] if hours else [])


@pytest.mark.parametrize("limit, warned", [(15, True), (16, False), (168, False)])
def test_hours_of_a_week_by_the_policy(found, work, tenant, nurse, schedule, limit, warned):
    PolicyFactory(tenant=tenant, maximum_weekly_hours=limit)
    work(0, "08:00", "16:00")
    work(1, "08:00", "16:00")

    assert found(schedule) == ([weekly(nurse, "2026-11-02", "16", limit)] if warned else [])


def test_hours_of_a_week_in_two_schedules(found, work, nurse, schedule, elsewhere):
    for day in range(6):
        work(day, "08:00", "15:00", inside=elsewhere if day % 2 else schedule)

    assert found(schedule) == found(elsewhere) == [weekly(nurse, "2026-11-02", "42")]


def test_hours_of_two_weeks_of_one_schedule(found, work, tenant, nurse):
    schedule = ScheduleFactory(tenant=tenant, week_end=MONDAY + timedelta(days=13))
    for day in (0, 1, 2, 3, 7, 8, 9, 10):
        work(day, "08:00", "19:00" if day < 7 else "18:00", inside=schedule)

    assert found(schedule) == [weekly(nurse, "2026-11-02", "44")]


def test_hours_of_a_week_that_begins_before_the_schedule(found, work, tenant, nurse):
    """A plan of Thursday to Sunday, after a full beginning of the week elsewhere."""
    start = ScheduleFactory(tenant=tenant)
    schedule = ScheduleFactory(tenant=tenant, week_start=MONDAY + timedelta(days=3))
    for day in range(3):
        work(day, "06:00", "18:00", inside=start)
    work(2, "08:00", "16:00", inside=schedule)

    assert found(schedule) == [weekly(nurse, "2026-11-02", "44")]


def test_working_time_is_each_employees_own(found, work, tenant, nurse, schedule):
    one, next_one = work(0, "14:00", "22:00"), work(1, "06:00", "10:00")
    colleague = EmployeeFactory(tenant=tenant)
    third = ShiftFactory(schedule=schedule, date=MONDAY + timedelta(days=1), start_time=time(10), end_time=time(23))
    AssignmentFactory(employee=colleague, shift=third)

    assert found(schedule) == [rest(nurse, one, next_one, "8"), daily(colleague, "2026-11-03", "13")]
