"""What the import commands read, for whom they act, and how they end: shown on `import_users`."""

import uuid

import pytest
from django.core.management import CommandError, call_command

from tenancy.models import Membership, Tenant, User
from tenancy.tests.ledger import audited, nothing_written
from tenancy.tests.sheets import as_text, as_workbook, run

HEADER = ["email", "first_name", "last_name", "avatar_url", "role"]
PEOPLE = [
    ["nora@ward.example", "Nora", "Night", "https://ward.example/nora.png", "Viewer"],
    ["soren@ward.example", "Søren", "Œuvre; der", "", "Member"],
]
ALL_NEW = "people{}: 2 created, 0 updated, 0 unchanged, 0 refused"
COLUMNS = "The columns are: email, first_name, last_name, avatar_url, role."


@pytest.fixture
def sheet(tmp_path):
    return as_text(tmp_path / "people.csv", HEADER, *PEOPLE)


def names() -> list[tuple[str, str]]:
    return list(User.objects.filter(email__in=[row[0] for row in PEOPLE]).values_list("first_name", "last_name"))


@pytest.mark.parametrize(
    "form",
    [
        {},
        {"delimiter": ";"},
        {"line_end": "\r\n"},
        {"encoding": "utf-8-sig"},
        {"encoding": "utf-8-sig", "delimiter": ";", "line_end": "\r\n"},
    ],
    ids=["plain", "semicolons", "CRLF", "BOM", "as a spreadsheet program saves it"],
)
def test_text_in_every_usual_form(admin, tmp_path, form):
    sheet = as_text(tmp_path / "people.csv", HEADER, *PEOPLE, **form)

    printed, error = run("import_users", sheet, by=admin.email, tenant="St. Anna Hospital")

    assert (printed, error) == ([ALL_NEW.format(".csv")], None)
    assert names() == [("Nora", "Night"), ("Søren", "Œuvre; der")]


@pytest.mark.parametrize("suffix", [".xlsx", ".XLSX"])
def test_workbook(admin, tmp_path, suffix):
    book = as_workbook(tmp_path / f"people{suffix}", HEADER, *[[cell or None for cell in row] for row in PEOPLE])

    printed, error = run("import_users", book, by=admin.email, tenant="St. Anna Hospital")

    assert (printed, error) == ([ALL_NEW.format(suffix)], None)
    assert names() == [("Nora", "Night"), ("Søren", "Œuvre; der")]


def test_columns_in_any_order_and_only_those_that_are_needed(super_admin, tmp_path):
    sheet = as_text(tmp_path / "people.csv", ["last_name", " email "], ["Night", " NORA@ward.example "])

    printed, error = run("import_users", sheet, by=super_admin.email)

    assert (printed, error) == (["people.csv: 1 created, 0 updated, 0 unchanged, 0 refused"], None)
    assert User.objects.get(email="nora@ward.example").last_name == "Night"


def test_numbers_in_a_workbook_are_text(super_admin, tmp_path):
    book = as_workbook(
        tmp_path / "people.xlsx", ["email", "last_name"], ["nora@ward.example", 7], ["x@ward.example", 7.5]
    )

    printed, error = run("import_users", book, by=super_admin.email)

    assert (printed, error) == (["people.xlsx: 2 created, 0 updated, 0 unchanged, 0 refused"], None)
    assert list(User.objects.order_by("last_name").values_list("last_name", flat=True))[:2] == ["7", "7.5"]


def test_blank_rows_are_passed_over_and_numbers_stay_those_of_the_file(super_admin, tmp_path):
    rows = [["email"], ["nora@ward.example"], [""], ["   "], ["broken"]]
    sheet = as_text(tmp_path / "people.csv", *rows)

    printed, error = run("import_users", sheet, by=super_admin.email)

    assert printed == [
        "people.csv row 5: email: Enter a valid email address.",
        "people.csv: 1 created, 0 updated, 0 unchanged, 1 refused",
    ]
    assert error == "1 row was refused."


def test_good_rows_are_kept_and_each_bad_one_is_named(admin, tmp_path):
    bad = [
        ["", "No", "Address", "", "Viewer"],
        ["not an address", "No", "Address", "", "Viewer"],
        ["long@ward.example", "x" * 151, "", "", "Viewer"],
        ["picture@ward.example", "", "", "javascript:alert(1)", "Viewer"],
        ["nul@ward.example", "N\0l", "", "", "Viewer"],
        ["role@ward.example", "", "", "", "Emperor"],
        ["roleless@ward.example", "", "", "", ""],
        ["chief@ward.example", "", "", "", "Owner"],
    ]
    sheet = as_text(tmp_path / "people.csv", HEADER, PEOPLE[0], *bad, PEOPLE[1])

    with audited(*[(admin.email, "tenancy.user.add"), (admin.email, "tenancy.membership.add")] * 2):
        printed, error = run("import_users", sheet, by=admin.email, tenant="St. Anna Hospital")

    assert printed == [
        "people.csv row 3: email: This column needs a value.",
        "people.csv row 4: email: Enter a valid email address.",
        "people.csv row 5: first_name: Ensure this value has at most 150 characters (it has 151).",
        "people.csv row 6: avatar_url: Enter a valid URL.",
        "people.csv row 7: first_name: The value has a NUL character in it.",
        "people.csv row 8: Role with name “Emperor” in force not found",
        "people.csv row 9: Say which role the new person holds: only super admins create people without one.",
        "people.csv row 10: You hold the rank admin here and cannot grant or take away the rank owner.",
        "people.csv: 2 created, 0 updated, 0 unchanged, 8 refused",
    ]
    assert error == "8 rows were refused."
    assert len(names()) == 2
    assert User.objects.count() == 3


def test_dry_run_reports_and_changes_nothing(admin, tmp_path, sheet):
    as_text(sheet, HEADER, *PEOPLE, ["broken", "", "", "", "Viewer"])

    with nothing_written():
        printed, error = run("import_users", sheet, by=admin.email, tenant="St. Anna Hospital", dry_run=True)

    assert printed == [
        "people.csv row 4: email: Enter a valid email address.",
        "people.csv: 2 created, 0 updated, 0 unchanged, 1 refused",
        "Dry run: nothing was changed.",
    ]
    assert error == "1 row was refused."


@pytest.mark.parametrize(
    "header, complaint",
    [
        (["first_name"], "lacks: email"),
        (["email", "e-mail", "boss"], "does not know: e-mail, boss"),
        (["first_name", "boss"], "lacks: email; does not know: boss"),
        ([], "lacks: email"),
        (["EMAIL"], "lacks: email; does not know: EMAIL"),
    ],
)
def test_columns_that_do_not_fit(super_admin, tmp_path, header, complaint):
    sheet = as_text(tmp_path / "people.csv", header, ["nora@ward.example", "x", "y"])

    with nothing_written():
        printed, error = run("import_users", sheet, by=super_admin.email)

    assert (printed, error) == ([], f"people.csv {complaint}. {COLUMNS}")


def test_refused_row_ends_the_command_with_exit_code_1(super_admin, tmp_path):
    sheet = as_text(tmp_path / "people.csv", ["email"], ["broken"])

    with pytest.raises(CommandError) as raised:
        call_command("import_users", str(sheet), by=super_admin.email)

    assert raised.value.returncode == 1


def test_file_that_is_not_there(super_admin, tmp_path):
    printed, error = run("import_users", tmp_path / "people.csv", by=super_admin.email)

    assert (printed, error) == ([], f"There is no file {tmp_path / 'people.csv'}.")


@pytest.mark.parametrize(
    "name, content, start",
    [
        ("people.xlsx", b"this is no workbook", "people.xlsx cannot be read: "),
        ("people.xlsx", b"PK\x03\x04 nor is this", "people.xlsx cannot be read: "),
        ("people.xlsx", b"", "people.xlsx cannot be read: "),
        ("people.csv", b"email\n\xff\xfe\n", "people.csv is not UTF-8 text: "),
        ("people.csv", "email\nnora@ward.example\n".encode("utf-16"), "people.csv is not UTF-8 text: "),
        ("people.csv", b"", f"people.csv lacks: email. {COLUMNS}"),
    ],
)
def test_file_that_cannot_be_read(super_admin, tmp_path, name, content, start):
    (tmp_path / name).write_bytes(content)

    with nothing_written():
        printed, error = run("import_users", tmp_path / name, by=super_admin.email)

    assert printed == []
    assert error.startswith(start)


def test_folder_in_place_of_a_file(super_admin, tmp_path):
    printed, error = run("import_users", tmp_path, by=super_admin.email)

    assert printed == []
    assert error.startswith(f"{tmp_path.name} cannot be read: ")


@pytest.mark.parametrize("by", ["nobody@ward.example", "owner@ward.example", ""])
def test_by_somebody_who_may_not_act(owner, sheet, by):
    User.objects.filter(pk=owner.pk).update(is_active=False)

    with nothing_written():
        printed, error = run("import_users", sheet, by=by, tenant="St. Anna Hospital")

    assert (printed, error) == ([], f"There is no active account with the address {by} (--by).")


def test_by_is_required(sheet):
    with pytest.raises(CommandError) as raised:
        call_command("import_users", str(sheet))

    assert str(raised.value) == "Error: the following arguments are required: --by"


def test_by_is_found_however_it_is_written(admin, sheet):
    _, error = run("import_users", sheet, by="ADMIN@Ward.example", tenant="St. Anna Hospital")

    assert error is None
    assert len(names()) == 2


@pytest.mark.parametrize("given", ["Nowhere", "Harbour Incubator", str(uuid.UUID(int=1))])
def test_tenant_that_is_not_there_or_not_ones_own(admin, other_tenant, sheet, given):
    with nothing_written():
        printed, error = run("import_users", sheet, by=admin.email, tenant=given)

    assert (printed, error) == ([], f"admin@ward.example sees no tenant “{given}” (--tenant).")


def test_tenant_by_the_key_of_another(admin, other_tenant, sheet):
    with nothing_written():
        printed, error = run("import_users", sheet, by=admin.email, tenant=str(other_tenant.pk))

    assert (printed, error) == ([], f"admin@ward.example sees no tenant “{other_tenant.pk}” (--tenant).")


def test_tenant_by_its_key(admin, tenant, sheet):
    _, error = run("import_users", sheet, by=admin.email, tenant=str(tenant.pk))

    assert error is None
    assert Membership.objects.filter(assignment__tenant=tenant, user__email="nora@ward.example").exists()


def test_tenant_of_a_name_that_two_have(super_admin, tenant, sheet):
    twin = Tenant.objects.create(name=tenant.name)

    with nothing_written():
        printed, error = run("import_users", sheet, by=super_admin.email, tenant=tenant.name)

    first, second = (f"{tenant.name} ({key})" for key in (tenant.pk, twin.pk))
    question = "Which tenant? Name one with --tenant:"
    assert printed == []
    assert error in (f"{question} {first}, {second}", f"{question} {second}, {first}")
