"""What a request has read and made goes with its answer, and does not wait for the garbage collector."""

import gc
import io
import json
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from django.test.client import ClientHandler

from assignhub.models import Record
from assignhub.views import HubViewSet
from scheduling.conflicts import Roster
from scheduling.tests.factories import AssignmentFactory, ShiftFactory

LARGE = (HttpRequest, HttpResponse, HubViewSet, Roster, Record)


@pytest.fixture
def ask(api, admin) -> Callable[..., int]:
    """`ask(method, path, body)` → the status a server answers with; nobody keeps the request or its answer."""
    token = api(admin)._credentials
    server = ClientHandler()

    def send(method: str, path: str, body: object = None) -> int:
        content = json.dumps(body).encode()
        made = RequestFactory(**token).generic(method, path, content, "application/json").environ
        return server(made | {"wsgi.input": io.BytesIO(content)}).status_code

    return send


def large() -> list[object]:
    """All objects alive that hang together with much else; stand-ins for dead ones would not even tell their class."""
    return [each for each in gc.get_objects() if issubclass(type(each), LARGE)]


def left_by(request: Callable[[], int]) -> tuple[int, list[str]]:
    """The status of a request, and of which kinds it left something that only the garbage collector would find."""
    request()
    gc.collect()
    before = {id(each) for each in large()}
    gc.disable()
    try:
        status = request()
        left = [type(each).__name__ for each in large() if id(each) not in before]
    finally:
        gc.enable()
    return status, left


def test_list_leaves_nothing(ask, nurse, shift):
    AssignmentFactory(employee=nurse, shift=shift)

    assert left_by(lambda: ask("GET", "/api/assignments")) == (200, [])


def test_row_out_of_sight_leaves_nothing(ask):
    assert left_by(lambda: ask("GET", "/api/assignments/4711")) == (404, [])


def test_refused_assignment_leaves_nothing(ask, nurse, shift):
    AssignmentFactory(employee=nurse, shift=shift)
    wish = {"employee_id": nurse.pk, "shift_id": shift.pk}

    assert left_by(lambda: ask("POST", f"/api/schedules/{shift.schedule_id}/assignments", wish)) == (409, [])


def test_batch_with_a_refusal_leaves_nothing(ask, nurse, schedule, shift):
    AssignmentFactory(employee=nurse, shift=shift)
    free = [ShiftFactory(schedule=schedule, date=schedule.week_start + timedelta(days=day)) for day in (1, 2)]
    wishes = [[{"employee_id": nurse.pk, "shift_id": key} for key in (shift.pk, other.pk)] for other in free]

    def send() -> int:
        return ask("POST", "/api/assignments/bulk", {"schedule_id": schedule.pk, "assignments": wishes.pop()})

    assert left_by(send) == (201, [])
    assert nurse.assignments.count() == 3
