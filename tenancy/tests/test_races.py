"""Several requests at the same moment: one wins, the others are told why not, and the rules hold afterwards."""

from functools import partial

import pytest
from django.utils import timezone

from assignhub.models import AuditEntry
from tenancy.models import Assignment, Membership, Role, User
from tenancy.tests import bodies
from tenancy.tests.factories import AssignmentFactory, MembershipFactory, RoleFactory, TenantFactory
from tenancy.tests.test_last_owner import WAYS, last_owner
from tenancy.tests.together import together

pytestmark = pytest.mark.django_db(transaction=True)


def statuses(responses) -> list[int]:
    return sorted(response.status_code for response in responses)


def owners(tenant) -> int:
    return User.objects.filter(
        is_active=True,
        memberships__assignment__tenant=tenant,
        memberships__assignment__removed_at=None,
        memberships__assignment__role__type="owner",
    ).count()


def test_two_owners_remove_each_other_and_one_stays(api):
    for _ in range(10):
        tenant = TenantFactory()
        one, two = MembershipFactory.create_batch(2, assignment__tenant=tenant, assignment__role__type="owner")
        one_sends, two_sends = api(one.user), api(two.user)
        entries = AuditEntry.objects.count()

        responses = together(
            partial(one_sends.delete, f"/memberships/{two.pk}"),
            partial(two_sends.delete, f"/memberships/{one.pk}"),
        )

        refused = next(response for response in responses if response.status_code != 200)
        assert statuses(responses) == [200, refused.status_code]
        # Who comes second is no owner any more: at the door, at the look-up, or at the judgement under the lock.
        assert refused.json() in (
            bodies.FORBIDDEN,
            bodies.problem(403, "You hold no rank here and cannot grant or take away the rank owner.", "FORBIDDEN"),
        )
        assert owners(tenant) == 1
        assert AuditEntry.objects.count() == entries + 1


@pytest.mark.parametrize("second", WAYS.values(), ids=WAYS)
@pytest.mark.parametrize("first", ["membership removal", "person deactivation"])
def test_two_ways_at_once_do_not_leave_a_tenant_without_an_owner(super_admin, api, first, second):
    tenant = TenantFactory()
    AssignmentFactory(tenant=tenant, role__type="viewer")
    one, two = MembershipFactory.create_batch(2, assignment__tenant=tenant, assignment__role__type="owner")
    requests = [(api(super_admin), *WAYS[first](one)), (api(super_admin), *second(two))]
    entries = AuditEntry.objects.count()

    responses = together(
        *[lambda each=each: getattr(each[0], each[1])(each[2], each[3]) for each in requests],
    )

    assert statuses(responses) == [200, 409]
    refused = next(response for response in responses if response.status_code == 409)
    assert refused.json() == last_owner(tenant)
    assert owners(tenant) == 1
    winner = next(response for response in responses if response.status_code == 200)
    assert AuditEntry.objects.filter(request_id=refused["X-Request-ID"]).count() == 0
    assert AuditEntry.objects.filter(request_id=winner["X-Request-ID"]).count() == AuditEntry.objects.count() - entries


CREATIONS = {
    "assignment": lambda tenant: (
        "/assignments",
        {"roleId": str(RoleFactory(tenant=tenant).pk), "tenantId": str(tenant.pk)},
        Assignment,
        "This role is already in force in this tenant.",
    ),
    "role": lambda tenant: (
        "/roles",
        {"name": "Nurse", "type": "member", "tenantId": str(tenant.pk)},
        Role,
        "There is already a role of this name.",
    ),
    "membership": lambda tenant: (
        "/memberships",
        {
            "userId": str(MembershipFactory(assignment__tenant=tenant).user_id),
            "assignmentId": str(AssignmentFactory(tenant=tenant).pk),
        },
        Membership,
        "This person already holds this role.",
    ),
    "person": lambda tenant: (
        "/users",
        {"email": "ada@ward.example", "assignmentId": str(AssignmentFactory(tenant=tenant).pk)},
        User,
        "email: This address is already taken.",
    ),
}


@pytest.mark.parametrize("creation", CREATIONS.values(), ids=CREATIONS)
@pytest.mark.parametrize("senders", [2, 6])
def test_the_same_created_at_once_is_created_once(admin, tenant, api, creation, senders):
    address, body, model, text = creation(tenant)
    clients = [api(admin) for _ in range(senders)]
    before = model.objects.count()

    responses = together(*[lambda client=client: client.post(address, body) for client in clients])

    assert statuses(responses) == [200] + [409] * (senders - 1)
    refused = [response.json() for response in responses if response.status_code == 409]
    assert refused == [bodies.problem(409, text)] * (senders - 1)
    assert model.objects.count() == before + 1
    assert AuditEntry.objects.filter(action=model.permission("add")).count() == 1


def test_a_shared_role_created_at_once_is_created_once(super_admin, api):
    clients = [api(super_admin) for _ in range(4)]
    body = {"name": "Chaplain", "type": "viewer"}

    responses = together(*[lambda client=client: client.post("/roles", body) for client in clients])

    assert statuses(responses) == [200, 409, 409, 409]
    assert Role.objects.filter(name="Chaplain").count() == 1


def test_twins_brought_back_at_once_are_brought_back_once(admin, tenant, api):
    role = RoleFactory(tenant=tenant)
    twins = AssignmentFactory.create_batch(3, tenant=tenant, role=role, removed_at=timezone.now())
    clients = [api(admin) for _ in twins]

    responses = together(
        *[
            lambda client=client, twin=twin: client.patch(f"/assignments/{twin.pk}", {"removedAt": None})
            for client, twin in zip(clients, twins, strict=True)
        ]
    )

    assert statuses(responses) == [200, 409, 409]
    assert Assignment.objects.filter(role=role, removed_at=None).count() == 1


def test_lists_removed_at_once_are_counted_once_each(admin, tenant, api):
    keys = [str(row.pk) for row in AssignmentFactory.create_batch(20, tenant=tenant)]
    clients = [api(admin) for _ in range(4)]
    lists = [keys, keys[::-1], keys[:15], keys[:4:-1]]

    responses = together(
        *[
            lambda client=client, each=each: client.patch("/assignments/removedAt", each)
            for client, each in zip(clients, lists, strict=True)
        ]
    )

    assert statuses(responses) == [200, 200, 200, 200]
    assert sum(response.json()["data"]["count"] for response in responses) == 20
    assert AuditEntry.objects.filter(action="tenancy.assignment.remove").count() == 20


def test_an_assignment_deleted_at_once_is_deleted_once(admin, tenant, api):
    row = AssignmentFactory(tenant=tenant)
    clients = [api(admin) for _ in range(4)]

    responses = together(*[lambda client=client: client.delete(f"/assignments/{row.pk}") for client in clients])

    assert statuses(responses) == [200, 404, 404, 404]
    text = f"Role assignment with ID {row.pk} not found"
    refused = [response.json() for response in responses if response.status_code == 404]
    assert refused == [bodies.problem(404, text, "NOT_FOUND")] * 3
    assert AuditEntry.objects.filter(action="tenancy.assignment.delete").count() == 1


def test_writes_of_every_kind_at_once_all_succeed(owner, tenant, api):
    """They take their locks in one order, so none waits for another in a circle."""
    held = AssignmentFactory(tenant=tenant)
    rows = MembershipFactory.create_batch(4, assignment=held)
    spare = AssignmentFactory(tenant=tenant)
    requests = [
        ("patch", f"/assignments/{held.pk}/removedAt", None),
        ("patch", f"/assignments/{held.pk}", {"removedAt": None}),
        ("patch", f"/roles/{held.role_id}", {"type": "viewer"}),
        ("patch", f"/memberships/{rows[0].pk}", {"assignmentId": str(spare.pk)}),
        ("post", "/memberships", {"userId": str(rows[1].user_id), "assignmentId": str(spare.pk)}),
        ("patch", f"/users/{rows[1].user_id}", {"isActive": False}),
        ("delete", f"/users/{rows[2].user_id}", None),
        ("delete", f"/memberships/{rows[3].pk}", None),
    ]
    clients = [api(owner) for _ in requests]

    responses = together(
        *[
            lambda client=client, each=each: getattr(client, each[0])(each[1], each[2])
            for client, each in zip(clients, requests, strict=True)
        ]
    )

    assert statuses(responses) == [200] * 8
