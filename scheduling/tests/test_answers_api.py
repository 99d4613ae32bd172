"""POST /api/assignments/{id}/confirm and /decline (seed 002): the employee's own answer, and nobody else's."""

import json
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from assignhub.audit import trail
from scheduling.models import Assignment
from scheduling.tests.bodies import assignment_body
from scheduling.tests.factories import AssignmentFactory, AvailabilityWindowFactory, EmployeeFactory
from scheduling.tests.planning_bodies import NOT_SIGNED_IN, missing
from scheduling.tests.swap_factories import SwapFactory

UNANSWERED = ["assigned", "pending"]
SETTLED = ["confirmed", "declined", "cancelled", "completed"]
STATUSES = ["draft", "pending_approval", "approved", "published", "rejected", "archived"]
ANSWERS = {"confirm": {}, "decline": {"reason": "A cold"}}


@pytest.fixture
def nurse(tenant, member):
    return EmployeeFactory(tenant=tenant, user=member)


@pytest.fixture
def assignment(nurse, shift):
    return AssignmentFactory(employee=nurse, shift=shift, notes="Night bus")


def answer(client, row, verb: str, body=None):
    return client.post(f"/api/assignments/{row.pk}/{verb}", ANSWERS[verb] if body is None else body)


# --- Confirm ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", UNANSWERED)
@pytest.mark.parametrize("slash", ["", "/"])
def test_confirm(api, member, assignment, status, slash):
    Assignment.objects.update(status=status)
    before = Assignment.objects.values().get()

    response = api(member).post(f"/api/assignments/{assignment.pk}/confirm{slash}")

    after = Assignment.objects.values().get()
    assert (response.status_code, response.json()) == (200, assignment_body(Assignment.objects.get()))
    assert after == before | {"status": "confirmed", "sequence": 1, "updated_at": after["updated_at"]}


@pytest.mark.parametrize("notes", ["Looking forward to this shift", ""])
def test_confirm_with_notes_replaces_them(api, member, assignment, notes):
    response = answer(api(member), assignment, "confirm", {"notes": notes})

    row = Assignment.objects.get()
    assert (response.status_code, response.json()) == (200, assignment_body(row))
    assert (row.status, row.notes) == ("confirmed", notes)


def test_confirm_is_audited(api, member, tenant, assignment):
    answer(api(member), assignment, "confirm", {"notes": "Gladly"})

    entry = trail(assignment).get()
    assert (entry.action, entry.by_id, entry.tenant_id) == ("scheduling.assignment.confirm", member.pk, tenant.pk)
    assert entry.changes == {"status": ["assigned", "confirmed"], "notes": ["Night bus", "Gladly"]}


def test_confirm_asks_no_rule(api, member, nurse, assignment):
    """Whoever put them there knew, or chose not to know; the answer is the employee's."""
    AvailabilityWindowFactory(employee=nurse, start_time="20:00", end_time="23:00")

    response = answer(api(member), assignment, "confirm")

    assert response.status_code == 200
    assert Assignment.objects.get().status == "confirmed"


def test_confirm_long_after_it_was_assigned(api, member, assignment):
    client = api(member)
    Assignment.objects.update(assigned_at=timezone.now() - timedelta(days=30))

    response = answer(client, assignment, "confirm")

    assert response.status_code == 200
    assert Assignment.objects.get().status == "confirmed"


# --- Decline ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", UNANSWERED)
@pytest.mark.parametrize("slash", ["", "/"])
def test_decline(api, member, assignment, status, slash):
    Assignment.objects.update(status=status)
    before = Assignment.objects.values().get()

    response = api(member).post(f"/api/assignments/{assignment.pk}/decline{slash}", {"reason": " A cold "})

    after = Assignment.objects.values().get()
    assert (response.status_code, response.json()) == (
        200,
        {"message": "Assignment declined: A cold", "success": True},
    )
    expected = {"status": "declined", "decline_reason": "A cold", "sequence": 1, "updated_at": after["updated_at"]}
    assert after == before | expected


def test_decline_is_audited(api, member, tenant, assignment):
    answer(api(member), assignment, "decline")

    entry = trail(assignment).get()
    assert (entry.action, entry.by_id, entry.tenant_id) == ("scheduling.assignment.decline", member.pk, tenant.pk)
    assert entry.changes == {"status": ["assigned", "declined"], "decline_reason": ["", "A cold"]}


def test_decline_frees_the_place(api, member, admin, nurse, shift, assignment):
    answer(api(member), assignment, "decline")

    wish = {"employee_id": nurse.pk, "shift_id": shift.pk}
    response = api(admin).post(f"/api/schedules/{shift.schedule_id}/assignments", wish)

    assert response.status_code == 201


def test_decline_takes_back_an_open_offer(api, member, assignment):
    swap = SwapFactory(assignment=assignment)

    answer(api(member), assignment, "decline")

    swap.refresh_from_db()
    assert swap.status == "withdrawn"


@pytest.mark.parametrize("passed", [timedelta(0), timedelta(hours=47, minutes=59, seconds=59), timedelta(hours=48)])
def test_decline_within_48_hours(api, member, assignment, passed):
    with time_machine.travel(assignment.assigned_at + passed, tick=False):
        response = answer(api(member), assignment, "decline")

    assert response.status_code == 200
    assert Assignment.objects.get().status == "declined"


@pytest.mark.parametrize("passed", [timedelta(hours=48, seconds=1), timedelta(days=30)])
def test_decline_after_48_hours(api, member, assignment, stored, passed):
    with time_machine.travel(assignment.assigned_at + passed, tick=False):
        client, before = api(member), stored()

        response = answer(client, assignment, "decline")

    detail = f"Assignment with ID {assignment.pk} can no longer be declined: 48 hours since it was assigned have passed"
    assert response.status_code == 400
    assert response.json() == {"detail": detail, "code": "too_late", "assignment_id": assignment.pk}
    assert stored() == before


def test_decline_counts_the_48_hours_anew_for_whoever_it_is_given_to(api, admin, member, tenant, nurse, shift):
    assignment = AssignmentFactory(employee=EmployeeFactory(tenant=tenant), shift=shift)

    with time_machine.travel(assignment.assigned_at + timedelta(days=10), tick=False):
        api(admin).patch(f"/api/assignments/{assignment.pk}", {"employee_id": nurse.pk})
    with time_machine.travel(assignment.assigned_at + timedelta(days=12), tick=False):
        response = answer(api(member), assignment, "decline")

    assert response.status_code == 200
    assert Assignment.objects.get().status == "declined"


# --- Whatever the schedule's status -----------------------------------------------------------------------------------


@pytest.mark.parametrize("status", STATUSES)
@pytest.mark.parametrize("verb, becomes", [("confirm", "confirmed"), ("decline", "declined")])
def test_answer_needs_no_editable_schedule(api, member, schedule, assignment, verb, becomes, status):
    schedule.status = status
    schedule.save()

    response = answer(api(member), assignment, verb)

    assert response.status_code == 200
    assert Assignment.objects.get().status == becomes


# --- Once ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", SETTLED)
@pytest.mark.parametrize("verb, participle", [("confirm", "confirmed"), ("decline", "declined")])
def test_answer_to_what_is_settled(api, member, assignment, stored, verb, participle, status):
    Assignment.objects.update(status=status)
    client, before = api(member), stored()

    response = answer(client, assignment, verb)

    assert response.status_code == 400
    assert response.json() == {
        "detail": f"Assignment with ID {assignment.pk} is {status} and cannot be {participle}",
        "code": "settled",
        "assignment_id": assignment.pk,
    }
    assert stored() == before


# --- Only the employee ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("verb", ANSWERS)
@pytest.mark.parametrize("person", ["viewer", "member", "admin", "owner"])
def test_answer_by_the_linked_person_of_any_role(api, people, nurse, assignment, verb, person):
    nurse.user = people[person]
    nurse.save()

    response = answer(api(people[person]), assignment, verb)

    assert response.status_code == 200
    assert Assignment.objects.get().status == {"confirm": "confirmed", "decline": "declined"}[verb]


@pytest.mark.parametrize("verb", ANSWERS)
@pytest.mark.parametrize("person", ["viewer", "admin", "owner", "super_admin"])
def test_answer_by_anybody_else(api, people, assignment, stored, verb, person):
    client, before = api(people[person]), stored()

    response = answer(client, assignment, verb)

    assert (response.status_code, response.json()) == (403, {"detail": f"You may not {verb} this assignment."})
    assert stored() == before


@pytest.mark.parametrize("verb", ANSWERS)
@pytest.mark.parametrize("person", ["member", "super_admin"])
def test_answer_for_an_employee_without_an_account(api, people, nurse, assignment, stored, verb, person):
    nurse.user = None
    nurse.save()
    client, before = api(people[person]), stored()

    response = answer(client, assignment, verb)

    assert (response.status_code, response.json()) == (403, {"detail": f"You may not {verb} this assignment."})
    assert stored() == before


@pytest.mark.parametrize("verb", ANSWERS)
def test_answer_by_a_stranger_answers_as_for_no_assignment(api, stranger, assignment, stored, verb):
    client, before = api(stranger), stored()
    keys = [assignment.pk, 2**40]

    responses = [client.post(f"/api/assignments/{key}/{verb}", ANSWERS[verb]) for key in keys]

    answers = [(response.status_code, response.json()) for response in responses]
    assert answers == [(404, missing("assignment", key)) for key in keys]
    assert stored() == before


@pytest.mark.parametrize("verb", ANSWERS)
def test_answer_by_nobody(api, assignment, stored, verb):
    before = stored()

    response = answer(api(None), assignment, verb)

    assert (response.status_code, response.json()) == (401, NOT_SIGNED_IN)
    assert stored() == before


@pytest.mark.parametrize("verb", ANSWERS)
def test_answer_after_leaving_the_tenant(api, member, assignment, stored, verb):
    """The employee is still linked to the account, but the account has no role here any more."""
    client = api(member)
    member.memberships.all().delete()
    before = stored()

    response = answer(client, assignment, verb)

    assert (response.status_code, stored()) == (403, before)
    assert response.json() == {"detail": "You do not have permission to perform this action."}


# --- Malformed --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "verb, body, detail",
    [
        ("confirm", {"notes": None}, "notes: This field may not be null."),
        ("confirm", {"notes": ["x"]}, "notes: Not a valid string."),
        ("confirm", {"notes": "x" * 2001}, "notes: Ensure this field has no more than 2000 characters."),
        ("confirm", [], "Invalid data. Expected a dictionary, but got list."),
        ("decline", {}, "reason: This field is required."),
        ("decline", {"reason": None}, "reason: This field may not be null."),
        ("decline", {"reason": ""}, "reason: This field may not be blank."),
        ("decline", {"reason": "  "}, "reason: This field may not be blank."),
        ("decline", {"reason": {}}, "reason: Not a valid string."),
        ("decline", {"reason": "x" * 501}, "reason: Ensure this field has no more than 500 characters."),
        ("decline", "A cold", "Invalid data. Expected a dictionary, but got str."),
        ("decline", None, "No data provided"),
    ],
)
def test_answer_with_a_malformed_body(api, member, assignment, stored, verb, body, detail):
    client, before = api(member), stored()
    address = f"/api/assignments/{assignment.pk}/{verb}"

    response = client.post(address, json.dumps(body), content_type="application/json")

    assert (response.status_code, response.json()) == (400, {"detail": detail})
    assert stored() == before


@pytest.mark.parametrize("verb", ANSWERS)
def test_answer_with_another_method(api, member, assignment, stored, verb):
    client, before = api(member), stored()

    response = client.put(f"/api/assignments/{assignment.pk}/{verb}", ANSWERS[verb])

    assert (response.status_code, response.json()) == (405, {"detail": 'Method "PUT" not allowed.'})
    assert stored() == before
