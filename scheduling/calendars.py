"""An employee's shifts as an iCalendar feed (RFC 5545). UTC instants, stable UIDs, a SEQUENCE that rises."""

from datetime import timedelta

import icalendar
from django.db.models import F
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from assignhub import handlers, wire
from scheduling.models import Assignment, CalendarFeed, Employee
from scheduling.services.feeds import digest

HOW_FAR_BACK = timedelta(days=90)
STATUS = {Assignment.Status.ASSIGNED: "TENTATIVE", Assignment.Status.PENDING: "TENTATIVE"}


@csrf_exempt
def feed(request: HttpRequest) -> HttpResponse:
    """The calendar of the secret in `token`; 404 for one that is unknown, revoked or of somebody who has left."""
    if request.method not in ("GET", "HEAD"):
        return handlers.refusal(request, wire.Problem(405, f'Method "{request.method}" not allowed.'))
    feeds = CalendarFeed.objects.filter(
        token_digest=digest(request.GET.get("token", "")),
        employee__is_active=True,
        employee__user=F("user"),
        user__is_active=True,
    )
    found = feeds.select_related("employee__tenant", "user").first()
    if found is None or found.employee.tenant_id not in found.user.roles:
        raise Http404
    response = HttpResponse(calendar_of(found.employee), content_type="text/calendar; charset=utf-8")
    response["Cache-Control"] = "private, no-store"
    return response


def calendar_of(employee: Employee) -> bytes:
    """The employee's shifts of the last 90 days and to come, as the bytes of an iCalendar file."""
    calendar = icalendar.Calendar()
    calendar.add("prodid", "-//AssignHub//Shifts//EN")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", f"{employee.tenant}: {employee}")
    rows = Assignment.objects.filter(employee=employee, ends_at__gte=timezone.now() - HOW_FAR_BACK)
    for row in rows.select_related("shift__shift_type", "schedule").order_by("starts_at", "id"):
        calendar.add_component(_event(row))
    return calendar.to_ical()


def _event(row: Assignment) -> icalendar.Event:
    event = icalendar.Event()
    event.add("uid", f"assignment-{row.pk}-{row.employee_id}@assignhub")
    event.add("sequence", row.sequence)
    event.add("dtstamp", row.updated_at)
    event.add("dtstart", row.starts_at)
    event.add("dtend", row.ends_at)
    event.add("summary", f"{row.shift.shift_type} ({row.schedule})")
    event.add("status", STATUS.get(Assignment.Status(row.status), "CONFIRMED") if row.is_active else "CANCELLED")
    return event
