"""Shifts changed, moved and deleted: their assignments' spans follow, or the change is refused."""

from datetime import date, time

import pytest

from assignhub.audit import trail
from scheduling.models import Assignment, Shift
from scheduling.tests.bodies import moment
from scheduling.tests.factories import AssignmentFactory, EmployeeFactory, ScheduleFactory, ShiftFactory
from scheduling.tests.planning_bodies import shift_record

URL = "/api/shifts"


# --- Change and delete ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["put", "patch"])
@pytest.mark.parametrize("person", ["admin", "owner", "super_admin"])
def test_change_shift(api, people, shift, person, method):
    before = Shift.objects.values().get()

    response = getattr(api(people[person]), method)(f"{URL}/{shift.pk}", {"required_staff": 4, "code": "early"})

    row = Shift.objects.get()
    assert (response.status_code, response.json()) == (200, shift_record(row))
    changed = {"required_staff": 4, "code": "early", "updated_at": row.updated_at}
    assert Shift.objects.values().get() == before | changed
    assert [(entry.action, entry.changes) for entry in trail(row)] == [
        ("scheduling.shift.change", {"required_staff": [1, 4], "code": [shift.code, "early"]})
    ]


def test_change_shift_that_changes_nothing_writes_nothing(api, admin, nurse, shift, stored):
    AssignmentFactory(employee=nurse, shift=shift)
    client, before = api(admin), stored()

    responses = [client.put(f"{URL}/{shift.pk}", sent) for sent in ({}, {"start_time": "08:00", "required_staff": 1})]

    assert [(response.status_code, response.json()) for response in responses] == [(200, shift_record(shift))] * 2
    assert stored() == before


def test_change_shift_to_another_schedule(api, admin, tenant, shift, stored):
    other = ScheduleFactory(tenant=tenant)
    client, before = api(admin), stored()

    response = client.patch(f"{URL}/{shift.pk}", {"schedule_id": other.pk})

    detail = "The schedule of this shift cannot be changed."
    assert (response.status_code, response.json()) == (400, {"detail": detail, "code": "fixed"})
    assert stored() == before


@pytest.mark.parametrize("person", ["admin", "owner", "super_admin"])
def test_delete_shift(api, people, shift, person):
    response = api(people[person]).delete(f"{URL}/{shift.pk}")

    assert (response.status_code, response.content) == (204, b"")
    assert not Shift.objects.exists()
    assert trail(shift).get().action == "scheduling.shift.delete"


@pytest.mark.parametrize("status", ["assigned", "declined"])
def test_delete_shift_that_somebody_is_on(api, admin, nurse, shift, stored, status):
    AssignmentFactory(employee=nurse, shift=shift, status=status)
    client, before = api(admin), stored()

    response = client.delete(f"{URL}/{shift.pk}")

    detail = f"“{shift}” is in use by: {nurse} on {shift}"
    assert (response.status_code, response.json()) == (409, {"detail": detail, "code": "in_use"})
    assert stored() == before


# --- Moved ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "sent, starts_at, ends_at",
    [
        ({"start_time": "06:00"}, "2026-11-02T05:00:00Z", "2026-11-02T11:00:00Z"),
        ({"end_time": "08:00"}, "2026-11-02T07:00:00Z", "2026-11-03T07:00:00Z"),
        ({"date": "2026-11-08"}, "2026-11-08T07:00:00Z", "2026-11-08T11:00:00Z"),
        (
            {"date": "2026-11-04", "start_time": "22:00", "end_time": "06:00"},
            "2026-11-04T21:00:00Z",
            "2026-11-05T05:00:00Z",
        ),
    ],
)
def test_move_shift_takes_its_assignments_along(api, admin, tenant, nurse, shift, sent, starts_at, ends_at):
    colleague = EmployeeFactory(tenant=tenant)
    AssignmentFactory(employee=nurse, shift=shift)
    AssignmentFactory(employee=colleague, shift=shift, status="declined")
    elsewhere = AssignmentFactory(employee=colleague, shift=ShiftFactory(schedule=shift.schedule))

    response = api(admin).patch(f"{URL}/{shift.pk}", sent)

    assert (response.status_code, response.json()) == (200, shift_record(Shift.objects.get(pk=shift.pk)))
    assert (response.json()["starts_at"], response.json()["ends_at"]) == (starts_at, ends_at)
    moved = [(moment(row.starts_at), moment(row.ends_at), row.sequence) for row in shift.assignments.all()]
    assert moved == [(starts_at, ends_at, 1)] * 2
    untouched = Assignment.objects.values().get(pk=elsewhere.pk)
    assert (untouched["sequence"], untouched["updated_at"]) == (0, elsewhere.updated_at)


def test_move_shift_until_it_touches_another(api, admin, nurse, shift):
    later = ShiftFactory(schedule=shift.schedule, start_time=time(14), end_time=time(18))
    for taken in (shift, later):
        AssignmentFactory(employee=nurse, shift=taken)

    response = api(admin).patch(f"{URL}/{shift.pk}", {"end_time": "14:00"})

    assert response.status_code == 200
    assert Assignment.objects.get(shift=shift).ends_at == later.starts_at


@pytest.mark.parametrize("status", ["assigned", "pending", "confirmed", "completed"])
def test_move_shift_into_another_of_the_same_employee(api, admin, tenant, nurse, shift, stored, status):
    later = ShiftFactory(schedule=ScheduleFactory(tenant=tenant), start_time=time(14), end_time=time(18))
    ours, theirs = (AssignmentFactory(employee=nurse, shift=taken, status=status) for taken in (shift, later))
    AssignmentFactory(employee=EmployeeFactory(tenant=tenant), shift=shift)
    client, before = api(admin), stored()

    response = client.patch(f"{URL}/{shift.pk}", {"end_time": "15:00"})

    names = f"{nurse} on shift {shift.pk} (08:00 - 15:00), {nurse} on shift {later.pk} (14:00 - 18:00)"
    assert response.status_code == 409
    assert response.json() == {
        "detail": f"Assignment conflicts detected: {names}",
        "code": "overlap",
        "assignment_ids": [ours.pk, theirs.pk],
    }
    assert stored() == before


@pytest.mark.parametrize("status", ["declined", "cancelled"])
def test_move_shift_into_a_freed_place(api, admin, nurse, shift, status):
    later = ShiftFactory(schedule=shift.schedule, start_time=time(14), end_time=time(18))
    AssignmentFactory(employee=nurse, shift=shift)
    AssignmentFactory(employee=nurse, shift=later, status=status)

    response = api(admin).patch(f"{URL}/{shift.pk}", {"end_time": "15:00"})

    assert (response.status_code, response.json()) == (200, shift_record(Shift.objects.get(pk=shift.pk)))


def test_move_shift_of_somebody_who_has_left(api, admin, nurse, shift):
    AssignmentFactory(employee=nurse, shift=shift)
    nurse.is_active = False
    nurse.save()

    response = api(admin).patch(f"{URL}/{shift.pk}", {"end_time": "15:00"})

    assert response.status_code == 200
    assert Assignment.objects.get().ends_at == Shift.objects.get().ends_at


@pytest.mark.parametrize(
    "sent, detail",
    [
        ({"date": "2026-11-09"}, "date: 2026-11-09 is outside the schedule's week, 2026-11-02 to 2026-11-08."),
        ({"date": None}, "date: This field may not be null."),
        ({"end_time": ""}, "end_time: Time has wrong format. Use one of these formats instead: hh:mm[:ss[.uuuuuu]]."),
    ],
)
def test_move_shift_to_a_wrong_time(api, admin, nurse, shift, stored, sent, detail):
    AssignmentFactory(employee=nurse, shift=shift)
    client, before = api(admin), stored()

    response = client.patch(f"{URL}/{shift.pk}", sent)

    assert (response.status_code, response.json()) == (400, {"detail": detail})
    assert stored() == before


def test_move_shift_into_an_hour_the_clocks_skip(api, admin, tenant, nurse, stored):
    schedule = ScheduleFactory(tenant=tenant, week_start=date(2026, 3, 23))
    shift = ShiftFactory(schedule=schedule, start_time=time(1), end_time=time(4))
    AssignmentFactory(employee=nurse, shift=shift)
    client, before = api(admin), stored()

    response = client.patch(f"{URL}/{shift.pk}", {"date": "2026-03-29", "start_time": "02:10", "end_time": "02:50"})

    assert response.status_code == 400
    assert response.json() == {
        "detail": "On 2026-03-29 the clocks of Europe/Berlin skip the whole of 02:10 - 02:50.",
        "code": "skipped_by_the_clocks",
        "shift_id": shift.pk,
    }
    assert stored() == before
