"""The shapes of the founders API (seed 003). Shapes only: rules are in the services."""

from rest_framework import serializers
from rest_framework.fields import BooleanField, CharField, DateField, DateTimeField, EmailField, IntegerField, UUIDField

from assignhub.permissions import Rank
from assignhub.views import BoundedList, Reference
from founders.models import LARGEST_CAPACITY, MOST_INDUSTRIES
from tenancy.models import Tenant, User

MOST_ADMINS = 1_000
MOST_FOUNDERS = 10_000


class KeyField(UUIDField):
    """A key as a text; Django would also take the number 7 for one."""

    def to_internal_value(self, data):
        if not isinstance(data, str):
            self.fail("invalid", value=data)
        return super().to_internal_value(data)


class AdminShape(serializers.Serializer):
    """Seed 003, "Get Assigned Admins"."""

    adminId = UUIDField(source="admin_id")
    name = CharField()
    email = CharField()


class AssignedFounderShape(serializers.Serializer):
    """Seed 003, "Get Assigned Founders"."""

    founderId = UUIDField(source="pk")
    name = CharField()
    email = CharField()
    companyName = CharField(source="company_name")
    industry = CharField()


class ListShape(serializers.Serializer):
    """Seed 003, "Assign Admins to a Founder"."""

    founderId = KeyField(source="founder_id")
    adminIds = BoundedList(child=KeyField(), max_length=MOST_ADMINS, source="admin_ids")
    leadId = KeyField(source="lead_id", required=False, allow_null=True)

    def validate(self, values):
        if values.get("lead_id") is not None and values["lead_id"] not in values["admin_ids"]:
            raise serializers.ValidationError({"leadId": "The lead is one of adminIds."})
        return values


class PairShape(serializers.Serializer):
    """One assignment with everything about it."""

    adminId = UUIDField(source="admin_id", read_only=True)
    founderId = UUIDField(source="founder_id", read_only=True)
    name = CharField(source="admin", read_only=True)
    email = CharField(source="admin.email", read_only=True)
    isLead = BooleanField(source="is_lead", read_only=True)
    isResponsible = BooleanField(source="admin_counts", read_only=True)
    assignedAt = DateTimeField(source="created_at", read_only=True)
    coverAdminId = UUIDField(source="cover_id", read_only=True, allow_null=True)
    coverName = CharField(source="cover", read_only=True, allow_null=True)
    coverEmail = CharField(source="cover.email", read_only=True, allow_null=True)
    coverUntil = DateTimeField(source="cover_until", read_only=True, allow_null=True)
    coverIsResponsible = BooleanField(source="cover_counts", read_only=True)


class PairChangeShape(serializers.Serializer):
    isLead = BooleanField(source="is_lead", required=False)
    coverAdminId = Reference(User, source="cover", required=False, allow_null=True)
    coverUntil = DateTimeField(source="cover_until", required=False, allow_null=True)


class TenureShape(AdminShape):
    """Somebody who was responsible at the moment asked about, and the whole time they were."""

    since = DateTimeField()
    until = DateTimeField(allow_null=True)


class MomentShape(serializers.Serializer):
    at = DateTimeField()


class BalanceShape(serializers.Serializer):
    tenantId = KeyField(source="tenant_id", required=False, allow_null=True)
    dryRun = BooleanField(source="dry_run", default=True)


class ProposalShape(serializers.Serializer):
    founderId = UUIDField(source="founder.pk")
    name = CharField(source="founder.name")
    industry = CharField(source="founder.industry")
    adminId = UUIDField(source="admin.pk", allow_null=True)
    adminName = CharField(source="admin", allow_null=True)
    reason = CharField()


class BalanceResultShape(serializers.Serializer):
    applied = BooleanField()
    placed = IntegerField()
    leftOver = IntegerField()
    proposals = ProposalShape(many=True)


class HandOverShape(serializers.Serializer):
    fromAdminId = KeyField(source="from_id", required=False, allow_null=True)
    toAdminId = KeyField(source="to_id")
    founderIds = BoundedList(
        child=KeyField(), max_length=MOST_FOUNDERS, source="founder_ids", required=False, allow_null=True
    )


class FounderShape(serializers.Serializer):
    founderId = UUIDField(source="pk", read_only=True)
    tenantId = Reference(Tenant, source="tenant")
    name = CharField(max_length=200)
    email = EmailField()
    companyName = CharField(source="company_name", max_length=200, allow_blank=True, required=False)
    industry = CharField(max_length=100, allow_blank=True, required=False)
    userId = Reference(User, source="user", allow_null=True, required=False)
    createdAt = DateTimeField(source="created_at", read_only=True)
    updatedAt = DateTimeField(source="updated_at", read_only=True)


class NoteShape(serializers.Serializer):
    noteId = UUIDField(source="pk", read_only=True)
    founderId = UUIDField(source="founder_id", read_only=True)
    date = DateField(required=False)
    authorId = UUIDField(source="author_id", read_only=True, allow_null=True)
    authorName = CharField(source="author_name", read_only=True, allow_null=True)
    text = CharField(max_length=10_000)
    createdAt = DateTimeField(source="created_at", read_only=True)
    updatedAt = DateTimeField(source="updated_at", read_only=True)


class CandidateShape(serializers.Serializer):
    """An admin of a tenant: how many founders they look after, and how many they would take."""

    adminId = UUIDField(source="admin_id", read_only=True)
    name = CharField(read_only=True)
    email = CharField(read_only=True)
    tenantId = UUIDField(source="tenant_id", read_only=True)
    tenantName = CharField(source="tenant_name", read_only=True)
    role = serializers.ChoiceField(
        choices=[(rank.label, rank.label) for rank in (Rank.ADMIN, Rank.OWNER)], read_only=True
    )
    founderCount = IntegerField(source="founder_count", read_only=True)
    capacity = IntegerField(read_only=True, allow_null=True)
    industries = serializers.ListField(child=CharField(), read_only=True)


class CapacityShape(serializers.Serializer):
    tenantId = Reference(Tenant, source="tenant")
    capacity = IntegerField(min_value=0, max_value=LARGEST_CAPACITY)
    industries = BoundedList(child=CharField(max_length=100), max_length=MOST_INDUSTRIES, required=False)
