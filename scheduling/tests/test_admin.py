"""The admin pages of assignments: what is shown to whom, adding, deleting, and the trail."""

import pytest
from django.contrib.messages import get_messages

from assignhub.models import AuditEntry
from scheduling.models import Assignment
from scheduling.tests.factories import (
    AssignmentFactory,
    AvailabilityWindowFactory,
    EmployeeFactory,
    ScheduleFactory,
    ShiftFactory,
)

LIST = "/admin/scheduling/assignment/"
ADD = "/admin/scheduling/assignment/add/"


@pytest.fixture
def row(nurse, shift):
    return AssignmentFactory(employee=nurse, shift=shift)


@pytest.fixture
def foreign(other_tenant):
    shift = ShiftFactory(schedule=ScheduleFactory(tenant=other_tenant, title="Week of others"))
    employee = EmployeeFactory(tenant=other_tenant, first_name="Foreign", last_name="Nurse")
    return AssignmentFactory(employee=employee, shift=shift)


def form(nurse, on_shift, **values) -> dict:
    usual = {"schedule": on_shift.schedule_id, "employee": nurse.pk, "shift": on_shift.pk}
    return usual | {"status": "assigned", "priority": 1, "notes": ""} | values


def messages(response) -> list[str]:
    return [str(message) for message in get_messages(response.wsgi_request)]


# --- The list ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("person", ["viewer", "member", "admin", "owner"])
def test_list_shows_the_rows_of_the_tenant(staff_client, people, row, foreign, person):
    response = staff_client(people[person]).get(LIST)

    page = response.content.decode()
    assert response.status_code == 200
    assert list(response.context["cl"].result_list) == [row]
    assert str(row.employee) in page
    assert "08:00 - 12:00" in page
    assert "Foreign Nurse" not in page


def test_list_shows_everything_to_a_super_admin(staff_client, super_admin, row, foreign):
    response = staff_client(super_admin).get(LIST)

    assert list(response.context["cl"].result_list) == [foreign, row]


@pytest.mark.parametrize("name", ["first_name", "last_name", "email"])
def test_list_searched(staff_client, admin, row, foreign, name):
    other = AssignmentFactory(employee=EmployeeFactory(tenant=row.employee.tenant, first_name="Olga"), shift=row.shift)
    word = {"first_name": "olga", "last_name": other.employee.last_name, "email": other.employee.email}[name]

    response = staff_client(admin).get(LIST, {"q": word})

    assert list(response.context["cl"].result_list) == [other]


@pytest.mark.parametrize(
    "query,found",
    [
        ({"status__exact": "declined"}, "declined"),
        ({"schedule__id__exact": "schedule"}, "assigned declined"),
        ({"employee__id__exact": "employee"}, "assigned"),
        ({"shift__date_from": "2026-11-02", "shift__date_to": "2026-11-02"}, "assigned declined"),
        ({"shift__date_from": "2026-11-03"}, ""),
    ],
)
def test_list_filtered(staff_client, admin, row, query, found):
    colleague = EmployeeFactory(tenant=row.employee.tenant)
    AssignmentFactory(employee=colleague, shift=row.shift, status="declined")
    names = {"schedule": row.schedule_id, "employee": row.employee_id}

    response = staff_client(admin).get(LIST, {name: names.get(value, value) for name, value in query.items()})

    statuses = sorted(found.status for found in response.context["cl"].result_list)
    assert (response.status_code, " ".join(statuses)) == (200, found)


@pytest.mark.parametrize("name", ["employee", "schedule"])
def test_list_filtered_by_a_row_out_of_sight_shows_and_names_nothing(staff_client, admin, row, foreign, name):
    response = staff_client(admin).get(LIST, {f"{name}__id__exact": getattr(foreign, f"{name}_id")})

    page = response.content.decode()
    assert response.status_code in (200, 302)
    assert "Foreign Nurse" not in page
    assert "Week of others" not in page


@pytest.mark.parametrize("name", ["employee", "schedule", "shift"])
@pytest.mark.parametrize("person", ["viewer", "admin"])
def test_autocomplete_offers_what_is_in_reach(staff_client, people, row, foreign, person, name):
    query = {"app_label": "scheduling", "model_name": "assignment", "field_name": name, "term": ""}

    response = staff_client(people[person]).get("/admin/autocomplete/", query)

    offered = [{"id": str(getattr(row, f"{name}_id")), "text": str(getattr(row, name))}]
    assert (response.status_code, response.json()) == (200, {"results": offered, "pagination": {"more": False}})


# --- Adding -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("person", ["admin", "owner", "super_admin"])
def test_add_by_those_who_may(staff_client, people, nurse, shift, person):
    response = staff_client(people[person]).post(ADD, form(nurse, shift, priority=4, notes="Brings cake"))

    row = Assignment.objects.get()
    entry = AuditEntry.objects.get()
    assert (response.status_code, response.headers["Location"]) == (302, LIST)
    assert len(messages(response)) == 1
    assert (row.schedule, row.employee, row.shift, row.status) == (shift.schedule, nurse, shift, "assigned")
    assert (row.priority, row.notes, row.assigned_by) == (4, "Brings cake", people[person])
    assert (row.starts_at, row.ends_at) == (shift.starts_at, shift.ends_at)
    assert (entry.action, entry.object_id, entry.by_id) == ("scheduling.assignment.add", str(row.pk), people[person].pk)


@pytest.mark.parametrize("person", ["viewer", "member"])
def test_add_by_too_low_a_role(staff_client, people, nurse, shift, stored, person):
    client = staff_client(people[person])
    before = stored()

    answers = [client.get(ADD), client.post(ADD, form(nurse, shift))]

    assert [answer.status_code for answer in answers] == [403, 403]
    assert stored() == before


def test_add_that_a_rule_refuses_is_an_error_of_the_form(staff_client, admin, nurse, shift, stored):
    AvailabilityWindowFactory(employee=nurse, start_time="09:00", end_time="16:00")
    before = stored()

    response = staff_client(admin).post(ADD, form(nurse, shift, notes="Typed once"))

    text = "Employee not available on monday at 08:00"
    page = response.content.decode()
    assert response.status_code == 200
    assert response.context["adminform"].form.errors == {"employee": [text]}
    assert text in page
    # What was typed is still there, and nobody is told that it was saved.
    assert "Typed once" in page
    assert messages(response) == []
    assert stored() == before


def test_add_to_a_schedule_that_is_not_editable(staff_client, admin, nurse, shift, stored):
    shift.schedule.status = "archived"
    shift.schedule.save()
    before = stored()

    response = staff_client(admin).post(ADD, form(nurse, shift))

    text = f"Schedule with ID {shift.schedule_id} is archived and cannot be edited"
    assert response.context["adminform"].form.errors == {"schedule": [text]}
    assert stored() == before


@pytest.mark.parametrize("name", ["schedule", "employee", "shift"])
def test_add_with_a_row_out_of_sight(staff_client, admin, nurse, shift, foreign, stored, name):
    values = {name: getattr(foreign, f"{name}_id")}
    before = stored()

    response = staff_client(admin).post(ADD, form(nurse, shift, **values))

    text = "Select a valid choice. That choice is not one of the available choices."
    assert (response.status_code, response.context["adminform"].form.errors) == (200, {name: [text]})
    assert stored() == before


@pytest.mark.parametrize("name", ["employee", "shift"])
def test_add_across_tenants_by_a_super_admin(staff_client, super_admin, nurse, shift, foreign, stored, name):
    key = getattr(foreign, f"{name}_id")
    before = stored()

    response = staff_client(super_admin).post(ADD, form(nurse, shift, **{name: key}))

    text = f"{name.capitalize()} with ID {key} not found"
    assert (response.status_code, response.context["adminform"].form.errors) == (200, {name: [text]})
    assert stored() == before


@pytest.mark.parametrize(
    "values,errors",
    [
        ({"priority": 0}, {"priority": ["Ensure this value is greater than or equal to 1."]}),
        ({"priority": 101}, {"priority": ["Ensure this value is less than or equal to 100."]}),
        ({"status": "on"}, {"status": ["Select a valid choice. on is not one of the available choices."]}),
        ({"employee": ""}, {"employee": ["This field is required."]}),
        ({"notes": "n" * 2001}, {"notes": ["Ensure this value has at most 2000 characters (it has 2001)."]}),
        ({"notes": "a\0b"}, {"notes": ["Null characters are not allowed."]}),
    ],
)
def test_add_with_a_malformed_value(staff_client, admin, nurse, shift, stored, values, errors):
    before = stored()

    response = staff_client(admin).post(ADD, form(nurse, shift, **values))

    assert (response.status_code, response.context["adminform"].form.errors) == (200, errors)
    assert stored() == before


# --- Deleting ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("person", ["admin", "owner", "super_admin"])
def test_delete_by_those_who_may(staff_client, people, row, person):
    response = staff_client(people[person]).post(f"{LIST}{row.pk}/delete/", {"post": "yes"})

    entry = AuditEntry.objects.get()
    assert (response.status_code, Assignment.objects.count()) == (302, 0)
    assert (entry.action, entry.object_id, entry.by_id) == (
        "scheduling.assignment.delete",
        str(row.pk),
        people[person].pk,
    )
    assert entry.changes["employee"] == [row.employee_id, None]


@pytest.mark.parametrize("person", ["viewer", "member"])
def test_delete_by_too_low_a_role(staff_client, people, row, stored, person):
    before = stored()

    response = staff_client(people[person]).post(f"{LIST}{row.pk}/delete/", {"post": "yes"})

    assert response.status_code == 403
    assert stored() == before


def test_delete_of_a_row_out_of_sight(staff_client, admin, foreign, stored):
    before = stored()

    response = staff_client(admin).post(f"{LIST}{foreign.pk}/delete/", {"post": "yes"})

    assert (response.status_code, response.headers["Location"]) == (302, "/admin/")
    assert stored() == before


def test_delete_of_several(staff_client, admin, row):
    other = AssignmentFactory(employee=EmployeeFactory(tenant=row.employee.tenant), shift=row.shift)
    chosen = {"action": "delete_selected", "_selected_action": [row.pk, other.pk], "post": "yes"}

    response = staff_client(admin).post(LIST, chosen)

    assert (response.status_code, Assignment.objects.count()) == (302, 0)
    assert AuditEntry.objects.filter(action="scheduling.assignment.delete").count() == 2


def test_delete_in_a_schedule_that_is_not_editable(staff_client, admin, row, stored):
    row.schedule.status = "published"
    row.schedule.save()
    before = stored()

    response = staff_client(admin).post(f"{LIST}{row.pk}/delete/", {"post": "yes"})

    assert response.status_code == 302
    assert messages(response) == [f"Schedule with ID {row.schedule_id} is published and cannot be edited"]
    assert stored() == before


def test_delete_of_several_of_which_one_may_not_go_keeps_them_all(staff_client, admin, tenant, row, stored):
    done = ShiftFactory(schedule=ScheduleFactory(tenant=tenant, status="approved"))
    fixed = AssignmentFactory(employee=EmployeeFactory(tenant=tenant), shift=done)
    chosen = {"action": "delete_selected", "_selected_action": [row.pk, fixed.pk], "post": "yes"}
    before = stored()

    response = staff_client(admin).post(LIST, chosen)

    assert response.status_code == 302
    assert messages(response) == [f"Schedule with ID {done.schedule_id} is approved and cannot be edited"]
    assert stored() == before


# --- The trail --------------------------------------------------------------------------------------------------------


def test_history_shows_what_came_by_every_door(staff_client, api, admin, owner, nurse, shift):
    body = {"employee_id": nurse.pk, "shift_id": shift.pk, "notes": "By the API"}
    api(owner).post(f"/api/schedules/{shift.schedule_id}/assignments", body, HTTP_X_REQUEST_ID="request-of-a-test")
    row = Assignment.objects.get()

    response = staff_client(admin).get(f"{LIST}{row.pk}/history/")

    page = response.content.decode()
    assert response.status_code == 200
    assert [entry.object_id for entry in response.context["entries"]] == [str(row.pk)]
    for text in (owner.email, "added this assignment", "By the API", "request-of-a-test"):
        assert text in page


def test_history_of_a_row_out_of_sight(staff_client, admin, foreign):
    response = staff_client(admin).get(f"{LIST}{foreign.pk}/history/")

    assert (response.status_code, response.headers["Location"]) == (302, "/admin/")
