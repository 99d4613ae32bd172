"""What single rows of the import files bring about, and files that are none."""

from datetime import UTC, date, datetime, time

import pytest

from assignhub.models import AuditEntry
from scheduling.models import Employee, Schedule, Shift, ShiftType
from scheduling.tests.factories import (
    AssignmentFactory,
    EmployeeFactory,
    QualificationFactory,
    ScheduleFactory,
    ShiftFactory,
    ShiftTypeFactory,
)

PEOPLE = ["email", "first_name", "last_name", "job_title", "qualifications"]
SHIFTS = ["code", "schedule", "date", "start_time", "end_time", "shift_type", "required_staff"]
ASSIGNMENTS = ["schedule", "employee", "shift", "status", "notes"]


@pytest.fixture
def line(schedule, nurse, shift):
    """A row of an assignments file: the nurse on the shift, or what is said otherwise."""

    def row(**values) -> list[str]:
        usual = {"schedule": schedule.title, "employee": nurse.email, "shift": shift.code, "status": "", "notes": ""}
        return list((usual | values).values())

    return row


# --- Assignments ------------------------------------------------------------------------------------------------------


def test_import_of_an_assignment_takes_every_column(command, sheet, admin, schedule, nurse, shift, line):
    row = line(employee=nurse.email.upper(), status="pending", notes="Brings “cake”, äöü")

    printed, error = command("import_assignments", sheet("a.csv", ASSIGNMENTS, row))

    assert (printed, error) == (["a.csv: 1 created, 0 updated, 0 unchanged, 0 refused"], None)
    stored = nurse.assignments.get()
    assert (stored.schedule, stored.shift, stored.status) == (schedule, shift, "pending")
    assert (stored.notes, stored.assigned_by) == ("Brings “cake”, äöü", admin)
    assert list(AuditEntry.objects.values_list("action", "by_label")) == [("scheduling.assignment.add", admin.email)]


def test_import_of_an_assignment_without_status_and_notes(command, sheet, nurse, line):
    printed, error = command("import_assignments", sheet("a.csv", ASSIGNMENTS[:3], line()[:3]))

    assert (printed, error) == (["a.csv: 1 created, 0 updated, 0 unchanged, 0 refused"], None)
    assert (nurse.assignments.get().status, nurse.assignments.get().notes) == ("assigned", "")


def test_import_keeps_the_good_rows_among_bad_ones(command, sheet, tenant, nurse, line):
    colleague = EmployeeFactory(tenant=tenant)
    rows = [
        line(schedule="Week of nowhere"),
        line(),
        line(shift="w9-Mon"),
        line(employee=colleague.email),
    ]

    printed, error = command("import_assignments", sheet("mixed.csv", ASSIGNMENTS, *rows))

    assert printed == [
        "mixed.csv row 2: Schedule with title “Week of nowhere” not found",
        "mixed.csv row 4: Shift with code “w9-Mon” not found",
        "mixed.csv: 2 created, 0 updated, 0 unchanged, 2 refused",
    ]
    assert (str(error), error.returncode) == ("2 rows were refused.", 1)
    assert (nurse.assignments.count(), colleague.assignments.count()) == (1, 1)


def test_import_of_one_assignment_twice_in_a_file(command, sheet, nurse, shift, line):
    printed, error = command("import_assignments", sheet("twice.csv", ASSIGNMENTS, line(), line()))

    assert printed == [
        f"twice.csv row 3: Employee {nurse.pk} is already assigned to shift {shift.pk}",
        "twice.csv: 1 created, 0 updated, 0 unchanged, 1 refused",
    ]
    assert (error.returncode, nurse.assignments.count()) == (1, 1)


@pytest.mark.parametrize("status", ["assigned", "pending", "confirmed", "declined", "cancelled", "completed"])
def test_import_of_an_assignment_again_changes_nothing(command, sheet, stored, line, status):
    path = sheet("a.csv", ASSIGNMENTS, line(status=status))
    first, _ = command("import_assignments", path)
    before = stored()

    again, _ = command("import_assignments", path)

    assert first == ["a.csv: 1 created, 0 updated, 0 unchanged, 0 refused"]
    assert again == ["a.csv: 0 created, 0 updated, 1 unchanged, 0 refused"]
    assert stored() == before


def test_import_into_a_schedule_that_is_not_editable(command, sheet, stored, schedule, nurse, shift, line):
    AssignmentFactory(employee=nurse, shift=shift)
    colleague = EmployeeFactory(tenant=nurse.tenant)
    schedule.status = "published"
    schedule.save()
    before = stored()

    printed, _ = command("import_assignments", sheet("a.csv", ASSIGNMENTS, line(), line(employee=colleague.email)))

    assert printed == [
        f"a.csv row 3: Schedule with ID {schedule.pk} is published and cannot be edited",
        "a.csv: 0 created, 0 updated, 1 unchanged, 1 refused",
    ]
    assert stored() == before


@pytest.mark.parametrize(
    "values,reason",
    [
        ({"status": "asigned"}, "status: Value 'asigned' is not a valid choice."),
        ({"notes": "a\0b"}, "notes: The value has a NUL character in it."),
        ({"schedule": ""}, "schedule: This column needs a value."),
        ({"employee": ""}, "employee: This column needs a value."),
        ({"shift": " "}, "shift: This column needs a value."),
    ],
)
def test_import_of_a_malformed_assignment(command, sheet, stored, line, values, reason):
    before = stored()

    printed, error = command("import_assignments", sheet("a.csv", ASSIGNMENTS, line(**values)))

    assert printed == [f"a.csv row 2: {reason}", "a.csv: 0 created, 0 updated, 0 unchanged, 1 refused"]
    assert (str(error), error.returncode) == ("1 row was refused.", 1)
    assert stored() == before


def test_import_sees_no_row_of_another_tenant(command, sheet, stored, other_tenant, line):
    week = ScheduleFactory(tenant=other_tenant, title="Week of others")
    others = ShiftFactory(schedule=week)
    employee = EmployeeFactory(tenant=other_tenant)
    rows = [line(schedule=week.title), line(employee=employee.email), line(shift=others.code)]
    before = stored()

    printed, _ = command("import_assignments", sheet("a.csv", ASSIGNMENTS, *rows))

    assert printed == [
        "a.csv row 2: Schedule with title “Week of others” not found",
        f"a.csv row 3: Employee with e-mail {employee.email} not found",
        f"a.csv row 4: Shift with code “{others.code}” not found",
        "a.csv: 0 created, 0 updated, 0 unchanged, 3 refused",
    ]
    assert stored() == before


def test_import_dry_run_reports_and_changes_nothing(command, sheet, stored, line):
    path = sheet("a.csv", ASSIGNMENTS, line(), line(employee="nobody@ward.example"))
    before = stored()

    printed, error = command("import_assignments", path, dry_run=True)

    assert printed == [
        "a.csv row 3: Employee with e-mail nobody@ward.example not found",
        "a.csv: 1 created, 0 updated, 0 unchanged, 1 refused",
        "Dry run: nothing was changed.",
    ]
    assert (str(error), error.returncode) == ("1 row was refused.", 1)
    assert stored() == before


@pytest.mark.parametrize("person", ["viewer", "member"])
def test_import_by_too_low_a_role(command, sheet, stored, people, line, person):
    path = sheet("a.csv", ASSIGNMENTS, line())
    before = stored()

    printed, error = command("import_assignments", path, by=people[person].email)

    assert printed == [
        "a.csv row 2: Your role does not allow you to add this here.",
        "a.csv: 0 created, 0 updated, 0 unchanged, 1 refused",
    ]
    assert error.returncode == 1
    assert stored() == before


# --- Employees and shifts ---------------------------------------------------------------------------------------------


def test_import_brings_an_employee_up_to_the_file(command, sheet, tenant):
    held = [QualificationFactory(tenant=tenant, name=name) for name in ("Nurse", "Trainer")]
    nurse = EmployeeFactory(tenant=tenant, email="nora@ward.example", qualifications=held)
    rows = [
        ["NORA@ward.example", "Nora", "Noble", "PartTime", "Nurse | Doctor"],
        ["new@ward.example", "New", "", "", ""],
        ["no address", "None", "", "", ""],
    ]

    printed, _ = command("import_employees", sheet("e.csv", PEOPLE, *rows))

    nurse.refresh_from_db()
    assert printed == [
        "e.csv row 4: email: Enter a valid email address.",
        "e.csv: 1 created, 1 updated, 0 unchanged, 1 refused",
    ]
    assert (nurse.email, nurse.last_name, nurse.job_title) == ("nora@ward.example", "Noble", "PartTime")
    assert sorted(nurse.qualifications.values_list("name", flat=True)) == ["Doctor", "Nurse"]
    assert Employee.objects.get(email="new@ward.example").tenant == tenant
    actions = AuditEntry.objects.order_by("id").values_list("action", flat=True)
    assert list(actions) == ["scheduling.qualification.add", "scheduling.employee.change", "scheduling.employee.add"]


def test_import_brings_a_shift_up_to_the_file_and_moves_its_assignments(command, sheet, nurse, shift):
    row = AssignmentFactory(employee=nurse, shift=shift)
    values = [shift.code, shift.schedule.title, "2026-11-03", "22:00", "06:30", shift.shift_type.name, "3"]

    printed, error = command("import_shifts", sheet("s.csv", SHIFTS, values))

    shift.refresh_from_db()
    row.refresh_from_db()
    assert (printed, error) == (["s.csv: 0 created, 1 updated, 0 unchanged, 0 refused"], None)
    assert (shift.date, shift.start_time, shift.end_time) == (date(2026, 11, 3), time(22), time(6, 30))
    assert (shift.required_staff, shift.schedule.shifts.count()) == (3, 1)
    assert (shift.starts_at, shift.ends_at) == (
        datetime(2026, 11, 3, 21, tzinfo=UTC),
        datetime(2026, 11, 4, 5, 30, tzinfo=UTC),
    )
    assert (row.starts_at, row.ends_at) == (shift.starts_at, shift.ends_at)


@pytest.mark.parametrize(
    "values,reason",
    [
        ({"schedule": "Week 99"}, "Schedule with title “Week 99” not found"),
        ({"shift_type": "Late"}, "Shift type with name “Late” not found"),
        ({"date": "2026-11-09"}, "date: 2026-11-09 is outside the schedule's week, 2026-11-02 to 2026-11-08."),
        (
            {"date": "2026-02-30"},
            "date: “2026-02-30” value has the correct format (YYYY-MM-DD) but it is an invalid date.",
        ),
        (
            {"start_time": "25:00"},
            "start_time: “25:00” value has the correct format (HH:MM[:ss[.uuuuuu]]) but it is an invalid time.",
        ),
        ({"date": "0001-01-01"}, "date: 0001-01-01 is outside the schedule's week, 2026-11-02 to 2026-11-08."),
        (
            {"date": "9999-12-31", "end_time": "06:00"},
            "date: 9999-12-31 is outside the schedule's week, 2026-11-02 to 2026-11-08.",
        ),
        ({"required_staff": "-1"}, "required_staff: Ensure this value is greater than or equal to 0."),
        ({"required_staff": "two"}, "required_staff: “two” value must be an integer."),
        ({"end_time": ""}, "end_time: This column needs a value."),
    ],
)
def test_import_of_a_malformed_shift(command, sheet, stored, tenant, values, reason):
    ScheduleFactory(tenant=tenant, title="Week 1")
    ShiftTypeFactory(tenant=tenant, name="Early")
    usual = dict(zip(SHIFTS, ["mon", "Week 1", "2026-11-02", "06:00", "14:00", "Early", ""], strict=True))
    before = stored()

    printed, error = command("import_shifts", sheet("s.csv", SHIFTS, list((usual | values).values())))

    assert printed == [f"s.csv row 2: {reason}", "s.csv: 0 created, 0 updated, 0 unchanged, 1 refused"]
    assert error.returncode == 1
    assert stored() == before


def test_import_dry_run_of_three_files_changes_nothing(command, sheet, stored):
    types = sheet("t.csv", ["name", "required_qualifications"], ["Early", "Nurse"])
    weeks = sheet("w.csv", ["title", "week_start", "week_end"], ["Week 1", "2026-11-02", "2026-11-08"])
    path = sheet("s.csv", SHIFTS, ["mon", "Week 1", "2026-11-02", "06:00", "14:00", "Early", "2"])
    before = stored()

    tried, _ = command("import_shifts", path, shift_types=types, schedules=weeks, dry_run=True)
    unchanged = stored() == before
    printed, _ = command("import_shifts", path, shift_types=types, schedules=weeks)

    totals = [f"{name}.csv: 1 created, 0 updated, 0 unchanged, 0 refused" for name in "tws"]
    assert (tried, printed) == ([*totals, "Dry run: nothing was changed."], totals)
    assert unchanged
    assert (ShiftType.objects.count(), Schedule.objects.count(), Shift.objects.count()) == (1, 1, 1)
