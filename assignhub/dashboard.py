"""The start page of the admin: what waits for whoever looks at it, how the days ahead stand, what to do first.

An app contributes by a module `dashboard.py` with any of

- `NEEDS`, a sequence of `Need`: rows that wait for somebody. Each is a card with their number here and a filter of
  the model's list, and both ask the same function: a number always leads to exactly its rows.
- `charts(user)`, which yields `Chart`s.
- `first_steps(user)`, which yields `Step`s: what an empty product asks for, in order.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from types import ModuleType
from typing import Any

from django.apps import apps
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.module_loading import module_has_submodule

from assignhub import wire
from assignhub.models import Record
from assignhub.permissions import NO, reach, within

# Counting further would take time and tell nobody anything.
COUNTED = 1000
# How bad it is that rows wait, the worst first: what burns stands in front, whichever app it is of.
TONES = ("danger", "warning", "info")


@dataclass(frozen=True)
class Need:
    """Rows of one model that wait for somebody who may do `action` to them.

    `rows(queryset, user)` narrows the rows within that reach. `name` stands in the list's address. `tone` is one of
    `TONES`.
    """

    name: str
    title: str
    model: type[Record]
    action: str
    rows: Callable[[QuerySet, Any], QuerySet]
    hint: str
    icon: str
    tone: str = "info"

    def concerns(self, user) -> bool:
        return reach(user, self.action) != NO

    def among(self, queryset: QuerySet, user) -> QuerySet:
        """Those of the queryset's rows that wait for `user`."""
        return self.rows(within(queryset, user, self.action), user)


@dataclass(frozen=True)
class Card:
    """A number and where its rows are listed."""

    title: str
    count: int
    url: str
    tone: str
    hint: str
    icon: str

    @property
    def number(self) -> str:
        return f"{COUNTED:,}+" if self.count > COUNTED else f"{self.count:,}"


@dataclass(frozen=True)
class Series:
    """One number per label; `colour` is a variable of the admin's style sheet, such as `--color-primary-600`."""

    name: str
    values: Sequence[float]
    colour: str


@dataclass(frozen=True)
class Chart:
    """Stacked columns or lines over the same labels, said once more as a table. `links` has an address per label."""

    title: str
    hint: str
    labels: Sequence[str]
    series: Sequence[Series]
    links: Sequence[str] = field(default_factory=list)
    kind: str = "bar"
    unit: str = ""

    @property
    def data(self) -> str:
        datasets = [
            {
                "label": series.name,
                "data": list(series.values),
                "backgroundColor": f"var({series.colour})",
                "borderColor": f"var({series.colour})",
                "maxBarThickness": 28,
                "borderRadius": 3,
            }
            for series in self.series
        ]
        return wire.encode({"labels": list(self.labels), "datasets": datasets}).decode()

    @property
    def options(self) -> str:
        stacked = self.kind == "bar"
        axis = {"stacked": stacked, "grid": {"display": False}, "ticks": {"color": "#77808d"}}
        scales = {"x": axis, "y": axis | {"beginAtZero": True, "ticks": {"color": "#77808d", "precision": 0}}}
        legend = {"position": "bottom", "align": "start", "labels": {"boxWidth": 12, "color": "#77808d"}}
        options = {
            "animation": False,
            "responsive": True,
            "maintainAspectRatio": False,
            "interaction": {"mode": "index", "intersect": False},
            "plugins": {"legend": legend},
            "scales": scales,
        }
        return wire.encode(options).decode()

    @property
    def table(self) -> Iterator[tuple[str, str, list[float]]]:
        """(label, address or "", the number of each series) per row."""
        for index, label in enumerate(self.labels):
            link = self.links[index] if self.links else ""
            yield label, link, [series.values[index] for series in self.series]


@dataclass(frozen=True)
class Step:
    """Something to do before the product is of use, who may, and whether it has been done."""

    title: str
    hint: str
    url: str
    action: str
    rows: QuerySet


@cache
def contributions() -> list[ModuleType]:
    """The `dashboard` modules of the apps, in the order the apps are installed."""
    others = [app for app in apps.get_app_configs() if app.name != __package__]
    return [import_module(f"{app.name}.dashboard") for app in others if module_has_submodule(app.module, "dashboard")]


def needs(user) -> list[Need]:
    """Every need that concerns `user`, in the order of the apps."""
    found = [need for module in contributions() for need in getattr(module, "NEEDS", ())]
    return [need for need in found if need.concerns(user)]


def card(need: Need, user) -> Card:
    """The need with the number of its rows within reach of `user`; more than 1,000 are not counted. One query."""
    visible = within(need.model._default_manager.all(), user, need.model.permission("view"))
    count = need.among(visible, user).order_by()[: COUNTED + 1].count()
    options = need.model._meta
    url = reverse(f"admin:{options.app_label}_{options.model_name}_changelist")
    return Card(need.title, count, f"{url}?{NeedFilter.parameter_name}={need.name}", need.tone, need.hint, need.icon)


def fill(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """What unfold asks for the start page: the context with the cards, charts and first steps of `request.user`."""
    user = request.user
    cards = sorted((card(need, user) for need in needs(user)), key=lambda card: TONES.index(card.tone))
    charts = [chart for module in contributions() if hasattr(module, "charts") for chart in module.charts(user)]
    steps = [step for module in contributions() if hasattr(module, "first_steps") for step in module.first_steps(user)]
    allowed = [(step, step.rows.exists()) for step in steps if reach(user, step.action) != NO]
    return context | {
        "title": "Home",
        "cards": [card for card in cards if card.count],
        "clear": [card for card in cards if not card.count],
        "charts": charts,
        "steps": allowed if not all(done for _, done in allowed) else [],
    }


class NeedFilter(admin.SimpleListFilter):
    """The needs of a list's model, as a filter: where the numbers of the start page lead."""

    title = "what it waits for"
    parameter_name = "needs"

    def __init__(self, request, params, model, model_admin):
        found = [need for need in needs(request.user) if need.model is model]
        self.needs = {need.name: need for need in found}
        super().__init__(request, params, model, model_admin)

    def lookups(self, request, model_admin):
        return [(need.name, need.title) for need in self.needs.values()]

    def queryset(self, request, queryset):
        need = self.needs.get(self.value() or "")
        return need.among(queryset, request.user) if need else queryset


class ListsNeeds:
    """What lists gain: the filter the start page leads to, where their model has needs."""

    model: type[Record]

    def get_list_filter(self, request: HttpRequest):
        given = super().get_list_filter(request)  # type: ignore[misc]
        return (NeedFilter, *given) if self._needs(request) else given

    def lookup_allowed(self, lookup, value, request=None) -> bool:
        if lookup == NeedFilter.parameter_name:
            return bool(self._needs(request))
        return super().lookup_allowed(lookup, value, request)  # type: ignore[misc]

    def _needs(self, request: HttpRequest) -> list[Need]:
        return [need for need in needs(request.user) if need.model is self.model]
