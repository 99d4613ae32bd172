from assignhub.imports import ImportCommand
from tenancy.imports import Memberships


class Command(ImportCommand):
    help = "Import who holds which role of a tenant: email, role (the name of a role in force there)."
    sheet = Memberships
