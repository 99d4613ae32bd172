"""Swaps in the admin: planners approve and reject what has been taken, and nothing else is to be done there."""

from datetime import UTC, datetime

import pytest

from scheduling.models import Swap
from scheduling.tests.factories import AssignmentFactory, AvailabilityWindowFactory, EmployeeFactory, ScheduleFactory
from scheduling.tests.swap_factories import SwapFactory

URL = "/admin/scheduling/swap/"


@pytest.fixture(autouse=True)
def day_before(time_machine):
    time_machine.move_to(datetime(2026, 11, 1, 9, tzinfo=UTC))


@pytest.fixture
def schedule(tenant):
    return ScheduleFactory(tenant=tenant, status="published")


@pytest.fixture
def vera(tenant):
    return EmployeeFactory(tenant=tenant, first_name="Vera")


@pytest.fixture
def milo(tenant):
    return EmployeeFactory(tenant=tenant, first_name="Milo")


@pytest.fixture
def taken(vera, milo, shift):
    return SwapFactory(assignment=AssignmentFactory(employee=vera, shift=shift), status="taken", taken_by=milo)


def do(client, action: str, *swaps) -> tuple[int, list[str]]:
    """Choose an action for some rows and confirm it; the status and what is said of each row, or of them all."""
    sent = {"action": action, "_selected_action": [swap.pk for swap in swaps], "post": "yes"}
    page = client.post(URL, sent, follow=True)
    said = [str(message) for message in page.context["messages"]]
    results = page.context.get("verdicts") or ()
    said += [f"{found.label}: {found.text if found.refused else 'done.'}" for found in results]
    return page.status_code, said


@pytest.mark.parametrize("person", ["admin", "owner", "super_admin"])
@pytest.mark.parametrize("action,status,hands", [("approve", "approved", "Milo"), ("reject", "rejected", "Vera")])
def test_action_on_a_swap_that_was_taken(staff_client, people, taken, person, action, status, hands):
    name = str(taken)

    answer = do(staff_client(people[person]), action, taken)

    taken = Swap.objects.get()
    assert answer == (200, [f"{name}: done."])
    assert (taken.status, taken.assignment.employee.first_name) == (status, hands)


@pytest.mark.parametrize("action", ["approve", "reject"])
def test_action_says_of_each_swap_how_it_went(staff_client, admin, tenant, shift, vera, taken, action):
    other = AssignmentFactory(employee=EmployeeFactory(tenant=tenant, first_name="Otto"), shift=shift)
    offered = SwapFactory(assignment=other)
    names = str(taken), str(offered)

    answer = do(staff_client(admin), action, taken, offered)

    # The newest first, as listed.
    assert answer == (200, [f"{names[1]}: Swap with ID {offered.pk} is offered", f"{names[0]}: done."])
    assert Swap.objects.get(pk=offered.pk).status == "offered"
    assert Swap.objects.get(pk=taken.pk).status == {"approve": "approved", "reject": "rejected"}[action]


def test_approve_that_a_rule_refuses(staff_client, admin, milo, taken, stored):
    AvailabilityWindowFactory(employee=milo, weekday=3)
    client, before = staff_client(admin), stored()

    answer = do(client, "approve", taken)

    assert answer == (200, [f"{taken}: Employee not available on monday at 08:00"])
    assert stored() == before


@pytest.mark.parametrize("action", ["approve", "reject", "delete_selected"])
@pytest.mark.parametrize("person", ["viewer", "member"])
def test_action_by_those_who_may_not(staff_client, people, taken, stored, person, action):
    client, before = staff_client(people[person]), stored()

    status, said = do(client, action, taken)

    assert (status, [text for text in said if "done" in text]) == (200, [])
    assert stored() == before


def test_action_on_a_swap_of_another_tenant(staff_client, stranger, taken, stored):
    client, before = staff_client(stranger), stored()

    status, said = do(client, "approve", taken)

    assert (status, [text for text in said if "done" in text]) == (200, [])
    assert stored() == before


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("page", ["add/", "{}/delete/"])
def test_swaps_are_neither_added_nor_deleted_here(staff_client, super_admin, taken, stored, page, method):
    client, before = staff_client(super_admin), stored()

    response = getattr(client, method)(URL + page.format(taken.pk), {"post": "yes"})

    assert response.status_code == 403
    assert stored() == before


def test_swap_page_shows_and_changes_nothing(staff_client, super_admin, taken, stored):
    client, before = staff_client(super_admin), stored()

    shown = client.get(f"{URL}{taken.pk}/change/")
    sent = client.post(f"{URL}{taken.pk}/change/", {"status": "approved", "note": "Mine"})

    assert (shown.status_code, sent.status_code) == (200, 403)
    assert stored() == before


@pytest.mark.parametrize("person,listed", [("viewer", 1), ("admin", 1), ("stranger", 0), ("super_admin", 1)])
def test_swaps_listed_are_those_one_sees(staff_client, people, taken, person, listed):
    page = staff_client(people[person]).get(URL)

    assert (page.status_code, len(page.context["cl"].result_list)) == (200, listed)
