"""What one door refuses, all refuse in the same words: the API, the admin's form and the import command."""

from collections.abc import Callable
from datetime import time

import pytest

from scheduling.tests.factories import (
    MONDAY,
    AssignmentFactory,
    AvailabilityExceptionFactory,
    AvailabilityWindowFactory,
    QualificationFactory,
    ScheduleFactory,
    ShiftFactory,
    ShiftTypeFactory,
)


@pytest.fixture
def refusals(api, admin, staff_client, command, sheet, stored) -> Callable:
    """The status of the API's refusal, and the text of each door's, of an employee on a shift; nothing is written."""

    def ask(employee, shift) -> tuple[int, dict[str, str]]:
        before = stored()
        keys = {"employee_id": employee.pk, "shift_id": shift.pk}
        answer = api(admin).post(f"/api/schedules/{shift.schedule_id}/assignments", keys)

        form = {"schedule": shift.schedule_id, "employee": employee.pk, "shift": shift.pk}
        form |= {"status": "assigned", "priority": 1, "notes": ""}
        page = staff_client(admin).post("/admin/scheduling/assignment/add/", form)
        assert page.status_code == 200
        texts = [text for lines in page.context["adminform"].form.errors.values() for text in lines]

        path = sheet("rows.csv", ["schedule", "employee", "shift"], [shift.schedule.title, employee.email, shift.code])
        printed, error = command("import_assignments", path)
        assert printed[1:] == ["rows.csv: 0 created, 0 updated, 0 unchanged, 1 refused"]
        assert error.returncode == 1

        assert stored() == before
        return answer.status_code, {
            "api": answer.json()["detail"],
            "admin": " ".join(texts),
            "import": printed[0].removeprefix("rows.csv row 2: "),
        }

    return ask


def everywhere(text: str) -> dict[str, str]:
    return {"api": text, "admin": text, "import": text}


def test_schedule_that_is_not_editable(refusals, nurse, shift):
    shift.schedule.status = "published"
    shift.schedule.save()

    status, texts = refusals(nurse, shift)

    assert (status, texts) == (
        400,
        everywhere(f"Schedule with ID {shift.schedule_id} is published and cannot be edited"),
    )


def test_employee_who_is_not_active(refusals, nurse, shift):
    nurse.is_active = False
    nurse.save()

    status, texts = refusals(nurse, shift)

    assert (status, texts) == (400, everywhere(f"Employee with ID {nurse.pk} is not active"))


def test_overlap(refusals, nurse, shift):
    taken = ShiftFactory(schedule=ScheduleFactory(tenant=nurse.tenant), start_time=time(11), end_time=time(14))
    AssignmentFactory(employee=nurse, shift=taken)

    status, texts = refusals(nurse, shift)

    text = f"Assignment conflicts detected: Conflicts with shift {taken.pk} (11:00 - 14:00)"
    assert (status, texts) == (409, everywhere(text))


def test_qualification(refusals, tenant, nurse, schedule):
    needed = [QualificationFactory(tenant=tenant, name=name) for name in ("Nurse", "Trainer")]
    shift_type = ShiftTypeFactory(tenant=tenant, required_qualifications=needed)
    shift = ShiftFactory(schedule=schedule, shift_type=shift_type)

    status, texts = refusals(nurse, shift)

    assert (status, texts) == (400, everywhere("Employee lacks required qualifications: Nurse, Trainer"))


def test_availability_of_the_week(refusals, nurse, shift):
    AvailabilityWindowFactory(employee=nurse, start_time=time(9), end_time=time(16))

    status, texts = refusals(nurse, shift)

    assert (status, texts) == (400, everywhere("Employee not available on monday at 08:00"))


def test_availability_of_a_day(refusals, nurse, shift):
    AvailabilityExceptionFactory(employee=nurse, first_date=MONDAY, start_time=time(10), end_time=time(11))

    status, texts = refusals(nurse, shift)

    assert (status, texts) == (400, everywhere("Employee not available on monday at 10:00"))


def test_duplicate(api, admin, staff_client, command, sheet, stored, nurse, shift):
    """On its own: an import takes a first row of what is there already as the row itself, and refuses the second."""
    AssignmentFactory(employee=nurse, shift=shift)
    form = {"schedule": shift.schedule_id, "employee": nurse.pk, "shift": shift.pk}
    row = [shift.schedule.title, nurse.email, shift.code]
    path = sheet("rows.csv", ["schedule", "employee", "shift"], row, row)
    before = stored()

    url = f"/api/schedules/{shift.schedule_id}/assignments"
    answer = api(admin).post(url, {"employee_id": nurse.pk, "shift_id": shift.pk})
    page = staff_client(admin).post(
        "/admin/scheduling/assignment/add/", form | {"status": "assigned", "priority": 1, "notes": ""}
    )
    printed, error = command("import_assignments", path)

    text = f"Employee {nurse.pk} is already assigned to shift {shift.pk}"
    assert (answer.status_code, answer.json()["detail"]) == (409, text)
    assert page.status_code == 200
    assert list(page.context["adminform"].form.errors.values()) == [[text]]
    assert printed == [f"rows.csv row 3: {text}", "rows.csv: 0 created, 0 updated, 1 unchanged, 1 refused"]
    assert error.returncode == 1
    assert stored() == before


def test_role_that_is_too_low(api, member, staff_client, command, sheet, stored, nurse, shift):
    form = {"schedule": shift.schedule_id, "employee": nurse.pk, "shift": shift.pk, "status": "assigned", "priority": 1}
    path = sheet("rows.csv", ["schedule", "employee", "shift"], [shift.schedule.title, nurse.email, shift.code])
    before = stored()

    url = f"/api/schedules/{shift.schedule_id}/assignments"
    answer = api(member).post(url, {"employee_id": nurse.pk, "shift_id": shift.pk})
    page = staff_client(member).post("/admin/scheduling/assignment/add/", form)
    printed, error = command("import_assignments", path, by=member.email)

    assert (answer.status_code, page.status_code, error.returncode) == (403, 403, 1)
    assert printed == [
        "rows.csv row 2: Your role does not allow you to add this here.",
        "rows.csv: 0 created, 0 updated, 0 unchanged, 1 refused",
    ]
    assert stored() == before
