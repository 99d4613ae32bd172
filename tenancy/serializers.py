"""The shapes of the tenancy API (seed 001) and of sign-in (contract, "Signing in"); rules are elsewhere."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.fields import BooleanField, CharField, DateTimeField, EmailField, URLField, UUIDField

from assignhub.permissions import TENANT_RANKS
from assignhub.views import BoundedList, Key, Reference
from tenancy.models import Assignment, Role, Tenant, User


class Stamps(serializers.Serializer):
    createdAt = DateTimeField(source="created_at", read_only=True)
    updatedAt = DateTimeField(source="updated_at", read_only=True)


class TenantShape(Stamps):
    id = UUIDField(read_only=True)
    name = CharField(max_length=200)
    timeZone = CharField(source="time_zone", max_length=64, required=False)
    requiresSecondFactor = BooleanField(source="requires_second_factor", required=False)


class RoleShape(Stamps):
    id = UUIDField(read_only=True)
    name = CharField(max_length=100)
    type = serializers.ChoiceField(choices=TENANT_RANKS)
    tenantId = Reference(Tenant, source="tenant", allow_null=True, required=False)


class UserShape(Stamps):
    id = UUIDField(read_only=True)
    email = EmailField()
    firstName = CharField(source="first_name", max_length=150, required=False, allow_blank=True)
    lastName = CharField(source="last_name", max_length=150, required=False, allow_blank=True)
    avatarUrl = URLField(source="avatar_url", max_length=500, required=False, allow_blank=True)
    isActive = BooleanField(source="is_active", required=False)
    isStaff = BooleanField(source="is_staff", required=False)
    isSuperAdmin = BooleanField(source="is_superuser", read_only=True)


class NewUserShape(UserShape):
    password = CharField(write_only=True, required=False, max_length=200, trim_whitespace=False)
    assignmentId = Reference(Assignment, source="assignment", write_only=True, required=False)


class AssignmentShape(Stamps):
    id = UUIDField(read_only=True)
    roleId = Reference(Role, source="role")
    tenantId = Reference(Tenant, source="tenant")
    removedAt = DateTimeField(source="removed_at", read_only=True, allow_null=True)


class NamedRole(serializers.Serializer):
    id = UUIDField(read_only=True)
    name = CharField(read_only=True)
    type = CharField(read_only=True)


class NamedTenant(serializers.Serializer):
    id = UUIDField(read_only=True)
    name = CharField(read_only=True)


class NamedUser(serializers.Serializer):
    id = UUIDField(read_only=True)
    email = EmailField(read_only=True)
    firstName = CharField(source="first_name", read_only=True)
    lastName = CharField(source="last_name", read_only=True)


class AssignmentDetailShape(AssignmentShape):
    role = NamedRole(read_only=True)
    tenant = NamedTenant(read_only=True)


@extend_schema_field({"type": "string", "nullable": True, "maxLength": 0, "description": "Only null is accepted."})
class Never(serializers.Field):
    """A moment that a client may only clear: it takes null and nothing else."""

    default_error_messages = {"invalid": "Only null is accepted: it brings the row back."}

    def to_internal_value(self, data):
        self.fail("invalid")

    def to_representation(self, value):
        return DateTimeField().to_representation(value)


class AssignmentChangeShape(AssignmentShape):
    removedAt = Never(source="removed_at", allow_null=True, required=False)


class MembershipShape(Stamps):
    id = UUIDField(read_only=True)
    userId = Reference(User, source="user")
    assignmentId = Reference(Assignment, source="assignment")


class MembershipDetailShape(MembershipShape):
    user = NamedUser(read_only=True)
    role = NamedRole(source="assignment.role", read_only=True)
    tenant = NamedTenant(source="assignment.tenant", read_only=True)


class AssignmentKeys(BoundedList):
    """A bare array of assignment IDs."""

    child = Key()

    def __init__(self, **kwargs):
        super().__init__(max_length=1000, **kwargs)


class Count(serializers.Serializer):
    count = serializers.IntegerField(read_only=True)


class CredentialsShape(serializers.Serializer):
    email = CharField(max_length=254)
    password = CharField(max_length=200, trim_whitespace=False)
    code = CharField(max_length=40, required=False, allow_blank=True, help_text="For accounts with a second factor.")


class RefreshShape(serializers.Serializer):
    refresh = CharField(max_length=4000)


class PairShape(serializers.Serializer):
    access = CharField(read_only=True)
    refresh = CharField(read_only=True)


class PasswordShape(serializers.Serializer):
    current_password = CharField(max_length=200, trim_whitespace=False)
    new_password = CharField(max_length=200, trim_whitespace=False)


class HeldRole(serializers.Serializer):
    tenant_id = UUIDField()
    tenant_name = CharField()
    role = serializers.ChoiceField(choices=TENANT_RANKS)


class MeShape(serializers.Serializer):
    id = UUIDField()
    email = EmailField()
    first_name = CharField()
    last_name = CharField()
    is_super_admin = BooleanField(source="is_superuser")
    memberships = serializers.SerializerMethodField()

    def get_memberships(self, user: User) -> list[dict[str, Any]]:
        tenants = Tenant.objects.filter(pk__in=user.roles)
        rows = [
            {"tenant_id": tenant.pk, "tenant_name": tenant.name, "role": user.roles[tenant.pk].label}
            for tenant in tenants
        ]
        return list(HeldRole(rows, many=True).data)


class SignedInShape(PairShape):
    user = MeShape(read_only=True)
