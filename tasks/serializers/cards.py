"""The shapes of cards and of the people on them."""

from rest_framework import serializers
from rest_framework.fields import (
    BooleanField,
    CharField,
    ChoiceField,
    DateField,
    DateTimeField,
    FloatField,
    IntegerField,
    ListField,
    UUIDField,
)

from assignhub.permissions import Rank
from assignhub.views import BoundedList, Reference
from tasks.generation import TASK_TYPES
from tasks.models import Board, Column, Label, Priority
from tasks.serializers.checklists import DraftShape, ItemShape
from tasks.serializers.fields import POSITION, Keys, RecordShape


class LabelShape(serializers.Serializer):
    id = UUIDField(read_only=True)
    name = CharField(read_only=True)
    color = CharField(read_only=True)


class LabelRecordShape(RecordShape):
    board_id = Reference(Board, source="board")
    name = CharField(max_length=100)
    color = serializers.RegexField(r"^#[0-9a-fA-F]{6}\Z", required=False)


class PersonShape(serializers.Serializer):
    id = UUIDField(source="user.pk", read_only=True)
    email = CharField(source="user.email", read_only=True)
    first_name = CharField(source="user.first_name", read_only=True)
    last_name = CharField(source="user.last_name", read_only=True)
    avatar_url = CharField(source="user.avatar_url", read_only=True)


class ProgressShape(serializers.Serializer):
    total_items = IntegerField(read_only=True)
    completed_items = IntegerField(read_only=True)
    progress_percentage = FloatField(read_only=True)
    ai_generated_count = IntegerField(read_only=True)


class CardOnBoardShape(RecordShape):
    column_id = UUIDField(read_only=True)
    title = CharField(read_only=True)
    description = CharField(read_only=True)
    position = IntegerField(read_only=True)
    priority = ChoiceField(choices=Priority.choices, read_only=True)
    due_date = DateField(read_only=True, allow_null=True)
    task_type = ChoiceField(choices=[(name, name) for name in TASK_TYPES], read_only=True)
    labels = LabelShape(many=True, read_only=True)
    assigned_to = ListField(child=UUIDField(), read_only=True)
    assignees = PersonShape(many=True, read_only=True)
    progress = ProgressShape(read_only=True)
    can_be_finished = BooleanField(read_only=True)
    finished_at = DateTimeField(read_only=True, allow_null=True)
    created_by = UUIDField(source="created_by_id", read_only=True, allow_null=True)
    checklist = ItemShape(many=True, read_only=True)


class CardShape(CardOnBoardShape):
    board_id = UUIDField(source="column.board_id", read_only=True)
    project_id = UUIDField(source="column.board.project_id", read_only=True)


class WrittenCardShape(CardShape):
    """A card after a write, with what a soft limit has to say."""

    warnings = ListField(child=CharField(), read_only=True)


class CardChangeShape(serializers.Serializer):
    title = CharField(max_length=500)
    description = CharField(max_length=20_000, allow_blank=True, required=False)
    priority = ChoiceField(choices=Priority.choices, required=False)
    due_date = DateField(allow_null=True, required=False)
    label_ids = Reference(Label, many=True, source="labels", required=False)
    assigned_to = Keys(required=False)


class NewCardShape(CardChangeShape):
    position = IntegerField(**POSITION, required=False)
    checklist = BoundedList(child=DraftShape(), max_length=20, required=False)


class NewCardInColumnShape(NewCardShape):
    column_id = Reference(Column, source="column")


class MoveShape(serializers.Serializer):
    column_id = Reference(Column, source="column", required=False)
    position = IntegerField(**POSITION, required=False)


class CopyShape(MoveShape):
    title = CharField(max_length=500, required=False)
    assigned_to = Keys(required=False)


class AssignedShape(serializers.Serializer):
    assigned_to = Keys()


class ValidityShape(serializers.Serializer):
    valid = BooleanField()
    error = CharField(required=False)
    error_code = CharField(required=False)
    invalid_users = ListField(child=UUIDField(), required=False)


class MemberShape(serializers.Serializer):
    """Seed 004, "Get Assignable Members"."""

    id = UUIDField(source="user.pk")
    email = CharField(source="user.email")
    first_name = CharField(source="user.first_name")
    last_name = CharField(source="user.last_name")
    role = CharField(source="rank.label")
    avatar_url = CharField(source="user.avatar_url")


class AssignableMembersShape(serializers.Serializer):
    members = MemberShape(many=True)
    total_count = IntegerField()
    user_role = ChoiceField(choices=[(rank.label, rank.label) for rank in Rank])
    assignment_scope = CharField()


class RolePermissionsShape(serializers.Serializer):
    """Seed 004, "Get Role Permissions"."""

    can_assign_tasks_to_self = BooleanField()
    can_assign_tasks_to_others = BooleanField()
    can_create_tasks = BooleanField()
    can_edit_own_tasks = BooleanField()
    can_edit_other_tasks = BooleanField()
    can_delete_tasks = BooleanField()
    assignment_scope = CharField()
    restriction_message = CharField()
