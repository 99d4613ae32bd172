"""Every address of scheduling: who gets which status, rows to name, and requests that the rules accept."""

from collections.abc import Callable
from datetime import date, time
from typing import Any

from assignhub.permissions import OPERATOR
from assignhub.tests.outcomes import KEPT_BY_ADMINS, Rows
from scheduling import services
from scheduling.models import AvailabilityException, Policy, Weekday

# Far enough ahead that shifts of this week are always to come.
MONDAY, TUESDAY, SUNDAY = date(2040, 3, 5), date(2040, 3, 6), date(2040, 3, 11)

ROUTES = """
                                                              nobody viewer member admin owner super stranger
GET    api/assignments/schedules/<str:schedule_id>/assignments      401   200   200   200   200   200   404
POST   api/assignments/schedules/<str:schedule_id>/assignments      401   403   403   201   201   201   404
POST   api/assignments/bulk                                         401   403   403   201   201   201   404
GET    api/assignments/<str:id>                                     401   200   200   200   200   200   404
PUT    api/assignments/<str:id>                                     401   403   403   200   200   200   404
PATCH  api/assignments/<str:id>                                     401   403   403   200   200   200   404
DELETE api/assignments/<str:id>                                     401   403   403   204   204   204   404
POST   api/assignments/<str:id>/confirm                             401   403   200   403   403   403   404
POST   api/assignments/<str:id>/decline                             401   403   200   403   403   403   404
POST   api/assignments/<str:id>/offer                               401   403   201   403   403   403   404
GET    api/assignments                                              401   200   200   200   200   200   200
GET    api/schedules                                                401   200   200   200   200   200   200
POST   api/schedules                                                401   403   403   201   201   201   404
GET    api/schedules/<str:schedule_id>/assignments                  401   200   200   200   200   200   404
POST   api/schedules/<str:schedule_id>/assignments                  401   403   403   201   201   201   404
GET    api/schedules/<str:id>                                       401   200   200   200   200   200   404
PUT    api/schedules/<str:id>                                       401   403   403   200   200   200   404
PATCH  api/schedules/<str:id>                                       401   403   403   200   200   200   404
DELETE api/schedules/<str:id>                                       401   403   403   204   204   204   404
POST   api/schedules/<str:id>/validate                              401   403   403   200   200   200   404
POST   api/schedules/<str:id>/submit                                401   403   403   200   200   200   404
POST   api/schedules/<str:id>/approve                               401   403   403   403   200   200   404
POST   api/schedules/<str:id>/reject                                401   403   403   403   200   200   404
POST   api/schedules/<str:id>/publish                               401   403   403   200   200   200   404
POST   api/schedules/<str:id>/archive                               401   403   403   200   200   200   404
GET    api/shifts                                                   401   200   200   200   200   200   200
POST   api/shifts                                                   401   403   403   201   201   201   404
POST   api/shifts/bulk                                              401   403   403   201   201   201   201
GET    api/shifts/open                                              401   200   200   200   200   200   200
GET    api/shifts/<str:id>                                          401   200   200   200   200   200   404
PUT    api/shifts/<str:id>                                          401   403   403   200   200   200   404
PATCH  api/shifts/<str:id>                                          401   403   403   200   200   200   404
DELETE api/shifts/<str:id>                                          401   403   403   204   204   204   404
GET    api/shifts/<str:id>/candidates                               401   403   403   200   200   200   404
POST   api/shifts/<str:id>/take                                     401   201   201   403   403   403   404
GET    api/swaps                                                    401   200   200   200   200   200   200
GET    api/swaps/<str:id>                                           401   200   200   200   200   200   404
POST   api/swaps/<str:id>/take                                      401   400   200   403   403   403   404
POST   api/swaps/<str:id>/approve                                   401   403   403   200   200   200   404
POST   api/swaps/<str:id>/reject                                    401   403   403   200   200   200   404
POST   api/swaps/<str:id>/withdraw                                  401   200   403   200   200   200   404
GET    api/employees                                                401   200   200   200   200   200   200
POST   api/employees                                                401   403   403   201   201   201   404
GET    api/employees/<str:id>                                       401   200   200   200   200   200   404
PUT    api/employees/<str:id>                                       401   403   403   200   200   200   404
PATCH  api/employees/<str:id>                                       401   403   403   200   200   200   404
DELETE api/employees/<str:id>                                       401   403   403   204   204   204   404
POST   api/employees/<str:id>/calendar                              401   403   201   403   403   403   404
DELETE api/employees/<str:id>/calendar                              401   403   204   204   204   204   404
GET    api/qualifications                                           401   200   200   200   200   200   200
POST   api/qualifications                                           401   403   403   201   201   201   404
GET    api/qualifications/<str:id>                                  401   200   200   200   200   200   404
PUT    api/qualifications/<str:id>                                  401   403   403   200   200   200   404
PATCH  api/qualifications/<str:id>                                  401   403   403   200   200   200   404
DELETE api/qualifications/<str:id>                                  401   403   403   204   204   204   404
GET    api/shift-types                                              401   200   200   200   200   200   200
POST   api/shift-types                                              401   403   403   201   201   201   404
GET    api/shift-types/<str:id>                                     401   200   200   200   200   200   404
PUT    api/shift-types/<str:id>                                     401   403   403   200   200   200   404
PATCH  api/shift-types/<str:id>                                     401   403   403   200   200   200   404
DELETE api/shift-types/<str:id>                                     401   403   403   204   204   204   404
GET    api/availability-windows                                     401   200   200   200   200   200   200
POST   api/availability-windows                                     401   403   403   201   201   201   404
GET    api/availability-windows/<str:id>                            401   200   200   200   200   200   404
PUT    api/availability-windows/<str:id>                            401   403   403   200   200   200   404
PATCH  api/availability-windows/<str:id>                            401   403   403   200   200   200   404
DELETE api/availability-windows/<str:id>                            401   403   403   204   204   204   404
GET    api/availability-exceptions                                  401   200   200   200   200   200   200
POST   api/availability-exceptions                                  401   403   403   201   201   201   404
GET    api/availability-exceptions/<str:id>                         401   200   200   200   200   200   404
PUT    api/availability-exceptions/<str:id>                         401   403   403   200   200   200   404
PATCH  api/availability-exceptions/<str:id>                         401   403   403   200   200   200   404
DELETE api/availability-exceptions/<str:id>                         401   403   403   204   204   204   404
GET    api/policies                                                 401   200   200   200   200   200   200
POST   api/policies                                                 401   403   403   201   201   201   404
GET    api/policies/<str:id>                                        401   200   200   200   200   200   404
PUT    api/policies/<str:id>                                        401   403   403   200   200   200   404
PATCH  api/policies/<str:id>                                        401   403   403   200   200   200   404
DELETE api/policies/<str:id>                                        401   403   403   204   204   204   404
"""

# Only to be approved and rejected, by actions of the list.
SWAP_PAGES = """
            nobody viewer member  admin  owner  super  stranger
changelist  login  200    200     200    200    200    200
add         login  403    403     403    403    403    403
change      login  200    200     200    200    200    index
save        login  403    403     403    403    403    403
history     login  403    403     200    200    200    index
delete      login  403    403     403    403    403    403
"""

PAGES = {
    "scheduling.Qualification": KEPT_BY_ADMINS,
    "scheduling.Employee": KEPT_BY_ADMINS,
    "scheduling.ShiftType": KEPT_BY_ADMINS,
    "scheduling.Schedule": KEPT_BY_ADMINS,
    "scheduling.Shift": KEPT_BY_ADMINS,
    "scheduling.Assignment": KEPT_BY_ADMINS,
    "scheduling.Policy": KEPT_BY_ADMINS,
    "scheduling.Swap": SWAP_PAGES,
}


def rows(tenant, people: dict[str, Any]) -> Rows:
    """The member and the viewer are employees; the draft schedule is the member's, the published one the viewer's."""
    by = OPERATOR
    of_tenant = {"by": by, "tenant": tenant}
    shift_type = services.shift_types.create(**of_tenant, name="Night watch")
    nurse, aide = (
        services.employees.create(**of_tenant, email=f"{name}@ward.example", first_name=name, user=people[person])
        for name, person in (("nurse", "member"), ("aide", "viewer"))
    )
    week = {"week_start": MONDAY, "week_end": SUNDAY}
    draft, pending, approved, published = (
        services.schedules.create(**of_tenant, title=title, **week) for title in ("One", "Two", "Three", "Four")
    )

    def shift(schedule, day: date, start: int):
        hours = {"start_time": time(start), "end_time": time(start + 4)}
        return services.shifts.create(by=by, schedule=schedule, date=day, shift_type=shift_type, **hours)

    def assign(employee, shift):
        return services.assignments.create(by=by, schedule=shift.schedule, employee=employee, shift=shift)

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
            services.schedules.step(schedule, step, by=by)
    services.decline(declined, by=people["viewer"], reason="Dentist")
    swap, taken_swap = (services.offer(each, by=people["viewer"]) for each in (offered, taken))
    window = {"weekday": Weekday.SATURDAY, "start_time": time(0), "end_time": time(0)}
    away = {"kind": AvailabilityException.Kind.AWAY, "first_date": SUNDAY, "last_date": SUNDAY}
    spare = services.employees.create(**of_tenant, email="spare@ward.example", first_name="Spare")
    return {
        "scheduling.Qualification": services.qualifications.create(**of_tenant, name="Triage"),
        "scheduling.ShiftType": shift_type,
        "an unused shift type": services.shift_types.create(**of_tenant, name="Early"),
        "scheduling.Employee": nurse,
        "an employee without work": spare,
        "scheduling.AvailabilityWindow": services.availability_windows.create(by=by, employee=spare, **window),
        "scheduling.AvailabilityException": services.availability_exceptions.create(by=by, employee=spare, **away),
        "scheduling.Policy": services.policies.create(**of_tenant),
        "scheduling.Schedule": draft,
        "a pending schedule": pending,
        "an approved schedule": approved,
        "a published schedule": published,
        "scheduling.Shift": shift(draft, MONDAY, 12),
        "an open shift": open_shift,
        "scheduling.Assignment": work,
        "scheduling.Swap": swap,
        "a taken swap": services.take(taken_swap, by=people["member"]),
    }


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


NAMED: dict[str, str] = {
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

BODIES: dict[str, Callable[[Rows], Any]] = {
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
