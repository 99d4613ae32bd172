"""Every way to put somebody on a shift, all at once: 50 writers through both doors, and nobody in two places."""

import os
import random
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, time, timedelta
from threading import Barrier

import pytest
from django.db import connections
from django.db.models import Count, Exists, F, OuterRef, Q

from assignhub.models import AuditEntry
from scheduling.models import Assignment, Policy, Shift, Swap
from scheduling.tests.factories import (
    AssignmentFactory,
    EmployeeFactory,
    ScheduleFactory,
    ShiftFactory,
    ShiftTypeFactory,
)
from scheduling.tests.swap_factories import SwapFactory
from tenancy.models import Membership, User

pytestmark = pytest.mark.django_db(transaction=True)

ROUNDS = 20 if os.environ.get("FULL_RACES") else 3
EACH, BATCHES = 5, 10
PATIENCE = 120
# A Monday that is still to come.
FAR_MONDAY = date(2099, 11, 2)
HOURS = [(8, 12), (9, 13), (10, 14), (11, 15), (13, 17), (16, 20)]
EVENING = (20, 23)

WON, LOST = (200, 201), 409


class Ward:
    """Nine employees with accounts of their own; two drafts and a published plan whose shifts meet each other.

    Three of them offer a shift; the others have one they may lose, and one they have declined.
    """

    def __init__(self, tenant, api, staff_client, admin, number: int):
        self.random = random.Random(number)
        self.api, self.staff_client, self.admin, self.tenant = api, staff_client, admin, tenant
        Policy.objects.create(tenant=tenant, swaps_need_approval=False)
        role = tenant.assignments.get(role__type="member")
        self.people = [User.objects.create(email=f"nurse.{n}@races.example") for n in range(9)]
        Membership.objects.bulk_create([Membership(user=user, assignment=role) for user in self.people])
        self.nurses = [EmployeeFactory(tenant=tenant, user=user) for user in self.people]
        self.shift_type = ShiftTypeFactory(tenant=tenant)
        self.drafts = [ScheduleFactory(tenant=tenant, week_start=FAR_MONDAY) for _ in range(2)]
        published = ScheduleFactory(tenant=tenant, week_start=FAR_MONDAY, status="published")
        self.free = [self.shift(draft, *hours, day) for draft in self.drafts for day in (0, 1) for hours in HOURS]
        self.open = [self.shift(published, *hours) for hours in HOURS]
        self.held = [
            AssignmentFactory(shift=self.shift(draft, *EVENING), employee=nurse)
            for draft, nurse in zip(self.drafts * 3, self.nurses[3:], strict=True)
        ]
        self.declined = [
            AssignmentFactory(shift=shift, employee=nurse, status="declined")
            for shift, nurse in zip(self.free[::4], self.nurses[3:], strict=True)
        ]
        meeting = self.shift(published, 12, 16)
        offered = [AssignmentFactory(shift=meeting, employee=nurse) for nurse in self.nurses[:3]]
        self.offers = [SwapFactory(assignment=row) for row in offered]

    def shift(self, schedule, start: int, end: int, day: int = 0) -> Shift:
        at = {"date": FAR_MONDAY + timedelta(days=day), "start_time": time(start), "end_time": time(end)}
        return ShiftFactory(schedule=schedule, shift_type=self.shift_type, **at)

    def send(self, client, method: str, url: str, body: dict | None = None) -> Callable[[], tuple[int, dict]]:
        def write() -> tuple[int, dict]:
            response = getattr(client, method)(url, body or {})
            return response.status_code, response.json()

        return write

    # --- one writer each ---

    def create(self, number: int) -> Callable:
        shift, nurse = self.random.choice(self.free), self.random.choice(self.nurses)
        url, body = f"/api/schedules/{shift.schedule_id}/assignments", {"employee_id": nurse.pk, "shift_id": shift.pk}
        return self.send(self.api(self.admin), "post", url, body)

    def bulk(self, number: int) -> Callable:
        """The same employees as the other batches, in the opposite order."""
        draft = self.drafts[number % 2]
        nurses = self.nurses[:6][:: 1 if number % 4 < 2 else -1]
        shifts = [shift for shift in self.free if shift.schedule_id == draft.pk]
        wishes = [{"employee_id": nurse.pk, "shift_id": self.random.choice(shifts).pk} for nurse in nurses]
        body = {"schedule_id": draft.pk, "assignments": wishes}
        return self.send(self.api(self.admin), "post", "/api/assignments/bulk", body)

    def reassign(self, number: int) -> Callable:
        body = {"employee_id": self.random.choice(self.nurses).pk}
        return self.send(self.api(self.admin), "put", f"/api/assignments/{self.held[number].pk}", body)

    def confirm(self, number: int) -> Callable:
        """Refused with 403 when the shift has meanwhile been given to somebody else: a lost race as well."""
        row = self.held[number]
        write = self.send(self.api(row.employee.user), "post", f"/api/assignments/{row.pk}/confirm")

        def answer() -> tuple[int, dict]:
            status, body = write()
            return (LOST if body == {"detail": "You may not confirm this assignment."} else status), body

        return answer

    def move(self, number: int) -> Callable:
        start, end = self.random.choice(HOURS)
        body = {"start_time": f"{start:02}:00", "end_time": f"{end:02}:00"}
        return self.send(self.api(self.admin), "patch", f"/api/shifts/{self.held[number].shift_id}", body)

    def revive(self, number: int) -> Callable:
        url = f"/api/assignments/{self.declined[number].pk}"
        return self.send(self.api(self.admin), "put", url, {"status": "assigned"})

    def take_swap(self, number: int) -> Callable:
        """Several takers for each offer, none of them one who offers."""
        swap = self.offers[number % 3]
        taker = self.random.choice(self.people[3:])
        return self.send(self.api(taker), "post", f"/api/swaps/{swap.pk}/take")

    def take_shift(self, number: int) -> Callable:
        shift, taker = self.random.choice(self.open), self.random.choice(self.people)
        return self.send(self.api(taker), "post", f"/api/shifts/{shift.pk}/take")

    def add_in_the_admin(self, number: int) -> Callable:
        shift, nurse = self.random.choice(self.free), self.random.choice(self.nurses)
        keys = {"schedule": shift.schedule_id, "employee": nurse.pk, "shift": shift.pk}
        form, client = keys | {"status": "assigned", "priority": 1, "notes": ""}, self.staff_client(self.admin)

        def write() -> tuple[int, dict]:
            response = client.post("/admin/scheduling/assignment/add/", form)
            if response.status_code == 200:
                return LOST, response.context["adminform"].form.errors
            return {302: 201}.get(response.status_code, response.status_code), {}

        return write

    def writers(self) -> list[tuple[str, Callable]]:
        """50 of them, in an order of their own each round."""
        kinds = [
            self.create,
            self.reassign,
            self.confirm,
            self.move,
            self.revive,
            self.take_swap,
            self.take_shift,
            self.add_in_the_admin,
        ]
        made = [(kind.__name__, kind(number)) for kind in kinds for number in range(EACH)]
        made += [(self.bulk.__name__, self.bulk(number)) for number in range(BATCHES)]
        self.random.shuffle(made)
        return made


def at_once(writers: list[tuple[str, Callable]]) -> list[tuple[str, int, dict]]:
    """What each writer got, all of them let go at the same moment."""
    start = Barrier(len(writers), timeout=PATIENCE)

    def run(writer: tuple[str, Callable]) -> tuple[str, int, dict]:
        name, write = writer
        try:
            start.wait()
            return name, *write()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(writers)) as pool:
        return list(pool.map(run, writers))


def in_two_places() -> list[Assignment]:
    active = Assignment.objects.filter(status__in=Assignment.ACTIVE)
    meets = Q(starts_at__lt=OuterRef("ends_at"), ends_at__gt=OuterRef("starts_at"))
    twin = active.filter(meets, employee=OuterRef("employee")).exclude(pk=OuterRef("pk"))
    return list(active.filter(Exists(twin)))


def beside_their_shift() -> list[Assignment]:
    where_it_is = Q(starts_at=F("shift__starts_at"), ends_at=F("shift__ends_at"))
    return list(Assignment.objects.exclude(where_it_is))


@pytest.mark.parametrize("number", range(ROUNDS))
def test_50_writers_of_every_kind_leave_nobody_in_two_places(tenant, api, staff_client, admin, number):
    ward = Ward(tenant, api, staff_client, admin, number)
    there_already = set(Assignment.objects.values_list("pk", flat=True))
    writers = ward.writers()

    answers = at_once(writers)

    statuses = Counter(status for _, status, _ in answers)
    assert (len(answers), set(statuses) - {*WON, LOST}) == (50, set()), answers
    assert in_two_places() == []
    assert beside_their_shift() == []
    # Somebody gets through, and not everybody.
    assert 0 < statuses[LOST] < 50
    batches = [body for name, _, body in answers if name == "bulk"]
    assert {row["code"] for body in batches for row in body["errors"]} <= {"overlap", "duplicate"}
    added = set(Assignment.objects.values_list("pk", flat=True)) - there_already
    entries = AuditEntry.objects.filter(action__in=["scheduling.assignment.add", "scheduling.assignment.take"])
    assert sorted(map(int, entries.values_list("object_id", flat=True))) == sorted(added)
    granted = Counter(name for name, status, _ in answers if status in WON)
    one_each = sum(granted[kind] for kind in ("create", "take_shift", "add_in_the_admin"))
    assert one_each + sum(body["total_created"] for body in batches) == len(added)
    active = Count("assignments", filter=Q(assignments__status__in=Assignment.ACTIVE))
    crowded = Shift.objects.filter(pk__in=[shift.pk for shift in ward.open]).annotate(active=active)
    assert not crowded.filter(active__gt=F("required_staff")).exists()
    assert Swap.objects.filter(status="approved").count() == granted["take_swap"]
    assert not Swap.objects.filter(status="approved").exclude(taken_by=F("assignment__employee")).exists()


def test_declining_and_taking_one_offer_at_the_same_moment(tenant, api, staff_client, admin):
    """Both touch the assignment and its offer: one goes first, and the other finds it gone."""
    ward = Ward(tenant, api, staff_client, admin, 0)
    writers = []
    for swap, giver, taker in zip(ward.offers, ward.people[:3], ward.people[3:6], strict=True):
        url = f"/api/assignments/{swap.assignment_id}/decline"
        writers.append(("decline", ward.send(api(giver), "post", url, {"reason": "Ill"})))
        writers.append(("take", ward.send(api(taker), "post", f"/api/swaps/{swap.pk}/take")))

    answers = at_once(writers)

    outcomes = [(declined[1], taken[1]) for declined, taken in zip(answers[::2], answers[1::2], strict=True)]
    swaps = [Swap.objects.select_related("assignment").get(pk=swap.pk) for swap in ward.offers]
    expected = {"withdrawn": (200, 409), "approved": (403, 200)}
    assert outcomes == [expected[swap.status] for swap in swaps]
    ends = {"withdrawn": "declined", "approved": "confirmed"}
    assert [swap.assignment.status for swap in swaps] == [ends[swap.status] for swap in swaps]
