"""Adding, changing and deleting through the admin's forms: each write with its entry in the audit trail."""

import pytest
from django.urls import reverse

from assignhub.models import AuditEntry
from tenancy.models import Assignment, Membership, Role, Tenant, User
from tenancy.tests.doors import NEW_PASSWORD, form_on, new_row, submit
from tenancy.tests.factories import AssignmentFactory, MembershipFactory, RoleFactory, UserFactory
from tenancy.tests.ledger import audited, nothing_written


def page(model: str, name: str, *args) -> str:
    return reverse(f"admin:tenancy_{model}_{name}", args=args)


def saved(response, model: str) -> bool:
    return (response.status_code, response["Location"]) == (302, page(model, "changelist"))


@pytest.fixture
def night_watch(tenant):
    return RoleFactory(tenant=tenant, name="Night watch", type="viewer")


@pytest.fixture
def patrol(tenant, night_watch):
    """Night watch, in force, with one person holding it."""
    assignment = AssignmentFactory(tenant=tenant, role=night_watch)
    return MembershipFactory(assignment=assignment, user=UserFactory(first_name="Nora", last_name="Night"))


def test_role_added(admin, tenant, staff_client):
    with audited((admin.email, "tenancy.role.add")):
        response = submit(staff_client(admin), page("role", "add"), tenant=tenant.pk, name="Night watch", type="viewer")

    assert saved(response, "role")
    role = Role.objects.get(name="Night watch")
    assert (role.tenant, role.type) == (tenant, "viewer")
    entry = AuditEntry.objects.get(object_id=str(role.pk))
    assert (entry.tenant_id, entry.object_label) == (tenant.pk, "Night watch")
    assert entry.changes == {"tenant": [None, str(tenant.pk)], "name": [None, "Night watch"], "type": [None, "viewer"]}
    assert entry.request_id == response["X-Request-ID"]


def test_role_changed(admin, night_watch, staff_client):
    with audited((admin.email, "tenancy.role.change")):
        response = submit(staff_client(admin), page("role", "change", night_watch.pk), name="Day watch")

    assert saved(response, "role")
    night_watch.refresh_from_db()
    assert (night_watch.name, night_watch.type) == ("Day watch", "viewer")
    assert AuditEntry.objects.get().changes == {"name": ["Night watch", "Day watch"]}


@pytest.mark.parametrize("model", ["tenant", "role", "assignment", "membership", "user"])
def test_form_sent_back_as_it_is_changes_nothing(owner, tenant, patrol, staff_client, model):
    session = staff_client(owner)
    rows = {
        "tenant": tenant,
        "role": patrol.assignment.role,
        "assignment": patrol.assignment,
        "membership": patrol,
        "user": patrol.user,
    }

    with nothing_written():
        response = submit(session, page(model, "change", rows[model].pk))

    assert saved(response, model)


def test_form_writes_only_what_was_typed(admin, night_watch, staff_client):
    session = staff_client(admin)
    typed = form_on(session.get(page("role", "change", night_watch.pk))) | {"name": "Day watch"}
    Role.objects.filter(pk=night_watch.pk).update(type="member")

    session.post(page("role", "change", night_watch.pk), typed | {"type": "viewer"})

    night_watch.refresh_from_db()
    assert night_watch.name == "Day watch"
    assert AuditEntry.objects.get().changes["name"] == ["Night watch", "Day watch"]


def test_role_deleted(admin, night_watch, staff_client):
    with audited((admin.email, "tenancy.role.delete")):
        response = submit(staff_client(admin), page("role", "delete", night_watch.pk))

    assert saved(response, "role")
    assert not Role.objects.filter(pk=night_watch.pk).exists()


def test_assignment_added_with_its_first_holder(admin, viewer, tenant, night_watch, staff_client):
    with audited((admin.email, "tenancy.assignment.add"), (admin.email, "tenancy.membership.add")):
        response = submit(
            staff_client(admin),
            page("assignment", "add"),
            role=night_watch.pk,
            tenant=tenant.pk,
            **new_row("memberships", 0, user=viewer.pk),
        )

    assert saved(response, "assignment")
    assignment = Assignment.objects.get(role=night_watch)
    assert (assignment.tenant, assignment.removed_at) == (tenant, None)
    assert [membership.user for membership in assignment.memberships.all()] == [viewer]


def test_assignment_given_another_role(admin, patrol, tenant, staff_client):
    role = RoleFactory(tenant=tenant, name="Day watch", type="viewer")

    with audited((admin.email, "tenancy.assignment.change")):
        response = submit(staff_client(admin), page("assignment", "change", patrol.assignment_id), role=role.pk)

    assert saved(response, "assignment")
    assert Assignment.objects.get(pk=patrol.assignment_id).role == role


def test_holders_changed_inline(admin, member, patrol, staff_client):
    url = page("assignment", "change", patrol.assignment_id)
    typed = {"memberships-0-DELETE": "on"} | new_row("memberships", 1, user=member.pk)

    with audited((admin.email, "tenancy.membership.delete"), (admin.email, "tenancy.membership.add")):
        response = submit(staff_client(admin), url, **typed)

    assert saved(response, "assignment")
    assert [row.user for row in Membership.objects.filter(assignment=patrol.assignment)] == [member]
    assert User.objects.filter(pk=patrol.user_id).exists()


def test_assignment_deleted_takes_its_memberships_along(admin, patrol, staff_client):
    with audited((admin.email, "tenancy.assignment.delete"), (admin.email, "tenancy.membership.delete")):
        response = submit(staff_client(admin), page("assignment", "delete", patrol.assignment_id))

    assert saved(response, "assignment")
    assert not Membership.objects.filter(user=patrol.user).exists()
    assert User.objects.filter(pk=patrol.user_id).exists()


def test_membership_added_changed_and_deleted(admin, viewer, tenant, patrol, staff_client):
    session = staff_client(admin)
    typed = {"user": viewer.pk, "assignment": patrol.assignment_id}
    other = AssignmentFactory(tenant=tenant, role__type="viewer")

    with audited((admin.email, "tenancy.membership.add")):
        assert saved(submit(session, page("membership", "add"), **typed), "membership")
    membership = Membership.objects.get(user=viewer, assignment=patrol.assignment)
    with audited((admin.email, "tenancy.membership.change")):
        change = submit(session, page("membership", "change", membership.pk), assignment=other.pk)
    with audited((admin.email, "tenancy.membership.delete")):
        delete = submit(session, page("membership", "delete", membership.pk))

    assert saved(change, "membership")
    assert saved(delete, "membership")
    assert not Membership.objects.filter(pk=membership.pk).exists()


def test_person_added_with_a_role(admin, patrol, staff_client):
    typed = {"email": "Nils@Ward.example", "first_name": "Nils", "last_name": "New", "assignment": patrol.assignment_id}

    with audited((admin.email, "tenancy.user.add"), (admin.email, "tenancy.membership.add")):
        response = submit(staff_client(admin), page("user", "add"), **typed)

    person = User.objects.get(email="nils@ward.example")
    assert saved(response, "user")
    assert (person.first_name, person.last_name, person.is_active, person.is_staff) == ("Nils", "New", True, False)
    assert not person.has_usable_password()
    assert [row.assignment_id for row in person.memberships.all()] == [patrol.assignment_id]


def test_person_added_without_a_role_by_a_super_admin(super_admin, staff_client):
    with audited((super_admin.email, "tenancy.user.add")):
        response = submit(staff_client(super_admin), page("user", "add"), email="nils@ward.example")

    assert saved(response, "user")
    assert User.objects.get(email="nils@ward.example").memberships.count() == 0


def test_person_changed_with_roles_inline(owner, viewer, patrol, staff_client):
    typed = {"first_name": "Vera", "is_staff": None} | new_row("memberships", 1, assignment=patrol.assignment_id)

    with audited((owner.email, "tenancy.user.change"), (owner.email, "tenancy.membership.add")):
        response = submit(staff_client(owner), page("user", "change", viewer.pk), **typed)

    assert saved(response, "user")
    viewer.refresh_from_db()
    assert (viewer.first_name, viewer.is_staff) == ("Vera", False)
    assert viewer.memberships.count() == 2
    changes = AuditEntry.objects.get(action="tenancy.user.change").changes
    assert changes == {"first_name": ["Viewer", "Vera"], "is_staff": [True, False]}


@pytest.mark.parametrize("person", ["viewer", "member", "admin", "owner", "super_admin"])
def test_own_name_changed(people, staff_client, person):
    who = people[person]

    with audited((who.email, "tenancy.user.change")):
        response = submit(staff_client(who), page("user", "change", who.pk), first_name="Robin")

    who.refresh_from_db()
    assert saved(response, "user")
    assert who.first_name == "Robin"


def test_person_deleted_with_all_that_is_theirs(owner, patrol, staff_client):
    with audited((owner.email, "tenancy.user.delete"), (owner.email, "tenancy.membership.delete")):
        response = submit(staff_client(owner), page("user", "delete", patrol.user_id))

    assert saved(response, "user")
    assert not User.objects.filter(pk=patrol.user_id).exists()
    label = AuditEntry.objects.get(action="tenancy.user.delete").object_label
    assert label == "Nora Night"


def test_super_admin_made_by_a_super_admin(super_admin, owner, staff_client):
    with audited((super_admin.email, "tenancy.user.change")):
        response = submit(staff_client(super_admin), page("user", "change", owner.pk), is_superuser="on")

    owner.refresh_from_db()
    assert saved(response, "user")
    assert owner.is_superuser


def test_tenant_added_with_roles(super_admin, staff_client):
    typed = {"name": "Clinic", "time_zone": "Europe/Rome"} | new_row("roles", 0, name="Director", type="owner")

    with audited((super_admin.email, "tenancy.tenant.add"), (super_admin.email, "tenancy.role.add")):
        response = submit(staff_client(super_admin), page("tenant", "add"), **typed)

    tenant = Tenant.objects.get(name="Clinic")
    assert saved(response, "tenant")
    assert tenant.time_zone == "Europe/Rome"
    assert [(role.name, role.type) for role in tenant.roles.all()] == [("Director", "owner")]


def test_tenant_changed_with_roles_inline(owner, tenant, night_watch, staff_client):
    typed = (
        {"name": "St. Anna", "roles-2-name": "Staff"}
        | new_row("roles", 5, name="Guest", type="viewer")
        | new_row("assignments", 4, role=night_watch.pk)
    )

    with audited(
        (owner.email, "tenancy.tenant.change"),
        (owner.email, "tenancy.role.change"),
        (owner.email, "tenancy.role.add"),
        (owner.email, "tenancy.assignment.add"),
    ):
        response = submit(staff_client(owner), page("tenant", "change", tenant.pk), **typed)

    tenant.refresh_from_db()
    assert saved(response, "tenant")
    assert tenant.name == "St. Anna"
    assert set(tenant.roles.values_list("name", flat=True)) >= {"Staff", "Guest"}
    assert tenant.assignments.filter(role=night_watch, removed_at=None).exists()


def test_selected_rows_deleted(admin, tenant, staff_client):
    roles = [RoleFactory(tenant=tenant) for _ in range(3)]
    chosen = [role.pk for role in roles[:2]]
    sent = {"action": "delete_selected", "_selected_action": chosen}
    session = staff_client(admin)

    question = session.post(page("role", "changelist"), sent)
    with audited(*[(admin.email, "tenancy.role.delete")] * 2):
        response = session.post(page("role", "changelist"), sent | {"post": "yes"})

    assert question.status_code == 200
    assert saved(response, "role")
    assert not Role.objects.filter(pk__in=chosen).exists()
    assert Role.objects.filter(pk=roles[2].pk).exists()


def test_selected_assignments_taken_out_of_force(admin, tenant, staff_client):
    rows = [AssignmentFactory(tenant=tenant, role__type="viewer") for _ in range(3)]
    sent = {"action": "withdraw", "_selected_action": [row.pk for row in rows[:2]], "post": "yes"}
    session = staff_client(admin)

    with audited(*[(admin.email, "tenancy.assignment.remove")] * 2):
        response = session.post(page("assignment", "changelist"), sent)

    assert [(found.refused, found.text) for found in response.context["verdicts"]] == [(False, "Done")] * 2
    live = Assignment.objects.filter(pk__in=[row.pk for row in rows], removed_at=None)
    assert list(live) == [rows[2]]


def test_history_is_the_audit_trail(admin, owner, night_watch, staff_client):
    for person, name in ((admin, "Day watch"), (owner, "Late watch")):
        submit(staff_client(person), page("role", "change", night_watch.pk), name=name)

    response = staff_client(admin).get(page("role", "history", night_watch.pk))

    entries = [(entry.by_label, entry.changes) for entry in response.context["entries"]]
    assert response.status_code == 200
    assert entries == [
        (owner.email, {"name": ["Day watch", "Late watch"]}),
        (admin.email, {"name": ["Night watch", "Day watch"]}),
    ]
    text = response.content.decode()
    assert all(word in text for word in (owner.email, admin.email, "Night watch", "Late watch", "changed Name"))


def test_history_of_a_person_shows_no_secret(super_admin, viewer, staff_client):
    session = staff_client(super_admin)
    submit(session, page("user", "password", viewer.pk), password1=NEW_PASSWORD, password2=NEW_PASSWORD)

    response = session.get(page("user", "history", viewer.pk))

    assert [(entry.action, entry.changes) for entry in response.context["entries"]] == [("tenancy.user.password", {})]
    viewer.refresh_from_db()
    assert viewer.password not in response.content.decode()
