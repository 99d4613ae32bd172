"""What every import command makes of the odds and ends of files that people and spreadsheets produce."""

import datetime
import io

import openpyxl
import pytest
from django.core.management import CommandError, call_command

from assignhub.imports import ImportCommand, Sheet, read_file
from assignhub.models import AuditEntry
from tenancy import services
from tenancy.models import Role


class Roles(Sheet):
    """A leaf as the apps have them."""

    name = "roles"
    columns = ("name", "type", "note")
    required = ("name", "type")

    def take(self, row):
        present = Role.objects.filter(tenant=self.tenant, name=row["name"]).first()
        return self.put(services.roles, present, tenant=self.tenant, name=row["name"], type=row["type"])


class ImportRoles(ImportCommand):
    sheet = Roles


@pytest.fixture
def file(tmp_path):
    """`file(content)` → a CSV file of that text or those bytes; `file(rows)` → a workbook of those rows."""

    def write(content, name: str = ""):
        if isinstance(content, list):
            path = tmp_path / (name or "roles.xlsx")
            workbook = openpyxl.Workbook()
            for row in content:
                workbook.active.append(row)
            workbook.save(path)
        else:
            path = tmp_path / (name or "roles.csv")
            path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return write


@pytest.fixture
def load():
    """`load(path, by=…)` → what the command printed and, if it failed, its last word."""

    def run(path, **options) -> tuple[list[str], str]:
        out, error = io.StringIO(), ""
        try:
            call_command(ImportRoles(), path, stdout=out, **options)
        except CommandError as failure:
            error = str(failure)
        return out.getvalue().splitlines(), error

    return run


def row(number: int, name: str, kind: str = "viewer", note: str = "") -> tuple:
    return (number, {"name": name, "type": kind, "note": note})


# --- Text files -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "content, expected",
    [
        ("name,type\nPorter,viewer\n", [row(2, "Porter")]),
        ("name,type\nPorter,viewer", [row(2, "Porter")]),
        ("\ufeffname,type\nPorter,viewer\n", [row(2, "Porter")]),
        ("name;type\nPorter;viewer\n", [row(2, "Porter")]),
        ("name;type;note\nPorter;viewer;a, b, c\n", [row(2, "Porter", note="a, b, c")]),
        ("name,type,note\nPorter,viewer,a; b; c; d\n", [row(2, "Porter", note="a; b; c; d")]),
        ("name,type\r\nPorter,viewer\r\n", [row(2, "Porter")]),
        ("type,name\nviewer,Porter\n", [row(2, "Porter")]),
        (" name , type \n Porter ,\tviewer \n", [row(2, "Porter")]),
        ('name,type\n"Porter, ""night""",viewer\n', [row(2, 'Porter, "night"')]),
        (
            'name,type,note\nPorter,viewer,"a\nb"\nCook,member,\n',
            [row(2, "Porter", note="a\nb"), row(3, "Cook", "member")],
        ),
        ('"name","type"\r\n"Porter","viewer"\r\n', [row(2, "Porter")]),
        ("name,type\n\nPorter,viewer\n,\n  ,\t\nNurse,member\n\n", [row(3, "Porter"), row(6, "Nurse", "member")]),
        ("name,type,note\nPorter,viewer\n", [row(2, "Porter")]),
        ("name,type,\nPorter,viewer,\n", [row(2, "Porter")]),
        ("name,type\nPorter,viewer,,\n", [row(2, "Porter")]),
        ("name,type\nPörtér 夜 👩‍⚕️,viewer\n", [row(2, "Pörtér 夜 👩‍⚕️")]),
        ("name,type\n=1+1,viewer\n@SUM(A1),viewer\n", [row(2, "=1+1"), row(3, "@SUM(A1)")]),
        ("name,type\n", []),
    ],
)
def test_text_file_is_read_however_it_was_written(content, expected, file):
    assert read_file(file(content), Roles) == expected


@pytest.mark.parametrize(
    "content, reason",
    [
        ("", "roles.csv lacks: name, type. The columns are: name, type, note."),
        ("\n", "roles.csv lacks: name, type. The columns are: name, type, note."),
        ("name\nPorter\n", "roles.csv lacks: type. The columns are: name, type, note."),
        (
            "Name,type\nPorter,viewer\n",
            "roles.csv lacks: name; does not know: Name. The columns are: name, type, note.",
        ),
        ("name,type,colour,size\n", "roles.csv does not know: colour, size. The columns are: name, type, note."),
        ("name,type,name\nA,viewer,B\n", "roles.csv has more than once: name. The columns are: name, type, note."),
    ],
)
def test_file_whose_columns_do_not_fit_is_refused_as_a_whole(content, reason, file):
    with pytest.raises(CommandError) as refusal:
        read_file(file(content), Roles)

    assert str(refusal.value) == reason


@pytest.mark.parametrize(
    "content, name, reason",
    [
        ("name,type\nPortér,viewer\n".encode("latin-1"), "roles.csv", "roles.csv is not UTF-8 text: "),
        ("name,type\nPorter,viewer\n".encode("utf-16"), "roles.csv", "roles.csv is not UTF-8 text: "),
        (b"PK\x03\x04\xff\xfe", "roles.csv", "roles.csv is not UTF-8 text: "),
        (b"name,type\nPorter,viewer\n", "roles.xlsx", "roles.xlsx cannot be read: "),
        (b"", "roles.XLSX", "roles.XLSX cannot be read: "),
        (b"name,type\n" + b"x" * 200_000 + b",viewer\n", "roles.csv", "roles.csv cannot be read: "),
    ],
    ids=["latin-1", "utf-16", "binary", "text as workbook", "empty workbook", "endless cell"],
)
def test_file_of_another_kind_is_refused_as_a_whole(content, name, reason, file):
    with pytest.raises(CommandError, match=f"^{reason}"):
        read_file(file(content, name), Roles)


def test_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(CommandError, match=f"^There is no file {tmp_path}/nowhere.csv\\.$"):
        read_file(tmp_path / "nowhere.csv", Roles)


def test_folder_is_refused(tmp_path):
    with pytest.raises(CommandError, match="cannot be read"):
        read_file(tmp_path, Roles)


# --- Workbooks --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "cell, text",
    [
        ("Porter", "Porter"),
        ("  Porter\n", "Porter"),
        (7, "7"),
        (7.0, "7"),
        (-0.5, "-0.5"),
        (1e15, "1000000000000000"),
        (True, "True"),
        (datetime.date(2026, 3, 2), "2026-03-02"),
        (datetime.datetime.fromisoformat("2026-03-02T00:00"), "2026-03-02"),
        (datetime.datetime.fromisoformat("2026-03-02T08:30"), "2026-03-02T08:30:00"),
        (datetime.time(8, 30), "08:30:00"),
        (None, ""),
        ("=1+1", ""),
        ("'=1+1", "=1+1"),
        ("'s Gravenhage", "'s Gravenhage"),
    ],
)
def test_cell_stands_as_it_would_in_a_text_file(cell, text, file):
    path = file([["name", "type", "note"], ["Porter", "viewer", cell]])

    assert read_file(path, Roles) == [row(2, "Porter", note=text)]


def test_workbook_keeps_its_row_numbers_over_blank_rows(file):
    path = file([["name", "type"], [None, None], ["Porter", "viewer"], [" ", ""], ["Nurse", "member"]])

    assert read_file(path, Roles) == [row(3, "Porter"), row(5, "Nurse", "member")]


def test_workbook_may_have_blank_columns_beside_its_table(file):
    path = file([["name", "type", None, None], ["Porter", "viewer", None, " "]])

    assert read_file(path, Roles) == [row(2, "Porter")]


# --- Rows -------------------------------------------------------------------------------------------------------------


def test_good_rows_are_kept_and_bad_ones_named_as_a_spreadsheet_numbers_them(file, load, owner, tenant):
    path = file("name,type\nPharmacist,member\n\nBoss,emperor\n,viewer\nPorter\0,viewer\nViewer,viewer\nMember,admin\n")

    lines, error = load(path, by="OWNER@ward.example")

    assert lines == [
        "roles.csv row 4: type: Value 'emperor' is not a valid choice.",
        "roles.csv row 5: name: This column needs a value.",
        "roles.csv row 6: name: The value has a NUL character in it.",
        "roles.csv: 1 created, 1 updated, 1 unchanged, 3 refused",
    ]
    assert error == "3 rows were refused."
    assert Role.objects.filter(tenant=tenant, name="Pharmacist", type="member").exists()
    entries = AuditEntry.objects.order_by("id").values_list("action", "by_label", "request_id")
    by = ("owner@ward.example", "")
    assert list(entries) == [("tenancy.role.add", *by), ("tenancy.role.change", *by)]


@pytest.mark.parametrize(
    "content, name",
    [
        ("name,type\nPorter, night,viewer\nCook,viewer\n", "roles.csv"),
        ("name,type,\nPorter,night,viewer\nCook,viewer,\n", "roles.csv"),
        ([["name", "type", None], ["Porter", "night", "viewer"], ["Cook", "viewer", None]], "roles.xlsx"),
    ],
    ids=["unquoted comma", "column without a name", "workbook"],
)
def test_row_with_a_value_beside_the_table_is_refused(content, name, file, load, owner, tenant):
    lines, error = load(file(content), by=owner.email)

    assert lines == [
        f"{name} row 2: “viewer” stands outside the columns.",
        f"{name}: 1 created, 0 updated, 0 unchanged, 1 refused",
    ]
    assert error == "1 row was refused."
    assert list(Role.objects.filter(tenant=tenant, name__in=["Porter", "Cook"]).values_list("name", flat=True)) == [
        "Cook"
    ]


def test_one_bad_row_is_told_in_the_singular(file, load, owner):
    lines, error = load(file("name,type\n,viewer\n"), by=owner.email)

    assert lines[-1] == "roles.csv: 0 created, 0 updated, 0 unchanged, 1 refused"
    assert error == "1 row was refused."


def test_same_file_again_changes_nothing(file, load, owner, stored):
    path = file([["name", "type"], ["Pharmacist", "member"]])
    first = load(path, by=owner.email)
    before = stored()

    second = load(path, by=owner.email)

    assert first == (["roles.xlsx: 1 created, 0 updated, 0 unchanged, 0 refused"], "")
    assert second == (["roles.xlsx: 0 created, 0 updated, 1 unchanged, 0 refused"], "")
    assert stored() == before


def test_dry_run_says_what_would_happen_and_changes_nothing(file, load, owner, stored):
    before = stored()

    lines, error = load(file("name,type\nPharmacist,member\nBoss,\n"), by=owner.email, dry_run=True)

    assert lines == [
        "roles.csv row 3: type: This column needs a value.",
        "roles.csv: 1 created, 0 updated, 0 unchanged, 1 refused",
        "Dry run: nothing was changed.",
    ]
    assert error == "1 row was refused."
    assert stored() == before


@pytest.mark.parametrize("name", ["viewer", "member"])
def test_import_may_do_no_more_than_whoever_it_acts_for(name, file, load, people, stored):
    before = stored()

    lines, error = load(file("name,type\nPharmacist,viewer\n"), by=people[name].email)

    assert lines == [
        "roles.csv row 2: You may not add this role.",
        "roles.csv: 0 created, 0 updated, 0 unchanged, 1 refused",
    ]
    assert error == "1 row was refused."
    assert stored() == before


# --- Who and where ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("email", ["nobody@ward.example", "gone@ward.example"])
def test_import_for_nobody_is_refused(email, file, load, member, stored):
    type(member).objects.filter(pk=member.pk).update(email="gone@ward.example", is_active=False)
    before = stored()

    lines, error = load(file("name,type\nPharmacist,viewer\n"), by=email)

    assert (lines, error) == ([], f"There is no active account with the address {email} (--by).")
    assert stored() == before


@pytest.mark.parametrize("given", ["Harbour Incubator", "nonsense", "00000000-0000-4000-8000-000000000000"])
def test_import_into_a_tenant_out_of_sight_is_refused(given, file, load, owner, other_tenant, stored):
    before = stored()

    lines, error = load(file("name,type\nPharmacist,viewer\n"), by=owner.email, tenant=given)

    assert (lines, error) == ([], f"owner@ward.example sees no tenant “{given}” (--tenant).")
    assert stored() == before


def test_person_of_several_tenants_must_name_one(file, load, super_admin, tenant, other_tenant, stored):
    before = stored()
    path = file("name,type\nPharmacist,viewer\n")

    lines, error = load(path, by=super_admin.email)

    names = f"Harbour Incubator ({other_tenant.pk}), St. Anna Hospital ({tenant.pk})"
    assert (lines, error) == ([], f"Which tenant? Name one with --tenant: {names}")
    assert stored() == before


@pytest.mark.parametrize("given", [lambda tenant: tenant.name, lambda tenant: str(tenant.pk)], ids=["name", "ID"])
def test_tenant_is_named_by_its_name_or_id(given, file, load, super_admin, tenant, other_tenant):
    path = file("name,type\nPharmacist,viewer\n")

    lines, error = load(path, by=super_admin.email, tenant=given(tenant))

    assert (lines, error) == (["roles.csv: 1 created, 0 updated, 0 unchanged, 0 refused"], "")
    assert Role.objects.get(name="Pharmacist").tenant == tenant
