"""What the scripts of admin pages ask: JSON in, JSON out, refusals in the words of the rule."""

import functools
from collections.abc import Callable
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from rest_framework.exceptions import ParseError

from assignhub import wire
from assignhub.errors import explain
from assignhub.handlers import problem_of


def scripted(method: str) -> Callable[[Callable[..., dict[str, Any]]], Callable[..., HttpResponse]]:
    """Make a method of an admin class that returns a dict answer `method` requests of a page's script.

    A refusal becomes `{"detail": text}` with the status its code stands for: nothing here decides what is allowed.
    Sign-in, CSRF and what happens to a signed-out browser are the admin site's, as for every page.
    """

    def decorate(view: Callable[..., dict[str, Any]]) -> Callable[..., HttpResponse]:
        @functools.wraps(view)
        def answer(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if request.method != method:
                return _reply({"detail": f"Only {method} is answered here."}, 405)
            try:
                return _reply(view(self, request, *args, **kwargs))
            except ValidationError as refusal:
                return _reply({"detail": explain(refusal)}, problem_of(refusal).status)
            except ParseError as error:
                return _reply({"detail": str(error.detail)}, 400)
            except PermissionDenied as denial:
                return _reply({"detail": str(denial) or "Your role does not allow this."}, 403)

        return answer

    return decorate


def sent(request: HttpRequest, shape: type[forms.Form]) -> dict[str, Any]:
    """The request's JSON object as the form `shape` reads it.

    Raises `ParseError` for what is no JSON object or what no database holds, `ValidationError` naming wrong fields.
    """
    body = wire.decode(request.body)
    if not isinstance(body, dict):
        raise ParseError("The body must be a JSON object.")
    nested = next((name for name, value in body.items() if isinstance(value, dict | list)), None)
    if nested is not None:
        raise ParseError(f"{nested}: A single value is expected.")
    # A form reads texts, as browsers send them.
    form = shape({name: value if value is None else str(value) for name, value in body.items()})
    if not form.is_valid():
        raise ValidationError(form.errors.as_data())
    return form.cleaned_data


class KeyField(forms.IntegerField):
    """The key of a row, as far as a database has such keys."""

    def __init__(self, **options: Any):
        super().__init__(min_value=0, max_value=wire.LARGEST_INTEGER, **options)


def _reply(data: dict[str, Any], status: int = 200) -> HttpResponse:
    return HttpResponse(wire.encode(data), status=status, content_type="application/json")
