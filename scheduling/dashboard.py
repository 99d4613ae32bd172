"""What the start page says of rosters."""

from collections.abc import Iterator
from datetime import timedelta

from django.db.models import Count, F, IntegerField, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce, Least
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from assignhub.dashboard import Chart, Need, Series, Step
from assignhub.permissions import within
from scheduling.models import Assignment, Employee, Schedule, Shift, ShiftType, Swap
from scheduling.open_shifts import understaffed

AHEAD = timedelta(days=14)


def coming(assignments: QuerySet) -> QuerySet:
    return assignments.filter(starts_at__gt=timezone.now()).exclude(schedule__status=Schedule.Status.ARCHIVED)


def unconfirmed(assignments: QuerySet, user) -> QuerySet:
    """Coming shifts whose employee has not yet said that they come."""
    return coming(assignments).filter(status__in=Assignment.UNCONFIRMED)


def to_answer(assignments: QuerySet, user) -> QuerySet:
    """One's own coming shifts that one has not yet confirmed or declined."""
    return unconfirmed(assignments, user).filter(employee__user=user.pk)


def own_work(assignments: QuerySet, user) -> QuerySet:
    return coming(assignments).filter(status__in=Assignment.ACTIVE, employee__user=user.pk)


def unreplaced(assignments: QuerySet, user) -> QuerySet:
    """Declined places on coming shifts that still have fewer people than they need."""
    declined = coming(assignments).filter(status=Assignment.Status.DECLINED)
    return declined.annotate(present=_present(OuterRef("shift"))).filter(present__lt=F("shift__required_staff"))


def short_of_staff(shifts: QuerySet, user) -> QuerySet:
    """Shifts of the next 14 days with open places."""
    now = timezone.now()
    # The day lets an index find them; the moment is exact, whatever the tenant's time zone.
    near = shifts.filter(date__range=(now.date() - timedelta(days=1), (now + AHEAD).date() + timedelta(days=1)))
    return understaffed(near.filter(starts_at__lt=now + AHEAD))


def in_status(*statuses: str):
    return lambda rows, user: rows.filter(status__in=statuses)


def without_account(employees: QuerySet, user) -> QuerySet:
    return employees.filter(user=None, is_active=True)


NEEDS = (
    Need(
        "my-answer",
        "Waiting for my answer",
        Assignment,
        Assignment.permission("confirm"),
        to_answer,
        "Confirm or decline these shifts of yours.",
        "contact_support",
        "warning",
    ),
    Need(
        "mine",
        "My coming shifts",
        Assignment,
        Assignment.permission("confirm"),
        own_work,
        "Where and when you work next.",
        "event",
    ),
    Need(
        "declined",
        "Declined, not replaced",
        Assignment,
        Assignment.permission("change"),
        unreplaced,
        "Somebody cannot come, and nobody else has been found.",
        "person_off",
        "danger",
    ),
    Need(
        "staff",
        "Understaffed shifts",
        Shift,
        Shift.permission("candidates"),
        short_of_staff,
        "Shifts of the next 14 days with open places.",
        "group_add",
        "danger",
    ),
    Need(
        "confirmation",
        "Unconfirmed shifts",
        Assignment,
        Assignment.permission("change"),
        unconfirmed,
        "Coming, and the employee has not said so yet.",
        "hourglass_top",
        "warning",
    ),
    Need(
        "swap-approval",
        "Swaps to approve",
        Swap,
        Swap.permission("approve"),
        in_status(Swap.Status.TAKEN),
        "A colleague would take the shift; you decide.",
        "swap_horiz",
        "warning",
    ),
    Need(
        "approval",
        "Schedules to approve",
        Schedule,
        Schedule.permission("approve"),
        in_status(Schedule.Status.PENDING_APPROVAL),
        "Submitted by their planners.",
        "approval",
        "warning",
    ),
    Need(
        "publication",
        "Schedules to publish",
        Schedule,
        Schedule.permission("publish"),
        in_status(Schedule.Status.APPROVED),
        "Approved; employees have not been told yet.",
        "campaign",
    ),
    Need(
        "rework",
        "Rejected schedules",
        Schedule,
        Schedule.permission("change"),
        in_status(Schedule.Status.REJECTED),
        "Sent back to be changed and submitted again.",
        "edit_calendar",
        "warning",
    ),
    Need(
        "account",
        "Employees without an account",
        Employee,
        Employee.permission("change"),
        without_account,
        "They cannot confirm, decline or swap their shifts.",
        "no_accounts",
    ),
)


def charts(user) -> Iterator[Chart]:
    """How many places of each of the next 14 days are filled. One query."""
    first = timezone.localdate()
    days = [first + timedelta(days=count) for count in range(AHEAD.days)]
    visible = within(Shift.objects.all(), user, Shift.permission("view")).filter(date__range=(days[0], days[-1]))
    filled = Least(_present(OuterRef("pk")), F("required_staff"), output_field=IntegerField())
    rows = visible.exclude(schedule__status=Schedule.Status.ARCHIVED).annotate(filled=filled).order_by()
    sums = {
        day: (needed, there)
        for day, needed, there in rows.values_list("date").annotate(Sum("required_staff"), Sum("filled"))
    }
    if not sums:
        return
    listed = reverse("admin:scheduling_shift_changelist")
    yield Chart(
        title="Coverage",
        hint="Places on the shifts of the next 14 days",
        labels=[date_format(day, "D j M") for day in days],
        series=[
            Series("filled", [sums.get(day, (0, 0))[1] for day in days], "--color-primary-600"),
            Series("open", [needed - there for needed, there in (sums.get(day, (0, 0)) for day in days)], "--hub-gap"),
        ],
        links=[f"{listed}?date__year={day.year}&date__month={day.month}&date__day={day.day}" for day in days],
    )


def first_steps(user) -> Iterator[Step]:
    for title, hint, model in (
        ("Add the employees", "Who works here, what they can do and when. One by one, or from a table.", Employee),
        ("Name the shift types", "Kinds of work, such as early or night, and what they ask for.", ShiftType),
        ("Open a schedule", "The days you plan together, usually a week.", Schedule),
        ("Plan its shifts", "When how many people are needed. Then fill them on the roster.", Shift),
    ):
        url = reverse(f"admin:scheduling_{model._meta.model_name}_add")
        rows = within(model._default_manager.all(), user, model.permission("view"))
        yield Step(title, hint, url, model.permission("add"), rows)


def _present(shift: OuterRef) -> Coalesce:
    """How many active assignments the shift has, as a subquery."""
    active = Assignment.objects.filter(shift=shift, status__in=Assignment.ACTIVE).order_by()
    count = active.values("shift").annotate(number=Count("pk")).values("number")
    return Coalesce(Subquery(count, output_field=IntegerField()), 0)
