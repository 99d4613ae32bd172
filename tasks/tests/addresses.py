"""Every address of tasks: who gets which status, rows to name, and requests that the rules accept."""

from collections.abc import Callable
from typing import Any

from assignhub.permissions import OPERATOR
from assignhub.tests.outcomes import KEPT_BY_ADMINS, Rows
from tasks import services
from tenancy.services import tenants

CHECKLIST = "api/v1/checklist/cards/<str:card_id>/checklist"
ITEM = "api/v1/checklist/checklist/<str:item_id>"
MEMBERS = "api/v1/checklist/organizations/<str:organization_id>/assignable-members"

ROUTES = f"""
                                                              nobody viewer member admin owner super stranger
POST   {CHECKLIST}/ai-generate                                      401   403   200   200   200   200   404
POST   {CHECKLIST}                                                  401   403   201   201   201   201   404
GET    {CHECKLIST}                                                  401   200   200   200   200   200   404
PUT    {ITEM}                                                       401   403   200   200   200   200   404
DELETE {ITEM}                                                       401   403   200   200   200   200   404
POST   {ITEM}/card                                                  401   403   201   201   201   201   404
DELETE {ITEM}/card                                                  401   403   403   200   200   200   404
GET    {CHECKLIST}/progress                                         401   200   200   200   200   200   404
GET    api/v1/checklist/checklist/suggestions/<str:task_type>       401   200   200   200   200   200   200
POST   api/v1/checklist/assignments/validate                        401   200   200   200   200   200   404
GET    {MEMBERS}                                                    401   200   200   200   200   200   404
GET    api/v1/checklist/permissions/role/<str:role>                 401   200   200   200   200   200   200
POST   api/v1/cards/<str:column_id>/cards                           401   403   201   201   201   201   404
GET    api/v1/cards                                                 401   200   200   200   200   200   200
POST   api/v1/cards                                                 401   403   201   201   201   201   404
GET    api/v1/cards/<str:id>                                        401   200   200   200   200   200   404
PUT    api/v1/cards/<str:id>                                        401   403   200   200   200   200   404
PATCH  api/v1/cards/<str:id>                                        401   403   200   200   200   200   404
DELETE api/v1/cards/<str:id>                                        401   403   403   204   204   204   404
PUT    api/v1/cards/<str:id>/move                                   401   403   200   200   200   200   404
POST   api/v1/cards/<str:id>/copy                                   401   403   201   201   201   201   404
POST   api/v1/cards/<str:id>/finish                                 401   403   200   200   200   200   404
POST   api/v1/cards/<str:id>/reopen                                 401   403   200   200   200   200   404
POST   api/v1/cards/<str:id>/assign                                 401   403   200   200   200   200   404
DELETE api/v1/cards/<str:id>/assign                                 401   403   200   200   200   200   404
GET    api/v1/cards/<str:id>/assignable-members                     401   200   200   200   200   200   404
GET    api/v1/organizations                                         401   200   200   200   200   200   200
POST   api/v1/organizations                                         401   403   403   403   403   201   403
GET    api/v1/organizations/<str:id>                                401   200   200   200   200   200   404
PUT    api/v1/organizations/<str:id>                                401   403   403   200   200   200   404
PATCH  api/v1/organizations/<str:id>                                401   403   403   200   200   200   404
DELETE api/v1/organizations/<str:id>                                401   403   403   403   403   204   403
GET    api/v1/projects                                              401   200   200   200   200   200   200
POST   api/v1/projects                                              401   403   403   201   201   201   404
GET    api/v1/projects/<str:id>                                     401   200   200   200   200   200   404
PUT    api/v1/projects/<str:id>                                     401   403   403   200   200   200   404
PATCH  api/v1/projects/<str:id>                                     401   403   403   200   200   200   404
DELETE api/v1/projects/<str:id>                                     401   403   403   204   204   204   404
GET    api/v1/boards                                                401   200   200   200   200   200   200
POST   api/v1/boards                                                401   403   403   201   201   201   404
GET    api/v1/boards/<str:id>                                       401   200   200   200   200   200   404
PUT    api/v1/boards/<str:id>                                       401   403   403   200   200   200   404
PATCH  api/v1/boards/<str:id>                                       401   403   403   200   200   200   404
DELETE api/v1/boards/<str:id>                                       401   403   403   204   204   204   404
GET    api/v1/columns                                               401   200   200   200   200   200   200
POST   api/v1/columns                                               401   403   403   201   201   201   404
GET    api/v1/columns/<str:id>                                      401   200   200   200   200   200   404
PUT    api/v1/columns/<str:id>                                      401   403   403   200   200   200   404
PATCH  api/v1/columns/<str:id>                                      401   403   403   200   200   200   404
DELETE api/v1/columns/<str:id>                                      401   403   403   204   204   204   404
GET    api/v1/labels                                                401   200   200   200   200   200   200
POST   api/v1/labels                                                401   403   403   201   201   201   404
GET    api/v1/labels/<str:id>                                       401   200   200   200   200   200   404
PUT    api/v1/labels/<str:id>                                       401   403   403   200   200   200   404
PATCH  api/v1/labels/<str:id>                                       401   403   403   200   200   200   404
DELETE api/v1/labels/<str:id>                                       401   403   403   204   204   204   404
"""

# Members make cards, and change their own: the sample is the member's.
CARD_PAGES = """
            nobody viewer member  admin  owner  super  stranger
changelist  login  200    200     200    200    200    200
add         login  403    200     200    200    200    200
change      login  200    200     200    200    200    index
save        login  403    200     200    200    200    index
history     login  403    403     200    200    200    index
delete      login  403    403     200    200    200    index
"""

PAGES = {
    "tasks.Project": KEPT_BY_ADMINS,
    "tasks.Board": KEPT_BY_ADMINS,
    "tasks.Column": KEPT_BY_ADMINS,
    "tasks.Label": KEPT_BY_ADMINS,
    "tasks.Card": CARD_PAGES,
}


class Word:
    """Something an address names that is no row."""

    def __init__(self, pk: str):
        self.pk = pk


def rows(tenant, people: dict[str, Any]) -> Rows:
    """A board with two columns and a card the member has made, in a project that has the whole tenant as its team."""
    by, member = OPERATOR, people["member"]
    project = services.projects.create(by=by, tenant=tenant, name="Ward app", project_type="api")
    board = services.boards.create(by=by, project=project, name="Releases")
    todo, doing = (services.columns.create(by=by, board=board, name=name) for name in ("To do", "Doing"))
    card = services.cards.create(by=member, column=todo, title="Implement user authentication", assigned_to=[member.pk])
    texts = ("Review requirements", "Set up middleware")
    first, second = services.checklist.create_many(card, [services.Draft(text) for text in texts], by=member)
    services.checklist.become_card(second, by=member)
    ready, done = (services.cards.create(by=member, column=doing, title=title) for title in ("Write it", "Ship it"))
    return {
        "tasks.Project": project,
        "tasks.Board": board,
        "tasks.Column": todo,
        "another column": doing,
        "tasks.Label": services.labels.create(by=by, board=board, name="Backend", color="#22c55e"),
        "tasks.Card": card,
        "a card without open items": ready,
        "a finished card": services.cards.finish(done, by=member),
        "an item": first,
        "an item that became a card": second,
        "a vacant organization": tenants.create(by=by, name="Vacant Hall"),
        "a task type": Word("development"),
        "a role": Word("Member"),
        "a member": member,
        "an admin": people["admin"],
    }


def _tenant(rows: Rows) -> str:
    return str(rows["tenancy.Tenant"].pk)


def _key(rows: Rows, name: str) -> str:
    return str(rows[name].pk)


def _member(rows: Rows) -> list[str]:
    return [_key(rows, "a member")]


def _project(rows: Rows) -> dict[str, Any]:
    texts = {"name": "Night shift", "description": "What happens at night", "project_type": "ward"}
    team = [*_member(rows), _key(rows, "an admin")]
    return {"organization_id": _tenant(rows), "team_ids": team} | texts


def _board(rows: Rows) -> dict[str, Any]:
    return {"project_id": _key(rows, "tasks.Project"), "name": "Bugs", "description": "What is broken"}


def _column(rows: Rows) -> dict[str, Any]:
    limits = {"position": 1, "wip_limit": 3, "wip_policy": "hard"}
    return {"board_id": _key(rows, "tasks.Board"), "name": "Review"} | limits


def _label(rows: Rows) -> dict[str, Any]:
    return {"board_id": _key(rows, "tasks.Board"), "name": "Frontend", "color": "#0ea5e9"}


def _change(rows: Rows) -> dict[str, Any]:
    texts = {"title": "Implement sign-in", "description": "Create login system", "priority": "high"}
    return {"due_date": "2040-03-05", "label_ids": [_key(rows, "tasks.Label")], "assigned_to": _member(rows)} | texts


def _draft(rows: Rows) -> dict[str, Any]:
    made = {"ai_generated": True, "confidence": 90, "metadata": {"source": "ai_generation"}}
    return {"text": "Set up development environment", "position": 0, "completed": False} | made


def _item(rows: Rows) -> dict[str, Any]:
    return _draft(rows) | {"assignee_id": None, "due_date": "2040-03-05"}


def _card(rows: Rows) -> dict[str, Any]:
    return _change(rows) | {"position": 0, "checklist": [_item(rows)]}


def _move(rows: Rows) -> dict[str, Any]:
    return {"column_id": _key(rows, "another column"), "position": 0}


NAMED: dict[str, str] = {
    "api/v1/checklist/cards/": "tasks.Card",
    "api/v1/checklist/checklist/": "an item",
    f"DELETE {ITEM}/card": "an item that became a card",
    "api/v1/checklist/checklist/suggestions/": "a task type",
    "api/v1/checklist/organizations/": "tenancy.Tenant",
    "api/v1/checklist/permissions/role/": "a role",
    "api/v1/cards/": "tasks.Card",
    "POST api/v1/cards/<str:column_id>/cards": "tasks.Column",
    "POST api/v1/cards/<str:id>/finish": "a card without open items",
    "POST api/v1/cards/<str:id>/reopen": "a finished card",
    "api/v1/organizations/": "tenancy.Tenant",
    "DELETE api/v1/organizations/<str:id>": "a vacant organization",
    "api/v1/projects/": "tasks.Project",
    "api/v1/boards/": "tasks.Board",
    "api/v1/columns/": "tasks.Column",
    "api/v1/labels/": "tasks.Label",
}

BODIES: dict[str, Callable[[Rows], Any]] = {
    f"POST {CHECKLIST}/ai-generate": lambda rows: {
        "title": "Implement user authentication",
        "description": "Create login and registration system with JWT",
        "priority": "high",
        "project_type": "api",
    },
    f"POST {CHECKLIST}": lambda rows: {"items": [_item(rows)]},
    f"PUT {ITEM}": _item,
    "POST api/v1/checklist/assignments/validate": lambda rows: {"assigned_to": _member(rows)},
    "POST api/v1/cards/<str:column_id>/cards": _card,
    "POST api/v1/cards": lambda rows: {"column_id": _key(rows, "tasks.Column")} | _card(rows),
    "PUT api/v1/cards/<str:id>": _change,
    "PATCH api/v1/cards/<str:id>": lambda rows: {"description": "With JWT"},
    "PUT api/v1/cards/<str:id>/move": _move,
    "POST api/v1/cards/<str:id>/copy": lambda rows: _move(rows) | {"title": "Again", "assigned_to": _member(rows)},
    "POST api/v1/cards/<str:id>/assign": lambda rows: {"assigned_to": _member(rows)},
    "POST api/v1/organizations": lambda rows: {"name": "St. Elsewhere", "time_zone": "Europe/Vienna"},
    "PUT api/v1/organizations/<str:id>": lambda rows: {"name": "St. Anna", "time_zone": "Europe/Vienna"},
    "PATCH api/v1/organizations/<str:id>": lambda rows: {"name": "St. Anna"},
    "POST api/v1/projects": _project,
    "PUT api/v1/projects/<str:id>": _project,
    "PATCH api/v1/projects/<str:id>": lambda rows: {"description": "All wards"},
    "POST api/v1/boards": _board,
    "PUT api/v1/boards/<str:id>": _board,
    "PATCH api/v1/boards/<str:id>": lambda rows: {"name": "Bugs"},
    "POST api/v1/columns": _column,
    "PUT api/v1/columns/<str:id>": _column,
    "PATCH api/v1/columns/<str:id>": lambda rows: {"wip_limit": 4},
    "POST api/v1/labels": _label,
    "PUT api/v1/labels/<str:id>": _label,
    "PATCH api/v1/labels/<str:id>": lambda rows: {"color": "#0ea5e9"},
}

QUERIES: dict[str, Callable[[Rows], dict[str, str]]] = {
    "POST api/v1/checklist/assignments/validate": lambda rows: {"organization_id": _tenant(rows)},
    "DELETE api/v1/cards/<str:id>/assign": lambda rows: {"user_id": _key(rows, "a member")},
}
