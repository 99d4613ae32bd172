"""What a request has read before it could lock may have changed by then: it judges what is, not what was."""

import pytest

from tenancy.models import Assignment, Membership
from tenancy.tests import bodies
from tenancy.tests.factories import AssignmentFactory, MembershipFactory, RoleFactory, UserFactory
from tenancy.tests.test_last_owner import last_owner
from tenancy.tests.together import overtaken

pytestmark = pytest.mark.django_db(transaction=True)

ABOVE = bodies.problem(403, "You hold the rank admin here and cannot grant or take away the rank owner.", "FORBIDDEN")


@pytest.fixture
def colleague(tenant):
    return MembershipFactory(assignment__tenant=tenant, assignment__role__type="viewer")


GRANTS = {
    "give it": lambda colleague, target: (
        "post",
        "/memberships",
        {"userId": str(colleague.user_id), "assignmentId": str(target.pk)},
    ),
    "change to it": lambda colleague, target: (
        "patch",
        f"/memberships/{colleague.pk}",
        {"assignmentId": str(target.pk)},
    ),
    "start with it": lambda colleague, target: (
        "post",
        "/users",
        {"email": "new@ward.example", "assignmentId": str(target.pk)},
    ),
}


@pytest.mark.parametrize("grant", GRANTS.values(), ids=GRANTS)
@pytest.mark.parametrize("raised", ["the role's type", "the assignment's role"])
def test_a_role_raised_meanwhile_is_not_granted(admin, owner, tenant, colleague, api, grant, raised):
    target = AssignmentFactory(tenant=tenant)
    method, address, body = grant(colleague, target)
    admin_sends, owner_sends = api(admin), api(owner)
    if raised == "the role's type":
        raising = (f"/roles/{target.role_id}", {"type": "owner"})
    else:
        raising = (f"/assignments/{target.pk}", {"roleId": str(RoleFactory(tenant=tenant, type="owner").pk)})

    late, first = overtaken(lambda: getattr(admin_sends, method)(address, body), lambda: owner_sends.patch(*raising))

    assert first.status_code == 200
    assert late.status_code == 403
    assert late.json() == ABOVE
    assert not Membership.objects.filter(assignment=target).exists()


@pytest.mark.parametrize("grant", GRANTS.values(), ids=GRANTS)
def test_a_role_taken_out_of_force_meanwhile_is_not_granted(admin, owner, tenant, colleague, api, grant):
    target = AssignmentFactory(tenant=tenant, role__name="Porter")
    method, address, body = grant(colleague, target)
    admin_sends, owner_sends = api(admin), api(owner)

    late, first = overtaken(
        lambda: getattr(admin_sends, method)(address, body),
        lambda: owner_sends.patch(f"/assignments/{target.pk}/removedAt"),
    )

    assert first.status_code == 200
    assert late.status_code == 409
    text = f"The role Porter is no longer in force in {tenant.name}."
    assert late.json() == bodies.problem(409, text, "CONFLICT")
    assert not Membership.objects.filter(assignment=target).exists()


@pytest.mark.parametrize("how", ["create", "change"])
@pytest.mark.parametrize("shared", [False, True])
def test_a_role_raised_meanwhile_is_not_put_into_force(admin, super_admin, tenant, api, how, shared):
    role = RoleFactory(tenant=None if shared else tenant)
    row = AssignmentFactory(tenant=tenant)
    admin_sends, raiser_sends = api(admin), api(super_admin)

    def put_into_force():
        if how == "create":
            return admin_sends.post("/assignments", {"roleId": str(role.pk), "tenantId": str(tenant.pk)})
        return admin_sends.patch(f"/assignments/{row.pk}", {"roleId": str(role.pk)})

    late, first = overtaken(put_into_force, lambda: raiser_sends.patch(f"/roles/{role.pk}", {"type": "owner"}))

    assert first.status_code == 200
    assert late.status_code == 403
    assert late.json() == ABOVE
    assert not Assignment.objects.filter(role=role).exists()


def test_a_rank_lost_meanwhile_grants_nothing(admin, owner, tenant, colleague, api):
    target = AssignmentFactory(tenant=tenant, role__type="admin")
    admin_sends, owner_sends = api(admin), api(owner)

    late, first = overtaken(
        lambda: admin_sends.patch(f"/memberships/{colleague.pk}", {"assignmentId": str(target.pk)}),
        lambda: owner_sends.delete(f"/memberships/{admin.memberships.get().pk}"),
    )

    assert first.status_code == 200
    assert late.status_code == 403
    text = "You hold no rank here and cannot grant or take away the rank admin."
    assert late.json() == bodies.problem(403, text, "FORBIDDEN")
    assert Membership.objects.get(pk=colleague.pk).assignment == colleague.assignment


WRITES = [
    ("patch", "/assignments/{key}", {"removedAt": None}),
    ("patch", "/assignments/{key}/removedAt", None),
    ("delete", "/assignments/{key}", None),
]


@pytest.mark.parametrize("method, address, body", WRITES)
def test_an_assignment_deleted_meanwhile_is_not_found(admin, owner, tenant, api, method, address, body):
    row = AssignmentFactory(tenant=tenant)
    admin_sends, owner_sends = api(admin), api(owner)

    late, first = overtaken(
        lambda: getattr(admin_sends, method)(address.format(key=row.pk), body),
        lambda: owner_sends.delete(f"/assignments/{row.pk}"),
    )

    assert first.status_code == 200
    assert late.status_code == 404
    text = f"Role assignment with ID {row.pk} not found"
    assert late.json() == bodies.problem(404, text, "NOT_FOUND")


def test_a_role_deleted_meanwhile_is_not_put_into_force(admin, owner, tenant, api):
    role = RoleFactory(tenant=tenant)
    admin_sends, owner_sends = api(admin), api(owner)

    late, first = overtaken(
        lambda: admin_sends.post("/assignments", {"roleId": str(role.pk), "tenantId": str(tenant.pk)}),
        lambda: owner_sends.delete(f"/roles/{role.pk}"),
    )

    assert first.status_code == 200
    assert late.status_code == 404
    assert late.json() == bodies.problem(404, f"Role with ID {role.pk} not found", "NOT_FOUND")


def test_a_person_deleted_meanwhile_is_given_nothing(admin, super_admin, tenant, colleague, api):
    target = AssignmentFactory(tenant=tenant)
    admin_sends, platform_sends = api(admin), api(super_admin)
    key = colleague.user_id

    late, first = overtaken(
        lambda: admin_sends.post("/memberships", {"userId": str(key), "assignmentId": str(target.pk)}),
        lambda: platform_sends.delete(f"/users/{key}"),
    )

    assert first.status_code == 200
    assert late.status_code == 404
    assert late.json() == bodies.problem(404, f"User with ID {key} not found", "NOT_FOUND")


def test_a_shared_role_put_into_force_meanwhile_keeps_its_first_owner(super_admin, tenant, api):
    shared = RoleFactory(tenant=None, type="owner", name="Director")
    person = UserFactory()
    lowering, granting = api(super_admin), api(super_admin)

    def make_the_first_owner():
        made = granting.post("/assignments", {"roleId": str(shared.pk), "tenantId": str(tenant.pk)}).json()["data"]
        return granting.post("/memberships", {"userId": str(person.pk), "assignmentId": made["id"]})

    late, first = overtaken(lambda: lowering.patch(f"/roles/{shared.pk}", {"type": "viewer"}), make_the_first_owner)

    assert first.status_code == 200
    assert late.status_code == 409
    # The one or the other, as the database took its first lock before or after it was asked where the role rules.
    assert late.json() in (
        last_owner(tenant),
        bodies.problem(
            409, "Director was put into force in another tenant at the same moment. Please try again.", "CONFLICT"
        ),
    )
    shared.refresh_from_db()
    assert shared.type == "owner"
