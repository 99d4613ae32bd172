"""The sheets of people, of the roles in force, and of who holds which."""

from typing import Any

from django.db.models import F, Q

from assignhub.errors import not_found
from assignhub.imports import CREATED, UNCHANGED, Row, Sheet, acting_tenant
from tenancy import services
from tenancy.models import Assignment, Membership, Role, User

# Databases differ in where they put what is empty.
OWN_FIRST = F("tenant_id").asc(nulls_last=True)


class Users(Sheet):
    name = "users"
    columns = ("email", "first_name", "last_name", "avatar_url", "role")
    required = ("email",)
    needs_tenant = False

    @staticmethod
    def line(row: User) -> tuple[Any, ...]:
        return row.email, row.first_name, row.last_name, row.avatar_url, ""

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


class Memberships(Sheet):
    name = "memberships"
    columns = required = ("email", "role")
    related = ("user", "assignment__role")

    @staticmethod
    def line(row: Membership) -> tuple[Any, ...]:
        return row.user.email, row.assignment.role.name

    def take(self, row: Row) -> str:
        visible = User.objects.within(self.by, User.permission("view"))
        user = visible.filter(email=row["email"]).first()
        if user is None:
            raise not_found(User, row["email"], field="email", by="e-mail")
        assignment = Assignment.objects.filter(tenant=self.tenant, removed_at=None, role__name=row["role"]).first()
        if assignment is None:
            raise not_found(Role, f"“{row['role']}” in force", field="role", by="name")
        if Membership.objects.filter(user=user, assignment=assignment).exists():
            return UNCHANGED
        services.memberships.create(by=self.by, user=user, assignment=assignment)
        return CREATED


class RoleAssignments(Sheet):
    name = "role assignments"
    columns = ("role", "type")
    required = ("role",)
    related = ("role",)

    @staticmethod
    def line(row: Assignment) -> tuple[Any, ...]:
        return row.role.name, row.role.type

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
