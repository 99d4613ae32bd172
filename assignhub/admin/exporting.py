"""Export of a list as it is filtered: CSV line by line, XLSX up to a bound; only what the person may see."""

import csv
import io
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any, ClassVar

import openpyxl
from django.contrib import messages
from django.contrib.admin.options import IncorrectLookupParameters
from django.core.exceptions import FieldDoesNotExist, PermissionDenied
from django.db import models
from django.http import FileResponse, HttpRequest, HttpResponseRedirect, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.urls import path, reverse
from unfold.admin import ModelAdmin

from assignhub.imports import Sheet, neutral

CSV_ROWS = 500_000
# A workbook is built whole before it is sent.
XLSX_ROWS = 50_000
ROWS_AT_ONCE = 2_000


class Exporting(ModelAdmin):
    """A list that can be taken along.

    A page with a `sheet` exports what that sheet imports, so that a file can be changed and brought back; any other
    the columns of its own form. Fields the model calls secret are never among them.
    """

    sheet: ClassVar[type[Sheet] | None] = None

    def get_urls(self):
        name = f"{self.opts.app_label}_{self.opts.model_name}_export"
        view = self.admin_site.admin_view(self.export_view)
        return [path("export.<slug:kind>", view, name=name), *super().get_urls()]

    def export_columns(self, request: HttpRequest) -> list[str]:
        """The names of the model's fields that the person sees on a row's page, without secrets."""
        names = []
        for name in self.get_fields(request, self.model()):
            for single in [name] if isinstance(name, str) else name:
                try:
                    field = self.opts.get_field(single)
                except FieldDoesNotExist:
                    continue
                if field.concrete and single not in getattr(self.model, "secret", ()):
                    names.append(single)
        return names

    def export_view(self, request: HttpRequest, kind: str) -> HttpResponseBase:
        if kind not in ("csv", "xlsx") or not self.has_view_permission(request):
            raise PermissionDenied
        listing = reverse(f"{self.admin_site.name}:{self.opts.app_label}_{self.opts.model_name}_changelist")
        back = HttpResponseRedirect(f"{listing}?{request.GET.urlencode()}")
        try:
            rows = self.get_changelist_instance(request).get_queryset(request)
        except (IncorrectLookupParameters, ValueError, OverflowError):
            return back
        most = CSV_ROWS if kind == "csv" else XLSX_ROWS
        if rows.order_by()[: most + 1].count() > most:
            hint = "Narrow the list by a filter" + (", or take CSV." if kind == "xlsx" else ".")
            self.message_user(request, f"The list has more than {most:,} rows. {hint}", messages.ERROR)
            return back
        columns, lines = self.export_lines(request, rows)
        name = f"{self.opts.model_name}s.{kind}"
        if kind == "csv":
            response = StreamingHttpResponse(csv_lines(columns, lines), content_type="text/csv; charset=utf-8")
            response["Content-Disposition"] = f'attachment; filename="{name}"'
            return response
        return FileResponse(workbook(columns, lines), as_attachment=True, filename=name)

    def export_lines(
        self, request: HttpRequest, rows: models.QuerySet
    ) -> tuple[Iterable[str], Iterator[Iterable[Any]]]:
        """The names of the columns, and the lines, read in portions."""
        if self.sheet is not None:
            plain = rows.select_related(None).prefetch_related(*self.sheet.related)
            return self.sheet.columns, map(self.sheet.line, plain.iterator(ROWS_AT_ONCE))
        names = self.export_columns(request)
        fields = [self.opts.get_field(name) for name in names]
        related = [field.name for field in fields if field.is_relation]
        whole = rows.prefetch_related(*related)  # beside what the list itself joins to name its rows
        return names, ([_cell(field, row) for field in fields] for row in whole.iterator(ROWS_AT_ONCE))


def _cell(field: Any, row: models.Model) -> Any:
    if field.many_to_many:
        return "|".join(map(str, getattr(row, field.name).all()))
    value = getattr(row, field.name)
    return value if isinstance(value, int | float | bool) or value is None else str(value)


def csv_lines(columns: Iterable[str], lines: Iterable[Iterable[Any]]) -> Iterator[str]:
    """The text of a CSV file, some thousand lines at a time."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow(columns)
    for number, line in enumerate(lines, start=1):
        writer.writerow([neutral(_naive(cell)) for cell in line])
        if number % ROWS_AT_ONCE == 0:
            yield buffer.getvalue()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue()


def workbook(columns: Iterable[str], lines: Iterable[Iterable[Any]]) -> io.BytesIO:
    """An XLSX file, at its beginning."""
    book = openpyxl.Workbook(write_only=True)
    page = book.create_sheet("Export")
    page.append(list(columns))
    for line in lines:
        page.append([neutral(_printable(_naive(cell))) for cell in line])
    file = io.BytesIO()
    book.save(file)
    file.seek(0)
    return file


def _naive(cell: Any) -> Any:
    """Workbooks know no time zones: moments are written as text that says theirs."""
    return cell.isoformat() if isinstance(cell, datetime) else cell


def _printable(cell: Any) -> Any:
    """Without the control characters that XML cannot hold."""
    return openpyxl.cell.cell.ILLEGAL_CHARACTERS_RE.sub("", cell) if isinstance(cell, str) else cell
