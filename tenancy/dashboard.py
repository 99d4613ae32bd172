"""What the start page says of people and organisations."""

from collections.abc import Iterator

from django.db.models import Exists, OuterRef, QuerySet
from django.urls import reverse

from assignhub.dashboard import Need, Step
from assignhub.permissions import Rank, within
from tenancy.models import Membership, Tenant, User


def never_signed_in(users: QuerySet, user) -> QuerySet:
    return users.filter(last_login=None, is_active=True)


def without_owner(tenants: QuerySet, user) -> QuerySet:
    """Tenants in which nobody who can sign in is owner."""
    owners = Membership.objects.filter(
        assignment__tenant=OuterRef("pk"),
        assignment__removed_at=None,
        assignment__role__type=Rank.OWNER.label,
        user__is_active=True,
    )
    return tenants.filter(~Exists(owners))


NEEDS = (
    Need(
        "owner",
        "Organisations without an owner",
        Tenant,
        Tenant.permission("add"),
        without_owner,
        "Nobody there can approve schedules or appoint admins.",
        "domain_disabled",
        "danger",
    ),
    Need(
        "first-sign-in",
        "Never signed in",
        User,
        User.permission("add"),
        never_signed_in,
        "Accounts nobody has used yet.",
        "person_alert",
    ),
)


def first_steps(user) -> Iterator[Step]:
    tenants = within(Tenant.objects.all(), user, Tenant.permission("view"))
    others = within(User.objects.exclude(pk=user.pk), user, User.permission("view"))
    organisation, person = reverse("admin:tenancy_tenant_add"), reverse("admin:tenancy_user_add")
    hint = "A hospital, a company, a programme: everything belongs to one."
    yield Step("Create an organisation", hint, organisation, Tenant.permission("add"), tenants)
    yield Step("Invite people", "Give each a role: it decides what they see.", person, User.permission("add"), others)
