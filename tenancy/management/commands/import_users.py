from assignhub.imports import ImportCommand
from tenancy.imports import Users


class Command(ImportCommand):
    help = "Import people: email, first_name, last_name, avatar_url and, with a tenant, the role they start with."
    sheet = Users
