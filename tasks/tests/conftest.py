"""A project with a named team of two, admin and member; viewer and owner belong to the tenant, and not to the team."""

import csv
import io
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from tasks.tests.factories import BoardFactory, CardFactory, ColumnFactory, ProjectFactory
from tenancy.models import Assignment
from tenancy.tests.factories import MembershipFactory


@pytest.fixture
def project(tenant, admin, member):
    return ProjectFactory(tenant=tenant, team=[admin, member])


@pytest.fixture
def board(project):
    return BoardFactory(project=project)


@pytest.fixture
def column(board):
    return ColumnFactory(board=board, position=0)


@pytest.fixture
def card(column, member):
    """The member's own."""
    return CardFactory(column=column, created_by=member)


@pytest.fixture
def colleague(tenant) -> Callable:
    """`colleague("member")` → one more person of the tenant in that role."""
    return lambda rank: MembershipFactory(assignment=Assignment.objects.get(tenant=tenant, role__type=rank)).user


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


@pytest.fixture
def stored(db) -> Callable[[], dict]:
    """`stored()` → every row and value of the boards and memberships, and the audit trail: equal before and after
    means that nothing was written."""
    from django.apps import apps

    from assignhub.models import AuditEntry
    from tenancy.models import Membership

    models = [*apps.get_app_config("tasks").get_models(include_auto_created=True), Membership, AuditEntry]
    return lambda: {model._meta.label: list(model._base_manager.order_by("pk").values()) for model in models}
