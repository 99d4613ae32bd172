"""Shifts stand on the clocks of their tenant: when those change, real spans follow, those of assignments too."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from assignhub.models import AuditEntry
from scheduling.tests.factories import (
    MONDAY,
    AssignmentFactory,
    EmployeeFactory,
    ScheduleFactory,
    ShiftFactory,
)

DAY = timedelta(days=1)


@pytest.fixture
def move(api, owner, tenant):
    """Change the time zone of the tenant; return the answer."""
    return lambda zone: api(owner).patch(f"/tenants/{tenant.pk}", {"timeZone": zone})


def spans_of(*rows) -> list[tuple[datetime, datetime]]:
    for row in rows:
        row.refresh_from_db()
    return [(row.starts_at, row.ends_at) for row in rows]


def refusal(status: int, message: str, code: str) -> dict:
    return {"data": None, "meta": {"message": message, "code": code}, "httpStatus": status}


def errors(response) -> list[str]:
    assert response.status_code == 200
    return [text for texts in response.context["adminform"].form.errors.values() for text in texts]


# --- Through the tenant -----------------------------------------------------------------------------------------------


def test_time_zone_moves_shifts_and_assignments(move, tenant, schedule, nurse):
    shift = ShiftFactory(schedule=schedule)
    published = ShiftFactory(
        schedule=ScheduleFactory(tenant=tenant, status="published"), start_time=time(22), end_time=time(6)
    )
    rows = [
        AssignmentFactory(employee=nurse, shift=shift),
        AssignmentFactory(employee=nurse, shift=shift, status="declined"),
        AssignmentFactory(employee=nurse, shift=published),
    ]
    before = spans_of(shift, published)

    response = move("America/New_York")

    morning = (datetime(2026, 11, 2, 13, tzinfo=UTC), datetime(2026, 11, 2, 17, tzinfo=UTC))
    night = (datetime(2026, 11, 3, 3, tzinfo=UTC), datetime(2026, 11, 3, 11, tzinfo=UTC))
    assert (response.status_code, response.json()["data"]["timeZone"]) == (200, "America/New_York")
    assert before == [
        (datetime(2026, 11, 2, 7, tzinfo=UTC), datetime(2026, 11, 2, 11, tzinfo=UTC)),
        (datetime(2026, 11, 2, 21, tzinfo=UTC), datetime(2026, 11, 3, 5, tzinfo=UTC)),
    ]
    assert spans_of(shift, published, *rows) == [morning, night, morning, morning, night]
    changes = AuditEntry.objects.get(action="tenancy.tenant.change").changes
    assert changes == {"time_zone": ["Europe/Berlin", "America/New_York"]}


def test_time_zone_of_one_tenant_leaves_the_others_alone(move, other_tenant):
    shift = ShiftFactory(schedule=ScheduleFactory(tenant=other_tenant))
    row = AssignmentFactory(employee=EmployeeFactory(tenant=other_tenant), shift=shift)
    before = spans_of(shift, row)

    response = move("Asia/Tokyo")

    assert response.status_code == 200
    assert spans_of(shift, row) == before


@pytest.mark.parametrize("zone", ["Asia/Tokyo", "America/New_York", "Pacific/Kiritimati", "Asia/Kolkata"])
def test_time_zone_with_adjacent_shifts_passes_over_each_other(move, schedule, nurse, zone):
    """Three shifts a day without a break: while they move one by one, each would for a moment lie on its neighbour."""
    shifts = [
        ShiftFactory(schedule=schedule, date=MONDAY + day * DAY, start_time=time(start), end_time=time(end))
        for day in range(7)
        for start, end in ((6, 14), (14, 22), (22, 6))
    ]
    rows = [AssignmentFactory(employee=nurse, shift=shift) for shift in shifts]
    before = spans_of(*rows)

    response = move(zone)

    after = spans_of(*rows)
    ahead = before[0][0] - after[0][0]
    assert response.status_code == 200
    assert ahead != timedelta(0)
    assert after == [(start - ahead, end - ahead) for start, end in before] == spans_of(*shifts)


@pytest.fixture
def brittle(tenant, nurse):
    """Two shifts of a nurse that meet nowhere only because the clocks of Berlin skip 02:00 to 03:00 between them."""
    schedule = ScheduleFactory(tenant=tenant, week_start=date(2027, 3, 22))
    night = ShiftFactory(schedule=schedule, date=date(2027, 3, 27), start_time=time(22), end_time=time(2, 45))
    early = ShiftFactory(schedule=schedule, date=date(2027, 3, 28), start_time=time(2, 15), end_time=time(6))
    return [AssignmentFactory(employee=nurse, shift=shift) for shift in (night, early)]


def clash(*rows) -> str:
    names = [f"{row.employee} on shift {row.shift_id} ({row.shift.hours})" for row in rows]
    return f"Assignment conflicts detected: {', '.join(names)}"


def test_time_zone_that_would_make_assignments_overlap(move, brittle, stored):
    before = stored()

    response = move("UTC")

    assert (response.status_code, response.json()) == (409, refusal(409, clash(*brittle), "OVERLAP"))
    assert stored() == before


def test_time_zone_that_would_make_assignments_overlap_set_in_the_admin(staff_client, owner, tenant, brittle, stored):
    form = {"name": tenant.name, "time_zone": "UTC"}
    form |= {f"{rows}-{count}_FORMS": 0 for rows in ("roles", "assignments") for count in ("TOTAL", "INITIAL")}
    before = stored()

    response = staff_client(owner).post(f"/admin/tenancy/tenant/{tenant.pk}/change/", form)

    assert errors(response) == [clash(*brittle)]
    assert stored() == before


def test_time_zone_where_inactive_assignments_would_overlap(move, brittle):
    brittle[1].status = "cancelled"
    brittle[1].save()

    response = move("UTC")

    assert response.status_code == 200
    assert spans_of(*brittle) == [
        (datetime(2027, 3, 27, 22, tzinfo=UTC), datetime(2027, 3, 28, 2, 45, tzinfo=UTC)),
        (datetime(2027, 3, 28, 2, 15, tzinfo=UTC), datetime(2027, 3, 28, 6, tzinfo=UTC)),
    ]


def test_time_zone_whose_clocks_skip_a_whole_shift(api, stranger, other_tenant, stored):
    schedule = ScheduleFactory(tenant=other_tenant, week_start=date(2027, 3, 22))
    ShiftFactory(schedule=schedule, date=date(2027, 3, 28), start_time=time(2, 10), end_time=time(2, 50))
    before = stored()

    response = api(stranger).patch(f"/tenants/{other_tenant.pk}", {"timeZone": "Europe/Berlin"})

    text = "On 2027-03-28 the clocks of Europe/Berlin skip the whole of 02:10 - 02:50."
    assert (response.status_code, response.json()) == (400, refusal(400, text, "SKIPPED_BY_THE_CLOCKS"))
    assert stored() == before


@pytest.mark.parametrize("zone", ["Europe/Berlin", "Mars/Olympus", "", "../../etc/passwd"])
def test_time_zone_that_is_the_same_or_unknown_changes_nothing(move, nurse, shift, stored, zone):
    AssignmentFactory(employee=nurse, shift=shift)
    before = stored()

    response = move(zone)

    assert response.status_code == (200 if zone == "Europe/Berlin" else 400)
    assert stored() == before


# --- Through the shift ------------------------------------------------------------------------------------------------


@pytest.fixture
def edit(staff_client, admin):
    """Post the change form of a shift with some values changed."""

    def post(shift, **values):
        form = {
            "date": shift.date.isoformat(),
            "start_time": f"{shift.start_time:%H:%M}",
            "end_time": f"{shift.end_time:%H:%M}",
            "shift_type": shift.shift_type_id,
            "required_staff": shift.required_staff,
            "code": shift.code,
        }
        return staff_client(admin).post(f"/admin/scheduling/shift/{shift.pk}/change/", form | values)

    return post


def test_shift_edited_in_the_admin_moves_its_assignments(edit, tenant, nurse, shift):
    other = ShiftFactory(schedule=shift.schedule, date=MONDAY + 2 * DAY)
    colleague = EmployeeFactory(tenant=tenant)
    rows = [
        AssignmentFactory(employee=nurse, shift=shift),
        AssignmentFactory(employee=colleague, shift=shift, status="cancelled"),
    ]
    untouched = AssignmentFactory(employee=nurse, shift=other)
    before = spans_of(untouched)

    response = edit(shift, date="2026-11-03", start_time="22:00", end_time="06:00")

    span = (datetime(2026, 11, 3, 21, tzinfo=UTC), datetime(2026, 11, 4, 5, tzinfo=UTC))
    assert response.status_code == 302
    assert spans_of(shift, *rows) == [span] * 3
    assert spans_of(untouched) == before
    entry = AuditEntry.objects.get(action="scheduling.shift.change")
    assert set(entry.changes) == {"date", "start_time", "end_time", "starts_at", "ends_at"}


def test_shift_edited_to_touch_another_is_saved(edit, nurse, shift):
    AssignmentFactory(
        employee=nurse, shift=ShiftFactory(schedule=shift.schedule, start_time=time(14), end_time=time(18))
    )
    row = AssignmentFactory(employee=nurse, shift=shift)

    response = edit(shift, end_time="14:00")

    assert response.status_code == 302
    assert spans_of(row) == [(datetime(2026, 11, 2, 7, tzinfo=UTC), datetime(2026, 11, 2, 13, tzinfo=UTC))]


def test_shift_edited_onto_another_place_of_its_employee(edit, tenant, nurse, shift, stored):
    taken = ShiftFactory(
        schedule=ScheduleFactory(tenant=tenant, status="published"), start_time=time(14), end_time=time(18)
    )
    place = AssignmentFactory(employee=nurse, shift=taken)
    AssignmentFactory(employee=nurse, shift=shift)
    before = stored()

    response = edit(shift, end_time="14:01")

    text = f"{clash(place)}, {nurse} on shift {shift.pk} (08:00 - 14:01)"
    assert errors(response) == [text]
    assert text in response.content.decode()
    assert stored() == before


def test_shift_of_a_schedule_that_is_not_editable(edit, shift, stored):
    shift.schedule.status = "published"
    shift.schedule.save()
    before = stored()

    response = edit(shift, end_time="14:00")

    assert errors(response) == [f"Schedule with ID {shift.schedule_id} is published and cannot be edited"]
    assert stored() == before


@pytest.mark.parametrize(
    "values,text",
    [
        ({"date": "2026-11-09"}, "2026-11-09 is outside the schedule's week, 2026-11-02 to 2026-11-08."),
        ({"date": "0001-01-01"}, "0001-01-01 is outside the schedule's week, 2026-11-02 to 2026-11-08."),
        ({"date": "9999-12-31"}, "9999-12-31 is outside the schedule's week, 2026-11-02 to 2026-11-08."),
        ({"start_time": "25:00"}, "Enter a valid time."),
    ],
)
def test_shift_edited_to_an_impossible_time(edit, shift, nurse, stored, values, text):
    AssignmentFactory(employee=nurse, shift=shift)
    before = stored()

    response = edit(shift, **values)

    assert errors(response) == [text]
    assert stored() == before
