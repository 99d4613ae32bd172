"""/api/shifts: made, listed and read, and who may. Many at once: `test_shifts_bulk_api`; then: `test_shift_changes`."""

from datetime import date, time, timedelta

import pytest

from assignhub.audit import trail
from scheduling.models import Shift
from scheduling.tests.bodies import moment
from scheduling.tests.factories import MONDAY, ScheduleFactory, ShiftFactory, ShiftTypeFactory
from scheduling.tests.planning_bodies import NOT_SIGNED_IN, ROLE_TOO_LOW, missing, shift_record

URL = "/api/shifts"
WRONG_DATE = "Date has wrong format. Use one of these formats instead: YYYY-MM-DD."
WRONG_TIME = "Time has wrong format. Use one of these formats instead: hh:mm[:ss[.uuuuuu]]."


@pytest.fixture
def shift_type(tenant):
    return ShiftTypeFactory(tenant=tenant)


@pytest.fixture
def body(schedule, shift_type) -> dict:
    return {
        "schedule_id": schedule.pk,
        "shift_type_id": shift_type.pk,
        "code": "mon-night",
        "date": "2026-11-02",
        "start_time": "22:00",
        "end_time": "06:00",
        "required_staff": 2,
    }


# --- Create -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("slash", ["", "/"])
@pytest.mark.parametrize("person", ["admin", "owner", "super_admin"])
def test_create_shift(api, people, tenant, body, person, slash):
    response = api(people[person]).post(URL + slash, body)

    row = Shift.objects.get()
    assert response.status_code == 201
    assert response.json() == body | {
        "id": row.pk,
        "created_at": moment(row.created_at),
        "updated_at": moment(row.updated_at),
        "starts_at": "2026-11-02T21:00:00Z",
        "ends_at": "2026-11-03T05:00:00Z",
    }
    entry = trail(row).get()
    assert (entry.action, entry.by_id, entry.tenant_id) == ("scheduling.shift.add", people[person].pk, tenant.pk)


def test_create_shift_with_the_least(api, admin, body):
    least = {name: value for name, value in body.items() if name not in ("code", "required_staff")}

    response = api(admin).post(URL, least)

    row = Shift.objects.get()
    assert (response.status_code, response.json()) == (201, shift_record(row))
    assert (row.code, row.required_staff) == ("", 1)


def test_create_shifts_without_a_code_side_by_side(api, admin, body):
    client = api(admin)

    statuses = [client.post(URL, body | {"code": ""}).status_code for _ in range(2)]

    assert statuses == [201, 201]


@pytest.mark.parametrize(
    "start, end, starts_at, ends_at",
    [
        ("08:00", "16:00", "2026-03-29T06:00:00Z", "2026-03-29T14:00:00Z"),
        ("00:00", "00:00", "2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z"),
        ("02:30", "06:00", "2026-03-29T01:00:00Z", "2026-03-29T04:00:00Z"),
    ],
)
def test_create_shift_on_the_day_the_clocks_go_forward(api, admin, tenant, body, start, end, starts_at, ends_at):
    schedule = ScheduleFactory(tenant=tenant, week_start=date(2026, 3, 23))
    changed = {"schedule_id": schedule.pk, "date": "2026-03-29", "start_time": start, "end_time": end}

    response = api(admin).post(URL, body | changed)

    assert (response.status_code, response.json()) == (201, shift_record(Shift.objects.get()))
    assert (response.json()["starts_at"], response.json()["ends_at"]) == (starts_at, ends_at)


def test_create_shift_that_the_clocks_skip(api, admin, tenant, body, stored):
    schedule = ScheduleFactory(tenant=tenant, week_start=date(2026, 3, 23))
    changed = {"schedule_id": schedule.pk, "date": "2026-03-29", "start_time": "02:00", "end_time": "03:00"}
    client, before = api(admin), stored()

    response = client.post(URL, body | changed)

    detail = "On 2026-03-29 the clocks of Europe/Berlin skip the whole of 02:00 - 03:00."
    assert response.status_code == 400
    assert response.json() == {"detail": detail, "code": "skipped_by_the_clocks"}
    assert stored() == before


@pytest.mark.parametrize(
    "changed, detail",
    [
        ({"date": "2026-11-01"}, "date: 2026-11-01 is outside the schedule's week, 2026-11-02 to 2026-11-08."),
        ({"date": "2026-11-09"}, "date: 2026-11-09 is outside the schedule's week, 2026-11-02 to 2026-11-08."),
        ({"date": "9999-12-31"}, "date: 9999-12-31 is outside the schedule's week, 2026-11-02 to 2026-11-08."),
        ({"date": "0001-01-01"}, "date: 0001-01-01 is outside the schedule's week, 2026-11-02 to 2026-11-08."),
        ({"date": "Monday"}, f"date: {WRONG_DATE}"),
        ({"start_time": "25:00"}, f"start_time: {WRONG_TIME}"),
        ({"end_time": 8}, f"end_time: {WRONG_TIME}"),
        ({"start_time": None}, "start_time: This field may not be null."),
        ({"required_staff": -1}, "required_staff: Ensure this value is greater than or equal to 0."),
        ({"required_staff": 1001}, "required_staff: Ensure this value is less than or equal to 1000."),
        ({"code": "x" * 101}, "code: Ensure this field has no more than 100 characters."),
        ({"code": None}, "code: This field may not be null."),
        ({"schedule_id": "x"}, "schedule_id: Incorrect type. Expected pk value, received str."),
        ({"shift_type_id": True}, "shift_type_id: Incorrect type. Expected pk value, received bool."),
    ],
)
def test_create_shift_with_a_wrong_value(api, admin, body, stored, changed, detail):
    client, before = api(admin), stored()

    response = client.post(URL, body | changed)

    assert (response.status_code, response.json()) == (400, {"detail": detail})
    assert stored() == before


def test_create_shift_without_anything(api, admin, stored):
    client, before = api(admin), stored()

    response = client.post(URL, {})

    names = ["schedule_id", "shift_type_id", "date", "start_time", "end_time"]
    assert response.status_code == 400
    assert response.json() == {"detail": " ".join(f"{name}: This field is required." for name in names)}
    assert stored() == before


def test_create_shift_of_a_code_that_is_there(api, admin, body, schedule, stored):
    ShiftFactory(schedule=schedule, code="mon-night")
    client, before = api(admin), stored()

    response = client.post(URL, body)

    detail = "There is already a shift of this code in the schedule."
    assert (response.status_code, response.json()) == (409, {"detail": detail})
    assert stored() == before


@pytest.mark.parametrize("name, kind", [("schedule_id", "Schedule"), ("shift_type_id", "Shift type")])
def test_create_shift_with_a_row_of_another_tenant(api, admin, other_tenant, body, stored, name, kind):
    foreign = {"schedule_id": ScheduleFactory, "shift_type_id": ShiftTypeFactory}[name](tenant=other_tenant)
    client, before = api(admin), stored()

    responses = {key: client.post(URL, body | {name: key}) for key in (foreign.pk, 2**40)}

    answers = {key: (response.status_code, response.json()) for key, response in responses.items()}
    assert answers == {key: (404, {"detail": f"{kind} with ID {key} not found"}) for key in responses}
    assert stored() == before


def test_create_shift_across_tenants_by_a_super_admin(api, super_admin, other_tenant, body, stored):
    foreign = ShiftTypeFactory(tenant=other_tenant)
    client, before = api(super_admin), stored()

    response = client.post(URL, body | {"shift_type_id": foreign.pk})

    answer = {"detail": f"Shift type with ID {foreign.pk} not found", "code": "not_found", "shifttype_id": foreign.pk}
    assert (response.status_code, response.json()) == (404, answer)
    assert stored() == before


# --- Read -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("person", ["viewer", "member", "admin", "owner", "super_admin"])
def test_read_shifts(api, people, schedule, person):
    one, two = ShiftFactory.create_batch(2, schedule=schedule)
    client = api(people[person])

    listed, single = client.get(URL), client.get(f"{URL}/{one.pk}")

    assert (listed.status_code, listed.json()) == (200, [shift_record(two), shift_record(one)])
    assert listed["X-Total-Count"] == "2"
    assert (single.status_code, single.json()) == (200, shift_record(one))


def test_read_shifts_of_another_tenant(api, stranger, shift):
    client = api(stranger)

    listed, single = client.get(URL), client.get(f"{URL}/{shift.pk}")

    assert (listed.status_code, listed.json(), listed["X-Total-Count"]) == (200, [], "0")
    assert (single.status_code, single.json()) == (404, missing("shift", shift.pk))


@pytest.mark.parametrize(
    "query, found",
    [
        ("schedule_id={one.schedule_id}", ["two", "one"]),
        ("schedule_id={far.schedule_id}", ["far"]),
        ("shift_type_id={two.shift_type_id}", ["two"]),
        ("date_from=2026-11-03", ["far", "two"]),
        ("date_to=2026-11-02", ["one"]),
        ("date_from=2026-11-03&date_to=2026-11-03", ["two"]),
        ("schedule_id=1099511627776", []),
        ("skip=1&limit=1", ["two"]),
    ],
)
def test_list_shifts_by_filter(api, viewer, tenant, schedule, query, found):
    made = {
        "one": ShiftFactory(schedule=schedule),
        "two": ShiftFactory(schedule=schedule, date=MONDAY + timedelta(days=1)),
        "far": ShiftFactory(schedule=ScheduleFactory(tenant=tenant, week_start=MONDAY + timedelta(days=7))),
    }

    response = api(viewer).get(f"{URL}?{query.format(**made)}")

    assert (response.status_code, response.json()) == (200, [shift_record(made[name]) for name in found])


@pytest.mark.parametrize(
    "query, detail",
    [
        ("schedule_id=x", "schedule_id: Enter a whole number."),
        ("shift_type_id=0", "shift_type_id: Ensure this value is greater than or equal to 1."),
        ("date_to=soon", "date_to: Enter a valid date."),
        ("limit=1001", "limit: “1001” is not a whole number from 1 to 1000."),
    ],
)
def test_list_shifts_by_a_malformed_filter(api, viewer, shift, query, detail):
    response = api(viewer).get(f"{URL}?{query}")

    assert (response.status_code, response.json()) == (400, {"detail": detail})


@pytest.mark.parametrize("rows", [1, 300])
def test_list_shifts_takes_as_many_queries_for_one_as_for_many(api, viewer, schedule, django_assert_num_queries, rows):
    first = ShiftFactory(schedule=schedule)
    names = {"schedule": schedule, "shift_type": first.shift_type, "date": MONDAY}
    times = {"start_time": time(8), "end_time": time(12), "starts_at": first.starts_at, "ends_at": first.ends_at}
    Shift.objects.bulk_create(Shift(**names, **times) for _ in range(rows - 1))
    client = api(viewer)

    with django_assert_num_queries(2):
        response = client.get(f"{URL}?limit=1000")

    assert len(response.json()) == rows


# --- Who may ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
@pytest.mark.parametrize("person", ["nobody", "viewer", "member"])
def test_write_shift_by_those_who_may_not(api, people, shift, body, stored, person, method):
    client, before = api(people[person]), stored()

    response = getattr(client, method)(URL if method == "post" else f"{URL}/{shift.pk}", body)

    answer = (401, NOT_SIGNED_IN) if person == "nobody" else (403, ROLE_TOO_LOW)
    assert (response.status_code, response.json()) == answer
    assert stored() == before


@pytest.mark.parametrize("method", ["put", "patch", "delete"])
def test_write_shift_by_a_stranger_answers_as_for_no_shift(api, stranger, shift, stored, method):
    client, before = api(stranger), stored()

    responses = {key: getattr(client, method)(f"{URL}/{key}", {"code": "mine"}) for key in (shift.pk, 2**40)}

    answers = {key: (response.status_code, response.json()) for key, response in responses.items()}
    assert answers == {key: (404, missing("shift", key)) for key in responses}
    assert stored() == before


def test_write_shift_by_an_admin_elsewhere_who_is_a_viewer_here(api, viewer, other_tenant, shift, body, stored):
    viewer.memberships.create(assignment=other_tenant.assignments.get(role__type="admin"))
    client, before = api(viewer), stored()

    responses = {
        "add": client.post(URL, body),
        "change": client.patch(f"{URL}/{shift.pk}", {"code": "mine"}),
        "delete": client.delete(f"{URL}/{shift.pk}"),
    }

    answers = {verb: (response.status_code, response.json()) for verb, response in responses.items()}
    assert answers == {verb: (403, {"detail": f"You may not {verb} this shift."}) for verb in responses}
    assert stored() == before
