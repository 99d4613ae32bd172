from assignhub.imports import ImportCommand, Row
from scheduling import services
from scheduling.models import Employee


class Command(ImportCommand):
    help = "Import employees: email, first_name, last_name, job_title, qualifications (several with | between them)."

    columns = ("email", "first_name", "last_name", "job_title", "qualifications")
    required = ("email", "first_name")

    def take(self, row: Row) -> str:
        names = [name.strip() for name in row.pop("qualifications").split("|") if name.strip()]
        row["qualifications"] = services.qualifications_named(self.tenant, names, by=self.by)
        present = Employee.objects.filter(tenant=self.tenant, email=row["email"]).first()
        return self.put(services.employees, present, tenant=self.tenant, **row)
