"""The admin site with its entrance: who comes in how, and the pages about one's own account."""

from functools import update_wrapper

from django.http import HttpResponseRedirect
from django.urls import path, reverse

from assignhub.sites import HubAdminSite
from tenancy.pages import account, entrance

# Django's own, in whose place the ones below stand.
REPLACED = {"login", "logout", "password_change", "password_change_done"}


class StaffSite(HubAdminSite):
    def get_urls(self):
        def own(view):
            return self.admin_view(view)

        # What somebody may see who still has to set up a second factor.
        before = super().admin_view
        return [
            path("login/", entrance.sign_in_page, name="login"),
            path("login/code/", entrance.code_page, name="login_code"),
            path("logout/", entrance.sign_out, name="logout"),
            path("password_reset/", entrance.ask_for_reset, name="password_reset"),
            path("password_reset/done/", entrance.reset_asked_for, name="password_reset_done"),
            path("password_reset/confirm/", entrance.reset_password, name="password_reset_confirm"),
            path("password_change/", own(account.change_password), name="password_change"),
            path("sessions/", own(account.sessions), name="sessions"),
            path("second-factor/", before(account.second_factor_page), name="second_factor"),
            *(route for route in super().get_urls() if getattr(route, "name", "") not in REPLACED),
        ]

    def admin_view(self, view, cacheable=False):
        """Lead whoever lacks a second factor that their tenant requires to where it is set up, before anything else."""

        def guarded(request: account.StaffRequest, *args, **kwargs):
            if request.user.lacks_second_factor:
                return HttpResponseRedirect(reverse("admin:second_factor"))
            return view(request, *args, **kwargs)

        if getattr(view, "csrf_exempt", False):
            guarded.csrf_exempt = True  # type: ignore[attr-defined]
        return super().admin_view(update_wrapper(guarded, view), cacheable)
