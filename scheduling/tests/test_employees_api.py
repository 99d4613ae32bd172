"""/api/employees: made, listed, read, changed and deleted; their account and their qualifications are the tenant's."""

import uuid

import pytest

from assignhub.audit import trail
from scheduling.models import Employee
from scheduling.tests.bodies import moment
from scheduling.tests.factories import (
    AssignmentFactory,
    AvailabilityWindowFactory,
    EmployeeFactory,
    QualificationFactory,
    ShiftFactory,
)
from scheduling.tests.planning_bodies import NOT_SIGNED_IN, ROLE_TOO_LOW, employee_record, missing

URL = "/api/employees"
UNKNOWN = str(uuid.UUID(int=7))


@pytest.fixture
def body(tenant, member) -> dict:
    qualifications = [QualificationFactory(tenant=tenant, name=name) for name in ("Night", "Day")]
    return {
        "tenant_id": str(tenant.pk),
        "user_id": str(member.pk),
        "email": "nora@ward.example",
        "first_name": "Nora",
        "last_name": "Nurse",
        "job_title": "FullTime",
        "is_active": True,
        "qualification_ids": [row.pk for row in reversed(qualifications)],
    }


# --- Create -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("slash", ["", "/"])
@pytest.mark.parametrize("person", ["admin", "owner", "super_admin"])
def test_create_employee(api, people, tenant, member, body, person, slash):
    response = api(people[person]).post(URL + slash, body)

    row = Employee.objects.get()
    assert response.status_code == 201
    assert response.json() == body | {
        "id": row.pk,
        "created_at": moment(row.created_at),
        "updated_at": moment(row.updated_at),
    }
    assert (row.tenant, row.user, row.qualifications.count()) == (tenant, member, 2)
    entry = trail(row).get()
    assert (entry.action, entry.by_id, entry.tenant_id) == ("scheduling.employee.add", people[person].pk, tenant.pk)
    assert entry.changes == {
        "tenant": [None, str(tenant.pk)],
        "user": [None, str(member.pk)],
        "email": [None, "nora@ward.example"],
        "first_name": [None, "Nora"],
        "last_name": [None, "Nurse"],
        "job_title": [None, "FullTime"],
        "is_active": [None, True],
        "qualifications": [None, ["Day", "Night"]],
    }


def test_create_employee_with_the_least(api, admin, tenant):
    sent = {"tenant_id": str(tenant.pk), "email": " NORA@Ward.example ", "first_name": "Nora"}

    response = api(admin).post(URL, sent)

    row = Employee.objects.get()
    assert (response.status_code, response.json()) == (201, employee_record(row))
    assert (row.email, row.user, row.is_active, row.qualifications.count()) == ("nora@ward.example", None, True, 0)


@pytest.mark.parametrize(
    "changed, detail",
    [
        ({"email": "nora"}, "email: Enter a valid email address."),
        ({"email": ""}, "email: This field may not be blank."),
        ({"first_name": ""}, "first_name: This field may not be blank."),
        ({"first_name": "x" * 151}, "first_name: Ensure this field has no more than 150 characters."),
        ({"last_name": None}, "last_name: This field may not be null."),
        ({"is_active": "perhaps"}, "is_active: Must be a valid boolean."),
        ({"user_id": "nonsense"}, "user_id: “nonsense” is not a valid UUID."),
        ({"user_id": 7}, "user_id: Incorrect type. Expected pk value, received int."),
        ({"qualification_ids": 7}, 'qualification_ids: Expected a list of items but got type "int".'),
        ({"qualification_ids": ["x"]}, "qualification_ids: Incorrect type. Expected pk value, received str."),
        ({"tenant_id": None}, "tenant_id: This field may not be null."),
    ],
)
def test_create_employee_with_a_wrong_value(api, admin, body, stored, changed, detail):
    client, before = api(admin), stored()

    response = client.post(URL, body | changed)

    assert (response.status_code, response.json()) == (400, {"detail": detail})
    assert stored() == before


@pytest.mark.parametrize(
    "taken, detail",
    [
        ("email", "There is already an employee with this address."),
        ("user", "This account is already linked to another employee."),
    ],
)
def test_create_employee_who_is_there_already(api, admin, tenant, member, body, stored, taken, detail):
    EmployeeFactory(tenant=tenant, **{"email": "nora@ward.example"} if taken == "email" else {"user": member})
    client, before = api(admin), stored()

    response = client.post(URL, body | {"email": body["email"].upper()})

    assert (response.status_code, response.json()) == (409, {"detail": detail})
    assert stored() == before


def test_create_employee_of_two_tenants(api, super_admin, other_tenant, body):
    """One address and one account may stand for an employee in each tenant."""
    EmployeeFactory(tenant=other_tenant, email=body["email"], user_id=body["user_id"])

    response = api(super_admin).post(URL, body)

    assert response.status_code == 201


# --- Rows of others ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["post", "patch"])
@pytest.mark.parametrize("whose", ["stranger", "unknown"])
def test_link_an_account_out_of_sight(api, admin, stranger, nurse, body, stored, whose, method):
    key = str(stranger.pk) if whose == "stranger" else UNKNOWN
    client, before = api(admin), stored()

    response = getattr(client, method)(URL if method == "post" else f"{URL}/{nurse.pk}", body | {"user_id": key})

    assert (response.status_code, response.json()) == (404, {"detail": f"User with ID {key} not found"})
    assert stored() == before


@pytest.mark.parametrize("method", ["post", "patch"])
@pytest.mark.parametrize("whose", ["stranger", "super_admin"])
def test_link_an_account_that_is_not_of_the_tenant(api, people, super_admin, nurse, body, stored, whose, method):
    key = str(people[whose].pk)
    client, before = api(super_admin), stored()

    response = getattr(client, method)(URL if method == "post" else f"{URL}/{nurse.pk}", body | {"user_id": key})

    answer = {"detail": f"User with ID {key} not found", "code": "not_found", "user_id": key}
    assert (response.status_code, response.json()) == (404, answer)
    assert stored() == before


@pytest.mark.parametrize("method", ["post", "patch"])
@pytest.mark.parametrize("person", ["admin", "super_admin"])
def test_qualification_of_another_tenant(api, people, other_tenant, nurse, body, stored, person, method):
    foreign = QualificationFactory(tenant=other_tenant)
    sent = body | {"qualification_ids": [*body["qualification_ids"], foreign.pk]}
    client, before = api(people[person]), stored()

    response = getattr(client, method)(URL if method == "post" else f"{URL}/{nurse.pk}", sent)

    answer = {"detail": f"Qualification with ID {foreign.pk} not found"}
    if person == "super_admin":
        answer |= {"code": "not_found", "qualification_id": foreign.pk}
    assert (response.status_code, response.json()) == (404, answer)
    assert stored() == before


def test_create_employee_of_another_tenant(api, admin, other_tenant, body, stored):
    client, before = api(admin), stored()

    responses = {key: client.post(URL, body | {"tenant_id": key}) for key in (str(other_tenant.pk), UNKNOWN)}

    answers = {key: (response.status_code, response.json()) for key, response in responses.items()}
    assert answers == {key: (404, {"detail": f"Tenant with ID {key} not found"}) for key in responses}
    assert stored() == before


# --- Read -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("person", ["viewer", "member", "admin", "owner", "super_admin"])
def test_read_employees(api, people, tenant, nurse, person):
    other = EmployeeFactory(tenant=tenant, qualifications=QualificationFactory.create_batch(2, tenant=tenant))
    client = api(people[person])

    listed, one = client.get(URL), client.get(f"{URL}/{other.pk}")

    assert (listed.status_code, listed.json()) == (200, [employee_record(other), employee_record(nurse)])
    assert listed["X-Total-Count"] == "2"
    assert (one.status_code, one.json()) == (200, employee_record(other))


def test_read_employees_of_another_tenant(api, stranger, nurse):
    client = api(stranger)

    listed, one = client.get(URL), client.get(f"{URL}/{nurse.pk}")

    assert (listed.status_code, listed.json(), listed["X-Total-Count"]) == (200, [], "0")
    assert (one.status_code, one.json()) == (404, missing("employee", nurse.pk))


@pytest.mark.parametrize(
    "query, found",
    [
        ("", ["zoe", "ben", "anna"]),
        ("is_active=true", ["ben", "anna"]),
        ("is_active=false", ["zoe"]),
        ("search=BEN", ["ben"]),
        ("search=porter", ["zoe", "anna"]),
        ("search=ward.example", ["anna"]),
        ("search=nobody", []),
        ("tenant_id=00000000-0000-4000-8000-000000000000", []),
        ("skip=2&limit=1", ["anna"]),
    ],
)
def test_list_employees_by_filter(api, viewer, tenant, query, found):
    made = {
        "anna": EmployeeFactory(tenant=tenant, first_name="Anna", last_name="Porter", email="a@ward.example"),
        "ben": EmployeeFactory(tenant=tenant, first_name="Ben", last_name="Byrd", email="b@hill.example"),
        "zoe": EmployeeFactory(
            tenant=tenant, first_name="Zoe", job_title="Porter", email="z@hill.example", is_active=False
        ),
    }

    response = api(viewer).get(f"{URL}?{query}")

    assert (response.status_code, response.json()) == (200, [employee_record(made[name]) for name in found])


@pytest.mark.parametrize("rows", [1, 3])
def test_list_employees_takes_as_many_queries_for_one_as_for_many(api, viewer, tenant, django_assert_num_queries, rows):
    for _ in range(rows):
        EmployeeFactory(tenant=tenant, qualifications=[QualificationFactory(tenant=tenant)])
    client = api(viewer)

    with django_assert_num_queries(3):
        response = client.get(URL)

    assert len(response.json()) == rows


# --- Change and delete ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["put", "patch"])
@pytest.mark.parametrize("person", ["admin", "owner", "super_admin"])
def test_change_employee(api, people, tenant, member, person, method):
    night, day = (QualificationFactory(tenant=tenant, name=name) for name in ("Night", "Day"))
    row = EmployeeFactory(tenant=tenant, user=member, qualifications=[night])

    sent = {"user_id": None, "qualification_ids": [day.pk], "is_active": False}
    response = getattr(api(people[person]), method)(f"{URL}/{row.pk}", sent)

    before, row = row, Employee.objects.get()
    assert (response.status_code, response.json()) == (200, employee_record(row))
    assert (row.user, row.is_active, [*row.qualifications.all()]) == (None, False, [day])
    assert (row.email, row.first_name) == (before.email, "Nora")
    assert trail(row).get().changes == {
        "user": [str(member.pk), None],
        "is_active": [True, False],
        "qualifications": [["Night"], ["Day"]],
    }


def test_change_employee_whose_account_has_left_the_tenant(api, admin, member, nurse):
    """Nothing is said about the account: it may stay linked, and the employee can be taken off new shifts."""
    nurse.user = member
    nurse.save()
    member.memberships.all().delete()

    response = api(admin).patch(f"{URL}/{nurse.pk}", {"is_active": False})

    row = Employee.objects.get()
    assert (response.status_code, response.json()) == (200, employee_record(row))
    assert (row.user, row.is_active) == (member, False)


def test_change_employee_to_another_tenant(api, super_admin, other_tenant, nurse, stored):
    client, before = api(super_admin), stored()

    response = client.patch(f"{URL}/{nurse.pk}", {"tenant_id": str(other_tenant.pk)})

    detail = "The tenant of this employee cannot be changed."
    assert (response.status_code, response.json()) == (400, {"detail": detail, "code": "fixed"})
    assert stored() == before


@pytest.mark.parametrize("person", ["admin", "owner", "super_admin"])
def test_delete_employee_takes_their_hours_along(api, people, nurse, person):
    window = AvailabilityWindowFactory(employee=nurse)

    response = api(people[person]).delete(f"{URL}/{nurse.pk}")

    assert (response.status_code, response.content) == (204, b"")
    assert not Employee.objects.exists()
    assert trail(nurse).get().action == "scheduling.employee.delete"
    assert trail(window).get().action == "scheduling.availabilitywindow.delete"


def test_delete_employee_who_has_worked(api, admin, nurse, schedule, stored):
    shift = ShiftFactory(schedule=schedule, code="mon-early")
    AssignmentFactory(employee=nurse, shift=shift, status="cancelled")
    client, before = api(admin), stored()

    response = client.delete(f"{URL}/{nurse.pk}")

    detail = f"“{nurse}” is in use by: {nurse} on mon-early"
    assert (response.status_code, response.json()) == (409, {"detail": detail, "code": "in_use"})
    assert stored() == before


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
@pytest.mark.parametrize("person", ["nobody", "viewer", "member"])
def test_write_employee_by_those_who_may_not(api, people, nurse, body, stored, person, method):
    """Not even one's own."""
    nurse.user = people[person]
    nurse.save()
    client, before = api(people[person]), stored()

    response = getattr(client, method)(URL if method == "post" else f"{URL}/{nurse.pk}", body)

    answer = (401, NOT_SIGNED_IN) if person == "nobody" else (403, ROLE_TOO_LOW)
    assert (response.status_code, response.json()) == answer
    assert stored() == before


@pytest.mark.parametrize("method", ["put", "patch", "delete"])
def test_write_employee_by_a_stranger_answers_as_for_no_employee(api, stranger, nurse, stored, method):
    client, before = api(stranger), stored()

    responses = {key: getattr(client, method)(f"{URL}/{key}", {"first_name": "Mine"}) for key in (nurse.pk, 2**40)}

    answers = {key: (response.status_code, response.json()) for key, response in responses.items()}
    assert answers == {key: (404, missing("employee", key)) for key in responses}
    assert stored() == before
