from assignhub.imports import ImportCommand
from scheduling.imports import Assignments


class Command(ImportCommand):
    help = "Import who works which shift: schedule (its title), employee (e-mail), shift (its code), status, notes."
    sheet = Assignments
