"""The write path of plain records: what two editors make of one row, what goes along, what stays untouched."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from assignhub.errors import Refused, singles
from assignhub.models import AuditEntry
from assignhub.permissions import OPERATOR
from assignhub.tests.threads import together
from scheduling import services as scheduling
from scheduling.models import Employee
from tenancy import services
from tenancy.models import Assignment, Role, Tenant, User
from tenancy.tests.factories import AssignmentFactory, MembershipFactory, RoleFactory, TenantFactory


@pytest.fixture
def employee(tenant):
    return scheduling.employees.create(by=OPERATOR, tenant=tenant, email="nora@ward.example", first_name="Nora")


# --- Two editors ------------------------------------------------------------------------------------------------------


def test_second_editor_keeps_what_the_first_made_of_other_fields(owner, employee):
    one, other = Employee.objects.get(pk=employee.pk), Employee.objects.get(pk=employee.pk)

    scheduling.employees.update(one, by=owner, job_title="Head nurse")
    stored = scheduling.employees.update(other, by=owner, last_name="Novak")

    assert (stored.job_title, stored.last_name) == ("Head nurse", "Novak")
    employee.refresh_from_db()
    assert (employee.first_name, employee.job_title, employee.last_name) == ("Nora", "Head nurse", "Novak")
    changes = AuditEntry.objects.filter(action="scheduling.employee.change").order_by("id")
    assert [entry.changes for entry in changes] == [{"job_title": ["", "Head nurse"]}, {"last_name": ["", "Novak"]}]


@pytest.mark.django_db(transaction=True)
def test_editors_at_the_same_moment_lose_nothing(owner, employee):
    rounds = range(10)

    def edit(field: str):
        copy = Employee.objects.get(pk=employee.pk)
        return [scheduling.employees.update(copy, by=owner, **{field: f"{field} {number}"}) for number in rounds]

    results = together(*(lambda field=field: edit(field) for field in ("first_name", "last_name", "job_title")))

    assert [len(result) for result in results] == [10, 10, 10]
    employee.refresh_from_db()
    assert (employee.first_name, employee.last_name, employee.job_title) == (
        "first_name 9",
        "last_name 9",
        "job_title 9",
    )
    assert AuditEntry.objects.filter(action="scheduling.employee.change").count() == 30


@pytest.mark.django_db(transaction=True)
def test_same_name_at_the_same_moment_is_given_once(owner, tenant):
    def create():
        return services.roles.create(by=owner, tenant=tenant, name="Pharmacist", type="member")

    results = together(*[create] * 4)

    made = [result for result in results if isinstance(result, Role)]
    refused = [result for result in results if isinstance(result, ValidationError)]
    assert (len(made), len(refused)) == (1, 3)
    assert {error.code for each in refused for _, error in singles(each)} == {"duplicate"}
    assert Role.objects.filter(name="Pharmacist").count() == 1
    assert AuditEntry.objects.filter(action="tenancy.role.add").count() == 1


@pytest.mark.django_db(transaction=True)
def test_row_deleted_while_another_edits_it_is_not_brought_back(owner, tenant):
    role = RoleFactory(tenant=tenant, type="viewer")

    results = together(
        lambda: services.roles.remove(role, by=owner), lambda: services.roles.update(role, by=owner, name="Kept")
    )

    removed, updated = results
    assert isinstance(removed, Role)
    assert not Role.objects.filter(pk=role.pk).exists()
    assert isinstance(updated, Role) or updated.messages == [f"Role with ID {role.pk} not found"]


@pytest.mark.parametrize(
    "write",
    [lambda row, by: services.roles.update(row, by=by, name="X"), lambda row, by: services.roles.remove(row, by=by)],
)
def test_row_deleted_meanwhile_is_not_found(write, owner, tenant, stored):
    role = RoleFactory(tenant=tenant, type="viewer")
    Role.objects.filter(pk=role.pk).delete()
    before = stored()

    with pytest.raises(Refused) as refusal:
        write(role, owner)

    assert (refusal.value.messages, refusal.value.code) == ([f"Role with ID {role.pk} not found"], "not_found")
    assert stored() == before


# --- Values -----------------------------------------------------------------------------------------------------------


def test_values_that_are_there_already_change_nothing(owner, employee, tenant, stored):
    before = stored()

    row = scheduling.employees.update(
        employee, by=owner, first_name="Nora", email="NORA@ward.example ", tenant=tenant, qualifications=[]
    )

    assert row.updated_at == employee.updated_at
    assert stored() == before


def test_no_value_at_all_changes_nothing(owner, employee, stored):
    before = stored()

    scheduling.employees.update(employee, by=owner)

    assert stored() == before


def test_fixed_field_is_refused(owner, employee, stored):
    before = stored()

    with pytest.raises(Refused, match=r"^\['The tenant of this employee cannot be changed\.'\]$") as refusal:
        scheduling.employees.update(employee, by=owner, tenant=TenantFactory.build())

    assert (refusal.value.code, refusal.value.field) == ("fixed", "tenant")
    assert stored() == before


@pytest.mark.parametrize(
    "values, field, code",
    [
        ({"first_name": ""}, "first_name", "blank"),
        ({"first_name": "x" * 151}, "first_name", "max_length"),
        ({"email": "no address"}, "email", "invalid"),
    ],
)
def test_value_that_the_model_refuses_is_not_written(values, field, code, owner, employee, stored):
    before = stored()

    with pytest.raises(ValidationError) as refusal:
        scheduling.employees.update(employee, by=owner, **values)

    assert [error.code for error in refusal.value.error_dict[field]] == [code]
    assert stored() == before


def test_to_many_field_is_replaced_as_a_whole(owner, employee, tenant):
    rows = [scheduling.qualifications.create(by=owner, tenant=tenant, name=name) for name in ("Triage", "Surgery")]

    scheduling.employees.update(employee, by=owner, qualifications=rows)
    scheduling.employees.update(employee, by=owner, qualifications=rows[:1])

    assert [row.name for row in employee.qualifications.all()] == ["Triage"]


# --- Deletion ---------------------------------------------------------------------------------------------------------


def test_row_in_use_is_not_deleted_and_the_users_are_named(api, owner, tenant, stored):
    role = Role.objects.get(tenant=tenant, type="viewer")
    client = api(owner)
    before = stored()

    response = client.delete(f"/roles/{role.pk}")

    assert response.status_code == 409
    message = "“Viewer” is in use by: Viewer in St. Anna Hospital"
    assert response.json() == {"data": None, "meta": {"message": message, "code": "IN_USE"}, "httpStatus": 409}
    assert stored() == before


def test_row_with_many_users_names_five_and_counts_the_others(super_admin, stored):
    role = RoleFactory(tenant=None, name="Guest", type="viewer")
    for number in range(7):
        AssignmentFactory(role=role, tenant=TenantFactory(name=f"Ward {number}"))
    before = stored()

    with pytest.raises(Refused) as refusal:
        services.roles.remove(role, by=super_admin)

    names = ", ".join(f"Guest in Ward {number}" for number in range(5))
    assert refusal.value.messages == [f"“Guest” is in use by: {names} and 2 more"]
    assert refusal.value.code == "in_use"
    assert stored() == before


def test_rows_that_go_along_get_their_own_entries(super_admin, tenant):
    assignment = AssignmentFactory(tenant=tenant, role__type="viewer")
    memberships = [MembershipFactory(assignment=assignment) for _ in range(2)]

    services.assignments.remove(assignment, by=super_admin)

    gone = AuditEntry.objects.filter(by_id=super_admin.pk).values_list("action", "object_id")
    assert sorted(gone) == sorted(
        [
            ("tenancy.assignment.delete", str(assignment.pk)),
            *(("tenancy.membership.delete", str(membership.pk)) for membership in memberships),
        ]
    )


def test_deleted_row_is_returned_as_it_was(super_admin, tenant):
    role = RoleFactory(tenant=tenant, name="Porter", type="viewer")

    gone = services.roles.remove(role, by=super_admin)

    assert (gone.pk, gone.name, gone.tenant_id) == (role.pk, "Porter", tenant.pk)


# --- Tenants ----------------------------------------------------------------------------------------------------------


def test_row_of_another_tenant_does_not_exist_for_a_row(super_admin, tenant, other_tenant, stored):
    theirs = scheduling.qualifications.create(by=OPERATOR, tenant=other_tenant, name="Triage")
    before = stored()

    with pytest.raises(Refused) as refusal:
        scheduling.shift_types.create(by=super_admin, tenant=tenant, name="Night", required_qualifications=[theirs])

    assert refusal.value.messages == [f"Qualification with ID {theirs.pk} not found"]
    assert (refusal.value.code, refusal.value.field) == ("not_found", "required_qualifications")
    assert stored() == before


def test_row_of_another_tenant_is_404_at_the_api_even_for_those_who_see_both(
    api, super_admin, tenant, other_tenant, stored
):
    role = RoleFactory(tenant=other_tenant)
    client = api(super_admin)
    before = stored()

    response = client.post("/assignments", {"roleId": str(role.pk), "tenantId": str(tenant.pk)})

    assert response.status_code == 404
    message = f"Role with ID {role.pk} not found"
    assert response.json() == {"data": None, "meta": {"message": message, "code": "NOT_FOUND"}, "httpStatus": 404}
    assert stored() == before


def test_shared_row_may_be_used_by_every_tenant(super_admin, tenant):
    shared = RoleFactory(tenant=None, type="viewer")

    made = services.assignments.create(by=super_admin, role=shared, tenant=tenant)

    assert Assignment.objects.get(pk=made.pk).role == shared


@pytest.mark.parametrize("name", ["viewer", "member", "stranger"])
def test_row_is_not_made_out_of_reach(name, people, tenant, stored):
    before = stored()

    with pytest.raises(PermissionDenied):
        scheduling.qualifications.create(by=people[name], tenant=tenant, name="Triage")

    assert stored() == before


@pytest.mark.parametrize("name", ["viewer", "member", "stranger"])
def test_row_out_of_reach_is_neither_changed_nor_deleted(name, people, employee, stored):
    before = stored()

    with pytest.raises(PermissionDenied, match=r"^You may not change this employee\.$"):
        scheduling.employees.update(employee, by=people[name], first_name="Mine")
    with pytest.raises(PermissionDenied, match=r"^You may not delete this employee\.$"):
        scheduling.employees.remove(employee, by=people[name])

    assert stored() == before


def test_operator_needs_no_account(db):
    made = services.tenants.create(by=OPERATOR, name="St. Elsewhere")

    assert Tenant.objects.get(pk=made.pk).name == "St. Elsewhere"
    entry = AuditEntry.objects.get(object_id=str(made.pk))
    assert (entry.by_id, entry.by_label) == (None, "operator")
    assert not User.objects.exists()
