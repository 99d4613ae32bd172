"""What the start page says of founders."""

from collections.abc import Iterator

from django.db.models import QuerySet
from django.utils import timezone

from assignhub.dashboard import Chart, Need, Series
from assignhub.permissions import Reach, reach
from founders.candidates import admins_held, described, places
from founders.models import Assignment, Capacity, Founder

SHOWN = 20


def without_admin(founders: QuerySet, user) -> QuerySet:
    return founders.filter(pk__in=Founder.objects.without_admin(timezone.now()).values("pk"))


def own(founders: QuerySet, user) -> QuerySet:
    return founders.filter(pk__in=Assignment.objects.naming(user).values("founder"))


NEEDS = (
    Need(
        "founder-admin",
        "Founders without an admin",
        Founder,
        Assignment.permission("hand_over"),
        without_admin,
        "Nobody looks after them. Hand them over to somebody.",
        "person_alert",
        "danger",
    ),
    Need(
        "my-founders",
        "Founders you look after",
        Founder,
        Founder.permission("change"),
        own,
        "Their records and notes.",
        "rocket_launch",
    ),
)


def charts(user) -> Iterator[Chart]:
    """How many founders the admins with the most of them have, and how many more they would take."""
    if reach(user, Capacity.permission("view")) != Reach.ALL:
        return
    admins = sorted(described(places(admins_held())), key=lambda admin: -admin.founder_count)[:SHOWN]
    if not any(admin.founder_count or admin.capacity for admin in admins):
        return
    yield Chart(
        title="Founders per admin",
        hint=f"At most {SHOWN} admins, those with the most founders first",
        labels=[admin.name for admin in admins],
        series=[
            Series("founders", [admin.founder_count for admin in admins], "--color-primary-600"),
            Series("free", [max((admin.capacity or 0) - admin.founder_count, 0) for admin in admins], "--hub-gap"),
        ],
    )
