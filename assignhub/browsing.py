"""What only pages need of a request: Django's sessions and messages, which the APIs do without."""

from typing import Any

from django.contrib.messages.middleware import MessageMiddleware
from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpRequest
from django.utils.deprecation import MiddlewareMixin

from assignhub import wire


class ForPages(MiddlewareMixin):
    """A middleware that stands aside for the APIs: whoever calls them says who they are with each request."""

    def __call__(self, request: HttpRequest) -> Any:
        if wire.dialect_at(request.path_info):
            return self.get_response(request)
        return super().__call__(request)


class Sessions(ForPages, SessionMiddleware):
    """Django's sessions, of browsers."""


class Messages(ForPages, MessageMiddleware):
    """Django's messages, on pages."""
