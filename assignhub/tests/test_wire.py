"""What every API says in its own dialect: success, page, refusal, and the answers no view gives."""

import pytest

from assignhub import wire
from assignhub.checks import routes
from assignhub.testing import PASSWORD
from assignhub.tests import samples
from assignhub.tests.refusals import refused
from scheduling.models import Assignment
from tenancy.models import Tenant


def z(moment) -> str:
    """A moment as it stands on the wire."""
    return moment.isoformat().replace("+00:00", "Z")


def tenant_body(tenant: Tenant) -> dict:
    return {
        "id": str(tenant.pk),
        "name": tenant.name,
        "timeZone": tenant.time_zone,
        "requiresSecondFactor": False,
        "createdAt": z(tenant.created_at),
        "updatedAt": z(tenant.updated_at),
    }


# --- Success, page, refusal -------------------------------------------------------------------------------------------


def test_meta_success_wraps_the_row(api, viewer, tenant):
    response = api(viewer).get(f"/tenants/{tenant.pk}")

    assert response.status_code == 200
    assert response["Content-Type"] == "application/json"
    assert response.json() == {"data": tenant_body(tenant), "meta": {"message": "success"}, "httpStatus": 200}


def test_meta_page_tells_its_position(api, super_admin, tenant, other_tenant):
    response = api(super_admin).get("/tenants?skip=1&take=1&sortBy=name&sortOrder=ASC")

    assert response.status_code == 200
    assert response.json() == {
        "data": [tenant_body(tenant)],
        "meta": {"message": "success", "pageMeta": {"skip": 1, "take": 1, "count": 2}},
        "httpStatus": 200,
    }


def test_meta_page_beyond_the_end_is_empty(api, viewer):
    response = api(viewer).get("/tenants?skip=9223372036854775807")

    assert response.status_code == 200
    assert response.json() == {
        "data": [],
        "meta": {"message": "success", "pageMeta": {"skip": 2**63 - 1, "take": 10, "count": 1}},
        "httpStatus": 200,
    }


def test_meta_refusal_carries_message_and_code(api, viewer, other_tenant):
    response = api(viewer).get(f"/tenants/{other_tenant.pk}")

    assert response.status_code == 404
    message = f"Tenant with ID {other_tenant.pk} not found"
    assert response.json() == {"data": None, "meta": {"message": message, "code": "NOT_FOUND"}, "httpStatus": 404}


def test_bare_success_is_the_row(api, viewer, tenant):
    response = api(viewer).get("/api/auth/me")

    assert response.status_code == 200
    assert response["Content-Type"] == "application/json"
    assert response.json() == {
        "id": str(viewer.pk),
        "email": "viewer@ward.example",
        "first_name": "Viewer",
        "last_name": "Example",
        "is_super_admin": False,
        "memberships": [{"tenant_id": str(tenant.pk), "tenant_name": tenant.name, "role": "viewer"}],
    }


def test_bare_page_is_an_array_with_the_total_beside_it(api, viewer, rows):
    response = api(viewer).get("/api/assignments?limit=1&skip=1")

    assert response.status_code == 200
    assert response["X-Total-Count"] == "4"
    newest = Assignment.objects.order_by("-pk").values_list("pk", flat=True)
    assert [row["id"] for row in response.json()] == [newest[1]]


def test_bare_page_beyond_the_end_is_empty_and_keeps_the_total(api, viewer, rows):
    response = api(viewer).get("/api/assignments?skip=4")

    assert response.status_code == 200
    assert response["X-Total-Count"] == "4"
    assert response.json() == []


def test_bare_refusal_is_one_string(api, viewer):
    response = api(viewer).get("/api/assignments/77")

    assert response.status_code == 404
    assert response.json() == {"detail": "Assignment with ID 77 not found", "code": "not_found", "assignment_id": 77}


def test_answer_without_content_has_no_body(api, viewer):
    response = api(viewer).post("/api/auth/password", {"current_password": PASSWORD, "new_password": "seven lamps"})

    assert response.status_code == 204
    assert response.content == b""


@pytest.mark.parametrize("path", ["/tenants", "/api/assignments"])
def test_missing_token_is_401_in_the_dialect(path, api):
    response = api(None).get(path)

    assert response.status_code == 401
    assert response["WWW-Authenticate"] == 'Bearer realm="api"'
    assert response.json() == refused(path, 401, "Authentication credentials were not provided.")


# --- Numbers of a page ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text", ["-1", "x", "1.5", "1e3", "9223372036854775808", "99999999999999999999", "٣", " ", "+1"]
)
@pytest.mark.parametrize("path", ["/tenants", "/api/assignments"])
def test_skip_that_is_no_position_is_refused(path, text, api, viewer):
    response = api(viewer).get(path, {"skip": text})

    assert response.status_code == 400
    message = f"skip: “{text}” is not a whole number from 0 to 9223372036854775807."
    assert response.json() == refused(path, 400, message)


@pytest.mark.parametrize(
    "path, name, largest, text",
    [
        ("/tenants", "take", 100, "0"),
        ("/tenants", "take", 100, "101"),
        ("/api/assignments", "limit", 1000, "0"),
        ("/api/assignments", "limit", 1000, "1001"),
    ],
)
def test_size_beyond_its_bounds_is_refused(path, name, largest, text, api, viewer):
    response = api(viewer).get(path, {name: text})

    assert response.status_code == 400
    assert response.json() == refused(path, 400, f"{name}: “{text}” is not a whole number from 1 to {largest}.")


# --- Addresses --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("prefix", wire.PREFIXES)
@pytest.mark.parametrize("end", ["", "/"])
def test_unknown_path_below_a_prefix_is_404_in_its_dialect(prefix, end, api, viewer):
    path = f"/{prefix}/no/such/place"

    response = api(viewer).get(path + end)

    assert response.status_code == 404
    assert response["Content-Type"] == "application/json"
    assert response.json() == refused(path, 404, f"There is nothing at {path}")


def test_every_api_path_lies_below_a_prefix_with_its_dialect():
    found = {path: view.cls.dialect for path, view in routes() if hasattr(view, "actions")}

    declared = {path: wire.dialect_at(path) for path in found}

    assert {path: type(dialect) for path, dialect in declared.items()} == {
        path: type(dialect) for path, dialect in found.items()
    }


def test_unknown_path_elsewhere_is_a_page(client):
    response = client.get("/nowhere")

    assert response.status_code == 404
    assert response["Content-Type"].startswith("text/html")


def test_both_forms_of_every_readable_address_answer_alike(api, super_admin, rows):
    client = api(super_admin)
    paths = [path for path, view in routes() if "get" in (getattr(view, "actions", None) or {})]

    answers = {}
    for path in paths:
        url, _, query = samples.address("GET", path, rows).partition("?")
        plain, slashed = client.get(f"{url}?{query}"), client.get(f"{url}/?{query}")
        answers[path] = (plain.status_code, slashed.status_code, plain.content == slashed.content)

    assert answers
    assert answers == dict.fromkeys(paths, (200, 200, True))


@pytest.mark.parametrize("end", ["", "/"])
def test_post_keeps_its_body_in_both_forms(end, api, super_admin):
    response = api(super_admin).post(f"/tenants{end}", {"name": "St. Elsewhere", "timeZone": "Europe/Vienna"})

    assert response.status_code == 200
    made = Tenant.objects.get(name="St. Elsewhere")
    assert response.json() == {"data": tenant_body(made), "meta": {"message": "success"}, "httpStatus": 200}
    assert made.time_zone == "Europe/Vienna"


@pytest.mark.parametrize("end", ["", "/"])
def test_patch_keeps_its_body_in_both_forms(end, api, owner, tenant):
    response = api(owner).patch(f"/tenants/{tenant.pk}{end}", {"name": "St. Anna Clinic"})

    assert response.status_code == 200
    tenant.refresh_from_db()
    assert response.json() == {"data": tenant_body(tenant), "meta": {"message": "success"}, "httpStatus": 200}
    assert tenant.name == "St. Anna Clinic"


@pytest.mark.parametrize("end", ["", "/"])
def test_delete_answers_in_both_forms(end, api, super_admin, rows):
    vacant = rows["an empty tenant"]

    response = api(super_admin).delete(f"/tenants/{vacant.pk}{end}")

    assert response.status_code == 200
    assert response.json() == {"data": tenant_body(vacant), "meta": {"message": "success"}, "httpStatus": 200}
    assert not Tenant.objects.filter(pk=vacant.pk).exists()


# --- Methods and media types ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "method, path, allowed",
    [
        ("PUT", "/tenants", "GET, POST, HEAD"),
        ("DELETE", "/roles", "GET, POST, HEAD"),
        ("OPTIONS", "/users", "GET, POST, HEAD"),
        ("TRACE", "/memberships", "GET, POST, HEAD"),
        ("BREW", "/assignments", "GET, POST, HEAD"),
        ("GET", "/assignments/removedAt", "PATCH"),
        ("PUT", "/api/auth/me", "GET, HEAD"),
        ("OPTIONS", "/api/auth/login", "POST"),
        ("GET", "/api/auth/login", "POST"),
        ("DELETE", "/api/assignments", "GET, HEAD"),
    ],
)
def test_method_that_is_not_routed_is_405_in_the_dialect(method, path, allowed, patient, owner, stored):
    client = patient(owner)
    before = stored()

    response = client.generic(method, path, b"{}", "application/json")

    assert response.status_code == 405
    assert response["Allow"] == allowed
    assert response.json() == refused(path, 405, f'Method "{method}" not allowed.')
    assert stored() == before


@pytest.mark.parametrize(
    "content_type",
    [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/xml",
        "*/*",
        "application/*",
    ],
)
@pytest.mark.parametrize("path", ["/tenants", "/api/auth/login"])
def test_other_content_type_is_415_in_the_dialect(path, content_type, patient, super_admin, stored):
    client = patient(super_admin)
    before = stored()

    response = client.generic("POST", path, b'{"name": "St. Elsewhere"}', content_type)

    assert response.status_code == 415
    assert response.json() == refused(path, 415, f'Unsupported media type "{content_type}" in request.')
    assert stored() == before


@pytest.mark.parametrize("content_type", ["application/json", "Application/JSON", "application/json; charset=utf-8"])
def test_json_is_taken_however_it_is_announced(content_type, api, super_admin):
    response = api(super_admin).generic("POST", "/tenants", '{"name": "Zur weißen Taube"}', content_type)

    assert response.status_code == 200
    assert Tenant.objects.filter(name="Zur weißen Taube").exists()


@pytest.mark.parametrize("accept", ["text/html", "application/xml", "image/*"])
@pytest.mark.parametrize("path", ["/tenants", "/api/assignments"])
def test_client_that_takes_no_json_is_told_406_in_the_dialect(path, accept, api, viewer):
    response = api(viewer).get(path, HTTP_ACCEPT=accept)

    assert response.status_code == 406
    assert response.json() == refused(path, 406, "Could not satisfy the request Accept header.")


@pytest.mark.parametrize("accept", ["*/*", "application/*", "text/html, application/json;q=0.1"])
def test_client_that_takes_json_among_others_gets_it(accept, api, viewer):
    response = api(viewer).get("/api/auth/me", HTTP_ACCEPT=accept)

    assert response.status_code == 200
    assert response["Content-Type"] == "application/json"


def test_head_tells_what_get_would_without_a_body(api, viewer, rows):
    response = api(viewer).head("/api/assignments")

    assert response.status_code == 200
    assert response["X-Total-Count"] == "4"
    assert response.content == b""
