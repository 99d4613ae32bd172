"""A planner's account goes; what they planned stays, and still says who it was."""

import pytest
from django.utils.html import strip_tags

from assignhub.models import AuditEntry
from scheduling.models import Assignment
from scheduling.tests.bodies import assignment_body
from scheduling.tests.factories import AssignmentFactory, EmployeeFactory
from tenancy.models import User


@pytest.fixture
def left(api, super_admin, admin, schedule, nurse, shift):
    """An assignment of an account that has been deleted since."""
    body = {"employee_id": nurse.pk, "shift_id": shift.pk}
    assert api(admin).post(f"/api/schedules/{schedule.pk}/assignments", body).status_code == 201
    assert api(super_admin).delete(f"/users/{admin.pk}").status_code == 200
    assert not User.objects.filter(pk=admin.pk).exists()
    return Assignment.objects.get()


def test_assignment_says_who_assigned_after_the_account_is_deleted(api, owner, admin, left):
    response = api(owner).get("/api/assignments")

    assert response.json() == [assignment_body(left)]
    assert response.json()[0]["assigned_by"] == str(admin.pk)
    (entry,) = AuditEntry.objects.filter(object_type="scheduling.assignment")
    assert (entry.action, entry.by_id) == ("scheduling.assignment.add", admin.pk)


def test_assignment_of_a_deleted_account_is_changed_and_deleted_as_any_other(api, owner, admin, left):
    client = api(owner)

    assert client.patch(f"/api/assignments/{left.pk}", {"notes": "Night bus"}).status_code == 200
    assert client.delete(f"/api/assignments/{left.pk}").status_code == 204

    _, changed, deleted = AuditEntry.objects.filter(object_type="scheduling.assignment").order_by("pk")
    assert changed.changes == {"notes": ["", "Night bus"]}
    assert deleted.changes["assigned_by"] == [str(admin.pk), None]


def test_history_of_an_assignment_names_the_account_that_is_deleted(staff_client, owner, admin, left):
    response = staff_client(owner).get(f"/admin/scheduling/assignment/{left.pk}/history/")

    text = " ".join(strip_tags(response.content.decode()).split())
    assert f"Assigned by: {admin.first_name} {admin.last_name} " in text


@pytest.mark.parametrize("page", ["", "{}/change/", "export.csv", "export.xlsx"])
def test_pages_of_the_admin_show_assignments_of_a_deleted_account(staff_client, owner, left, page):
    response = staff_client(owner).get(f"/admin/scheduling/assignment/{page.format(left.pk)}")

    assert response.status_code == 200


@pytest.mark.parametrize("count", [1, 30])
def test_account_is_deleted_without_a_look_at_what_it_assigned(
    count, api, super_admin, admin, tenant, shift, django_assert_num_queries
):
    client = api(super_admin)
    for _ in range(count):
        AssignmentFactory(employee=EmployeeFactory(tenant=tenant), shift=shift, assigned_by=admin)

    with django_assert_num_queries(39):
        response = client.delete(f"/users/{admin.pk}")

    assert response.status_code == 200
    assert Assignment.objects.filter(assigned_by_id=admin.pk).count() == count
    assert not AuditEntry.objects.filter(object_type="scheduling.assignment").exists()
