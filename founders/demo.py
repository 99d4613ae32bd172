"""Demo data: an incubator with a batch of founders and the admins who look after them, through the services."""

from datetime import timedelta
from pathlib import Path

from django.core.management import call_command
from django.utils import timezone

from assignhub.permissions import OPERATOR
from founders import services
from founders.models import Assignment, Founder
from tenancy import demo
from tenancy.models import Assignment as RoleAssignment
from tenancy.models import Tenant, User

FILES = Path(__file__).parent / "demo_data"
# First and last name, capacity, industries.
ADVISERS: tuple[tuple[str, str, int, list[str]], ...] = (
    ("Amara", "Okafor", 8, ["HealthTech", "Biotech"]),
    ("Bruno", "Keller", 6, ["Climate", "Energy"]),
    ("Chiara", "Moretti", 8, []),
)
NOTES = (
    ("dana.whitfield@tidewise.example", "Pilot with the port authority signed; needs help with the data agreement."),
    ("dana.whitfield@tidewise.example", "Runway until May. Introduced to two seed funds."),
    ("omar.haddad@pulsebridge.example", "Ethics approval expected next month; trial sites are waiting for it."),
)


def fill(stdout) -> None:
    tenant = Tenant.objects.filter(name=demo.INCUBATOR[0]).first()
    super_admin = User.objects.filter(email=demo.SUPER_ADMIN).first()
    if tenant is None or super_admin is None or Founder.objects.filter(tenant=tenant).exists():
        return
    role = RoleAssignment.objects.filter(tenant=tenant, role__type="admin", removed_at=None).first()
    if role is None:
        return
    for first_name, last_name, capacity, industries in ADVISERS:
        email = f"{first_name.lower()}.{last_name.lower()}@harbour.example"
        adviser = demo.person(email, first_name, last_name, assignment=role)
        services.capacities.create(
            by=OPERATOR, tenant=tenant, user=adviser, capacity=capacity, industries=industries
        )  # fmt: skip
    target = {"by": demo.SUPER_ADMIN, "tenant": str(tenant.pk), "stdout": stdout}
    call_command("import_founders", FILES / "founders.csv", **target)
    call_command("import_founder_assignments", FILES / "assignments.csv", **target)
    for email, text in NOTES:
        founder = Founder.objects.get(tenant=tenant, email=email)
        services.notes.create(by=super_admin, founder=founder, text=text)
    covered = Assignment.objects.filter(founder__tenant=tenant, admin__email="amara.okafor@harbour.example").first()
    if covered is not None:
        cover = User.objects.get(email="chiara.moretti@harbour.example")
        services.assignments.update(
            covered, by=super_admin, cover=cover, cover_until=timezone.now() + timedelta(days=14)
        )  # fmt: skip
