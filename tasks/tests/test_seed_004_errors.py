"""Each error code of seed 004: what is refused, with whole bodies, and that nothing changes."""

import pytest

NOBODY = "00000000-0000-4000-8000-000000000000"


def refusal(error: str, code: str, **about) -> dict:
    return {"success": False, "error": error, "error_code": code, **about}


def test_organization_one_does_not_belong_to_answers_like_none(api, member, other_tenant, stored):
    client = api(member)
    before = stored()

    for key in (str(other_tenant.pk), NOBODY):
        response = client.post(f"/api/v1/checklist/assignments/validate?organization_id={key}", {"assigned_to": []})
        named = client.get(f"/api/v1/checklist/organizations/{key}/assignable-members")

        text = f"You are not a member of an organization with ID {key}"
        assert response.status_code == 404
        assert response.json() == refusal(text, "NOT_ORGANIZATION_MEMBER", organization_id=key)
        assert named.status_code == 404
        assert named.json() == refusal(f"Tenant with ID {key} not found", "RESOURCE_NOT_FOUND", tenant_id=key)
    assert stored() == before


def test_refused_assignment_names_everybody_and_changes_nothing(api, member, owner, viewer, stranger, column, stored):
    client = api(member)
    people = [str(key) for key in (owner.pk, member.pk, viewer.pk, stranger.pk, NOBODY, owner.pk)]
    before = stored()

    response = client.post(f"/api/v1/cards/{column.pk}/cards", {"title": "New", "assigned_to": people})

    assert response.status_code == 403
    text = "Members can only assign tasks to themselves"
    invalid = [str(owner.pk), str(viewer.pk), str(stranger.pk), NOBODY]
    assert response.json() == refusal(text, "INVALID_ASSIGNMENT", invalid_users=invalid)
    assert stored() == before


def test_role_too_low_is_insufficient_permissions(api, viewer, column, stored):
    client = api(viewer)
    before = stored()

    response = client.post(f"/api/v1/cards/{column.pk}/cards", {"title": "New", "assigned_to": [str(viewer.pk)]})

    assert response.status_code == 403
    text = "You do not have permission to perform this action."
    assert response.json() == refusal(text, "INSUFFICIENT_PERMISSIONS")
    assert stored() == before


@pytest.mark.parametrize(
    "path, error",
    [
        (f"cards/{NOBODY}", f"Card with ID {NOBODY} not found"),
        (f"checklist/cards/{NOBODY}/checklist", f"Card with ID {NOBODY} not found"),
        ("checklist/permissions/role/boss", "There is no role “boss”; the roles are viewer, member, admin, owner."),
        ("checklist/permissions/role/super_admin", None),
        ("checklist/checklist/suggestions/gardening", None),
        ("nothing/here", "There is nothing at /api/v1/nothing/here"),
    ],
)
def test_what_is_not_there_is_resource_not_found(path, error, api, viewer):
    response = api(viewer).get(f"/api/v1/{path}")

    body = response.json()
    assert response.status_code == 404
    assert (body["success"], body["error_code"]) == (False, "RESOURCE_NOT_FOUND")
    assert error is None or body["error"] == error


@pytest.mark.parametrize(
    "items",
    [
        [],
        [{"text": "Step"}] * 21,
        [{"text": ""}],
        [{"text": "x" * 501}],
        [{"text": "Step", "position": -1}],
        [{"text": "Step", "confidence": 101}],
        [{"text": "Step", "confidence": -1}],
        [{"text": "Step", "metadata": []}],
        [{"position": 0}],
        "Step",
        None,
    ],
)
def test_malformed_items_are_a_validation_error(items, api, member, card, stored):
    client = api(member)
    before = stored()

    response = client.post(f"/api/v1/checklist/cards/{card.pk}/checklist", {"items": items})

    assert response.status_code == 400
    assert (response.json()["success"], response.json()["error_code"]) == (False, "VALIDATION_ERROR")
    assert stored() == before


def test_items_of_the_largest_and_smallest_size_are_taken(api, member, card):
    smallest, unsure = {"text": "y", "confidence": 0}, {"text": "z", "confidence": None}
    items = [{"text": "x" * 500, "confidence": 100}, *([smallest] * 18), unsure]

    response = api(member).post(f"/api/v1/checklist/cards/{card.pk}/checklist", {"items": items})

    assert response.status_code == 201
    assert [item["position"] for item in response.json()] == list(range(20))


def test_no_token_is_not_authenticated(client, card):
    response = client.get(f"/api/v1/cards/{card.pk}")

    assert response.status_code == 401
    assert response["WWW-Authenticate"].startswith("Bearer")
    assert response.json()["error_code"] == "NOT_AUTHENTICATED"
