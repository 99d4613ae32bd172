"""Every way to put a person on a card × every role × every kind of target: the write, `validate` and
`assignable-members` give one answer."""

import csv
import io
import tempfile
import uuid
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction

from tasks.models import Assignee, ChecklistItem
from tasks.tests.factories import AssigneeFactory, BoardFactory, CardFactory, ColumnFactory, ItemFactory, ProjectFactory

ROLES = ("viewer", "member", "admin", "owner", "super_admin")
RULES = {
    "viewer": "Viewers can only assign tasks to themselves",
    "member": "Members can only assign tasks to themselves",
    "admin": "Admins can assign tasks to project team members",
    "owner": "Owners can assign tasks to any organization member",
    "super_admin": "Super admins can assign tasks to any organization member",
}

# Whom each role may put on a card. A super admin belongs to no tenant, and so is nobody's target.
ALLOWED = {
    "viewer": {"self"},
    "member": {"self"},
    "admin": {"self", "team-mate"},
    "owner": {"self", "team-mate", "outside the team"},
    "super_admin": {"team-mate", "outside the team"},
}
TARGETS = ("self", "team-mate", "outside the team", "other tenant", "unknown")


class World:
    """A board, and another in a project of the same team, on which every path is tried."""

    def __init__(self, people, tenant, colleague, api, staff_client):
        mate, outsider = colleague("member"), colleague("member")
        team = [people["member"], people["admin"], people["viewer"], mate]
        self.tenant, self.people = tenant, people
        # Signed in beforehand: what happens in a transaction that is rolled back takes its sign-ins with it.
        self.api_clients, self.staff_clients = (
            {people[role].pk: client(people[role]) for role in ROLES} for client in (api, staff_client)
        )
        self.project, self.other_project = (ProjectFactory(tenant=tenant, team=team) for _ in range(2))
        # Where nobody of the roles below the owner's has put anybody, for what is moved and copied from.
        self.column = ColumnFactory(board=BoardFactory(project=self.project))
        self.other_column = ColumnFactory(board=BoardFactory(project=self.other_project))
        self.targets = {
            "team-mate": mate.pk,
            "outside the team": outsider.pk,
            "other tenant": people["stranger"].pk,
            "unknown": uuid.uuid4(),
        }

    def api(self, person):
        return self.api_clients[person.pk]

    def staff(self, person):
        return self.staff_clients[person.pk]

    def target(self, role: str, name: str) -> uuid.UUID:
        return self.people[role].pk if name == "self" else self.targets[name]

    def card(self, role: str, *on_it):
        card = CardFactory(column=self.column, created_by=self.people[role])
        for user_id in on_it:
            AssigneeFactory(card=card, user_id=user_id)
        return card

    def email(self, user_id) -> str:
        from tenancy.models import User

        user = User.objects.filter(pk=user_id).first()
        return user.email if user else "nobody@ward.example"


def api_write(method: str, path: str, body):
    """A path of the API: what it sends, and how its answer reads."""

    def write(world: World, role: str, user_id) -> tuple[bool, dict]:
        card = world.card(role)
        client = world.api(world.people[role])
        url = path.format(card=card.pk, column=world.column.pk)
        response = getattr(client, method)(f"/api/v1/{url}", body(world, user_id))
        return response.status_code < 300, {"status": response.status_code, **dict_of(response)}

    return write


def dict_of(response) -> dict:
    body = response.json()
    return body if isinstance(body, dict) else {}


def moved(world: World, role: str, user_id) -> tuple[bool, dict]:
    """A card that carries the person already goes into another project."""
    card = world.card(role, user_id)
    response = world.api(world.people[role]).put(
        f"/api/v1/cards/{card.pk}/move", {"column_id": str(world.other_column.pk)}
    )
    return response.status_code < 300, {"status": response.status_code, **dict_of(response)}


def copied(world: World, role: str, user_id) -> tuple[bool, dict]:
    card = world.card(role, user_id)
    response = world.api(world.people[role]).post(f"/api/v1/cards/{card.pk}/copy", {})
    return response.status_code < 300, {"status": response.status_code, **dict_of(response)}


def become_card(world: World, role: str, user_id) -> tuple[bool, dict]:
    """An item that is the person's already becomes a card of theirs."""
    item = ItemFactory(card=world.card(role), assignee_id=user_id)
    response = world.api(world.people[role]).post(f"/api/v1/checklist/checklist/{item.pk}/card")
    return response.status_code < 300, {"status": response.status_code, **dict_of(response)}


def item_changed(world: World, role: str, user_id) -> tuple[bool, dict]:
    item = ItemFactory(card=world.card(role))
    body = {"assignee_id": str(user_id)}
    response = world.api(world.people[role]).put(f"/api/v1/checklist/checklist/{item.pk}", body)
    return response.status_code < 300, {"status": response.status_code, **dict_of(response)}


def admin_inline(world: World, role: str, user_id) -> tuple[bool, dict]:
    card = world.card(role)
    form = {
        "column": card.column_id,
        "title": card.title,
        "priority": "medium",
        "position": card.position,
        "assignees-TOTAL_FORMS": 1,
        "assignees-INITIAL_FORMS": 0,
        "assignees-0-user": user_id,
        "assignees-0-card": card.pk,
        "checklist-TOTAL_FORMS": 0,
        "checklist-INITIAL_FORMS": 0,
    }
    response = world.staff(world.people[role]).post(f"/admin/tasks/card/{card.pk}/change/", form)
    return response.status_code == 302, {}


def imported(world: World, role: str, user_id) -> tuple[bool, dict]:
    text = io.StringIO()
    column = world.column
    rows = [
        ["project", "board", "column", "title", "assigned_to"],
        [world.project.name, column.board.name, column.name, "Imported", world.email(user_id)],
    ]
    csv.writer(text).writerows(rows)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "cards.csv"
        path.write_text(text.getvalue(), encoding="utf-8")
        by, tenant = world.people[role].email, str(world.tenant.pk)
        try:
            call_command("import_cards", path, by=by, tenant=tenant, stdout=io.StringIO())
        except CommandError:
            return False, {}
    return True, {}


def people_of(world, user_id):
    return {"assigned_to": [str(user_id)]}


# Each path, and the roles that may go it at all.
CREATORS, EDITORS, ANYBODY = ROLES[1:], ROLES[1:], ROLES
PATHS = {
    "create": (api_write("post", "cards/{column}/cards", lambda w, u: {"title": "New"} | people_of(w, u)), CREATORS),
    "create, column in the body": (
        api_write("post", "cards", lambda w, u: {"title": "New", "column_id": str(w.column.pk)} | people_of(w, u)),
        CREATORS,
    ),
    "create, on an item": (
        api_write(
            "post",
            "cards/{column}/cards",
            lambda w, u: {"title": "New", "checklist": [{"text": "Step", "assignee_id": str(u)}]},
        ),
        CREATORS,
    ),
    "update": (api_write("put", "cards/{card}", people_of), EDITORS),
    "patch": (api_write("patch", "cards/{card}", people_of), EDITORS),
    "assign": (api_write("post", "cards/{card}/assign", people_of), ANYBODY),
    "move": (moved, EDITORS),
    "copy": (copied, CREATORS),
    "new item": (
        api_write(
            "post",
            "checklist/cards/{card}/checklist",
            lambda w, u: {"items": [{"text": "Step", "assignee_id": str(u)}]},
        ),
        EDITORS,
    ),
    "item": (item_changed, EDITORS),
    "item to card": (become_card, CREATORS),
    "admin inline": (admin_inline, EDITORS),
    "import": (imported, CREATORS),
}
STORED_BEFORE = {"move", "copy", "item to card"}


@pytest.fixture
def world(people, tenant, colleague, api, staff_client):
    return World(people, tenant, colleague, api, staff_client)


def test_every_path_gives_every_role_one_answer_for_every_target(world):
    wrong, cells = {}, 0

    for role in ROLES:
        client = world.api(world.people[role])
        query = f"organization_id={world.tenant.pk}&project_id={world.project.pk}"
        members = client.get(
            f"/api/v1/checklist/organizations/{world.tenant.pk}/assignable-members?project_id={world.project.pk}"
        ).json()
        offered = {member["id"] for member in members["members"]}
        for name in TARGETS:
            user_id = world.target(role, name)
            allowed = name in ALLOWED[role]
            judged = client.post(
                f"/api/v1/checklist/assignments/validate?{query}", {"assigned_to": [str(user_id)]}
            ).json()
            refusal = {"error": RULES[role], "error_code": "INVALID_ASSIGNMENT", "invalid_users": [str(user_id)]}
            if judged != ({"valid": True} if allowed else {"valid": False, **refusal}):
                wrong[role, name, "validate"] = judged
            if (str(user_id) in offered) != allowed:
                wrong[role, name, "assignable-members"] = offered
            for path, (write, roles) in PATHS.items():
                if path in STORED_BEFORE and name == "unknown":
                    continue  # nobody the database knows can be on a card already
                cells += 1
                with transaction.atomic():
                    done, answer = write(world, role, user_id)
                    transaction.set_rollback(True)
                if done != (allowed and role in roles):
                    wrong[role, name, path] = answer
                named = {"status": 403, "success": False, **refusal}
                if answer and not done and role in roles and answer != named:
                    wrong[role, name, path] = answer

    assert wrong == {}
    assert cells == len(ROLES) * (len(TARGETS) * len(PATHS) - len(STORED_BEFORE))
    assert (Assignee.objects.count(), ChecklistItem.objects.count()) == (0, 0)


def test_taking_people_off_follows_the_same_rule(world):
    wrong = {}

    for role in ROLES:
        for name in TARGETS[:-1]:
            user_id = world.target(role, name)
            # Whom an owner may put on a card they may take off, and people who are of no tenant of theirs any more.
            allowed = name in ALLOWED[role] or role in ("owner", "super_admin") or name == "self"
            with transaction.atomic():
                card = world.card(role, user_id)
                response = world.api(world.people[role]).delete(f"/api/v1/cards/{card.pk}/assign?user_id={user_id}")
                left = card.assignees.count()
                transaction.set_rollback(True)
            if (response.status_code, left) != ((200, 0) if allowed else (403, 1)):
                wrong[role, name] = (response.status_code, response.content)

    assert wrong == {}


def test_organization_wide_answer_is_the_union_of_the_projects_one_takes_part_in(world, colleague, tenant):
    """An admin of one team reaches it, and not the team of a project they are not in."""
    elsewhere = colleague("member")
    ProjectFactory(tenant=tenant, team=[elsewhere])
    client = world.api(world.people["admin"])
    url = f"/api/v1/checklist/assignments/validate?organization_id={tenant.pk}"
    body = {"assigned_to": [str(world.targets["team-mate"]), str(elsewhere.pk), str(world.targets["unknown"])]}

    response = client.post(url, body)

    assert response.status_code == 200
    assert response.json() == {
        "valid": False,
        "error": "Admins can assign tasks to project team members",
        "error_code": "INVALID_ASSIGNMENT",
        "invalid_users": [str(elsewhere.pk), str(world.targets["unknown"])],
    }
