"""OpenAPI that says what is on the wire: each dialect wraps the documented shape as it wraps the body."""

import inspect
from typing import Any

from drf_spectacular.extensions import OpenApiSerializerFieldExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import build_basic_type
from drf_spectacular.types import OpenApiTypes

PROBLEMS = {
    "400": "Something in the request is malformed; the message names it.",
    "401": "No token, or one that is no longer valid.",
    "403": "Your role does not allow this.",
    "404": "There is no such row, or none that you may see.",
    "409": "The request conflicts with what is there.",
}


class HubSchema(AutoSchema):
    view: Any

    def _get_serializer_name(self, serializer, direction, bypass_extensions=False) -> str:
        """Apps share words: a name says which app's assignment it is."""
        name = super()._get_serializer_name(serializer, direction, bypass_extensions)
        app = type(serializer).__module__.split(".")[0]
        return f"{app.capitalize()}{name.replace('Shape', '')}"

    def _resolve_path_parameters(self, variables: list[str]) -> list[dict[str, Any]]:
        parameters = super()._resolve_path_parameters(variables)
        model = getattr(self.view, "model", None)
        for parameter in parameters if model else ():
            parameter["schema"] = getattr(self.view, "key_schema", None) or _key_schema(model)
        return parameters

    def get_description(self) -> str:  # type: ignore[override]
        """What the action's own docstring says; the classes' docstrings are for those who build."""
        return inspect.getdoc(getattr(self.view, self.view.action, None)) or ""

    def get_tags(self) -> list[str]:
        return [self.view.__module__.split(".")[0]]

    def get_operation_id(self) -> str:
        return "_".join([*self._tokenize_path(), self.view.action])

    def _get_response_for_code(self, serializer, status_code, *args, **kwargs) -> dict[str, Any]:
        response = super()._get_response_for_code(serializer, status_code, *args, **kwargs)
        if getattr(serializer, "whole_body", False):
            return response
        for media in response.get("content", {}).values():
            media["schema"] = self.view.dialect.success_schema(media["schema"], listing=self._is_list_view())
        return response

    def _get_response_bodies(self, *args, **kwargs) -> dict[str, Any]:
        responses = super()._get_response_bodies(*args, **kwargs)
        problem = {"application/json": {"schema": self.view.dialect.problem_schema}}
        for status, text in PROBLEMS.items():
            responses.setdefault(status, {"description": text, "content": problem})
        return responses

    def _get_paginator(self):
        return self.view.paginator if self._is_list_view() else None

    def get_response_serializers(self):
        """What deletes answer is the view's choice, not the framework's."""
        if self.method == "DELETE" and getattr(self.view, "deleted_status", 204) != 204:
            return {"200": self._get_serializer()}
        if self.method == "POST" and getattr(self.view, "created_status", 201) == 200:
            return {"200": self._get_serializer()}
        return super().get_response_serializers()


class ReferenceExtension(OpenApiSerializerFieldExtension):
    """A reference is written and read as the key of the row it names."""

    target_class = "assignhub.views.Reference"

    def map_serializer_field(self, auto_schema, direction):
        return _key_schema(self.target.model)


def _key_schema(model) -> dict[str, Any]:
    uuid_key = model._meta.pk.get_internal_type() == "UUIDField"
    return dict(build_basic_type(OpenApiTypes.UUID if uuid_key else OpenApiTypes.INT64) or {})
