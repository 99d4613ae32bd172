"""A valid request for every endpoint: rows to name in addresses, and bodies that the rules accept."""

import re
from collections.abc import Callable
from datetime import date, time
from typing import Any

import orjson
from rest_framework_simplejwt.tokens import RefreshToken

from assignhub.models import AuditEntry
from assignhub.permissions import OPERATOR
from assignhub.testing import PASSWORD, client_of
from scheduling import services as scheduling
from scheduling.models import AvailabilityException, Policy, Weekday
from tenancy import services as tenancy
from tenancy.models import Assignment, Membership, SignIn
from tenancy.sign_in import pair

# Far enough ahead that shifts of this week are always to come.
MONDAY, TUESDAY, SUNDAY = date(2040, 3, 5), date(2040, 3, 6), date(2040, 3, 11)
NEW_PASSWORD = "seven quiet lighthouses"

Rows = dict[str, Any]


def rows(tenant, people: dict[str, Any]) -> Rows:
    """A row of every kind in `tenant`, made through the services, by model label; those that must differ by a name."""
    return _tenancy_rows(tenant, people) | _scheduling_rows(tenant, people)


def _tenancy_rows(tenant, people: dict[str, Any]) -> Rows:
    by = OPERATOR
    role = tenancy.roles.create(by=by, tenant=tenant, name="Courier", type="viewer")
    assignment = tenancy.assignments.create(by=by, role=role, tenant=tenant)
    colleague = tenancy.users.create(by=by, email="colleague@ward.example", password=PASSWORD, assignment=assignment)
    client_of(people["viewer"])
    return {
        "assignhub.AuditEntry": AuditEntry.objects.filter(tenant_id=tenant.pk).first(),
        "tenancy.Tenant": tenant,
        "an empty tenant": tenancy.tenants.create(by=by, name="Vacant Ward"),
        "tenancy.Role": tenancy.roles.create(by=by, tenant=tenant, name="Porter", type="viewer"),
        "tenancy.Assignment": assignment,
        "tenancy.Membership": Membership.objects.get(user=colleague),
        "tenancy.User": colleague,
        "tenancy.SignIn": SignIn.objects.get(user=people["viewer"]),
    }


def _scheduling_rows(tenant, people: dict[str, Any]) -> Rows:
    """The member and the viewer are employees; the draft schedule is the member's, the published one the viewer's."""
    by = OPERATOR
    of_tenant = {"by": by, "tenant": tenant}
    shift_type = scheduling.shift_types.create(**of_tenant, name="Night watch")
    nurse, aide = (
        scheduling.employees.create(**of_tenant, email=f"{name}@ward.example", first_name=name, user=people[person])
        for name, person in (("nurse", "member"), ("aide", "viewer"))
    )
    week = {"week_start": MONDAY, "week_end": SUNDAY}
    draft, pending, approved, published = (
        scheduling.schedules.create(**of_tenant, title=title, **week) for title in ("One", "Two", "Three", "Four")
    )

    def shift(schedule, day: date, start: int):
        hours = {"start_time": time(start), "end_time": time(start + 4)}
        return scheduling.shifts.create(by=by, schedule=schedule, date=day, shift_type=shift_type, **hours)

    def assign(employee, shift):
        return scheduling.assignments.create(by=by, schedule=shift.schedule, employee=employee, shift=shift)

    work = assign(nurse, shift(draft, MONDAY, 8))
    offered, taken = (assign(aide, shift(published, TUESDAY, start)) for start in (4, 8))
    open_shift = shift(published, TUESDAY, 12)
    declined = assign(aide, open_shift)
    for schedule, steps in (
        (pending, ["submit"]),
        (approved, ["submit", "approve"]),
        (published, ["submit", "approve", "publish"]),
    ):
        for step in steps:
            scheduling.schedules.step(schedule, step, by=by)
    scheduling.decline(declined, by=people["viewer"], reason="Dentist")
    swap, taken_swap = (scheduling.offer(each, by=people["viewer"]) for each in (offered, taken))
    window = {"weekday": Weekday.SATURDAY, "start_time": time(0), "end_time": time(0)}
    away = {"kind": AvailabilityException.Kind.AWAY, "first_date": SUNDAY, "last_date": SUNDAY}
    spare = scheduling.employees.create(**of_tenant, email="spare@ward.example", first_name="Spare")
    return {
        "scheduling.Qualification": scheduling.qualifications.create(**of_tenant, name="Triage"),
        "scheduling.ShiftType": shift_type,
        "an unused shift type": scheduling.shift_types.create(**of_tenant, name="Early"),
        "scheduling.Employee": nurse,
        "an employee without work": spare,
        "scheduling.AvailabilityWindow": scheduling.availability_windows.create(by=by, employee=spare, **window),
        "scheduling.AvailabilityException": scheduling.availability_exceptions.create(by=by, employee=spare, **away),
        "scheduling.Policy": scheduling.policies.create(**of_tenant),
        "scheduling.Schedule": draft,
        "a pending schedule": pending,
        "an approved schedule": approved,
        "a published schedule": published,
        "scheduling.Shift": shift(draft, MONDAY, 12),
        "an open shift": open_shift,
        "scheduling.Assignment": work,
        "scheduling.Swap": swap,
        "a taken swap": scheduling.take(taken_swap, by=people["member"]),
    }


# Which row a parameter in a path names, by what stands before it; where a route needs another, by the whole route.
NAMED: dict[str, str] = {
    "assignments/": "tenancy.Assignment",
    "roles/": "tenancy.Role",
    "tenants/": "tenancy.Tenant",
    "DELETE tenants/<str:tenantId>": "an empty tenant",
    "memberships/": "tenancy.Membership",
    "users/": "tenancy.User",
    "api/assignments/": "scheduling.Assignment",
    "api/assignments/schedules/": "scheduling.Schedule",
    "api/schedules/": "scheduling.Schedule",
    "POST api/schedules/<str:id>/approve": "a pending schedule",
    "POST api/schedules/<str:id>/reject": "a pending schedule",
    "POST api/schedules/<str:id>/publish": "an approved schedule",
    "POST api/schedules/<str:id>/archive": "a published schedule",
    "api/shifts/": "scheduling.Shift",
    "POST api/shifts/<str:id>/take": "an open shift",
    "api/swaps/": "scheduling.Swap",
    "POST api/swaps/<str:id>/approve": "a taken swap",
    "POST api/swaps/<str:id>/reject": "a taken swap",
    "api/employees/": "scheduling.Employee",
    "DELETE api/employees/<str:id>": "an employee without work",
    "api/qualifications/": "scheduling.Qualification",
    "api/shift-types/": "scheduling.ShiftType",
    "DELETE api/shift-types/<str:id>": "an unused shift type",
    "api/availability-windows/": "scheduling.AvailabilityWindow",
    "api/availability-exceptions/": "scheduling.AvailabilityException",
    "api/policies/": "scheduling.Policy",
}


def address(method: str, path: str, rows: Rows) -> str:
    """A route's path with the keys of `rows` in place of its parameters."""
    made = "/"
    for before, parameter in re.findall("([^<]+)(<[^>]+>)?", path):
        made += before
        if parameter:
            made += str(rows[NAMED.get(f"{method} {path}") or NAMED[path.partition(parameter)[0]]].pk)
    return made


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


def _wish(rows: Rows) -> dict[str, Any]:
    keys = {"employee_id": rows["scheduling.Employee"].pk, "shift_id": rows["scheduling.Shift"].pk}
    return keys | {"status": "assigned", "priority": 1, "notes": "Bring the keys"}


def _employee(rows: Rows) -> dict[str, Any]:
    person = {"email": "new@ward.example", "first_name": "Nell", "last_name": "Novak", "job_title": "Nurse"}
    links = {"user_id": str(rows["tenancy.User"].pk), "qualification_ids": [rows["scheduling.Qualification"].pk]}
    return {"tenant_id": _tenant(rows), "is_active": True} | person | links


def _shift_type(rows: Rows) -> dict[str, Any]:
    needed = [rows["scheduling.Qualification"].pk]
    return {"tenant_id": _tenant(rows), "name": "Late", "required_qualification_ids": needed}


def _shift(rows: Rows) -> dict[str, Any]:
    keys = {"schedule_id": rows["scheduling.Schedule"].pk, "shift_type_id": rows["scheduling.ShiftType"].pk}
    hours = {"date": str(TUESDAY), "start_time": "20:00", "end_time": "06:00"}
    return keys | hours | {"code": "N-1", "required_staff": 2}


def _schedule(rows: Rows) -> dict[str, Any]:
    return {"tenant_id": _tenant(rows), "title": "Five", "week_start": str(MONDAY), "week_end": str(SUNDAY)}


def _window(rows: Rows) -> dict[str, Any]:
    hours = {"weekday": 3, "start_time": "08:00", "end_time": "16:00"}
    return {"employee_id": rows["an employee without work"].pk} | hours


def _exception(rows: Rows) -> dict[str, Any]:
    days = {"kind": "extra", "first_date": str(MONDAY), "last_date": str(TUESDAY), "reason": "Fair"}
    hours = {"start_time": "08:00", "end_time": "16:00"}
    return {"employee_id": rows["an employee without work"].pk} | days | hours


def _first_policy(rows: Rows) -> dict[str, Any]:
    """A tenant has one policy at most: the one that is there makes room."""
    Policy.objects.filter(tenant=rows["tenancy.Tenant"]).delete()
    return _policy(rows)


def _policy(rows: Rows) -> dict[str, Any]:
    hours = {"minimum_rest_hours": 10, "maximum_daily_hours": 13, "maximum_weekly_hours": 48}
    return {"tenant_id": _tenant(rows), "swaps_need_approval": False} | hours


# method and path → what to send.
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
    "POST api/assignments/schedules/<str:schedule_id>/assignments": _wish,
    "POST api/assignments/bulk": lambda rows: {
        "schedule_id": rows["scheduling.Schedule"].pk,
        "validate_conflicts": True,
        "assignments": [_wish(rows)],
    },
    "PUT api/assignments/<str:id>": _wish,
    "PATCH api/assignments/<str:id>": lambda rows: {"notes": "Updated notes"},
    "POST api/assignments/<str:id>/confirm": lambda rows: {"notes": "Looking forward to it"},
    "POST api/assignments/<str:id>/decline": lambda rows: {"reason": "Already committed"},
    "POST api/assignments/<str:id>/offer": lambda rows: {"note": "Who would like it?"},
    "POST api/schedules": _schedule,
    "POST api/schedules/<str:schedule_id>/assignments": _wish,
    "PUT api/schedules/<str:id>": _schedule,
    "PATCH api/schedules/<str:id>": lambda rows: {"title": "Six"},
    "POST api/shifts": _shift,
    "POST api/shifts/bulk": lambda rows: {"shifts": [_shift(rows)]},
    "PUT api/shifts/<str:id>": _shift,
    "PATCH api/shifts/<str:id>": lambda rows: {"required_staff": 3},
    "POST api/employees": _employee,
    "PUT api/employees/<str:id>": _employee,
    "PATCH api/employees/<str:id>": lambda rows: {"job_title": "Head nurse"},
    "POST api/qualifications": lambda rows: {"tenant_id": _tenant(rows), "name": "Surgery"},
    "PUT api/qualifications/<str:id>": lambda rows: {"tenant_id": _tenant(rows), "name": "Surgery"},
    "PATCH api/qualifications/<str:id>": lambda rows: {"name": "Surgery"},
    "POST api/shift-types": _shift_type,
    "PUT api/shift-types/<str:id>": _shift_type,
    "PATCH api/shift-types/<str:id>": lambda rows: {"name": "Late"},
    "POST api/availability-windows": _window,
    "PUT api/availability-windows/<str:id>": _window,
    "PATCH api/availability-windows/<str:id>": lambda rows: {"end_time": "17:00"},
    "POST api/availability-exceptions": _exception,
    "PUT api/availability-exceptions/<str:id>": _exception,
    "PATCH api/availability-exceptions/<str:id>": lambda rows: {"reason": "Fair"},
    "POST api/policies": _first_policy,
    "PUT api/policies/<str:id>": _policy,
    "PATCH api/policies/<str:id>": lambda rows: {"minimum_rest_hours": 9},
}


def resource(path: str) -> str:
    """What a route is about: the start of its path, “roles” or “api/shifts”."""
    return "/".join(path.split("/")[: 2 if path.startswith("api/") else 1])


def request(method: str, path: str, rows: Rows) -> tuple:
    """The valid request, as a test client's `generic` takes it."""
    content = body(method, path, rows)
    sent = (orjson.dumps(content), "application/json") if content is not None else ()
    return (method, address(method, path, rows), *sent)


def takes_body(method: str, path: str) -> bool:
    return f"{method} {path}" in BODIES


def body(method: str, path: str, rows: Rows) -> Any:
    """What to send there, or None for nothing."""
    build = BODIES.get(f"{method} {path}")
    return build(rows) if build else None
