"""How long the admin's lists take with 200,000 assignments on PostgreSQL: every page, filter and search.

    createdb assignhub_plans
    DATABASE_URL=postgres://postgres@127.0.0.1:5432/assignhub_plans python benchmarks/admin_lists.py

Fills the database as `query_plans.py` does (all that is in it goes; the name must end in `_plans`) and adds a trail of
200,000 entries. Then a planner of the large tenant, one of a small tenant and a super admin open each list 20 times in
every way it offers: plain, far from the first page, sorted, searched, filtered, by date. Prints page × filter × search
× median milliseconds of the whole request, template included. `--keep` measures what an earlier run has filled in;
`--times` opens each another number of times. Ends with 1 when a median is above 400 ms.
"""

import argparse
import statistics
import sys
import time
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

import query_plans  # sets Django up
from django.conf import settings
from django.contrib import admin
from django.contrib.admin.views.main import SEARCH_VAR
from django.db import connection
from django.test import Client
from django.test.utils import override_settings
from django.urls import reverse

from assignhub.admin.trail import KindFilter
from assignhub.models import AuditEntry
from assignhub.testing import staff_client_of
from scheduling.models import Assignment
from tenancy.models import User

WRITE = sys.stdout.write
LIMIT = 400
WORDS = {
    "scheduling.assignment": ["Nora", "Nurse 17", "nora nurse 4999", "shift-42", "nobody-at-all"],
    "assignhub.auditentry": ["planner@large.example", "Nora Nurse 17", "request-17", "nobody-at-all"],
}
ASSIGNMENTS = (("scheduling.assignment", "assignments"),)
USUAL_WORDS = ["Nora", "17", "nobody-at-all"]

TRAIL = """
INSERT INTO assignhub_auditentry
    (at, by_id, by_label, tenant_id, action, object_type, object_id, object_label, changes, request_id)
SELECT now() - n * interval '1 minute', NULL, 'planner@large.example', schedule.tenant_id,
    'scheduling.assignment.change', 'scheduling.assignment', assignment.id::text, 'Nora Nurse ' || n,
    '{"notes": ["a", "b"]}', 'request-' || n / 10
FROM (SELECT id, schedule_id, row_number() OVER (ORDER BY id) AS n FROM scheduling_assignment) AS assignment
JOIN scheduling_schedule AS schedule ON schedule.id = assignment.schedule_id
"""


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--keep", action="store_true", help="measure what an earlier run has filled in")
    options.add_argument("--times", type=int, default=20, help="how often each page is opened")
    options.add_argument("--only", default="", help="only lists whose model's label contains this")
    given = options.parse_args()
    if connection.vendor != "postgresql" or not connection.settings_dict["NAME"].endswith("_plans"):
        sys.exit("DATABASE_URL must lead to a PostgreSQL database whose name ends in _plans: it will be emptied.")
    if not given.keep:
        fill()
    WRITE(f"{Assignment.objects.count()} assignments, {AuditEntry.objects.count()} audit entries\n")
    slow = 0
    storages = settings.STORAGES | {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
    with override_settings(ALLOWED_HOSTS=["testserver"], STORAGES=storages):
        for email in ("planner@large.example", "planner@small1.example", "super@plans.example"):
            user = User.objects.get(email=email)
            client = staff_client_of(user)
            WRITE(f"\n{email}\n")
            for model, page in admin.site._registry.items():
                if given.only in model._meta.label_lower:
                    slow += measure(client, user, model, page, given.times)
    if slow:
        sys.exit(f"{slow} pages take more than {LIMIT} ms.")


def fill() -> None:
    query_plans.fill()
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE assignhub_auditentry DISABLE TRIGGER USER")
        cursor.execute("TRUNCATE assignhub_auditentry")
        cursor.execute("ALTER TABLE assignhub_auditentry ENABLE TRIGGER USER")
        cursor.execute(TRAIL)
        cursor.execute("UPDATE tenancy_user SET is_staff = true")
    User.objects.create(email="super@plans.example", is_staff=True, is_superuser=True)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM (ANALYZE)")


def ways(user: User, model, page) -> Iterator[tuple[str, dict[str, str]]]:
    """Every way a list offers to be looked at, and the query that asks for it."""
    yield "–", {}
    yield "page 2", {"p": "2"}
    yield "page 200", {"p": "200"}
    for number, name in enumerate(page.list_display, start=1):
        if name in (page.sortable_by or page.list_display):
            yield f"sorted by {name}", {"o": str(number)}
    label = model._meta.label_lower
    for words in WORDS.get(label, USUAL_WORDS) if page.search_fields else ():
        yield f"search “{words}”", {SEARCH_VAR: words}
    if page.date_hierarchy:
        day = page.date_hierarchy
        yield f"{day} in 2026", {f"{day}__year": "2026"}
        yield f"{day} in March 2026", {f"{day}__year": "2026", f"{day}__month": "3"}
    for entry in page.list_filter:
        yield from filters(user, model, entry)


def filters(user: User, model, entry) -> Iterator[tuple[str, dict[str, str]]]:
    """The queries of one filter: each choice, a row in the middle, a week."""
    if not isinstance(entry, tuple):
        for key, answer in ASSIGNMENTS if entry is KindFilter else entry.answers:
            yield f"{entry.title}: {answer}", {entry.parameter_name: key}
        return
    path, kind = entry
    field = model
    for step in path.split("__"):
        field = (field if isinstance(field, type) else field.related_model)._meta.get_field(step)
    if "Range" in kind.__name__ and "Numeric" not in kind.__name__:
        first = date(2026, 1, 12)
        yield f"{path}: a week", {f"{path}_from": str(first), f"{path}_to": str(first + timedelta(days=6))}
        yield f"{path}: from", {f"{path}_from": "2026-06-01"}
    elif "Range" in kind.__name__:
        yield f"{path}: from 1", {f"{path}_from": "1"}
    elif field.related_model is not None:
        rows = list(admin.site._registry[field.related_model].get_queryset(Asking(user)).order_by("pk")[:50])
        if rows:
            yield f"{path}: one", {f"{path}__{field.related_model._meta.pk.name}__exact": str(rows[len(rows) // 2].pk)}
    else:
        for key, _ in field.flatchoices:
            yield f"{path}: {key}", {f"{path}__exact": key}


class Asking:
    """As much of a request as a page's queryset asks for."""

    def __init__(self, user: User):
        self.user = user


def measure(client: Client, user: User, model, page, times: int) -> int:
    """Print a line per way of looking at a list; return how many of them are too slow."""
    slow = 0
    url = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
    for name, query in ways(user, model, page):
        taken = []
        for _ in range(times):
            began = time.perf_counter()
            response = client.get(url, query)
            taken.append((time.perf_counter() - began) * 1000)
            if "login" in response.get("Location", ""):
                sys.exit(f"{user} has to sign in first: {url} was not measured.")
        median = statistics.median(taken)
        slow += median > LIMIT
        mark = "  TOO SLOW" if median > LIMIT else "" if response.status_code == 200 else f"  {response.status_code}"
        WRITE(f"  {model._meta.label:32} {name:42} {median:7.0f} ms{mark}\n")
        sys.stdout.flush()
    return slow


if __name__ == "__main__":
    main()
