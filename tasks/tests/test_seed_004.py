"""Each request and answer that seed 004 shows, with whole bodies, and each of its error codes."""

from datetime import UTC, datetime

import pytest
import time_machine

from tasks.models import Card, ChecklistItem
from tasks.tests.factories import ItemFactory

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
TASK = {
    "title": "Implement user authentication",
    "description": "Create login and registration system with JWT",
    "priority": "high",
    "project_type": "api",
}


@pytest.fixture
def noon(db):
    with time_machine.travel(NOON, tick=False):
        yield


# --- Checklists -------------------------------------------------------------------------------------------------------


def test_generated_checklist_has_the_documented_body_and_stores_nothing(api, member, card, noon, stored):
    client = api(member)
    before = stored()

    response = client.post(f"/api/v1/checklist/cards/{card.pk}/checklist/ai-generate", TASK)

    body = response.json()
    about = {"task_type": "development", "generated_at": "2026-03-02T12:00:00Z", "priority": "high"}
    items = [
        {
            "text": item["text"],
            "completed": False,
            "position": position,
            "ai_generated": True,
            "confidence": item["confidence"],
            "metadata": about,
        }
        for position, item in enumerate(body["items"])
    ]
    assert response.status_code == 200
    assert body == {
        "success": True,
        "items": items,
        "metadata": {
            "task_type": "development",
            "confidence": body["metadata"]["confidence"],
            "generated_at": "2026-03-02T12:00:00Z",
            "item_count": len(items),
            "source": "builtin",
        },
    }
    assert 3 <= len({item["text"] for item in items}) == len(items) <= 8
    assert all(0 <= each["confidence"] <= 100 for each in [*items, body["metadata"]])
    assert stored() == before


def test_generated_checklist_repeats_nothing_that_is_on_the_card(api, member, card):
    client = api(member)
    url = f"/api/v1/checklist/cards/{card.pk}/checklist/ai-generate"
    first = {item["text"] for item in client.post(url, TASK).json()["items"]}
    for text in first:
        ItemFactory(card=card, text=text)

    second = {item["text"] for item in client.post(url, TASK).json()["items"]}

    assert len(second) >= 3
    assert first & second == set()


def test_items_are_created_as_documented(api, member, card, noon):
    item = {
        "text": "Set up development environment",
        "position": 0,
        "ai_generated": True,
        "confidence": 90,
        "metadata": {"source": "ai_generation"},
    }

    response = api(member).post(f"/api/v1/checklist/cards/{card.pk}/checklist", {"items": [item]})

    made = ChecklistItem.objects.get()
    assert response.status_code == 201
    assert response.json() == [
        {
            "id": str(made.pk),
            "card_id": str(card.pk),
            **item,
            "completed": False,
            "created_by": str(member.pk),
            "created_at": "2026-03-02T12:00:00Z",
            "updated_at": "2026-03-02T12:00:00Z",
            "assignee_id": None,
            "due_date": None,
            "became_card_id": None,
        }
    ]


def test_items_are_listed_as_documented(api, viewer, member, card, noon):
    item = ItemFactory(card=card, text="Review requirements", ai_generated=True, confidence=85, created_by=member)

    response = api(viewer).get(f"/api/v1/checklist/cards/{card.pk}/checklist")

    assert response.status_code == 200
    assert response.json() == [
        {
            "id": str(item.pk),
            "card_id": str(card.pk),
            "text": "Review requirements",
            "completed": False,
            "position": 0,
            "ai_generated": True,
            "confidence": 85,
            "metadata": {},
            "created_by": str(member.pk),
            "created_at": "2026-03-02T12:00:00Z",
            "updated_at": "2026-03-02T12:00:00Z",
            "assignee_id": None,
            "due_date": None,
            "became_card_id": None,
        }
    ]


def test_item_is_updated_as_documented(api, member, card):
    first, second = (ItemFactory(card=card) for _ in range(2))
    body = {"text": "Updated item text", "completed": True, "position": 1}

    response = api(member).put(f"/api/v1/checklist/checklist/{first.pk}", body)

    assert response.status_code == 200
    assert {name: response.json()[name] for name in body} == body
    assert list(card.checklist.order_by("position")) == [second, first]


def test_item_is_deleted_as_documented(api, member, card):
    item = ItemFactory(card=card)

    response = api(member).delete(f"/api/v1/checklist/checklist/{item.pk}")

    assert response.status_code == 200
    assert response.json() == {"success": True, "message": "Checklist item deleted successfully"}
    assert not card.checklist.exists()


@pytest.mark.parametrize(
    "total, done, made_by_ai, percentage",
    [(8, 3, 6, 37.5), (3, 1, 0, 33.33), (3, 2, 1, 66.67), (0, 0, 0, 0), (2, 2, 2, 100)],
)
def test_progress_has_the_documented_body(total, done, made_by_ai, percentage, api, viewer, card):
    for number in range(total):
        ItemFactory(card=card, completed=number < done, ai_generated=number < made_by_ai)

    response = api(viewer).get(f"/api/v1/checklist/cards/{card.pk}/checklist/progress")

    assert response.status_code == 200
    assert response.json() == {
        "total_items": total,
        "completed_items": done,
        "progress_percentage": percentage,
        "ai_generated_count": made_by_ai,
    }


def test_suggestions_have_the_documented_body(api, viewer):
    response = api(viewer).get("/api/v1/checklist/checklist/suggestions/development")

    body = response.json()
    assert response.status_code == 200
    assert body == {"suggestions": body["suggestions"], "task_type": "development"}
    assert len(body["suggestions"]) >= 3


# --- Assignment -------------------------------------------------------------------------------------------------------


def test_validation_has_the_documented_bodies(api, member, owner, tenant):
    client = api(member)
    url = f"/api/v1/checklist/assignments/validate?organization_id={tenant.pk}"

    good = client.post(url, {"assigned_to": [str(member.pk)]})
    bad = client.post(url, {"assigned_to": [str(member.pk), str(owner.pk)]})

    assert (good.status_code, good.json()) == (200, {"valid": True})
    assert bad.status_code == 200
    assert bad.json() == {
        "valid": False,
        "error": "Members can only assign tasks to themselves",
        "error_code": "INVALID_ASSIGNMENT",
        "invalid_users": [str(owner.pk)],
    }


def test_assignable_members_have_the_documented_body(api, member, tenant):
    member.avatar_url = "https://ward.example/m.png"
    member.save()

    response = api(member).get(f"/api/v1/checklist/organizations/{tenant.pk}/assignable-members")

    assert response.status_code == 200
    assert response.json() == {
        "members": [
            {
                "id": str(member.pk),
                "email": "member@ward.example",
                "first_name": "Member",
                "last_name": "Example",
                "role": "member",
                "avatar_url": "https://ward.example/m.png",
            }
        ],
        "total_count": 1,
        "user_role": "member",
        "assignment_scope": "self",
    }


NAMES = (
    "can_assign_tasks_to_self",
    "can_assign_tasks_to_others",
    "can_create_tasks",
    "can_edit_own_tasks",
    "can_edit_other_tasks",
    "can_delete_tasks",
)


@pytest.mark.parametrize(
    "role, granted, scope, message",
    [
        ("viewer", "100000", "self", "Viewers can only assign tasks to themselves"),
        ("member", "101100", "self", "Members can only assign tasks to themselves"),
        ("admin", "111111", "project", "Admins can assign tasks to project team members"),
        ("owner", "111111", "organization", "Owners can assign tasks to any organization member"),
    ],
)
@pytest.mark.parametrize("case", [str.lower, str.upper, str.capitalize])
def test_role_has_the_documented_permissions(role, granted, scope, message, case, api, viewer):
    response = api(viewer).get(f"/api/v1/checklist/permissions/role/{case(role)}")

    flags = dict(zip(NAMES, (flag == "1" for flag in granted), strict=True))
    assert response.status_code == 200
    assert response.json() == flags | {"assignment_scope": scope, "restriction_message": message}


# --- Cards ------------------------------------------------------------------------------------------------------------


def test_card_is_created_with_its_checklist_as_documented(api, member, column, noon):
    body = {
        "title": "Implement user authentication",
        "description": "Create login system",
        "position": 0,
        "priority": "high",
        "assigned_to": [str(member.pk)],
        "checklist": [
            {"text": "Set up authentication middleware", "position": 0, "ai_generated": True, "confidence": 90}
        ],
    }

    response = api(member).post(f"/api/v1/cards/{column.pk}/cards", body)

    card = Card.objects.get()
    item = card.checklist.get()
    moment = "2026-03-02T12:00:00Z"
    assert response.status_code == 201
    assert response.json() == {
        **body,
        "id": str(card.pk),
        "column_id": str(column.pk),
        "board_id": str(column.board_id),
        "project_id": str(column.board.project_id),
        "due_date": None,
        "task_type": "development",
        "labels": [],
        "assignees": [
            {
                "id": str(member.pk),
                "email": "member@ward.example",
                "first_name": "Member",
                "last_name": "Example",
                "avatar_url": "",
            }
        ],
        "progress": {"total_items": 1, "completed_items": 0, "progress_percentage": 0, "ai_generated_count": 1},
        "can_be_finished": False,
        "finished_at": None,
        "created_by": str(member.pk),
        "created_at": moment,
        "updated_at": moment,
        "warnings": [],
        "checklist": [
            {
                "id": str(item.pk),
                "card_id": str(card.pk),
                **body["checklist"][0],
                "completed": False,
                "metadata": {},
                "created_by": str(member.pk),
                "created_at": moment,
                "updated_at": moment,
                "assignee_id": None,
                "due_date": None,
                "became_card_id": None,
            }
        ],
    }
