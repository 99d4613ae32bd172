"""Actions that ask first: what the question foretells, what confirming does, and where an action ends."""

import pytest

from assignhub.admin import actions
from scheduling.models import Assignment
from scheduling.tests.factories import AssignmentFactory, EmployeeFactory, ScheduleFactory, ShiftFactory
from tenancy.models import Assignment as RoleAssignment
from tenancy.models import Membership

LIST = "/admin/scheduling/assignment/"


@pytest.fixture
def row(tenant):
    schedule = ScheduleFactory(tenant=tenant)
    return AssignmentFactory(employee=EmployeeFactory(tenant=tenant), shift=ShiftFactory(schedule=schedule))


@pytest.fixture
def settled(tenant):
    """In a schedule that can no longer be edited."""
    schedule = ScheduleFactory(tenant=tenant, status="published", title="Settled")
    return AssignmentFactory(employee=EmployeeFactory(tenant=tenant), shift=ShiftFactory(schedule=schedule))


def ask(session, action: str, *chosen, **values):
    return session.post(LIST, {"action": action, "_selected_action": [row.pk for row in chosen], **values})


def told(verdicts) -> list[tuple[bool, str]]:
    return [(verdict.refused, verdict.text) for verdict in verdicts]


def test_question_foretells_what_will_be_refused_and_changes_nothing(staff_client, admin, row, settled, stored):
    session, before = staff_client(admin), stored()
    refusal = f"Schedule with ID {settled.schedule_id} is published and cannot be edited"

    page = ask(session, "cancel", row, settled)

    assert page.status_code == 200
    assert {asked.pk: (verdict.refused, verdict.text) for asked, verdict in page.context["rows"]} == {
        row.pk: (False, "Done"),
        settled.pk: (True, refusal),
    }
    assert stored() == before


def test_confirmed_action_answers_for_each_row_and_keeps_the_good_ones(staff_client, admin, row, settled):
    page = ask(staff_client(admin), "cancel", row, settled, post="yes")

    assert sorted(verdict.refused for verdict in page.context["verdicts"]) == [False, True]
    statuses = dict(Assignment.objects.values_list("pk", "status"))
    assert statuses == {row.pk: "cancelled", settled.pk: settled.status}


def test_hand_over_asks_to_whom_and_judges_them(staff_client, admin, tenant, row, stored):
    session, colleague = staff_client(admin), EmployeeFactory(tenant=tenant)
    busy = AssignmentFactory(employee=EmployeeFactory(tenant=tenant), shift=row.shift).employee
    before = stored()

    empty = ask(session, "hand_over", row, post="yes")
    foreseen = ask(session, "hand_over", row, check="yes", employee=busy.pk)
    nothing = stored()
    done = ask(session, "hand_over", row, post="yes", employee=colleague.pk)

    assert empty.context["form"].errors == {"employee": ["This field is required."]}
    assert [verdict.refused for _, verdict in foreseen.context["rows"]] == [True]
    assert nothing == before
    assert told(done.context["verdicts"]) == [(False, f"Now {colleague}'s")]
    row.refresh_from_db()
    assert row.employee == colleague


@pytest.mark.parametrize("key", ["foreign", "x", "\0", "9" * 40])
def test_hand_over_to_somebody_out_of_reach(staff_client, admin, other_tenant, row, stored, key):
    foreign = EmployeeFactory(tenant=other_tenant, first_name="Foreign")
    session, before = staff_client(admin), stored()

    page = ask(session, "hand_over", row, post="yes", employee=foreign.pk if key == "foreign" else key)

    assert list(page.context["form"].errors) == ["employee"]
    assert "Foreign" not in page.content.decode()
    assert stored() == before


def test_action_from_the_page_of_a_row_asks_there(staff_client, admin, row, stored):
    session, before = staff_client(admin), stored()

    page = session.get(f"{LIST}{row.pk}/change/")
    question = session.get(f"{LIST}{row.pk}/action/cancel/")

    assert f"{LIST}{row.pk}/action/cancel/" in page.content.decode()
    assert [asked for asked, _ in question.context["rows"]] == [row]
    assert stored() == before


@pytest.mark.parametrize("name", ["delete_selected", "unknown", "response_action"])
def test_action_page_of_what_is_no_such_action(staff_client, admin, row, name):
    assert staff_client(admin).get(f"{LIST}{row.pk}/action/{name}/").status_code == 403


@pytest.mark.parametrize("across", ["0", "1"])
def test_action_on_more_rows_than_can_be_told_is_refused(
    staff_client, admin, row, settled, monkeypatch, across, stored
):
    monkeypatch.setattr(actions, "ROWS_AT_ONCE", 1)
    session, before = staff_client(admin), stored()

    response = session.post(
        LIST,
        {"action": "cancel", "_selected_action": [row.pk, settled.pk], "select_across": across, "post": "yes"},
        follow=True,
    )

    assert [str(message) for message in response.context["messages"]] == [
        "More than 1 rows are chosen. Narrow the list by a filter, or choose fewer."
    ]
    assert stored() == before


def test_role_taken_out_of_force_and_restored(staff_client, admin, tenant, viewer):
    session, role = staff_client(admin), RoleAssignment.objects.get(tenant=tenant, role__type="viewer")
    sent = {"_selected_action": [role.pk], "post": "yes"}

    session.post("/admin/tenancy/assignment/", sent | {"action": "withdraw"})
    role.refresh_from_db()
    removed = role.removed_at
    session.post("/admin/tenancy/assignment/", sent | {"action": "restore"})

    role.refresh_from_db()
    assert (removed is None, role.removed_at) == (False, None)


def test_person_deactivated_and_activated(staff_client, admin, viewer):
    session, sent = staff_client(admin), {"_selected_action": [viewer.pk], "post": "yes"}

    session.post("/admin/tenancy/user/", sent | {"action": "deactivate"})
    viewer.refresh_from_db()
    active = viewer.is_active
    session.post("/admin/tenancy/user/", sent | {"action": "activate"})

    viewer.refresh_from_db()
    assert (active, viewer.is_active) == (False, True)


def test_membership_removed(staff_client, admin, viewer):
    sent = {"action": "remove", "_selected_action": [viewer.memberships.get().pk], "post": "yes"}

    staff_client(admin).post("/admin/tenancy/membership/", sent)

    assert not Membership.objects.filter(user=viewer).exists()
