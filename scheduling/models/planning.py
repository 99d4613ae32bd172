"""What is to be done: shift types, schedules and their shifts."""

from datetime import date, time
from typing import ClassVar

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q

from assignhub.errors import Refused
from assignhub.fields import Derived
from assignhub.models import Record
from assignhub.permissions import Reach
from scheduling import spans
from scheduling.models.people import Qualification

# Days on which clocks and neighbouring days can be worked out everywhere.
EARLIEST, LATEST = date(1900, 1, 1), date(2999, 12, 31)


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
        for name in ("week_start", "week_end"):
            day = getattr(self, name)
            if isinstance(day, date) and not EARLIEST <= day <= LATEST:
                raise ValidationError({name: f"{day} is not between {EARLIEST} and {LATEST}."})
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

    hours = Derived(lambda start, end: f"{start:%H:%M} - {end:%H:%M}", "start_time", "end_time")

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

    def set_span(self) -> None:
        """Work out the real span from date and times; a shift where one is missing or malformed keeps what it has.

        Raises `Refused` (400) when nothing is left of it because the clocks skip that hour.
        """
        if not isinstance(self.date, date) or not all(isinstance(at, time) for at in (self.start_time, self.end_time)):
            return
        tenant = self.schedule.tenant
        starts_at, ends_at = spans.span(self.date, self.start_time, self.end_time, tenant.zone)
        if starts_at >= ends_at:
            text = f"On {self.date} the clocks of {tenant.time_zone} skip the whole of {self.hours}."
            about = {"shift_id": self.pk} if self.pk else {}
            raise Refused(text, "skipped_by_the_clocks", field="start_time", about=about)
        self.starts_at, self.ends_at = starts_at, ends_at

    def clean(self) -> None:
        if not self.schedule_id or not isinstance(self.date, date):
            return
        if not self.schedule.week_start <= self.date <= self.schedule.week_end:
            week = f"{self.schedule.week_start} to {self.schedule.week_end}"
            raise ValidationError({"date": f"{self.date} is outside the schedule's week, {week}."})
        self.set_span()


class Policy(Record):
    """A tenant's limits of working time, and how swaps are handled. Tenants without a row have the defaults."""

    tenant = models.OneToOneField("tenancy.Tenant", models.CASCADE, related_name="scheduling_policy")
    minimum_rest_hours = models.PositiveSmallIntegerField(default=11, validators=[MaxValueValidator(48)])
    maximum_daily_hours = models.PositiveSmallIntegerField(
        default=12, validators=[MinValueValidator(1), MaxValueValidator(24)]
    )
    maximum_weekly_hours = models.PositiveSmallIntegerField(
        default=40, validators=[MinValueValidator(1), MaxValueValidator(168)]
    )
    swaps_need_approval = models.BooleanField(
        default=True, help_text="A planner has to agree before shifts change hands."
    )

    reach: ClassVar = {Reach.ORG: "tenant"}
    fixed: ClassVar = ("tenant",)

    class Meta:
        verbose_name_plural = "policies"

    def __str__(self) -> str:
        return f"policy of {self.tenant}"

    @classmethod
    def of(cls, tenant) -> "Policy":
        """The tenant's policy, or the defaults."""
        return cls.objects.filter(tenant=tenant).first() or cls(tenant=tenant)
