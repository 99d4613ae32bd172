"""What the start page says of cards."""

from collections.abc import Iterator

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from assignhub.dashboard import Need, Step
from assignhub.permissions import within
from tasks.models import Board, Card, Project


def overdue(cards: QuerySet, user) -> QuerySet:
    """Open cards whose day has passed."""
    return cards.filter(finished_at=None, due_date__lt=timezone.localdate())


def on_me(cards: QuerySet, user) -> QuerySet:
    return cards.filter(finished_at=None, assignees__user=user.pk)


NEEDS = (
    Need(
        "overdue",
        "Overdue cards",
        Card,
        Card.permission("change"),
        overdue,
        "Open, and due before today.",
        "event_busy",
        "danger",
    ),
    Need("mine", "My open cards", Card, Card.permission("change"), on_me, "You are on them.", "note_stack"),
)


def first_steps(user) -> Iterator[Step]:
    for title, hint, model in (
        ("Begin a project", "Work under one heading, and the people who do it.", Project),
        ("Set up a board", "With a column for each step of the work.", Board),
    ):
        url = reverse(f"admin:tasks_{model._meta.model_name}_add")
        rows = within(model._default_manager.all(), user, model.permission("view"))
        yield Step(title, hint, url, model.permission("add"), rows)
