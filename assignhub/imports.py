"""Sheets: what a CSV or XLSX file of one kind holds, and what becomes of its rows. Shared by commands and the admin.

A `Sheet` says which columns there are and what to do with one row. Rules are the services': a row they refuse is
reported with its number (as a spreadsheet shows it: the header is row 1) and their reason, and the others are kept.
`ImportCommand` and the import page of the admin are two doors to it; what the page previews is the same run, undone.
"""

import csv
import datetime
import io
import uuid
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest
from pathlib import Path
from typing import Any, ClassVar

import openpyxl
from django.apps import apps
from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from tqdm import tqdm

from assignhub import audit
from assignhub.errors import Refused, explain
from assignhub.models import AuditEntry, Record
from assignhub.permissions import within
from assignhub.services import RecordService

Row = dict[str, Any]

# The name under which a row carries a value that stands beside its table.
OUTSIDE = ""

CREATED, UPDATED, UNCHANGED, REFUSED = RESULTS = "created", "updated", "unchanged", "refused"

# What a workbook may grow to when it is unpacked.
UNPACKED_BYTES = 200 * 1024 * 1024

# Spreadsheets take a cell that begins so for a formula; exports put an apostrophe before it, which is taken off again.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True)
class Outcome:
    """What became of a row: its number in the file, one of the four results, why it was refused, what it changed."""

    number: int
    result: str
    reason: str = ""
    entries: Sequence[AuditEntry] = field(default=())


class Sheet:
    """One kind of file: its columns, those that must have a value, and what to do with one row.

    Made for one run: `by` says who acts, `tenant` into which organisation the rows go.
    """

    # What the rows are, for people: “employees”.
    name: ClassVar[str]
    columns: ClassVar[tuple[str, ...]]
    required: ClassVar[tuple[str, ...]]
    needs_tenant: ClassVar[bool] = True
    # What `line` reads of a stored row beyond its own columns, as look-up paths to prefetch.
    related: ClassVar[tuple[str, ...]] = ()

    def __init__(self, by: Any, tenant: Any = None):
        self.by = by
        self.tenant = tenant

    @staticmethod
    def line(row: Any) -> tuple[Any, ...]:
        """A stored row as a line of this sheet: what an export writes, so that it can be imported again."""
        raise NotImplementedError

    def take(self, row: Row) -> str:
        """Bring one row in; return `CREATED`, `UPDATED` or `UNCHANGED`, or raise what the service raised."""
        raise NotImplementedError

    def outcomes(self, rows: list[tuple[int, Row]]) -> Iterator[Outcome]:
        """What becomes of each row, in any order. Must run in a transaction."""
        for number, row in rows:
            try:
                with transaction.atomic(), audit.kept() as entries:
                    check_row(row, self)
                    result = self.take(dict(row))
                yield Outcome(number, result, entries=entries)
            except (ValidationError, PermissionDenied) as refusal:
                yield Outcome(number, REFUSED, explain(refusal))

    def put(self, service: RecordService, present: Record | None, **values: Any) -> str:
        return put(service, present, by=self.by, **values)


def put(service: RecordService, present: Record | None, *, by: Any, **values: Any) -> str:
    """Create a row from the values, or bring the present one up to them."""
    if present is None:
        service.create(by=by, **values)
        return CREATED
    stored = service.update(present, by=by, **values)
    return UNCHANGED if stored.updated_at == present.updated_at else UPDATED


def names_in(cell: str) -> list[str]:
    """Several names in one cell stand with | between them."""
    return [name.strip() for name in cell.split("|") if name.strip()]


class ImportCommand(BaseCommand):
    """`manage.py import_… FILE --by EMAIL [--tenant TENANT] [--dry-run]`.

    Everything happens in one transaction. Exits with 1 when a row was refused or the file cannot be read.
    """

    sheet: type[Sheet]

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path, help="A .csv or .xlsx file; its first row names the columns.")
        parser.add_argument("--by", required=True, metavar="EMAIL", help="Whose account the import acts for.")
        parser.add_argument("--tenant", help="Name or ID of the tenant; may be left out by members of just one.")
        parser.add_argument("--dry-run", action="store_true", help="Report what would happen, and change nothing.")

    def handle(self, **options):
        self.by = acting_user(options["by"])
        needed = self.sheet.needs_tenant or options["tenant"]
        self.tenant = acting_tenant(self.by, options["tenant"]) if needed else None
        refused = 0
        with transaction.atomic():
            for path, kind in self.sheets(options):
                sheet = kind(self.by, self.tenant)
                rows = read_file(path, sheet)
                progress = tqdm(sheet.outcomes(rows), total=len(rows), desc=path.name, unit="row", disable=None)
                refused += self.report(path, list(progress))
            transaction.set_rollback(options["dry_run"])
        if options["dry_run"]:
            self.stdout.write("Dry run: nothing was changed.")
        if refused:
            raise CommandError(f"{refused} {'row was' if refused == 1 else 'rows were'} refused.")

    def sheets(self, options: dict[str, Any]) -> Iterator[tuple[Path, type[Sheet]]]:
        """The files to read, in order, each with its kind."""
        yield options["file"], self.sheet

    def report(self, path: Path, outcomes: Iterable[Outcome]) -> int:
        """Print a line per refused row and one with the totals; return how many were refused."""
        counts = dict.fromkeys(RESULTS, 0)
        for outcome in sorted(outcomes, key=lambda outcome: outcome.number):
            counts[outcome.result] += 1
            if outcome.result == REFUSED:
                self.stdout.write(f"{path.name} row {outcome.number}: {outcome.reason}")
        totals = ", ".join(f"{count} {result}" for result, count in counts.items())
        self.stdout.write(f"{path.name}: {totals}")
        return counts[REFUSED]


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


def read_file(path: Path, sheet: Sheet | type[Sheet]) -> list[tuple[int, Row]]:
    """The rows of a file, as `read` reads them; raises `CommandError` where that refuses, or without a file."""
    try:
        return read(path.name, path.read_bytes(), sheet)
    except FileNotFoundError:
        raise CommandError(f"There is no file {path}.") from None
    except OSError as error:
        raise CommandError(f"{path.name} cannot be read: {error}") from None
    except Refused as refusal:
        raise CommandError(explain(refusal)) from None


def read(name: str, content: bytes, sheet: Sheet | type[Sheet], *, most: int | None = None) -> list[tuple[int, Row]]:
    """The rows of a file of this name with their numbers; blank rows are left out, cells are text without surrounding
    space.

    Raises `Refused` when the file is of another kind, lacks or adds columns, or has more than `most` rows.
    """
    try:
        header, lines = (_read_xlsx if name.lower().endswith(".xlsx") else _read_csv)(content, most)
    except UnicodeDecodeError as error:
        raise Refused(f"{name} is not UTF-8 text: {error}", "unreadable") from None
    except Exception as error:  # noqa: BLE001 - openpyxl and zipfile raise a dozen kinds for files that are no workbooks
        raise Refused(f"{name} cannot be read: {error}", "unreadable") from None
    if most is not None and len(lines) > most:
        raise Refused(f"{name} has more than {most:,} rows. Split it into several files.", "too_large")
    faults = {
        "lacks": [column for column in sheet.required if column not in header],
        "does not know": [column for column in header if column and column not in sheet.columns],
        "has more than once": sorted({column for column in header if column and header.count(column) > 1}),
    }
    problems = "; ".join(f"{fault}: {', '.join(columns)}" for fault, columns in faults.items() if columns)
    if problems:
        raise Refused(f"{name} {problems}. The columns are: {', '.join(sheet.columns)}.", "columns")
    rows = []
    for number, line in enumerate(lines, start=2):
        cells = dict.fromkeys(sheet.columns, "")
        for column, text in zip_longest(header, map(_text, line), fillvalue=""):
            if column or text:
                cells[column] = text
        if any(cells.values()):
            rows.append((number, cells))
    return rows


def _read_csv(content: bytes, most: int | None) -> tuple[list[str], list[list[Any]]]:
    text = content.decode("utf-8-sig")
    first = text.partition("\n")[0]
    lines = list(
        csv.reader(io.StringIO(text, newline=""), delimiter=";" if first.count(";") > first.count(",") else ",")
    )
    return [name.strip() for name in lines[0]] if lines else [], lines[1:]


def _read_xlsx(content: bytes, most: int | None) -> tuple[list[str], list[list[Any]]]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        if sum(member.file_size for member in archive.infolist()) > UNPACKED_BYTES:
            raise ValueError("it unpacks to too much")
    book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
    try:
        last = None if most is None else most + 2
        lines = [list(line) for line in book.worksheets[0].iter_rows(values_only=True, max_row=last)]
    finally:
        book.close()
    while lines and all(cell is None for cell in lines[-1]):
        lines.pop()
    return [_text(name) for name in lines[0]] if lines else [], lines[1:]


def _text(cell: Any) -> str:
    """A cell as it would stand in a CSV file, without the apostrophe of an export."""
    if cell is None:
        return ""
    if isinstance(cell, datetime.datetime) and cell.time() == datetime.time():
        cell = cell.date()
    if isinstance(cell, datetime.date | datetime.time):
        return cell.isoformat()
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    text = str(cell).strip()
    return text[1:] if text.startswith("'") and text[1:].startswith(FORMULA_STARTS) else text


def neutral(value: Any) -> Any:
    """A value as a spreadsheet takes it for what it is: text that would be a formula gets an apostrophe before it."""
    if isinstance(value, str) and value.startswith(FORMULA_STARTS):
        return f"'{value}"
    return value
