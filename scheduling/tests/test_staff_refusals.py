"""What qualifications, shift types, hours, absences and policies refuse, each in its own words."""

from datetime import date, time

import pytest

from scheduling.tests.bodies import moment
from scheduling.tests.factories import (
    AvailabilityExceptionFactory,
    AvailabilityWindowFactory,
    QualificationFactory,
    ShiftTypeFactory,
)
from scheduling.tests.planning_factories import PolicyFactory


@pytest.fixture
def refused(api, admin, tenant, nurse, stored):
    """`refused(address, **body)` → status and body of a POST by the admin that must not have written anything."""
    client = api(admin)

    def post(address: str, **body) -> tuple[int, dict]:
        owner = {"employee_id": nurse.pk} if address.startswith("availability") else {"tenant_id": str(tenant.pk)}
        before = stored()
        response = client.post(f"/api/{address}", owner | body)
        assert stored() == before
        return response.status_code, response.json()

    return post


def test_name_that_is_there_already(refused, tenant):
    QualificationFactory(tenant=tenant, name="Triage")
    ShiftTypeFactory(tenant=tenant, name="Early")

    taken = "There is already a {} of this name."
    assert refused("qualifications", name="Triage") == (409, {"detail": taken.format("qualification")})
    assert refused("shift-types", name="Early") == (409, {"detail": taken.format("shift type")})


def test_second_policy_of_a_tenant(refused, tenant):
    PolicyFactory(tenant=tenant)

    assert refused("policies") == (409, {"detail": "tenant_id: Policy with this Tenant already exists."})


def test_window_that_is_there_already(refused, nurse):
    AvailabilityWindowFactory(employee=nurse, weekday=2, start_time=time(8), end_time=time(16))

    answer = refused("availability-windows", weekday=2, start_time="08:00", end_time="16:00")
    assert answer == (409, {"detail": "This window is already there."})


@pytest.mark.parametrize(
    "address, body, detail",
    [
        ("qualifications", {"name": ""}, "name: This field may not be blank."),
        ("qualifications", {}, "name: This field is required."),
        ("shift-types", {"name": "x" * 101}, "name: Ensure this field has no more than 100 characters."),
        (
            "availability-windows",
            {"weekday": 7, "start_time": "08:00", "end_time": "16:00"},
            'weekday: "7" is not a valid choice.',
        ),
        (
            "availability-exceptions",
            {"kind": "away", "first_date": "2026-11-03", "last_date": "2026-11-02"},
            "The last date is before the first.",
        ),
        (
            "availability-exceptions",
            {"kind": "away", "first_date": "2026-11-02", "last_date": "2026-11-02", "start_time": "08:00"},
            "Give both times, or neither for the whole day.",
        ),
        (
            "availability-exceptions",
            {"kind": "asleep", "first_date": "2026-11-02", "last_date": "2026-11-02"},
            'kind: "asleep" is not a valid choice.',
        ),
        (
            "policies",
            {"minimum_rest_hours": 49},
            "minimum_rest_hours: Ensure this value is less than or equal to 48.",
        ),
        (
            "policies",
            {"maximum_daily_hours": 0},
            "maximum_daily_hours: Ensure this value is greater than or equal to 1.",
        ),
        (
            "policies",
            {"maximum_weekly_hours": 169},
            "maximum_weekly_hours: Ensure this value is less than or equal to 168.",
        ),
        ("policies", {"swaps_need_approval": None}, "swaps_need_approval: This field may not be null."),
    ],
)
def test_wrong_value(refused, address, body, detail):
    assert refused(address, **body) == (400, {"detail": detail})


def test_shift_type_with_qualifications(api, admin, tenant):
    needed = [QualificationFactory(tenant=tenant, name=name) for name in ("Day", "Night")]
    sent = {"tenant_id": str(tenant.pk), "name": "Early", "required_qualification_ids": [row.pk for row in needed]}

    response = api(admin).post("/api/shift-types", sent)

    row = tenant.shift_types.get()
    told = {"id": row.pk, "created_at": moment(row.created_at), "updated_at": moment(row.updated_at)}
    assert (response.status_code, response.json()) == (201, told | sent)
    assert set(row.required_qualifications.all()) == set(needed)


@pytest.mark.parametrize("person", ["admin", "super_admin"])
def test_shift_type_with_a_qualification_of_another_tenant(api, people, tenant, other_tenant, stored, person):
    foreign = QualificationFactory(tenant=other_tenant)
    sent = {"tenant_id": str(tenant.pk), "name": "Early", "required_qualification_ids": [foreign.pk]}
    client, before = api(people[person]), stored()

    response = client.post("/api/shift-types", sent)

    # Those who see the row are told by the rule, the others by the door.
    answer = {"detail": f"Qualification with ID {foreign.pk} not found"}
    if person == "super_admin":
        answer |= {"code": "not_found", "qualification_id": foreign.pk}
    assert (response.status_code, response.json()) == (404, answer)
    assert stored() == before


def test_absence_of_all_time_refuses_every_shift(api, admin, nurse, shift, stored):
    AvailabilityExceptionFactory(employee=nurse, first_date=date.min, last_date=date.max)
    client, before = api(admin), stored()

    wish = {"employee_id": nurse.pk, "shift_id": shift.pk}
    response = client.post(f"/api/schedules/{shift.schedule_id}/assignments", wish)

    assert (response.status_code, response.json()) == (
        400,
        {"detail": "Employee not available on monday at 08:00", "code": "availability", "employee_id": nurse.pk},
    )
    assert stored() == before


def test_more_qualifications_than_anybody_names(refused):
    told = "required_qualification_ids: 1001 keys are too many; at most 1000 can be given."

    assert refused("shift-types", name="Early", required_qualification_ids=[1] * 1001) == (400, {"detail": told})
