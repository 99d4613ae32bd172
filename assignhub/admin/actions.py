"""Actions on chosen rows: ask first, say beforehand what will be refused, do it, and say of each row how it went.

    @confirmed_action("Publish", permissions=["plan"])
    def publish(self, request, row):
        self.service.step(row, "publish", by=request.user)

The method is about one row and calls the service, which judges. What it returns stands beside the row as its result,
else “Done”. With `form`, the values of a valid form come as keyword arguments.
"""

import functools
import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from unfold.admin import ModelAdmin

from assignhub import errors
from assignhub.admin.reach import ReachableSelect, WithinReach, is_key
from assignhub.permissions import within

# Each row is judged twice, once before it is asked and once when it is done; a page has to end in seconds.
ROWS_AT_ONCE = 200
CONFIRMED = "post"


@dataclass(frozen=True)
class Verdict:
    """What became, or would become, of one row."""

    row: models.Model
    refused: bool
    text: str
    label: str = ""


class ReachableChoice(forms.ModelChoiceField):
    """One row by autocomplete, within reach, for the form of an action: named by a foreign key that leads there."""

    def __init__(self, relation: models.ForeignKey, **kwargs: Any):
        self.relation = relation
        super().__init__(relation.remote_field.model._default_manager.none(), **kwargs)

    def open_to(self, request: HttpRequest, admin_site) -> None:
        model: Any = self.relation.remote_field.model
        self.queryset = within(model._default_manager.all(), request.user, model.permission("view"))
        self.widget = ReachableSelect(self.relation, admin_site)
        self.widget.choices = self.choices
        self.widget.is_required = self.required

    def to_python(self, value):
        if value and not is_key(self.relation.remote_field.model, str(value)):
            raise ValidationError(self.error_messages["invalid_choice"], code="invalid_choice", params={"value": value})
        return super().to_python(value)


class ActionForm(forms.Form):
    """What an action asks for beside the rows; choices of rows are within reach.

    A subclass whose choices follow from the chosen rows finds them in `self.rows`.
    """

    def __init__(self, request: HttpRequest, admin_site, rows: list[Any], data: Any = None):
        super().__init__(data)
        self.rows = rows
        for field in self.fields.values():
            if isinstance(field, ReachableChoice):
                field.open_to(request, admin_site)


def confirmed_action(
    title: str,
    *,
    permissions: list[str],
    form: type[ActionForm] | None = None,
    help_text: str = "",
    grave: bool = False,
    asks: bool = True,
    foresees: bool = True,
) -> Callable[[Callable[..., str | None]], Any]:
    """Make a method about one row an action over chosen rows that asks first.

    `permissions` are Django's: each a `has_…_permission` of the page. `grave` paints the button red. `asks=False` is
    for what changes nothing. `foresees=False` is for services that must not run in a transaction that is undone.
    """

    def decorate(do: Callable[..., str | None]):
        @functools.wraps(do)
        def action(page: "ConfirmedActions", request: HttpRequest, queryset: models.QuerySet) -> HttpResponse:
            return page.run_action(request, queryset, action)

        settings = {"form": form, "help_text": help_text, "grave": grave, "asks": asks, "foresees": foresees}
        action.short_description = title  # type: ignore[attr-defined]
        action.allowed_permissions = permissions  # type: ignore[attr-defined]
        action.do = do  # type: ignore[attr-defined]
        action.settings = settings  # type: ignore[attr-defined]
        return action

    return decorate


class ConfirmedActions(WithinReach, ModelAdmin):
    """An admin page whose actions ask first."""

    actions_template = "admin/confirm_action.html"

    def get_urls(self):
        view = self.admin_site.admin_view(self.action_view)
        name = f"{self.opts.app_label}_{self.opts.model_name}_action"
        return [path("<path:object_id>/action/<slug:name>/", view, name=name), *super().get_urls()]

    def action_view(self, request: HttpRequest, object_id: str, name: str) -> HttpResponse:
        """The question of an action about one row, from that row's page; the answer goes to the list."""
        row = self.get_object(request, object_id)
        found = dict(self.own_actions(request)).get(name)
        if row is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        if found is None:
            raise PermissionDenied
        return self.question(request, [row], found)

    def own_actions(self, request: HttpRequest) -> Iterator[tuple[str, Any]]:
        """The actions made by `confirmed_action` that the person may choose, by name."""
        for name, (function, _, _) in self.get_actions(request).items():
            if hasattr(function, "settings"):
                yield name, function

    def response_action(self, request, queryset):
        """Act on the rows that were ticked; what cannot be the key of one was not, and not more than can be told."""
        request.POST = request.POST.copy()
        ticked = request.POST.getlist(ACTION_CHECKBOX_NAME)
        request.POST.setlist(ACTION_CHECKBOX_NAME, [text for text in ticked if is_key(self.model, text)])
        across = request.POST.get("select_across") == "1"
        many = queryset.order_by()[: ROWS_AT_ONCE + 1].count() if across else len(ticked)
        if many > ROWS_AT_ONCE:
            text = f"More than {ROWS_AT_ONCE} rows are chosen. Narrow the list by a filter, or choose fewer."
            self.message_user(request, text, messages.ERROR)
            return HttpResponseRedirect(request.get_full_path())
        return super().response_action(request, queryset)

    def run_action(self, request: HttpRequest, queryset: models.QuerySet, action: Any) -> HttpResponse:
        rows = list(queryset[:ROWS_AT_ONCE])
        if not rows:
            self.message_user(request, "None of the chosen rows is there any more.", messages.WARNING)
            return HttpResponseRedirect(request.get_full_path())
        if action.settings["asks"] and CONFIRMED not in request.POST:
            return self.question(request, rows, action)
        form = self._form(request, action, rows, request.POST)
        if form is not None and not form.is_valid():
            return self.question(request, rows, action, form)
        values = form.cleaned_data if form else {}
        return self._page(request, action, verdicts=list(self.verdicts(request, rows, action, values)))

    def question(self, request, rows: list[Any], action: Any, form: ActionForm | None = None) -> HttpResponse:
        """Show the chosen rows, what the action asks for, and what would be refused."""
        sent = request.POST if "check" in request.POST else None
        form = form or self._form(request, action, rows, sent)
        known = form is None or (form.is_bound and form.is_valid())
        verdicts: list[Verdict] | None = None
        if known and action.settings["foresees"]:
            with transaction.atomic():
                verdicts = list(self.verdicts(request, rows, action, form.cleaned_data if form else {}))
                transaction.set_rollback(True)
        refused = sum(verdict.refused for verdict in verdicts or ())
        return self._page(
            request,
            action,
            rows=[(row, verdict) for row, verdict in itertools.zip_longest(rows, verdicts or ())],
            foreseen=verdicts is not None,
            refused=refused,
            hopeless=verdicts is not None and refused == len(rows),
            form=form,
            checkable=form is not None and action.settings["foresees"],
        )

    def verdicts(self, request, rows: list[Any], action: Any, values: dict[str, Any]) -> Iterator[Verdict]:
        """Do it to each row, each in a transaction of its own."""
        for row in rows:
            label = str(row)
            try:
                with transaction.atomic():
                    text = action.do(self, request, row, **values)
                yield Verdict(row, False, text or "Done", label)
            except (ValidationError, PermissionDenied) as refusal:
                yield Verdict(row, True, errors.explain(refusal), label)

    def _form(self, request, action: Any, rows: list[Any], data: Any) -> ActionForm | None:
        form = action.settings["form"]
        return form(request, self.admin_site, rows, data) if form else None

    def _page(self, request, action: Any, **context: Any) -> HttpResponse:
        listing = reverse(f"{self.admin_site.name}:{self.opts.app_label}_{self.opts.model_name}_changelist")
        query = f"?{request.GET.urlencode()}" if request.GET else ""
        verdicts = context.get("verdicts")
        context |= {
            **self.admin_site.each_context(request),
            "title": action.short_description,
            "opts": self.opts,
            "action_name": action.__name__,
            "help_text": action.settings["help_text"],
            "grave": action.settings["grave"],
            "listing": listing + query,
            "done": sum(not verdict.refused for verdict in verdicts or ()),
            "media": self.media + (context["form"].media if context.get("form") else forms.Media()),
        }
        return TemplateResponse(request, self.actions_template, context)
