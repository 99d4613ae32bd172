"""The base of every import command: read a CSV or XLSX file, hand each row to a service, report row by row.

A leaf says which columns there are and what to do with one row. Rules are the services': a row they refuse is
reported with its number (as a spreadsheet shows it: the header is row 1) and their reason, and the others are kept.
"""

import csv
import datetime
import uuid
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from typing import Any

import tablib
from django.apps import apps
from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from tqdm import tqdm

from assignhub.errors import explain
from assignhub.permissions import within
from assignhub.services import RecordService

Row = dict[str, Any]

# The name under which a row carries a value that stands beside its table.
OUTSIDE = ""

CREATED, UPDATED, UNCHANGED, REFUSED = "created", "updated", "unchanged", "refused"


@dataclass(frozen=True)
class Outcome:
    """What became of a row: its number in the file, one of the four results, and why it was refused."""

    number: int
    result: str
    reason: str = ""


@dataclass(frozen=True)
class Sheet:
    """One kind of file: its columns, those that must have a value, and what to do with one row."""

    columns: tuple[str, ...]
    required: tuple[str, ...]
    take: Callable[[Row], str]


class ImportCommand(BaseCommand):
    """`manage.py import_… FILE --by EMAIL [--tenant TENANT] [--dry-run]`.

    Everything happens in one transaction. Exits with 1 when a row was refused or the file cannot be read.
    """

    columns: tuple[str, ...]
    required: tuple[str, ...]
    needs_tenant = True

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path, help="A .csv or .xlsx file; its first row names the columns.")
        parser.add_argument("--by", required=True, metavar="EMAIL", help="Whose account the import acts for.")
        parser.add_argument("--tenant", help="Name or ID of the tenant; may be left out by members of just one.")
        parser.add_argument("--dry-run", action="store_true", help="Report what would happen, and change nothing.")

    def handle(self, **options):
        self.by = acting_user(options["by"])
        self.tenant = acting_tenant(self.by, options["tenant"]) if self.needs_tenant or options["tenant"] else None
        refused = 0
        with transaction.atomic():
            for path, sheet in self.sheets(options):
                rows = read(path, sheet)
                progress = tqdm(self.outcomes(rows, sheet), total=len(rows), desc=path.name, unit="row", disable=None)
                refused += self.report(path, list(progress))
            transaction.set_rollback(options["dry_run"])
        if options["dry_run"]:
            self.stdout.write("Dry run: nothing was changed.")
        if refused:
            raise CommandError(f"{refused} {'row was' if refused == 1 else 'rows were'} refused.")

    def sheets(self, options: dict[str, Any]) -> Iterator[tuple[Path, Sheet]]:
        """The files to read, in order, each with its kind."""
        yield options["file"], Sheet(self.columns, self.required, self.take)

    def take(self, row: Row) -> str:
        """Bring one row in; return `CREATED`, `UPDATED` or `UNCHANGED`, or raise what the service raised."""
        raise NotImplementedError

    def outcomes(self, rows: list[tuple[int, Row]], sheet: Sheet) -> Iterator[Outcome]:
        """What becomes of each row, in any order."""
        for number, row in rows:
            try:
                with transaction.atomic():
                    check_row(row, sheet)
                    result = sheet.take(row)
                yield Outcome(number, result)
            except (ValidationError, PermissionDenied) as refusal:
                yield Outcome(number, REFUSED, explain(refusal))

    def report(self, path: Path, outcomes: Iterable[Outcome]) -> int:
        """Print a line per refused row and one with the totals; return how many were refused."""
        counts = dict.fromkeys((CREATED, UPDATED, UNCHANGED, REFUSED), 0)
        for outcome in sorted(outcomes, key=lambda outcome: outcome.number):
            counts[outcome.result] += 1
            if outcome.result == REFUSED:
                self.stdout.write(f"{path.name} row {outcome.number}: {outcome.reason}")
        totals = ", ".join(f"{count} {result}" for result, count in counts.items())
        self.stdout.write(f"{path.name}: {totals}")
        return counts[REFUSED]

    def put(self, service: RecordService, present, **values: Any) -> str:
        """Create a row from the values, or bring the present one up to them."""
        if present is None:
            service.create(by=self.by, **values)
            return CREATED
        stored = service.update(present, by=self.by, **values)
        return UNCHANGED if stored.updated_at == present.updated_at else UPDATED


def check_row(row: Row, sheet: Sheet) -> None:
    """Raise `ValidationError` for a row that no service should see."""
    if OUTSIDE in row:
        raise ValidationError(f"“{row[OUTSIDE]}” stands outside the columns.")
    for name, value in row.items():
        if "\0" in value:
            raise ValidationError({name: "The value has a NUL character in it."})
    for name in sheet.required:
        if not row[name]:
            raise ValidationError({name: "This column needs a value."})


def acting_user(email: str):
    """The active account with this address; raises `CommandError` when there is none."""
    user = get_user_model()._default_manager.filter(email=email, is_active=True).first()
    if user is None:
        raise CommandError(f"There is no active account with the address {email} (--by).")
    return user


def acting_tenant(by, given: str | None):
    """The tenant of an ID or name, or the only one `by` belongs to; raises `CommandError` unless it is exactly one."""
    model = apps.get_model("tenancy.Tenant")
    tenants = within(model._default_manager.all(), by, model.permission("view"))
    if given:
        try:
            tenants = tenants.filter(pk=uuid.UUID(given))
        except ValueError:
            tenants = tenants.filter(name=given)
    found = list(tenants.order_by("name")[:10])
    if len(found) == 1:
        return found[0]
    if not found:
        raise CommandError(
            f"{by.email} sees no tenant “{given}” (--tenant)." if given else f"{by.email} has no tenant."
        )
    names = ", ".join(f"{tenant.name} ({tenant.pk})" for tenant in found)
    raise CommandError(f"Which tenant? Name one with --tenant: {names}")


def read(path: Path, sheet: Sheet) -> list[tuple[int, Row]]:
    """The file's rows with their numbers; blank rows are left out, cells are text without surrounding space.

    Raises `CommandError` when the file is missing, of another kind, or lacks or adds columns.
    """
    try:
        header, lines = _read_xlsx(path) if path.suffix.lower() == ".xlsx" else _read_csv(path)
    except FileNotFoundError:
        raise CommandError(f"There is no file {path}.") from None
    except UnicodeDecodeError as error:
        raise CommandError(f"{path.name} is not UTF-8 text: {error}") from None
    except Exception as error:  # noqa: BLE001 - openpyxl and zipfile raise a dozen kinds for files that are no workbooks
        raise CommandError(f"{path.name} cannot be read: {error}") from None
    faults = {
        "lacks": [name for name in sheet.required if name not in header],
        "does not know": [name for name in header if name and name not in sheet.columns],
        "has more than once": sorted({name for name in header if name and header.count(name) > 1}),
    }
    problems = "; ".join(f"{fault}: {', '.join(names)}" for fault, names in faults.items() if names)
    if problems:
        raise CommandError(f"{path.name} {problems}. The columns are: {', '.join(sheet.columns)}.")
    rows = []
    for number, line in enumerate(lines, start=2):
        cells = dict.fromkeys(sheet.columns, "")
        for name, text in zip_longest(header, map(_text, line), fillvalue=""):
            if name or text:
                cells[name] = text
        if any(cells.values()):
            rows.append((number, cells))
    return rows


def _read_csv(path: Path) -> tuple[list[str], list[list[Any]]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        first = file.readline()
        file.seek(0)
        lines = list(csv.reader(file, delimiter=";" if first.count(";") > first.count(",") else ","))
    return [name.strip() for name in lines[0]] if lines else [], lines[1:]


def _read_xlsx(path: Path) -> tuple[list[str], list[list[Any]]]:
    with path.open("rb") as file:
        data = tablib.Dataset().load(file, format="xlsx")
    return [_text(name) for name in data.headers or []], [list(row) for row in data]


def _text(cell: Any) -> str:
    """A cell as it would stand in a CSV file."""
    if cell is None:
        return ""
    if isinstance(cell, datetime.datetime) and cell.time() == datetime.time():
        cell = cell.date()
    if isinstance(cell, datetime.date | datetime.time):
        return cell.isoformat()
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    return str(cell).strip()
