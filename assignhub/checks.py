"""Start-up checks: every routed action has its row in the table of grants, every API view a dialect, and every shape
the read path shows compiles."""

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.core.checks import Error, register
from django.urls import URLPattern, URLResolver, get_resolver
from rest_framework.views import APIView

from assignhub import reading, wire
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


def shown() -> Iterator[tuple[type[HubViewSet], str]]:
    """Every (viewset, action) that answers with rows of the viewset's model by the read path."""
    for viewset, actions in sorted(_routed().items(), key=lambda item: f"{item[0].__module__}.{item[0].__name__}"):
        yield from ((viewset, action) for action in sorted(actions) if _answers_with_rows(viewset, action))


def _routed() -> dict[type[HubViewSet], set[str]]:
    found: dict[type[HubViewSet], set[str]] = {}
    for _, view in routes():
        viewset = getattr(view, "cls", None)
        if viewset is not None and issubclass(viewset, HubViewSet):
            found.setdefault(viewset, set()).update(view.actions.values())
    return found


def _answers_with_rows(viewset: type[HubViewSet], action: str) -> bool:
    if action == "destroy" and viewset.deleted_status == 204:
        return False
    return getattr(viewset, action) is getattr(HubViewSet, action, None)


@register
def shapes_compile(app_configs, **kwargs) -> list[Error]:
    errors = []
    for viewset, action in shown():
        model: Any = viewset.service.model
        try:
            reading.plan(viewset(action=action).get_serializer_class(), model)
        except reading.Uncompilable as error:
            errors.append(Error(f"{viewset.__name__}.{action}: {error}", id="assignhub.E005"))
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
