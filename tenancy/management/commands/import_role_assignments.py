from django.db.models import F, Q

from assignhub.errors import not_found
from assignhub.imports import CREATED, UNCHANGED, ImportCommand, Row
from tenancy import services
from tenancy.models import Assignment, Role

# Databases differ in where they put what is empty.
OWN_FIRST = F("tenant_id").asc(nulls_last=True)


class Command(ImportCommand):
    help = "Put roles into force in a tenant: role (its name) and type, with which a role that is missing is made."

    columns = ("role", "type")
    required = ("role",)

    def take(self, row: Row) -> str:
        own_or_shared = Q(tenant=self.tenant) | Q(tenant=None)
        role = Role.objects.filter(own_or_shared, name=row["role"]).order_by(OWN_FIRST).first()
        if role is None and not row["type"]:
            raise not_found(Role, f"“{row['role']}”", field="role", by="name")
        if role is None:
            role = services.roles.create(by=self.by, tenant=self.tenant, name=row["role"], type=row["type"])
        if Assignment.objects.filter(tenant=self.tenant, role=role, removed_at=None).exists():
            return UNCHANGED
        services.assignments.create(by=self.by, tenant=self.tenant, role=role)
        return CREATED
