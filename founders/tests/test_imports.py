"""`import_founders` and `import_founder_assignments`: good rows are kept, the same file again changes nothing."""

import csv
import io
from pathlib import Path

import openpyxl
import pytest
from django.core.management import CommandError, call_command

from founders import demo
from founders.models import Assignment, Founder


@pytest.fixture
def run(super_admin, tenant):
    """Run a command as the super admin; return the lines it printed and the error it ended with, or None."""

    def call(name: str, path: Path, **options) -> tuple[list[str], str | None]:
        printed, error = io.StringIO(), None
        try:
            call_command(name, str(path), stdout=printed, **{"by": super_admin.email, "tenant": tenant.name} | options)
        except CommandError as failure:
            error = str(failure)
        return printed.getvalue().splitlines(), error

    return call


@pytest.fixture
def sheet(tmp_path):
    def write(name: str, *rows: list[str]) -> Path:
        path = tmp_path / name
        if path.suffix == ".xlsx":
            book = openpyxl.Workbook()
            for row in rows:
                book.active.append(row)
            book.save(path)
            return path
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows(rows)
        return path

    return write


HEADER = ["email", "name", "company", "industry", "user"]
ALEX = ["Alex@startup.com", "Alex Johnson", "TechStart Inc.", "Software Development", "member@ward.example"]


@pytest.mark.parametrize("suffix", ["csv", "xlsx"])
def test_founders_come_in_once(run, sheet, tenant, member, suffix):
    path = sheet(f"founders.{suffix}", HEADER, ALEX)

    runs = [run("import_founders", path) for _ in range(2)]
    changed = run("import_founders", sheet(f"again.{suffix}", HEADER, [*ALEX[:3], "Fintech", ""]))

    founder = Founder.objects.get()
    assert runs == [
        ([f"founders.{suffix}: 1 created, 0 updated, 0 unchanged, 0 refused"], None),
        ([f"founders.{suffix}: 0 created, 0 updated, 1 unchanged, 0 refused"], None),
    ]
    assert changed == ([f"again.{suffix}: 0 created, 1 updated, 0 unchanged, 0 refused"], None)
    assert (founder.tenant, founder.email, founder.name) == (tenant, "alex@startup.com", "Alex Johnson")
    assert (founder.company_name, founder.industry, founder.user) == ("TechStart Inc.", "Fintech", member)


def test_founders_that_are_none_are_named_and_the_others_kept(run, sheet, stranger):
    rows = [[*ALEX[:4], ""], ["nonsense", "B", "", "", ""], ["c@x.example", "C", "", "", "nobody@x.example"]]
    rows += [["d@x.example", "D", "", "", stranger.email], ["e@x.example", "", "", "", ""]]

    printed, error = run("import_founders", sheet("founders.csv", HEADER, *rows))

    assert printed == [
        "founders.csv row 3: email: Enter a valid email address.",
        "founders.csv row 4: User with e-mail nobody@x.example not found",
        f"founders.csv row 5: User with ID {stranger.pk} not found",
        "founders.csv row 6: name: This column needs a value.",
        "founders.csv: 1 created, 0 updated, 0 unchanged, 4 refused",
    ]
    assert error == "4 rows were refused."
    assert Founder.objects.count() == 1


def test_assignments_come_in_once(run, sheet, alex, sarah, john, jane):
    rows = [["alex@startup.com", "john@example.com", ""], ["ALEX@startup.com", "jane@example.com", "yes"]]
    path = sheet(
        "assignments.csv", ["founder", "admin", "lead"], *rows, ["sarah@innovate.io", "jane@example.com", "no"]
    )

    first, second = (run("import_founder_assignments", path) for _ in range(2))
    lead = sheet("lead.csv", ["founder", "admin", "lead"], [*rows[0][:2], "yes"])
    third = run("import_founder_assignments", lead)

    assert first == (["assignments.csv: 3 created, 0 updated, 0 unchanged, 0 refused"], None)
    assert second == (["assignments.csv: 0 created, 0 updated, 3 unchanged, 0 refused"], None)
    assert third == (["lead.csv: 0 created, 1 updated, 0 unchanged, 0 refused"], None)
    assert set(Assignment.objects.values_list("founder__name", "admin", "is_lead")) == {
        ("Alex Johnson", john.pk, True),
        ("Alex Johnson", jane.pk, False),
        ("Sarah Williams", jane.pk, True),
    }


def test_assignments_that_are_none_are_named(run, sheet, alex, john, member):
    rows = [
        ["nobody@x.example", "john@example.com", ""],
        ["alex@startup.com", "nobody@x.example", ""],
        ["alex@startup.com", member.email, ""],
        ["alex@startup.com", "john@example.com", "perhaps"],
    ]

    printed, error = run("import_founder_assignments", sheet("a.csv", ["founder", "admin", "lead"], *rows))

    assert printed == [
        "a.csv row 2: Founder with e-mail nobody@x.example not found",
        "a.csv row 3: User with e-mail nobody@x.example not found",
        f"a.csv row 4: User with ID {member.pk} is not an admin",
        "a.csv row 5: “perhaps” says neither yes nor no.",
        "a.csv: 0 created, 0 updated, 0 unchanged, 4 refused",
    ]
    assert error == "4 rows were refused."
    assert not Assignment.objects.exists()


@pytest.mark.parametrize("name", ["admin", "owner"])
def test_import_by_those_who_may_not(run, sheet, people, alex, john, stored, name):
    before = stored()
    founders = sheet("f.csv", HEADER, ["new@x.example", "New", "", "", ""])
    pairs = sheet("a.csv", ["founder", "admin"], ["alex@startup.com", "john@example.com"])

    runs = [
        run("import_founders", founders, by=people[name].email),
        run("import_founder_assignments", pairs, by=people[name].email),
    ]

    assert [error for _, error in runs] == ["1 row was refused."] * 2
    assert stored() == before


def test_dry_run_changes_nothing(run, sheet, stored):
    before = stored()

    printed, _ = run("import_founders", sheet("f.csv", HEADER, ["new@x.example", "New", "", "", ""]), dry_run=True)

    assert printed == ["f.csv: 1 created, 0 updated, 0 unchanged, 0 refused", "Dry run: nothing was changed."]
    assert stored() == before


def test_demo_data_is_taken_whole(run, super_admin, tenant):
    printed, error = run("import_founders", demo.FILES / "founders.csv")

    assert (printed, error) == (["founders.csv: 12 created, 0 updated, 0 unchanged, 0 refused"], None)
