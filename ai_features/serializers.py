"""The shapes of the AI API (seed 000); rules are elsewhere."""

from typing import Any

from rest_framework import serializers
from rest_framework.fields import (
    BooleanField,
    CharField,
    DateField,
    DateTimeField,
    DecimalField,
    DictField,
    IntegerField,
    ListField,
    UUIDField,
)

from ai_features.models import Model, Outcome, Provider, Source
from assignhub.errors import explain
from assignhub.views import BoundedList, Reference

OPTIONAL: dict[str, Any] = {"allow_null": True, "required": False}
COUNT: dict[str, Any] = {"min_value": 0, "max_value": 2**31 - 1}
PRICE: dict[str, Any] = {"max_digits": 12, "decimal_places": 6, "min_value": 0, "normalize_output": True}


class Flag(BooleanField):
    """True or false; a text or a number is neither."""

    def to_internal_value(self, data):
        if not isinstance(data, bool):
            self.fail("invalid", input=data)
        return data


class Key(UUIDField):
    """An ID as it stands in JSON: a text, of which an empty one means none."""

    def validate_empty_values(self, data):
        return super().validate_empty_values(None if data == "" and self.allow_null else data)

    def to_internal_value(self, data):
        if not isinstance(data, str):
            self.fail("invalid", value=data)
        return super().to_internal_value(data)


class Stamps(serializers.Serializer):
    created_at = DateTimeField(read_only=True)
    updated_at = DateTimeField(read_only=True)


class NamedProvider(serializers.Serializer):
    id = UUIDField(read_only=True)
    name = CharField(read_only=True)
    type = CharField(read_only=True)
    is_active = BooleanField(read_only=True)


class NamedModel(serializers.Serializer):
    id = UUIDField(read_only=True)
    name = CharField(read_only=True)
    is_active = BooleanField(read_only=True)
    retires_at = DateField(read_only=True, allow_null=True)
    retires_in_days = IntegerField(read_only=True, allow_null=True)


class HealthShape(serializers.Serializer):
    """How a provider is doing: failures since the last success, and until when it is left alone."""

    failures = IntegerField(read_only=True)
    open_until = DateTimeField(read_only=True, allow_null=True)


class ProviderShape(Stamps):
    id = UUIDField(read_only=True)
    name = CharField(max_length=100)
    type = serializers.ChoiceField(choices=Provider.Type.choices)
    endpoint = CharField(max_length=500, required=False, allow_blank=True)
    api_version = CharField(max_length=40, required=False, allow_blank=True)
    api_key = CharField(
        max_length=500, write_only=True, required=False, allow_blank=True, trim_whitespace=False,
        help_text="Is never shown again. Left out: the key stays; empty: it is removed.",
    )  # fmt: skip
    key_hint = CharField(read_only=True, help_text="The last four characters of the key.")
    key_set_at = DateTimeField(read_only=True, allow_null=True)
    default_model_id = Reference(Model, source="default_model", **OPTIONAL)
    monthly_budget = DecimalField(max_digits=12, decimal_places=2, min_value=0, **OPTIONAL)
    is_active = Flag(required=False)
    health = HealthShape(read_only=True)


class ModelShape(Stamps):
    id = UUIDField(read_only=True)
    provider_id = Reference(Provider, source="provider")
    name = CharField(max_length=150)
    mode = CharField(max_length=40, required=False)
    context_size = IntegerField(**COUNT, **OPTIONAL)
    max_output = IntegerField(**COUNT, **OPTIONAL)
    vision = Flag(required=False)
    tools = Flag(required=False)
    json_output = Flag(required=False)
    input_price = DecimalField(**PRICE, **OPTIONAL)
    output_price = DecimalField(**PRICE, **OPTIONAL)
    retires_at = DateField(**OPTIONAL)
    retires_in_days = IntegerField(read_only=True, allow_null=True)
    is_retired = BooleanField(read_only=True)
    is_retiring = BooleanField(read_only=True)
    is_active = Flag(required=False)
    provider = NamedProvider(read_only=True)


class ModelDetailShape(ModelShape):
    features = ListField(child=CharField(), read_only=True, help_text="The features it serves.")


class NeedsShape(serializers.Serializer):
    """What a feature asks of its models; prices are US dollars per million tokens."""

    context_size = IntegerField(source="needs_context", min_value=1, max_value=2**31 - 1, **OPTIONAL)
    vision = Flag(source="needs_vision", required=False)
    tools = Flag(source="needs_tools", required=False)
    json_output = Flag(source="needs_json", required=False)
    price_ceiling = DecimalField(**PRICE, **OPTIONAL)


class FeatureFields(serializers.Serializer):
    feature_name = CharField(max_length=100)
    feature_category = CharField(max_length=100, required=False)
    is_active = Flag(required=False)
    config = DictField(required=False)
    needs = NeedsShape(source="*", required=False)


class FeatureShape(FeatureFields, Stamps):
    id = UUIDField(read_only=True)
    primary_provider_id = Reference(Provider, source="primary_provider")
    primary_model_id = Reference(Model, source="primary_model", **OPTIONAL)
    backup_provider_id = Reference(Provider, source="backup_provider", **OPTIONAL)
    backup_model_id = Reference(Model, source="backup_model", **OPTIONAL)
    primary_provider = NamedProvider(read_only=True)
    primary_model = NamedModel(read_only=True, allow_null=True)
    backup_provider = NamedProvider(read_only=True, allow_null=True)
    backup_model = NamedModel(read_only=True, allow_null=True)


class WishShape(FeatureFields):
    """One of many: keys are looked up all together."""

    primary_provider_id = Key()
    primary_model_id = Key(**OPTIONAL)
    backup_provider_id = Key(**OPTIONAL)
    backup_model_id = Key(**OPTIONAL)


class BulkShape(serializers.Serializer):
    assignments = BoundedList(child=WishShape(), max_length=1000, allow_empty=False)


class BulkErrorShape(serializers.Serializer):
    index = IntegerField()
    feature_name = CharField()
    error = serializers.SerializerMethodField()
    message = serializers.SerializerMethodField()

    def get_error(self, refusal) -> str:
        return (getattr(refusal.error, "code", None) or "invalid").upper()

    def get_message(self, refusal) -> str:
        return explain(refusal.error)


class BulkResultShape(serializers.Serializer):
    created = FeatureShape(many=True)
    errors = BulkErrorShape(many=True)


class StepShape(serializers.Serializer):
    source = CharField()
    check = CharField()
    passed = BooleanField()
    message = CharField()


class ResolutionShape(serializers.Serializer):
    """Who would serve a feature now, and the checks that led there."""

    feature_name = CharField()
    source = serializers.ChoiceField(choices=Source.choices)
    provider = NamedProvider(allow_null=True)
    model = NamedModel(allow_null=True)
    steps = StepShape(many=True)


class TestShape(serializers.Serializer):
    model_id = Reference(Model, source="model", **OPTIONAL)


class TestResultShape(serializers.Serializer):
    """What a provider answered when it was tested: in words, shortened, without the key."""

    ok = BooleanField()
    outcome = serializers.ChoiceField(choices=Outcome.choices)
    status = IntegerField(allow_null=True, help_text="The HTTP status of its answer, if there was one.")
    model = CharField(help_text="The model that was asked.")
    answered_by = CharField(help_text="The model that says it answered.")
    latency_ms = IntegerField()
    text = CharField()
