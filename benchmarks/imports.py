"""How long the admin takes to preview and to import a sheet of 10,000 rows.

    createdb assignhub_plans
    DATABASE_URL=postgres://postgres@127.0.0.1:5432/assignhub_plans python benchmarks/imports.py

Fills the database as `query_plans.py` does (all that is in it goes; the name must end in `_plans`); `--keep` takes what
an earlier run has filled in. A planner sends 10,000 assignments into ten empty schedules, and 10,000 employees.
"""

import argparse
import re
import sys
import time
from collections.abc import Iterator
from datetime import time as clock
from datetime import timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

import query_plans  # sets Django up
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import override_settings

from assignhub.testing import staff_client_of
from scheduling import services
from scheduling.models import Employee, Schedule, ShiftType
from tenancy.models import Tenant, User

WRITE = sys.stdout.write
ROWS = 10_000
SCHEDULES = 10


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--keep", action="store_true", help="import into what an earlier run has filled in")
    given = options.parse_args()
    if connection.vendor != "postgresql" or not connection.settings_dict["NAME"].endswith("_plans"):
        sys.exit("DATABASE_URL must lead to a PostgreSQL database whose name ends in _plans: it will be emptied.")
    if not given.keep:
        query_plans.fill()
    tenant = Tenant.objects.get(name="Large")
    planner = User.objects.get(email="planner@large.example")
    User.objects.filter(pk=planner.pk).update(is_staff=True)
    storages = settings.STORAGES | {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
    with override_settings(ALLOWED_HOSTS=["testserver"], STORAGES=storages):
        client = staff_client_of(planner)
        measure(client, tenant, "assignment", assignments(tenant, planner))
        measure(client, tenant, "employee", employees())


def measure(client: Client, tenant: Tenant, name: str, lines: Iterator[str]) -> None:
    url = f"/admin/scheduling/{name}/import/"
    file = SimpleUploadedFile("rows.csv", "\n".join(lines).encode())
    began = time.perf_counter()
    page = client.post(url, {"file": file, "tenant": str(tenant.pk)})
    previewed = time.perf_counter()
    found = re.search(r'name="upload" value="([^"]+)"', page.content.decode())
    if found is None:
        sys.exit(f"{name}: {page.context['form'].errors}")
    done = client.post(url, {"upload": found.group(1)})
    imported = time.perf_counter()
    WRITE(f"{name:12} preview {previewed - began:6.1f} s  import {imported - previewed:6.1f} s  ")
    counts = re.search(r"\d+ new, \d+ changed, \d+ unchanged, \d+ refused", done.content.decode())
    WRITE(f"{counts and counts.group()}\n")


def assignments(tenant: Tenant, planner: User) -> Iterator[str]:
    """A thousand assignments in each of ten new schedules, a hundred people on each of their ten shifts."""
    people = list(Employee.objects.filter(tenant=tenant).order_by("pk").values_list("email", flat=True)[:1000])
    shift_type = ShiftType.objects.get(tenant=tenant)
    week = Schedule.objects.filter(tenant=tenant).order_by("-week_start").first().week_end + timedelta(days=1)
    yield "schedule,employee,shift"
    for number in range(SCHEDULES):
        first = week + timedelta(weeks=number)
        schedule = services.schedules.create(
            by=planner, tenant=tenant, title=f"Import {first}", week_start=first, week_end=first + timedelta(days=6)
        )
        plans = [
            {
                "schedule_id": schedule.pk,
                "shift_type_id": shift_type.pk,
                "code": f"import-{place}",
                "date": first + timedelta(days=place % 7),
                "start_time": clock(8),
                "end_time": clock(16),
                "required_staff": 100,
            }
            for place in range(10)
        ]
        made, _ = services.create_shifts(plans, by=planner)
        for index, email in enumerate(people):
            yield f"{schedule.title},{email},{made[index % 10].code}"


def employees() -> Iterator[str]:
    yield "email,first_name,last_name,job_title,qualifications"
    for number in range(ROWS):
        yield f"import.{number}@plans.example,Nell,Novak {number},Nurse,Triage|Wards"


if __name__ == "__main__":
    main()
