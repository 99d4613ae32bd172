"""Admin pages of rosters."""

from django.contrib import admin
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from unfold.contrib.filters.admin import ChoicesDropdownFilter, RangeDateFilter
from unfold.decorators import display

from assignhub.admin import (
    ActionForm,
    HubAdmin,
    HubInline,
    PresenceFilter,
    ReachableChoice,
    ReachableFilter,
    YesNoFilter,
    confirmed_action,
)
from assignhub.permissions import allows
from scheduling import imports, services
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
from scheduling.roster_pages import RosterPages
from scheduling.validation import validate

FINDINGS_SHOWN = 50

# Colours of badges; the words beside them say the same.
SCHEDULE_COLOURS = {
    "draft": "info",
    "pending_approval": "warning",
    "approved": "primary",
    "published": "success",
    "rejected": "danger",
}
ASSIGNMENT_COLOURS = {
    "assigned": "info",
    "pending": "warning",
    "confirmed": "success",
    "completed": "success",
    "declined": "danger",
}
SWAP_COLOURS = {"offered": "info", "taken": "warning", "approved": "success", "rejected": "danger"}


class AvailabilityWindowInline(HubInline):
    model = AvailabilityWindow
    service = services.availability_windows
    fields = ("weekday", "start_time", "end_time")
    tab = True


class AvailabilityExceptionInline(HubInline):
    model = AvailabilityException
    service = services.availability_exceptions
    fields = ("kind", "first_date", "last_date", "start_time", "end_time", "reason")
    tab = True


@admin.register(Qualification)
class QualificationAdmin(HubAdmin):
    service = services.qualifications
    list_display = ("name", "tenant")
    list_filter = (("tenant", ReachableFilter),)
    search_fields = ("name",)
    fields = ("tenant", "name")
    autocomplete_fields = ("tenant",)
    related_lists = (("Employees who have it", "scheduling.Employee", "qualifications"),)


@admin.register(Employee)
class EmployeeAdmin(HubAdmin):
    service = services.employees
    sheet = imports.Employees
    list_display = ("name", "email", "job_title", "tenant", "active_badge")
    list_filter = (
        YesNoFilter.of("is_active", "active", yes="Active", no="Not active"),
        PresenceFilter.of("user", "account", yes="Linked to an account", no="Without an account"),
        ("qualifications", ReachableFilter),
        ("tenant", ReachableFilter),
    )
    search_fields = ("email", "first_name", "last_name", "job_title")
    search_help_text = "Name, e-mail address or job title"
    fieldsets = (
        (None, {"fields": ("tenant", ("first_name", "last_name"), "email", "job_title", "is_active")}),
        ("Work", {"fields": ("qualifications",)}),
        ("Account", {"fields": ("user",)}),
    )
    autocomplete_fields = ("tenant", "user", "qualifications")
    inlines = (AvailabilityWindowInline, AvailabilityExceptionInline)
    related_lists = (
        ("Shifts of this employee", "scheduling.Assignment", "employee"),
        ("Swaps they offered", "scheduling.Swap", "offered_by"),
    )
    actions = ("deactivate", "activate")

    def links(self, request, row):
        account = row.user
        found = super().links(request, row)
        if account is not None and allows(request.user, account.permission("view"), account):
            found.append(("Their account", reverse("admin:tenancy_user_change", args=[account.pk])))
        return found

    @admin.display(description="name", ordering="last_name")
    def name(self, employee: Employee) -> str:
        return str(employee)

    @display(description="status", ordering="is_active", label={"active": "success", "not active": "warning"})
    def active_badge(self, employee: Employee) -> str:
        return "active" if employee.is_active else "not active"

    @confirmed_action("Deactivate", permissions=["change"], help_text="They get no new shifts; those they have stay.")
    def deactivate(self, request, employee: Employee):
        self.service.update(employee, by=request.user, is_active=False)

    @confirmed_action("Activate", permissions=["change"])
    def activate(self, request, employee: Employee):
        self.service.update(employee, by=request.user, is_active=True)


@admin.register(ShiftType)
class ShiftTypeAdmin(HubAdmin):
    service = services.shift_types
    sheet = imports.ShiftTypes
    list_display = ("name", "tenant")
    list_filter = (("tenant", ReachableFilter),)
    search_fields = ("name",)
    fields = ("tenant", "name", "required_qualifications")
    autocomplete_fields = ("tenant", "required_qualifications")
    related_lists = (("Shifts of this type", "scheduling.Shift", "shift_type"),)


@admin.register(Schedule)
class ScheduleAdmin(RosterPages, HubAdmin):
    service = services.schedules
    sheet = imports.Schedules
    list_display = ("title", "tenant", "week_start", "week_end", "status_badge")
    list_filter = (("status", ChoicesDropdownFilter), ("tenant", ReachableFilter), ("week_start", RangeDateFilter))
    search_fields = ("title",)
    search_help_text = "Title"
    date_hierarchy = "week_start"
    fields = ("tenant", "title", ("week_start", "week_end"), "status", "conflicts")
    autocomplete_fields = ("tenant",)
    readonly_fields = ("status", "conflicts")
    actions = ("validate", "submit", "approve", "reject", "publish", "archive")
    related_lists = (
        ("Shifts of this schedule", "scheduling.Shift", "schedule"),
        ("Who works them", "scheduling.Assignment", "schedule"),
    )

    @display(description="status", ordering="status", label=SCHEDULE_COLOURS)
    def status_badge(self, schedule: Schedule):
        return schedule.status, schedule.get_status_display()

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

    def has_validate_permission(self, request) -> bool:
        return self.may(request, "validate")

    @confirmed_action("Look for conflicts", permissions=["validate"], asks=False)
    def validate(self, request, schedule: Schedule) -> str:
        services.require_planner(request.user, "validate", schedule)
        findings = validate(schedule)
        lines = [f"{finding.severity}: {finding.message}" for finding in findings[:FINDINGS_SHOWN]]
        if len(findings) > FINDINGS_SHOWN:
            lines.append(f"… and {len(findings) - FINDINGS_SHOWN} more")
        return "\n".join(lines) or "No conflicts"

    @confirmed_action(
        "Submit for approval", permissions=["plan"], help_text="Until an owner decides, the schedule cannot be changed."
    )
    def submit(self, request, schedule: Schedule):
        self.service.step(schedule, "submit", by=request.user)

    @confirmed_action("Approve", permissions=["approve"])
    def approve(self, request, schedule: Schedule):
        self.service.step(schedule, "approve", by=request.user)

    @confirmed_action("Reject", permissions=["approve"], help_text="The planners may change it and submit it again.")
    def reject(self, request, schedule: Schedule):
        self.service.step(schedule, "reject", by=request.user)

    @confirmed_action(
        "Publish", permissions=["plan"], help_text="Everybody who has a shift in it is told. It cannot be taken back."
    )
    def publish(self, request, schedule: Schedule):
        self.service.step(schedule, "publish", by=request.user)

    @confirmed_action("Archive", permissions=["plan"])
    def archive(self, request, schedule: Schedule):
        self.service.step(schedule, "archive", by=request.user)


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
    list_filter = (("tenant", ReachableFilter),)
    fieldsets = (
        (None, {"fields": ("tenant",)}),
        ("Working time", {"fields": ("minimum_rest_hours", "maximum_daily_hours", "maximum_weekly_hours")}),
        ("Swaps", {"fields": ("swaps_need_approval",)}),
    )
    autocomplete_fields = ("tenant",)


@admin.register(Shift)
class ShiftAdmin(HubAdmin):
    service = services.shifts
    sheet = imports.Shifts
    list_display = ("name", "date", "hours", "shift_type", "schedule", "required_staff")
    list_select_related = ("shift_type", "schedule")
    list_filter = (("schedule", ReachableFilter), ("shift_type", ReachableFilter), ("date", RangeDateFilter))
    search_fields = ("code", "shift_type__name")
    search_help_text = "Code or shift type"
    fieldsets = (
        (None, {"fields": ("schedule", "shift_type", "code", "required_staff")}),
        ("When", {"fields": ("date", ("start_time", "end_time"), ("starts_at", "ends_at"))}),
    )
    autocomplete_fields = ("schedule", "shift_type")
    date_hierarchy = "date"
    readonly_fields = ("starts_at", "ends_at")
    related_lists = (("Who works this shift", "scheduling.Assignment", "shift"),)

    @admin.display(description="shift", ordering="code")
    def name(self, shift: Shift) -> str:
        return str(shift)


class HandOverForm(ActionForm):
    employee = ReachableChoice(
        Assignment._meta.get_field("employee"), label="To whom", help_text="The rules judge them as if newly assigned."
    )


@admin.register(Assignment)
class AssignmentAdmin(HubAdmin):
    service = services.assignments
    sheet = imports.Assignments
    list_display = ("employee", "shift_date", "shift_hours", "shift_type", "schedule", "status_badge", "assigned_at")
    # The moment of assigning is all but the order of ids, which the list begins with.
    sortable_by = ("employee", "shift_date", "shift_type", "schedule", "status_badge")
    list_select_related = ("employee", "shift__shift_type", "schedule")
    list_filter = (
        ("status", ChoicesDropdownFilter),
        ("schedule", ReachableFilter),
        ("employee", ReachableFilter),
        ("shift", ReachableFilter),
        ("shift__date", RangeDateFilter),
    )
    search_fields = ("notes",)
    search_related = {"employee": ("first_name", "last_name", "email"), "shift": ("code",)}
    search_help_text = "Employee's name or e-mail address, the shift's code, or a word of the notes"
    fieldsets = (
        (None, {"fields": ("schedule", "employee", "shift", "status")}),
        ("Details", {"fields": ("priority", "notes")}),
    )
    autocomplete_fields = ("schedule", "employee", "shift")
    related_lists = (("Swaps of this shift", "scheduling.Swap", "assignment"),)
    actions = ("cancel", "complete", "hand_over")
    ordering = ("-id",)

    @admin.display(description="date", ordering="date")
    def shift_date(self, assignment: Assignment):
        return assignment.date

    @admin.display(description="hours")
    def shift_hours(self, assignment: Assignment) -> str:
        return assignment.shift.hours

    @admin.display(description="shift type", ordering="shift__shift_type__name")
    def shift_type(self, assignment: Assignment) -> str:
        return assignment.shift.shift_type.name

    @display(description="status", ordering="status", label=ASSIGNMENT_COLOURS)
    def status_badge(self, assignment: Assignment):
        return assignment.status, assignment.get_status_display()

    @confirmed_action(
        "Cancel assignments",
        permissions=["change"],
        grave=True,
        help_text="The places become free; offers of them are withdrawn.",
    )
    def cancel(self, request, assignment: Assignment):
        self.service.update(assignment, by=request.user, status=Assignment.Status.CANCELLED)

    @confirmed_action("Mark as completed", permissions=["change"])
    def complete(self, request, assignment: Assignment):
        self.service.update(assignment, by=request.user, status=Assignment.Status.COMPLETED)

    @confirmed_action("Hand over", permissions=["change"], form=HandOverForm)
    def hand_over(self, request, assignment: Assignment, employee: Employee) -> str:
        self.service.update(assignment, by=request.user, employee=employee, status=Assignment.Status.ASSIGNED)
        return f"Now {employee}'s"


@admin.register(Swap)
class SwapAdmin(HubAdmin):
    """Offers of shifts; planners approve or reject what has been taken."""

    service = services.swaps
    list_display = ("assignment", "offered_by", "taken_by", "status_badge", "created_at")
    list_select_related = ("assignment__employee", "assignment__shift__shift_type", "offered_by", "taken_by")
    list_filter = (
        ("status", ChoicesDropdownFilter),
        ("offered_by", ReachableFilter),
        ("taken_by", ReachableFilter),
        ("assignment", ReachableFilter),
    )
    search_fields = ("note",)
    search_related = {
        "offered_by": ("first_name", "last_name", "email"),
        "taken_by": ("first_name", "last_name", "email"),
    }
    search_help_text = "Name or e-mail address of either, or the note"
    fields = readonly_fields = ("assignment", "offered_by", "taken_by", "status", "note", "created_at")
    actions = ("approve", "reject")

    def has_add_permission(self, request, obj=None) -> bool:
        return False

    has_change_permission = has_delete_permission = has_add_permission

    def has_approve_permission(self, request) -> bool:
        return self.may(request, "approve")

    def has_reject_permission(self, request) -> bool:
        return self.may(request, "reject")

    @display(description="status", ordering="status", label=SWAP_COLOURS)
    def status_badge(self, swap: Swap):
        return swap.status, swap.get_status_display()

    @confirmed_action("Approve", permissions=["approve"], help_text="The shift changes hands.")
    def approve(self, request, swap: Swap):
        services.approve(swap, by=request.user)

    @confirmed_action("Reject", permissions=["reject"], help_text="The shift stays with whoever offered it.")
    def reject(self, request, swap: Swap):
        services.reject(swap, by=request.user)
