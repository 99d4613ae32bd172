"""A shift is offered, taken, approved, rejected, withdrawn: every step, by everybody, from every status."""

from datetime import UTC, datetime

import pytest

from assignhub.models import AuditEntry
from scheduling.models import Assignment, Policy, Swap
from scheduling.tests.factories import AssignmentFactory, EmployeeFactory, ScheduleFactory
from scheduling.tests.swap_factories import SwapFactory, swap_body

NO_PERMISSION = "You do not have permission to perform this action."
ONLY_EMPLOYEES = "Only employees of this tenant take shifts."
NO_TOKEN = "Authentication credentials were not provided."


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


@pytest.fixture
def offered(place, milo):
    """An offer of Vera's that Milo could take."""
    return SwapFactory(assignment=place)


@pytest.fixture
def taken(place, milo):
    return SwapFactory(assignment=place, status="taken", taken_by=milo)


def trail() -> list[tuple]:
    rows = AuditEntry.objects.order_by("pk")
    return list(rows.values_list("by_label", "action", "object_type", "object_id", "tenant_id", "changes"))


def body_of(swap: Swap) -> dict:
    return swap_body(Swap.objects.get(pk=swap.pk))


# --- The steps --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("sent,note", [({"note": "My sister marries"}, "My sister marries"), ({}, "")])
@pytest.mark.parametrize("slash", ["", "/"])
def test_offer_of_a_coming_shift(api, viewer, tenant, place, sent, note, slash):
    response = api(viewer).post(f"/api/assignments/{place.pk}/offer{slash}", sent)

    swap = Swap.objects.get()
    assert (response.status_code, response.json()) == (201, swap_body(swap))
    assert (swap.assignment, swap.offered_by, swap.taken_by) == (place, place.employee, None)
    assert (swap.status, swap.note) == ("offered", note)
    changes = {
        "assignment": [None, place.pk],
        "offered_by": [None, place.employee_id],
        "status": [None, "offered"],
        "note": [None, note],
    }
    key = str(swap.pk)
    assert trail() == [(viewer.email, "scheduling.swap.offer", "scheduling.swap", key, tenant.pk, changes)]


@pytest.mark.parametrize("status", ["assigned", "pending", "confirmed"])
def test_offer_in_every_status_one_still_comes_in(api, viewer, vera, shift, status):
    place = AssignmentFactory(employee=vera, shift=shift, status=status)

    response = api(viewer).post(f"/api/assignments/{place.pk}/offer", {})

    assert (response.status_code, response.json()) == (201, swap_body(Swap.objects.get()))
    place.refresh_from_db()
    assert (place.status, place.employee) == (status, vera)


def test_offer_again_after_the_first_has_ended(api, viewer, place):
    SwapFactory(assignment=place, status="withdrawn")
    SwapFactory(assignment=place, status="rejected")

    response = api(viewer).post(f"/api/assignments/{place.pk}/offer", {})

    assert (response.status_code, response.json()) == (201, swap_body(Swap.objects.first()))
    assert list(Swap.objects.values_list("status", flat=True)) == ["offered", "rejected", "withdrawn"]


@pytest.mark.parametrize("slash", ["", "/"])
def test_take_waits_for_approval(api, member, tenant, offered, milo, place, slash):
    response = api(member).post(f"/api/swaps/{offered.pk}/take{slash}")

    assert (response.status_code, response.json()) == (200, body_of(offered))
    offered.refresh_from_db()
    place.refresh_from_db()
    assert (offered.status, offered.taken_by) == ("taken", milo)
    assert (place.employee, place.status, place.sequence) == (offered.offered_by, "assigned", 0)
    changes = {"status": ["offered", "taken"], "taken_by": [None, milo.pk]}
    key = str(offered.pk)
    assert trail() == [(member.email, "scheduling.swap.take", "scheduling.swap", key, tenant.pk, changes)]


@pytest.mark.parametrize("slash", ["", "/"])
def test_approve_hands_the_shift_over(api, admin, tenant, vera, milo, taken, place, slash, time_machine):
    time_machine.move_to(datetime(2026, 11, 1, 10, tzinfo=UTC), tick=False)

    response = api(admin).post(f"/api/swaps/{taken.pk}/approve{slash}")

    was = str(place.assigned_at)
    place.refresh_from_db()
    taken.refresh_from_db()
    assert (response.status_code, response.json()) == (200, swap_body(taken))
    assert (taken.status, taken.offered_by, taken.taken_by) == ("approved", vera, milo)
    assert (place.employee, place.status, place.assigned_by, place.sequence) == (milo, "confirmed", admin, 1)
    assert place.assigned_at == datetime(2026, 11, 1, 10, tzinfo=UTC)
    handed_over = {
        "employee": [vera.pk, milo.pk],
        "status": ["assigned", "confirmed"],
        "assigned_by": [None, str(admin.pk)],
        "assigned_at": [was, str(place.assigned_at)],
    }
    approved = {"status": ["taken", "approved"]}
    assert trail() == [
        (admin.email, "scheduling.swap.approve", "scheduling.swap", str(taken.pk), tenant.pk, approved),
        (admin.email, "scheduling.assignment.swap", "scheduling.assignment", str(place.pk), tenant.pk, handed_over),
    ]


def test_take_where_no_approval_is_asked_for_hands_over_at_once(api, member, tenant, vera, milo, offered, place):
    Policy.objects.create(tenant=tenant, swaps_need_approval=False)

    response = api(member).post(f"/api/swaps/{offered.pk}/take")

    place.refresh_from_db()
    offered.refresh_from_db()
    assert (response.status_code, response.json()) == (200, swap_body(offered))
    assert (offered.status, offered.taken_by) == ("approved", milo)
    assert (place.employee, place.status, place.assigned_by, place.sequence) == (milo, "confirmed", member, 1)
    assert [(by, action, key) for by, action, _, key, _, _ in trail()] == [
        (member.email, "scheduling.swap.take", str(offered.pk)),
        (member.email, "scheduling.assignment.swap", str(place.pk)),
    ]
    assert trail()[0][-1] == {"status": ["offered", "approved"], "taken_by": [None, milo.pk]}


@pytest.mark.parametrize("slash", ["", "/"])
def test_reject_leaves_the_shift_where_it_is(api, admin, tenant, vera, milo, taken, place, slash):
    response = api(admin).post(f"/api/swaps/{taken.pk}/reject{slash}")

    place.refresh_from_db()
    taken.refresh_from_db()
    assert (response.status_code, response.json()) == (200, swap_body(taken))
    assert (taken.status, taken.taken_by) == ("rejected", milo)
    assert (place.employee, place.status, place.sequence) == (vera, "assigned", 0)
    changes = {"status": ["taken", "rejected"]}
    key = str(taken.pk)
    assert trail() == [(admin.email, "scheduling.swap.reject", "scheduling.swap", key, tenant.pk, changes)]


@pytest.mark.parametrize("status", ["offered", "taken"])
@pytest.mark.parametrize("person", ["viewer", "admin", "owner", "super_admin"])
def test_withdraw_by_those_who_may(api, people, tenant, vera, milo, place, status, person):
    swap = SwapFactory(assignment=place, status=status, taken_by=milo if status == "taken" else None)

    response = api(people[person]).post(f"/api/swaps/{swap.pk}/withdraw")

    place.refresh_from_db()
    swap.refresh_from_db()
    assert (response.status_code, response.json()) == (200, swap_body(swap))
    assert (swap.status, place.employee, place.status) == ("withdrawn", vera, "assigned")
    changes, key = {"status": [status, "withdrawn"]}, str(swap.pk)
    by = people[person].email
    assert trail() == [(by, "scheduling.swap.withdraw", "scheduling.swap", key, tenant.pk, changes)]


# --- From every status ------------------------------------------------------------------------------------------------

LEGAL = {"take": ["offered"], "approve": ["taken"], "reject": ["taken"], "withdraw": ["offered", "taken"]}
WHO = {"take": "member", "approve": "admin", "reject": "admin", "withdraw": "viewer"}
ILLEGAL = [(verb, status) for verb in LEGAL for status in Swap.Status.values if status not in LEGAL[verb]]


@pytest.mark.parametrize("verb,status", ILLEGAL)
def test_step_from_a_status_it_does_not_start_from(api, people, vera, milo, place, stored, verb, status):
    swap = SwapFactory(assignment=place, status=status, taken_by=None if status == "offered" else milo)
    before = stored()

    response = api(people[WHO[verb]]).post(f"/api/swaps/{swap.pk}/{verb}")

    text = f"Swap with ID {swap.pk} is {status}"
    body = {"detail": text, "code": "conflict", "swap_id": swap.pk, "status": status}
    assert (response.status_code, response.json()) == (409, body)
    assert stored() == before


@pytest.mark.parametrize("status", ["offered", "taken"])
def test_offer_of_what_is_offered_already(api, viewer, milo, place, stored, status):
    SwapFactory(assignment=place, status=status, taken_by=milo if status == "taken" else None)
    before = stored()

    response = api(viewer).post(f"/api/assignments/{place.pk}/offer", {})

    assert (response.status_code, response.json()) == (409, {"detail": "This shift is already offered."})
    assert stored() == before


@pytest.mark.parametrize("status", ["declined", "cancelled"])
def test_offer_of_what_one_no_longer_has(api, viewer, vera, shift, stored, status):
    place = AssignmentFactory(employee=vera, shift=shift, status=status)
    before = stored()

    response = api(viewer).post(f"/api/assignments/{place.pk}/offer", {})

    text = f"Assignment with ID {place.pk} cannot be offered: only a coming shift one still has can be"
    body = {"detail": text, "code": "not_offerable", "assignment_id": place.pk}
    assert (response.status_code, response.json()) == (400, body)
    assert stored() == before


@pytest.mark.parametrize("note,complaint", [(7 * ["x"], "Not a valid string."), ("x" * 501, "500 characters")])
def test_offer_with_a_malformed_note(api, viewer, place, stored, note, complaint):
    before = stored()

    response = api(viewer).post(f"/api/assignments/{place.pk}/offer", {"note": note})

    assert response.status_code == 400
    assert response.json()["detail"].startswith("note: ")
    assert complaint in response.json()["detail"]
    assert stored() == before


# --- By those who may not ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "person,status,detail",
    [
        ("nobody", 401, NO_TOKEN),
        ("member", 403, "You may not offer this assignment."),
        ("admin", 403, "You may not offer this assignment."),
        ("owner", 403, "You may not offer this assignment."),
        ("super_admin", 403, "You may not offer this assignment."),
        ("stranger", 404, "Assignment with ID {} not found"),
    ],
)
def test_offer_of_somebody_elses_shift(api, people, milo, place, stored, person, status, detail):
    before = stored()

    response = api(people[person]).post(f"/api/assignments/{place.pk}/offer", {})

    gone = {"code": "not_found", "assignment_id": place.pk} if status == 404 else {}
    assert (response.status_code, response.json()) == (status, {"detail": detail.format(place.pk)} | gone)
    assert stored() == before


@pytest.mark.parametrize(
    "person,verb,status,detail",
    [
        *(("nobody", verb, 401, NO_TOKEN) for verb in LEGAL),
        *(("stranger", verb, 404, "Swap with ID {} not found") for verb in LEGAL),
        *((who, verb, 403, NO_PERMISSION) for who in ("viewer", "member") for verb in ("approve", "reject")),
        ("member", "withdraw", 403, "You may not withdraw this swap."),
        *((who, "take", 403, ONLY_EMPLOYEES) for who in ("admin", "owner", "super_admin")),
    ],
)
def test_step_by_those_who_may_not(api, people, milo, place, stored, person, verb, status, detail):
    begun = LEGAL[verb][0]
    swap = SwapFactory(assignment=place, status=begun, taken_by=milo if begun == "taken" else None)
    before = stored()

    response = api(people[person]).post(f"/api/swaps/{swap.pk}/{verb}")

    gone = {"code": "not_found", "swap_id": swap.pk} if status == 404 else {}
    assert (response.status_code, response.json()) == (status, {"detail": detail.format(swap.pk)} | gone)
    assert stored() == before


def test_take_of_ones_own_offer(api, viewer, offered, stored):
    before = stored()

    response = api(viewer).post(f"/api/swaps/{offered.pk}/take")

    body = {"detail": "One's own offer can be withdrawn, not taken", "code": "own_offer", "swap_id": offered.pk}
    assert (response.status_code, response.json()) == (400, body)
    assert stored() == before


def test_take_by_an_employee_who_is_no_longer_active(api, member, milo, offered, stored):
    milo.is_active = False
    milo.save()
    before = stored()

    response = api(member).post(f"/api/swaps/{offered.pk}/take")

    assert (response.status_code, response.json()) == (403, {"detail": ONLY_EMPLOYEES})
    assert stored() == before


def test_take_by_a_planner_who_is_an_employee_too(api, admin, tenant, offered):
    boss = EmployeeFactory(tenant=tenant, user=admin)

    response = api(admin).post(f"/api/swaps/{offered.pk}/take")

    assert (response.status_code, response.json()) == (200, body_of(offered))
    assert (body_of(offered)["status"], body_of(offered)["taken_by"]["id"]) == ("taken", boss.pk)


@pytest.mark.parametrize("person", ["admin", "owner", "super_admin"])
@pytest.mark.parametrize("verb,status", [("approve", "approved"), ("reject", "rejected")])
def test_approve_and_reject_by_those_who_may(api, people, taken, person, verb, status):
    response = api(people[person]).post(f"/api/swaps/{taken.pk}/{verb}")

    assert (response.status_code, response.json()) == (200, body_of(taken))
    assert response.json()["status"] == status


@pytest.mark.parametrize("verb", LEGAL)
@pytest.mark.parametrize("key,status", [(2**40, 404), (2**70, 400), ("x", 400)])
def test_step_of_a_swap_that_cannot_be(api, super_admin, offered, stored, verb, key, status):
    before = stored()

    response = api(super_admin).post(f"/api/swaps/{key}/{verb}")

    unknown = {"detail": f"Swap with ID {key} not found", "code": "not_found", "swap_id": key}
    malformed = {"detail": f"id: “{key}” is not a valid ID."}
    assert (response.status_code, response.json()) == (status, unknown if status == 404 else malformed)
    assert stored() == before
    assert Assignment.objects.count() == 1
