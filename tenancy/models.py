"""People, organisations, roles: which role holds in which organisation, and who holds it. Source: seed 001."""

import uuid
import zoneinfo
from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from assignhub.errors import Refused
from assignhub.fields import AddressField, WebAddressField
from assignhub.models import HubQuerySet, Record
from assignhub.permissions import NO, OPERATOR, TENANT_RANKS, Rank, Reach, reach

# What each request asks of a membership.
HELD = (
    "assignment__tenant_id",
    "assignment__role__type",
    "assignment__removed_at",
    "assignment__tenant__requires_second_factor",
)


class UserQuerySet(HubQuerySet):
    def first_with_roles(self) -> "User | None":
        """The user of a query that is about one user, with all that each request asks, in one query.

        `roles`, `has_second_factor` and `lacks_second_factor` are filled; None if there is no such user.
        """
        columns = {f"held_{place}": F(f"memberships__{name}") for place, name in enumerate(HELD)}
        found: list[Any] = list(self.annotate(second_factor_since=F("second_factor__created_at"), **columns))
        if not found:
            return None
        held = ([getattr(row, name) for name in columns] for row in found)
        return found[0].knowing(held, has_second_factor=found[0].second_factor_since is not None)


class UserManager(BaseUserManager.from_queryset(UserQuerySet)):  # type: ignore[misc]
    """Also serves Django's `createsuperuser`, whose writes go the way of all others."""

    def create_user(self, email: str, password: str | None = None, *, by=OPERATOR, **fields: Any) -> "User":
        from tenancy import services

        return services.users.create(by=by, email=email, password=password, **fields)

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)


class User(AbstractBaseUser, Record):
    """A person. The e-mail address is the login, unique without regard to case."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    email = AddressField("e-mail address", unique=True, error_messages={"unique": "This address is already taken."})
    first_name = models.CharField(max_length=150, blank=True)
    last_name = models.CharField(max_length=150, blank=True)
    avatar_url = WebAddressField("avatar URL", max_length=500, blank=True)
    is_active = models.BooleanField(
        "active", default=True, help_text="Whoever is not active cannot sign in, and access ends with the next request."
    )
    is_staff = models.BooleanField("staff", default=False, help_text="May use this admin, as far as a role allows.")
    is_superuser = models.BooleanField(
        "super admin", default=False, help_text="Rules the whole platform, whatever roles the tenants give."
    )

    objects: ClassVar = UserManager()

    USERNAME_FIELD = "email"
    reach: ClassVar[dict[Reach, str]] = {Reach.OWN: "pk", Reach.ORG: "memberships__assignment__tenant"}
    secret: ClassVar = ("password", "last_login")

    class Meta:
        ordering = ["email"]
        indexes = [models.Index(fields=["-created_at", "-id"], name="user_newest")]

    def __str__(self) -> str:
        return self.get_full_name() or self.email

    def get_full_name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()

    def get_short_name(self) -> str:
        return self.first_name or self.email

    @cached_property
    def roles(self) -> dict[uuid.UUID, Rank]:
        """The highest rank this person holds in each tenant, from live assignments only."""
        held = Membership.objects.filter(user=self, assignment__removed_at=None)
        return highest(held.values_list("assignment__tenant_id", "assignment__role__type"))

    @cached_property
    def has_second_factor(self) -> bool:
        return SecondFactor.objects.filter(user=self).exists()

    @cached_property
    def lacks_second_factor(self) -> bool:
        """Whether this person is of the staff of a tenant that requires a second factor, and has none."""
        held = Membership.objects.filter(user=self, assignment__removed_at=None)
        strictly = self.is_staff and held.filter(assignment__tenant__requires_second_factor=True).exists()
        return strictly and not self.has_second_factor

    def knowing(self, held: Iterable[Sequence[Any]], *, has_second_factor: bool) -> "User":
        """This person with all that each request asks, from what memberships say (`HELD`): nothing is read any more."""
        in_force = [(tenant, role, strict) for tenant, role, removed_at, strict in held if tenant and not removed_at]
        self.roles = highest((tenant, role) for tenant, role, _ in in_force)
        self.has_second_factor = has_second_factor
        self.lacks_second_factor = self.is_staff and not has_second_factor and any(row[-1] for row in in_force)
        return self

    def has_perm(self, perm: str, obj: models.Model | None = None) -> bool:
        """Answer Django's question (`app.verb_model`) from the table of grants."""
        app, _, codename = perm.partition(".")
        verb, _, model = codename.partition("_")
        try:
            return reach(self, f"{app}.{model}.{verb}") != NO
        except KeyError:
            return False

    def has_module_perms(self, app_label: str) -> bool:
        return self.is_active and (self.is_superuser or bool(self.roles))


def highest(pairs) -> dict[uuid.UUID, Rank]:
    """(tenant key, role type) pairs → the highest rank per tenant."""
    ranks: dict[uuid.UUID, Rank] = {}
    for tenant_id, role_type in pairs:
        ranks[tenant_id] = max(Rank.of(role_type), ranks.get(tenant_id, Rank.VIEWER))
    return ranks


def validate_time_zone(name: str) -> None:
    if name not in zoneinfo.available_timezones():
        raise ValidationError(f"“{name}” is not an IANA time zone; write for example “Europe/Berlin”.", code="invalid")


class Tenant(Record):
    """An organisation. Its clocks show the time of its IANA time zone."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=200)
    time_zone = models.CharField(
        max_length=64, default="UTC", validators=[validate_time_zone], help_text="IANA name, for example Europe/Berlin."
    )
    requires_second_factor = models.BooleanField(
        default=False,
        help_text="Staff with a role here must set up a second factor before they can do anything else.",
    )

    reach: ClassVar = {Reach.ORG: "pk"}

    class Meta:
        ordering = ["name", "id"]

    def __str__(self) -> str:
        return self.name

    @property
    def zone(self) -> zoneinfo.ZoneInfo:
        return zoneinfo.ZoneInfo(self.time_zone)


class Role(Record):
    """A name of the organisation's own choosing for one of four types. Without a tenant it is shared by all."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    tenant = models.ForeignKey(
        Tenant,
        models.CASCADE,
        related_name="roles",
        null=True,
        blank=True,
        help_text="Empty: a role of the platform, which every tenant may put into force.",
    )
    name = models.CharField(max_length=100)
    type = models.CharField(max_length=10, choices=TENANT_RANKS)

    reach: ClassVar = {Reach.ORG: "tenant"}
    shared: ClassVar = Q(tenant=None)
    fixed: ClassVar = ("tenant",)

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "name"],
                name="role_name_once",
                violation_error_code="duplicate",
                violation_error_message="There is already a role of this name.",
            ),
            models.UniqueConstraint(
                fields=["name"],
                condition=Q(tenant=None),
                name="role_shared_name_once",
                violation_error_code="duplicate",
                violation_error_message="There is already a role of this name.",
            ),
            models.CheckConstraint(
                condition=Q(type__in=[name for name, _ in TENANT_RANKS]),
                name="role_type_known",
                violation_error_message="The type is one of viewer, member, admin, owner.",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def rank(self) -> Rank:
        return Rank.of(self.type)


class Assignment(Record):
    """A role put into force in a tenant; live while `removed_at` is empty."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    role = models.ForeignKey(Role, models.RESTRICT, related_name="assignments")
    tenant = models.ForeignKey(Tenant, models.CASCADE, related_name="assignments")
    removed_at = models.DateTimeField(null=True, blank=True)

    reach: ClassVar = {Reach.ORG: "tenant"}
    fixed: ClassVar = ("tenant",)

    class Meta:
        verbose_name = "role assignment"
        ordering = ["-created_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["role", "tenant"],
                condition=Q(removed_at=None),
                name="assignment_live_once",
                violation_error_code="duplicate",
                violation_error_message="This role is already in force in this tenant.",
            ),
        ]
        indexes = [models.Index(fields=["tenant", "-created_at"], name="assignment_tenant_newest")]

    def __str__(self) -> str:
        return f"{self.role} in {self.tenant}"


class Membership(Record):
    """A person holding a role that is in force in a tenant."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(User, models.CASCADE, related_name="memberships")
    assignment = models.ForeignKey(Assignment, models.CASCADE, related_name="memberships")

    reach: ClassVar = {Reach.ORG: "assignment__tenant"}
    fixed: ClassVar = ("user",)

    class Meta:
        ordering = ["-created_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "assignment"],
                name="membership_once",
                violation_error_code="duplicate",
                violation_error_message="This person already holds this role.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.assignment}"

    def clean(self) -> None:
        if self.assignment_id and self.assignment.removed_at:
            text = f"The role {self.assignment.role} is no longer in force in {self.assignment.tenant}."
            raise Refused(text, "conflict", field="assignment", about={"assignment_id": self.assignment_id})


class SignIn(Record):
    """One sign-in: a browser's session in the admin, or the family of API tokens that began with a password.

    It begins once everything was proved, the second factor included; ending it ends the session, or all its tokens,
    with the next request. `refresh_id` names the one refresh token that may still be used; `password_stamp` ties the
    sign-in to the password it was made with, so that a new password ends it whichever way it was set.
    """

    class Kind(models.TextChoices):
        BROWSER = "browser", "Browser"
        TOKEN = "token", "API"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(User, models.CASCADE, related_name="sign_ins")
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.TOKEN)
    refresh_id = models.CharField(max_length=64, blank=True)
    password_stamp = models.CharField(max_length=64)
    expires_at = models.DateTimeField(db_index=True)
    last_used_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True)
    address = models.CharField(max_length=64, blank=True)
    user_agent = models.CharField(max_length=200, blank=True)

    reach: ClassVar = {Reach.OWN: "user"}
    secret: ClassVar = ("refresh_id", "password_stamp", "last_used_at")

    class Meta:
        ordering = ["-created_at"]
        verbose_name = "sign-in"
        constraints = [models.CheckConstraint(condition=Q(kind__in=["browser", "token"]), name="signin_kind_known")]

    def __str__(self) -> str:
        return f"sign-in of {self.user} at {self.created_at:%Y-%m-%d %H:%M}"


class SecondFactor(Record):
    """What a person has beside the password: an authenticator app that shares a secret with us (TOTP, RFC 6238).

    There is a row once a first code has proved that the app has the secret. `sealed` is the secret
    (`assignhub/sealing.py`), `last_step` the half minute whose code was used last, `recovery_codes` hashes of the
    codes that are left.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.OneToOneField(User, models.CASCADE, related_name="second_factor")
    sealed = models.TextField()
    last_step = models.BigIntegerField(default=-1)
    recovery_codes = models.JSONField(default=list, blank=True)

    reach: ClassVar = {Reach.OWN: "user"}
    fixed: ClassVar = ("user",)
    secret: ClassVar = ("sealed", "last_step", "recovery_codes")

    def __str__(self) -> str:
        return f"second factor of {self.user}"
