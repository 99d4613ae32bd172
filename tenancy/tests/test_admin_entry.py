"""Who may enter the admin, and what it then shows to whom."""

import pytest
from django.test import Client
from django.urls import reverse

from assignhub.models import AuditEntry
from assignhub.testing import PASSWORD
from tenancy import services
from tenancy.models import Assignment, Membership, Role, Tenant, User
from tenancy.tests.doors import tokens_of
from tenancy.tests.factories import RoleFactory

RECORDS = ("user", "tenant", "role", "assignment", "membership")
LOGIN_PAGE = "/admin/login/?next=/admin/"


def page(model: str, name: str, *args) -> str:
    return reverse(f"admin:tenancy_{model}_{name}", args=args)


def listed(response) -> list[str]:
    return sorted(str(row) for row in response.context["cl"].result_list)


@pytest.mark.parametrize("person", ["viewer", "member", "admin", "owner", "super_admin"])
def test_staff_with_a_role_enter(people, staff_client, person):
    assert staff_client(people[person]).get("/admin/").status_code == 200


@pytest.mark.parametrize(
    "change",
    [
        {"is_staff": False},
        {"is_active": False},
        {"is_superuser": True, "is_staff": False},
    ],
)
def test_others_are_sent_to_the_login_page(owner, staff_client, change):
    User.objects.filter(pk=owner.pk).update(**change)

    response = staff_client(owner).get("/admin/")

    assert (response.status_code, response["Location"]) == (302, LOGIN_PAGE)


def test_staff_without_a_role_do_not_enter(owner, staff_client):
    owner.memberships.all().delete()

    response = staff_client(owner).get("/admin/")

    assert (response.status_code, response["Location"]) == (302, LOGIN_PAGE)


def test_role_taken_out_of_force_ends_entry_with_the_next_request(admin, tenant, owner, staff_client):
    session = staff_client(admin)
    assert session.get(page("user", "changelist")).status_code == 200

    services.assignments.withdraw(Assignment.objects.get(tenant=tenant, role__type="admin"), by=owner)

    assert session.get(page("user", "changelist")).status_code == 302


@pytest.mark.parametrize("typed", ["owner@ward.example", "OWNER@Ward.example"])
def test_login_page_lets_staff_in(owner, typed):
    browser = Client()

    response = browser.post(LOGIN_PAGE, {"username": typed, "password": PASSWORD, "next": "/admin/"})

    assert (response.status_code, response["Location"]) == (302, "/admin/")
    assert browser.get("/admin/").status_code == 200


@pytest.mark.parametrize(
    "change, password",
    [({"is_staff": False}, PASSWORD), ({"is_active": False}, PASSWORD), ({}, "guess")],
    ids=["not staff", "inactive", "wrong password"],
)
def test_login_page_refusals_look_alike(owner, change, password):
    User.objects.filter(pk=owner.pk).update(**change)
    browser = Client()

    response = browser.post(LOGIN_PAGE, {"username": owner.email, "password": password})

    assert response.status_code == 200
    assert response.context["form"].non_field_errors() == [
        "This e-mail address and password are not those of an active account of the staff."
    ]
    assert browser.get("/admin/").status_code == 302


@pytest.mark.parametrize("model", [*RECORDS, "signin"])
def test_nobody_signed_out_sees_a_list(db, model):
    response = Client().get(page(model, "changelist"))

    assert response.status_code == 302
    assert response["Location"].startswith("/admin/login/")


@pytest.mark.parametrize("person", ["viewer", "member", "admin", "owner"])
def test_lists_show_ones_own_tenants(people, staff_client, tenant, person):
    session = staff_client(people[person])

    shown = {model: listed(session.get(page(model, "changelist"))) for model in RECORDS}

    assert shown == {
        "user": ["Admin Example", "Member Example", "Owner Example", "Viewer Example"],
        "tenant": ["St. Anna Hospital"],
        "role": ["Admin", "Member", "Owner", "Viewer"],
        "assignment": [f"{rank} in St. Anna Hospital" for rank in ("Admin", "Member", "Owner", "Viewer")],
        "membership": [
            f"{rank} Example: {rank} in St. Anna Hospital" for rank in ("Admin", "Member", "Owner", "Viewer")
        ],
    }


def test_lists_show_a_super_admin_everything(people, staff_client):
    session = staff_client(people["super_admin"])

    counts = {model: len(listed(session.get(page(model, "changelist")))) for model in RECORDS}

    assert counts == {
        "user": User.objects.count(),
        "tenant": 2,
        "role": Role.objects.count(),
        "assignment": Assignment.objects.count(),
        "membership": Membership.objects.count(),
    }
    assert counts["user"] == 6


def test_roles_of_the_platform_show_in_every_tenant(owner, staff_client):
    RoleFactory(tenant=None, name="Auditor")

    shown = listed(staff_client(owner).get(page("role", "changelist")))

    assert shown == ["Admin", "Auditor", "Member", "Owner", "Viewer"]


def test_person_of_two_tenants_is_listed_once(owner, stranger, tenant, staff_client):
    for rank in ("viewer", "member"):
        Membership.objects.create(user=stranger, assignment=Assignment.objects.get(tenant=tenant, role__type=rank))

    shown = listed(staff_client(stranger).get(page("user", "changelist")))

    assert shown == ["Owner Example", "Owner Example"]


def test_sign_ins_show_to_their_owner_and_super_admins(owner, member, super_admin, staff_client):
    for person in (owner, member):
        tokens_of(person)

    shown = {person.email: staff_client(person).get(page("signin", "changelist")) for person in (owner, super_admin)}

    listed = {
        email: sorted((row.user.email, row.kind) for row in answer.context["cl"].result_list)
        for email, answer in shown.items()
    }
    own = [(owner.email, "browser"), (owner.email, "token")]
    others = [(member.email, "token"), *own, (super_admin.email, "browser")]
    assert listed == {owner.email: own, super_admin.email: others}


def test_audit_trail_shows_ones_own_tenants(people, tenant, other_tenant, staff_client):
    for place in (tenant, other_tenant):
        services.tenants.update(place, by=people["super_admin"], name=f"New {place.name}")
    trail = reverse("admin:assignhub_auditentry_changelist")

    answers = {name: staff_client(person).get(trail) for name, person in people.items() if person}

    assert {name: answer.status_code for name, answer in answers.items()} == {
        "viewer": 403,
        "member": 403,
        "admin": 200,
        "owner": 200,
        "super_admin": 200,
        "stranger": 200,
    }
    labels = {
        name: [entry.object_label for entry in answer.context["cl"].result_list]
        for name, answer in answers.items()
        if answer.status_code == 200
    }
    assert labels["admin"] == labels["owner"] == ["New St. Anna Hospital"]
    assert labels["stranger"] == ["New Harbour Incubator"]
    assert labels["super_admin"] == ["New Harbour Incubator", "New St. Anna Hospital"]


def test_audit_trail_is_to_be_read_only(super_admin, tenant, staff_client):
    services.tenants.update(tenant, by=super_admin, name="New name")
    entry = AuditEntry.objects.get()
    session = staff_client(super_admin)
    change, delete = (reverse(f"admin:assignhub_auditentry_{name}", args=[entry.pk]) for name in ("change", "delete"))

    shown = session.get(change)
    answers = [
        session.post(change, {"by_label": "nobody"}),
        session.post(delete, {"post": "yes"}),
        session.get(reverse("admin:assignhub_auditentry_add")),
    ]

    assert shown.status_code == 200
    assert "New name" in shown.content.decode()
    assert [answer.status_code for answer in answers] == [403, 403, 403]
    assert AuditEntry.objects.get() == entry


@pytest.mark.parametrize(
    "person, allowed",
    [
        ("viewer", set()),
        ("member", set()),
        ("admin", {"user", "role", "assignment", "membership"}),
        ("owner", {"user", "role", "assignment", "membership"}),
        ("super_admin", {"user", "tenant", "role", "assignment", "membership"}),
    ],
)
def test_add_pages_open_by_role(people, staff_client, person, allowed):
    session = staff_client(people[person])

    statuses = {model: session.get(page(model, "add")).status_code for model in (*RECORDS, "signin")}

    assert statuses == {model: 200 if model in allowed else 403 for model in (*RECORDS, "signin")}


@pytest.mark.parametrize("person", ["viewer", "member", "admin", "owner"])
def test_tenants_are_made_and_deleted_by_super_admins_only(people, tenant, staff_client, person):
    session = staff_client(people[person])

    answers = [
        session.post(page("tenant", "add"), {"name": "Mine", "time_zone": "UTC"}),
        session.post(page("tenant", "delete", tenant.pk), {"post": "yes"}),
    ]

    assert [answer.status_code for answer in answers] == [403, 403]
    assert sorted(Tenant.objects.values_list("name", flat=True)) == ["Harbour Incubator", "St. Anna Hospital"]
