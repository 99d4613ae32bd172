"""The shapes of what cards live on: organisations, projects, boards, columns, labels."""

from rest_framework import serializers
from rest_framework.fields import BooleanField, CharField, ChoiceField, IntegerField, UUIDField

from assignhub.views import Reference
from tasks.models import Board, Column, Project
from tasks.serializers.cards import CardOnBoardShape, LabelShape
from tasks.serializers.fields import POSITION, RecordShape
from tenancy.models import Tenant, User


class OrganizationShape(RecordShape):
    name = CharField(max_length=200)
    time_zone = CharField(max_length=64, required=False)


class ProjectShape(RecordShape):
    organization_id = Reference(Tenant, source="tenant")
    name = CharField(max_length=200)
    description = CharField(max_length=5000, allow_blank=True, required=False)
    project_type = CharField(max_length=100, allow_blank=True, required=False)
    team_ids = Reference(User, many=True, source="team", required=False)
    has_own_team = BooleanField(read_only=True)


class BoardShape(RecordShape):
    project_id = Reference(Project, source="project")
    name = CharField(max_length=200)
    description = CharField(max_length=5000, allow_blank=True, required=False)


class ColumnShape(RecordShape):
    board_id = Reference(Board, source="board")
    name = CharField(max_length=200)
    position = IntegerField(**POSITION, required=False)
    wip_limit = IntegerField(min_value=1, max_value=10_000, allow_null=True, required=False)
    wip_policy = ChoiceField(choices=Column.Policy.choices, required=False)


class ColumnOnBoardShape(serializers.Serializer):
    id = UUIDField(read_only=True)
    name = CharField(read_only=True)
    position = IntegerField(read_only=True)
    wip_limit = IntegerField(read_only=True, allow_null=True)
    wip_policy = ChoiceField(choices=Column.Policy.choices, read_only=True)
    cards = CardOnBoardShape(many=True, read_only=True)


class BoardWithCardsShape(BoardShape):
    labels = LabelShape(many=True, read_only=True)
    columns = ColumnOnBoardShape(many=True, read_only=True)
