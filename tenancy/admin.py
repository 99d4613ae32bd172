"""Admin pages of people, organisations and roles."""

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.html import format_html, format_html_join
from unfold.forms import AdminOwnPasswordChangeForm, AdminPasswordChangeForm
from unfold.widgets import UnfoldAdminSelectWidget

from assignhub.admin import HubAdmin, HubInline, ReachableFilter
from assignhub.sites import HubAdminSite
from tenancy import services
from tenancy.models import Assignment, Membership, Role, SignIn, Tenant, User

MEMBERS_SHOWN = 50


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
    list_filter = ("time_zone",)
    inlines = (RoleInline, AssignmentInline)
    fields = ("name", "time_zone", "members")
    readonly_fields = ("members",)

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
        listed = format_html_join("", '<li><a class="text-primary-600" href="{}">{}</a> ({}): {}</li>', lines)
        every = reverse("admin:tenancy_membership_changelist") + f"?assignment__tenant__id__exact={tenant.pk}"
        return format_html('<ul>{}</ul><a class="text-primary-600 underline" href="{}">All members</a>', listed, every)


@admin.register(Role)
class RoleAdmin(HubAdmin):
    service = services.roles
    list_display = ("name", "type", "tenant", "created_at")
    list_select_related = ("tenant",)
    list_filter = ("type", ("tenant", ReachableFilter))
    search_fields = ("name", "type", "tenant__name")
    fields = ("tenant", "name", "type")
    autocomplete_fields = ("tenant",)


@admin.register(Assignment)
class AssignmentAdmin(HubAdmin):
    service = services.assignments
    list_display = ("role", "role_type", "tenant", "created_at", "removed_at")
    list_select_related = ("role", "tenant")
    list_filter = (("removed_at", admin.EmptyFieldListFilter), "role__type", ("tenant", ReachableFilter))
    search_fields = ("role__name", "role__type", "tenant__name")
    autocomplete_fields = ("role", "tenant")
    fields = ("tenant", "role", "removed_at")
    readonly_fields = ("removed_at",)
    inlines = (MembershipInline,)
    actions = ("withdraw",)

    @admin.display(description="type", ordering="role__type")
    def role_type(self, assignment: Assignment) -> str:
        return assignment.role.get_type_display()

    @admin.action(description="Take out of force", permissions=["change"])
    def withdraw(self, request, queryset):
        count = services.assignments.withdraw_many(queryset.values_list("pk", flat=True), by=request.user)
        self.message_user(request, f"{count} taken out of force.")


@admin.register(Membership)
class MembershipAdmin(HubAdmin):
    service = services.memberships
    list_display = ("user", "assignment", "created_at")
    list_select_related = ("user", "assignment__role", "assignment__tenant")
    list_filter = ("assignment__role__type", ("assignment__tenant", ReachableFilter))
    search_fields = ("user__email", "user__first_name", "user__last_name", "assignment__role__name")
    fields = ("user", "assignment")
    autocomplete_fields = ("user", "assignment")


class NewUserForm(forms.ModelForm):
    """A new account, with the role it starts with; only super admins may leave the role out."""

    assignment = forms.ModelChoiceField(
        Assignment.objects.none(), label="Role", required=False, help_text="The role the new person starts with."
    )

    class Meta:
        model = User
        fields = ("email", "first_name", "last_name", "avatar_url", "is_staff")


class OwnPasswordForm(AdminOwnPasswordChangeForm):
    user: User

    def save(self, commit=True):
        self.user = services.users.set_password(self.user, self.cleaned_data["new_password1"], by=self.user)
        return self.user


HubAdminSite.password_form = OwnPasswordForm


class UserMembershipInline(MembershipInline):
    fields = ("assignment",)
    autocomplete_fields = ("assignment",)


@admin.register(User)
class UserAdmin(HubAdmin):
    service = services.users
    list_display = ("email", "first_name", "last_name", "is_active", "is_staff", "is_superuser")
    list_filter = ("is_active", "is_staff", "is_superuser")
    search_fields = ("email", "first_name", "last_name")
    add_fieldsets = ((None, {"fields": (*NewUserForm.Meta.fields, "assignment")}),)
    fields = (
        "email",
        "first_name",
        "last_name",
        "avatar_url",
        "is_active",
        "is_staff",
        "is_superuser",
        "last_login",
        "password_link",
    )
    readonly_fields = ("last_login", "password_link")

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
        view = self.admin_site.admin_view(self.password_view)
        return [path("<path:object_id>/password/", view, name="tenancy_user_password"), *super().get_urls()]

    @admin.display(description="password")
    def password_link(self, user: User) -> str:
        url = reverse("admin:tenancy_user_password", args=[user.pk])
        return format_html(
            'Not shown to anybody. <a class="text-primary-600 underline" href="{}">Set a new one</a>', url
        )

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

    list_display = ("user", "created_at", "address", "user_agent", "expires_at", "ended_at")
    list_filter = (("ended_at", admin.EmptyFieldListFilter),)
    search_fields = ("user__email", "address")
    fields = readonly_fields = list_display

    def has_add_permission(self, request, obj=None) -> bool:
        return False

    def has_change_permission(self, request, obj=None) -> bool:
        return False

    def has_delete_permission(self, request, obj=None) -> bool:
        return False
