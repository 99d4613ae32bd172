from assignhub.imports import ImportCommand
from scheduling.imports import Employees


class Command(ImportCommand):
    help = "Import employees: email, first_name, last_name, job_title, qualifications (several with | between them)."
    sheet = Employees
