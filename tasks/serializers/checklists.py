"""The shapes of checklists, stored and proposed."""

from rest_framework import serializers
from rest_framework.fields import (
    BooleanField,
    CharField,
    ChoiceField,
    DateField,
    DateTimeField,
    IntegerField,
    ListField,
    UUIDField,
)

from assignhub.views import BoundedList, Key
from tasks.models import Priority
from tasks.serializers.fields import POSITION, Metadata
from tasks.services import Draft


class ItemShape(serializers.Serializer):
    """Seed 004, "Get Checklist Items"; after it, what the contract adds."""

    id = UUIDField(read_only=True)
    card_id = UUIDField(read_only=True)
    text = CharField(read_only=True)
    completed = BooleanField(read_only=True)
    position = IntegerField(read_only=True)
    ai_generated = BooleanField(read_only=True)
    confidence = IntegerField(read_only=True, allow_null=True)
    metadata = Metadata(read_only=True)
    created_by = UUIDField(source="created_by_id", read_only=True, allow_null=True)
    created_at = DateTimeField(read_only=True)
    updated_at = DateTimeField(read_only=True)
    assignee_id = UUIDField(read_only=True, allow_null=True)
    due_date = DateField(read_only=True, allow_null=True)
    became_card_id = UUIDField(source="became_id", read_only=True, allow_null=True)


class ItemChangeShape(serializers.Serializer):
    text = CharField(max_length=500)
    completed = BooleanField(required=False)
    position = IntegerField(**POSITION, required=False)
    ai_generated = BooleanField(required=False)
    confidence = IntegerField(min_value=0, max_value=100, allow_null=True, required=False)
    metadata = Metadata(required=False)
    assignee_id = Key(allow_null=True, required=False)
    due_date = DateField(allow_null=True, required=False)


class DraftShape(ItemChangeShape):
    def to_internal_value(self, data) -> Draft:
        return Draft(**super().to_internal_value(data))


class DraftsShape(serializers.Serializer):
    items = BoundedList(child=DraftShape(), min_length=1, max_length=20)


class DeletedShape(serializers.Serializer):
    success = BooleanField()
    message = CharField()


class SuggestionsShape(serializers.Serializer):
    suggestions = ListField(child=CharField())
    task_type = CharField()


class TaskShape(serializers.Serializer):
    """What to generate for; what is not sent is read from the card."""

    title = CharField(max_length=500, required=False)
    description = CharField(max_length=20_000, allow_blank=True, required=False)
    priority = ChoiceField(choices=Priority.choices, required=False)
    project_type = CharField(max_length=100, allow_blank=True, required=False)


class ProposedItemMetadataShape(serializers.Serializer):
    task_type = CharField()
    generated_at = DateTimeField()
    priority = CharField()


class ProposedItemShape(serializers.Serializer):
    text = CharField()
    completed = BooleanField()
    position = IntegerField()
    ai_generated = BooleanField()
    confidence = IntegerField()
    metadata = ProposedItemMetadataShape()


class ProposalMetadataShape(serializers.Serializer):
    task_type = CharField()
    confidence = IntegerField()
    generated_at = DateTimeField()
    item_count = IntegerField()
    source = CharField()  # type: ignore[assignment]


class ProposalShape(serializers.Serializer):
    """Seed 004, "Generate AI Checklist"."""

    success = BooleanField()
    items = ProposedItemShape(many=True)
    metadata = ProposalMetadataShape()
