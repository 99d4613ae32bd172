"""The rules that hold for assigning hold for taking over: asked of the taker at take, and again at approval."""

from datetime import UTC, datetime, time, timedelta

import pytest

from assignhub.models import AuditEntry
from scheduling.models import Policy
from scheduling.tests.factories import (
    MONDAY,
    AssignmentFactory,
    AvailabilityWindowFactory,
    EmployeeFactory,
    QualificationFactory,
    ScheduleFactory,
    ShiftFactory,
)
from scheduling.tests.swap_factories import SwapFactory, swap_body

BEGIN = datetime(2026, 11, 2, 7, tzinfo=UTC)


@pytest.fixture(autouse=True)
def day_before(time_machine):
    time_machine.move_to(datetime(2026, 11, 1, 9, tzinfo=UTC))


@pytest.fixture
def schedule(tenant):
    return ScheduleFactory(tenant=tenant, status="published")


@pytest.fixture
def vera(tenant, viewer):
    return EmployeeFactory(tenant=tenant, user=viewer, first_name="Vera")


@pytest.fixture
def milo(tenant, member):
    return EmployeeFactory(tenant=tenant, user=member, first_name="Milo")


@pytest.fixture
def place(vera, shift):
    return AssignmentFactory(employee=vera, shift=shift)


def swap_entries(swap):
    return AuditEntry.objects.filter(object_type="scheduling.swap", object_id=str(swap.pk))


def on_this_shift(milo, shift) -> tuple[int, dict]:
    AssignmentFactory(employee=milo, shift=shift)
    about = {"employee_id": milo.pk, "shift_id": shift.pk}
    return 409, {"detail": f"Employee {milo.pk} is already assigned to shift {shift.pk}", "code": "duplicate"} | about


def on_another_shift(milo, shift) -> tuple[int, dict]:
    other = ShiftFactory(schedule=ScheduleFactory(tenant=milo.tenant), start_time=time(11), end_time=time(15))
    AssignmentFactory(employee=milo, shift=other)
    text = f"Assignment conflicts detected: Conflicts with shift {other.pk} (11:00 - 15:00)"
    return 409, {"detail": text, "code": "overlap", "employee_id": milo.pk, "shift_ids": [other.pk]}


def not_qualified(milo, shift) -> tuple[int, dict]:
    nursing = QualificationFactory(tenant=milo.tenant, name="Nurse")
    shift.shift_type.required_qualifications.add(nursing)
    text = "Employee lacks required qualifications: Nurse"
    about = {"employee_id": milo.pk, "qualification_ids": [nursing.pk]}
    return 400, {"detail": text, "code": "qualification"} | about


def not_available(milo, shift) -> tuple[int, dict]:
    AvailabilityWindowFactory(employee=milo, start_time=time(8), end_time=time(10))
    text = "Employee not available on monday at 10:00"
    return 400, {"detail": text, "code": "availability", "employee_id": milo.pk}


REFUSALS = [on_this_shift, on_another_shift, not_qualified, not_available]


@pytest.mark.parametrize("needs_approval", [True, False])
@pytest.mark.parametrize("arrange", REFUSALS)
def test_rule_refuses_the_taker(api, member, tenant, milo, shift, place, stored, arrange, needs_approval):
    Policy.objects.create(tenant=tenant, swaps_need_approval=needs_approval)
    swap = SwapFactory(assignment=place)
    status, body = arrange(milo, shift)
    before = stored()

    response = api(member).post(f"/api/swaps/{swap.pk}/take")

    assert (response.status_code, response.json()) == (status, body)
    assert stored() == before


@pytest.mark.parametrize("arrange", REFUSALS)
def test_rule_refuses_the_approval(api, admin, milo, shift, place, stored, arrange):
    swap = SwapFactory(assignment=place, status="taken", taken_by=milo)
    status, body = arrange(milo, shift)
    before = stored()

    response = api(admin).post(f"/api/swaps/{swap.pk}/approve")

    assert (response.status_code, response.json()) == (status, body)
    assert stored() == before


def test_approve_of_a_taker_who_has_left(api, admin, milo, place, stored):
    swap = SwapFactory(assignment=place, status="taken", taken_by=milo)
    milo.is_active = False
    milo.save()
    before = stored()

    response = api(admin).post(f"/api/swaps/{swap.pk}/approve")

    body = {"detail": f"Employee with ID {milo.pk} is not active", "code": "inactive", "employee_id": milo.pk}
    assert (response.status_code, response.json()) == (400, body)
    assert stored() == before


def test_take_of_a_shift_that_touches_ones_own(api, member, milo, schedule, place):
    AssignmentFactory(employee=milo, shift=ShiftFactory(schedule=schedule, start_time=time(12), end_time=time(16)))
    swap = SwapFactory(assignment=place)

    response = api(member).post(f"/api/swaps/{swap.pk}/take")

    swap.refresh_from_db()
    assert (response.status_code, response.json()) == (200, swap_body(swap))


def test_approve_asks_the_soft_rules_even_where_they_were_passed_over_before(api, admin, milo, vera, schedule):
    """What somebody let pass for Vera was not let pass for Milo; once he is judged, the mark goes."""
    place = AssignmentFactory(employee=vera, shift=ShiftFactory(schedule=schedule), conflicts_resolved=False)
    swap = SwapFactory(assignment=place, status="taken", taken_by=milo)

    response = api(admin).post(f"/api/swaps/{swap.pk}/approve")

    place.refresh_from_db()
    assert response.status_code == 200
    assert (place.employee, place.conflicts_resolved) == (milo, True)


# --- Only what is still to come ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("moment,status", [(BEGIN - timedelta(seconds=1), 201), (BEGIN, 400)])
def test_offer_until_the_shift_begins(api, viewer, place, stored, time_machine, moment, status):
    time_machine.move_to(moment, tick=False)
    client, before = api(viewer), stored()

    response = client.post(f"/api/assignments/{place.pk}/offer", {})

    text = f"Assignment with ID {place.pk} cannot be offered: only a coming shift one still has can be"
    refusal = {"detail": text, "code": "not_offerable", "assignment_id": place.pk}
    assert response.status_code == status
    assert (stored() == before, response.json() == refusal) == (status == 400, status == 400)


@pytest.mark.parametrize("moment,status", [(BEGIN - timedelta(seconds=1), 200), (BEGIN, 400)])
@pytest.mark.parametrize("verb,begun,person", [("take", "offered", "member"), ("approve", "taken", "admin")])
def test_shift_changes_hands_until_it_begins(
    api, people, milo, place, stored, time_machine, moment, status, verb, begun, person
):
    swap = SwapFactory(assignment=place, status=begun, taken_by=milo if begun == "taken" else None)
    time_machine.move_to(moment, tick=False)
    client, before = api(people[person]), stored()

    response = client.post(f"/api/swaps/{swap.pk}/{verb}")

    text = f"Assignment with ID {place.pk} cannot be handed over: only a coming shift one still has can be"
    refusal = {"detail": text, "code": "not_offerable", "assignment_id": place.pk}
    assert response.status_code == status
    assert (stored() == before, response.json() == refusal) == (status == 400, status == 400)


@pytest.mark.parametrize("verb,begun,person", [("take", "offered", "member"), ("approve", "taken", "admin")])
def test_shift_of_an_archived_schedule_keeps_its_hands(api, people, milo, place, stored, verb, begun, person):
    swap = SwapFactory(assignment=place, status=begun, taken_by=milo if begun == "taken" else None)
    place.schedule.status = "archived"
    place.schedule.save()
    before = stored()

    responses = [
        api(people[person]).post(f"/api/swaps/{swap.pk}/{verb}"),
        api(people["viewer"]).post(f"/api/assignments/{place.pk}/offer", {}),
    ]

    texts = [
        f"Assignment with ID {place.pk} cannot be {participle}: only a coming shift one still has can be"
        for participle in ("handed over", "offered")
    ]
    assert [answer.status_code for answer in responses] == [400, 400]
    assert [answer.json()["detail"] for answer in responses] == texts
    assert stored() == before


@pytest.mark.parametrize("verb,person", [("reject", "admin"), ("withdraw", "viewer")])
def test_swap_can_still_be_ended_when_the_shift_has_begun(api, people, milo, place, time_machine, verb, person):
    swap = SwapFactory(assignment=place, status="taken", taken_by=milo)
    time_machine.move_to(BEGIN + timedelta(days=30))

    response = api(people[person]).post(f"/api/swaps/{swap.pk}/{verb}")

    swap.refresh_from_db()
    assert (response.status_code, response.json()) == (200, swap_body(swap))


# --- An offer ends with what it is about ------------------------------------------------------------------------------


@pytest.fixture
def draft(place, schedule):
    schedule.status = "draft"
    schedule.save()
    return place


@pytest.mark.parametrize("begun", ["offered", "taken"])
@pytest.mark.parametrize("change", ["employee", "shift", "declined", "cancelled"])
def test_offer_ends_when_the_assignment_moves_or_ends(api, admin, tenant, schedule, milo, draft, begun, change):
    swap = SwapFactory(assignment=draft, status=begun, taken_by=milo if begun == "taken" else None)
    changes = {
        "employee": {"employee_id": EmployeeFactory(tenant=tenant).pk},
        "shift": {"shift_id": ShiftFactory(schedule=schedule, date=MONDAY + timedelta(days=1)).pk},
        "declined": {"status": "declined"},
        "cancelled": {"status": "cancelled"},
    }

    response = api(admin).put(f"/api/assignments/{draft.pk}", changes[change])

    swap.refresh_from_db()
    entry = swap_entries(swap).get()
    assert (response.status_code, swap.status) == (200, "withdrawn")
    assert (entry.by_label, entry.action) == (admin.email, "scheduling.swap.withdraw")
    assert entry.changes == {"status": [begun, "withdrawn"]}


@pytest.mark.parametrize("changes", [{"notes": "Ring twice"}, {"priority": 9}, {"status": "confirmed"}])
def test_offer_stays_when_the_assignment_does(api, admin, draft, changes):
    swap = SwapFactory(assignment=draft)

    response = api(admin).put(f"/api/assignments/{draft.pk}", changes)

    swap.refresh_from_db()
    assert (response.status_code, swap.status, swap_entries(swap).count()) == (200, "offered", 0)


@pytest.mark.parametrize("begun", ["offered", "taken"])
def test_offer_ends_when_the_employee_declines(api, viewer, milo, place, begun):
    swap = SwapFactory(assignment=place, status=begun, taken_by=milo if begun == "taken" else None)

    response = api(viewer).post(f"/api/assignments/{place.pk}/decline", {"reason": "Ill"})

    swap.refresh_from_db()
    entry = swap_entries(swap).get()
    assert (response.status_code, swap.status) == (200, "withdrawn")
    assert (entry.by_label, entry.action) == (viewer.email, "scheduling.swap.withdraw")
    assert entry.changes == {"status": [begun, "withdrawn"]}


def test_offer_stays_when_the_employee_confirms(api, viewer, place):
    swap = SwapFactory(assignment=place)

    response = api(viewer).post(f"/api/assignments/{place.pk}/confirm", {})

    swap.refresh_from_db()
    assert (response.status_code, swap.status, swap_entries(swap).count()) == (200, "offered", 0)


def test_offer_goes_with_an_assignment_that_is_deleted(api, admin, draft):
    swap = SwapFactory(assignment=draft)
    client = api(admin)

    response = client.delete(f"/api/assignments/{draft.pk}")

    after = client.post(f"/api/swaps/{swap.pk}/take")
    entry = swap_entries(swap).get()
    assert (response.status_code, after.status_code) == (204, 404)
    assert (entry.by_label, entry.action) == (admin.email, "scheduling.swap.delete")
    assert entry.changes["status"] == ["offered", None]
