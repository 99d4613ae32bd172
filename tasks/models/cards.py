"""What is to be done: cards, who works on them, and their checklists."""

import json
from collections.abc import Sequence
from typing import Any, ClassVar

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q

from assignhub.fields import Derived
from assignhub.permissions import Reach
from tasks.generation import TASK_TYPES, Task
from tasks.models.boards import EXTERNAL_ID, Column, Label, OfProject

LARGEST_METADATA = 10_000


class Priority(models.TextChoices):
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    URGENT = "urgent"


def progress_of(completed: Sequence[bool], ai_generated: Sequence[bool]) -> dict[str, Any]:
    """How far a checklist is, in the words of seed 004, “Get Checklist Progress”; 0 percent of nothing.

    The two say of each item whether it is completed, and whether AI has written it.
    """
    total, done = len(completed), sum(completed)
    return {
        "total_items": total,
        "completed_items": done,
        "progress_percentage": round(100 * done / total, 2) if total else 0.0,
        "ai_generated_count": sum(ai_generated),
    }


class Card(OfProject):
    """A task. It is open until it is finished, which it can be once nothing on its checklist is open."""

    column = models.ForeignKey(Column, models.CASCADE, related_name="cards")
    title = models.CharField(max_length=500)
    description = models.TextField(max_length=20_000, blank=True)
    priority = models.CharField(max_length=6, choices=Priority.choices, default=Priority.MEDIUM)
    due_date = models.DateField(null=True, blank=True)
    labels = models.ManyToManyField(Label, related_name="cards", blank=True)
    position = models.PositiveIntegerField(blank=True, help_text="Counted from 0. Empty: last.")
    task_type = models.CharField(max_length=20, choices=[(name, name) for name in TASK_TYPES], editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, related_name="+", null=True, blank=True, editable=False
    )
    finished_at = models.DateTimeField(null=True, blank=True, editable=False)
    # The keys of the people on the card, in the order they were put there.
    assigned_to: Derived[list[Any]] = Derived(list, "assignees__user_id")
    progress = Derived(progress_of, "checklist__completed", "checklist__ai_generated")
    can_be_finished = Derived(
        lambda finished_at, completed: finished_at is None and all(completed), "finished_at", "checklist__completed"
    )
    external_id = models.CharField("external ID", max_length=64, blank=True, editable=False, help_text=EXTERNAL_ID)

    # One's own cards are those one has made and those one works on.
    reach: ClassVar = {Reach.OWN: ("created_by", "assignees__user"), Reach.ORG: "column__board__project__tenant"}
    fixed: ClassVar = ("created_by",)

    # What the last write has to say beside the card: soft limits it went beyond.
    warnings: tuple[str, ...] = ()

    class Meta:
        ordering = ["column", "position"]
        constraints = [
            models.CheckConstraint(condition=Q(priority__in=["low", "medium", "high", "urgent"]), name="card_priority"),
        ]
        indexes = [
            models.Index(fields=["column", "position"], name="card_position"),
            models.Index(fields=["-created_at", "-id"], name="card_newest"),
            models.Index(fields=["external_id"], condition=~Q(external_id=""), name="card_external"),
            models.Index(fields=["task_type"], condition=Q(finished_at__isnull=False), name="card_finished_type"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_finished(self) -> bool:
        return self.finished_at is not None

    def as_task(self) -> Task:
        """What the generator reads."""
        project = self.column.board.project
        return Task(self.title, self.description, self.priority, project.project_type)


class Assignee(OfProject):
    """A person on a card."""

    card = models.ForeignKey(Card, models.CASCADE, related_name="assignees")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    assigned_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, related_name="+", null=True, blank=True, editable=False
    )

    reach: ClassVar = {Reach.OWN: "user", Reach.ORG: "card__column__board__project__tenant"}
    fixed: ClassVar = ("card", "user")

    class Meta:
        ordering = ["created_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["card", "user"],
                name="assignee_once",
                violation_error_code="duplicate",
                violation_error_message="This person is already on the card.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} on {self.card}"


class ChecklistItem(OfProject):
    """A step of a card. It may have become a card of its own (`became`), and may come back."""

    card = models.ForeignKey(Card, models.CASCADE, related_name="checklist")
    text = models.CharField(max_length=500)
    completed = models.BooleanField(default=False)
    position = models.PositiveIntegerField(blank=True, help_text="Counted from 0. Empty: last.")
    assignee = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, related_name="+", null=True, blank=True)
    due_date = models.DateField(null=True, blank=True)
    ai_generated = models.BooleanField("AI-generated", default=False)
    confidence = models.PositiveSmallIntegerField(
        null=True, blank=True, validators=[MaxValueValidator(100)], help_text="0 to 100."
    )
    metadata = models.JSONField(default=dict, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, related_name="+", null=True, blank=True, editable=False
    )
    became = models.OneToOneField(
        Card, models.SET_NULL, related_name="came_from", null=True, blank=True, editable=False
    )
    external_id = models.CharField("external ID", max_length=64, blank=True, editable=False, help_text=EXTERNAL_ID)

    reach: ClassVar = {
        Reach.OWN: ("card__created_by", "card__assignees__user"),
        Reach.ORG: "card__column__board__project__tenant",
    }
    fixed: ClassVar = ("card", "created_by")

    class Meta:
        ordering = ["card", "position"]
        constraints = [
            models.CheckConstraint(
                condition=Q(confidence=None) | Q(confidence__gte=0, confidence__lte=100),
                name="checklistitem_confidence",
                violation_error_message="The confidence is between 0 and 100.",
            ),
        ]
        indexes = [models.Index(fields=["card", "position"], name="checklistitem_position")]

    def __str__(self) -> str:
        return self.text

    def clean(self) -> None:
        if not isinstance(self.metadata, dict):
            raise ValidationError({"metadata": "Metadata is an object: names and values."})
        if len(json.dumps(self.metadata)) > LARGEST_METADATA:
            raise ValidationError({"metadata": f"Metadata has at most {LARGEST_METADATA} characters as JSON."})
