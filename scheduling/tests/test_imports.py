"""The import commands with a real ward (`demo_data/README.md`): 21 employees, 448 shifts, 336 assignments."""

import csv
from collections.abc import Callable
from datetime import UTC, date, datetime, time
from pathlib import Path

import openpyxl
import pytest

from assignhub.models import AuditEntry
from scheduling import demo
from scheduling.models import Assignment, Employee, Qualification, Schedule, Shift, ShiftType


@pytest.fixture
def import_ward(command) -> Callable:
    """Import the five files of a folder; return what was printed."""

    def call(folder: Path, suffix: str = "csv") -> list[str]:
        files = {path.stem: path for path in folder.glob(f"*.{suffix}")}
        types, weeks = files["shift_types"], files["schedules"]
        runs = [
            command("import_employees", files["employees"]),
            command("import_shifts", files["shifts"], shift_types=types, schedules=weeks),
            command("import_assignments", files["assignments"]),
        ]
        assert [error for _, error in runs] == [None, None, None]
        return [line for printed, _ in runs for line in printed]

    return call


def rows_of(name: str) -> list[list[str]]:
    with (demo.FILES / name).open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def as_cell(text: str):
    """A cell as a spreadsheet program would hold it: dates, times and numbers are no texts."""
    for read in (int, date.fromisoformat, time.fromisoformat):
        try:
            return read(text)
        except ValueError:
            pass
    return text


def as_workbook(path: Path, rows: list[list[str]]) -> None:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append([as_cell(text) for text in row])
    book.save(path)


def test_import_of_the_ward_accepts_every_row(import_ward, tenant, admin):
    printed = import_ward(demo.FILES)

    assert printed == [
        "employees.csv: 21 created, 0 updated, 0 unchanged, 0 refused",
        "shift_types.csv: 16 created, 0 updated, 0 unchanged, 0 refused",
        "schedules.csv: 4 created, 0 updated, 0 unchanged, 0 refused",
        "shifts.csv: 448 created, 0 updated, 0 unchanged, 0 refused",
        "assignments.csv: 336 created, 0 updated, 0 unchanged, 0 refused",
    ]
    models = (Employee, Qualification, ShiftType, Schedule, Shift, Assignment)
    assert [model.objects.count() for model in models] == [21, 4, 16, 4, 448, 336]
    written = AuditEntry.objects.filter(by_id=admin.pk, tenant_id=tenant.pk, action__endswith=".add")
    assert written.count() == AuditEntry.objects.count() == 21 + 4 + 16 + 4 + 448 + 336

    nurse = Employee.objects.get(email="hn.0@ward.example")
    names = sorted(nurse.qualifications.values_list("name", flat=True))
    assert (nurse.tenant, nurse.first_name, nurse.last_name, nurse.job_title) == (tenant, "HN", "0", "FullTime")
    assert names == ["Caretaker", "HeadNurse", "Nurse"]
    night = Shift.objects.get(code="w1-Mon-Night-Caretaker")
    assert (night.schedule.title, night.date, night.required_staff) == ("Ward week 1", date(2026, 11, 2), 2)
    assert (night.start_time, night.starts_at) == (time(22), datetime(2026, 11, 2, 21, tzinfo=UTC))
    assert (night.end_time, night.ends_at) == (time(6), datetime(2026, 11, 3, 5, tzinfo=UTC))
    assert [needed.name for needed in night.shift_type.required_qualifications.all()] == ["Caretaker"]
    row = Assignment.objects.get(employee=nurse, shift=night)
    assert (row.status, row.assigned_by, row.conflicts_resolved) == ("assigned", admin, True)
    assert (row.starts_at, row.ends_at, row.schedule) == (night.starts_at, night.ends_at, night.schedule)


def test_import_of_the_ward_again_changes_nothing_and_bad_rows_are_named(import_ward, command, sheet, stored):
    import_ward(demo.FILES)
    bad = [
        # hn.0 has the night of Monday already, tr.16 is a trainee, and nobody knows the last.
        ["Ward week 1", "hn.0@ward.example", "w1-Mon-Night-Nurse", "assigned"],
        ["Ward week 1", "tr.16@ward.example", "w1-Sun-Night-Caretaker", "assigned"],
        ["Ward week 1", "nobody@ward.example", "w1-Mon-Early-Nurse", "assigned"],
    ]
    path = sheet("assignments.csv", *rows_of("assignments.csv"), *bad)
    taken = Shift.objects.get(code="w1-Mon-Night-Caretaker")
    before = stored()

    again = import_ward(demo.FILES)
    printed, error = command("import_assignments", path)

    assert again == [
        "employees.csv: 0 created, 0 updated, 21 unchanged, 0 refused",
        "shift_types.csv: 0 created, 0 updated, 16 unchanged, 0 refused",
        "schedules.csv: 0 created, 0 updated, 4 unchanged, 0 refused",
        "shifts.csv: 0 created, 0 updated, 448 unchanged, 0 refused",
        "assignments.csv: 0 created, 0 updated, 336 unchanged, 0 refused",
    ]
    assert printed == [
        f"assignments.csv row 338: Assignment conflicts detected: Conflicts with shift {taken.pk} (22:00 - 06:00)",
        "assignments.csv row 339: Employee lacks required qualifications: Caretaker",
        "assignments.csv row 340: Employee with e-mail nobody@ward.example not found",
        "assignments.csv: 0 created, 0 updated, 336 unchanged, 3 refused",
    ]
    assert (str(error), error.returncode) == ("3 rows were refused.", 1)
    assert stored() == before


def test_import_of_a_week_from_workbooks_is_that_from_text(import_ward, sheet, stored, tmp_path):
    for name in ("employees", "shift_types", "schedules", "shifts", "assignments"):
        header, *rows = rows_of(f"{name}.csv")
        week = [row for row in rows if "Ward week 2" in row or name in ("employees", "shift_types")]
        as_workbook(tmp_path / f"{name}.xlsx", [header, *week])
        sheet(f"{name}.csv", header, *week)

    printed = import_ward(tmp_path, "xlsx")
    before = stored()
    again = import_ward(tmp_path)

    assert printed == [
        "employees.xlsx: 21 created, 0 updated, 0 unchanged, 0 refused",
        "shift_types.xlsx: 16 created, 0 updated, 0 unchanged, 0 refused",
        "schedules.xlsx: 1 created, 0 updated, 0 unchanged, 0 refused",
        "shifts.xlsx: 112 created, 0 updated, 0 unchanged, 0 refused",
        f"assignments.xlsx: {Assignment.objects.count()} created, 0 updated, 0 unchanged, 0 refused",
    ]
    assert [line.partition(": ")[2] for line in again] == [
        f"0 created, 0 updated, {count} unchanged, 0 refused" for count in (21, 16, 1, 112, Assignment.objects.count())
    ]
    assert stored() == before
