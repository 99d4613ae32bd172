"""What changes underneath assignments that are already there.

That would make somebody's shifts overlap is refused, naming the assignments. Softer damage is allowed, and then shows
in what `validate` finds.
"""

from datetime import date, time, timedelta

import pytest

from assignhub.models import AuditEntry
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

DAY = timedelta(days=1)
UNHARMED = {"valid": True, "critical": 0, "warnings": 0, "conflicts": []}


@pytest.fixture
def nursing(tenant):
    return QualificationFactory(tenant=tenant, name="Nurse")


@pytest.fixture
def shift_type(tenant, nursing):
    return ShiftTypeFactory(tenant=tenant, required_qualifications=[nursing])


@pytest.fixture
def nurse(tenant, nursing):
    """Qualified, and available on Mondays from 8 to 16."""
    row = EmployeeFactory(tenant=tenant, qualifications=[nursing])
    AvailabilityWindowFactory(employee=row)
    return row


@pytest.fixture
def place(schedule, shift_type, nurse):
    """The nurse on Monday from 8 to 12, where all is well."""
    return AssignmentFactory(employee=nurse, shift=ShiftFactory(schedule=schedule, shift_type=shift_type))


@pytest.fixture
def validated(api, admin):
    """`validated(schedule)` → what is found wrong with it."""

    def ask(schedule) -> dict:
        response = api(admin).post(f"/api/schedules/{schedule.pk}/validate")
        assert response.status_code == 200
        return response.json()

    return ask


def critical(*findings: dict) -> dict:
    return {"valid": False, "critical": len(findings), "warnings": 0, "conflicts": list(findings)}


def finding(kind: str, place, text: str, **about) -> dict:
    about |= {"employee_id": place.employee_id, "assignment_id": place.pk, "shift_id": place.shift_id}
    message = f"{place.employee} on shift {place.shift_id}: {text}"
    return {"kind": kind, "severity": "critical", "message": message, "about": about}


def unavailable(place, weekday: str, at: str) -> dict:
    return finding("availability", place, f"Employee not available on {weekday} at {at}")


def unqualified(place, *qualifications) -> dict:
    names = ", ".join(sorted(row.name for row in qualifications))
    keys = sorted(row.pk for row in qualifications)
    return finding("qualification", place, f"Employee lacks required qualifications: {names}", qualification_ids=keys)


# --- Overlaps are refused ---------------------------------------------------------------------------------------------


def overlap_of(*places, hours: str = "") -> dict:
    """The refusal; `hours` are those that the shift of the first would have had."""
    moved = places[0].shift_id if hours else None
    names = ", ".join(
        f"{row.employee} on shift {row.shift_id} ({hours if row.shift_id == moved else row.shift.hours})"
        for row in places
    )
    about = {"assignment_ids": [row.pk for row in places]}
    return {"detail": f"Assignment conflicts detected: {names}", "code": "overlap"} | about


@pytest.mark.parametrize(
    "changes,hours",
    [
        ({"end_time": "13:01"}, "08:00 - 13:01"),
        ({"start_time": "14:00", "end_time": "18:00"}, "14:00 - 18:00"),
        ({"start_time": "14:00"}, "14:00 - 12:00"),
        ({"start_time": "22:00", "end_time": "14:00", "date": "2026-11-01"}, "22:00 - 14:00"),
    ],
)
@pytest.mark.parametrize("status", ["assigned", "pending", "confirmed", "completed"])
def test_shift_moved_onto_another_is_refused(api, admin, tenant, place, nurse, stored, changes, hours, status):
    week = ScheduleFactory(tenant=tenant, status="published")
    other = AssignmentFactory(
        employee=nurse, shift=ShiftFactory(schedule=week, start_time=time(13), end_time=time(16)), status=status
    )
    place.schedule.week_start = MONDAY - DAY
    place.schedule.save()
    before = stored()

    response = api(admin).patch(f"/api/shifts/{place.shift_id}", changes)

    assert (response.status_code, response.json()) == (409, overlap_of(place, other, hours=hours))
    assert stored() == before


def test_shift_moved_onto_others_of_several_employees_names_them_all(api, admin, schedule, place, nurse, stored):
    second = EmployeeFactory(tenant=nurse.tenant)
    both = AssignmentFactory(employee=second, shift=place.shift)
    late = ShiftFactory(schedule=schedule, start_time=time(12), end_time=time(16))
    meeting = [AssignmentFactory(employee=row, shift=late) for row in (nurse, second)]
    AssignmentFactory(employee=EmployeeFactory(tenant=nurse.tenant), shift=late)
    before = stored()

    response = api(admin).put(f"/api/shifts/{place.shift_id}", {"end_time": "12:30"})

    assert (response.status_code, response.json()) == (409, overlap_of(place, both, *meeting, hours="08:00 - 12:30"))
    assert stored() == before


def test_shift_moved_onto_another_is_refused_in_the_admin(staff_client, admin, place, nurse, stored):
    other = AssignmentFactory(
        employee=nurse, shift=ShiftFactory(schedule=place.schedule, start_time=time(13), end_time=time(16))
    )
    url = f"/admin/scheduling/shift/{place.shift_id}/change/"
    form = {"shift_type": place.shift.shift_type_id, "date": "2026-11-02", "required_staff": 1, "code": "early"}
    client, before = staff_client(admin), stored()

    response = client.post(url, form | {"start_time": "08:00", "end_time": "14:00"})

    text = overlap_of(place, other, hours="08:00 - 14:00")["detail"]
    assert response.status_code == 200
    assert response.context["adminform"].form.errors == {"__all__": [text]}
    assert stored() == before


@pytest.mark.parametrize("status", ["declined", "cancelled"])
def test_shift_moved_onto_one_that_somebody_no_longer_has(api, admin, place, nurse, status):
    late = ShiftFactory(schedule=place.schedule, start_time=time(12), end_time=time(16))
    AssignmentFactory(employee=nurse, shift=late, status=status)

    response = api(admin).patch(f"/api/shifts/{place.shift_id}", {"end_time": "14:00"})

    place.refresh_from_db()
    place.shift.refresh_from_db()
    assert response.status_code == 200
    assert (place.starts_at, place.ends_at) == (place.shift.starts_at, place.shift.ends_at)
    assert place.ends_at - place.starts_at == timedelta(hours=6)


def test_shift_moved_up_to_another_touches_it(api, admin, place, nurse):
    late = ShiftFactory(schedule=place.schedule, start_time=time(13), end_time=time(16))
    AssignmentFactory(employee=nurse, shift=late)

    response = api(admin).patch(f"/api/shifts/{place.shift_id}", {"end_time": "13:00"})

    place.refresh_from_db()
    assert (response.status_code, place.ends_at) == (200, late.starts_at)


def test_time_zone_that_makes_shifts_overlap_is_refused(api, owner, tenant, nurse, stored):
    # The clocks of Berlin skip from 02:00 to 03:00, where the one shift ends and the other begins.
    schedule = ScheduleFactory(tenant=tenant, week_start=date(2027, 3, 22), status="published")
    night = ShiftFactory(schedule=schedule, date=date(2027, 3, 27), start_time=time(22), end_time=time(2, 45))
    early = ShiftFactory(schedule=schedule, date=date(2027, 3, 28), start_time=time(2, 15), end_time=time(6))
    places = [AssignmentFactory(employee=nurse, shift=shift) for shift in (night, early)]
    before = stored()

    response = api(owner).patch(f"/tenants/{tenant.pk}", {"timeZone": "UTC"})

    meta = {"message": overlap_of(*places)["detail"], "code": "OVERLAP"}
    assert (response.status_code, response.json()) == (409, {"data": None, "meta": meta, "httpStatus": 409})
    assert stored() == before


# --- Softer damage is allowed, and shows ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "changes,weekday,at",
    [
        ({"end_time": "16:30"}, "monday", "16:00"),
        ({"start_time": "07:30"}, "monday", "07:30"),
        ({"date": "2026-11-03"}, "tuesday", "08:00"),
        ({"start_time": "12:00", "end_time": "02:00"}, "monday", "16:00"),
    ],
)
def test_shift_moved_out_of_somebodys_hours_shows(api, admin, place, validated, changes, weekday, at):
    before = validated(place.schedule)

    response = api(admin).patch(f"/api/shifts/{place.shift_id}", changes)

    findings = [row for row in validated(place.schedule)["conflicts"] if row["kind"] == "availability"]
    assert (response.status_code, before) == (200, UNHARMED)
    assert findings == [unavailable(place, weekday, at)]


def test_time_zone_that_moves_a_shift_out_of_somebodys_hours_shows(api, owner, tenant, nursing, shift_type, validated):
    """From 22:00 to 06:00 with a pause from 02:00 to 03:00, which in Berlin's spring does not take place."""
    nurse = EmployeeFactory(tenant=tenant, qualifications=[nursing])
    AvailabilityWindowFactory(employee=nurse, weekday=5, start_time=time(22), end_time=time(2))
    AvailabilityWindowFactory(employee=nurse, weekday=6, start_time=time(3), end_time=time(6))
    schedule = ScheduleFactory(tenant=tenant, week_start=date(2027, 3, 22))
    times = {"date": date(2027, 3, 27), "start_time": time(22), "end_time": time(6)}
    place = AssignmentFactory(employee=nurse, shift=ShiftFactory(schedule=schedule, shift_type=shift_type, **times))
    before = validated(schedule)

    response = api(owner).patch(f"/tenants/{tenant.pk}", {"timeZone": "Africa/Lagos"})

    assert (response.status_code, before) == (200, UNHARMED)
    assert validated(schedule) == critical(unavailable(place, "sunday", "02:00"))


def test_qualification_that_is_taken_away_shows(api, admin, place, nursing, validated):
    before = validated(place.schedule)

    response = api(admin).patch(f"/api/employees/{place.employee_id}", {"qualification_ids": []})

    assert (response.status_code, before) == (200, UNHARMED)
    assert validated(place.schedule) == critical(unqualified(place, nursing))


def test_qualification_that_a_shift_type_comes_to_require_shows(api, admin, tenant, place, nursing, validated):
    training, driving = (QualificationFactory(tenant=tenant, name=name) for name in ("Trainer", "Driver"))
    keys = [row.pk for row in (nursing, training, driving)]
    before = validated(place.schedule)

    response = api(admin).patch(f"/api/shift-types/{place.shift.shift_type_id}", {"required_qualification_ids": keys})

    assert (response.status_code, before) == (200, UNHARMED)
    assert validated(place.schedule) == critical(unqualified(place, training, driving))


def test_qualification_that_another_shift_type_requires_shows(api, admin, tenant, place, validated):
    driving = QualificationFactory(tenant=tenant, name="Driver")
    transport = ShiftTypeFactory(tenant=tenant, required_qualifications=[driving])

    response = api(admin).patch(f"/api/shifts/{place.shift_id}", {"shift_type_id": transport.pk})

    assert response.status_code == 200
    assert validated(place.schedule) == critical(unqualified(place, driving))


@pytest.mark.parametrize(
    "method,path,body,at",
    [
        ("patch", "availability-windows/{window}", {"end_time": "11:00"}, "11:00"),
        ("patch", "availability-windows/{window}", {"weekday": 3}, "08:00"),
        ("post", "availability-exceptions", {"kind": "away"}, "08:00"),
        ("post", "availability-exceptions", {"kind": "away", "start_time": "10:00", "end_time": "11:00"}, "10:00"),
    ],
)
def test_hours_that_are_taken_away_show(api, admin, place, nurse, validated, method, path, body, at):
    dates = {"employee_id": nurse.pk, "first_date": "2026-11-02", "last_date": "2026-11-02"}
    url = "/api/" + path.format(window=nurse.availability.get().pk)
    before = validated(place.schedule)

    response = getattr(api(admin), method)(url, body | (dates if method == "post" else {}))

    assert (response.status_code, before) == (201 if method == "post" else 200, UNHARMED)
    assert validated(place.schedule) == critical(unavailable(place, "monday", at))


def test_hours_of_which_one_window_is_deleted_show(api, admin, place, nurse, validated):
    AvailabilityWindowFactory(employee=nurse, weekday=3)

    response = api(admin).delete(f"/api/availability-windows/{nurse.availability.get(weekday=0).pk}")

    assert response.status_code == 204
    assert validated(place.schedule) == critical(unavailable(place, "monday", "08:00"))


def test_damage_to_what_was_put_in_place_knowingly_is_a_warning(api, admin, place, nursing, validated):
    place.conflicts_resolved = False
    place.save()

    response = api(admin).patch(f"/api/employees/{place.employee_id}", {"qualification_ids": []})

    warning = unqualified(place, nursing) | {"severity": "warning"}
    assert response.status_code == 200
    assert validated(place.schedule) == {"valid": True, "critical": 0, "warnings": 1, "conflicts": [warning]}


def test_damage_is_mended_where_it_was_done(api, admin, place, nursing, validated):
    client, url = api(admin), f"/api/employees/{place.employee_id}"
    client.patch(url, {"qualification_ids": []})
    damaged = validated(place.schedule)

    response = client.patch(url, {"qualification_ids": [nursing.pk]})

    assert (response.status_code, damaged["valid"]) == (200, False)
    assert validated(place.schedule) == UNHARMED


def test_damage_stands_in_the_way_of_publishing(api, admin, place, stored):
    client = api(admin)
    client.patch(f"/api/employees/{place.employee_id}", {"qualification_ids": []})
    place.schedule.status = "approved"
    place.schedule.save()
    before = stored()

    response = client.post(f"/api/schedules/{place.schedule_id}/publish")

    text = f"{place.employee} on shift {place.shift_id}: Employee lacks required qualifications: Nurse"
    detail = f"Schedule with ID {place.schedule_id} has critical conflicts: {text}"
    assert (response.status_code, response.json()) == (
        409,
        {"detail": detail, "code": "critical_conflicts", "conflicts": 1},
    )
    assert stored() == before
    assert AuditEntry.objects.filter(action="scheduling.schedule.publish").count() == 0
