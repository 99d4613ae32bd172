"""The sheets planners keep: employees, shift types, schedules, shifts, and who works which shift."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError

from assignhub.errors import explain, not_found
from assignhub.imports import CREATED, REFUSED, UNCHANGED, Outcome, Row, Sheet, check_row, names_in
from scheduling import services
from scheduling.models import Assignment, Employee, Schedule, Shift, ShiftType


class Employees(Sheet):
    name = "employees"
    columns = ("email", "first_name", "last_name", "job_title", "qualifications")
    required = ("email", "first_name")
    related = ("qualifications",)

    @staticmethod
    def line(row: Employee) -> tuple[Any, ...]:
        names = "|".join(qualification.name for qualification in row.qualifications.all())
        return row.email, row.first_name, row.last_name, row.job_title, names

    def take(self, row: Row) -> str:
        row["qualifications"] = services.qualifications_named(
            self.tenant, names_in(row.pop("qualifications")), by=self.by
        )
        present = Employee.objects.filter(tenant=self.tenant, email=row["email"]).first()
        return self.put(services.employees, present, tenant=self.tenant, **row)


class ShiftTypes(Sheet):
    name = "shift types"
    columns = ("name", "required_qualifications")
    required = ("name",)
    related = ("required_qualifications",)

    @staticmethod
    def line(row: ShiftType) -> tuple[Any, ...]:
        return row.name, "|".join(needed.name for needed in row.required_qualifications.all())

    def take(self, row: Row) -> str:
        needed = services.qualifications_named(self.tenant, names_in(row["required_qualifications"]), by=self.by)
        present = ShiftType.objects.filter(tenant=self.tenant, name=row["name"]).first()
        values = {"tenant": self.tenant, "name": row["name"], "required_qualifications": needed}
        return self.put(services.shift_types, present, **values)


class Schedules(Sheet):
    name = "schedules"
    columns = required = ("title", "week_start", "week_end")

    @staticmethod
    def line(row: Schedule) -> tuple[Any, ...]:
        return row.title, row.week_start, row.week_end

    def take(self, row: Row) -> str:
        same = Schedule.objects.filter(tenant=self.tenant, title=row["title"], week_start=row["week_start"])
        return self.put(services.schedules, same.first(), tenant=self.tenant, **row)


class Shifts(Sheet):
    name = "shifts"
    columns = ("code", "schedule", "date", "start_time", "end_time", "shift_type", "required_staff")
    required = ("code", "schedule", "date", "start_time", "end_time", "shift_type")
    related = ("schedule", "shift_type")

    @staticmethod
    def line(row: Shift) -> tuple[Any, ...]:
        hours = f"{row.start_time:%H:%M}", f"{row.end_time:%H:%M}"
        return row.code, row.schedule.title, row.date, *hours, row.shift_type.name, row.required_staff

    def __init__(self, by: Any, tenant: Any = None):
        super().__init__(by, tenant)
        self.schedules = {row.title: row for row in Schedule.objects.filter(tenant=tenant).order_by("week_start")}
        self.shift_types = {row.name: row for row in ShiftType.objects.filter(tenant=tenant)}

    def take(self, row: Row) -> str:
        schedule, shift_type = self.schedules.get(row["schedule"]), self.shift_types.get(row["shift_type"])
        if schedule is None:
            raise not_found(Schedule, f"“{row['schedule']}”", field="schedule", by="title")
        if shift_type is None:
            raise not_found(ShiftType, f"“{row['shift_type']}”", field="shift_type", by="name")
        values = row | {"schedule": schedule, "shift_type": shift_type, "required_staff": row["required_staff"] or "1"}
        return self.put(services.shifts, Shift.objects.filter(schedule=schedule, code=row["code"]).first(), **values)


class Assignments(Sheet):
    name = "shift assignments"
    columns = ("schedule", "employee", "shift", "status", "notes")
    required = ("schedule", "employee", "shift")
    related = ("schedule", "employee", "shift")

    @staticmethod
    def line(row: Assignment) -> tuple[Any, ...]:
        return row.schedule.title, row.employee.email, row.shift.code, row.status, row.notes

    def outcomes(self, rows: list[tuple[int, Row]]) -> Iterator[Outcome]:
        """A batch per schedule, so that the number of queries depends on neither rows nor employees."""
        schedules = {row.title: row for row in Schedule.objects.filter(tenant=self.tenant).order_by("week_start")}
        employees = dict(Employee.objects.filter(tenant=self.tenant).values_list("email", "pk"))
        shifts = Shift.objects.filter(schedule__in=schedules.values()).values_list("schedule_id", "code", "pk")
        self.shifts = {(schedule_id, code): key for schedule_id, code, key in shifts}
        held = Assignment.objects.filter(schedule__in=schedules.values())
        self.held = {self.place(*values) for values in held.values_list("employee_id", "shift_id", "status")}
        wishes: dict[int, list[tuple[int, services.Wish]]] = defaultdict(list)
        for number, row in rows:
            try:
                check_row(row, self)
                schedule, wish = self.wish(row, schedules, employees)
            except ValidationError as refusal:
                yield Outcome(number, REFUSED, explain(refusal))
                continue
            place = self.place(wish.employee_id, wish.shift_id, wish.status)
            if place in self.held:
                self.held.discard(place)
                yield Outcome(number, UNCHANGED)
            else:
                wishes[schedule.pk].append((number, wish))
        for schedule_id, numbered in wishes.items():
            yield from self.assign(schedule_id, numbered)

    @staticmethod
    def place(employee_id: int, shift_id: int, status: str) -> tuple[int, int, str]:
        """What a row of the file and the stored one it means share: any active status is as good as another."""
        return employee_id, shift_id, "" if status in Assignment.ACTIVE else status

    def wish(
        self, row: Row, schedules: dict[str, Schedule], employees: dict[str, int]
    ) -> tuple[Schedule, services.Wish]:
        schedule = schedules.get(row["schedule"])
        if schedule is None:
            raise not_found(Schedule, f"“{row['schedule']}”", field="schedule", by="title")
        employee_id = employees.get(row["employee"].lower())
        if employee_id is None:
            raise not_found(Employee, row["employee"], field="employee", by="e-mail")
        shift_id = self.shifts.get((schedule.pk, row["shift"]))
        if shift_id is None:
            raise not_found(Shift, f"“{row['shift']}”", field="shift", by="code")
        status = row["status"] or Assignment.Status.ASSIGNED
        return schedule, services.Wish(employee_id, shift_id, status, notes=row["notes"])

    def assign(self, schedule_id: int, numbered: list[tuple[int, services.Wish]]) -> Iterator[Outcome]:
        numbers = [number for number, _ in numbered]
        try:
            _, refusals = services.assign_many(schedule_id, [wish for _, wish in numbered], by=self.by)
        except (ValidationError, PermissionDenied) as refusal:
            yield from (Outcome(number, REFUSED, explain(refusal)) for number in numbers)
            return
        refused = {refusal.index: explain(refusal.error) for refusal in refusals}
        for index, number in enumerate(numbers):
            yield Outcome(number, REFUSED, refused[index]) if index in refused else Outcome(number, CREATED)
