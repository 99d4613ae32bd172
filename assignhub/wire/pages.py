"""Lists in pages."""

import re

from rest_framework import serializers
from rest_framework.pagination import BasePagination
from rest_framework.response import Response

from assignhub.wire.messages import Page

LARGEST_INTEGER = 2**63 - 1


class SkipPagination(BasePagination):
    """Pages by `skip` and a size parameter; values that are no number or out of range are refused with 400."""

    def __init__(self, size_name: str, default: int, largest: int):
        self.size_name, self.default, self.largest = size_name, default, largest

    def paginate_queryset(self, queryset, request, view=None):
        self.look_at(request)
        self.total = queryset.count()
        return queryset[self.skip : self.skip + self.take] if self.skip < self.total else queryset.none()

    def look_at(self, request) -> None:
        """Read which page is asked for: `skip` and `take`. Raises REST framework's `ValidationError` (400)."""
        self.skip = self._whole(request, "skip", 0, 0, LARGEST_INTEGER)
        self.take = self._whole(request, self.size_name, self.default, 1, self.largest)

    def get_paginated_response(self, data):
        return Response(Page(data, self.skip, self.take, self.total), headers={"X-Total-Count": str(self.total)})

    def get_schema_operation_parameters(self, view):
        def parameter(name, low, high, default):
            bounds = {"type": "integer", "minimum": low, "default": default} | ({"maximum": high} if high else {})
            return {"name": name, "in": "query", "required": False, "schema": bounds}

        return [parameter("skip", 0, None, 0), parameter(self.size_name, 1, self.largest, self.default)]

    @staticmethod
    def _whole(request, name: str, default: int, low: int, high: int) -> int:
        text = request.query_params.get(name, "")
        if text == "":
            return default
        if not re.fullmatch(r"-?[0-9]{1,19}", text) or not low <= int(text) <= high:
            raise serializers.ValidationError({name: f"“{text[:40]}” is not a whole number from {low} to {high}."})
        return int(text)
