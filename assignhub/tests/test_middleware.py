"""What happens around every view: request ids, the log line, and what browsers are told."""

import re

import pytest
import structlog
from django.urls import path

from assignhub import urls

GENERATED = re.compile("[0-9a-f]{32}")
SECRET = "do-not-log-me"


def explode(request):
    raise RuntimeError("broken")


urlpatterns = [path("pages/broken", explode), *urls.urlpatterns]
handler400, handler404, handler500 = urls.handler400, urls.handler404, urls.handler500


def lines(caplog) -> list[dict]:
    """The request lines logged so far, without what differs from run to run."""
    varying = ("milliseconds", "timestamp")
    found = [record.msg for record in caplog.records if record.name == "assignhub.request"]
    return [{name: value for name, value in line.items() if name not in varying} for line in found]


# --- Request ids ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "offered", ["abcdefgh", "0" * 64, "trace:1.2_3-4", "7d444840-9dc0-11d1-b245-5ffdce74fad2", "UPPER-and-lower"]
)
def test_sane_request_id_is_taken_over(offered, client):
    response = client.get("/health/live", headers={"X-Request-ID": offered})

    assert response["X-Request-ID"] == offered


@pytest.mark.parametrize(
    "offered",
    [
        "",
        "short",
        "x" * 65,
        "with space",
        "semi;colon",
        "<script>alert",
        "ünïcodé-id",
        "a" * 8 + "\n",
        "../../etc",
    ],
)
def test_other_request_id_is_replaced(offered, client):
    response = client.get("/health/live", headers={"X-Request-ID": offered})

    assert GENERATED.fullmatch(response["X-Request-ID"])


def test_every_request_gets_an_id_of_its_own(client):
    ids = {client.get("/health/live")["X-Request-ID"] for _ in range(3)}

    assert len(ids) == 3
    assert all(GENERATED.fullmatch(each) for each in ids)


@pytest.mark.parametrize(
    "path, status",
    [("/nowhere", 404), ("/tenants/%00", 400), ("/tenants/no/such", 404), ("/tenants", 401), ("/pages/broken", 500)],
)
@pytest.mark.urls(__name__)
def test_refused_and_failed_requests_are_answered_with_their_id(path, status, client, db):
    client.raise_request_exception = False

    response = client.get(path, headers={"X-Request-ID": "trace-0000-0001"})

    assert (response.status_code, response["X-Request-ID"]) == (status, "trace-0000-0001")


def test_nothing_of_a_request_stays_behind(api, viewer):
    api(viewer).get("/api/auth/me")

    assert structlog.contextvars.get_contextvars() == {}


# --- The log line -----------------------------------------------------------------------------------------------------


def test_request_is_logged_in_one_line(client, caplog):
    client.get("/health/live", headers={"X-Request-ID": "trace-0000-0002"})

    assert lines(caplog) == [
        {
            "event": "request",
            "method": "GET",
            "path": "/health/live",
            "status": 200,
            "request_id": "trace-0000-0002",
            "logger": "assignhub.request",
            "level": "info",
        }
    ]
    assert caplog.records[-1].msg["milliseconds"] >= 0


def test_line_names_whoever_is_signed_in(api, staff_client, viewer, caplog):
    api(viewer).get("/api/auth/me")
    staff_client(viewer).get("/admin/")

    assert [line["user_id"] for line in lines(caplog)] == [str(viewer.pk)] * 2


def test_line_of_a_refusal_tells_its_status(api, caplog, db):
    api(None).get("/tenants")

    (line,) = lines(caplog)
    assert (line["method"], line["path"], line["status"]) == ("GET", "/tenants", 401)
    assert "user_id" not in line


@pytest.mark.parametrize(
    "path",
    ["/tenants", "/api/assignments", "/admin/login/", "/nowhere", "/tenants/%00", "/pages/broken", "/health/live"],
)
@pytest.mark.urls(__name__)
def test_query_is_never_logged(path, client, db, caplog, capfd):
    client.raise_request_exception = False

    client.get(path, query_params={"token": SECRET, "search": SECRET})

    captured = capfd.readouterr()
    assert len(lines(caplog)) == 1
    assert SECRET not in caplog.text + captured.out + captured.err


def test_body_and_token_are_never_logged(api, viewer, caplog, capfd):
    client = api(viewer)

    client.post("/api/auth/login", {"email": "viewer@ward.example", "password": SECRET})
    client.post("/api/auth/password", {"current_password": SECRET, "new_password": SECRET})

    captured = capfd.readouterr()
    told = caplog.text + captured.out + captured.err
    assert SECRET not in told
    assert client._credentials["HTTP_AUTHORIZATION"].removeprefix("Bearer ") not in told


# --- Sessions ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/tenants", "/api/assignments", "/api/v1/founders", "/api/dynamic-ai/assignments"])
def test_session_of_a_browser_is_not_looked_at_by_apis(path, staff_client, owner, django_assert_num_queries):
    client = staff_client(owner)

    with django_assert_num_queries(0):
        response = client.get(path)

    assert response.status_code == 401
    assert not hasattr(response.wsgi_request, "session")
    assert not response.cookies


# --- What browsers are told -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/admin/login/", "/api/docs", "/tenants", "/nowhere", "/health/live"])
def test_browser_may_load_nothing_from_elsewhere(path, client, db):
    response = client.get(path)

    policy = dict(part.split(" ", 1) for part in response["Content-Security-Policy"].split("; "))
    assert policy == {
        "default-src": "'self'",
        "script-src": "'self' 'unsafe-inline' 'unsafe-eval'",
        "style-src": "'self' 'unsafe-inline'",
        "img-src": "'self' data:",
        "worker-src": "'self' blob:",
        "frame-ancestors": "'none'",
        "base-uri": "'self'",
        "form-action": "'self'",
        "object-src": "'none'",
    }


def test_browser_neither_frames_nor_sniffs(client, db):
    response = client.get("/admin/login/")

    assert (response["X-Frame-Options"], response["X-Content-Type-Options"]) == ("DENY", "nosniff")


def test_other_origins_are_told_nothing_by_default(api, viewer):
    response = api(viewer).get("/api/auth/me", HTTP_ORIGIN="https://app.example")

    assert response.status_code == 200
    assert "Access-Control-Allow-Origin" not in response


def test_declared_origin_may_read_answers_and_their_headers(api, viewer, settings):
    settings.CORS_ALLOWED_ORIGINS = ["https://app.example"]

    response = api(viewer).get("/api/assignments", HTTP_ORIGIN="https://app.example")

    assert response["Access-Control-Allow-Origin"] == "https://app.example"
    assert response["Access-Control-Expose-Headers"] == "X-Total-Count, X-Request-ID, Retry-After, ETag"
    assert "Access-Control-Allow-Credentials" not in response


def test_undeclared_origin_is_told_nothing(api, viewer, settings):
    settings.CORS_ALLOWED_ORIGINS = ["https://app.example"]

    response = api(viewer).get("/api/assignments", HTTP_ORIGIN="https://app.example.evil.example")

    assert "Access-Control-Allow-Origin" not in response


@pytest.mark.parametrize("path", ["/tenants", "/api/assignments/bulk", "/api/auth/login"])
def test_preflight_is_answered_before_any_view(path, client, settings, db, django_assert_num_queries):
    settings.CORS_ALLOWED_ORIGINS = ["https://app.example"]
    ask = {"Origin": "https://app.example", "Access-Control-Request-Method": "POST"}

    with django_assert_num_queries(0):
        response = client.options(path, headers=ask | {"Access-Control-Request-Headers": "authorization, content-type"})

    assert response.status_code == 200
    assert response["Access-Control-Allow-Origin"] == "https://app.example"
    assert {"DELETE", "GET", "PATCH", "POST", "PUT"} <= set(response["Access-Control-Allow-Methods"].split(", "))
    assert {"authorization", "content-type"} <= set(response["Access-Control-Allow-Headers"].split(", "))


def test_refusal_at_the_door_is_readable_to_a_declared_origin(client, settings, db):
    settings.CORS_ALLOWED_ORIGINS = ["https://app.example"]

    response = client.post("/tenants", "{", "application/json", headers={"Origin": "https://app.example"})

    assert response.status_code == 400
    assert response["Access-Control-Allow-Origin"] == "https://app.example"
