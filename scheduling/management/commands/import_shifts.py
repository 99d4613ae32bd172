from pathlib import Path

from assignhub.imports import ImportCommand
from scheduling.imports import Schedules, Shifts, ShiftTypes


class Command(ImportCommand):
    help = (
        "Import shifts: code, schedule (its title), date, start_time, end_time, shift_type (its name), required_staff. "
        "Shift types and schedules come first, from files of their own."
    )
    sheet = Shifts

    def add_arguments(self, parser):
        super().add_arguments(parser)
        parser.add_argument("--shift-types", type=Path, metavar="FILE", help="name, required_qualifications")
        parser.add_argument("--schedules", type=Path, metavar="FILE", help="title, week_start, week_end")

    def sheets(self, options):
        if options["shift_types"]:
            yield options["shift_types"], ShiftTypes
        if options["schedules"]:
            yield options["schedules"], Schedules
        yield from super().sheets(options)
