"""Seed 002 to the letter: its examples as they are printed, with the keys and the moment they are printed with."""

import json
from datetime import date

import pytest
import time_machine

from scheduling.models import Assignment
from scheduling.tests.bodies import assignment_body, assignment_detail_body, employee_body, shift_body
from scheduling.tests.factories import (
    AssignmentFactory,
    AvailabilityWindowFactory,
    EmployeeFactory,
    ScheduleFactory,
    ShiftFactory,
)

PRINTED_AT = "2025-01-13T17:00:00Z"
NEXT_MONDAY = date(2025, 1, 20)

CREATE = """{
  "employee_id": 1,
  "shift_id": 1,
  "status": "assigned",
  "priority": 1,
  "notes": "Optional notes"
}"""

CREATED = """{
  "id": 1,
  "schedule_id": 1,
  "employee_id": 1,
  "shift_id": 1,
  "status": "assigned",
  "priority": 1,
  "notes": "Optional notes",
  "assigned_by": 1,
  "assigned_at": "2025-01-13T17:00:00Z",
  "conflicts_resolved": true,
  "auto_assigned": false,
  "created_at": "2025-01-13T17:00:00Z",
  "is_active": true,
  "is_confirmed": false,
  "needs_confirmation": true,
  "employee": { ... },
  "shift": { ... }
}"""

BULK = """{
  "schedule_id": 1,
  "validate_conflicts": true,
  "assignments": [
    {
      "employee_id": 1,
      "shift_id": 1,
      "status": "assigned",
      "priority": 1
    },
    {
      "employee_id": 2,
      "shift_id": 2,
      "status": "assigned",
      "priority": 1
    }
  ]
}"""

BULK_DONE = """{
  "created": [ ... ],
  "errors": [
    {
      "index": 1,
      "employee_id": 2,
      "shift_id": 2,
      "error": "Employee not available on monday at 08:00"
    }
  ],
  "total_processed": 2,
  "total_created": 1,
  "total_errors": 1
}"""

ONE = """{
  "id": 1,
  "schedule_id": 1,
  "employee_id": 1,
  "shift_id": 1,
  "status": "assigned",
  "employee": { ... },
  "shift": { ... },
  "schedule": { ... }
}"""

UPDATE = """{
  "employee_id": 2,
  "status": "confirmed",
  "notes": "Updated notes"
}"""

CONFIRM = """{
  "notes": "Looking forward to this shift"
}"""

DECLINE = """{
  "reason": "Already committed to another event"
}"""

DECLINED = """{
  "message": "Assignment declined: Already committed to another event",
  "success": true
}"""

LIST = """[
  {
    "id": 1,
    "schedule_id": 1,
    "employee_id": 1,
    "shift_id": 1,
    "status": "assigned",
    "employee": { ... },
    "shift": { ... }
  }
]"""


def printed(text: str):
    """The value of an example; what it leaves out, `{ ... }`, is `...`."""
    marked = text.replace("{ ... }", '"…"').replace("[ ... ]", '"…"')
    return json.loads(marked, object_hook=lambda found: {k: ... if v == "…" else v for k, v in found.items()})


def shown(example: dict) -> dict:
    """What an example prints in full."""
    return {name: value for name, value in example.items() if value is not ...}


@pytest.fixture(autouse=True)
def printed_at():
    with time_machine.travel(PRINTED_AT, tick=False):
        yield


@pytest.fixture
def schedule(tenant):
    return ScheduleFactory(pk=1, tenant=tenant, week_start=NEXT_MONDAY)


@pytest.fixture
def shift(schedule):
    return ShiftFactory(pk=1, schedule=schedule)


@pytest.fixture
def nurse(tenant, member):
    """Employee 1, who signs in as the member."""
    return EmployeeFactory(pk=1, tenant=tenant, user=member)


@pytest.fixture
def colleague(tenant):
    return EmployeeFactory(pk=2, tenant=tenant)


@pytest.fixture
def assignment(nurse, shift, admin):
    return AssignmentFactory(pk=1, employee=nurse, shift=shift, assigned_by=admin, notes="Optional notes")


def test_example_create_single_assignment(api, admin, nurse, shift):
    response = api(admin).post("/api/assignments/schedules/1/assignments", printed(CREATE))

    row = Assignment.objects.get()
    assert response.status_code == 201
    assert response.json() == printed(CREATED) | {
        "id": row.pk,
        "assigned_by": str(admin.pk),
        "employee": employee_body(nurse),
        "shift": shift_body(shift),
    }


def test_example_bulk_create_assignments(api, admin, nurse, shift, colleague):
    ShiftFactory(pk=2, schedule=shift.schedule)
    AvailabilityWindowFactory(employee=colleague, start_time="09:00", end_time="17:00")

    response = api(admin).post("/api/assignments/bulk", printed(BULK))

    row = Assignment.objects.get()
    expected = printed(BULK_DONE) | {"created": [assignment_body(row)]}
    expected["errors"][0]["code"] = "availability"
    assert response.status_code == 201
    assert response.json() == expected
    assert (row.employee_id, row.shift_id) == (1, 1)


def test_example_get_assignment(api, admin, assignment):
    response = api(admin).get("/api/assignments/1")

    assert response.status_code == 200
    assert response.json() == assignment_detail_body(assignment)
    assert response.json().keys() >= printed(ONE).keys()
    assert response.json().items() >= shown(printed(ONE)).items()


def test_example_update_assignment(api, admin, assignment, colleague):
    response = api(admin).put("/api/assignments/1", printed(UPDATE))

    assignment.refresh_from_db()
    assert response.status_code == 200
    assert response.json() == assignment_body(assignment)
    assert response.json().items() >= printed(UPDATE).items()


def test_example_delete_assignment(api, admin, assignment):
    response = api(admin).delete("/api/assignments/1")

    assert (response.status_code, response.content) == (204, b"")
    assert not Assignment.objects.exists()


@pytest.mark.parametrize("body", [printed(CONFIRM), {}, None], ids=["as printed", "empty", "left out"])
def test_example_confirm_assignment(api, member, assignment, body):
    response = api(member).post("/api/assignments/1/confirm", body)

    assignment.refresh_from_db()
    assert response.status_code == 200
    assert response.json() == assignment_body(assignment)
    assert (assignment.status, assignment.notes) == ("confirmed", (body or {}).get("notes", "Optional notes"))


def test_example_decline_assignment(api, member, assignment):
    response = api(member).post("/api/assignments/1/decline", printed(DECLINE))

    assignment.refresh_from_db()
    assert (response.status_code, response.json()) == (200, printed(DECLINED))
    assert (assignment.status, assignment.decline_reason) == ("declined", printed(DECLINE)["reason"])


@pytest.mark.parametrize("slash", ["", "/"])
def test_example_list_assignments(api, admin, assignment, slash):
    query = "schedule_id=1&employee_id=1&shift_id=1&status=assigned&date_from=2025-01-20&date_to=2025-01-20"

    response = api(admin).get(f"/api/assignments{slash}?{query}&skip=0&limit=100")

    assert response.status_code == 200
    assert response.json() == [assignment_body(assignment)]
    assert response.json()[0].keys() >= printed(LIST)[0].keys()
    assert response.json()[0].items() >= shown(printed(LIST)[0]).items()
