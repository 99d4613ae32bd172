"""The roster in the admin: its page, and what the page's script reads and writes through the services."""

from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.dateparse import parse_date
from django.utils.html import format_html
from unfold.decorators import action

from assignhub.errors import not_found
from assignhub.scripted import KeyField, scripted, sent
from scheduling import open_shifts, roster, services
from scheduling.models import Assignment, Schedule, Shift
from scheduling.models.planning import EARLIEST, LATEST
from scheduling.validation import validate


class Filled(forms.Form):
    shift = KeyField()
    employee = KeyField()


class Placed(forms.Form):
    assignment = KeyField()
    employee = KeyField(required=False)
    shift = KeyField(required=False)
    date = forms.DateField(required=False, input_formats=["%Y-%m-%d"])


class Cleared(forms.Form):
    assignment = KeyField()


class RosterPages:
    """What the admin of schedules gains: a roster for each."""

    actions_detail = ("open_roster",)

    def get_urls(self):
        site, name = self.admin_site, "scheduling_schedule_roster"  # type: ignore[attr-defined]
        asked = ("data", "findings", "candidates", "fill", "place", "clear")
        pages = [
            path("roster/", site.admin_view(self.roster_now), name=f"{name}_now"),
            path("<path:object_id>/roster/", site.admin_view(self.roster_page), name=name),
        ]
        for verb in asked:
            view = site.admin_view(getattr(self, f"roster_{verb}"))
            pages.append(path(f"<path:object_id>/roster/{verb}/", view, name=f"{name}_{verb}"))
        return [*pages, *super().get_urls()]  # type: ignore[misc]

    # --- the ways there ---

    def get_list_display(self, request):
        return (*super().get_list_display(request), "roster_link")  # type: ignore[misc]

    def roster_link(self, schedule: Schedule) -> str:
        url = reverse("admin:scheduling_schedule_roster", args=[schedule.pk])
        return format_html('<a class="text-primary-600 dark:text-primary-500 underline" href="{}">Open</a>', url)

    roster_link.short_description = "roster"  # type: ignore[attr-defined]

    @action(description="Roster", icon="calendar_view_week", url_path="open-roster")
    def open_roster(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return HttpResponseRedirect(reverse("admin:scheduling_schedule_roster", args=[object_id]))

    def roster_now(self, request: HttpRequest) -> HttpResponse:
        """The roster of today; where there is no schedule yet, the list that says so."""
        if not self.has_view_permission(request):  # type: ignore[attr-defined]
            raise PermissionDenied
        schedule = roster.schedule_to_open(request.user)
        if schedule is None:
            return HttpResponseRedirect(reverse("admin:scheduling_schedule_changelist"))
        return HttpResponseRedirect(reverse("admin:scheduling_schedule_roster", args=[schedule.pk]))

    # --- the page ---

    def roster_page(self, request: HttpRequest, object_id: str) -> HttpResponse:
        schedule = self.get_object(request, object_id)  # type: ignore[attr-defined]
        if schedule is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)  # type: ignore[attr-defined]
        window = self._window(request, schedule)
        other = roster.schedule_of(window, schedule, request.user)
        if other.pk != schedule.pk:
            url = reverse("admin:scheduling_schedule_roster", args=[other.pk])
            return HttpResponseRedirect(f"{url}?{request.GET.urlencode()}")
        context = self.admin_site.each_context(request) | {  # type: ignore[attr-defined]
            "title": f"Roster: {schedule}",
            "content_title": "Roster",
            "original": schedule,
            "opts": self.opts,  # type: ignore[attr-defined]
            "schedule": schedule,
            "window": window,
            "today": roster.today_of(schedule),
            "may_plan": roster.may_plan(request.user, schedule),
            "has_employees": schedule.tenant.employees.exists(),
            "legend": roster.ICONS.items(),
            "state": self._state(request, schedule),
        }
        return TemplateResponse(request, "admin/scheduling/roster.html", context)

    # --- what its script asks ---

    @scripted("GET")
    def roster_data(self, request: HttpRequest, object_id: str) -> dict[str, Any]:
        return self._state(request, self._schedule(request, object_id))

    @scripted("GET")
    def roster_findings(self, request: HttpRequest, object_id: str) -> dict[str, Any]:
        schedule = self._schedule(request, object_id)
        services.require_planner(request.user, "validate", schedule)
        return {"findings": [roster.finding(row) for row in validate(schedule)]}

    @scripted("GET")
    def roster_candidates(self, request: HttpRequest, object_id: str) -> dict[str, Any]:
        self._schedule(request, object_id)
        key = KeyField().clean(request.GET.get("shift"))
        shift = services.visible_shift(key, request.user)
        services.require_planner(request.user, "candidates", shift)
        return {"candidates": [roster.candidate(row) for row in open_shifts.candidates(shift)]}

    @scripted("POST")
    def roster_fill(self, request: HttpRequest, object_id: str) -> dict[str, Any]:
        self._schedule(request, object_id)
        wish = sent(request, Filled)
        row = services.fill(wish["shift"], wish["employee"], by=request.user)
        return {"assignment": row.pk, "shift": row.shift_id, "message": _told(row)}

    @scripted("POST")
    def roster_place(self, request: HttpRequest, object_id: str) -> dict[str, Any]:
        self._schedule(request, object_id)
        wish = sent(request, Placed)
        aims = {"employee_id": wish["employee"], "shift_id": wish["shift"], "day": wish["date"]}
        row = services.place(wish["assignment"], by=request.user, **aims)
        return {"assignment": row.pk, "shift": row.shift_id, "message": _told(row)}

    @scripted("POST")
    def roster_clear(self, request: HttpRequest, object_id: str) -> dict[str, Any]:
        self._schedule(request, object_id)
        row = services.clear(sent(request, Cleared)["assignment"], by=request.user)
        return {"shift": row.shift_id, "message": f"{row.employee} is off {_named(row.shift)}."}

    def _schedule(self, request: HttpRequest, object_id: str) -> Schedule:
        schedule = self.get_object(request, object_id)  # type: ignore[attr-defined]
        if schedule is None:
            raise not_found(Schedule, object_id)
        return schedule

    def _state(self, request: HttpRequest, schedule: Schedule) -> dict[str, Any]:
        asked = request.GET
        window = self._window(request, schedule)
        return roster.state(schedule, window, search=asked.get("q", ""), page=asked.get("p", 1))

    def _window(self, request: HttpRequest, schedule: Schedule) -> roster.Window:
        """The window the address asks for; what is no day a calendar has is where the roster opens."""
        view = roster.MONTH if request.GET.get("view") == roster.MONTH else roster.WEEK
        try:
            day = parse_date(request.GET.get("from", ""))
        except ValueError:
            day = None
        if day is None or not EARLIEST <= day <= LATEST:
            day = roster.home_day(schedule)
        return roster.Window.around(day, view)


def _told(row: Assignment) -> str:
    return f"{row.employee} now works {_named(row.shift)}."


def _named(shift: Shift) -> str:
    return f"{shift.shift_type} on {shift.date:%A} {shift.date.day} {shift.date:%B}, {shift.hours}"
