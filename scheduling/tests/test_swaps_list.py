"""Which swaps one sees: the list, its filter and pages, and that one sees nobody else's."""

import pytest

from scheduling.models import Swap
from scheduling.tests.factories import AssignmentFactory, EmployeeFactory, ScheduleFactory, ShiftFactory
from scheduling.tests.swap_factories import SwapFactory, swap_body


@pytest.fixture
def swaps(tenant, schedule) -> list[Swap]:
    """One in every status, the oldest first."""
    shift = ShiftFactory(schedule=schedule)
    taker = EmployeeFactory(tenant=tenant)
    places = [AssignmentFactory(employee=EmployeeFactory(tenant=tenant), shift=shift) for _ in Swap.Status]
    return [
        SwapFactory(assignment=place, status=status, taken_by=None if status == "offered" else taker, note=f"Note {n}")
        for n, (place, status) in enumerate(zip(places, Swap.Status.values, strict=True))
    ]


@pytest.fixture
def far_swap(other_tenant):
    shift = ShiftFactory(schedule=ScheduleFactory(tenant=other_tenant))
    return SwapFactory(assignment=AssignmentFactory(employee=EmployeeFactory(tenant=other_tenant), shift=shift))


@pytest.mark.parametrize("slash", ["", "/"])
@pytest.mark.parametrize("person", ["viewer", "member", "admin", "owner"])
def test_swaps_of_the_tenant_newest_first(api, people, swaps, far_swap, person, slash):
    response = api(people[person]).get(f"/api/swaps{slash}")

    assert (response.status_code, response.json()) == (200, [swap_body(swap) for swap in reversed(swaps)])
    assert response["X-Total-Count"] == "5"


def test_swaps_of_all_tenants_for_super_admins(api, super_admin, swaps, far_swap):
    response = api(super_admin).get("/api/swaps")

    assert (response.status_code, response.json()) == (200, [swap_body(swap) for swap in (far_swap, *reversed(swaps))])


def test_swaps_for_nobody(api, swaps):
    response = api(None).get("/api/swaps")

    assert (response.status_code, response.json()) == (401, {"detail": "Authentication credentials were not provided."})


@pytest.mark.parametrize("status", Swap.Status.values)
def test_swaps_by_status(api, viewer, swaps, status):
    response = api(viewer).get("/api/swaps", {"status": status})

    assert (response.status_code, response["X-Total-Count"]) == (200, "1")
    assert response.json() == [swap_body(swap) for swap in swaps if swap.status == status]


def test_swaps_of_one_assignment(api, viewer, swaps, far_swap):
    again = SwapFactory(assignment=swaps[-1].assignment)

    found, foreign = (
        api(viewer).get("/api/swaps", {"assignment_id": swap.assignment_id}) for swap in (again, far_swap)
    )

    assert (found.status_code, found.json()) == (200, [swap_body(again), swap_body(swaps[-1])])
    assert (foreign.status_code, foreign.json()) == (200, [])


@pytest.mark.parametrize("skip,limit,expected", [(0, 2, [4, 3]), (2, 2, [2, 1]), (4, 2, [0]), (9, 2, [])])
def test_swaps_by_page(api, viewer, swaps, skip, limit, expected):
    response = api(viewer).get("/api/swaps", {"skip": skip, "limit": limit})

    assert (response.status_code, response["X-Total-Count"]) == (200, "5")
    assert response.json() == [swap_body(swaps[position]) for position in expected]


@pytest.mark.parametrize(
    "query,detail",
    [
        ({"status": "given"}, "status: Select a valid choice. given is not one of the available choices."),
        ({"assignment_id": "x"}, "assignment_id: Enter a whole number."),
        ({"assignment_id": 2**64}, f"assignment_id: Ensure this value is less than or equal to {2**63 - 1}."),
        ({"limit": 0}, "limit: “0” is not a whole number from 1 to 1000."),
        ({"limit": 1001}, "limit: “1001” is not a whole number from 1 to 1000."),
        ({"skip": -1}, f"skip: “-1” is not a whole number from 0 to {2**63 - 1}."),
    ],
)
def test_swaps_with_a_malformed_query(api, viewer, swaps, query, detail):
    response = api(viewer).get("/api/swaps", query)

    assert (response.status_code, response.json()) == (400, {"detail": detail})


@pytest.mark.parametrize("slash", ["", "/"])
@pytest.mark.parametrize("person", ["viewer", "member", "admin", "owner", "super_admin"])
def test_swap_by_its_key(api, people, swaps, person, slash):
    response = api(people[person]).get(f"/api/swaps/{swaps[1].pk}{slash}")

    assert (response.status_code, response.json()) == (200, swap_body(swaps[1]))


def test_swap_of_another_tenant_answers_as_none(api, admin, far_swap):
    responses = [api(admin).get(f"/api/swaps/{key}") for key in (far_swap.pk, 2**40)]

    assert [(answer.status_code, answer.json()) for answer in responses] == [
        (404, {"detail": f"Swap with ID {key} not found", "code": "not_found", "swap_id": key})
        for key in (far_swap.pk, 2**40)
    ]


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
@pytest.mark.parametrize("path", ["/api/swaps", "/api/swaps/{}"])
def test_swaps_are_written_by_their_steps_only(api, super_admin, swaps, stored, method, path):
    before = stored()

    response = getattr(api(super_admin), method)(path.format(swaps[0].pk), {"status": "approved"})

    assert (response.status_code, response.json()) == (405, {"detail": f'Method "{method.upper()}" not allowed.'})
    assert stored() == before


def test_swaps_in_as_many_queries_whatever_their_number(api, admin, tenant, schedule, django_assert_num_queries):
    client = api(admin)
    shift = ShiftFactory(schedule=schedule)

    def one_more():
        place = AssignmentFactory(employee=EmployeeFactory(tenant=tenant), shift=shift)
        SwapFactory(assignment=place, status="taken", taken_by=EmployeeFactory(tenant=tenant))

    one_more()
    with django_assert_num_queries(2):
        first = client.get("/api/swaps")
    one_more()
    one_more()
    with django_assert_num_queries(2):
        second = client.get("/api/swaps")

    assert [len(answer.json()) for answer in (first, second)] == [1, 3]
