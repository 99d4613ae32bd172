"""Puts the data of `dataset.py` into the product's own tables, and prints the access token to load it with.

    DATABASE_URL=postgres://…/assignhub_bench python benchmarks/bench/fill.py FOLDER

Keys are those of the data set, so that one file of requests serves every server. All of it belongs to one tenant,
whose admin the token is of: reads go through roles, writes through rules and audit trail, as for everybody.
"""

import csv
import json
import os
import sys
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "assignhub.settings")

import django

django.setup()

import fill_hub
from django.core.management import call_command
from django.db import connection, models, transaction
from django.utils import timezone
from rest_framework_simplejwt.tokens import RefreshToken

from scheduling.models import (
    Assignment,
    AvailabilityWindow,
    Employee,
    Qualification,
    Schedule,
    Shift,
    ShiftType,
    Weekday,
)
from tenancy.models import Assignment as RoleAssignment
from tenancy.models import Membership, Role, SignIn, Tenant, User
from tenancy.sign_in import pair

MIDNIGHT = time(0)
BATCH = 5_000


def main(folder: Path) -> None:
    name = str(connection.settings_dict["NAME"])
    if "bench" not in Path(name).name:
        sys.exit(f"This empties its database; the name of one that is the benchmark's has “bench” in it, not “{name}”.")
    call_command("migrate", verbosity=0)
    with transaction.atomic():
        tenant, planner = make_tenant()
        make_scheduling(folder, tenant, planner)
        fill_hub.fill(tenant, planner)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")
    sys.stdout.write(token(planner))


def rows(folder: Path, table: str) -> Iterator[dict[str, str]]:
    with (folder / f"{table}.csv").open() as file:
        yield from csv.DictReader(file)


def make_tenant() -> tuple[Tenant, User]:
    """The tenant, and the admin of it who sends the requests."""
    tenant = Tenant.objects.create(name="Bench", time_zone="UTC")
    role = Role.objects.create(tenant=tenant, name="Planner", type="admin")
    in_force = RoleAssignment.objects.create(role=role, tenant=tenant)
    planner = User.objects.create(email="planner@bench.example")
    Membership.objects.create(user=planner, assignment=in_force)
    return tenant, planner


def make_scheduling(folder: Path, tenant: Tenant, planner: User) -> None:
    codes: dict[str, Qualification] = {}
    types: dict[tuple[str, ...], ShiftType] = {}
    employees, windows, schedules, shifts, assignments = [], [], [], [], []
    held: list[Any] = []

    def qualification(code: str) -> Qualification:
        if code not in codes:
            codes[code] = Qualification.objects.create(tenant=tenant, name=code)
        return codes[code]

    def shift_type(kind: str, needed: list[str]) -> ShiftType:
        key = (kind, *sorted(needed))
        if key not in types:
            types[key] = ShiftType.objects.create(tenant=tenant, name=" ".join(key))
            types[key].required_qualifications.set([qualification(code) for code in needed])
        return types[key]

    for row in rows(folder, "employee"):
        key = int(row["id"])
        names = {"first_name": row["first_name"], "last_name": row["last_name"], "job_title": row["position"]}
        employees.append(Employee(id=key, tenant=tenant, email=row["email"], **names))
        keys = [qualification(code).pk for code in json.loads(row["qualifications"])]
        held += [Employee.qualifications.through(employee_id=key, qualification_id=each) for each in keys]
        for day, spans in json.loads(row["availability"]).items():
            for span in spans:
                begin, end = clock(span["start"]), clock(span["end"])
                weekday = Weekday[day.upper()]
                windows.append(AvailabilityWindow(employee_id=key, weekday=weekday, start_time=begin, end_time=end))
    for row in rows(folder, "schedule"):
        days = {"week_start": date.fromisoformat(row["start_date"]), "week_end": date.fromisoformat(row["end_date"])}
        schedules.append(Schedule(id=int(row["id"]), tenant=tenant, title=row["name"], **days))
    spans_of = {}
    for row in rows(folder, "shift"):
        key, needed = int(row["id"]), json.loads(row["required_qualifications"])
        spans_of[key] = {
            "date": date.fromisoformat(row["date"]),
            "starts_at": datetime.fromisoformat(row["starts_at"]),
            "ends_at": datetime.fromisoformat(row["ends_at"]),
        }
        shifts.append(
            Shift(
                id=key,
                schedule_id=int(row["schedule_id"]),
                code=f"shift-{key}",
                start_time=clock(row["start_time"]),
                end_time=clock(row["end_time"]),
                shift_type=shift_type(row["shift_type"], needed),
                required_staff=int(row["required_staff"]),
                **spans_of[key],
            )
        )
    for row in rows(folder, "assignment"):
        keys = {name: int(row[name]) for name in ("id", "schedule_id", "employee_id", "shift_id", "priority")}
        answer = {"status": row["status"], "notes": row["notes"], "assigned_by": planner}
        assignments.append(Assignment(tenant=tenant, **keys, **answer, **spans_of[keys["shift_id"]]))
    made: tuple[list[Any], ...] = (employees, held, windows, schedules, shifts, assignments)
    for objects in made:
        type(objects[0])._base_manager.bulk_create(objects, batch_size=BATCH)
    go_on_after(Employee, Schedule, Shift, Assignment)


def clock(text: str) -> time:
    return MIDNIGHT if text == "24:00" else time.fromisoformat(text)


def go_on_after(*tables: type[models.Model]) -> None:
    """Let PostgreSQL number new rows from the last of ours on; SQLite does so by itself."""
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        for model in tables:
            table = model._meta.db_table
            cursor.execute(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), max(id)) FROM {table}")


def token(user: User) -> str:
    refresh = RefreshToken.for_user(user)
    row = SignIn.objects.create(
        user=user,
        refresh_id=refresh["jti"],
        password_stamp=user.get_session_auth_hash(),
        expires_at=timezone.now() + timedelta(days=14),
    )
    return pair(refresh, row)["access"]


if __name__ == "__main__":
    main(Path(sys.argv[1]))
