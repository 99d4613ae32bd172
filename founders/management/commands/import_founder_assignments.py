from assignhub.imports import ImportCommand
from founders.imports import FounderAssignments


class Command(ImportCommand):
    help = "Add admins to founders: founder and admin (e-mail addresses), lead (yes or no); who is there stays."
    sheet = FounderAssignments
