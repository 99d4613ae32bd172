"""Bytes to data and back."""

import re
from typing import Any

import orjson
from django.conf import settings
from rest_framework.exceptions import ParseError, UnsupportedMediaType
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.parsers import BaseParser
from rest_framework.renderers import BaseRenderer

from assignhub.wire.messages import Page, Problem, Reply
from assignhub.wire.pages import LARGEST_INTEGER

NUL = b"\\u0000"
# A number that may be beyond 64 bits: of that many digits, or with an exponent.
LARGE = re.compile(rb"[0-9](?:[eE]|[0-9]{18})")
CONTAINERS = (dict, list)
ANYTHING = "*/*"


def decode(body: bytes) -> Any:
    """Parse a JSON body, refusing what no database holds: NUL, lone surrogates, numbers beyond 64 bits, deep nesting.

    Raises `ParseError` (400) naming what was wrong.
    """
    try:
        value = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise ParseError(f"The body is not valid JSON: {error}") from None
    if body.count(b"[") + body.count(b"{") > settings.API_MAX_JSON_DEPTH:
        _refuse_depth(value)
    if NUL in body or LARGE.search(body):
        _refuse_unstorable(value)
    return value


def _refuse_depth(value: Any) -> None:
    level = [value]
    for _ in range(settings.API_MAX_JSON_DEPTH):
        insides = [item.values() if type(item) is dict else item for item in level]
        level = [item for inside in insides for item in inside if type(item) in CONTAINERS]
    if level:
        raise ParseError(f"The body is nested more than {settings.API_MAX_JSON_DEPTH} levels deep.")


def _refuse_unstorable(value: Any) -> None:
    waiting = [value]
    while waiting:
        match waiting.pop():
            case dict() as item:
                waiting += [*item, *item.values()]
            case list() as item:
                waiting += item
            case str() as item if "\0" in item:
                raise ParseError("The body has a NUL character in a text.")
            case int() as item if -LARGEST_INTEGER - 1 <= item <= LARGEST_INTEGER:
                pass
            case int() | float() as item if abs(item) > LARGEST_INTEGER:  # larger integers come as floats
                raise ParseError(f"The body has a number beyond 64 bits: {item}")


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


class Negotiation(DefaultContentNegotiation):
    """As the framework's, which takes headers apart; but of what a view says first, nobody need think twice."""

    def select_parser(self, request, parsers):
        first = parsers[0]
        return first if request.content_type == first.media_type else super().select_parser(request, parsers)

    def select_renderer(self, request, renderers, format_suffix=None):
        first = renderers[0]
        if format_suffix is None and request.META.get("HTTP_ACCEPT", ANYTHING) in (ANYTHING, first.media_type):
            return first, first.media_type
        return super().select_renderer(request, renderers, format_suffix)


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
