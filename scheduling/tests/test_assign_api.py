"""POST …/schedules/{schedule_id}/assignments (seed 002, "Create Single Assignment")."""

from datetime import timedelta

import pytest
from django.utils import timezone

from assignhub.models import AuditEntry
from scheduling.models import Assignment
from scheduling.tests.bodies import (
    assignment_body,
    employee_body,
    moment,
    not_editable,
    not_found,
    refusal,
    shift_body,
)
from scheduling.tests.factories import (
    AssignmentFactory,
    AvailabilityWindowFactory,
    EmployeeFactory,
    QualificationFactory,
    ScheduleFactory,
    ShiftFactory,
    ShiftTypeFactory,
)

URLS = [
    pytest.param(path + slash, id=path + slash)
    for path in ("/api/assignments/schedules/{}/assignments", "/api/schedules/{}/assignments")
    for slash in ("", "/")
]


def wish(employee, shift, **values) -> dict:
    return {"employee_id": employee.pk, "shift_id": shift.pk, **values}


@pytest.fixture
def url(schedule) -> str:
    return f"/api/assignments/schedules/{schedule.pk}/assignments"


# --- Granted ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", URLS)
def test_create_with_the_documented_body(api, admin, schedule, nurse, shift, path):
    body = wish(nurse, shift, status="assigned", priority=1, notes="Optional notes")
    began = timezone.now()

    response = api(admin).post(path.format(schedule.pk), body)

    assert response.status_code == 201
    row = Assignment.objects.get()
    assert response.json() == {
        "id": row.pk,
        "schedule_id": schedule.pk,
        "employee_id": nurse.pk,
        "shift_id": shift.pk,
        "status": "assigned",
        "priority": 1,
        "notes": "Optional notes",
        "assigned_by": str(admin.pk),
        "assigned_at": moment(row.assigned_at),
        "conflicts_resolved": True,
        "auto_assigned": False,
        "created_at": moment(row.created_at),
        "is_active": True,
        "is_confirmed": False,
        "needs_confirmation": True,
        "employee": employee_body(nurse),
        "shift": shift_body(shift),
    }
    assert (row.schedule, row.employee, row.shift, row.assigned_by) == (schedule, nurse, shift, admin)
    assert (row.starts_at, row.ends_at) == (shift.starts_at, shift.ends_at)
    assert began <= row.assigned_at <= row.created_at <= timezone.now()


def test_create_with_the_keys_alone_takes_the_defaults(api, admin, url, nurse, shift):
    response = api(admin).post(url, wish(nurse, shift))

    row = Assignment.objects.get()
    assert (response.status_code, response.json()) == (201, assignment_body(row))
    assert (row.status, row.priority, row.notes) == ("assigned", 1, "")


@pytest.mark.parametrize("status", Assignment.Status.values)
def test_create_in_every_status(api, admin, url, nurse, shift, status):
    response = api(admin).post(url, wish(nurse, shift, status=status))

    row = Assignment.objects.get()
    assert (response.status_code, response.json()) == (201, assignment_body(row))
    assert row.status == status


def test_create_in_a_rejected_schedule(api, admin, tenant, nurse):
    shift = ShiftFactory(schedule=ScheduleFactory(tenant=tenant, status="rejected"))

    response = api(admin).post(f"/api/schedules/{shift.schedule_id}/assignments", wish(nurse, shift))

    assert (response.status_code, response.json()) == (201, assignment_body(Assignment.objects.get()))


def test_create_is_audited(api, admin, tenant, url, nurse, shift):
    response = api(admin).post(url, wish(nurse, shift, notes="Night bus"), HTTP_X_REQUEST_ID="request-of-a-test")

    row, entry = Assignment.objects.get(), AuditEntry.objects.get()
    assert response.status_code == 201
    assert (entry.by_id, entry.by_label, entry.tenant_id) == (admin.pk, admin.email, tenant.pk)
    assert (entry.action, entry.object_type) == ("scheduling.assignment.add", "scheduling.assignment")
    assert (entry.object_id, entry.object_label) == (str(row.pk), str(row))
    assert entry.request_id == "request-of-a-test"
    assert entry.changes == {
        "schedule": [None, row.schedule_id],
        "employee": [None, nurse.pk],
        "shift": [None, shift.pk],
        "status": [None, "assigned"],
        "priority": [None, 1],
        "notes": [None, "Night bus"],
        "assigned_by": [None, str(admin.pk)],
        "assigned_at": [None, str(row.assigned_at)],
        "conflicts_resolved": [None, True],
        "auto_assigned": [None, False],
        "decline_reason": [None, ""],
        "sequence": [None, 0],
    }


# --- Refused ----------------------------------------------------------------------------------------------------------


def test_create_refuses_in_the_order_of_checks(api, admin, other_tenant, tenant, schedule, nurse, stored):
    """Everything is wrong at first; what each refusal names is put right, and the next one speaks."""
    client = api(admin)
    nursing = QualificationFactory(tenant=tenant, name="Nurse")
    shift_type = ShiftTypeFactory(tenant=tenant, required_qualifications=[nursing])
    shift = ShiftFactory(schedule=schedule, shift_type=shift_type)
    taken = ShiftFactory(schedule=schedule)
    far_employee = EmployeeFactory(tenant=other_tenant)
    far_shift = ShiftFactory(schedule=ScheduleFactory(tenant=tenant))
    AvailabilityWindowFactory(employee=nurse, start_time="09:00", end_time="20:00")
    place = AssignmentFactory(employee=nurse, shift=shift)
    nurse.is_active = False
    nurse.save()
    schedule.status = "published"
    schedule.save()
    sent = {"schedule": 2**40, "employee_id": far_employee.pk, "shift_id": far_shift.pk}

    def answer() -> tuple[int, dict]:
        before = stored()
        response = client.post(
            f"/api/schedules/{sent['schedule']}/assignments",
            {"employee_id": sent["employee_id"], "shift_id": sent["shift_id"]},
        )
        assert response.status_code == 201 or stored() == before
        return response.status_code, response.json()

    assert answer() == (404, not_found("Schedule", 2**40))

    sent["schedule"] = schedule.pk
    assert answer() == (400, not_editable(schedule, "published"))

    schedule.status = "draft"
    schedule.save()
    assert answer() == (404, not_found("Employee", far_employee.pk))

    sent["employee_id"] = nurse.pk
    assert answer() == (
        400,
        refusal(f"Employee with ID {nurse.pk} is not active", "inactive", employee_id=nurse.pk),
    )

    nurse.is_active = True
    nurse.save()
    assert answer() == (404, not_found("Shift", far_shift.pk))

    sent["shift_id"] = shift.pk
    twice = f"Employee {nurse.pk} is already assigned to shift {shift.pk}"
    assert answer() == (409, refusal(twice, "duplicate", employee_id=nurse.pk, shift_id=shift.pk))

    place.delete()
    AssignmentFactory(employee=nurse, shift=taken)
    text = f"Assignment conflicts detected: Conflicts with shift {taken.pk} (08:00 - 12:00)"
    assert answer() == (409, refusal(text, "overlap", employee_id=nurse.pk, shift_ids=[taken.pk]))

    nurse.assignments.filter(shift=taken).delete()
    text = "Employee lacks required qualifications: Nurse"
    ids = {"employee_id": nurse.pk, "qualification_ids": [nursing.pk]}
    assert answer() == (400, refusal(text, "qualification", **ids))

    nurse.qualifications.add(nursing)
    text = "Employee not available on monday at 08:00"
    assert answer() == (400, refusal(text, "availability", employee_id=nurse.pk))

    nurse.availability.all().delete()
    assert answer() == (201, assignment_body(Assignment.objects.get(shift=shift)))


@pytest.mark.parametrize(
    "status,words",
    [
        ("pending_approval", "pending approval"),
        ("approved", "approved"),
        ("published", "published"),
        ("archived", "archived"),
    ],
)
def test_create_in_a_schedule_that_is_not_editable(api, admin, tenant, nurse, stored, status, words):
    shift = ShiftFactory(schedule=ScheduleFactory(tenant=tenant, status=status))
    before = stored()

    response = api(admin).post(f"/api/schedules/{shift.schedule_id}/assignments", wish(nurse, shift))

    assert (response.status_code, response.json()) == (400, not_editable(shift.schedule, words))
    assert stored() == before


# --- Who may ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("person", ["admin", "owner", "super_admin"])
def test_create_by_those_who_may(api, people, url, nurse, shift, person):
    response = api(people[person]).post(url, wish(nurse, shift))

    row = Assignment.objects.get()
    assert (response.status_code, response.json()) == (201, assignment_body(row))
    assert row.assigned_by == people[person]


@pytest.mark.parametrize("person", ["viewer", "member"])
def test_create_by_too_low_a_role(api, people, url, nurse, shift, stored, person):
    before = stored()

    response = api(people[person]).post(url, wish(nurse, shift))

    detail = "You do not have permission to perform this action."
    assert (response.status_code, response.json()) == (403, {"detail": detail})
    assert stored() == before


def test_create_by_nobody(api, url, nurse, shift, stored):
    before = stored()

    response = api(None).post(url, wish(nurse, shift))

    detail = "Authentication credentials were not provided."
    assert (response.status_code, response.json()) == (401, {"detail": detail})
    assert response["WWW-Authenticate"].startswith("Bearer")
    assert stored() == before


def test_create_by_a_stranger_answers_as_for_no_schedule(api, stranger, schedule, nurse, shift, stored):
    before = stored()

    responses = [
        api(stranger).post(f"/api/schedules/{key}/assignments", wish(nurse, shift)) for key in (schedule.pk, 2**40)
    ]

    for response, key in zip(responses, (schedule.pk, 2**40), strict=True):
        assert (response.status_code, response.json()) == (404, not_found("Schedule", key))
    assert stored() == before


def test_create_by_an_admin_elsewhere_who_is_a_viewer_here(api, viewer, other_tenant, url, nurse, shift, stored):
    viewer.memberships.create(assignment=other_tenant.assignments.get(role__type="admin"))
    before = stored()

    response = api(viewer).post(url, wish(nurse, shift))

    detail = "Your role does not allow you to add this here."
    assert (response.status_code, response.json()) == (403, {"detail": detail})
    assert stored() == before


def test_create_for_an_employee_of_another_tenant(api, admin, other_tenant, url, shift, stored):
    employee = EmployeeFactory(tenant=other_tenant)
    before = stored()

    responses = [api(admin).post(url, {"employee_id": key, "shift_id": shift.pk}) for key in (employee.pk, 2**40)]

    for response, key in zip(responses, (employee.pk, 2**40), strict=True):
        assert (response.status_code, response.json()) == (404, not_found("Employee", key))
    assert stored() == before


def test_create_for_a_shift_of_another_schedule(api, admin, tenant, url, nurse, stored):
    shift = ShiftFactory(schedule=ScheduleFactory(tenant=tenant))
    before = stored()

    responses = [api(admin).post(url, {"employee_id": nurse.pk, "shift_id": key}) for key in (shift.pk, 2**40)]

    for response, key in zip(responses, (shift.pk, 2**40), strict=True):
        assert (response.status_code, response.json()) == (404, not_found("Shift", key))
    assert stored() == before


def test_create_ends_with_the_role(api, admin, url, nurse, shift, stored):
    client = api(admin)
    admin.memberships.get().assignment.role.assignments.update(removed_at=timezone.now() - timedelta(seconds=1))
    before = stored()

    response = client.post(url, wish(nurse, shift))

    detail = "You do not have permission to perform this action."
    assert (response.status_code, response.json()) == (403, {"detail": detail})
    assert stored() == before
