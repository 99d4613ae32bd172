"""The start-up checks speak up for a project that is wired wrongly, and are silent for this one."""

import pytest
from django.core.checks import run_checks
from django.urls import include, path
from rest_framework.permissions import AllowAny
from rest_framework.viewsets import ViewSet

from assignhub import urls, wire
from tenancy import views


class SpeechlessView(ViewSet):
    permission_classes = (AllowAny,)

    def list(self, request):
        raise AssertionError


class UnguardedView(ViewSet):
    dialect = wire.BareDialect()

    def list(self, request):
        raise AssertionError


class JugglingView(views.RoleViewSet):
    def juggle(self, request):
        raise AssertionError


urlpatterns = [
    path("roles/speechless", SpeechlessView.as_view({"get": "list"})),
    path("", include([path("roles/unguarded", UnguardedView.as_view({"get": "list"}))])),
    path("roles/juggled", JugglingView.as_view({"get": "list", "post": "juggle"})),
    path("", include(urls)),
]


def complaints() -> list[tuple[str, str]]:
    return [(error.id, error.msg) for error in run_checks() if error.id.startswith("assignhub.")]


def test_this_project_has_nothing_to_complain_about():
    assert complaints() == []


@pytest.mark.urls(__name__)
def test_view_without_dialect_or_permission_and_action_without_a_row_are_errors():
    assert complaints() == [
        ("assignhub.E001", "The view of “roles/speechless” names no dialect."),
        ("assignhub.E002", "The view of “roles/unguarded” names no permission."),
        ("assignhub.E003", "“roles/juggled” routes tenancy.role.juggle, which is not in the table."),
    ]


@pytest.mark.parametrize("rate", ["10", "0/minute", "-1/minute", "10/week", "ten/minute", "1.5/second", "10/minute "])
def test_rate_that_is_none_is_an_error(rate, settings):
    settings.RATE_LIMITS = {"api": rate, "sign-in": ""}

    assert complaints() == [
        ("assignhub.E004", f"Rate limit “api”: “{rate}” is not a rate; write for example “10/minute”.")
    ]


@pytest.mark.parametrize("rate", ["", "1/second", "10/minute", "1000000/hour", "5/day"])
def test_rate_that_is_one_passes(rate, settings):
    settings.RATE_LIMITS = {"api": rate}

    assert complaints() == []
