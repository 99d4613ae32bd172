from assignhub.errors import not_found
from assignhub.imports import ImportCommand, Row, acting_tenant
from tenancy import services
from tenancy.models import Assignment, Role, User


class Command(ImportCommand):
    help = "Import people: email, first_name, last_name, avatar_url and, with a tenant, the role they start with."

    columns = ("email", "first_name", "last_name", "avatar_url", "role")
    required = ("email",)
    needs_tenant = False

    def take(self, row: Row) -> str:
        role = row.pop("role")
        values = {name: value for name, value in row.items() if value}
        visible = User.objects.within(self.by, User.permission("view"))
        present = visible.filter(email=values["email"]).first()
        if present is not None:
            return self.put(services.users, present, **values)
        if role:
            values["assignment"] = self.role_in_force(role)
        return self.put(services.users, None, **values)

    def role_in_force(self, name: str) -> Assignment:
        self.tenant = self.tenant or acting_tenant(self.by, None)
        found = Assignment.objects.filter(tenant=self.tenant, removed_at=None, role__name=name).first()
        if found is None:
            raise not_found(Role, f"“{name}” in force", field="role", by="name")
        return found
