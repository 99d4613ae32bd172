"""GET /api/assignments, …/schedules/{id}/assignments and /api/assignments/{id} (seed 002, "List" and "Get")."""

from datetime import time, timedelta

import pytest
from django.utils import timezone

from scheduling.models import Assignment
from scheduling.tests.bodies import assignment_body, assignment_detail_body, not_found
from scheduling.tests.factories import (
    MONDAY,
    AssignmentFactory,
    EmployeeFactory,
    ScheduleFactory,
    ShiftFactory,
)

URL = "/api/assignments"
DAY = timedelta(days=1)


@pytest.fixture
def roster(tenant, schedule, nurse):
    """Five assignments, oldest first: two schedules, two employees, three statuses, a week and a day."""
    next_week = ScheduleFactory(tenant=tenant, week_start=MONDAY + 7 * DAY)
    colleague = EmployeeFactory(tenant=tenant)
    monday, tuesday = ShiftFactory(schedule=schedule), ShiftFactory(schedule=schedule, date=MONDAY + DAY)
    later = ShiftFactory(schedule=next_week, start_time=time(22), end_time=time(6))
    return [
        AssignmentFactory(employee=nurse, shift=monday, notes="First", priority=3),
        AssignmentFactory(employee=colleague, shift=monday, status="declined"),
        AssignmentFactory(employee=nurse, shift=tuesday, status="confirmed"),
        AssignmentFactory(employee=nurse, shift=later, conflicts_resolved=False),
        AssignmentFactory(employee=colleague, shift=later, status="pending"),
    ]


@pytest.fixture
def foreign(other_tenant):
    """An assignment of another tenant."""
    shift = ShiftFactory(schedule=ScheduleFactory(tenant=other_tenant))
    return AssignmentFactory(employee=EmployeeFactory(tenant=other_tenant), shift=shift)


def keys(response) -> list[int]:
    assert response.status_code == 200
    return [row["id"] for row in response.json()]


# --- Shape, order, scope ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("url", [URL, URL + "/"])
def test_list_is_a_bare_array_newest_first(api, viewer, roster, url):
    response = api(viewer).get(url)

    assert response.status_code == 200
    assert response.json() == [assignment_body(row) for row in reversed(roster)]
    assert response["X-Total-Count"] == "5"
    assert response["Content-Type"] == "application/json"


def test_list_of_nothing(api, viewer):
    response = api(viewer).get(URL)

    assert (response.status_code, response.json(), response["X-Total-Count"]) == (200, [], "0")


@pytest.mark.parametrize("path", ["/api/schedules/{}/assignments", "/api/assignments/schedules/{}/assignments/"])
def test_list_of_a_schedule(api, viewer, roster, schedule, path):
    response = api(viewer).get(path.format(schedule.pk))

    assert response.status_code == 200
    assert response.json() == [assignment_body(row) for row in roster[2::-1]]
    assert response["X-Total-Count"] == "3"


def test_list_of_a_schedule_takes_the_filters_too(api, viewer, roster, schedule):
    response = api(viewer).get(f"/api/schedules/{schedule.pk}/assignments", {"status": "confirmed"})

    assert (keys(response), response["X-Total-Count"]) == ([roster[2].pk], "1")


@pytest.mark.parametrize("person", ["viewer", "member", "admin", "owner", "super_admin"])
def test_list_for_every_role(api, people, roster, person):
    response = api(people[person]).get(URL)

    assert keys(response) == [row.pk for row in reversed(roster)]


def test_list_holds_no_row_of_another_tenant(api, member, stranger, super_admin, roster, foreign):
    mine, theirs, all_rows = (api(person).get(URL) for person in (member, stranger, super_admin))

    assert (keys(mine), mine["X-Total-Count"]) == ([row.pk for row in reversed(roster)], "5")
    assert (keys(theirs), theirs["X-Total-Count"]) == ([foreign.pk], "1")
    assert (keys(all_rows), all_rows["X-Total-Count"]) == ([foreign.pk, *(row.pk for row in reversed(roster))], "6")


def test_list_for_a_person_without_a_role(api, member, roster):
    member.memberships.get().assignment.role.assignments.update(removed_at=timezone.now())

    response = api(member).get(URL)

    detail = "You do not have permission to perform this action."
    assert (response.status_code, response.json()) == (403, {"detail": detail})


@pytest.mark.parametrize("url", [URL, "/api/schedules/1/assignments", "/api/assignments/1"])
def test_read_by_nobody(api, roster, url):
    response = api(None).get(url)

    detail = "Authentication credentials were not provided."
    assert (response.status_code, response.json()) == (401, {"detail": detail})
    assert response["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.parametrize("path", ["/api/schedules/{}/assignments", "/api/assignments/schedules/{}/assignments"])
def test_list_of_a_schedule_out_of_sight_answers_as_for_none(api, stranger, roster, schedule, path):
    responses = [api(stranger).get(path.format(key)) for key in (schedule.pk, 2**40)]

    for response, key in zip(responses, (schedule.pk, 2**40), strict=True):
        assert (response.status_code, response.json()) == (404, not_found("Schedule", key))


# --- Filters ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "query,expected",
    [
        pytest.param({"schedule_id": "first"}, [2, 1, 0], id="schedule"),
        pytest.param({"schedule_id": "second"}, [4, 3], id="another schedule"),
        pytest.param({"employee_id": "nurse"}, [3, 2, 0], id="employee"),
        pytest.param({"shift_id": "tuesday"}, [2], id="shift"),
        pytest.param({"status": "assigned"}, [3, 0], id="status"),
        pytest.param({"status": "completed"}, [], id="status of none"),
        pytest.param({"date_from": "2026-11-03"}, [4, 3, 2], id="from"),
        pytest.param({"date_to": "2026-11-03"}, [2, 1, 0], id="to"),
        pytest.param({"date_from": "2026-11-03", "date_to": "2026-11-03"}, [2], id="one day"),
        pytest.param({"date_from": "2026-11-04", "date_to": "2026-11-03"}, [], id="from after to"),
        pytest.param({"date_to": "2026-11-09"}, [4, 3, 2, 1, 0], id="the day on which a night begins"),
        pytest.param({"employee_id": "nurse", "status": "assigned", "schedule_id": "first"}, [0], id="together"),
        pytest.param({"employee_id": str(2**40)}, [], id="unknown employee"),
        pytest.param({"status": "", "date_from": "", "schedule_id": ""}, [4, 3, 2, 1, 0], id="empty values"),
        pytest.param({"colour": "blue"}, [4, 3, 2, 1, 0], id="not a filter"),
    ],
)
def test_list_by_filter(api, viewer, roster, query, expected):
    names = {
        "first": roster[0].schedule_id,
        "second": roster[3].schedule_id,
        "nurse": roster[0].employee_id,
        "tuesday": roster[2].shift_id,
    }

    response = api(viewer).get(URL, {name: names.get(value, value) for name, value in query.items()})

    assert keys(response) == [roster[position].pk for position in expected]
    assert response["X-Total-Count"] == str(len(expected))


@pytest.mark.parametrize(
    "query,detail",
    [
        ({"schedule_id": "abc"}, "schedule_id: Enter a whole number."),
        ({"employee_id": "1.5"}, "employee_id: Enter a whole number."),
        ({"employee_id": "0"}, "employee_id: Ensure this value is greater than or equal to 1."),
        ({"shift_id": str(2**63)}, f"shift_id: Ensure this value is less than or equal to {2**63 - 1}."),
        ({"status": "asigned"}, "status: Select a valid choice. asigned is not one of the available choices."),
        ({"date_from": "soon"}, "date_from: Enter a valid date."),
        ({"date_from": "2026-02-30"}, "date_from: Enter a valid date."),
        ({"date_to": "11/03/2026"}, "date_to: Enter a valid date."),
    ],
)
def test_list_by_a_malformed_filter(api, viewer, roster, query, detail):
    response = api(viewer).get(URL, query)

    assert (response.status_code, response.json()) == (400, {"detail": detail})


def test_list_by_a_filter_with_a_nul(api, viewer, roster):
    response = api(viewer).get(URL + "?status=a%00")

    assert (response.status_code, response.json()) == (400, {"detail": "The address has a NUL character in it."})


# --- Pages ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "query,expected",
    [
        ({"limit": 2}, [4, 3]),
        ({"skip": 2, "limit": 2}, [2, 1]),
        ({"skip": 4}, [0]),
        ({"skip": 5}, []),
        ({"skip": 2**63 - 1}, []),
        ({"limit": 1}, [4]),
        ({"limit": 1000}, [4, 3, 2, 1, 0]),
        ({"skip": "", "limit": ""}, [4, 3, 2, 1, 0]),
    ],
)
def test_list_page_by_page(api, viewer, roster, query, expected):
    response = api(viewer).get(URL, query)

    assert keys(response) == [roster[position].pk for position in expected]
    assert response["X-Total-Count"] == "5"


@pytest.mark.parametrize(
    "name,value,bounds",
    [
        ("skip", "-1", f"0 to {2**63 - 1}"),
        ("skip", str(2**63), f"0 to {2**63 - 1}"),
        ("skip", "two", f"0 to {2**63 - 1}"),
        ("limit", "0", "1 to 1000"),
        ("limit", "-5", "1 to 1000"),
        ("limit", "1001", "1 to 1000"),
        ("limit", "1.0", "1 to 1000"),
        ("limit", "9" * 30, "1 to 1000"),
        ("limit", "all", "1 to 1000"),
    ],
)
def test_list_page_out_of_bounds(api, viewer, roster, name, value, bounds):
    response = api(viewer).get(URL, {name: value})

    detail = f"{name}: “{value}” is not a whole number from {bounds}."
    assert (response.status_code, response.json()) == (400, {"detail": detail})


def test_list_without_a_limit_shows_100(api, viewer, schedule, shift):
    for employee in EmployeeFactory.create_batch(101, tenant=schedule.tenant):
        AssignmentFactory(employee=employee, shift=shift)

    response = api(viewer).get(URL)

    assert keys(response) == list(Assignment.objects.order_by("-pk").values_list("pk", flat=True)[:100])
    assert response["X-Total-Count"] == "101"


# --- One --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("person", ["viewer", "member", "admin", "owner", "super_admin"])
def test_get_one_for_every_role(api, people, roster, person):
    response = api(people[person]).get(f"/api/assignments/{roster[0].pk}")

    assert (response.status_code, response.json()) == (200, assignment_detail_body(roster[0]))


@pytest.mark.parametrize("position", range(5))
def test_get_one_in_each_status(api, viewer, roster, position):
    response = api(viewer).get(f"/api/assignments/{roster[position].pk}/")

    assert (response.status_code, response.json()) == (200, assignment_detail_body(roster[position]))


def test_get_one_that_does_not_exist(api, viewer):
    response = api(viewer).get("/api/assignments/123")

    assert (response.status_code, response.json()) == (404, not_found("Assignment", 123))


def test_get_one_of_another_tenant_answers_as_for_none(api, viewer, foreign):
    response = api(viewer).get(f"/api/assignments/{foreign.pk}")

    assert (response.status_code, response.json()) == (404, not_found("Assignment", foreign.pk))
