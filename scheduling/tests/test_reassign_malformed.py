"""PUT and PATCH /api/assignments/{id} with what cannot be read: 400, naming the value, and nothing changed."""

import json

import pytest

from scheduling.tests.factories import AssignmentFactory


@pytest.fixture
def assignment(nurse, shift):
    return AssignmentFactory(employee=nurse, shift=shift)


@pytest.mark.parametrize(
    "sent, detail",
    [
        ({"employee_id": None}, "employee_id: This field may not be null."),
        ({"employee_id": "Nora"}, "employee_id: A valid integer is required."),
        ({"employee_id": 0}, "employee_id: Ensure this value is greater than or equal to 1."),
        ({"shift_id": [1]}, "shift_id: A valid integer is required."),
        ({"status": "asleep"}, 'status: "asleep" is not a valid choice.'),
        ({"status": None}, "status: This field may not be null."),
        ({"priority": 0}, "priority: Ensure this value is greater than or equal to 1."),
        ({"priority": 101}, "priority: Ensure this value is less than or equal to 100."),
        ({"notes": None}, "notes: This field may not be null."),
        ({"notes": "x" * 2001}, "notes: Ensure this field has no more than 2000 characters."),
    ],
)
@pytest.mark.parametrize("method", ["put", "patch"])
def test_reassign_with_a_malformed_value(api, admin, assignment, stored, sent, detail, method):
    client, before = api(admin), stored()

    response = getattr(client, method)(f"/api/assignments/{assignment.pk}", sent)

    assert (response.status_code, response.json()) == (400, {"detail": detail})
    assert stored() == before


@pytest.mark.parametrize("body", [[], "text", 7, True])
def test_reassign_with_a_body_that_is_no_object(api, admin, assignment, stored, body):
    client, before = api(admin), stored()

    response = client.put(f"/api/assignments/{assignment.pk}", json.dumps(body), content_type="application/json")

    detail = f"Invalid data. Expected a dictionary, but got {type(body).__name__}."
    assert (response.status_code, response.json()) == (400, {"detail": detail})
    assert stored() == before


@pytest.mark.parametrize("key", ["nonsense", "1.5", "9" * 19 + "9"])
def test_reassign_of_a_malformed_key(api, admin, assignment, stored, key):
    client, before = api(admin), stored()

    response = client.put(f"/api/assignments/{key}", {"notes": "Late"})

    assert (response.status_code, response.json()) == (400, {"detail": f"id: “{key}” is not a valid ID."})
    assert stored() == before
