"""Rows for tests to stand on. They go past the services: what a test is about comes through a door, not from here."""

import factory
from factory.django import DjangoModelFactory

from tasks.models import Assignee, Board, Card, ChecklistItem, Column, Label, Project


class ProjectFactory(DjangoModelFactory):
    class Meta:
        model = Project
        skip_postgeneration_save = True

    name = factory.Sequence(lambda n: f"Project {n}")

    @factory.post_generation
    def team(self, create, people):
        if people:
            self.team.set(people)
            self.has_own_team = True
            self.save()


class BoardFactory(DjangoModelFactory):
    class Meta:
        model = Board

    name = factory.Sequence(lambda n: f"Board {n}")


class ColumnFactory(DjangoModelFactory):
    class Meta:
        model = Column

    name = factory.Sequence(lambda n: f"Column {n}")
    position = factory.LazyAttribute(lambda row: row.board.columns.count())


class LabelFactory(DjangoModelFactory):
    class Meta:
        model = Label

    name = factory.Sequence(lambda n: f"Label {n}")


class CardFactory(DjangoModelFactory):
    class Meta:
        model = Card

    title = factory.Sequence(lambda n: f"Card {n}")
    task_type = "general"
    position = factory.LazyAttribute(lambda row: row.column.cards.count())


class ItemFactory(DjangoModelFactory):
    class Meta:
        model = ChecklistItem

    text = factory.Sequence(lambda n: f"Step {n}")
    position = factory.LazyAttribute(lambda row: row.card.checklist.count())


class AssigneeFactory(DjangoModelFactory):
    class Meta:
        model = Assignee
