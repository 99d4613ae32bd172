"""Every address of founders: who gets which status, rows to name, and requests that the rules accept."""

from collections.abc import Callable
from datetime import date
from typing import Any

from assignhub.permissions import OPERATOR
from assignhub.tests.outcomes import Rows
from founders import services

# The owner looks after the sample founder, the admin does not.
ROUTES = """
                                                              nobody viewer member admin owner super stranger
GET    api/v1/assignments                                           401   403   403   403   403   200   403
POST   api/v1/assignments                                           401   403   403   403   403   200   403
GET    api/v1/assignments/founders                                  401   403   403   403   200   200   403
GET    api/v1/assignments/history                                   401   403   403   403   403   200   403
POST   api/v1/assignments/balance                                   401   403   403   403   403   200   403
POST   api/v1/assignments/handover                                  401   403   403   403   403   200   403
GET    api/v1/assignments/<str:adminId>/<str:founderId>             401   403   403   403   403   200   403
PATCH  api/v1/assignments/<str:adminId>/<str:founderId>             401   403   403   403   403   200   403
DELETE api/v1/assignments/<str:adminId>/<str:founderId>             401   403   403   403   403   200   403
DELETE api/v1/assignments/<str:adminId>                             401   403   403   403   403   200   403
GET    api/v1/founders                                              401   403   403   200   200   200   200
POST   api/v1/founders                                              401   403   403   403   403   201   403
GET    api/v1/founders/<str:founderId>                              401   403   403   404   200   200   404
PUT    api/v1/founders/<str:founderId>                              401   403   403   404   200   200   404
PATCH  api/v1/founders/<str:founderId>                              401   403   403   404   200   200   404
DELETE api/v1/founders/<str:founderId>                              401   403   403   403   403   204   403
GET    api/v1/founders/<str:founderId>/assignments                  401   403   403   403   403   200   403
GET    api/v1/founders/<str:founderId>/notes                        401   403   403   404   200   200   404
POST   api/v1/founders/<str:founderId>/notes                        401   403   403   404   201   201   404
GET    api/v1/founders/<str:founderId>/notes/<str:noteId>           401   403   403   404   200   200   404
PUT    api/v1/founders/<str:founderId>/notes/<str:noteId>           401   403   403   404   200   200   404
PATCH  api/v1/founders/<str:founderId>/notes/<str:noteId>           401   403   403   404   200   200   404
DELETE api/v1/founders/<str:founderId>/notes/<str:noteId>           401   403   403   404   204   204   404
GET    api/v1/admins                                                401   403   403   403   403   200   403
PUT    api/v1/admins/<str:adminId>                                  401   403   403   403   403   200   403
"""

FOUNDER_PAGES = """
            nobody viewer member  admin  owner  super  stranger
changelist  login  403    403     200    200    200    200
add         login  403    403     403    403    200    403
change      login  403    403     index  200    200    index
save        login  403    403     index  200    200    index
history     login  index  index   index  200    200    index
delete      login  403    403     403    403    200    403
"""

# The sample is about the owner's founder; every admin may have one to write about.
NOTE_PAGES = """
            nobody viewer member  admin  owner  super  stranger
changelist  login  403    403     200    200    200    200
add         login  403    403     200    200    200    200
change      login  403    403     index  200    200    index
save        login  403    403     index  200    200    index
history     login  index  index   index  200    200    index
delete      login  403    403     index  200    200    index
"""

# Who is assigned is the super admins' affair, and changed on the founder's page.
ASSIGNMENT_PAGES = """
            nobody viewer member  admin  owner  super  stranger
changelist  login  403    403     403    403    200    403
add         login  403    403     403    403    200    403
change      login  403    403     403    403    200    403
save        login  403    403     403    403    403    403
history     login  index  index   index  index  200    index
delete      login  403    403     403    403    200    403
"""

CAPACITY_PAGES = """
            nobody viewer member  admin  owner  super  stranger
changelist  login  403    403     403    403    200    403
add         login  403    403     403    403    200    403
change      login  403    403     403    403    200    403
save        login  403    403     403    403    200    403
history     login  index  index   index  index  200    index
delete      login  403    403     403    403    200    403
"""

PAGES: dict[str, str] = {
    "founders.Founder": FOUNDER_PAGES,
    "founders.Note": NOTE_PAGES,
    "founders.Assignment": ASSIGNMENT_PAGES,
    "founders.Capacity": CAPACITY_PAGES,
}


def rows(tenant, people: dict[str, Any]) -> Rows:
    by = OPERATOR
    founder = services.founders.create(by=by, tenant=tenant, name="Alex Johnson", email="alex@startup.example")
    services.replace(founder.pk, [people["owner"].pk], by=by)
    capacity = {"tenant": tenant, "user": people["owner"], "capacity": 5, "industries": ["HealthTech"]}
    return {
        "founders.Founder": founder,
        "founders.Assignment": founder.assignments.get(),
        "founders.Note": services.notes.create(by=by, founder=founder, text="Met for coffee", date=date(2026, 3, 2)),
        "founders.Capacity": services.capacities.create(by=by, **capacity),
        "an assigned admin": people["owner"],
        "another admin": people["admin"],
    }


NAMED: dict[str, str] = {
    "api/v1/assignments/": "an assigned admin",
    "api/v1/assignments/<str:adminId>/": "founders.Founder",
    "api/v1/founders/": "founders.Founder",
    "api/v1/founders/<str:founderId>/notes/": "founders.Note",
    "api/v1/admins/": "an assigned admin",
}


def _founder(rows: Rows) -> str:
    return str(rows["founders.Founder"].pk)


def _admin(rows: Rows, which: str = "an assigned admin") -> str:
    return str(rows[which].pk)


QUERIES: dict[str, Callable[[Rows], dict[str, str]]] = {
    "GET api/v1/assignments": lambda rows: {"founderId": _founder(rows)},
    "GET api/v1/assignments/founders": lambda rows: {"adminId": _admin(rows)},
    "GET api/v1/assignments/history": lambda rows: {"founderId": _founder(rows), "at": "2026-03-02T08:00:00Z"},
    "DELETE api/v1/assignments/<str:adminId>": lambda rows: {"founderId": _founder(rows)},
}


def _record(rows: Rows) -> dict[str, Any]:
    person = {"name": "Sarah Williams", "email": "sarah@innovate.example", "userId": str(rows["tenancy.User"].pk)}
    tenant = {"tenantId": str(rows["tenancy.Tenant"].pk)}
    return tenant | person | {"companyName": "Innovate Solutions", "industry": "HealthTech"}


BODIES: dict[str, Callable[[Rows], Any]] = {
    "POST api/v1/assignments": lambda rows: {
        "founderId": _founder(rows),
        "adminIds": [_admin(rows), _admin(rows, "another admin")],
        "leadId": _admin(rows, "another admin"),
    },
    "POST api/v1/assignments/balance": lambda rows: {"tenantId": str(rows["tenancy.Tenant"].pk), "dryRun": False},
    "POST api/v1/assignments/handover": lambda rows: {
        "fromAdminId": _admin(rows),
        "toAdminId": _admin(rows, "another admin"),
        "founderIds": [_founder(rows)],
    },
    "PATCH api/v1/assignments/<str:adminId>/<str:founderId>": lambda rows: {
        "isLead": False,
        "coverAdminId": _admin(rows, "another admin"),
        "coverUntil": "2040-03-05T08:00:00Z",
    },
    "POST api/v1/founders": _record,
    "PUT api/v1/founders/<str:founderId>": _record,
    "PATCH api/v1/founders/<str:founderId>": lambda rows: {"industry": "Fintech"},
    "POST api/v1/founders/<str:founderId>/notes": lambda rows: {"date": "2026-03-02", "text": "Wants to hire"},
    "PUT api/v1/founders/<str:founderId>/notes/<str:noteId>": lambda rows: {"date": "2026-03-03", "text": "Hires"},
    "PATCH api/v1/founders/<str:founderId>/notes/<str:noteId>": lambda rows: {"text": "Has hired"},
    "PUT api/v1/admins/<str:adminId>": lambda rows: {
        "tenantId": str(rows["tenancy.Tenant"].pk),
        "capacity": 12,
        "industries": ["HealthTech", "Fintech"],
    },
}
