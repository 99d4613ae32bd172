"""Founders, the admins who look after them, and what is noted about them. Source: seed 003."""

import datetime
import uuid
from collections.abc import Sequence
from typing import Any, ClassVar

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import BooleanField, Exists, ExpressionWrapper, F, OuterRef, Q

from assignhub.errors import Refused, not_found
from assignhub.fields import AddressField, Derived
from assignhub.models import HubQuerySet, Record
from assignhub.permissions import Rank, Reach
from assignhub.statements import present
from tenancy.models import Membership

# Contract, "Founders": an admin is a user whose role in the founder's tenant is admin or owner.
ADMIN_TYPES = (Rank.ADMIN.label, Rank.OWNER.label)
LARGEST_CAPACITY = 100_000
MOST_INDUSTRIES = 50


def is_admin(person: str, tenant: str) -> Exists:
    """Whether the user at the path `person` is, at present, an active admin of the tenant at the path `tenant`."""
    return Exists(
        Membership.objects.filter(
            user=OuterRef(person),
            user__is_active=True,
            assignment__tenant=OuterRef(tenant),
            assignment__removed_at=None,
            assignment__role__type__in=ADMIN_TYPES,
        )
    )


class FounderQuerySet(HubQuerySet):
    def without_admin(self, now: datetime.datetime) -> "FounderQuerySet":
        """Those whom nobody looks after at this moment."""
        pairs = Assignment.objects.judged(now).filter(founder=OuterRef("pk"))
        return self.filter(~Exists(pairs.filter(Q(admin_counts=True) | Q(cover_counts=True))))


class Founder(Record):
    """Somebody who builds a company in a tenant's programme."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    tenant = models.ForeignKey("tenancy.Tenant", models.PROTECT, related_name="founders")
    name = models.CharField(max_length=200)
    email = AddressField("e-mail address")
    company_name = models.CharField("company", max_length=200, blank=True)
    industry = models.CharField(max_length=100, blank=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        related_name="founders",
        null=True,
        blank=True,
        help_text="The founder's own account, if there is one.",
    )

    objects: ClassVar = FounderQuerySet.as_manager()

    reach: ClassVar = {Reach.ORG: "tenant"}
    fixed: ClassVar = ("tenant",)

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "email"],
                name="founder_email_once",
                violation_error_code="duplicate",
                violation_error_message="There is already a founder with this address.",
            ),
        ]
        indexes = [models.Index(fields=["tenant", "name", "id"], name="founder_by_name")]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def own(cls, user, tenant_ids: Sequence[Any]) -> Q:
        """Founders whom `user` looks after right now: "only assigned Admins can manage a Founder's content"."""
        return Q(tenant__in=tenant_ids, pk__in=Assignment.objects.naming(user).values("founder"))

    def clean(self) -> None:
        if self.user is None or self.user.memberships.filter(assignment__tenant=self.tenant_id).exists():
            return
        # Somebody who has left the tenant may stay linked: what else changes is not about them.
        if not Founder.objects.filter(pk=self.pk, user=self.user).exists():
            raise not_found(type(self.user), self.user.pk, field="user")


class AssignmentQuerySet(HubQuerySet):
    def naming(self, user) -> "AssignmentQuerySet":
        """Pairs that name `user` right now, as the admin or as the one who covers; whatever their rank."""
        return self.filter(Q(admin=user.pk) | Q(cover=user.pk, cover_until__gt=present(user)))

    def judged(self, now: datetime.datetime) -> "AssignmentQuerySet":
        """With `admin_counts` and `cover_counts`: whether each of the two looks after the founder at this moment."""
        covering = Q(is_admin("cover", "founder__tenant"), cover_until__gt=now)
        return self.annotate(
            admin_counts=is_admin("admin", "founder__tenant"),
            cover_counts=ExpressionWrapper(covering, output_field=BooleanField()),
        )


class Assignment(Record):
    """An admin who looks after a founder; until a moment somebody else may cover for them.

    A cover ends by itself: whoever reads compares `cover_until` with the clock.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    founder = models.ForeignKey(Founder, models.CASCADE, related_name="assignments")
    admin = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="founder_assignments")
    is_lead = models.BooleanField("lead", default=False, help_text="The one of a founder's admins who leads.")
    cover = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        related_name="founder_covers",
        null=True,
        blank=True,
        help_text="Another admin, who looks after the founder as well until the moment below.",
    )
    cover_until = models.DateTimeField(null=True, blank=True)

    objects: ClassVar = AssignmentQuerySet.as_manager()

    # What `judged` says of a row; others do not have them.
    admin_counts: bool
    cover_counts: bool

    reach: ClassVar = {Reach.ORG: "founder__tenant"}
    fixed: ClassVar = ("founder", "admin")

    class Meta:
        verbose_name = "founder assignment"
        ordering = ["-is_lead", "created_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["founder", "admin"],
                name="founder_admin_once",
                violation_error_code="duplicate",
                violation_error_message="This admin already looks after this founder.",
            ),
            models.UniqueConstraint(fields=["founder"], condition=Q(is_lead=True), name="founder_lead_once"),
        ]

    def __str__(self) -> str:
        return f"{self.admin} for {self.founder}"

    def validate_constraints(self, exclude=None) -> None:
        """Leave it to the service: a new lead takes the place of the one there is."""

    def clean(self) -> None:
        if self.cover_id is None:
            return
        if self.cover_until is None:
            raise Refused("Say until when the other admin covers.", "required", field="cover_until")
        if self.cover_id == self.admin_id:
            raise Refused("Nobody covers for themselves: name another admin.", "invalid", field="cover")


class Note(Record):
    """A dated entry about a founder: who wrote what."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    founder = models.ForeignKey(Founder, models.CASCADE, related_name="notes")
    date = models.DateField()
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, related_name="+", null=True, blank=True, editable=False
    )
    text = models.TextField(max_length=10_000)
    author_name = Derived(
        lambda first, last, email: email and (f"{first} {last}".strip() or email),
        "author__first_name",
        "author__last_name",
        "author__email",
    )

    reach: ClassVar = {Reach.ORG: "founder__tenant"}
    fixed: ClassVar = ("founder",)

    class Meta:
        ordering = ["-date", "-created_at", "-id"]
        indexes = [models.Index(fields=["founder", "-date"], name="note_newest")]

    def __str__(self) -> str:
        return f"note of {self.date} about {self.founder}"

    @classmethod
    def own(cls, user, tenant_ids: Sequence[Any]) -> Q:
        """Notes about the founders whom `user` looks after right now."""
        founders = Assignment.objects.naming(user).values("founder")
        return Q(founder__tenant__in=tenant_ids, founder__in=founders)


class Capacity(Record):
    """How many founders of a tenant an admin takes when they are shared out, and of which industries."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    tenant = models.ForeignKey("tenancy.Tenant", models.CASCADE, related_name="founder_capacities")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="founder_capacities", verbose_name="admin"
    )
    capacity = models.PositiveIntegerField(
        validators=[MaxValueValidator(LARGEST_CAPACITY)], help_text="How many founders at most."
    )
    industries = models.JSONField(default=list, blank=True, help_text="Only founders of these; empty: of any.")

    reach: ClassVar = {Reach.ORG: "tenant"}
    fixed: ClassVar = ("tenant", "user")

    class Meta:
        verbose_name_plural = "capacities"
        ordering = ["tenant", "user"]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "user"],
                name="capacity_once",
                violation_error_code="duplicate",
                violation_error_message="This admin already has a capacity here.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.capacity}"

    def clean(self) -> None:
        names = self.industries
        if not isinstance(names, list) or len(names) > MOST_INDUSTRIES:
            raise ValidationError({"industries": f"Give a list of at most {MOST_INDUSTRIES} industries."})
        for name in names:
            if not isinstance(name, str) or not 0 < len(name) <= 100 or name != name.strip():
                raise ValidationError({"industries": f"“{str(name)[:40]}” is not the name of an industry."})
        if len({name.casefold() for name in names}) < len(names):
            raise ValidationError({"industries": "An industry is named twice."})


class Tenure(models.Model):
    """A time in which somebody was responsible for a founder, from `since` up to, but without, `until`.

    The services write it along with what it follows from (`services/tenures.py`). The person's key and name are
    copies: a tenure outlives the account.
    """

    founder = models.ForeignKey(Founder, models.CASCADE, related_name="tenures")
    admin_id = models.UUIDField()
    name = models.CharField(max_length=310)
    email = models.EmailField()
    since = models.DateTimeField()
    until = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["since", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["founder", "admin_id"], condition=Q(until=None), name="founder_tenure_open_once"
            ),
            models.CheckConstraint(condition=Q(until=None) | Q(until__gte=F("since")), name="founder_tenure_span"),
        ]
        indexes = [models.Index(fields=["founder", "since"], name="founder_tenure_since")]

    def __str__(self) -> str:
        return f"{self.name} from {self.since}"
