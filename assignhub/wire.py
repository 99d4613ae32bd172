"""The wire formats ("dialects") of the APIs, and everything that turns bytes into data and data into bytes.

Views return data and raise errors; a view names its dialect in one attribute, and only this module knows what a
success, a page or an error looks like in it. Sources: seed 001, "Request and Response Format" (`MetaDialect`);
seed 002, "Error Responses" (`BareDialect`).
"""

import re
from dataclasses import dataclass, field
from functools import partial
from typing import Any, ClassVar

import orjson
from django.conf import settings
from rest_framework import serializers
from rest_framework.exceptions import ParseError, UnsupportedMediaType
from rest_framework.pagination import BasePagination
from rest_framework.parsers import BaseParser
from rest_framework.renderers import BaseRenderer
from rest_framework.response import Response

# --- What views hand over ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Problem:
    """A refused or failed request: HTTP status, a sentence for the reader, a code and the ids it concerns."""

    status: int
    message: str
    code: str = ""
    about: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Page:
    """Some rows of a list: how many were skipped, how many were asked for, how many there are in all."""

    rows: list[Any]
    skip: int
    take: int
    total: int


# --- Pages ------------------------------------------------------------------------------------------------------------

LARGEST_INTEGER = 2**63 - 1


class SkipPagination(BasePagination):
    """Pages by `skip` and a size parameter; values that are no number or out of range are refused with 400."""

    def __init__(self, size_name: str, default: int, largest: int):
        self.size_name, self.default, self.largest = size_name, default, largest

    def paginate_queryset(self, queryset, request, view=None):
        self.skip = self._whole(request, "skip", 0, 0, LARGEST_INTEGER)
        self.take = self._whole(request, self.size_name, self.default, 1, self.largest)
        self.total = queryset.count()
        return list(queryset[self.skip : self.skip + self.take]) if self.skip < self.total else []

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


# --- Dialects ---------------------------------------------------------------------------------------------------------


class BareDialect:
    """Scheduling and sign-in: bare bodies, bare lists, errors as `{"detail": "…"}`.

    Where a rule refused, its `code` and the ids it concerns stand beside `detail`, for programs to read.
    """

    pagination = staticmethod(partial(SkipPagination, "limit", default=100, largest=1000))
    problem_schema: ClassVar[dict[str, Any]] = {
        "type": "object",
        "properties": {"detail": {"type": "string"}, "code": {"type": "string"}},
        "required": ["detail"],
        "additionalProperties": True,
    }

    def success(self, data: Any, status: int) -> Any:
        return data

    def page(self, page: Page) -> Any:
        return page.rows

    def problem(self, problem: Problem) -> Any:
        code = {"code": problem.code} if problem.code else {}
        return {"detail": problem.message, **code, **problem.about}

    def success_schema(self, schema: dict[str, Any], *, listing: bool) -> dict[str, Any]:
        return schema


class MetaDialect:
    """Tenancy: `{data, meta: {message}, httpStatus}`; a page's position in `meta.pageMeta`; errors alike."""

    pagination = staticmethod(partial(SkipPagination, "take", default=10, largest=100))
    problem_schema: ClassVar[dict[str, Any]] = {
        "type": "object",
        "properties": {
            "data": {"nullable": True, "enum": [None]},
            "meta": {
                "type": "object",
                "properties": {"message": {"type": "string"}, "code": {"type": "string"}},
                "required": ["message"],
            },
            "httpStatus": {"type": "integer"},
        },
        "required": ["data", "meta", "httpStatus"],
    }

    def success(self, data: Any, status: int) -> Any:
        return {"data": data, "meta": {"message": "success"}, "httpStatus": status}

    def page(self, page: Page) -> Any:
        position = {"skip": page.skip, "take": page.take, "count": page.total}
        return {"data": page.rows, "meta": {"message": "success", "pageMeta": position}, "httpStatus": 200}

    def problem(self, problem: Problem) -> Any:
        code = {"code": problem.code.upper()} if problem.code else {}
        return {"data": None, "meta": {"message": problem.message, **code}, "httpStatus": problem.status}

    def success_schema(self, schema: dict[str, Any], *, listing: bool) -> dict[str, Any]:
        whole = {"type": "integer"}
        meta: dict[str, Any] = {
            "type": "object",
            "properties": {"message": {"type": "string"}},
            "required": ["message"],
        }
        if listing:
            meta["properties"]["pageMeta"] = {
                "type": "object",
                "properties": {"skip": whole, "take": whole, "count": whole},
                "required": ["skip", "take", "count"],
            }
            meta["required"].append("pageMeta")
        return {
            "type": "object",
            "properties": {"data": schema, "meta": meta, "httpStatus": whole},
            "required": ["data", "meta", "httpStatus"],
        }


Dialect = BareDialect | MetaDialect

# The first path segments of every API: here live the 404s, the limits and the freedom of the final slash.
PREFIXES: dict[str, Dialect] = {
    "api": BareDialect(),
    "assignments": MetaDialect(),
    "memberships": MetaDialect(),
    "roles": MetaDialect(),
    "tenants": MetaDialect(),
    "users": MetaDialect(),
}


def dialect_at(path: str) -> Dialect | None:
    """The dialect of the API a path belongs to, or None for pages and static files."""
    return PREFIXES.get(path.lstrip("/").partition("/")[0])


# --- Bytes ------------------------------------------------------------------------------------------------------------

SUSPECT = re.compile(rb"\\u0000|[0-9]{19}|[eE]\+?[0-9]{2}|[0-9]{10}(\.[0-9]+)?[eE]")


def decode(body: bytes) -> Any:
    """Parse a JSON body, refusing what no database holds: NUL, lone surrogates, numbers beyond 64 bits, deep nesting.

    Raises `ParseError` (400) naming what was wrong.
    """
    try:
        value = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise ParseError(f"The body is not valid JSON: {error}") from None
    if SUSPECT.search(body) or body.count(b"[") + body.count(b"{") > settings.API_MAX_JSON_DEPTH:
        _inspect(value)
    return value


def _inspect(value: Any) -> None:
    level, depth = [value], 0
    while level:
        deeper: list[Any] = []
        for item in level:
            match item:
                case dict():
                    deeper.extend(item.keys())
                    deeper.extend(item.values())
                case list():
                    deeper.extend(item)
                case str() if "\0" in item:
                    raise ParseError("The body has a NUL character in a text.")
                case int() if -LARGEST_INTEGER - 1 <= item <= LARGEST_INTEGER:
                    pass
                case int() | float() if abs(item) > LARGEST_INTEGER:  # larger integers come as floats
                    raise ParseError(f"The body has a number beyond 64 bits: {item}")
        level, depth = deeper, depth + 1
        if depth >= settings.API_MAX_JSON_DEPTH and any(isinstance(item, dict | list) for item in level):
            raise ParseError(f"The body is nested more than {settings.API_MAX_JSON_DEPTH} levels deep.")


def encode(body: Any) -> bytes:
    return orjson.dumps(body, default=str, option=orjson.OPT_UTC_Z)


class Parser(BaseParser):
    """JSON, already read and checked by `assignhub.middleware.request_limits`."""

    media_type = "application/json"

    def parse(self, stream, media_type=None, parser_context=None):
        request = parser_context["request"]._request
        if request.content_type != self.media_type:  # a wildcard, which the framework takes for a match
            raise UnsupportedMediaType(request.content_type)
        return request.json


class Renderer(BaseRenderer):
    """Dress whatever a view handed over in the view's dialect."""

    media_type = "application/json"
    format = "json"
    charset = None

    def render(self, data, accepted_media_type=None, renderer_context=None):
        response, dialect = renderer_context["response"], renderer_context["view"].dialect
        match data:
            case None if response.status_code == 204:
                return b""
            case Problem():
                return encode(dialect.problem(data))
            case Page():
                return encode(dialect.page(data))
            case _:
                return encode(dialect.success(data, response.status_code))
