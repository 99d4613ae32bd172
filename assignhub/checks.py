"""Start-up checks: every routed action has its row in the table of grants, every API view a dialect."""

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.core.checks import Error, register
from django.urls import URLPattern, URLResolver, get_resolver
from rest_framework.views import APIView

from assignhub import wire
from assignhub.permissions import RULES, RolePermission
from assignhub.throttling import parse_rate
from assignhub.views import HubViewSet, verb_of


def routes(patterns=None, prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Every (path, view) of the project, as written in the URL files."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        path = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from routes(pattern.url_patterns, path)
        elif isinstance(pattern, URLPattern):
            yield path, pattern.callback


@register
def api_is_complete(app_configs, **kwargs) -> list[Error]:
    errors = []
    for path, view in routes():
        viewset = getattr(view, "cls", None)
        if viewset is None or viewset.__module__.startswith("drf_spectacular"):
            continue
        if not isinstance(getattr(viewset, "dialect", None), wire.Dialect):
            errors.append(Error(f"The view of “{path}” names no dialect.", id="assignhub.E001"))
        if not issubclass(viewset, HubViewSet):
            own = viewset.get_permissions is not APIView.get_permissions or hasattr(viewset, "permission")
            if RolePermission in viewset.permission_classes and not own:
                errors.append(Error(f"The view of “{path}” names no permission.", id="assignhub.E002"))
            continue
        for action in view.actions.values():
            name = viewset.service.model.permission(verb_of(action))
            if name not in RULES:
                errors.append(Error(f"“{path}” routes {name}, which is not in the table.", id="assignhub.E003"))
    return errors


@register
def rates_are_readable(app_configs, **kwargs) -> list[Error]:
    errors = []
    for scope, rate in settings.RATE_LIMITS.items():
        try:
            if rate:
                parse_rate(rate)
        except ValueError as error:
            errors.append(Error(f"Rate limit “{scope}”: {error}", id="assignhub.E004"))
    return errors
