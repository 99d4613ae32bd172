from assignhub.imports import ImportCommand
from tenancy.imports import RoleAssignments


class Command(ImportCommand):
    help = "Put roles into force in a tenant: role (its name) and type, with which a role that is missing is made."
    sheet = RoleAssignments
