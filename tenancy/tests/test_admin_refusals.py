"""What a rule refuses comes back as an error of the form, in the rule's words, and nothing was written."""

from types import SimpleNamespace

import pytest
from django.urls import reverse

from tenancy.models import Assignment, Membership, Role
from tenancy.tests.doors import errors_on, messages_on, new_row, submit
from tenancy.tests.factories import AssignmentFactory, MembershipFactory, RoleFactory
from tenancy.tests.ledger import nothing_written

LAST_OWNER = "St. Anna Hospital would be left without an owner. Make somebody else an owner first."
TOO_LOW = "You hold the rank admin here and cannot grant or take away the rank owner."
OWN_ROLE = "You cannot change your own role."
DUPLICATE_ROLE = "There is already a role of this name."
IN_FORCE = "This role is already in force in this tenant."
HELD = "This person already holds this role."
BEYOND = "owner@ward.example has authority beyond yours; you cannot change this account."


def page(model: str, name: str, *args) -> str:
    return reverse(f"admin:tenancy_{model}_{name}", args=args)


@pytest.fixture
def ward(people, tenant, other_tenant):
    """The tenant's roles, their assignments and who holds them, by rank; and one role that is not in force."""
    live = {row.role.type: row for row in Assignment.objects.filter(tenant=tenant).select_related("role")}
    return SimpleNamespace(
        **people,
        tenant=tenant,
        live=live,
        role={rank: row.role for rank, row in live.items()},
        held={row.assignment.role.type: row for row in Membership.objects.filter(assignment__tenant=tenant)},
        idle=RoleFactory(tenant=tenant, name="Idle", type="viewer"),
        withdrawn=AssignmentFactory(tenant=tenant, role__name="Gone", removed_at="2026-01-01T00:00:00Z"),
        elsewhere=Assignment.objects.get(tenant=other_tenant, role__type="viewer"),
    )


# who, which page, what they type, what the form says
FORMS = {
    "role of a name that is taken": (
        "admin",
        lambda ward: page("role", "add"),
        lambda ward: {"tenant": ward.tenant.pk, "name": "Viewer", "type": "member"},
        DUPLICATE_ROLE,
    ),
    "role renamed to a name that is taken": (
        "admin",
        lambda ward: page("role", "change", ward.idle.pk),
        lambda ward: {"name": "Viewer"},
        DUPLICATE_ROLE,
    ),
    "role above one's own": (
        "admin",
        lambda ward: page("role", "add"),
        lambda ward: {"tenant": ward.tenant.pk, "name": "Chief", "type": "owner"},
        TOO_LOW,
    ),
    "role raised above one's own": (
        "admin",
        lambda ward: page("role", "change", ward.idle.pk),
        lambda ward: {"type": "owner"},
        TOO_LOW,
    ),
    "role above one's own renamed": (
        "admin",
        lambda ward: page("role", "change", ward.role["owner"].pk),
        lambda ward: {"name": "Chief"},
        TOO_LOW,
    ),
    "one's own role raised": (
        "owner",
        lambda ward: page("role", "change", ward.role["owner"].pk),
        lambda ward: {"type": "admin"},
        LAST_OWNER,
    ),
    "one's own role lowered": (
        "admin",
        lambda ward: page("role", "change", ward.role["admin"].pk),
        lambda ward: {"type": "viewer"},
        OWN_ROLE,
    ),
    "role of the platform by an owner": (
        "owner",
        lambda ward: page("role", "add"),
        lambda ward: {"tenant": "", "name": "Everywhere", "type": "viewer"},
        "You may not add this role.",
    ),
    "last owner's role lowered": (
        "super_admin",
        lambda ward: page("role", "change", ward.role["owner"].pk),
        lambda ward: {"type": "admin"},
        LAST_OWNER,
    ),
    "assignment of a role in force": (
        "admin",
        lambda ward: page("assignment", "add"),
        lambda ward: {"role": ward.role["viewer"].pk, "tenant": ward.tenant.pk},
        IN_FORCE,
    ),
    "assignment changed to a role in force": (
        "admin",
        lambda ward: page("assignment", "change", ward.live["member"].pk),
        lambda ward: {"role": ward.role["viewer"].pk},
        IN_FORCE,
    ),
    "assignment above one's own changed": (
        "admin",
        lambda ward: page("assignment", "change", ward.live["owner"].pk),
        lambda ward: {"role": ward.idle.pk},
        TOO_LOW,
    ),
    "assignment of another tenant's role": (
        "super_admin",
        lambda ward: page("assignment", "add"),
        lambda ward: {"role": ward.elsewhere.role_id, "tenant": ward.tenant.pk},
        lambda ward: f"Role with ID {ward.elsewhere.role_id} not found",
    ),
    "membership that is there already": (
        "admin",
        lambda ward: page("membership", "add"),
        lambda ward: {"user": ward.viewer.pk, "assignment": ward.live["viewer"].pk},
        HELD,
    ),
    "membership above one's own": (
        "admin",
        lambda ward: page("membership", "add"),
        lambda ward: {"user": ward.viewer.pk, "assignment": ward.live["owner"].pk},
        TOO_LOW,
    ),
    "membership for oneself above one's own": (
        "admin",
        lambda ward: page("membership", "add"),
        lambda ward: {"user": ward.admin.pk, "assignment": ward.live["owner"].pk},
        TOO_LOW,
    ),
    "membership of an owner lowered": (
        "admin",
        lambda ward: page("membership", "change", ward.held["owner"].pk),
        lambda ward: {"assignment": ward.live["viewer"].pk},
        TOO_LOW,
    ),
    "one's own membership lowered": (
        "admin",
        lambda ward: page("membership", "change", ward.held["admin"].pk),
        lambda ward: {"assignment": ward.live["viewer"].pk},
        OWN_ROLE,
    ),
    "last owner's membership lowered": (
        "super_admin",
        lambda ward: page("membership", "change", ward.held["owner"].pk),
        lambda ward: {"assignment": ward.live["viewer"].pk},
        LAST_OWNER,
    ),
    "membership of a role no longer in force": (
        "admin",
        lambda ward: page("membership", "add"),
        lambda ward: {"user": ward.viewer.pk, "assignment": ward.withdrawn.pk},
        "The role Gone is no longer in force in St. Anna Hospital.",
    ),
    "membership moved to another tenant": (
        "super_admin",
        lambda ward: page("membership", "change", ward.held["viewer"].pk),
        lambda ward: {"assignment": ward.elsewhere.pk},
        "A membership stays in its tenant; add the person to the other tenant instead.",
    ),
    "inline membership above one's own": (
        "admin",
        lambda ward: page("assignment", "change", ward.live["owner"].pk),
        lambda ward: new_row("memberships", 1, user=ward.viewer.pk),
        TOO_LOW,
    ),
    "inline membership of the last owner deleted": (
        "super_admin",
        lambda ward: page("assignment", "change", ward.live["owner"].pk),
        lambda ward: {"memberships-0-DELETE": "on"},
        LAST_OWNER,
    ),
    "inline membership of oneself deleted": (
        "admin",
        lambda ward: page("user", "change", ward.admin.pk),
        lambda ward: {"memberships-0-DELETE": "on"},
        OWN_ROLE,
    ),
    "inline membership given to another person": (
        "admin",
        lambda ward: page("assignment", "change", ward.live["viewer"].pk),
        lambda ward: {"memberships-0-user": ward.member.pk},
        "The user of this membership cannot be changed.",
    ),
    "inline assignment of a role in force": (
        "owner",
        lambda ward: page("tenant", "change", ward.tenant.pk),
        lambda ward: {"name": "New name"} | new_row("assignments", 5, role=ward.role["viewer"].pk),
        IN_FORCE,
    ),
    "inline role above one's own": (
        "admin",
        lambda ward: page("tenant", "change", ward.tenant.pk),
        lambda ward: {"name": "New name"} | new_row("roles", 6, name="Chief", type="owner"),
        TOO_LOW,
    ),
    "time zone that is none": (
        "owner",
        lambda ward: page("tenant", "change", ward.tenant.pk),
        lambda ward: {"time_zone": "Mars/Olympus"},
        "“Mars/Olympus” is not an IANA time zone; write for example “Europe/Berlin”.",
    ),
    "person of an address that is taken": (
        "admin",
        lambda ward: page("user", "add"),
        lambda ward: {"email": "OWNER@harbour.example", "assignment": ward.live["viewer"].pk},
        "This address is already taken.",
    ),
    "person without a role by an admin": (
        "admin",
        lambda ward: page("user", "add"),
        lambda ward: {"email": "new@ward.example", "assignment": ""},
        "This field is required.",
    ),
    "person with a role above one's own": (
        "admin",
        lambda ward: page("user", "add"),
        lambda ward: {"email": "new@ward.example", "assignment": ward.live["owner"].pk},
        TOO_LOW,
    ),
    "owner's account by an admin": (
        "admin",
        lambda ward: page("user", "change", ward.owner.pk),
        lambda ward: {"first_name": "Olga"},
        BEYOND,
    ),
    "oneself deactivated": (
        "admin",
        lambda ward: page("user", "change", ward.admin.pk),
        lambda ward: {"is_active": None},
        "You cannot change this about your own account: is_active.",
    ),
    "one's own address": (
        "member",
        lambda ward: page("user", "change", ward.member.pk),
        lambda ward: {"email": "boss@ward.example"},
        "You cannot change this about your own account: email.",
    ),
    "last owner deactivated": (
        "super_admin",
        lambda ward: page("user", "change", ward.owner.pk),
        lambda ward: {"is_active": None},
        LAST_OWNER,
    ),
}


@pytest.mark.parametrize("person, url, typed, error", FORMS.values(), ids=FORMS)
def test_refusal_is_an_error_of_the_form(ward, staff_client, person, url, typed, error):
    session = staff_client(getattr(ward, person))

    with nothing_written():
        response = submit(session, url(ward), **typed(ward))

    assert response.status_code == 200
    assert errors_on(response) == [error(ward) if callable(error) else error]
    assert errors_on(response)[0] in response.content.decode().replace("&#x27;", "'")


DELETIONS = {
    "membership above one's own": ("admin", lambda ward: ("membership", ward.held["owner"]), TOO_LOW),
    "one's own membership": ("admin", lambda ward: ("membership", ward.held["admin"]), OWN_ROLE),
    "last owner's membership": ("super_admin", lambda ward: ("membership", ward.held["owner"]), LAST_OWNER),
    "last owner's assignment": ("super_admin", lambda ward: ("assignment", ward.live["owner"]), LAST_OWNER),
    "one's own assignment": ("admin", lambda ward: ("assignment", ward.live["admin"]), OWN_ROLE),
    "last owner": ("super_admin", lambda ward: ("user", ward.owner), LAST_OWNER),
    "owner by an admin": ("admin", lambda ward: ("user", ward.owner), BEYOND),
    "oneself": ("super_admin", lambda ward: ("user", ward.super_admin), "You cannot delete your own account."),
}


@pytest.mark.parametrize("person, target, reason", DELETIONS.values(), ids=DELETIONS)
def test_refused_deletion_shows_the_reason(ward, staff_client, person, target, reason):
    model, row = target(ward)
    session = staff_client(getattr(ward, person))

    with nothing_written():
        response = session.post(page(model, "delete", row.pk), {"post": "yes"}, follow=True)

    assert response.status_code == 200
    assert response.redirect_chain == [(page(model, "delete", row.pk), 302)]
    assert messages_on(response) == [reason]


@pytest.mark.parametrize("person, target, reason", DELETIONS.values(), ids=DELETIONS)
def test_refused_deletion_of_selected_rows_deletes_none(ward, staff_client, person, target, reason):
    if person == "second owner":
        MembershipFactory(user=ward.member, assignment=ward.live["owner"])
        person = "member"
    model, row = target(ward)
    harmless = MembershipFactory(assignment=ward.live["viewer"])
    innocent = {"membership": harmless, "user": harmless.user, "assignment": ward.live["viewer"]}[model]
    session = staff_client(getattr(ward, person))
    sent = {"action": "delete_selected", "_selected_action": [innocent.pk, row.pk], "post": "yes"}

    with nothing_written():
        response = session.post(page(model, "changelist"), sent, follow=True)

    assert response.redirect_chain == [(page(model, "changelist"), 302)]
    assert messages_on(response) == [reason]


def test_last_owners_role_taken_out_of_force(ward, staff_client):
    sent = {"action": "withdraw", "_selected_action": [ward.live["owner"].pk]}
    session = staff_client(ward.super_admin)

    with nothing_written():
        question = session.post(page("assignment", "changelist"), sent)
        response = session.post(page("assignment", "changelist"), sent | {"post": "yes"})

    assert [verdict.text for _, verdict in question.context["rows"]] == [LAST_OWNER]
    assert [(found.refused, found.text) for found in response.context["verdicts"]] == [(True, LAST_OWNER)]


@pytest.mark.parametrize("person", ["admin", "owner", "super_admin"])
def test_role_in_force_cannot_be_deleted(ward, staff_client, person):
    session = staff_client(getattr(ward, person))

    with nothing_written():
        question = session.get(page("role", "delete", ward.role["viewer"].pk))
        answer = session.post(page("role", "delete", ward.role["viewer"].pk), {"post": "yes"})

    assert [question.status_code, answer.status_code] == [200, 200]
    assert len(question.context["protected"]) == 1
    assert "Viewer in St. Anna Hospital" in question.context["protected"][0]
    assert "Viewer in St. Anna Hospital" in answer.content.decode()
    assert Role.objects.filter(pk=ward.role["viewer"].pk).exists()
