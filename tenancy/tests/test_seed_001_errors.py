"""Every line of seed 001's error section, reached and answered in its dialect."""

import copy
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import jwt
import pytest
import time_machine
from django.conf import settings as configured
from django.db import connection, connections
from django.urls import path
from django.utils import timezone

from assignhub.testing import PASSWORD
from tenancy.models import Assignment
from tenancy.tests import bodies
from tenancy.tests.factories import AssignmentFactory, MembershipFactory, RoleFactory
from tenancy.tests.ledger import nothing_written
from tenancy.views import AssignmentViewSet

UNKNOWN = uuid.UUID("00000000-0000-4000-8000-000000000000")
ENDED = "This token is no longer valid. Please sign in again."


class BrokenAssignmentViewSet(AssignmentViewSet):
    def list(self, request, **kwargs):
        raise RuntimeError("the hull is breached at frame 42")


# The map of a product with a bug in it, for the tests that put it in place of the real one.
urlpatterns = [path("assignments", BrokenAssignmentViewSet.as_view({"get": "list"}))]
handler500 = "assignhub.handlers.handler500"


def send(client, method: str, address: str, body=None):
    return getattr(client, method)(address, body)


@pytest.mark.parametrize(
    "method, address",
    [
        ("get", "/assignments/nonsense"),
        ("patch", "/assignments/nonsense"),
        ("patch", "/assignments/nonsense/removedAt"),
        ("delete", "/assignments/nonsense"),
    ],
)
def test_400_invalid_uuid_in_path(owner, api, method, address):
    client = api(owner)

    with nothing_written():
        response = send(client, method, address)

    assert response.status_code == 400
    assert response.json() == bodies.problem(400, "assignmentId: “nonsense” is not a valid ID.")


@pytest.mark.parametrize("name", ["roleId", "tenantId"])
def test_400_invalid_uuid_in_query(owner, api, name):
    response = api(owner).get(f"/assignments?{name}=nonsense")

    assert response.status_code == 400
    assert response.json() == bodies.problem(400, f"{name}: Enter a valid UUID.")


@pytest.mark.parametrize(
    "sent, text",
    [
        ([], "roleId: This field is required. tenantId: This field is required."),
        (["roleId"], "tenantId: This field is required."),
        (["tenantId"], "roleId: This field is required."),
    ],
)
def test_400_missing_required_fields(owner, tenant, api, sent, text):
    body = {"roleId": str(RoleFactory(tenant=tenant).pk), "tenantId": str(tenant.pk)}
    client = api(owner)

    with nothing_written():
        response = client.post("/assignments", {name: body[name] for name in sent})

    assert response.status_code == 400
    assert response.json() == bodies.problem(400, text)


@pytest.mark.parametrize(
    "value, text",
    [
        (None, "This field may not be null."),
        ("nonsense", "“nonsense” is not a valid UUID."),
        (7, "Incorrect type. Expected pk value, received int."),
        (True, "Incorrect type. Expected pk value, received bool."),
        (1.5, "Incorrect type. Expected pk value, received float."),
        ([], "Incorrect type. Expected pk value, received list."),
        ({}, "Incorrect type. Expected pk value, received dict."),
    ],
)
@pytest.mark.parametrize("name", ["roleId", "tenantId"])
def test_400_wrong_values_in_body(owner, tenant, api, name, value, text):
    body = {"roleId": str(RoleFactory(tenant=tenant).pk), "tenantId": str(tenant.pk)} | {name: value}
    client = api(owner)

    with nothing_written():
        response = client.post("/assignments", body)

    assert response.status_code == 400
    assert response.json() == bodies.problem(400, f"{name}: {text}")


@pytest.mark.parametrize(
    "name, value", [("sortBy", "price"), ("sortOrder", "desc"), ("removed", "maybe"), ("sortOrder", "ASC DESC")]
)
def test_400_invalid_values_for_enum_fields_in_query(owner, api, name, value):
    response = api(owner).get("/assignments", {name: value})

    assert response.status_code == 400
    text = f"{name}: Select a valid choice. {value} is not one of the available choices."
    assert response.json() == bodies.problem(400, text)


@pytest.mark.parametrize("value", ["boss", "OWNER", "super_admin", ""])
def test_400_invalid_values_for_enum_fields_in_body(owner, tenant, api, value):
    client = api(owner)

    with nothing_written():
        response = client.post("/roles", {"name": "Boss", "type": value, "tenantId": str(tenant.pk)})

    assert response.status_code == 400
    assert response.json() == bodies.problem(400, f'type: "{value}" is not a valid choice.')


@pytest.fixture
def pair(owner, api) -> dict:
    return api(None).post("/api/auth/login", {"email": owner.email, "password": PASSWORD}).json()


def forged(pair: dict, key: str, algorithm: str) -> str:
    claims = jwt.decode(pair["access"], options={"verify_signature": False})
    return jwt.encode(claims, key, algorithm)


@pytest.mark.parametrize(
    "header, text",
    [
        (lambda pair: None, "Authentication credentials were not provided."),
        (lambda pair: "Basic b3duZXI6b3duZXI=", "Authentication credentials were not provided."),
        (lambda pair: "Bearer", "Authorization header must contain two space-delimited values"),
        (lambda pair: "Bearer one two", "Authorization header must contain two space-delimited values"),
        (lambda pair: "Bearer nonsense", ENDED),
        (lambda pair: f"Bearer {pair['refresh']}", ENDED),
        (lambda pair: f"Bearer {forged(pair, 'x' * 64, 'HS256')}", ENDED),
        (lambda pair: f"Bearer {forged(pair, '', 'none')}", ENDED),
    ],
    ids=["none", "other scheme", "no token", "two tokens", "no JWT", "refresh token", "other key", "unsigned"],
)
@pytest.mark.parametrize(
    "method, address",
    [
        ("get", "/assignments"),
        ("post", "/assignments"),
        ("patch", "/assignments/removedAt"),
        ("get", f"/assignments/{UNKNOWN}"),
        ("patch", f"/assignments/{UNKNOWN}"),
        ("patch", f"/assignments/{UNKNOWN}/removedAt"),
        ("delete", f"/assignments/{UNKNOWN}"),
    ],
)
def test_401_missing_or_invalid_token(pair, api, header, text, method, address):
    client = api(None)
    if header(pair) is not None:
        client.credentials(HTTP_AUTHORIZATION=header(pair))

    with nothing_written():
        response = send(client, method, address)

    assert response.status_code == 401
    assert response["WWW-Authenticate"] == 'Bearer realm="api"'
    assert response.json() == bodies.problem(401, text)


def test_401_expired_token(pair, api):
    client = api(None)
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {pair['access']}")
    lifetime = configured.SIMPLE_JWT["ACCESS_TOKEN_LIFETIME"]

    with time_machine.travel(timezone.now() + lifetime - timedelta(seconds=5)):
        in_time = client.get("/assignments")
    with time_machine.travel(timezone.now() + lifetime + timedelta(seconds=5)):
        too_late = client.get("/assignments")

    assert in_time.status_code == 200
    assert too_late.status_code == 401
    assert too_late["WWW-Authenticate"] == 'Bearer realm="api"'
    assert too_late.json() == bodies.problem(401, ENDED)


def test_403_user_lacks_permission_to_perform_the_operation(member, tenant, api):
    role = RoleFactory(tenant=tenant)
    client = api(member)

    with nothing_written():
        response = client.post("/assignments", {"roleId": str(role.pk), "tenantId": str(tenant.pk)})

    assert response.status_code == 403
    assert response.json() == bodies.FORBIDDEN


@pytest.mark.parametrize(
    "method, address, text",
    [
        ("patch", "/assignments/{key}", "You may not change this role assignment."),
        ("patch", "/assignments/{key}/removedAt", "You may not remove this role assignment."),
        ("delete", "/assignments/{key}", "You may not delete this role assignment."),
    ],
)
def test_403_assignment_outside_permitted_scope(admin, api, method, address, text):
    """An admin of one tenant who only reads in another sees its rows, and has to leave them alone."""
    elsewhere = MembershipFactory(user=admin, assignment__role__type="viewer").assignment.tenant
    row = AssignmentFactory(tenant=elsewhere)
    body = {"roleId": str(RoleFactory(tenant=elsewhere).pk)} if address.endswith("{key}") else None
    client = api(admin)

    with nothing_written():
        response = send(client, method, address.format(key=row.pk), body)

    assert response.status_code == 403
    assert response.json() == bodies.problem(403, text)


def test_403_create_outside_permitted_scope(admin, api):
    elsewhere = MembershipFactory(user=admin, assignment__role__type="viewer").assignment.tenant
    role = RoleFactory(tenant=elsewhere)
    client = api(admin)

    with nothing_written():
        response = client.post("/assignments", {"roleId": str(role.pk), "tenantId": str(elsewhere.pk)})

    assert response.status_code == 403
    assert response.json() == bodies.problem(403, "You may not add this role assignment.")


@pytest.mark.parametrize(
    "method, address",
    [
        ("get", "/assignments/{key}"),
        ("patch", "/assignments/{key}"),
        ("patch", "/assignments/{key}/removedAt"),
        ("delete", "/assignments/{key}"),
    ],
)
def test_404_assignment_does_not_exist(owner, api, method, address):
    client = api(owner)

    with nothing_written():
        response = send(client, method, address.format(key=UNKNOWN))

    assert response.status_code == 404
    text = f"Role assignment with ID {UNKNOWN} not found"
    assert response.json() == bodies.problem(404, text, "NOT_FOUND")


@pytest.mark.parametrize("name, text", [("roleId", "Role"), ("tenantId", "Tenant")])
def test_404_referenced_role_or_tenant_does_not_exist(owner, tenant, api, name, text):
    body = {"roleId": str(RoleFactory(tenant=tenant).pk), "tenantId": str(tenant.pk)} | {name: str(UNKNOWN)}
    client = api(owner)

    with nothing_written():
        response = client.post("/assignments", body)

    assert response.status_code == 404
    assert response.json() == bodies.problem(404, f"{text} with ID {UNKNOWN} not found")


def test_404_path_that_is_not_documented(owner, api):
    response = api(owner).get(f"/assignments/{UNKNOWN}/holders")

    assert response.status_code == 404
    assert response.json() == bodies.problem(404, f"There is nothing at /assignments/{UNKNOWN}/holders")


def test_500_unexpected_error_tells_nothing_of_its_cause(owner, api, settings):
    client = api(owner)
    client.raise_request_exception = False
    settings.ROOT_URLCONF = __name__

    response = client.get("/assignments")

    assert response.status_code == 500
    assert response.json() == bodies.problem(500, "Something went wrong on our side.")
    assert response["Content-Type"] == "application/json"


@pytest.fixture
def nowhere(tmp_path):
    """Settings of a database that is not there: a folder without it, or a port where nothing listens."""
    away = copy.deepcopy(connection.settings_dict)
    if connection.vendor == "sqlite":
        return away | {"NAME": str(tmp_path / "no such folder" / "assignhub.sqlite3")}
    return away | {"HOST": "127.0.0.1", "PORT": 1}


def test_503_database_away_says_when_to_come_back(owner, tenant, api, nowhere):
    client = api(owner)
    client.raise_request_exception = False
    before = Assignment.objects.count()
    wrapper = type(connections["default"])

    def with_the_database_away():
        connections["default"] = wrapper(nowhere, "default")
        try:
            return client.get("/assignments")
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as threads:
        response = threads.submit(with_the_database_away).result()

    assert response.status_code == 503
    assert response["Retry-After"] == "5"
    assert response.json() == bodies.problem(503, "The database is not reachable at the moment.")
    assert Assignment.objects.count() == before
