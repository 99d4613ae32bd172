"""The base of every API viewset: reads start within reach, writes go to the service."""

from functools import cached_property
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from assignhub import wire
from assignhub.errors import not_found
from assignhub.models import Record
from assignhub.permissions import within
from assignhub.services import RecordService

VERBS = {
    "list": "view",
    "retrieve": "view",
    "create": "add",
    "update": "change",
    "partial_update": "change",
    "destroy": "delete",
}


# Without OPTIONS: `corsheaders` answers preflights, and the framework's own answer would describe its serializers.
METHODS = ["get", "post", "put", "patch", "delete", "head"]


def verb_of(action: str) -> str:
    """The verb of the table of grants an action stands under; doing it to many rows takes the same right."""
    return VERBS.get(action.removesuffix("_many"), action.removesuffix("_many"))


class Reference(serializers.PrimaryKeyRelatedField):
    """The key of another row the caller may see; any other key answers 404, whether or not such a row exists."""

    def __init__(self, model: type[Record], **kwargs: Any):
        self.model = model
        super().__init__(queryset=model._default_manager.all(), **kwargs)

    def get_queryset(self):
        return within(self.model._default_manager.all(), self.context["request"].user, self.model.permission("view"))

    def to_internal_value(self, data):
        # Django would read the number 7 as a UUID, and 1.5 as the key 1.
        if not isinstance(data, str if isinstance(self.model._meta.pk, models.UUIDField) else str | int):
            self.fail("incorrect_type", data_type=type(data).__name__)
        try:
            return super().to_internal_value(data)
        except ValidationError as error:  # a malformed UUID
            raise serializers.ValidationError(error.messages, code="invalid") from None
        except OverflowError:
            self.fail("incorrect_type", data_type="a number beyond 64 bits")

    def fail(self, key, **kwargs):
        if key == "does_not_exist":
            raise serializers.ValidationError(not_found(self.model, kwargs["pk_value"]).messages, code="not_found")
        super().fail(key, **kwargs)


class BoundedList(serializers.ListField):
    """A list that is refused for its length before any of its items is looked at: a million of them take minutes."""

    def to_internal_value(self, data):
        if isinstance(data, list):
            self.run_validators(data)
        return super().to_internal_value(data)


class HubViewSet(GenericViewSet):
    """List, retrieve, create, update and destroy rows of one model in one dialect.

    A leaf names its `dialect`, `service` and `serializer_class`; `action_shapes` may give single actions another shape.
    Which of the actions exist is written in `urls.py`.
    """

    dialect: ClassVar[wire.Dialect]
    service: ClassVar[RecordService]
    action_shapes: ClassVar[dict[str, type[serializers.BaseSerializer]]] = {}
    select_related: ClassVar[tuple[str, ...]] = ()
    prefetch_related: ClassVar[tuple[str, ...]] = ()
    ordering: ClassVar[tuple[str, ...]] = ("-created_at", "-pk")
    created_status: ClassVar[int] = 201
    deleted_status: ClassVar[int] = 204
    http_method_names = METHODS

    @property
    def model(self) -> type[Record]:
        return self.service.model

    @property
    def queryset(self) -> models.QuerySet:  # type: ignore[override]
        """For OpenAPI, which wants to know the model without a caller."""
        return self.model._default_manager.none()

    @property
    def permission(self) -> str:
        """The row of the table of grants the present action stands under."""
        return self.model.permission(verb_of(self.action))

    @cached_property
    def paginator(self):
        return self.dialect.pagination()

    def get_queryset(self):
        rows = self.model._default_manager.select_related(*self.select_related)
        return within(rows, self.request.user, self.model.permission("view")).order_by(*self.ordering)

    def prefetched(self, rows: list[Record]) -> list[Record]:
        models.prefetch_related_objects(rows, *self.prefetch_related)
        return rows

    def get_serializer_class(self):
        return self.action_shapes.get(self.action, self.serializer_class)

    def key_in_path(self, name: str, key_field: models.Field) -> Any:
        """A key the address names, as Python value; raises `ValidationError` (400) for one that cannot be a key."""
        text = self.kwargs[name]
        malformed = ValidationError({name: f"“{text[:40]}” is not a valid ID."})
        try:
            key = key_field.to_python(text)
        except ValidationError:
            raise malformed from None
        if isinstance(key, int) and abs(key) > wire.LARGEST_INTEGER:
            raise malformed
        return key

    def get_object(self) -> Any:
        """The row the address names: 400 for a malformed key, 404 for a row out of sight."""
        name = next(iter(self.kwargs))
        key = self.key_in_path(name, self.model._meta.pk)
        row = self.get_queryset().filter(pk=key).first()
        if row is None:
            raise not_found(self.model, key)
        return row

    def wire_name(self, field: str) -> str:
        """The name a client knows a model field by."""
        shape = self.get_serializer_class()
        fields = getattr(shape, "_declared_fields", {})
        return next((name for name, declared in fields.items() if declared.source == field), field)

    def respond(self, row: Any, status: int = 200) -> Response:
        return Response(self.get_serializer(row).data, status=status)

    def list(self, request, **kwargs):
        rows = self.paginator.paginate_queryset(self.filter_queryset(self.get_queryset()), request, view=self)
        return self.get_paginated_response(self.get_serializer(self.prefetched(rows), many=True).data)

    def retrieve(self, request, **kwargs):
        row = self.get_object()
        self.prefetched([row])
        return self.respond(row)

    def create(self, request, **kwargs):
        row = self.service.create(by=request.user, **self.submitted())
        return self.respond(row, self.created_status)

    def update(self, request, **kwargs):
        row = self.get_object()
        return self.respond(self.service.update(row, by=request.user, **self.submitted(partial=True)))

    partial_update = update

    def destroy(self, request, **kwargs):
        row = self.service.remove(self.get_object(), by=request.user)
        return Response(status=204) if self.deleted_status == 204 else self.respond(row)

    def submitted(self, *, partial: bool = False) -> dict[str, Any]:
        """The body's values under the model's field names; what was not sent is not in it."""
        shape = self.get_serializer(data=self.request.data, partial=partial)
        shape.is_valid(raise_exception=True)
        return dict(shape.validated_data)
