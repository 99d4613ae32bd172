"""The admin site: who may enter, and the pages that belong to no model."""

from typing import Any, ClassVar

from django.contrib.auth.forms import PasswordChangeForm
from django.contrib.auth.views import PasswordChangeView
from django.core.paginator import InvalidPage
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from unfold.sites import UnfoldAdminSite


class HubAdminSite(UnfoldAdminSite):
    password_form: ClassVar[type[PasswordChangeForm]]

    def get_urls(self):
        """Without the redirect to pages outside the admin: there are none."""
        return [route for route in super().get_urls() if getattr(route, "name", "") != "view_on_site"]

    def has_permission(self, request: HttpRequest) -> bool:
        """Staff who hold a role somewhere, or rule the platform."""
        user = request.user
        return user.is_active and user.is_staff and (user.is_superuser or bool(user.roles))

    def password_change(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponseBase:
        return PasswordChangeView.as_view(
            form_class=self.password_form,
            template_name="registration/password_change_form.html",
            success_url=reverse("admin:password_change_done"),
            extra_context={**self.each_context(request), **(extra_context or {})},
        )(request)

    def search(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        try:
            return super().search(request, extra_context)
        except (ValueError, InvalidPage):
            return HttpResponseBadRequest("There is no such page of results.")
