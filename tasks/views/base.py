"""What the viewsets of the tasks API share."""

from typing import Any

from rest_framework import serializers

from assignhub import wire
from assignhub.errors import not_found
from assignhub.models import Record
from assignhub.permissions import within
from assignhub.views import HubViewSet


class TasksViewSet(HubViewSet):
    dialect = wire.CodedDialect()
    throttle_scope = "tasks"

    def read(self, shape_class: type[serializers.Serializer], *, partial: bool = False) -> Any:
        """The body in the form of a shape; raises `ValidationError` (400)."""
        context = self.get_serializer_context()
        shape = shape_class(data=self.request.data, partial=partial, context=context)
        shape.is_valid(raise_exception=True)
        return shape.validated_data

    def named(self, model: type[Record], parameter: str, *related: str) -> Any:
        """The row a parameter of the address names: 400 for a malformed key, 404 for a row out of sight."""
        key = self.key_in_path(parameter, model._meta.pk)
        rows = model._default_manager.select_related(*related)
        row = within(rows.filter(pk=key), self.request.user, model.permission("view")).first()
        if row is None:
            raise not_found(model, key)
        return row
