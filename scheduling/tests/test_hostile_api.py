"""What no client should send to the assignment endpoints: a refusal of one sentence, and nothing written."""

import pytest
from django.test import override_settings

HUGE = 2**63
BULK = "/api/assignments/bulk"


@pytest.fixture
def refused(api, admin, stored):
    """The status and detail of a request that must change nothing."""

    def send(method: str, url: str, body=None, *, content_type: str = "application/json", **options):
        data = body if isinstance(body, str | bytes) else None
        before = stored()
        if data is None:
            response = getattr(api(admin), method)(url, body, **options)
        else:
            response = getattr(api(admin), method)(url, data, content_type=content_type, **options)
        assert stored() == before
        body = response.json()
        assert list(body) == ["detail"]
        return response.status_code, body["detail"]

    return send


@pytest.mark.parametrize(
    "values,detail",
    [
        pytest.param({"employee_id": None}, "employee_id: This field may not be null.", id="null key"),
        pytest.param({"employee_id": "Nora"}, "employee_id: A valid integer is required.", id="text for a key"),
        pytest.param({"employee_id": [1]}, "employee_id: A valid integer is required.", id="list for a key"),
        pytest.param({"employee_id": True}, "employee_id: A valid integer is required.", id="true for a key"),
        pytest.param({"employee_id": 1.5}, "employee_id: A valid integer is required.", id="fraction for a key"),
        pytest.param(
            {"employee_id": 0}, "employee_id: Ensure this value is greater than or equal to 1.", id="zero for a key"
        ),
        pytest.param({"shift_id": -1}, "shift_id: Ensure this value is greater than or equal to 1.", id="negative key"),
        pytest.param(
            {"shift_id": str(HUGE)},
            f"shift_id: Ensure this value is less than or equal to {HUGE - 1}.",
            id="key beyond 64 bits as text",
        ),
        pytest.param({"shift_id": "9" * 5000}, "shift_id: String value too large.", id="key of 5,000 digits"),
        pytest.param({"shift_id": HUGE}, f"The body has a number beyond 64 bits: {HUGE}", id="key beyond 64 bits"),
        pytest.param({"status": "asigned"}, 'status: "asigned" is not a valid choice.', id="unknown status"),
        pytest.param({"status": None}, "status: This field may not be null.", id="no status"),
        pytest.param({"status": ["assigned"]}, "status: \"['assigned']\" is not a valid choice.", id="list of status"),
        pytest.param({"priority": 0}, "priority: Ensure this value is greater than or equal to 1.", id="priority 0"),
        pytest.param({"priority": 101}, "priority: Ensure this value is less than or equal to 100.", id="priority 101"),
        pytest.param({"priority": "high"}, "priority: A valid integer is required.", id="priority in words"),
        pytest.param({"notes": {"a": 1}}, "notes: Not a valid string.", id="object for notes"),
        pytest.param({"notes": True}, "notes: Not a valid string.", id="true for notes"),
        pytest.param(
            {"notes": "n" * 2001}, "notes: Ensure this field has no more than 2000 characters.", id="long notes"
        ),
        pytest.param({"notes": "a\0b"}, "The body has a NUL character in a text.", id="NUL in notes"),
        pytest.param(
            {"status": "x", "priority": 0},
            'status: "x" is not a valid choice. priority: Ensure this value is greater than or equal to 1.',
            id="two at once",
        ),
    ],
)
def test_create_with_a_malformed_value(refused, schedule, nurse, shift, values, detail):
    body = {"employee_id": nurse.pk, "shift_id": shift.pk} | values

    answer = refused("post", f"/api/schedules/{schedule.pk}/assignments", body)

    assert answer == (400, detail)


@pytest.mark.parametrize("missing", ["employee_id", "shift_id"])
def test_create_without_a_key(refused, schedule, nurse, shift, missing):
    body = {"employee_id": nurse.pk, "shift_id": shift.pk}
    del body[missing]

    answer = refused("post", f"/api/schedules/{schedule.pk}/assignments", body)

    assert answer == (400, f"{missing}: This field is required.")


@pytest.mark.parametrize(
    "body,detail",
    [
        pytest.param("", "employee_id: This field is required. shift_id: This field is required.", id="nothing"),
        pytest.param("null", "No data provided", id="null"),
        pytest.param("[]", "Invalid data. Expected a dictionary, but got list.", id="list"),
        pytest.param('"text"', "Invalid data. Expected a dictionary, but got str.", id="text"),
        pytest.param("7", "Invalid data. Expected a dictionary, but got int.", id="number"),
    ],
)
def test_create_with_another_kind_of_body(refused, schedule, body, detail):
    answer = refused("post", f"/api/schedules/{schedule.pk}/assignments", body)

    assert answer == (400, detail)


@pytest.mark.parametrize(
    "item,detail",
    [
        pytest.param(None, "assignments.1: This field may not be null.", id="null"),
        pytest.param([], "assignments.1: Invalid data. Expected a dictionary, but got list.", id="list"),
        pytest.param("1", "assignments.1: Invalid data. Expected a dictionary, but got str.", id="text"),
        pytest.param(
            {},
            "assignments.1.employee_id: This field is required. assignments.1.shift_id: This field is required.",
            id="empty",
        ),
        pytest.param(
            {"employee_id": "x", "shift_id": 1},
            "assignments.1.employee_id: A valid integer is required.",
            id="text for a key",
        ),
        pytest.param(
            {"employee_id": 1, "shift_id": 1, "status": "on"},
            'assignments.1.status: "on" is not a valid choice.',
            id="unknown status",
        ),
        pytest.param(
            {"employee_id": 1, "shift_id": 2**63}, f"The body has a number beyond 64 bits: {2**63}", id="beyond 64 bits"
        ),
        pytest.param(
            {"employee_id": 1, "shift_id": 1, "notes": "\0"}, "The body has a NUL character in a text.", id="NUL"
        ),
    ],
)
def test_bulk_with_a_malformed_item(refused, schedule, nurse, shift, item, detail):
    good = {"employee_id": nurse.pk, "shift_id": shift.pk}

    answer = refused("post", BULK, {"schedule_id": schedule.pk, "assignments": [good, item]})

    assert answer == (400, detail)


@pytest.mark.parametrize(
    "values,detail",
    [
        ({"schedule_id": None}, "schedule_id: This field may not be null."),
        ({"schedule_id": "abc"}, "schedule_id: A valid integer is required."),
        ({"schedule_id": 0}, "schedule_id: Ensure this value is greater than or equal to 1."),
        ({"validate_conflicts": None}, "validate_conflicts: This field may not be null."),
        ({"validate_conflicts": "perhaps"}, "validate_conflicts: Must be a valid boolean."),
        ({"assignments": None}, "assignments: This field may not be null."),
        ({"assignments": {}}, 'assignments: Expected a list of items but got type "dict".'),
        ({"assignments": "all"}, 'assignments: Expected a list of items but got type "str".'),
    ],
)
def test_bulk_with_a_malformed_body(refused, schedule, nurse, shift, values, detail):
    good = {"employee_id": nurse.pk, "shift_id": shift.pk}

    answer = refused("post", BULK, {"schedule_id": schedule.pk, "assignments": [good]} | values)

    assert answer == (400, detail)


@pytest.mark.parametrize("missing", ["schedule_id", "assignments"])
def test_bulk_without_a_field(refused, schedule, nurse, shift, missing):
    body = {"schedule_id": schedule.pk, "assignments": [{"employee_id": nurse.pk, "shift_id": shift.pk}]}
    del body[missing]

    answer = refused("post", BULK, body)

    assert answer == (400, f"{missing}: This field is required.")


@pytest.mark.parametrize(
    "body,begins",
    [
        pytest.param('{"employee_id": 1', "The body is not valid JSON:", id="cut off"),
        pytest.param(b'{"notes": "\xff"}', "The body is not valid JSON:", id="not UTF-8"),
        pytest.param('{"notes": "\\ud800"}', "The body is not valid JSON:", id="lone surrogate"),
        pytest.param('{"employee_id": NaN}', "The body is not valid JSON:", id="NaN"),
        pytest.param('{"employee_id": 1e400}', "The body", id="infinite"),
        pytest.param('{"notes": ' + "[" * 40 + "]" * 40 + "}", "The body is nested more than 32", id="deep"),
        pytest.param("[" * 100_000 + "]" * 100_000, "The body", id="very deep"),
    ],
)
@pytest.mark.parametrize("path", ["/api/schedules/{}/assignments", BULK])
def test_write_with_a_body_that_is_no_json(refused, schedule, path, body, begins):
    status, detail = refused("post", path.format(schedule.pk), body)

    assert status == 400
    assert detail.startswith(begins)


@pytest.mark.parametrize("path", ["/api/schedules/{}/assignments", BULK])
def test_write_with_another_content_type(refused, schedule, path):
    body = "employee_id=1&shift_id=1"

    answer = refused("post", path.format(schedule.pk), body, content_type="application/x-www-form-urlencoded")

    assert answer == (415, 'Unsupported media type "application/x-www-form-urlencoded" in request.')


@pytest.mark.parametrize("path", ["/api/schedules/{}/assignments", BULK])
@override_settings(API_MAX_BODY_BYTES=1000)
def test_write_with_too_large_a_body(refused, schedule, path):
    answer = refused("post", path.format(schedule.pk), {"notes": "n" * 1000})

    assert answer == (413, "The body is larger than 1000 bytes.")


@pytest.mark.parametrize("key", ["abc", "1.5", "9" * 19, "9" * 5000, "0x1", "-", "%F0%9F%92%A9"])
def test_create_in_a_schedule_whose_key_is_malformed(refused, nurse, shift, key):
    body = {"employee_id": nurse.pk, "shift_id": shift.pk}

    status, detail = refused("post", f"/api/schedules/{key}/assignments", body)

    assert status == 400
    assert detail.startswith("schedule_id: “")
    assert detail.endswith("” is not a valid ID.")


@pytest.mark.parametrize("key", ["abc", "1.5", "9" * 19, "9" * 5000])
def test_get_one_whose_key_is_malformed(refused, key):
    status, detail = refused("get", f"/api/assignments/{key}")

    assert status == 400
    assert detail == f"id: “{key[:40]}” is not a valid ID."


def test_get_one_with_a_nul_in_its_key(refused):
    answer = refused("get", "/api/assignments/1%00")

    assert answer == (400, "The address has a NUL character in it.")


@pytest.mark.parametrize(
    "method,path",
    [
        ("post", "/api/assignments"),
        ("delete", "/api/assignments"),
        ("get", "/api/assignments/bulk"),
        ("delete", "/api/assignments/bulk"),
        ("put", "/api/schedules/{}/assignments"),
        ("post", "/api/assignments/1"),
    ],
)
def test_method_that_an_endpoint_does_not_know(refused, schedule, method, path):
    answer = refused(method, path.format(schedule.pk))

    assert answer == (405, f'Method "{method.upper()}" not allowed.')
