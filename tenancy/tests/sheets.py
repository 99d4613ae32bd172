"""Running the import commands over sheets written for a test."""

import csv
import io
from pathlib import Path

import openpyxl
from django.core.management import CommandError, call_command


def run(name: str, *arguments, **options) -> tuple[list[str], str | None]:
    """What a command prints, and the error it ends with, if any."""
    printed, error = io.StringIO(), None
    try:
        call_command(name, *map(str, arguments), stdout=printed, **options)
    except CommandError as failure:
        error = str(failure)
    return printed.getvalue().splitlines(), error


def as_text(path: Path, *rows: list[str], delimiter: str = ",", line_end: str = "\n", encoding: str = "utf-8") -> Path:
    with path.open("w", encoding=encoding, newline="") as file:
        csv.writer(file, delimiter=delimiter, lineterminator=line_end).writerows(rows)
    return path


def as_workbook(path: Path, *rows: list) -> Path:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    book.save(path)
    return path
