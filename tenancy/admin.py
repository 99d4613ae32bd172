"""Admin pages of people, organisations and roles."""

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.html import format_html, format_html_join
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.decorators import display
from unfold.forms import AdminPasswordChangeForm
from unfold.widgets import UnfoldAdminSelectWidget

from assignhub.admin import (
    HubAdmin,
    HubInline,
    PresenceFilter,
    ReachableFilter,
    TimeRangeFilter,
    YesNoFilter,
    confirmed_action,
)
from assignhub.permissions import NO, reach
from tenancy import imports, services
from tenancy.models import Assignment, Membership, Role, SignIn, Tenant, User
from tenancy.pages import account

MEMBERS_SHOWN = 50

# Colours of badges; the words in them say the same.
RANK_COLOURS = {"viewer": "info", "member": "info", "admin": "warning", "owner": "primary"}


class RoleInline(HubInline):
    model = Role
    service = services.roles
    fields = ("name", "type")


class AssignmentInline(HubInline):
    model = Assignment
    service = services.assignments
    fields = ("role", "removed_at")
    readonly_fields = ("removed_at",)
    autocomplete_fields = ("role",)


class MembershipInline(HubInline):
    model = Membership
    service = services.memberships
    fields = ("user", "assignment")
    autocomplete_fields = ("user", "assignment")

    def get_readonly_fields(self, request, obj=None):
        return ()


@admin.register(Tenant)
class TenantAdmin(HubAdmin):
    service = services.tenants
    list_display = ("name", "time_zone", "created_at")
    search_fields = ("name",)
    search_help_text = "Name"
    list_filter = (("created_at", TimeRangeFilter),)
    inlines = (RoleInline, AssignmentInline)
    related_lists = (
        ("Roles", "tenancy.Role", "tenant"),
        ("Members", "tenancy.Membership", "assignment__tenant"),
        ("Employees", "scheduling.Employee", "tenant"),
        ("Schedules", "scheduling.Schedule", "tenant"),
    )
    fields = ("name", "time_zone", "requires_second_factor", "members")
    readonly_fields = ("members",)

    def get_readonly_fields(self, request, obj=None):
        fields = super().get_readonly_fields(request, obj)
        decides = reach(request.user, Tenant.permission("require_second_factor"), obj and obj.pk) != NO
        return fields if decides else (*fields, "requires_second_factor")

    @admin.display(description="members")
    def members(self, tenant: Tenant) -> str:
        """Who holds which role here: the newest, each with a link to where that is changed."""
        if tenant._state.adding:
            return "–"
        held = Membership.objects.filter(assignment__tenant=tenant, assignment__removed_at=None)
        rows = list(held.select_related("user", "assignment__role")[:MEMBERS_SHOWN])
        lines = [
            (reverse("admin:tenancy_membership_change", args=[row.pk]), row.user, row.user.email, row.assignment.role)
            for row in rows
        ]
        listed = format_html_join("", '<li class="listed"><a class="link" href="{}">{}</a> ({}): {}</li>', lines)
        every = reverse("admin:tenancy_membership_changelist") + f"?assignment__tenant__id__exact={tenant.pk}"
        return format_html('<ul>{}</ul><p class="listed"><a class="link" href="{}">All members</a></p>', listed, every)


@admin.register(Role)
class RoleAdmin(HubAdmin):
    service = services.roles
    list_display = ("name", "type_badge", "tenant", "created_at")
    list_select_related = ("tenant",)
    list_filter = (("type", ChoicesDropdownFilter), ("tenant", ReachableFilter))
    search_fields = ("name", "type", "tenant__name")
    search_help_text = "Name, type or organisation"
    fields = ("tenant", "name", "type")
    autocomplete_fields = ("tenant",)
    related_lists = (("Where it is in force", "tenancy.Assignment", "role"),)

    @display(description="type", ordering="type", label=RANK_COLOURS)
    def type_badge(self, role: Role):
        return role.type, role.get_type_display()


@admin.register(Assignment)
class AssignmentAdmin(HubAdmin):
    service = services.assignments
    sheet = imports.RoleAssignments
    list_display = ("role", "type_badge", "tenant", "created_at", "in_force")
    list_select_related = ("role", "tenant")
    list_filter = (
        PresenceFilter.of("removed_at", "in force", yes="Taken out of force", no="In force"),
        ("role__type", ChoicesDropdownFilter),
        ("role", ReachableFilter),
        ("tenant", ReachableFilter),
    )
    search_fields = ("role__name", "role__type", "tenant__name")
    search_help_text = "Role, type or organisation"
    autocomplete_fields = ("role", "tenant")
    fields = ("tenant", "role", "removed_at")
    readonly_fields = ("removed_at",)
    inlines = (MembershipInline,)
    related_lists = (("Who holds it", "tenancy.Membership", "assignment"),)
    actions = ("withdraw", "restore")

    @display(description="type", ordering="role__type", label=RANK_COLOURS)
    def type_badge(self, assignment: Assignment):
        return assignment.role.type, assignment.role.get_type_display()

    @display(description="in force", ordering="removed_at", label={"in force": "success", "removed": "warning"})
    def in_force(self, assignment: Assignment) -> str:
        return "removed" if assignment.removed_at else "in force"

    def has_remove_permission(self, request) -> bool:
        return self.may(request, "remove")

    @confirmed_action(
        "Take out of force",
        permissions=["remove"],
        grave=True,
        help_text="Whoever holds the role loses what it allows with their next request. It can be restored.",
    )
    def withdraw(self, request, assignment: Assignment):
        self.service.withdraw(assignment, by=request.user)

    @confirmed_action("Restore", permissions=["change"], help_text="Whoever held the role holds it again.")
    def restore(self, request, assignment: Assignment):
        self.service.update(assignment, by=request.user, removed_at=None)


@admin.register(Membership)
class MembershipAdmin(HubAdmin):
    service = services.memberships
    sheet = imports.Memberships
    list_display = ("user", "email", "assignment", "type_badge", "created_at")
    list_select_related = ("user", "assignment__role", "assignment__tenant")
    list_filter = (
        ("assignment__role__type", ChoicesDropdownFilter),
        ("assignment", ReachableFilter),
        ("assignment__tenant", ReachableFilter),
        ("user", ReachableFilter),
        ("created_at", TimeRangeFilter),
    )
    search_fields = ("user__email", "user__first_name", "user__last_name", "assignment__role__name")
    search_help_text = "Name or e-mail address, or the role"
    fields = ("user", "assignment")
    autocomplete_fields = ("user", "assignment")
    actions = ("remove",)

    @admin.display(description="e-mail address", ordering="user__email")
    def email(self, membership: Membership) -> str:
        return membership.user.email

    @display(description="type", ordering="assignment__role__type", label=RANK_COLOURS)
    def type_badge(self, membership: Membership):
        return membership.assignment.role.type, membership.assignment.role.get_type_display()

    @confirmed_action(
        "Remove from the organisation", permissions=["delete"], grave=True, help_text="The accounts themselves stay."
    )
    def remove(self, request, membership: Membership):
        self.service.remove(membership, by=request.user)


class NewUserForm(forms.ModelForm):
    """A new account, with the role it starts with; only super admins may leave the role out."""

    assignment = forms.ModelChoiceField(
        Assignment.objects.none(), label="Role", required=False, help_text="The role the new person starts with."
    )

    class Meta:
        model = User
        fields = ("email", "first_name", "last_name", "avatar_url", "is_staff")


class UserMembershipInline(MembershipInline):
    fields = ("assignment",)
    autocomplete_fields = ("assignment",)


@admin.register(User)
class UserAdmin(HubAdmin):
    service = services.users
    sheet = imports.Users
    list_display = ("email", "first_name", "last_name", "active_badge", "is_staff", "is_superuser")
    list_filter = (
        YesNoFilter.of("is_active", "active", yes="Active", no="Not active"),
        YesNoFilter.of("is_staff", "staff"),
        YesNoFilter.of("is_superuser", "super admin"),
        ("created_at", TimeRangeFilter),
    )
    search_fields = ("email", "first_name", "last_name")
    search_help_text = "Name or e-mail address"
    related_lists = (
        ("Memberships", "tenancy.Membership", "user"),
        ("Sign-ins", "tenancy.SignIn", "user"),
    )
    actions = ("deactivate", "activate")
    add_fieldsets = ((None, {"fields": (*NewUserForm.Meta.fields, "assignment")}),)
    fieldsets = (
        (None, {"fields": ("email", ("first_name", "last_name"), "avatar_url")}),
        (
            "Access",
            {
                "fields": (
                    "is_active",
                    "is_staff",
                    "is_superuser",
                    "password_link",
                    "second_factor_link",
                    "last_login",
                )
            },
        ),
    )
    readonly_fields = ("last_login", "password_link", "second_factor_link")

    def get_inlines(self, request, obj):
        return (UserMembershipInline,) if obj else ()

    def get_readonly_fields(self, request, obj=None):
        fields = super().get_readonly_fields(request, obj)
        return fields if request.user.is_superuser else (*fields, "is_superuser")

    def get_form(self, request, obj=None, change=False, **kwargs):
        if obj is not None:
            return super().get_form(request, obj, change=change, **kwargs)
        form_class = super().get_form(request, obj, change=change, form=NewUserForm, **kwargs)
        live = Assignment.objects.filter(removed_at=None).select_related("role", "tenant")
        roles = form_class.base_fields["assignment"]
        roles.queryset = live.within(request.user, Assignment.permission("view"))
        roles.required = not request.user.is_superuser
        roles.widget = UnfoldAdminSelectWidget(choices=roles.widget.choices)
        return form_class

    def get_urls(self):
        views = {"password": self.password_view, "second_factor": self.second_factor_view}
        own = [
            path(f"<path:object_id>/{name}/", self.admin_site.admin_view(view), name=f"tenancy_user_{name}")
            for name, view in views.items()
        ]
        return [*own, *super().get_urls()]

    @display(description="status", ordering="is_active", label={"active": "success", "not active": "warning"})
    def active_badge(self, user: User) -> str:
        return "active" if user.is_active else "not active"

    @confirmed_action(
        "Deactivate",
        permissions=["change"],
        grave=True,
        help_text="They cannot sign in any more, and all their sign-ins end now. Nothing of theirs is deleted.",
    )
    def deactivate(self, request, user: User):
        self.service.update(user, by=request.user, is_active=False)

    @confirmed_action("Activate", permissions=["change"], help_text="They can sign in again.")
    def activate(self, request, user: User):
        self.service.update(user, by=request.user, is_active=True)

    @admin.display(description="password")
    def password_link(self, user: User) -> str:
        url = reverse("admin:tenancy_user_password", args=[user.pk])
        return format_html('Not shown to anybody. <a class="link" href="{}">Set a new one</a>', url)

    @admin.display(description="second factor")
    def second_factor_link(self, user: User) -> str:
        if not user.has_second_factor:
            return "Not set up."
        url = reverse("admin:tenancy_user_second_factor", args=[user.pk])
        return format_html('Set up. <a class="link" href="{}">Reset it</a>', url)

    def second_factor_view(self, request, object_id: str):
        user = self.get_object(request, object_id)
        if user is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        return account.reset_second_factor(request, user)

    def password_view(self, request, object_id: str):
        user = self.get_object(request, object_id)
        if user is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        if not request.user.is_superuser:
            raise PermissionDenied
        form = AdminPasswordChangeForm(user, request.POST or None)
        form.fields.pop("usable_password", None)
        if request.method == "POST" and form.is_valid():
            services.users.set_password(user, form.cleaned_data["password1"], by=request.user)
            self.message_user(request, f"{user.email} has a new password; every sign-in of theirs has ended.")
            return HttpResponseRedirect(reverse("admin:tenancy_user_change", args=[user.pk]))
        context = self.admin_site.each_context(request) | {
            "title": f"New password of {user}",
            "form": form,
            "original": user,
            "opts": self.opts,
        }
        return TemplateResponse(request, "admin/set_password.html", context)


@admin.register(SignIn)
class SignInAdmin(HubAdmin):
    """One's own sign-ins; super admins see all."""

    list_display = ("user", "kind", "created_at", "last_used_at", "address", "user_agent", "expires_at", "ended_at")
    list_filter = (
        PresenceFilter.of("ended_at", "ended", yes="Ended", no="Running"),
        ("kind", ChoicesDropdownFilter),
        ("user", ReachableFilter),
        ("created_at", TimeRangeFilter),
    )
    search_fields = ("user__email", "address")
    fields = readonly_fields = list_display

    def has_add_permission(self, request, obj=None) -> bool:
        return False

    def has_change_permission(self, request, obj=None) -> bool:
        return False

    def has_delete_permission(self, request, obj=None) -> bool:
        return False
