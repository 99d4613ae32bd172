from collections import defaultdict
from collections.abc import Iterator

from django.core.exceptions import PermissionDenied, ValidationError

from assignhub.errors import explain, not_found
from assignhub.imports import CREATED, REFUSED, UNCHANGED, ImportCommand, Outcome, Row, Sheet, check_row
from scheduling import services
from scheduling.models import Assignment, Employee, Schedule, Shift


class Command(ImportCommand):
    help = "Import who works which shift: schedule (its title), employee (e-mail), shift (its code), status, notes."

    columns = ("schedule", "employee", "shift", "status", "notes")
    required = ("schedule", "employee", "shift")

    def outcomes(self, rows: list[tuple[int, Row]], sheet: Sheet) -> Iterator[Outcome]:
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
                check_row(row, sheet)
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
