"""Where cards live: projects with their teams, boards, columns, labels."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import Q

from assignhub.models import Record
from assignhub.permissions import Reach

EXTERNAL_ID = "The ID another program knows it by; imports find it again by this."


class OfProject(Record):
    """A row of a project: `reach[ORG]` leads over the project to its tenant."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)

    class Meta:
        abstract = True

    @classmethod
    def in_projects_of(cls, user) -> Q:
        """The rows of projects whose team `user` is in: a named team, or, where none is named, the whole tenant."""
        project = cls.reach[Reach.ORG].removesuffix("tenant")
        named = Project.team.through._default_manager.filter(user=user.pk).values("project")
        return Q(**{f"{project}has_own_team": False}) | Q(**{f"{project}pk__in": named})

    def get_project(self) -> "Project":
        """The project this row belongs to."""
        row = self
        for step in self.reach[Reach.ORG].split("__")[:-1]:
            row = getattr(row, step)
        return row  # type: ignore[return-value]


class Project(OfProject):
    """Work of a tenant under one heading, and the people who do it."""

    tenant = models.ForeignKey("tenancy.Tenant", models.PROTECT, related_name="projects")
    name = models.CharField(max_length=200)
    description = models.TextField(max_length=5000, blank=True)
    project_type = models.CharField(
        max_length=100, blank=True, help_text="For example “api” or “ward”; generated checklists speak to it."
    )
    team = models.ManyToManyField(
        settings.AUTH_USER_MODEL,
        related_name="projects",
        blank=True,
        help_text="Members of the tenant. Nobody named: the whole tenant is the team.",
    )
    # Kept beside the team: a team whose last person has left is empty, and not the whole tenant.
    has_own_team = models.BooleanField(default=False, editable=False)

    reach: ClassVar = {Reach.ORG: "tenant"}
    fixed: ClassVar = ("tenant",)

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "name"],
                name="project_once",
                violation_error_code="duplicate",
                violation_error_message="There is already a project of this name.",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Board(OfProject):
    project = models.ForeignKey(Project, models.CASCADE, related_name="boards")
    name = models.CharField(max_length=200)
    description = models.TextField(max_length=5000, blank=True)
    external_id = models.CharField("external ID", max_length=64, blank=True, editable=False, help_text=EXTERNAL_ID)

    reach: ClassVar = {Reach.ORG: "project__tenant"}
    fixed: ClassVar = ("project",)

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["project", "name"],
                name="board_once",
                violation_error_code="duplicate",
                violation_error_message="There is already a board of this name.",
            ),
            models.UniqueConstraint(
                fields=["project", "external_id"], condition=~Q(external_id=""), name="board_external_once"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Column(OfProject):
    """A step of the work on a board. How many open cards it takes may be limited."""

    class Policy(models.TextChoices):
        SOFT = "soft", "soft: warn"
        HARD = "hard", "hard: refuse"

    board = models.ForeignKey(Board, models.CASCADE, related_name="columns")
    name = models.CharField(max_length=200)
    position = models.PositiveIntegerField(blank=True, help_text="Counted from 0. Empty: last.")
    wip_limit = models.PositiveIntegerField(
        "limit of open cards",
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(10_000)],
        help_text="Work in progress: how many unfinished cards may be here at once. Empty: any number.",
    )
    wip_policy = models.CharField("beyond the limit", max_length=4, choices=Policy.choices, default=Policy.SOFT)
    external_id = models.CharField("external ID", max_length=64, blank=True, editable=False, help_text=EXTERNAL_ID)

    reach: ClassVar = {Reach.ORG: "board__project__tenant"}
    fixed: ClassVar = ("board",)

    class Meta:
        ordering = ["board", "position"]
        constraints = [
            models.UniqueConstraint(
                fields=["board", "name"],
                name="column_once",
                violation_error_code="duplicate",
                violation_error_message="There is already a column of this name.",
            ),
            models.UniqueConstraint(
                fields=["board", "external_id"], condition=~Q(external_id=""), name="column_external_once"
            ),
            models.CheckConstraint(condition=Q(wip_policy__in=["soft", "hard"]), name="column_wip_policy"),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.board})"


class Label(OfProject):
    """A word and a colour that cards of a board may carry."""

    board = models.ForeignKey(Board, models.CASCADE, related_name="labels")
    name = models.CharField(max_length=100)
    color = models.CharField(
        max_length=7,
        default="#64748b",
        validators=[RegexValidator(r"^#[0-9a-fA-F]{6}\Z", "Write a colour like #22c55e.")],
        help_text="Like #22c55e.",
    )
    external_id = models.CharField("external ID", max_length=64, blank=True, editable=False, help_text=EXTERNAL_ID)

    reach: ClassVar = {Reach.ORG: "board__project__tenant"}
    fixed: ClassVar = ("board",)

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["board", "name"],
                name="label_once",
                violation_error_code="duplicate",
                violation_error_message="There is already a label of this name.",
            ),
            models.UniqueConstraint(
                fields=["board", "external_id"], condition=~Q(external_id=""), name="label_external_once"
            ),
        ]

    def __str__(self) -> str:
        return self.name
