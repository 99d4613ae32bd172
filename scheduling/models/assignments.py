"""Who does what: employees on shifts."""

from typing import ClassVar

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone

from assignhub.fields import Derived
from assignhub.models import Record
from assignhub.permissions import Reach
from scheduling.models.people import Employee
from scheduling.models.planning import Schedule, Shift


class Assignment(Record):
    """An employee on a shift.

    Carries the shift's real span, so that the database itself can refuse overlaps, and its tenant and date, so that
    every documented filter of a tenant's list finds its rows by an index of this table alone.
    """

    class Status(models.TextChoices):
        ASSIGNED = "assigned"
        PENDING = "pending"
        CONFIRMED = "confirmed"
        DECLINED = "declined"
        CANCELLED = "cancelled"
        COMPLETED = "completed"

    # Declined and cancelled free the place.
    ACTIVE: ClassVar = (Status.ASSIGNED, Status.PENDING, Status.CONFIRMED, Status.COMPLETED)
    UNCONFIRMED: ClassVar = (Status.ASSIGNED, Status.PENDING)

    # A copy of the shift's, which is fixed: a shift stays where its schedule is.
    schedule = models.ForeignKey(
        Schedule, models.CASCADE, related_name="assignments", db_index=False, db_constraint=False
    )
    employee = models.ForeignKey(Employee, models.RESTRICT, related_name="assignments", db_index=False)
    shift = models.ForeignKey(Shift, models.RESTRICT, related_name="assignments")
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.ASSIGNED)
    priority = models.PositiveSmallIntegerField(default=1, validators=[MinValueValidator(1), MaxValueValidator(100)])
    notes = models.TextField(max_length=2000, blank=True)
    # As in the trail, a key that outlives the account: a planner who leaves may have assigned a hundred thousand.
    assigned_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.DO_NOTHING,
        related_name="+",
        null=True,
        blank=True,
        editable=False,
        db_index=False,
        db_constraint=False,
    )
    assigned_at = models.DateTimeField(default=timezone.now, editable=False)
    conflicts_resolved = models.BooleanField(
        default=True, editable=False, help_text="False: put in place without asking for qualification and availability."
    )
    auto_assigned = models.BooleanField(default=False, editable=False)
    decline_reason = models.CharField(max_length=500, blank=True, editable=False)
    sequence = models.PositiveIntegerField(
        default=0, editable=False, help_text="Rises with every change a calendar must hear of (RFC 5545, 3.8.7.4)."
    )
    # A copy of the schedule's, which is fixed: what keeps a tenant from being deleted is the schedule.
    tenant = models.ForeignKey(
        "tenancy.Tenant", models.DO_NOTHING, related_name="+", editable=False, db_index=False, db_constraint=False
    )
    date = models.DateField(editable=False)
    starts_at = models.DateTimeField(editable=False)
    ends_at = models.DateTimeField(editable=False)

    is_active = Derived(lambda status: status in Assignment.ACTIVE, "status")
    is_confirmed = Derived(lambda status: status == Assignment.Status.CONFIRMED, "status")
    needs_confirmation = Derived(lambda status: status in Assignment.UNCONFIRMED, "status")

    reach: ClassVar = {Reach.OWN: "employee__user", Reach.ORG: "tenant"}
    fixed: ClassVar = ("schedule",)
    copied: ClassVar = ("tenant", "date", "starts_at", "ends_at")

    class Meta:
        verbose_name_plural = "shift assignments"
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["employee", "shift"],
                condition=Q(status__in=["assigned", "pending", "confirmed", "completed"]),
                name="assignment_active_once",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["assigned", "pending", "confirmed", "declined", "cancelled", "completed"]),
                name="assignment_status",
            ),
        ]
        indexes = [
            models.Index(fields=["employee", "starts_at"], name="assignment_employee_start"),
            models.Index(fields=["schedule", "-id"], name="assignment_schedule_newest"),
            models.Index(fields=["tenant", "-id"], name="assignment_newest"),
            models.Index(fields=["tenant", "date", "-id"], name="assignment_tenant_date"),
            models.Index(fields=["status", "tenant", "-id"], name="assignment_status_tenant"),
        ]

    def __str__(self) -> str:
        return f"{self.employee} on {self.shift}"

    def stand_on(self, shift: Shift) -> None:
        """Take the shift's date and span along with the shift."""
        self.shift, self.date = shift, shift.date
        self.starts_at, self.ends_at = shift.starts_at, shift.ends_at

    def validate_constraints(self, exclude=None) -> None:
        """Leave it to the rules to say what stands in the way: they name it, a form's own check would not."""


class Swap(Record):
    """An employee offers a shift of theirs; somebody takes it; a planner approves, if the tenant asks for that."""

    class Status(models.TextChoices):
        OFFERED = "offered"
        TAKEN = "taken", "taken, to be approved"
        APPROVED = "approved"
        REJECTED = "rejected"
        WITHDRAWN = "withdrawn"

    OPEN: ClassVar = (Status.OFFERED, Status.TAKEN)

    assignment = models.ForeignKey(Assignment, models.CASCADE, related_name="swaps")
    offered_by = models.ForeignKey(Employee, models.CASCADE, related_name="swaps_offered")
    taken_by = models.ForeignKey(Employee, models.CASCADE, related_name="swaps_taken", null=True, blank=True)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.OFFERED)
    note = models.CharField(max_length=500, blank=True)

    reach: ClassVar = {Reach.OWN: "offered_by__user", Reach.ORG: "assignment__tenant"}
    fixed: ClassVar = ("assignment", "offered_by")

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["assignment"],
                condition=Q(status__in=["offered", "taken"]),
                name="swap_open_once",
                violation_error_code="duplicate",
                violation_error_message="This shift is already offered.",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["offered", "taken", "approved", "rejected", "withdrawn"]), name="swap_status"
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["taken", "approved"]) | Q(taken_by__isnull=False), name="swap_taken_by"
            ),
        ]
        indexes = [models.Index(fields=["status", "-id"], name="swap_status_newest")]

    def __str__(self) -> str:
        return f"swap of {self.assignment}"


class CalendarFeed(Record):
    """The secret address of an employee's calendar; only a digest of the secret is kept.

    It is good for as long as the one who opened it is the employee: an account that leaves takes it along.
    """

    employee = models.OneToOneField(Employee, models.CASCADE, related_name="calendar_feed")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="calendar_feeds")
    token_digest = models.CharField(max_length=64, unique=True, editable=False)

    reach: ClassVar = {Reach.OWN: "employee__user", Reach.ORG: "employee__tenant"}
    fixed: ClassVar = ("employee",)
    secret: ClassVar = ("token_digest",)

    def __str__(self) -> str:
        return f"calendar of {self.employee}"
