from pathlib import Path

from assignhub.errors import not_found
from assignhub.imports import ImportCommand, Row, Sheet
from scheduling import services
from scheduling.models import Schedule, Shift, ShiftType


class Command(ImportCommand):
    help = (
        "Import shifts: code, schedule (its title), date, start_time, end_time, shift_type (its name), required_staff. "
        "Shift types and schedules come first, from files of their own."
    )

    columns = ("code", "schedule", "date", "start_time", "end_time", "shift_type", "required_staff")
    required = ("code", "schedule", "date", "start_time", "end_time", "shift_type")

    def add_arguments(self, parser):
        super().add_arguments(parser)
        parser.add_argument("--shift-types", type=Path, metavar="FILE", help="name, required_qualifications")
        parser.add_argument("--schedules", type=Path, metavar="FILE", help="title, week_start, week_end")

    def sheets(self, options):
        if options["shift_types"]:
            yield options["shift_types"], Sheet(("name", "required_qualifications"), ("name",), self.take_shift_type)
        if options["schedules"]:
            columns = ("title", "week_start", "week_end")
            yield options["schedules"], Sheet(columns, columns, self.take_schedule)
        self.schedules = {row.title: row for row in Schedule.objects.filter(tenant=self.tenant).order_by("week_start")}
        self.shift_types = {row.name: row for row in ShiftType.objects.filter(tenant=self.tenant)}
        yield from super().sheets(options)

    def take_shift_type(self, row: Row) -> str:
        names = [name.strip() for name in row["required_qualifications"].split("|") if name.strip()]
        needed = services.qualifications_named(self.tenant, names, by=self.by)
        present = ShiftType.objects.filter(tenant=self.tenant, name=row["name"]).first()
        values = {"tenant": self.tenant, "name": row["name"], "required_qualifications": needed}
        return self.put(services.shift_types, present, **values)

    def take_schedule(self, row: Row) -> str:
        same = Schedule.objects.filter(tenant=self.tenant, title=row["title"], week_start=row["week_start"])
        return self.put(services.schedules, same.first(), tenant=self.tenant, **row)

    def take(self, row: Row) -> str:
        schedule, shift_type = self.schedules.get(row["schedule"]), self.shift_types.get(row["shift_type"])
        if schedule is None:
            raise not_found(Schedule, f"“{row['schedule']}”", field="schedule", by="title")
        if shift_type is None:
            raise not_found(ShiftType, f"“{row['shift_type']}”", field="shift_type", by="name")
        values = row | {"schedule": schedule, "shift_type": shift_type, "required_staff": row["required_staff"] or "1"}
        return self.put(services.shifts, Shift.objects.filter(schedule=schedule, code=row["code"]).first(), **values)
