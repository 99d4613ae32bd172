"""Every address of tenancy: who gets which status, rows to name, and requests that the rules accept."""

from collections.abc import Callable
from typing import Any

from rest_framework_simplejwt.tokens import RefreshToken

from assignhub.models import AuditEntry
from assignhub.permissions import OPERATOR
from assignhub.testing import PASSWORD, client_of
from assignhub.tests.outcomes import KEPT_BY_ADMINS, Rows
from tenancy import services
from tenancy.models import Assignment, Membership, SignIn
from tenancy.sign_in import pair

NEW_PASSWORD = "seven quiet lighthouses"

ROUTES = """
                                                              nobody viewer member admin owner super stranger
GET    assignments                                                  401   200   200   200   200   200   200
POST   assignments                                                  401   403   403   200   200   200   404
PATCH  assignments/removedAt                                        401   403   403   200   200   200   200
GET    assignments/<str:assignmentId>                               401   200   200   200   200   200   404
PATCH  assignments/<str:assignmentId>                               401   403   403   200   200   200   404
DELETE assignments/<str:assignmentId>                               401   403   403   200   200   200   404
PATCH  assignments/<str:assignmentId>/removedAt                     401   403   403   200   200   200   404
GET    roles                                                        401   200   200   200   200   200   200
POST   roles                                                        401   403   403   200   200   200   404
GET    roles/<str:roleId>                                           401   200   200   200   200   200   404
PATCH  roles/<str:roleId>                                           401   403   403   200   200   200   404
DELETE roles/<str:roleId>                                           401   403   403   200   200   200   404
GET    tenants                                                      401   200   200   200   200   200   200
POST   tenants                                                      401   403   403   403   403   200   403
GET    tenants/<str:tenantId>                                       401   200   200   200   200   200   404
PATCH  tenants/<str:tenantId>                                       401   403   403   200   200   200   404
DELETE tenants/<str:tenantId>                                       401   403   403   403   403   200   403
GET    memberships                                                  401   200   200   200   200   200   200
POST   memberships                                                  401   403   403   200   200   200   404
GET    memberships/<str:membershipId>                               401   200   200   200   200   200   404
PATCH  memberships/<str:membershipId>                               401   403   403   200   200   200   404
DELETE memberships/<str:membershipId>                               401   403   403   200   200   200   404
GET    users                                                        401   200   200   200   200   200   200
POST   users                                                        401   403   403   200   200   200   404
GET    users/<str:userId>                                           401   200   200   200   200   200   404
PATCH  users/<str:userId>                                           401   403   403   200   200   200   404
DELETE users/<str:userId>                                           401   403   403   200   200   200   404
POST   api/auth/login                                               200   200   200   200   200   200   200
POST   api/auth/refresh                                             200   200   200   200   200   200   200
POST   api/auth/logout                                              204   204   204   204   204   204   204
GET    api/auth/me                                                  401   200   200   200   200   200   200
POST   api/auth/password                                            401   204   204   204   204   204   204
"""

# Only super admins make tenants and let them go.
TENANT_PAGES = """
            nobody viewer member  admin  owner  super  stranger
changelist  login  200    200     200    200    200    200
add         login  403    403     403    403    200    403
change      login  200    200     200    200    200    index
save        login  403    403     200    200    200    index
history     login  403    403     200    200    200    index
delete      login  403    403     403    403    200    403
"""

# The sample is the viewer's own.
SIGN_IN_PAGES = """
            nobody viewer member  admin  owner  super  stranger
changelist  login  200    200     200    200    200    200
add         login  403    403     403    403    403    403
change      login  200    index   index  index  200    index
save        login  403    403     403    403    403    403
history     login  403    index   index  index  200    index
delete      login  403    403     403    403    403    403
"""

PAGES = {
    "tenancy.Role": KEPT_BY_ADMINS,
    "tenancy.Assignment": KEPT_BY_ADMINS,
    "tenancy.Membership": KEPT_BY_ADMINS,
    "tenancy.User": KEPT_BY_ADMINS,
    "tenancy.Tenant": TENANT_PAGES,
    "tenancy.SignIn": SIGN_IN_PAGES,
}


def rows(tenant, people: dict[str, Any]) -> Rows:
    by = OPERATOR
    role = services.roles.create(by=by, tenant=tenant, name="Courier", type="viewer")
    assignment = services.assignments.create(by=by, role=role, tenant=tenant)
    colleague = services.users.create(by=by, email="colleague@ward.example", password=PASSWORD, assignment=assignment)
    client_of(people["viewer"])
    return {
        "assignhub.AuditEntry": AuditEntry.objects.filter(tenant_id=tenant.pk).first(),
        "tenancy.Tenant": tenant,
        "an empty tenant": services.tenants.create(by=by, name="Vacant Ward"),
        "tenancy.Role": services.roles.create(by=by, tenant=tenant, name="Porter", type="viewer"),
        "tenancy.Assignment": assignment,
        "tenancy.Membership": Membership.objects.get(user=colleague),
        "tenancy.User": colleague,
        "tenancy.SignIn": SignIn.objects.get(user=people["viewer"]),
    }


def _refresh_token(rows: Rows) -> dict[str, str]:
    user = rows["tenancy.User"]
    client_of(user)
    token = RefreshToken.for_user(user)
    row = SignIn.objects.filter(user=user).latest("created_at")
    SignIn.objects.filter(pk=row.pk).update(refresh_id=token["jti"])
    return {"refresh": pair(token, row)["refresh"]}


def _in_force(rows: Rows, rank: str) -> str:
    return str(Assignment.objects.get(tenant=rows["tenancy.Tenant"], role__name=rank.capitalize()).pk)


def _tenant(rows: Rows) -> str:
    return str(rows["tenancy.Tenant"].pk)


NAMED: dict[str, str] = {
    "assignments/": "tenancy.Assignment",
    "roles/": "tenancy.Role",
    "tenants/": "tenancy.Tenant",
    "DELETE tenants/<str:tenantId>": "an empty tenant",
    "memberships/": "tenancy.Membership",
    "users/": "tenancy.User",
}

BODIES: dict[str, Callable[[Rows], Any]] = {
    "POST assignments": lambda rows: {"roleId": str(rows["tenancy.Role"].pk), "tenantId": _tenant(rows)},
    "PATCH assignments/removedAt": lambda rows: [str(rows["tenancy.Assignment"].pk)],
    "PATCH assignments/<str:assignmentId>": lambda rows: {"roleId": str(rows["tenancy.Role"].pk)},
    "POST roles": lambda rows: {"name": "Pharmacist", "type": "member", "tenantId": _tenant(rows)},
    "PATCH roles/<str:roleId>": lambda rows: {"name": "Night porter"},
    "POST tenants": lambda rows: {"name": "St. Elsewhere", "timeZone": "Europe/Vienna"},
    "PATCH tenants/<str:tenantId>": lambda rows: {"name": "St. Anna Clinic"},
    "POST memberships": lambda rows: {
        "userId": str(rows["tenancy.User"].pk),
        "assignmentId": _in_force(rows, "member"),
    },
    "PATCH memberships/<str:membershipId>": lambda rows: {"assignmentId": _in_force(rows, "member")},
    "POST users": lambda rows: {
        "email": "newcomer@ward.example",
        "firstName": "Nell",
        "lastName": "Newcomer",
        "avatarUrl": "https://ward.example/nell.png",
        "isActive": True,
        "isStaff": False,
        "password": NEW_PASSWORD,
        "assignmentId": str(rows["tenancy.Assignment"].pk),
    },
    "PATCH users/<str:userId>": lambda rows: {"firstName": "Colette"},
    "POST api/auth/login": lambda rows: {"email": "colleague@ward.example", "password": PASSWORD},
    "POST api/auth/refresh": _refresh_token,
    "POST api/auth/logout": _refresh_token,
    "POST api/auth/password": lambda rows: {"current_password": PASSWORD, "new_password": NEW_PASSWORD},
}
