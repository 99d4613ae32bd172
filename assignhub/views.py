"""The base of every API viewset: reads start within reach, writes go to the service."""

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Any, ClassVar, NoReturn

from django.core.exceptions import ValidationError
from django.db import models
from rest_framework import serializers
from rest_framework.relations import MANY_RELATION_KWARGS
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from assignhub import kept, reading, wire
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


# More than any list of keys a person fills, fewer than a statement may have parameters.
MOST_REFERENCES = 1000

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

    @classmethod
    def many_init(cls, *args: Any, **kwargs: Any) -> "References":
        options = {name: kwargs[name] for name in MANY_RELATION_KWARGS if name in kwargs}
        return References(child_relation=cls(*args, **kwargs), **options)

    def key_of(self, data: Any) -> Any:
        """What a client sent as a key, as Python value."""
        # Django would read the number 7 as a UUID, and 1.5 as the key 1.
        key_field = self.model._meta.pk
        if isinstance(data, bool) or not isinstance(
            data, str if isinstance(key_field, models.UUIDField) else str | int
        ):
            self.fail("incorrect_type", data_type=type(data).__name__)
        try:
            key = key_field.to_python(data)
        except ValidationError as error:
            if isinstance(key_field, models.UUIDField):
                raise serializers.ValidationError(error.messages, code="invalid") from None
            self.fail("incorrect_type", data_type=type(data).__name__)
        if isinstance(key, int) and abs(key) > wire.LARGEST_INTEGER:
            self.fail("incorrect_type", data_type="a number beyond 64 bits")
        return key

    def to_internal_value(self, data):
        key = self.key_of(data)
        row = self.get_queryset().filter(pk=key).first()
        return row if row is not None else self.fail("does_not_exist", pk_value=data)

    def fail(self, key, **kwargs) -> NoReturn:
        if key == "does_not_exist":
            raise serializers.ValidationError(not_found(self.model, kwargs["pk_value"]).messages, code="not_found")
        super().fail(key, **kwargs)


class References(serializers.ManyRelatedField):
    """A list of keys, looked up in one query however long it is."""

    child_relation: Reference

    def to_internal_value(self, data):
        if not isinstance(data, list):
            self.fail("not_a_list", input_type=type(data).__name__)
        if len(data) > MOST_REFERENCES:
            raise serializers.ValidationError(f"{len(data)} keys are too many; at most {MOST_REFERENCES} can be given.")
        keys = [self.child_relation.key_of(sent) for sent in data]
        found = {row.pk: row for row in self.child_relation.get_queryset().filter(pk__in=keys)}
        for key, sent in zip(keys, data, strict=True):
            if key not in found:
                self.child_relation.fail("does_not_exist", pk_value=sent)
        return [found[key] for key in keys]


class DoneShape(serializers.Serializer):
    """The whole body of a success that has nothing to show but a sentence, where a dialect has such."""

    whole_body = True

    success = serializers.BooleanField()
    message = serializers.CharField()


class Key(serializers.UUIDField):
    """An ID as it stands in JSON: a text. A number is none, although every number could be read as a UUID."""

    def to_internal_value(self, data):
        if not isinstance(data, str):
            self.fail("invalid", value=data)
        return super().to_internal_value(data)


class BoundedList(serializers.ListField):
    """A list that is refused for its length before any of its items is looked at: a million of them take minutes."""

    def to_internal_value(self, data):
        if isinstance(data, list):
            self.run_validators(data)
        return super().to_internal_value(data)


class HubViewSet(GenericViewSet):
    """List, retrieve, create, update and destroy rows of one model in one dialect.

    A leaf names its `dialect`, `service` and `serializer_class`; `action_shapes` may give single actions another shape,
    `messages` the sentence that goes with an action's success in dialects that have one.
    Which of the actions exist is written in `urls.py`.
    """

    dialect: ClassVar[wire.Dialect]
    service: ClassVar[RecordService]
    action_shapes: ClassVar[dict[str, type[serializers.BaseSerializer]]] = {}
    select_related: ClassVar[tuple[str, ...]] = ()
    ordering: ClassVar[tuple[str, ...]] = ("-created_at", "-pk")
    # Parameters of the address that narrow what is shown to what belongs to one row, and the foreign key to that.
    inside: ClassVar[dict[str, str]] = {}
    messages: ClassVar[dict[str, str]] = {}
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

    @property
    def sight_goes_by_rank(self) -> bool:
        """Whether `seen_by` says it all."""
        return type(self).get_queryset is HubViewSet.get_queryset

    def get_queryset(self):
        return self.seen_by(self.request.user, self.owners_in_sight())

    def owners_in_sight(self) -> dict[str, Any]:
        """The keys the address gives for `inside`: 400 for a malformed one, 404 for one of a row out of sight."""
        keys = {}
        for name in self.inside:
            if name in self.kwargs:
                model: Any = self.model._meta.get_field(self.inside[name]).related_model
                keys[name] = self.key_in_path(name, model._meta.pk)
                rows = model._base_manager.filter(pk=keys[name])
                if not within(rows, self.request.user, model.permission("view")).exists():
                    raise not_found(model, keys[name])
        return keys

    def seen_by(self, user: Any, keys: Mapping[str, Any]) -> models.QuerySet:
        """The rows `user` may see whose owners (`inside`) have these keys.

        Kept statements are made of it (`assignhub/statements.py`): it must look at its arguments, not at the request.
        """
        rows = self.model._default_manager.select_related(*self.select_related)
        narrowed = rows.filter(**{self.inside[name]: key for name, key in keys.items()})
        return within(narrowed, user, self.model.permission("view")).order_by(*self.ordering)

    def get_serializer_class(self):
        return self.action_shapes.get(self.action, self.serializer_class)

    def key_in_path(self, name: str, key_field: models.Field) -> Any:
        """A key the address names, as Python value; raises `ValidationError` (400) for one that cannot be a key."""
        text = self.kwargs[name]
        try:
            key = key_field.to_python(text)
        except ValidationError:
            key = None
        if key is None or (isinstance(key, int) and abs(key) > wire.LARGEST_INTEGER):
            raise ValidationError({name: f"“{text[:40]}” is not a valid ID."})
        return key

    def addressed_by(self) -> tuple[str, Any]:
        """The column by which the address names a row, and the value; raises `ValidationError` (400) for no key."""
        *_, name = self.kwargs
        return "pk", self.key_in_path(name, self.model._meta.pk)

    def addressed(self, read: Callable[[models.QuerySet], Sequence[Any]]) -> Any:
        """What `read` makes of the row the address names: 400 for a malformed key, 404 for a row out of sight."""
        column, key = self.addressed_by()
        return self.found(read(self.get_queryset().filter(**{column: key}).order_by()), key)

    def found(self, rows: Sequence[Any], key: Any) -> Any:
        """The first of the rows the address names; raises `Refused` (404) where there is none."""
        if not rows:
            raise not_found(self.model, key)
        return rows[0]

    def get_object(self) -> Any:
        return self.addressed(list)

    def wire_name(self, field: str) -> str:
        """The name a client knows a model field by."""
        shape = self.get_serializer_class()
        fields = getattr(shape, "_declared_fields", {})
        return next((name for name, declared in fields.items() if declared.source == field), field)

    @property
    def plan(self) -> reading.Plan:
        """How rows become what the present action shows."""
        return reading.plan(self.get_serializer_class(), self.model)

    def respond(self, row: Any, status: int = 200) -> Response:
        """Answer with a row as a service has written it."""
        return self.answer(self.plan.of([row])[0], status)

    def answer(self, data: Any, status: int = 200) -> Response:
        message = self.messages.get(self.action)
        return Response(wire.Reply(data, message) if message else data, status=status)

    def list(self, request, **kwargs):
        return self.get_paginated_response(self.completed(kept.page(self)))

    def retrieve(self, request, **kwargs):
        column, key = self.addressed_by()
        return self.answer(self.found(self.completed(kept.one(self, column, key)), key))

    def finalize_response(self, request, response, *args, **kwargs):
        response = super().finalize_response(request, response, *args, **kwargs)
        if isinstance(response, Response):
            response.add_post_render_callback(self._let_go)
        return response

    def _let_go(self, response: Response) -> None:
        """Untie view, request and response: the framework knots them together, with all a write has read and made.

        What is knotted stays until the garbage collector comes by; what is not goes at once.
        """
        response.renderer_context = None  # type: ignore[attr-defined]
        self.request.parser_context = None  # type: ignore[assignment]
        vars(self).clear()

    def completed(self, shapes: Sequence[Any]) -> Sequence[Any]:
        """The shapes of rows with what the rows themselves cannot tell."""
        return shapes

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
