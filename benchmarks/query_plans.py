"""How PostgreSQL answers the documented filters of GET /api/assignments, on 200,000 assignments or other numbers.

    createdb assignhub_plans
    DATABASE_URL=postgres://postgres@127.0.0.1:5432/assignhub_plans python benchmarks/query_plans.py

Fills the database (all that is in it goes; the name must end in `_plans`), then sends each request through the real
view as an admin of a large and of a small tenant and as a super admin, and explains every statement about assignments
it causes.
`--times 10` fills in ten times as many, over ten times as long; `--keep` explains what an earlier run has filled in;
`--full` prints whole plans.
"""

import argparse
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "assignhub.settings")

import django

django.setup()

import orjson
from django.core.management import call_command
from django.db import connection, transaction
from django.db.models import QuerySet
from rest_framework.test import APIRequestFactory, force_authenticate

from scheduling.models import Assignment, Employee, Schedule, Shift, ShiftType
from scheduling.views import AssignmentViewSet
from tenancy.models import Assignment as RoleAssignment
from tenancy.models import Membership, Role, Tenant, User

WRITE = sys.stdout.write
ZONE = "Europe/Berlin"
FIRST_WEEK, WEEK = date(2026, 1, 5), timedelta(days=6)
WEEKS = 25
# Tenant, teams, weeks: one with half of everything in four teams, ten with a twentieth each in one.
LARGE, SMALL = ("Large", 4, WEEKS), ("Small", 1, 10)
# Filters by date ask for one week among others.
FEWEST_WEEKS = 2

EMPLOYEES = """
INSERT INTO scheduling_employee (tenant_id, email, first_name, last_name, job_title, is_active, created_at, updated_at)
SELECT %(tenant)s, format('%%s.%%s@plans.example', %(tenant)s::text, n), 'Nora', 'Nurse ' || n, 'FullTime', true,
    now(), now()
FROM generate_series(1, %(number)s) AS n
"""
# 100 shifts a week: 14 or 15 a day, of eight hours each, early, late and night.
SHIFTS = """
INSERT INTO scheduling_shift
    (schedule_id, code, date, start_time, end_time, shift_type_id, required_staff, starts_at, ends_at,
     created_at, updated_at)
SELECT schedule.id, 'shift-' || n, day, begins, ends, type.id, 10,
    (day + begins) AT TIME ZONE %(zone)s,
    (day + begins) AT TIME ZONE %(zone)s + interval '8 hours', now(), now()
FROM scheduling_schedule AS schedule
JOIN scheduling_shifttype AS type ON type.tenant_id = schedule.tenant_id
CROSS JOIN generate_series(0, 99) AS n
CROSS JOIN LATERAL (SELECT schedule.week_start + n %% 7 AS day) AS on_day
JOIN (VALUES (0, time '06:00', time '14:00'), (1, time '14:00', time '22:00'), (2, time '22:00', time '06:00'))
    AS kind (number, begins, ends) ON kind.number = n / 7 %% 3
ORDER BY schedule.week_start, schedule.id, n
"""
# Ten to a shift. Whoever works early works early all week, so that nobody is in two places.
ASSIGNMENTS = """
WITH crew AS (
    SELECT id, tenant_id, (row_number() OVER (PARTITION BY tenant_id ORDER BY id) - 1)::int AS position
    FROM scheduling_employee
)
INSERT INTO scheduling_assignment
    (schedule_id, employee_id, shift_id, status, priority, notes, assigned_by_id, assigned_at, conflicts_resolved,
     auto_assigned, decline_reason, sequence, tenant_id, date, starts_at, ends_at, created_at, updated_at)
SELECT shift.schedule_id, crew.id, shift.id,
    (ARRAY['confirmed', 'confirmed', 'confirmed', 'completed', 'completed', 'completed', 'assigned', 'assigned',
           'pending', 'declined'])[1 + (shift.id * 7 + place * 3) %% 10],
    1, '', NULL, now(), true, false, '', 0, schedule.tenant_id, shift.date, shift.starts_at, shift.ends_at, now(), now()
FROM scheduling_shift AS shift
JOIN scheduling_schedule AS schedule ON schedule.id = shift.schedule_id
CROSS JOIN generate_series(0, 9) AS place
JOIN crew ON crew.tenant_id = schedule.tenant_id
    AND crew.position = %(team_size)s * (substring(schedule.title FROM '[0-9]+')::int - 1)
        + substring(shift.code FROM '[0-9]+')::int / 7 * 10 + place
ORDER BY schedule.week_start, schedule.id, shift.id, place
"""
TEAM_SIZE = {LARGE[0]: 625, SMALL[0]: 250}


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--keep", action="store_true", help="explain what an earlier run has filled in")
    options.add_argument("--times", type=float, default=1, help="how many times as many as 200,000 (default: 1)")
    options.add_argument("--full", action="store_true", help="print whole plans")
    given = options.parse_args()
    if connection.vendor != "postgresql" or not connection.settings_dict["NAME"].endswith("_plans"):
        sys.exit("DATABASE_URL must lead to a PostgreSQL database whose name ends in _plans: it will be emptied.")
    if not given.keep:
        fill(given.times)
    WRITE(f"{Assignment.objects.count()} assignments, {Shift.objects.count()} shifts, ")
    WRITE(f"{Schedule.objects.count()} schedules, {Employee.objects.count()} employees\n")
    for name in (LARGE[0], f"{SMALL[0]} 1"):
        tenant = Tenant.objects.filter(name=name)
        explain_as(User.objects.get(email=planner_of(name)), tenant, full=given.full)
    explain_as(User.objects.get(is_superuser=True), Tenant.objects.all(), full=given.full)


# --- Data -------------------------------------------------------------------------------------------------------------


def fill(times: float = 1) -> None:
    """Empty the database and fill it with `times` as many assignments as 200,000."""
    grown = [LARGE, *((f"{SMALL[0]} {number}", *SMALL[1:]) for number in range(1, 11))]
    planned = [(name, teams, max(FEWEST_WEEKS, round(weeks * times))) for name, teams, weeks in grown]
    call_command("migrate", verbosity=0)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("TRUNCATE tenancy_user, tenancy_tenant CASCADE")
        User.objects.create(email="boss@plans.example", is_superuser=True)
        tenants = {name: make_tenant(name, teams, weeks) for name, teams, weeks in planned}
        for name, teams, _ in planned:
            number = teams * TEAM_SIZE[name.split()[0]]
            cursor.execute(EMPLOYEES, {"tenant": tenants[name].pk, "number": number})
        cursor.execute(SHIFTS, {"zone": ZONE})
        cursor.execute("ANALYZE scheduling_schedule, scheduling_employee, scheduling_shift, scheduling_shifttype")
        # The teams of the large tenant are the larger ones; a crew's position starts at 0 in each tenant.
        cursor.execute(ASSIGNMENTS, {"team_size": TEAM_SIZE[LARGE[0]]})
    with connection.cursor() as cursor:
        cursor.execute("VACUUM (ANALYZE)")


def planner_of(name: str) -> str:
    return f"planner@{name.replace(' ', '').lower()}.example"


def make_tenant(name: str, teams: int, weeks: int) -> Tenant:
    """A tenant with a planner, a shift type, and a published schedule for each of its teams each week."""
    tenant = Tenant.objects.create(name=name, time_zone=ZONE)
    role = Role.objects.create(tenant=tenant, name="Planner", type="admin")
    in_force = RoleAssignment.objects.create(role=role, tenant=tenant)
    planner = User.objects.create(email=planner_of(name))
    Membership.objects.create(user=planner, assignment=in_force)
    ShiftType.objects.create(tenant=tenant, name="Ward")
    Schedule.objects.bulk_create(
        Schedule(
            tenant=tenant,
            title=f"Team {team}",
            week_start=FIRST_WEEK + timedelta(weeks=week),
            week_end=FIRST_WEEK + timedelta(weeks=week, days=6),
            status=Schedule.Status.PUBLISHED,
        )
        for week in range(weeks)
        for team in range(1, teams + 1)
    )
    return tenant


# --- Questions --------------------------------------------------------------------------------------------------------


def questions(tenants: QuerySet[Tenant]) -> Iterator[tuple[str, dict[str, Any]]]:
    """The documented filters of the list, alone, together, and far from the first page."""
    schedules = Schedule.objects.filter(tenant__in=tenants).order_by("week_start", "pk")
    schedule = schedules[schedules.count() // 2]
    shift = schedule.shifts.order_by("pk")[50]
    place = shift.assignments.order_by("pk")[0]
    total = Assignment.objects.filter(tenant__in=tenants).count()
    early, late = schedules[1].week_start, schedules.reverse()[0].week_end
    one_day, one_week = {"date_from": shift.date, "date_to": shift.date}, {"date_from": early, "date_to": early + WEEK}
    yield "no filter", {}
    yield "no filter, deep page", {"skip": total - 100}
    yield "schedule_id", {"schedule_id": schedule.pk}
    yield "schedule_id, deep page", {"schedule_id": schedule.pk, "skip": 900}
    yield "employee_id", {"employee_id": place.employee_id}
    yield "shift_id", {"shift_id": shift.pk}
    yield "status=confirmed", {"status": "confirmed"}
    yield "status=pending", {"status": "pending"}
    yield "status=cancelled (none)", {"status": "cancelled"}
    yield "status=confirmed, deep page", {"status": "confirmed", "skip": total * 3 // 10 - 100}
    yield "date_from = date_to", one_day
    yield "an early week", one_week
    yield "date_from, the last week", {"date_from": late - WEEK}
    yield "date_to, the first week", {"date_to": FIRST_WEEK + WEEK}
    yield "an early week, deep page", one_week | {"skip": 900}
    yield "schedule_id, status", {"schedule_id": schedule.pk, "status": "pending"}
    yield "schedule_id, one day", {"schedule_id": schedule.pk, **one_day}
    yield "employee_id, one week", {"employee_id": place.employee_id, **one_week}
    yield "employee_id, status", {"employee_id": place.employee_id, "status": "confirmed"}
    yield "status, one week", {"status": "pending", **one_week}
    yield (
        "all of them",
        {
            "schedule_id": schedule.pk,
            "employee_id": place.employee_id,
            "shift_id": shift.pk,
            "status": place.status,
            **one_day,
        },
    )


def explain_as(planner: User, tenants: QuerySet[Tenant], *, full: bool) -> None:
    count = Assignment.objects.filter(tenant__in=tenants).count()
    WRITE(f"\n{planner}: {count} assignments\n")
    for name, query in questions(tenants):
        rows, statements = ask(planner, query)
        WRITE(f"\n  {name}: {rows} rows\n")
        for sql, parameters in statements:
            plan = explained(sql, parameters)
            WRITE(f"    {plan.milliseconds:8.2f} ms  {plan.rows:7} rows read  {plan.pages:6} pages  ")
            WRITE(", ".join(plan.accesses) + "\n")
            if full:
                WRITE("\n".join(plan.lines) + "\n")


def ask(planner: User, query: dict[str, Any]) -> tuple[int, list[tuple[str, Any]]]:
    """Send one request to the view; return how many rows it answers and the statements about assignments it caused."""
    statements: list[tuple[str, Any]] = []

    def keep(execute, sql, parameters, many, context):
        if "scheduling_assignment" in sql:
            statements.append((sql, parameters))
        return execute(sql, parameters, many, context)

    request = APIRequestFactory().get("/api/assignments", query)
    force_authenticate(request, user=planner)
    with connection.execute_wrapper(keep):
        response = AssignmentViewSet.as_view({"get": "list"})(request).render()
    if response.status_code != 200:
        sys.exit(f"{query} was answered with {response.status_code}: {response.content.decode()}")
    return len(orjson.loads(response.content)), statements


# --- Plans ------------------------------------------------------------------------------------------------------------


@dataclass
class Plan:
    milliseconds: float
    pages: int
    rows: int = 0
    accesses: list[str] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)


def explained(sql: str, parameters: Any) -> Plan:
    """The plan of a statement, as it ran the second time: what it needs is in memory then."""
    with connection.cursor() as cursor:
        for _ in range(2):
            cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {sql}", parameters)
            ((answer,),) = cursor.fetchall()
    (whole,) = answer if isinstance(answer, list) else orjson.loads(answer)
    root = whole["Plan"]
    plan = Plan(whole["Execution Time"], root["Shared Hit Blocks"] + root["Shared Read Blocks"])
    walk(root, plan, depth=0)
    return plan


def walk(node: dict[str, Any], plan: Plan, depth: int) -> None:
    """Note how each table is read, and how many of its rows are looked at on the way."""
    times = node["Actual Loops"]
    rows = node["Actual Rows"] * times
    looked_at = rows + node.get("Rows Removed by Filter", 0) * times
    table, index = node.get("Relation Name", ""), node.get("Index Name", "")
    if table:
        plan.rows += looked_at
    if table == Assignment._meta.db_table or (index and not table):
        plan.accesses.append(f"{node['Node Type']} {index}".strip() + f" ({looked_at})")
    elif table:
        plan.accesses.append(f"{table.removeprefix('scheduling_')} by {index or node['Node Type']} ({looked_at})")
    text = f"{node['Node Type']} {index or table}".strip()
    plan.lines.append(f"{'  ' * depth}      {text}: {rows} rows, {looked_at} looked at")
    for child in node.get("Plans", ()):
        walk(child, plan, depth + 1)


if __name__ == "__main__":
    main()
