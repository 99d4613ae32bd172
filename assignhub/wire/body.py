"""Bytes to data and back."""

import re
from typing import Any

import orjson
from django.conf import settings
from rest_framework.exceptions import ParseError, UnsupportedMediaType
from rest_framework.parsers import BaseParser
from rest_framework.renderers import BaseRenderer

from assignhub.wire.messages import Page, Problem, Reply
from assignhub.wire.pages import LARGEST_INTEGER

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
            case Reply():
                warnings = {"warnings": data.warnings} if data.warnings else {}
                return encode(dialect.success(data.data, response.status_code, data.message, **warnings))
            case _:
                return encode(dialect.success(data, response.status_code))
