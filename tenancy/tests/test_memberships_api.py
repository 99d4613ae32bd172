"""The endpoints of memberships: who holds which role."""

import pytest
from django.utils import timezone

from tenancy.models import Assignment, Membership
from tenancy.tests import bodies
from tenancy.tests.factories import AssignmentFactory, MembershipFactory, UserFactory
from tenancy.tests.ledger import audited, nothing_written


@pytest.fixture
def colleague(tenant):
    """Somebody who holds a role of no consequence in the tenant."""
    return MembershipFactory(assignment__tenant=tenant, assignment__role__type="viewer").user


def test_create_gives_a_person_a_role(admin, tenant, colleague, api):
    held = AssignmentFactory(tenant=tenant)

    with audited((admin.email, "tenancy.membership.add")):
        response = api(admin).post("/memberships", {"userId": str(colleague.pk), "assignmentId": str(held.pk)})

    assert response.status_code == 200
    created = Membership.objects.get(user=colleague, assignment=held)
    assert response.json() == bodies.success(bodies.membership(created))


def test_create_of_a_role_the_person_holds_already_is_refused(admin, colleague, api):
    held = colleague.memberships.get()
    client = api(admin)

    with nothing_written():
        response = client.post("/memberships", {"userId": str(colleague.pk), "assignmentId": str(held.assignment_id)})

    assert response.status_code == 409
    assert response.json() == bodies.problem(409, "This person already holds this role.")


def test_create_of_a_role_that_is_no_longer_in_force_is_refused(admin, tenant, colleague, api):
    gone = AssignmentFactory(tenant=tenant, role__name="Porter", removed_at=timezone.now())
    client = api(admin)

    with nothing_written():
        response = client.post("/memberships", {"userId": str(colleague.pk), "assignmentId": str(gone.pk)})

    assert response.status_code == 409
    text = f"The role Porter is no longer in force in {tenant.name}."
    assert response.json() == bodies.problem(409, text, "CONFLICT")


def test_super_admins_give_anybody_a_role(super_admin, tenant, api):
    newcomer, held = UserFactory(), AssignmentFactory(tenant=tenant)

    response = api(super_admin).post("/memberships", {"userId": str(newcomer.pk), "assignmentId": str(held.pk)})

    assert response.status_code == 200
    assert response.json() == bodies.success(bodies.membership(newcomer.memberships.get()))


@pytest.mark.parametrize(
    "body, text",
    [
        ({}, "userId: This field is required. assignmentId: This field is required."),
        (
            {"userId": None, "assignmentId": None},
            "userId: This field may not be null. assignmentId: This field may not be null.",
        ),
        (
            {"userId": "nonsense", "assignmentId": 7},
            "userId: “nonsense” is not a valid UUID. assignmentId: Incorrect type. Expected pk value, received int.",
        ),
    ],
)
def test_create_with_wrong_values_is_refused(admin, api, body, text):
    client = api(admin)

    with nothing_written():
        response = client.post("/memberships", body)

    assert response.status_code == 400
    assert response.json() == bodies.problem(400, text)


@pytest.mark.parametrize("person", ["viewer", "member", "admin", "owner", "super_admin"])
def test_retrieve_shows_person_role_and_tenant(people, colleague, api, person):
    row = colleague.memberships.get()

    response = api(people[person]).get(f"/memberships/{row.pk}")

    assert response.status_code == 200
    assert response.json() == bodies.success(bodies.membership_detail(row))


def test_list_holds_the_memberships_of_ones_tenants_newest_first(viewer, stranger, colleague, api):
    response = api(viewer).get("/memberships")

    assert response.status_code == 200
    rows = [colleague.memberships.get(), viewer.memberships.get()]
    assert response.json() == bodies.page([bodies.membership_detail(row) for row in rows], count=2)


@pytest.mark.parametrize(
    "query, emails",
    [
        ("userId={colleague}", ["ada@ward.example"]),
        ("assignmentId={assignment}", ["ada@ward.example"]),
        ("roleId={role}", ["ada@ward.example"]),
        ("tenantId={tenant}&take=1", ["ada@ward.example"]),
        ("search=LOVELACE", ["ada@ward.example"]),
        ("search=clerk", ["ada@ward.example"]),
        ("search=nobody", []),
        ("sortBy=email&sortOrder=ASC", ["ada@ward.example", "admin@ward.example", "viewer@ward.example"]),
        ("sortBy=roleName&sortOrder=ASC", ["admin@ward.example", "ada@ward.example", "viewer@ward.example"]),
        ("sortBy=roleName&sortOrder=DESC&skip=1&take=1", ["ada@ward.example"]),
    ],
)
def test_list_follows_its_parameters(viewer, admin, tenant, api, query, emails):
    row = MembershipFactory(
        user__email="ada@ward.example",
        user__last_name="Lovelace",
        assignment__tenant=tenant,
        assignment__role__name="Clerk",
    )
    assignment = row.assignment
    keys = {
        "colleague": row.user_id,
        "assignment": assignment.pk,
        "role": assignment.role_id,
        "tenant": assignment.tenant_id,
    }

    response = api(viewer).get("/memberships?" + query.format(**keys))

    assert response.status_code == 200
    expected = [bodies.membership_detail(Membership.objects.get(user__email=email)) for email in emails]
    assert response.json()["data"] == expected


def test_patch_gives_another_role_in_place_of_the_one_held(admin, tenant, colleague, api):
    row, other = colleague.memberships.get(), AssignmentFactory(tenant=tenant)

    with audited((admin.email, "tenancy.membership.change")):
        response = api(admin).patch(f"/memberships/{row.pk}", {"assignmentId": str(other.pk)})

    assert response.status_code == 200
    stored = Membership.objects.get(pk=row.pk)
    assert (stored.user, stored.assignment) == (colleague, other)
    assert response.json() == bodies.success(bodies.membership(stored))


def test_patch_with_what_is_there_already_changes_nothing(admin, colleague, api):
    row = colleague.memberships.get()
    same = {"userId": str(colleague.pk), "assignmentId": str(row.assignment_id)}
    client = api(admin)

    with nothing_written():
        response = client.patch(f"/memberships/{row.pk}", same)

    assert response.status_code == 200
    assert response.json() == bodies.success(bodies.membership(row))


def test_patch_does_not_hand_a_membership_to_somebody_else(admin, viewer, colleague, api):
    row = colleague.memberships.get()
    client = api(admin)

    with nothing_written():
        response = client.patch(f"/memberships/{row.pk}", {"userId": str(viewer.pk)})

    assert response.status_code == 400
    assert response.json() == bodies.problem(400, "The user of this membership cannot be changed.", "FIXED")


def test_patch_does_not_move_a_membership_to_another_tenant(super_admin, other_tenant, colleague, api):
    row = colleague.memberships.get()
    elsewhere = Assignment.objects.filter(tenant=other_tenant).first()
    client = api(super_admin)

    with nothing_written():
        response = client.patch(f"/memberships/{row.pk}", {"assignmentId": str(elsewhere.pk)})

    assert response.status_code == 400
    text = "A membership stays in its tenant; add the person to the other tenant instead."
    assert response.json() == bodies.problem(400, text, "FIXED")


def test_patch_to_a_role_that_is_no_longer_in_force_is_refused(admin, tenant, colleague, api):
    row = colleague.memberships.get()
    gone = AssignmentFactory(tenant=tenant, role__name="Porter", removed_at=timezone.now())
    client = api(admin)

    with nothing_written():
        response = client.patch(f"/memberships/{row.pk}", {"assignmentId": str(gone.pk)})

    assert response.status_code == 409
    text = f"The role Porter is no longer in force in {tenant.name}."
    assert response.json() == bodies.problem(409, text, "CONFLICT")


def test_delete_answers_with_the_deleted_membership(admin, colleague, api):
    row = colleague.memberships.get()
    expected = bodies.membership(row)

    with audited((admin.email, "tenancy.membership.delete")):
        response = api(admin).delete(f"/memberships/{row.pk}")

    assert response.status_code == 200
    assert response.json() == bodies.success(expected)
    assert not colleague.memberships.exists()


@pytest.mark.parametrize("person", ["viewer", "member"])
@pytest.mark.parametrize(
    "method, path", [("post", "/memberships"), ("patch", "/memberships/{key}"), ("delete", "/memberships/{key}")]
)
def test_writing_takes_an_admin(people, colleague, api, person, method, path):
    row = colleague.memberships.get()
    client = api(people[person])

    with nothing_written():
        response = getattr(client, method)(path.format(key=row.pk), {})

    assert response.status_code == 403
    assert response.json() == bodies.FORBIDDEN
