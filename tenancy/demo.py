"""Demo data: two tenants with people in every role, and one super admin."""

from typing import Any

from assignhub.permissions import OPERATOR, TENANT_RANKS
from tenancy import services
from tenancy.models import Tenant, User

PASSWORD = "ward-round-at-seven"  # noqa: S105 - printed for everybody to try
SUPER_ADMIN = "super@assignhub.example"
HOSPITAL = ("St. Anna Hospital", "Europe/Berlin", "ward.example")
INCUBATOR = ("Harbour Incubator", "America/New_York", "harbour.example")
ROLE_NAMES = {"owner": "Director", "admin": "Planner", "member": "Staff", "viewer": "Auditor"}


def fill(stdout) -> str:
    """Fill what is empty; return how to sign in."""
    if not Tenant.objects.exists() and not User.objects.exists():
        person(SUPER_ADMIN, "Sam", "Super", is_superuser=True)
        for name, time_zone, domain in (HOSPITAL, INCUBATOR):
            add_tenant(name, time_zone, domain)
    if not User.objects.filter(email=SUPER_ADMIN).exists():
        return ""
    return (
        f"Sign in at /admin/ as {SUPER_ADMIN}, or in a role of the hospital as owner@ward.example,\n"
        f"admin@ward.example, member@ward.example or viewer@ward.example. The password is {PASSWORD}\n"
    )


def add_tenant(name: str, time_zone: str, domain: str) -> None:
    tenant = services.tenants.create(by=OPERATOR, name=name, time_zone=time_zone)
    for rank, _ in TENANT_RANKS:
        role = services.roles.create(by=OPERATOR, tenant=tenant, name=ROLE_NAMES[rank], type=rank)
        assignment = services.assignments.create(by=OPERATOR, role=role, tenant=tenant)
        person(f"{rank}@{domain}", rank.capitalize(), name.split()[0], assignment=assignment)


def person(email: str, first_name: str, last_name: str, **values: Any) -> User:
    values |= {"first_name": first_name, "last_name": last_name}
    return services.users.create(by=OPERATOR, email=email, password=PASSWORD, is_staff=True, **values)
