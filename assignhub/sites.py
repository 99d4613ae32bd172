"""The admin site: who may enter, and the pages that belong to no model."""

from typing import Any

from django.core.paginator import InvalidPage
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from unfold.sites import UnfoldAdminSite

# Groups grant nothing here, and the queue of tasks is no business of the staff.
UNUSED = ("auth.Group", "django_tasks_database.DBTaskResult")


class HubAdminSite(UnfoldAdminSite):
    def get_urls(self):
        """Without the redirect to pages outside the admin: there are none."""
        return [route for route in super().get_urls() if getattr(route, "name", "") != "view_on_site"]

    def register(self, model_or_iterable, admin_class=None, **options: Any) -> None:
        """Without the pages that frameworks bring along for what AssignHub does not use."""
        given: list[Any] = [model_or_iterable] if isinstance(model_or_iterable, type) else list(model_or_iterable)
        super().register([model for model in given if model._meta.label not in UNUSED], admin_class, **options)

    def has_permission(self, request: HttpRequest) -> bool:
        """Staff who hold a role somewhere, or rule the platform."""
        user = request.user
        return user.is_active and user.is_staff and (user.is_superuser or bool(user.roles))

    def search(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        try:
            return super().search(request, extra_context)
        except (ValueError, InvalidPage):
            return HttpResponseBadRequest("There is no such page of results.")
