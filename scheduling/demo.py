"""Demo data: four weeks of a real hospital ward, through the import commands (`demo_data/README.md`)."""

from pathlib import Path

from django.core.management import call_command

from scheduling import services
from scheduling.models import Employee, Schedule
from tenancy.models import Tenant, User

FILES = Path(__file__).parent / "demo_data"
PLANNER = "admin@ward.example"


def fill(stdout) -> None:
    planner = User.objects.filter(email=PLANNER)
    tenant = Tenant.objects.filter(name="St. Anna Hospital", assignments__memberships__user__in=planner).first()
    if tenant is None or Schedule.objects.filter(tenant=tenant).exists():
        return
    target = {"by": PLANNER, "tenant": str(tenant.pk), "stdout": stdout}
    call_command("import_employees", FILES / "employees.csv", **target)
    types, weeks = FILES / "shift_types.csv", FILES / "schedules.csv"
    call_command("import_shifts", FILES / "shifts.csv", shift_types=types, schedules=weeks, **target)
    call_command("import_assignments", FILES / "assignments.csv", **target)
    planner, member = User.objects.get(email=PLANNER), User.objects.get(email="member@ward.example")
    nurse = Employee.objects.get(tenant=tenant, email="hn.0@ward.example")
    services.employees.update(nurse, by=planner, user=member)
