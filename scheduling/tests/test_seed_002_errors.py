"""The error section of seed 002 to the letter: each of its examples reached, answered, and nothing written."""

from datetime import date, time

import pytest
from django.db import OperationalError, transaction
from django.urls import include, path

from assignhub import urls
from scheduling.tests.factories import (
    AssignmentFactory,
    AvailabilityWindowFactory,
    EmployeeFactory,
    ScheduleFactory,
    ShiftFactory,
)
from scheduling.views import AssignmentViewSet

NEXT_MONDAY = date(2025, 1, 20)
CREATE = {"employee_id": 1, "shift_id": 1, "status": "assigned", "priority": 1, "notes": "Optional notes"}


class FailingAssignmentViewSet(AssignmentViewSet):
    """Loses the database, or its wits, after the row was written and before it was committed."""

    def create(self, request, **kwargs):
        with transaction.atomic():
            super().create(request, **kwargs)
            raise kwargs["failure"]


def failing(failure: Exception):
    return FailingAssignmentViewSet.as_view({"post": "create"}), {"failure": failure}


urlpatterns = [
    path(f"api/assignments/{name}/schedules/<str:schedule_id>/assignments", *failing(failure))
    for name, failure in (
        ("away", OperationalError("Database connection error")),
        ("broken", RuntimeError("Database connection error")),
    )
] + [path("", include(urls))]
handler400, handler404, handler500 = urls.handler400, urls.handler404, urls.handler500


@pytest.fixture
def schedule(tenant):
    return ScheduleFactory(pk=1, tenant=tenant, week_start=NEXT_MONDAY)


@pytest.fixture
def shift(schedule):
    return ShiftFactory(pk=1, schedule=schedule)


@pytest.fixture
def nurse(tenant):
    return EmployeeFactory(pk=1, tenant=tenant)


def test_example_400_bad_request(api, admin, nurse, shift, stored):
    AvailabilityWindowFactory(employee=nurse, start_time=time(9), end_time=time(17))
    before = stored()

    response = api(admin).post("/api/assignments/schedules/1/assignments", CREATE)

    assert response.status_code == 400
    assert response.json() == {
        "detail": "Employee not available on monday at 08:00",
        "code": "availability",
        "employee_id": 1,
    }
    assert stored() == before


@pytest.mark.parametrize(
    "method, address",
    [
        ("get", "/api/assignments/123"),
        ("put", "/api/assignments/123"),
        ("delete", "/api/assignments/123"),
        ("post", "/api/assignments/123/confirm"),
        ("post", "/api/assignments/123/decline"),
    ],
)
def test_example_404_not_found(api, admin, schedule, stored, method, address):
    before = stored()

    response = getattr(api(admin), method)(address)

    assert response.status_code == 404
    assert response.json() == {
        "detail": "Assignment with ID 123 not found",
        "code": "not_found",
        "assignment_id": 123,
    }
    assert stored() == before


def test_example_409_conflict(api, admin, nurse, shift, stored):
    AssignmentFactory(employee=nurse, shift=ShiftFactory(pk=5, schedule=shift.schedule))
    before = stored()

    response = api(admin).post("/api/assignments/schedules/1/assignments", CREATE)

    assert response.status_code == 409
    assert response.json() == {
        "detail": "Assignment conflicts detected: Conflicts with shift 5 (08:00 - 12:00)",
        "code": "overlap",
        "employee_id": 1,
        "shift_ids": [5],
    }
    assert stored() == before


@pytest.mark.urls(__name__)
@pytest.mark.parametrize(
    "failure, status, detail",
    [
        ("broken", 500, "Something went wrong on our side."),
        ("away", 503, "The database is not reachable at the moment."),
    ],
)
def test_example_500_internal_server_error(api, admin, nurse, shift, stored, failure, status, detail):
    """The printed example repeats the inner error; ours says whose fault it was, and its log the cause."""
    client = api(admin)
    client.raise_request_exception = False
    before = stored()

    response = client.post(f"/api/assignments/{failure}/schedules/1/assignments", CREATE)

    assert (response.status_code, response.json()) == (status, {"detail": detail})
    assert stored() == before
