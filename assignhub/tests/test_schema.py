"""The OpenAPI document: valid, complete, and true to what is on the wire. The pages that show it stay at home."""

import io
import json
import re
from contextlib import closing

import jsonschema
import pytest
from django.core.management import call_command
from django.db import transaction
from drf_spectacular.validation import validate_schema

from assignhub import wire
from assignhub.tests import hostile, samples
from assignhub.tests.test_url_table import OUTCOMES, api_routes

REFUSALS = ("400", "401", "403", "404", "409")
REFUSED = {
    wire.BareDialect: {"detail"},
    wire.MetaDialect: {"data", "meta", "httpStatus"},
    wire.EnvelopeDialect: {"success", "error", "message"},
    wire.CountedDialect: {"status", "statusCode", "message"},
    wire.CodedDialect: {"success", "error", "error_code"},
}


@pytest.fixture
def document() -> dict:
    return hostile.schema()


def as_path(route: str) -> str:
    return "/" + re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", route)


def resolved(shape, document):
    """A schema as plain JSON Schema: references in place, `nullable` written as a type."""
    if isinstance(shape, list):
        return [resolved(each, document) for each in shape]
    if not isinstance(shape, dict):
        return shape
    if "$ref" in shape:
        return resolved(document["components"]["schemas"][shape["$ref"].rpartition("/")[2]], document)
    plain = {name: resolved(value, document) for name, value in shape.items() if name != "nullable"}
    if "oneOf" in plain:  # “an address, or nothing”: told apart by a format that is not checked here
        plain["anyOf"] = plain.pop("oneOf")
    if shape.get("nullable") and "type" in plain:
        plain["type"] = [plain["type"], "null"]
    elif shape.get("nullable") and "enum" not in plain:
        plain = {"anyOf": [plain, {"type": "null"}]}
    return plain


def shape_of(document: dict, method: str, route: str, status: int) -> dict:
    content = document["paths"][as_path(route)][method.lower()]["responses"][str(status)]["content"]
    return closed(resolved(content["application/json"]["schema"], document))


def closed(shape):
    """The same, but for objects that have more than what is written down."""
    if isinstance(shape, list):
        return [closed(each) for each in shape]
    if not isinstance(shape, dict):
        return shape
    shut = {name: closed(value) for name, value in shape.items()}
    if "properties" in shut and "allOf" not in shut:
        shut.setdefault("additionalProperties", False)
    return shut


# --- The document -----------------------------------------------------------------------------------------------------


def test_document_is_valid_openapi_3_and_served_as_it_is_made(document, client, db):
    response = client.get("/api/schema", headers={"Accept": "application/vnd.oai.openapi+json"})

    assert response.status_code == 200
    assert response.json() == json.loads(json.dumps(document, default=str))
    validate_schema(response.json())
    assert response.json()["openapi"].startswith("3.")


def test_document_is_made_without_a_warning(db, capsys):
    out = io.StringIO()

    call_command("spectacular", "--validate", "--fail-on-warn", stdout=out)

    assert out.getvalue().startswith("openapi: 3.")
    assert capsys.readouterr().err == ""


def test_document_names_every_route_of_the_api(document):
    told = {(method.upper(), path) for path, operations in document["paths"].items() for method in operations}

    assert told == {(method, as_path(route)) for method, route in api_routes()}


def test_every_operation_has_an_id_of_its_own(document):
    ids = [operation["operationId"] for path in document["paths"].values() for operation in path.values()]

    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("accept", ["*/*", "application/vnd.oai.openapi", "application/json", "application/yaml"])
def test_document_is_given_in_the_form_a_client_asks_for(accept, client, db):
    response = client.get("/api/schema", headers={"Accept": accept})

    assert response.status_code == 200
    assert b"AssignHub" in response.content


def test_document_is_answered_with_a_final_slash_too(client, db):
    plain, slashed = client.get("/api/schema"), client.get("/api/schema/")

    assert (plain.status_code, slashed.status_code) == (200, 200)
    assert plain.content == slashed.content


# --- True to the wire -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("resource", sorted({samples.resource(route) for _, route in OUTCOMES}))
def test_answers_are_what_the_document_says(resource, rows, people, patient, document):
    routes = [(method, route) for method, route in OUTCOMES if samples.resource(route) == resource]
    wrong = {}

    for method, route in routes:
        # Whoever is let in: some doors open for super admins, some for the person concerned only.
        for name in ("super_admin", "member", "viewer"):
            with transaction.atomic():
                response = patient(people[name]).generic(*samples.request(method, route, rows))
                transaction.set_rollback(True)
            if response.status_code < 300:
                break
        if found := faults(response, document, method, route):
            wrong[method, route] = found

    assert wrong == {}


def faults(response, document: dict, method: str, route: str) -> list[str]:
    """How an answer differs from what is declared."""
    declared = document["paths"][as_path(route)][method.lower()]["responses"]
    if response.status_code >= 300 or str(response.status_code) not in declared:
        return [f"{response.status_code} is not among {sorted(declared)}: {response.content.decode()}"]
    if response.status_code == 204:
        return ["has content"] * ("content" in declared["204"] or response.content != b"")
    validator = jsonschema.Draft202012Validator(shape_of(document, method, route, response.status_code))
    return [error.message for error in validator.iter_errors(response.json())]


@pytest.mark.parametrize("method, route", OUTCOMES, ids=map(" ".join, OUTCOMES))
def test_refusals_are_described_in_the_dialect(method, route, document):
    problems = [shape_of(document, method, route, status) for status in REFUSALS]

    expected = REFUSED[type(wire.dialect_at(route))]
    assert [set(problem["required"]) for problem in problems] == [expected] * len(REFUSALS)


@pytest.mark.parametrize(
    "path, status", [("/tenants/nonsense", 400), ("/tenants/00000000-0000-4000-8000-000000000000", 404)]
)
def test_real_refusal_is_what_the_document_says(path, status, api, viewer, document):
    response = api(viewer).get(path)

    assert response.status_code == status
    jsonschema.validate(response.json(), shape_of(document, "GET", "tenants/<str:tenantId>", status))


def test_sign_in_needs_no_token_and_the_rest_does(document):
    operations = [(path, each) for path, found in document["paths"].items() for each in found.values()]

    open_to_all = {path for path, operation in operations if operation.get("security") != [{"bearer": []}]}

    assert open_to_all == {"/api/auth/login", "/api/auth/refresh", "/api/auth/logout"}


def test_bodies_are_described_where_they_are_read(document):
    described = {(method, route) for method, route in OUTCOMES if hostile.places(method, route)}

    assert described == {route for route in OUTCOMES if samples.takes_body(*route)}


# --- The page ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def page(client, db) -> str:
    response = client.get("/api/docs")
    assert response.status_code == 200
    return response.content.decode()


def test_documentation_page_loads_nothing_from_elsewhere(page):
    loaded = re.findall(r"""(?:src|href|url)\s*[=:]\s*["']([^"']+)["']""", page)

    assert "/api/schema" in loaded
    assert [address for address in loaded if not re.match(r"/(?!/)", address)] == []
    assert re.findall(r"""(?:@import|url\()\s*["']?(?:https?:)?//""", page) == []


def test_files_of_the_documentation_page_are_there(page, client):
    statuses = {}
    for address in re.findall(r"""(?:src|href)\s*=\s*["']([^"']+)["']""", page):
        with closing(client.get(address)) as response:
            statuses[address] = response.status_code

    assert statuses
    assert statuses == dict.fromkeys(statuses, 200)


def test_documentation_page_is_answered_with_a_final_slash_too(page, client):
    response = client.get("/api/docs/")

    without_token = re.compile(r"(?m)^.*csrf.*$", re.IGNORECASE)
    assert response.status_code == 200
    assert without_token.sub("", response.content.decode()) == without_token.sub("", page)
