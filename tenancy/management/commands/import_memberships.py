from assignhub.errors import not_found
from assignhub.imports import CREATED, UNCHANGED, ImportCommand, Row
from tenancy import services
from tenancy.models import Assignment, Membership, Role, User


class Command(ImportCommand):
    help = "Import who holds which role of a tenant: email, role (the name of a role in force there)."

    columns = ("email", "role")
    required = ("email", "role")

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
