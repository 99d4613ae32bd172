"""What a client is told when the fault is ours: the dialect's 500 or 503, and nothing about the inside."""

import logging

import pytest
from django.core.exceptions import PermissionDenied, SuspiciousOperation, ValidationError
from django.db import IntegrityError, InterfaceError, OperationalError
from django.http import Http404
from django.urls import include, path
from rest_framework.exceptions import APIException, Throttled
from rest_framework.permissions import AllowAny
from rest_framework.viewsets import ViewSet

from assignhub import urls, wire
from assignhub.errors import Refused

SECRET = "password=hunter2 host=10.0.0.7"

RAISED = {
    "attribute": AttributeError(SECRET),
    "key": KeyError(SECRET),
    "runtime": RuntimeError(SECRET),
    "integrity": IntegrityError(SECRET),
    "operational": OperationalError(SECRET),
    "interface": InterfaceError(SECRET),
    "framework": APIException(),
    "suspicious": SuspiciousOperation(SECRET),
    "refused": Refused("The week is over.", "conflict"),
    "value": ValidationError({"title": "Too long."}),
    "denied": PermissionDenied("You may not."),
    "unknown code": Refused("No.", "never heard of"),
    "missing": Http404(),
    "throttled": Throttled(wait=12.3),
}


class BareView(ViewSet):
    dialect = wire.BareDialect()
    authentication_classes = ()
    permission_classes = (AllowAny,)
    wire_name = staticmethod(str)

    def fail(self, request, how):
        raise RAISED[how]

    def answer_nonsense(self, request):
        return None


class MetaView(BareView):
    dialect = wire.MetaDialect()


def page(request, how):
    raise RAISED[how]


urlpatterns = [
    path("api/failing/<str:how>", BareView.as_view({"get": "fail"})),
    path("api/nonsense", BareView.as_view({"get": "answer_nonsense"})),
    path("roles/failing/<str:how>", MetaView.as_view({"get": "fail"})),
    path("pages/<str:how>", page),
    path("", include(urls)),
]
handler400, handler404, handler500 = urls.handler400, urls.handler404, urls.handler500

pytestmark = [pytest.mark.urls(__name__), pytest.mark.django_db]


@pytest.fixture
def caller(client):
    client.raise_request_exception = False
    return client


def bodies(status: int, message: str, code: str = "") -> dict:
    bare, meta = ({"code": code}, {"code": code.upper()}) if code else ({}, {})
    return {
        "/api/failing/": {"detail": message, **bare},
        "/roles/failing/": {"data": None, "meta": {"message": message, **meta}, "httpStatus": status},
    }


@pytest.mark.parametrize("how", ["attribute", "key", "runtime", "integrity"])
@pytest.mark.parametrize("prefix", ["/api/failing/", "/roles/failing/"])
def test_failure_of_a_view_is_500_in_the_dialect(prefix, how, caller, caplog):
    response = caller.get(prefix + how)

    assert response.status_code == 500
    assert response["Content-Type"] == "application/json"
    assert response.json() == bodies(500, "Something went wrong on our side.")[prefix]
    assert "Retry-After" not in response
    logged = [record for record in caplog.records if record.levelno == logging.ERROR]
    assert [record.exc_info[1] for record in logged] == [RAISED[how]], "whoever runs it must learn the cause"


@pytest.mark.parametrize("how", ["operational", "interface"])
@pytest.mark.parametrize("prefix", ["/api/failing/", "/roles/failing/"])
def test_database_away_is_503_in_the_dialect(prefix, how, caller):
    response = caller.get(prefix + how)

    assert response.status_code == 503
    assert response["Retry-After"] == "5"
    assert response.json() == bodies(503, "The database is not reachable at the moment.")[prefix]


@pytest.mark.parametrize(
    "how, status, message, code",
    [
        ("framework", 500, "A server error occurred.", ""),
        ("refused", 409, "The week is over.", "conflict"),
        ("value", 400, "title: Too long.", ""),
        ("denied", 403, "You may not.", ""),
        ("unknown code", 400, "No.", "never heard of"),
        ("missing", 404, "Not found.", ""),
        ("throttled", 429, "Request was throttled. Expected available in 13 seconds.", ""),
    ],
)
@pytest.mark.parametrize("prefix", ["/api/failing/", "/roles/failing/"])
def test_error_that_means_something_is_told_in_the_dialect(prefix, how, status, message, code, caller):
    response = caller.get(prefix + how)

    assert response.status_code == status
    assert response.json() == bodies(status, message, code)[prefix]


def test_throttled_says_when_to_come_back(caller):
    response = caller.get("/api/failing/throttled")

    assert response["Retry-After"] == "13"


@pytest.mark.parametrize("prefix", ["/api/failing/", "/roles/failing/"])
def test_suspicious_request_is_400_in_the_dialect(prefix, caller):
    response = caller.get(f"{prefix}suspicious")

    assert response.status_code == 400
    assert response.json() == bodies(400, "The request is malformed.")[prefix]


def test_unknown_host_is_400_in_the_dialect(caller):
    response = caller.get("/roles/failing/missing", HTTP_HOST="evil.example")

    assert response.status_code == 400
    assert response.json() == bodies(400, "The request is malformed.")["/roles/failing/"]


def test_view_that_answers_nothing_is_500_in_the_dialect(caller):
    response = caller.get("/api/nonsense")

    assert response.status_code == 500
    assert response.json() == {"detail": "Something went wrong on our side."}


@pytest.mark.parametrize(
    "how, status, retry",
    [
        ("runtime", 500, None),
        ("operational", 503, "5"),
        ("interface", 503, "5"),
        ("denied", 403, None),
        ("missing", 404, None),
        ("suspicious", 400, None),
    ],
)
def test_failure_of_a_page_is_a_page(how, status, retry, caller):
    response = caller.get(f"/pages/{how}")

    assert response.status_code == status
    assert response.get("Retry-After") == retry
    assert response["Content-Type"].startswith("text/html")
    assert "hunter2" not in response.content.decode()
