"""Who works when: employees, schedules, shifts and the assignments between them. Source: seed 002 and contract."""

from typing import ClassVar

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from assignhub.errors import Refused, not_found
from assignhub.fields import AddressField
from assignhub.models import Record
from assignhub.permissions import Reach
from scheduling import spans


class Weekday(models.IntegerChoices):
    MONDAY, TUESDAY, WEDNESDAY, THURSDAY, FRIDAY, SATURDAY, SUNDAY = range(7)


class Qualification(Record):
    """Something an employee can, or is allowed to, do; each tenant keeps its own list."""

    tenant = models.ForeignKey("tenancy.Tenant", models.PROTECT, related_name="qualifications")
    name = models.CharField(max_length=100)

    reach: ClassVar = {Reach.ORG: "tenant"}
    fixed: ClassVar = ("tenant",)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "name"],
                name="qualification_once",
                violation_error_code="duplicate",
                violation_error_message="There is already a qualification of this name.",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Employee(Record):
    """Somebody who works shifts of a tenant; may be linked to the account they sign in with."""

    tenant = models.ForeignKey("tenancy.Tenant", models.PROTECT, related_name="employees")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        related_name="employees",
        null=True,
        blank=True,
        help_text="The account that confirms or declines shifts for this employee.",
    )
    email = AddressField("e-mail address")
    first_name = models.CharField(max_length=150)
    last_name = models.CharField(max_length=150, blank=True)
    job_title = models.CharField(max_length=150, blank=True)
    qualifications = models.ManyToManyField(Qualification, related_name="employees", blank=True)
    is_active = models.BooleanField("active", default=True, help_text="Only active employees get new shifts.")

    reach: ClassVar = {Reach.OWN: "user", Reach.ORG: "tenant"}
    fixed: ClassVar = ("tenant",)

    class Meta:
        ordering = ["last_name", "first_name", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "email"],
                name="employee_email_once",
                violation_error_code="duplicate",
                violation_error_message="There is already an employee with this address.",
            ),
            models.UniqueConstraint(
                fields=["tenant", "user"],
                name="employee_user_once",
                violation_error_code="duplicate",
                violation_error_message="This account is already linked to another employee.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()

    def clean(self) -> None:
        if self.user and not self.user.memberships.filter(assignment__tenant=self.tenant_id).exists():
            raise not_found(type(self.user), self.user.pk, field="user")


class AvailabilityWindow(Record):
    """A weekly time at which an employee may work. An end at or before the start means the next day."""

    employee = models.ForeignKey(Employee, models.CASCADE, related_name="availability")
    weekday = models.PositiveSmallIntegerField(choices=Weekday.choices)
    start_time = models.TimeField()
    end_time = models.TimeField(help_text="At or before the start: the next day; 00:00 to 00:00 is the whole day.")

    reach: ClassVar = {Reach.OWN: "employee__user", Reach.ORG: "employee__tenant"}
    fixed: ClassVar = ("employee",)

    class Meta:
        ordering = ["employee", "weekday", "start_time"]
        constraints = [
            models.UniqueConstraint(
                fields=["employee", "weekday", "start_time", "end_time"],
                name="availabilitywindow_once",
                violation_error_code="duplicate",
                violation_error_message="This window is already there.",
            ),
            models.CheckConstraint(condition=Q(weekday__lte=Weekday.SUNDAY), name="availabilitywindow_weekday"),
        ]

    def __str__(self) -> str:
        return f"{self.employee}: {self.get_weekday_display()} {self.start_time:%H:%M} - {self.end_time:%H:%M}"


class AvailabilityException(Record):
    """Days on which an employee is away, or available beyond the weekly pattern. Goes before the pattern."""

    class Kind(models.TextChoices):
        AWAY = "away"
        EXTRA = "extra", "extra hours"

    employee = models.ForeignKey(Employee, models.CASCADE, related_name="availability_exceptions")
    kind = models.CharField(max_length=5, choices=Kind.choices)
    first_date = models.DateField()
    last_date = models.DateField()
    start_time = models.TimeField(null=True, blank=True, help_text="Empty, with an empty end: the whole day.")
    end_time = models.TimeField(null=True, blank=True, help_text="At or before the start: the next day.")
    reason = models.CharField(max_length=200, blank=True)

    reach: ClassVar = {Reach.OWN: "employee__user", Reach.ORG: "employee__tenant"}
    fixed: ClassVar = ("employee",)

    class Meta:
        ordering = ["employee", "first_date"]
        constraints = [
            models.CheckConstraint(
                condition=Q(last_date__gte=F("first_date")),
                name="availabilityexception_dates",
                violation_error_message="The last date is before the first.",
            ),
            models.CheckConstraint(
                condition=Q(start_time=None, end_time=None) | Q(start_time__isnull=False, end_time__isnull=False),
                name="availabilityexception_times",
                violation_error_message="Give both times, or neither for the whole day.",
            ),
            models.CheckConstraint(condition=Q(kind__in=["away", "extra"]), name="availabilityexception_kind"),
        ]

    def __str__(self) -> str:
        return f"{self.employee}: {self.get_kind_display()} {self.first_date} - {self.last_date}"


class ShiftType(Record):
    """A kind of shift, and the qualifications everybody who works it needs."""

    tenant = models.ForeignKey("tenancy.Tenant", models.PROTECT, related_name="shift_types")
    name = models.CharField(max_length=100)
    required_qualifications = models.ManyToManyField(Qualification, related_name="shift_types", blank=True)

    reach: ClassVar = {Reach.ORG: "tenant"}
    fixed: ClassVar = ("tenant",)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "name"],
                name="shifttype_once",
                violation_error_code="duplicate",
                violation_error_message="There is already a shift type of this name.",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Schedule(Record):
    """The plan of a tenant for some days, usually a week."""

    class Status(models.TextChoices):
        DRAFT = "draft"
        PENDING_APPROVAL = "pending_approval"
        APPROVED = "approved"
        PUBLISHED = "published"
        REJECTED = "rejected"
        ARCHIVED = "archived"

    EDITABLE: ClassVar = (Status.DRAFT, Status.REJECTED)

    tenant = models.ForeignKey("tenancy.Tenant", models.PROTECT, related_name="schedules")
    title = models.CharField(max_length=200)
    week_start = models.DateField()
    week_end = models.DateField()
    status = models.CharField(max_length=20, choices=Status.choices, default=Status.DRAFT)

    reach: ClassVar = {Reach.ORG: "tenant"}
    fixed: ClassVar = ("tenant",)

    class Meta:
        ordering = ["-week_start", "title"]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "title", "week_start"],
                name="schedule_once",
                violation_error_code="duplicate",
                violation_error_message="There is already a schedule of this title for this week.",
            ),
            models.CheckConstraint(
                condition=Q(week_end__gte=F("week_start")),
                name="schedule_dates",
                violation_error_message="The week ends before it starts.",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["draft", "pending_approval", "approved", "published", "rejected", "archived"]),
                name="schedule_status",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_editable(self) -> bool:
        return self.status in self.EDITABLE

    def require_editable(self) -> None:
        """Raise `Refused` (400) unless the schedule is a draft or was rejected."""
        if not self.is_editable:
            text = f"Schedule with ID {self.pk} is {self.get_status_display().lower()} and cannot be edited"
            raise Refused(text, "not_editable", field="schedule", about={"schedule_id": self.pk})

    def clean(self) -> None:
        if self.pk and self.week_start and self.week_end:
            outside = self.shifts.exclude(date__range=(self.week_start, self.week_end)).order_by("date").first()
            if outside is not None:
                raise Refused(f"{outside} on {outside.date} would lie outside the week.", "outside_week")


class Shift(Record):
    """Work to be done on a day, in the tenant's time zone. `starts_at` and `ends_at` are the real span in UTC."""

    schedule = models.ForeignKey(Schedule, models.CASCADE, related_name="shifts")
    code = models.CharField(max_length=100, blank=True, help_text="Names the shift within its schedule, for imports.")
    date = models.DateField()
    start_time = models.TimeField()
    end_time = models.TimeField(help_text="At or before the start: the next day.")
    shift_type = models.ForeignKey(ShiftType, models.PROTECT, related_name="shifts")
    required_staff = models.PositiveSmallIntegerField(default=1, validators=[MaxValueValidator(1000)])
    starts_at = models.DateTimeField("starts at (UTC)", blank=True, editable=False)
    ends_at = models.DateTimeField("ends at (UTC)", blank=True, editable=False)

    reach: ClassVar = {Reach.ORG: "schedule__tenant"}
    fixed: ClassVar = ("schedule",)

    class Meta:
        ordering = ["date", "start_time", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["schedule", "code"],
                condition=~Q(code=""),
                name="shift_code_once",
                violation_error_code="duplicate",
                violation_error_message="There is already a shift of this code in the schedule.",
            ),
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")),
                name="shift_span",
                violation_error_message="The clocks skip the whole of this shift on that day.",
            ),
        ]
        indexes = [models.Index(fields=["date"], name="shift_date")]

    def __str__(self) -> str:
        return self.code or f"{self.shift_type} {self.date}"

    @property
    def hours(self) -> str:
        return f"{self.start_time:%H:%M} - {self.end_time:%H:%M}"

    def set_span(self) -> None:
        """Work out the real span from date and times; a shift whose schedule or times are missing keeps what it has."""
        if self.date and self.start_time is not None and self.end_time is not None:
            zone = self.schedule.tenant.zone
            self.starts_at, self.ends_at = spans.span(self.date, self.start_time, self.end_time, zone)

    def clean(self) -> None:
        if not self.schedule_id:
            return
        self.set_span()
        if self.date and not self.schedule.week_start <= self.date <= self.schedule.week_end:
            week = f"{self.schedule.week_start} to {self.schedule.week_end}"
            raise ValidationError({"date": f"{self.date} is outside the schedule's week, {week}."}, code="outside_week")


class Assignment(Record):
    """An employee on a shift. Carries the shift's real span, so that the database itself can refuse overlaps."""

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

    schedule = models.ForeignKey(Schedule, models.CASCADE, related_name="assignments")
    employee = models.ForeignKey(Employee, models.RESTRICT, related_name="assignments")
    shift = models.ForeignKey(Shift, models.RESTRICT, related_name="assignments")
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.ASSIGNED)
    priority = models.PositiveSmallIntegerField(default=1, validators=[MinValueValidator(1), MaxValueValidator(100)])
    notes = models.TextField(max_length=2000, blank=True)
    assigned_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, related_name="+", null=True, blank=True, editable=False
    )
    assigned_at = models.DateTimeField(default=timezone.now, editable=False)
    conflicts_resolved = models.BooleanField(
        default=True, editable=False, help_text="False: put in place without asking for qualification and availability."
    )
    auto_assigned = models.BooleanField(default=False, editable=False)
    starts_at = models.DateTimeField(editable=False)
    ends_at = models.DateTimeField(editable=False)

    reach: ClassVar = {Reach.OWN: "employee__user", Reach.ORG: "schedule__tenant"}
    fixed: ClassVar = ("schedule",)

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
            models.Index(fields=["status", "-id"], name="assignment_status_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.employee} on {self.shift}"

    @property
    def is_active(self) -> bool:
        return self.status in self.ACTIVE

    @property
    def is_confirmed(self) -> bool:
        return self.status == self.Status.CONFIRMED

    @property
    def needs_confirmation(self) -> bool:
        return self.status in self.UNCONFIRMED
