"""The sidebar of the admin: a group per app, an icon per list, and only what the table of grants lets one see.

An app adds to its group by a module `navigation.py` with `ICONS` (by model name) and `PAGES`, which are no lists.
"""

from dataclasses import dataclass
from importlib import import_module
from types import ModuleType
from typing import Any

from django.apps import apps
from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.module_loading import module_has_submodule

from assignhub.permissions import NO, reach

PLAIN = "table_rows"


@dataclass(frozen=True)
class Page:
    """A page of an app. `path` ends the addresses of the pages it leads to; `action` is what one must be able to do."""

    title: str
    icon: str
    name: str
    path: str
    action: str


def sidebar(request: HttpRequest) -> list[dict[str, Any]]:
    """The groups, as unfold takes them. Without a query: the ranks came with the user."""
    home = reverse("admin:index")
    groups: list[dict[str, Any]] = [{"items": [_item("Home", home, "home", request.path == home)]}]
    order = [app.label for app in apps.get_app_configs() if app.name != __package__]
    listed = {app["app_label"]: app for app in admin.site.get_app_list(request)}
    # The apps as they are installed, and the audit trail, which is nobody's daily work, after them.
    for app in (listed[label] for label in [*order, __package__] if label in listed):
        module = _module(app["app_label"])
        pages = [page for page in getattr(module, "PAGES", ()) if reach(request.user, page.action) != NO]
        shown = next((page for page in pages if request.path.endswith(page.path)), None)
        items = [_item(page.title, reverse(page.name), page.icon, page == shown) for page in pages]
        icons = getattr(module, "ICONS", {})
        for model in app["models"]:
            if model["admin_url"]:
                here = shown is None and request.path.startswith(model["admin_url"])
                items.append(_item(model["name"], model["admin_url"], icons.get(model["object_name"], PLAIN), here))
        groups.append({"title": app["name"], "separator": True, "items": items})
    return groups


def _item(title: str, link: str, icon: str, active: bool) -> dict[str, Any]:
    return {"title": title, "link": link, "icon": icon, "active": active}


def _module(label: str) -> ModuleType | None:
    app = apps.get_app_config(label)
    own = app.name != __package__ and module_has_submodule(app.module, "navigation")
    return import_module(f"{app.name}.navigation") if own else None
