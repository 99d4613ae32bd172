"""What happens to every request before and after its view."""

import re
import time
import uuid

import structlog
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from rest_framework.exceptions import ParseError

from assignhub import handlers, wire

log = structlog.get_logger("assignhub.request")

ACCEPTED_REQUEST_ID = re.compile(r"[A-Za-z0-9._:-]{8,64}")

# Pages load nothing from elsewhere; the admin's Alpine.js evaluates expressions and sets styles inline.
CONTENT_POLICY = "; ".join(
    [
        "default-src 'self'",
        "script-src 'self' 'unsafe-inline' 'unsafe-eval'",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data:",
        "worker-src 'self' blob:",
        "frame-ancestors 'none'",
        "base-uri 'self'",
        "form-action 'self'",
        "object-src 'none'",
    ]
)


def request_context(get_response):
    """Give each request an id (the caller's `X-Request-ID` if it is sane), log one line and send the id back.

    The line holds the path without its query, which may carry secrets.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        offered = request.headers.get("X-Request-ID", "")
        request_id = offered if ACCEPTED_REQUEST_ID.fullmatch(offered) else uuid.uuid4().hex
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=request_id)
        began = time.perf_counter()
        response = get_response(request)
        response["X-Request-ID"] = request_id
        log.info(
            "request",
            method=request.method,
            path=request.path,
            status=response.status_code,
            milliseconds=round((time.perf_counter() - began) * 1000, 1),
        )
        structlog.contextvars.clear_contextvars()
        return response

    return middleware


def content_policy(get_response):
    """Tell browsers to load nothing from elsewhere."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response.setdefault("Content-Security-Policy", CONTENT_POLICY)
        return response

    return middleware


def request_limits(get_response):
    """Refuse what no view should see, and let both URL forms of an API path answer, with and without final slash."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if "\0" in request.path_info or "%00" in request.META.get("QUERY_STRING", ""):
            return handlers.refusal(request, wire.Problem(400, "The address has a NUL character in it."))
        if wire.dialect_at(request.path_info):
            if request.path_info.endswith("/"):
                request.path_info = request.path_info.rstrip("/")
            if problem := _body_problem(request):
                return handlers.refusal(request, problem)
        return get_response(request)

    return middleware


def _body_problem(request: HttpRequest) -> wire.Problem | None:
    largest = settings.API_MAX_BODY_BYTES
    if "Transfer-Encoding" in request.headers and not request.META.get("CONTENT_LENGTH"):
        # Django would take it for a request without a body.
        return wire.Problem(411, "The body needs a Content-Length header.")
    length = request.META.get("CONTENT_LENGTH") or "0"
    if not length.isdecimal():
        return wire.Problem(400, "The Content-Length header is not a number.")
    if len(length) > 19 or int(length) > largest:  # Python refuses to read numbers of some thousand digits
        return wire.Problem(413, f"The body is larger than {largest} bytes.")
    if request.content_type == wire.Parser.media_type:
        try:
            request.json = wire.decode(request.body) if request.body else {}  # type: ignore[attr-defined]
        except ParseError as error:
            return wire.Problem(400, str(error.detail))
    return None
