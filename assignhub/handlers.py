"""From errors to responses: the one place that turns what was raised into a status and a dialect's body."""

import sys
from collections.abc import Callable, ItemsView, Iterator
from typing import Any

from django.core.exceptions import SuspiciousOperation, ValidationError
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.views import defaults
from django.views.debug import SafeExceptionReporterFilter
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import exception_handler as drf_exception_handler
from rest_framework.views import set_rollback

from assignhub import wire
from assignhub.errors import STATUS, Refused, explain, singles

RETRY_SECONDS = "5"


def problem_of(error: ValidationError, wire_name: Callable[[str], str] = str) -> wire.Problem:
    """Dress a `ValidationError` as a `Problem`; `wire_name` turns a model field into the name the client used.

    The first error with a status of its own decides the status.
    """
    found = [single for _, single in singles(error)]
    statuses = [STATUS.get(single.code or "", 400) for single in found]
    status = next((status for status in statuses if status != 400), 400)
    refused = next((single for single in found if isinstance(single, Refused)), None)
    code, about = (refused.code or "", refused.about) if refused else ("", {})
    return wire.Problem(status, explain(error, wire_name), code, about)


def _details(detail: Any, path: str = "") -> Iterator[tuple[str, exceptions.ErrorDetail]]:
    """Walk REST framework's nested error details as (dotted path, leaf)."""
    if isinstance(detail, dict):
        for key, value in detail.items():
            yield from _details(value, path if key == "non_field_errors" else f"{path}.{key}".lstrip("."))
    elif isinstance(detail, list):
        for position, value in enumerate(detail):
            yield from _details(value, path if isinstance(value, str) else f"{path}.{position}".lstrip("."))
    else:
        yield path, detail


def exception_handler(error: Exception, context: dict[str, Any]) -> HttpResponseBase | None:
    """Turn what a view raised into a `Problem`; what is not known here goes on and becomes a logged 500."""
    if isinstance(error, ValidationError):
        set_rollback()
        problem = problem_of(error, context["view"].wire_name)
        # It refers to itself, so that its traceback would hold on to the whole request until garbage is collected.
        error.__traceback__ = None
        return Response(problem, status=problem.status)
    response = drf_exception_handler(error, context)
    if response is None:
        return None
    if not hasattr(context["view"], "dialect"):
        # The documentation's renderers know only documentation.
        problem = wire.Problem(response.status_code, str(response.data["detail"]))
        return refusal(context["request"]._request, problem)
    if isinstance(error, exceptions.ValidationError):
        leaves = list(_details(error.detail))
        if all(leaf.code == "not_found" for _, leaf in leaves):
            response.status_code = 404
            text = str(leaves[0][1])
        else:
            text = " ".join(f"{path}: {leaf}" if path else str(leaf) for path, leaf in leaves)
    else:
        text = str(response.data["detail"])
    response.data = wire.Problem(response.status_code, text)
    return response


def refusal(request: HttpRequest, problem: wire.Problem) -> HttpResponse:
    """The response to a request that reached no view, in the dialect of the API it aimed at."""
    dialect = wire.dialect_at(request.path_info) or wire.BareDialect()
    content = wire.encode(dialect.problem(problem))
    return HttpResponse(content, status=problem.status, content_type="application/json")


class SilentReporterFilter(SafeExceptionReporterFilter):
    """For Django's own error reports: where it happened, but neither variables nor what was sent, whatever DEBUG says.

    Passwords and providers' keys pass through variables of all names.
    """

    def get_traceback_frame_variables(self, request, tb_frame) -> ItemsView[str, Any]:
        return {}.items()

    def get_post_parameters(self, request) -> dict[str, Any]:
        return {}


def handler400(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    if wire.dialect_at(request.path_info):
        return refusal(request, wire.Problem(400, "The request is malformed."))
    return defaults.bad_request(request, exception or SuspiciousOperation())


def handler404(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    if wire.dialect_at(request.path_info):
        return refusal(request, wire.Problem(404, f"There is nothing at {request.path_info}"))
    return defaults.page_not_found(request, exception or Http404())


def handler500(request: HttpRequest) -> HttpResponse:
    """A failure of ours: 503 with `Retry-After` when the database is briefly away, otherwise 500."""
    away = isinstance(sys.exc_info()[1], OperationalError | InterfaceError)
    if wire.dialect_at(request.path_info):
        text = "The database is not reachable at the moment." if away else "Something went wrong on our side."
        response = refusal(request, wire.Problem(503 if away else 500, text))
    else:
        response = defaults.server_error(request)
        response.status_code = 503 if away else 500
    if away:
        response["Retry-After"] = RETRY_SECONDS
    return response
