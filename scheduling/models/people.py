"""Who works: employees, what they can do and when they may."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from assignhub.errors import not_found
from assignhub.fields import AddressField
from assignhub.models import Record
from assignhub.permissions import Reach


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
        if self.user is None or self.user.memberships.filter(assignment__tenant=self.tenant_id).exists():
            return
        # Somebody who has left the tenant may stay linked: what else changes is not about them.
        if not Employee.objects.filter(pk=self.pk, user=self.user).exists():
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
