"""A ward to try things on: a draft schedule of one week with a shift on Monday morning, and a nurse who may work it."""

import csv
import io
from collections.abc import Callable
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command

from assignhub.models import AuditEntry
from scheduling.tests.factories import EmployeeFactory, ScheduleFactory, ShiftFactory


@pytest.fixture
def schedule(tenant):
    return ScheduleFactory(tenant=tenant)


@pytest.fixture
def shift(schedule):
    return ShiftFactory(schedule=schedule)


@pytest.fixture
def nurse(tenant):
    return EmployeeFactory(tenant=tenant)


@pytest.fixture
def stored(db) -> Callable[[], dict]:
    """`stored()` → every row and value of the rosters and tenants, and the audit trail: equal before and after means
    that nothing was written."""
    models = [*apps.get_app_config("scheduling").get_models(include_auto_created=True)]
    models += [apps.get_model("tenancy.Tenant"), AuditEntry]
    return lambda: {model._meta.label: list(model._base_manager.order_by("pk").values()) for model in models}


@pytest.fixture
def command(admin) -> Callable:
    """Run a command as the tenant's admin; return the lines it printed and the error it ended with, or None."""

    def run(name: str, *arguments, **options) -> tuple[list[str], CommandError | None]:
        printed, error = io.StringIO(), None
        try:
            call_command(name, *map(str, arguments), stdout=printed, **{"by": admin.email, **options})
        except CommandError as failure:
            error = failure
        return printed.getvalue().splitlines(), error

    return run


@pytest.fixture
def sheet(tmp_path) -> Callable[..., Path]:
    """`sheet("name.csv", header, *rows)` → the path of a file that holds them."""

    def write(name: str, *rows: list[str]) -> Path:
        path = tmp_path / name
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows(rows)
        return path

    return write
