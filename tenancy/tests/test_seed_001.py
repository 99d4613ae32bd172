"""Seed 001 to the letter: its five examples as they are printed, with the IDs they are printed with."""

import shlex
from urllib.parse import urlsplit
from uuid import UUID

import pytest
from django.contrib.auth.hashers import make_password
from rest_framework.test import APIClient

from assignhub.testing import PASSWORD
from tenancy.models import Assignment
from tenancy.tests import bodies
from tenancy.tests.factories import AssignmentFactory, MembershipFactory, RoleFactory, TenantFactory

TENANT = UUID("a1b2c3d4-e5f6-7a8b-9c0d-1e2f3a4b5c6d")
# The examples use one ID both for a role and for an assignment.
ROLE = ASSIGNMENT = UUID("c3a5b6e2-4f8d-4e9a-9b7a-1d2c3a4b5c6d")

CREATE = r"""
curl -X POST https://api.example.com/assignments \
  -H "Authorization: Bearer <JWT_TOKEN>" \
  -H "Content-Type: application/json" \
  -d '{
    "roleId": "c3a5b6e2-4f8d-4e9a-9b7a-1d2c3a4b5c6d",
    "tenantId": "a1b2c3d4-e5f6-7a8b-9c0d-1e2f3a4b5c6d"
  }'
"""

GET = r"""
curl -X GET https://api.example.com/assignments/c3a5b6e2-4f8d-4e9a-9b7a-1d2c3a4b5c6d \
  -H "Authorization: Bearer <JWT_TOKEN>"
"""

QUERY = r"""
curl -X GET "https://api.example.com/assignments?skip=0&take=10&sortBy=createdAt&sortOrder=DESC" \
  -H "Authorization: Bearer <JWT_TOKEN>"
"""

REMOVE = r"""
curl -X PATCH https://api.example.com/assignments/c3a5b6e2-4f8d-4e9a-9b7a-1d2c3a4b5c6d/removedAt \
  -H "Authorization: Bearer <JWT_TOKEN>"
"""

DELETE = r"""
curl -X DELETE https://api.example.com/assignments/c3a5b6e2-4f8d-4e9a-9b7a-1d2c3a4b5c6d \
  -H "Authorization: Bearer <JWT_TOKEN>"
"""


def curl(command: str, token: str):
    """Send what a curl command line would send."""
    words = shlex.split(command.replace("\\\n", " ").replace("<JWT_TOKEN>", token))
    assert words[:2] == ["curl", "-X"]
    method, url, *options = words[2:]
    headers, data = {}, ""
    for option, value in zip(options[::2], options[1::2], strict=True):
        if option == "-H":
            name, _, text = value.partition(": ")
            headers[name] = text
        else:
            assert option == "-d"
            data = value
    path = urlsplit(url)._replace(scheme="", netloc="").geturl()
    content_type = headers.pop("Content-Type", "application/octet-stream")
    return APIClient().generic(method, path, data, content_type=content_type, headers=headers)


@pytest.fixture
def tenant(db):
    """The tenant of the examples."""
    return TenantFactory(pk=TENANT)


@pytest.fixture
def token(tenant) -> str:
    """Of an owner, from the sign-in that clients use."""
    owner = MembershipFactory(
        user__password=make_password(PASSWORD), assignment__tenant=tenant, assignment__role__type="owner"
    ).user
    response = APIClient().post("/api/auth/login", {"email": owner.email, "password": PASSWORD})
    return response.json()["access"]


def test_example_create_assignment(token, tenant):
    RoleFactory(pk=ROLE, tenant=tenant)

    response = curl(CREATE, token)

    assert response.status_code == 200
    created = Assignment.objects.get(role_id=ROLE, tenant_id=TENANT)
    assert response.json() == {
        "data": {
            "id": str(created.pk),
            "roleId": "c3a5b6e2-4f8d-4e9a-9b7a-1d2c3a4b5c6d",
            "tenantId": "a1b2c3d4-e5f6-7a8b-9c0d-1e2f3a4b5c6d",
            "createdAt": bodies.moment(created.created_at),
            "updatedAt": bodies.moment(created.updated_at),
            "removedAt": None,
        },
        "meta": {"message": "success"},
        "httpStatus": 200,
    }


def test_example_get_assignment_by_id(token, tenant):
    row = AssignmentFactory(pk=ASSIGNMENT, tenant=tenant)

    response = curl(GET, token)

    assert response.status_code == 200
    assert response.json() == {
        "data": {
            "id": "c3a5b6e2-4f8d-4e9a-9b7a-1d2c3a4b5c6d",
            "roleId": str(row.role_id),
            "tenantId": "a1b2c3d4-e5f6-7a8b-9c0d-1e2f3a4b5c6d",
            "createdAt": bodies.moment(row.created_at),
            "updatedAt": bodies.moment(row.updated_at),
            "removedAt": None,
            "role": {"id": str(row.role_id), "name": row.role.name, "type": "member"},
            "tenant": {"id": "a1b2c3d4-e5f6-7a8b-9c0d-1e2f3a4b5c6d", "name": tenant.name},
        },
        "meta": {"message": "success"},
        "httpStatus": 200,
    }


def test_example_query_assignments_with_pagination(token, tenant):
    oldest = Assignment.objects.get(tenant=tenant)
    older, newer = AssignmentFactory.create_batch(2, tenant=tenant)

    response = curl(QUERY, token)

    assert response.status_code == 200
    assert response.json() == {
        "data": [bodies.assignment(newer), bodies.assignment(older), bodies.assignment(oldest)],
        "meta": {"message": "success", "pageMeta": {"skip": 0, "take": 10, "count": 3}},
        "httpStatus": 200,
    }


def test_example_remove_assignment(token, tenant):
    before = AssignmentFactory(pk=ASSIGNMENT, tenant=tenant)

    response = curl(REMOVE, token)

    assert response.status_code == 200
    after = Assignment.objects.get(pk=ASSIGNMENT)
    assert after.removed_at is not None
    assert response.json() == {
        "data": {
            "id": "c3a5b6e2-4f8d-4e9a-9b7a-1d2c3a4b5c6d",
            "roleId": str(before.role_id),
            "tenantId": "a1b2c3d4-e5f6-7a8b-9c0d-1e2f3a4b5c6d",
            "createdAt": bodies.moment(before.created_at),
            "updatedAt": bodies.moment(after.updated_at),
            "removedAt": bodies.moment(after.removed_at),
        },
        "meta": {"message": "success"},
        "httpStatus": 200,
    }


def test_example_delete_assignment(token, tenant):
    row = AssignmentFactory(pk=ASSIGNMENT, tenant=tenant)

    response = curl(DELETE, token)

    assert response.status_code == 200
    assert not Assignment.objects.filter(pk=ASSIGNMENT).exists()
    assert response.json() == {
        "data": {
            "id": "c3a5b6e2-4f8d-4e9a-9b7a-1d2c3a4b5c6d",
            "roleId": str(row.role_id),
            "tenantId": "a1b2c3d4-e5f6-7a8b-9c0d-1e2f3a4b5c6d",
            "createdAt": bodies.moment(row.created_at),
            "updatedAt": bodies.moment(row.updated_at),
            "removedAt": None,
        },
        "meta": {"message": "success"},
        "httpStatus": 200,
    }
