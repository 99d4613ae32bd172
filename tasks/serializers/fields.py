"""What the shapes of this API are made of."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.fields import DateTimeField, UUIDField

from assignhub.views import BoundedList, Key

POSITION: dict[str, Any] = {"min_value": 0, "max_value": 2**31 - 1}


class RecordShape(serializers.Serializer):
    id = UUIDField(read_only=True)
    created_at = DateTimeField(read_only=True)
    updated_at = DateTimeField(read_only=True)


class Keys(BoundedList):
    """IDs of rows that are looked up together, by a rule that names all it refuses."""

    child = Key()

    def __init__(self, **kwargs: Any):
        super().__init__(**{"max_length": 200, **kwargs})


@extend_schema_field({"type": "object", "additionalProperties": {}})
class Metadata(serializers.JSONField):
    """An object of the client's own making."""

    default_error_messages = {"not_an_object": "Metadata is an object: names and values."}

    def to_internal_value(self, data):
        if not isinstance(data, dict):
            self.fail("not_an_object")
        return data
