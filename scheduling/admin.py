"""Admin pages of rosters."""

from django.contrib import admin
from django.utils.html import format_html, format_html_join
from unfold.contrib.filters.admin import ChoicesDropdownFilter, RangeDateFilter
from unfold.decorators import display

from assignhub.admin import HubAdmin, HubInline, ReachableFilter
from assignhub.permissions import allows
from scheduling import services
from scheduling.models import (
    Assignment,
    AvailabilityException,
    AvailabilityWindow,
    Employee,
    Policy,
    Qualification,
    Schedule,
    Shift,
    ShiftType,
    Swap,
)
from scheduling.validation import validate

FINDINGS_SHOWN = 50


class AvailabilityWindowInline(HubInline):
    model = AvailabilityWindow
    service = services.availability_windows
    fields = ("weekday", "start_time", "end_time")


class AvailabilityExceptionInline(HubInline):
    model = AvailabilityException
    service = services.availability_exceptions
    fields = ("kind", "first_date", "last_date", "start_time", "end_time", "reason")


@admin.register(Qualification)
class QualificationAdmin(HubAdmin):
    service = services.qualifications
    list_display = ("name", "tenant")
    list_filter = (("tenant", ReachableFilter),)
    search_fields = ("name",)
    fields = ("tenant", "name")
    autocomplete_fields = ("tenant",)


@admin.register(Employee)
class EmployeeAdmin(HubAdmin):
    service = services.employees
    list_display = ("__str__", "email", "job_title", "tenant", "is_active")
    list_filter = ("is_active", ("qualifications", ReachableFilter), ("tenant", ReachableFilter))
    search_fields = ("email", "first_name", "last_name", "job_title")
    fields = ("tenant", "first_name", "last_name", "email", "job_title", "qualifications", "user", "is_active")
    autocomplete_fields = ("tenant", "user", "qualifications")
    inlines = (AvailabilityWindowInline, AvailabilityExceptionInline)


@admin.register(ShiftType)
class ShiftTypeAdmin(HubAdmin):
    service = services.shift_types
    list_display = ("name", "tenant")
    list_filter = (("tenant", ReachableFilter),)
    search_fields = ("name",)
    fields = ("tenant", "name", "required_qualifications")
    autocomplete_fields = ("tenant", "required_qualifications")


@admin.register(Schedule)
class ScheduleAdmin(HubAdmin):
    service = services.schedules
    list_display = ("title", "tenant", "week_start", "week_end", "status")
    list_filter = (("status", ChoicesDropdownFilter), ("tenant", ReachableFilter), ("week_start", RangeDateFilter))
    search_fields = ("title",)
    fields = ("tenant", "title", "week_start", "week_end", "status", "conflicts")
    autocomplete_fields = ("tenant",)
    readonly_fields = ("status", "conflicts")
    actions = ("submit", "approve", "reject", "publish", "archive")

    def get_fields(self, request, obj=None):
        fields = super().get_fields(request, obj)
        shown = obj is not None and allows(request.user, Schedule.permission("validate"), obj)
        return fields if shown else [name for name in fields if name != "conflicts"]

    @admin.display(description="conflicts")
    def conflicts(self, schedule: Schedule) -> str:
        """What `validate` finds, so that damage done elsewhere shows where it is mended."""
        kept = vars(schedule)  # a page asks for a field several times
        findings = kept["findings"] = kept["findings"] if "findings" in kept else validate(schedule)
        lines = [(finding.severity, finding.message) for finding in findings[:FINDINGS_SHOWN]]
        more = f"… and {len(findings) - FINDINGS_SHOWN} more" if len(findings) > FINDINGS_SHOWN else ""
        listed = format_html_join("", "<li>{}: {}</li>", lines)
        return format_html("<ul>{}</ul>{}", listed, more) if lines else "None"

    def has_plan_permission(self, request) -> bool:
        return self.may(request, "submit")

    def has_approve_permission(self, request) -> bool:
        return self.may(request, "approve")

    @admin.action(description="Submit for approval", permissions=["plan"])
    def submit(self, request, queryset):
        self.each(request, queryset, self.service.step, "submit")

    @admin.action(description="Approve", permissions=["approve"])
    def approve(self, request, queryset):
        self.each(request, queryset, self.service.step, "approve")

    @admin.action(description="Reject", permissions=["approve"])
    def reject(self, request, queryset):
        self.each(request, queryset, self.service.step, "reject")

    @admin.action(description="Publish", permissions=["plan"])
    def publish(self, request, queryset):
        self.each(request, queryset, self.service.step, "publish")

    @admin.action(description="Archive", permissions=["plan"])
    def archive(self, request, queryset):
        self.each(request, queryset, self.service.step, "archive")


@admin.register(Policy)
class PolicyAdmin(HubAdmin):
    service = services.policies
    list_display = (
        "tenant",
        "minimum_rest_hours",
        "maximum_daily_hours",
        "maximum_weekly_hours",
        "swaps_need_approval",
    )
    fields = list_display
    autocomplete_fields = ("tenant",)


@admin.register(Shift)
class ShiftAdmin(HubAdmin):
    service = services.shifts
    list_display = ("__str__", "date", "hours", "shift_type", "schedule", "required_staff")
    list_filter = (("schedule", ReachableFilter), ("shift_type", ReachableFilter), ("date", RangeDateFilter))
    search_fields = ("code", "shift_type__name")
    fields = (
        "schedule",
        "shift_type",
        "date",
        "start_time",
        "end_time",
        "required_staff",
        "code",
        "starts_at",
        "ends_at",
    )
    autocomplete_fields = ("schedule", "shift_type")
    date_hierarchy = "date"
    readonly_fields = ("starts_at", "ends_at")


@admin.register(Assignment)
class AssignmentAdmin(HubAdmin):
    service = services.assignments
    list_display = ("employee", "shift_date", "shift_hours", "shift_type", "schedule", "status_badge", "assigned_at")
    list_select_related = ("employee", "shift__shift_type", "schedule")
    list_filter = (
        ("status", ChoicesDropdownFilter),
        ("schedule", ReachableFilter),
        ("employee", ReachableFilter),
        ("shift__date", RangeDateFilter),
    )
    search_fields = ("employee__first_name", "employee__last_name", "employee__email", "shift__code")
    fields = ("schedule", "employee", "shift", "status", "priority", "notes")
    autocomplete_fields = ("schedule", "employee", "shift")
    ordering = ("-id",)

    @admin.display(description="date", ordering="shift__date")
    def shift_date(self, assignment: Assignment):
        return assignment.shift.date

    @admin.display(description="hours")
    def shift_hours(self, assignment: Assignment) -> str:
        return assignment.shift.hours

    @admin.display(description="shift type", ordering="shift__shift_type__name")
    def shift_type(self, assignment: Assignment) -> str:
        return assignment.shift.shift_type.name

    @display(
        description="status",
        ordering="status",
        label={
            "assigned": "info",
            "pending": "warning",
            "confirmed": "success",
            "completed": "success",
            "declined": "danger",
        },
    )
    def status_badge(self, assignment: Assignment) -> str:
        return assignment.status


@admin.register(Swap)
class SwapAdmin(HubAdmin):
    """Offers of shifts; planners approve or reject what has been taken."""

    service = services.swaps
    list_display = ("assignment", "offered_by", "taken_by", "status", "created_at")
    list_select_related = ("assignment__employee", "assignment__shift__shift_type", "offered_by", "taken_by")
    list_filter = (("status", ChoicesDropdownFilter), ("offered_by", ReachableFilter))
    search_fields = ("offered_by__last_name", "offered_by__email", "taken_by__last_name", "taken_by__email")
    fields = readonly_fields = ("assignment", "offered_by", "taken_by", "status", "note", "created_at")
    actions = ("approve", "reject")

    def has_add_permission(self, request, obj=None) -> bool:
        return False

    has_change_permission = has_delete_permission = has_add_permission

    def has_approve_permission(self, request) -> bool:
        return self.may(request, "approve")

    @admin.action(description="Approve", permissions=["approve"])
    def approve(self, request, queryset):
        self.each(request, queryset, services.approve)

    @admin.action(description="Reject", permissions=["approve"])
    def reject(self, request, queryset):
        self.each(request, queryset, services.reject)
