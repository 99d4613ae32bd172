"""The audit trail: an entry for every change, in its transaction, for good."""

import uuid

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from assignhub import audit
from assignhub.models import AuditEntry
from assignhub.permissions import OPERATOR
from assignhub.testing import PASSWORD
from scheduling import services as scheduling
from tenancy import services
from tenancy.models import Assignment, Role, SignIn, User
from tenancy.tests.factories import AssignmentFactory

NEW_PASSWORD = "seven quiet lighthouses"


def entry_body(entry: AuditEntry) -> dict:
    """All of an entry but its own key and moment."""
    return {field.name: getattr(entry, field.name) for field in entry._meta.fields if field.name not in ("id", "at")}


def newest(number: int = 1) -> list[dict]:
    return [entry_body(entry) for entry in AuditEntry.objects.order_by("-id")[:number]]


# --- What an entry says -----------------------------------------------------------------------------------------------


def test_creation_is_recorded_with_every_value(api, admin, tenant):
    body = {"name": "Pharmacist", "type": "member", "tenantId": str(tenant.pk)}

    api(admin).post("/roles", body, HTTP_X_REQUEST_ID="trace-0000-0001")

    role = Role.objects.get(name="Pharmacist")
    assert newest() == [
        {
            "by_id": admin.pk,
            "by_label": "admin@ward.example",
            "tenant_id": tenant.pk,
            "action": "tenancy.role.add",
            "object_type": "tenancy.role",
            "object_id": str(role.pk),
            "object_label": "Pharmacist",
            "changes": {"tenant": [None, str(tenant.pk)], "name": [None, "Pharmacist"], "type": [None, "member"]},
            "request_id": "trace-0000-0001",
        }
    ]


def test_change_is_recorded_with_what_it_was_before(api, owner, tenant):
    api(owner).patch(f"/tenants/{tenant.pk}", {"name": "St. Anna Clinic"}, HTTP_X_REQUEST_ID="trace-0000-0002")

    assert newest() == [
        {
            "by_id": owner.pk,
            "by_label": "owner@ward.example",
            "tenant_id": tenant.pk,
            "action": "tenancy.tenant.change",
            "object_type": "tenancy.tenant",
            "object_id": str(tenant.pk),
            "object_label": "St. Anna Clinic",
            "changes": {"name": ["St. Anna Hospital", "St. Anna Clinic"]},
            "request_id": "trace-0000-0002",
        }
    ]


def test_deletion_is_recorded_with_what_is_lost(api, admin, tenant):
    role = services.roles.create(by=OPERATOR, tenant=tenant, name="Porter", type="viewer")

    api(admin).delete(f"/roles/{role.pk}", HTTP_X_REQUEST_ID="trace-0000-0003")

    assert newest() == [
        {
            "by_id": admin.pk,
            "by_label": "admin@ward.example",
            "tenant_id": tenant.pk,
            "action": "tenancy.role.delete",
            "object_type": "tenancy.role",
            "object_id": str(role.pk),
            "object_label": "Porter",
            "changes": {"tenant": [str(tenant.pk), None], "name": ["Porter", None], "type": ["viewer", None]},
            "request_id": "trace-0000-0003",
        }
    ]


def test_to_many_field_is_recorded_by_the_names_of_its_rows(admin, tenant):
    triage, surgery = (scheduling.qualifications.create(by=admin, tenant=tenant, name=n) for n in ("Triage", "Surgery"))
    shift_type = scheduling.shift_types.create(by=admin, tenant=tenant, name="Night", required_qualifications=[triage])

    scheduling.shift_types.update(shift_type, by=admin, required_qualifications=[surgery, triage])

    assert newest()[0]["changes"] == {"required_qualifications": [["Triage"], ["Surgery", "Triage"]]}


def test_values_of_every_kind_are_recorded_as_text_or_number(admin, tenant):
    services.tenants.update(tenant, by=admin, name="Ünïcødé ✓ “quoted”", time_zone="Asia/Kolkata")

    assert newest()[0]["changes"] == {
        "name": ["St. Anna Hospital", "Ünïcødé ✓ “quoted”"],
        "time_zone": ["Europe/Berlin", "Asia/Kolkata"],
    }


# --- Which request ----------------------------------------------------------------------------------------------------


def test_request_id_of_the_entry_is_the_one_the_caller_is_given(api, owner, tenant):
    response = api(owner).patch(f"/tenants/{tenant.pk}", {"name": "St. Anna Clinic"})

    assert newest()[0]["request_id"] == response["X-Request-ID"]
    assert uuid.UUID(response["X-Request-ID"])


def test_admin_and_api_leave_the_same_trace(staff_client, owner, tenant):
    form = {"name": "Pharmacist", "type": "member", "tenant": str(tenant.pk)}

    response = staff_client(owner).post("/admin/tenancy/role/add/", form, headers={"X-Request-ID": "trace-0000-0004"})

    role = Role.objects.get(name="Pharmacist")
    assert response.status_code == 302
    assert newest() == [
        {
            "by_id": owner.pk,
            "by_label": "owner@ward.example",
            "tenant_id": tenant.pk,
            "action": "tenancy.role.add",
            "object_type": "tenancy.role",
            "object_id": str(role.pk),
            "object_label": "Pharmacist",
            "changes": {"tenant": [None, str(tenant.pk)], "name": [None, "Pharmacist"], "type": [None, "member"]},
            "request_id": "trace-0000-0004",
        }
    ]


def test_command_leaves_its_trace_without_a_request(db):
    call_command("createsuperuser", email="root@assignhub.example", interactive=False, verbosity=0)

    made = User.objects.get(email="root@assignhub.example")
    (entry,) = newest()
    assert (entry["by_id"], entry["by_label"], entry["request_id"]) == (None, "operator", "")
    assert (entry["action"], entry["object_id"]) == ("tenancy.user.add", str(made.pk))


def test_request_id_does_not_leak_into_what_comes_after(api, owner, tenant):
    api(owner).patch(f"/tenants/{tenant.pk}", {"name": "St. Anna Clinic"}, HTTP_X_REQUEST_ID="trace-0000-0005")

    services.tenants.update(tenant, by=OPERATOR, name="St. Anna")

    assert [entry["request_id"] for entry in newest(2)] == ["", "trace-0000-0005"]


# --- Who --------------------------------------------------------------------------------------------------------------


def test_name_of_whoever_did_it_outlives_the_account(api, super_admin, admin, tenant):
    api(admin).patch(f"/tenants/{tenant.pk}", {"name": "St. Anna Clinic"})
    before = newest()

    response = api(super_admin).delete(f"/users/{admin.pk}")

    assert response.status_code == 200
    assert not User.objects.filter(pk=admin.pk).exists()
    about_the_name = AuditEntry.objects.get(action="tenancy.tenant.change")
    assert [entry_body(about_the_name)] == before
    assert (about_the_name.by_label, about_the_name.by_id) == ("admin@ward.example", admin.pk)


def test_label_of_a_row_is_cut_to_what_fits(super_admin, tenant):
    services.users.update(super_admin, by=super_admin, first_name="F" * 150, last_name="L" * 150)

    assert newest()[0]["object_label"] == f"{'F' * 150} {'L' * 49}"


# --- Secrets ----------------------------------------------------------------------------------------------------------


def test_secrets_never_enter_the_trail(api, owner, tenant):
    assignment = Assignment.objects.get(tenant=tenant, role__type="viewer")
    newcomer = {"email": "new@ward.example", "password": PASSWORD, "assignmentId": str(assignment.pk)}

    api(owner).post("/users", newcomer)
    signed_in = api(None).post("/api/auth/login", {"email": "new@ward.example", "password": PASSWORD}).json()
    api(None).post("/api/auth/refresh", {"refresh": signed_in["refresh"]})
    user = User.objects.get(email="new@ward.example")
    api(user).post("/api/auth/password", {"current_password": PASSWORD, "new_password": NEW_PASSWORD})

    entries = AuditEntry.objects.order_by("id")
    assert [entry.action for entry in entries] == [
        "tenancy.user.add",
        "tenancy.membership.add",
        "tenancy.signin.begin",
        "tenancy.user.password",
        "tenancy.signin.end",
        "tenancy.signin.end",
    ]
    user.refresh_from_db()
    told = str([entry_body(entry) for entry in entries])
    for secret in (PASSWORD, NEW_PASSWORD, user.password, *SignIn.objects.values_list("refresh_id", flat=True)):
        assert secret not in told
    assert [entry.changes for entry in entries if entry.action == "tenancy.user.password"] == [{}]
    assert "password" not in entries[0].changes
    assert "last_login" not in entries[0].changes


# --- For good ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "write",
    [
        lambda entries: entries.update(by_label="somebody else"),
        lambda entries: entries.delete(),
        lambda entries: entries.first().delete(),
        lambda entries: setattr(entry := entries.first(), "changes", {}) or entry.save(),
        lambda entries: connection.cursor().execute("UPDATE assignhub_auditentry SET by_label = ''"),
        lambda entries: connection.cursor().execute("DELETE FROM assignhub_auditentry"),
    ],
    ids=["update", "delete", "delete one", "save", "UPDATE", "DELETE"],
)
def test_database_refuses_to_change_or_delete_entries(write, api, owner, tenant):
    api(owner).patch(f"/tenants/{tenant.pk}", {"name": "St. Anna Clinic"})
    before = list(AuditEntry.objects.values())

    with pytest.raises(DatabaseError, match="audit entries cannot be changed or deleted"), transaction.atomic():
        write(AuditEntry.objects.all())

    assert list(AuditEntry.objects.values()) == before


# --- Many -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [1, 3])
def test_bulk_change_is_recorded_row_by_row_in_one_insert(count, api, owner, tenant):
    assignments = [AssignmentFactory(tenant=tenant, role__type="viewer") for _ in range(count)]
    client = api(owner)

    with CaptureQueriesContext(connection) as queries:
        response = client.patch("/assignments/removedAt", [str(row.pk) for row in assignments], format="json")

    assert response.json() == {"data": {"count": count}, "meta": {"message": "success"}, "httpStatus": 200}
    inserts = [query["sql"] for query in queries if 'INSERT INTO "assignhub_auditentry"' in query["sql"]]
    assert len(inserts) == 1
    entries = AuditEntry.objects.filter(action="tenancy.assignment.remove")
    assert {entry.object_id for entry in entries} == {str(row.pk) for row in assignments}
    assert {entry.request_id for entry in entries} == {response["X-Request-ID"]}


def test_rows_that_differ_in_what_the_database_cannot_tell_are_refused_as_alike(owner, tenant):
    role = Role(tenant=tenant, name="Porter", type="member")
    before = (Role.objects.count(), AuditEntry.objects.count())

    with pytest.raises(ImproperlyConfigured, match="write them without `alike`"):
        audit.insert([role], owner, Role.permission("add"), alike=("type",))

    assert (Role.objects.count(), AuditEntry.objects.count()) == before


# --- Nothing without the change ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name, body, status",
    [
        ("viewer", {"name": "St. Anna Clinic"}, 403),
        ("stranger", {"name": "St. Anna Clinic"}, 404),
        ("owner", {"name": ""}, 400),
        ("owner", {"timeZone": "Mars/Base"}, 400),
        ("owner", {"name": "x" * 201}, 400),
    ],
)
def test_refused_request_leaves_no_entry(name, body, status, api, people, tenant, stored):
    client = api(people[name])
    before, entries = stored(), AuditEntry.objects.count()

    response = client.patch(f"/tenants/{tenant.pk}", body)

    assert response.status_code == status
    assert response.json()["httpStatus"] == status
    assert (stored(), AuditEntry.objects.count()) == (before, entries)


def test_request_that_changes_nothing_leaves_no_entry(api, owner, tenant, stored):
    client = api(owner)
    before = stored()

    response = client.patch(f"/tenants/{tenant.pk}", {"name": tenant.name, "timeZone": tenant.time_zone})

    assert response.status_code == 200
    assert stored() == before


def test_write_that_is_undone_takes_its_entry_along(owner, tenant, stored):
    before = stored()

    with transaction.atomic():
        role = services.roles.create(by=owner, tenant=tenant, name="Pharmacist", type="member")
        written = AuditEntry.objects.filter(object_id=str(role.pk)).count()
        transaction.set_rollback(True)

    assert written == 1
    assert stored() == before
