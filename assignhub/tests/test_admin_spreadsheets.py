"""Import and export pages of the admin, shown on employees: preview, verdicts, confirmation, limits, formulas."""

import io
import re
from datetime import timedelta

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from assignhub.admin import importing
from assignhub.models import AuditEntry, Upload
from scheduling.models import Employee
from scheduling.tests.factories import EmployeeFactory

LIST = "/admin/scheduling/employee/"
IMPORT = f"{LIST}import/"
HEADER = "email,first_name,last_name,job_title,qualifications\n"


def send(session, content: str | bytes, tenant=None, name: str = "nurses.csv"):
    file = SimpleUploadedFile(name, content.encode() if isinstance(content, str) else content)
    return session.post(IMPORT, {"file": file, "tenant": str(tenant.pk) if tenant else ""})


def waiting(response) -> str:
    """The key of the upload that a preview holds."""
    return re.search(r'name="upload" value="([^"]+)"', response.content.decode()).group(1)


@pytest.fixture
def nora(tenant):
    return EmployeeFactory(
        tenant=tenant, email="nora@ward.example", first_name="Nora", last_name="Nurse", job_title="Nurse"
    )


def test_preview_says_of_each_row_what_would_become_of_it_and_writes_nothing(staff_client, admin, tenant, nora, stored):
    session = staff_client(admin)
    EmployeeFactory(tenant=tenant, email="same@ward.example", first_name="Sam", last_name="", job_title="Aide")
    before = stored()

    page = send(
        session,
        f"{HEADER}nora@ward.example,Nora,Nurse,Head nurse,\nsame@ward.example,Sam,,Aide,\n"
        "new@ward.example,Nell,Novak,,Triage\nno address,Otto,,,\n,Emil,,,\n",
        tenant,
    )

    assert page.status_code == 200
    assert page.context["counts"] == {"created": 1, "updated": 1, "unchanged": 1, "refused": 2}
    assert [(row.number, row.reason) for row, _ in page.context["refused"]] == [
        (5, "email: Enter a valid email address."),
        (6, "email: This column needs a value."),
    ]
    assert [
        (row.number, name, [(change.field, change.before, change.after) for change in changes])
        for row, name, changes in page.context["updated"]
    ] == [(2, "nora@ward.example", [("Job title", "Nurse", "Head nurse")])]
    assert [line for _, line in page.context["created"]] == [["new@ward.example", "Nell", "Novak", "", "Triage"]]
    assert stored() == before


def test_confirmed_import_writes_what_was_previewed_once(staff_client, admin, tenant, nora):
    session = staff_client(admin)
    page = send(session, f"{HEADER}nora@ward.example,Nora,Nurse,Head nurse,\nnew@ward.example,Nell,,,\n", tenant)
    key = waiting(page)

    done = session.post(IMPORT, {"upload": key})
    again = session.post(IMPORT, {"upload": key})

    assert done.context["counts"] == {"created": 1, "updated": 1, "unchanged": 0, "refused": 0}
    assert again.status_code == 302
    assert sorted(Employee.objects.values_list("email", "job_title")) == [
        ("new@ward.example", ""),
        ("nora@ward.example", "Head nurse"),
    ]
    assert [entry.by_label for entry in AuditEntry.objects.all()] == [admin.email] * 2
    assert not Upload.objects.exists()


def test_confirmed_import_judges_again(staff_client, admin, owner, tenant):
    session = staff_client(admin)
    key = waiting(send(session, f"{HEADER}new@ward.example,Nell,,,\n", tenant))
    admin.memberships.all().delete()
    admin.memberships.create(assignment=tenant.assignments.get(role__type="viewer"))

    refused = session.post(IMPORT, {"upload": key})

    assert refused.status_code == 403
    assert not Employee.objects.exists()


@pytest.mark.parametrize("person", ["owner", "stranger", "super_admin"])
def test_upload_of_somebody_else_is_not_there(staff_client, admin, people, tenant, person, stored):
    thief = staff_client(people[person])
    key = waiting(send(staff_client(admin), f"{HEADER}new@ward.example,Nell,,,\n", tenant))
    before = stored()

    response = thief.post(IMPORT, {"upload": key})

    assert (response.status_code, response["Location"]) == (302, IMPORT)
    assert (stored(), Upload.objects.count()) == (before, 1)


def test_upload_for_another_list_is_not_there(staff_client, admin, tenant, stored):
    session = staff_client(admin)
    key = waiting(send(session, f"{HEADER}new@ward.example,Nell,,,\n", tenant))
    before = stored()

    response = session.post("/admin/tenancy/membership/import/", {"upload": key})

    assert (response.status_code, stored()) == (302, before)


@pytest.mark.parametrize("key", ["", "x", "\0", "00000000-0000-4000-8000-000000000000", "9" * 5000])
def test_upload_nobody_sent(staff_client, admin, key, stored):
    session, before = staff_client(admin), stored()

    response = session.post(IMPORT, {"upload": key})

    assert (response.status_code, stored()) == (302, before)


def test_upload_that_waited_too_long_is_gone(staff_client, admin, tenant, time_machine):
    session = staff_client(admin)
    key = waiting(send(session, f"{HEADER}new@ward.example,Nell,,,\n", tenant))
    time_machine.move_to(timezone.now() + importing.WAITS + timedelta(seconds=1))

    response = session.post(IMPORT, {"upload": key})

    assert (response.status_code, Employee.objects.count()) == (302, 0)


def test_next_upload_takes_the_place_of_the_last(staff_client, admin, tenant):
    session = staff_client(admin)
    for name in ("one", "two"):
        send(session, f"{HEADER}{name}@ward.example,Nell,,,\n", tenant)

    assert Upload.objects.count() == 1


@pytest.mark.parametrize(
    "content, name, error",
    [
        (b"", "nurses.csv", "The submitted file is empty."),
        (b"email\n", "nurses.csv", "nurses.csv lacks: first_name. The columns are: "),
        (b"x", "nurses.pdf", "Neither a .csv nor an .xlsx file."),
        (b"PK\x03\x04nonsense", "nurses.xlsx", "nurses.xlsx cannot be read: "),
        ("email,first_name\nä,b\n".encode("latin-1"), "nurses.csv", "nurses.csv is not UTF-8 text: "),
    ],
)
def test_file_that_cannot_be_read_is_refused_at_its_field(staff_client, admin, tenant, content, name, error, stored):
    session, before = staff_client(admin), stored()

    page = send(session, content, tenant, name)

    (text,) = page.context["form"].errors["file"]
    assert (page.status_code, text[: len(error)]) == (200, error)
    assert (stored(), Upload.objects.count()) == (before, 0)


def test_file_that_is_too_large_or_too_long_is_refused(staff_client, admin, tenant, monkeypatch):
    session = staff_client(admin)
    monkeypatch.setattr(importing, "FILE_BYTES", 300)
    monkeypatch.setattr(importing, "ROWS", 2)

    large = send(session, HEADER + "x" * 300, tenant)
    long = send(session, HEADER + "a@b.example,A,,,\n" * 3, tenant)

    assert large.context["form"].errors["file"] == ["The file is larger than 0 MB. Split it."]
    assert long.context["form"].errors["file"] == ["nurses.csv has more than 2 rows. Split it into several files."]


def test_workbook_is_imported(staff_client, admin, tenant):
    book, file = openpyxl.Workbook(), io.BytesIO()
    book.active.append(["email", "first_name"])
    book.active.append(["new@ward.example", "Nell"])
    book.save(file)
    session = staff_client(admin)

    session.post(IMPORT, {"upload": waiting(send(session, file.getvalue(), tenant, "nurses.xlsx"))})

    assert Employee.objects.get().email == "new@ward.example"


# --- Export -----------------------------------------------------------------------------------------------------------


def exported(response) -> list[str]:
    return b"".join(response).decode().splitlines()


def test_export_holds_the_list_as_it_is_filtered(staff_client, viewer, tenant, nora):
    EmployeeFactory(tenant=tenant, first_name="Otto", is_active=False)

    lines = exported(staff_client(viewer).get(f"{LIST}export.csv", {"q": "nora", "is_active": "1"}))

    assert lines == [HEADER.strip(), "nora@ward.example,Nora,Nurse,Nurse,"]


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_export_neutralises_formulas_and_import_takes_them_back(staff_client, admin, tenant, nora, start, stored):
    Employee.objects.filter(pk=nora.pk).update(job_title=f"{start}1+1")
    session = staff_client(admin)
    before = stored()

    text = b"".join(session.get(f"{LIST}export.csv"))
    book = openpyxl.load_workbook(io.BytesIO(b"".join(session.get(f"{LIST}export.xlsx"))))
    page = send(session, text, tenant)

    assert f"'{start}1+1".encode() in text
    assert "f" not in [cell.data_type for cell in book.active[2]]
    assert book.active.cell(2, 4).value.startswith("'")
    assert page.context["counts"] == {"created": 0, "updated": 0, "unchanged": 1, "refused": 0}
    assert stored() == before


def test_export_of_other_kinds_is_refused(staff_client, admin):
    assert staff_client(admin).get(f"{LIST}export.pdf").status_code == 403


def test_export_with_a_broken_filter_leads_back_to_the_list(staff_client, admin):
    response = staff_client(admin).get(f"{LIST}export.csv", {"tenant__id__exact": "x"})

    assert (response.status_code, response["Location"]) == (302, f"{LIST}?tenant__id__exact=x")


def test_export_that_is_too_long_for_a_workbook_says_so(staff_client, admin, nora, monkeypatch):
    monkeypatch.setattr("assignhub.admin.exporting.XLSX_ROWS", 0)

    page = staff_client(admin).get(f"{LIST}export.xlsx", follow=True)

    assert [str(message) for message in page.context["messages"]] == [
        "The list has more than 0 rows. Narrow the list by a filter, or take CSV."
    ]


def test_file_of_people_with_roles_has_to_say_into_which_organisation(staff_client, super_admin, tenant, other_tenant):
    session, address = staff_client(super_admin), "/admin/tenancy/user/import/"
    content = b"email,role\nnew@ward.example,Viewer\n"

    asked = session.post(address, {"file": SimpleUploadedFile("people.csv", content)})
    told = session.post(address, {"file": SimpleUploadedFile("people.csv", content), "tenant": str(tenant.pk)})

    assert asked.context["form"].errors == {"tenant": ["Say into which organisation these rows go."]}
    assert told.context["counts"] == {"created": 1, "updated": 0, "unchanged": 0, "refused": 0}
