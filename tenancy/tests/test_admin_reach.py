"""To staff, rows of another tenant are as if they did not exist: by address, by choice, by search and by form."""

import uuid
from types import SimpleNamespace

import pytest
from django.urls import reverse

from assignhub.models import AuditEntry
from tenancy import services
from tenancy.models import Assignment, Membership, SignIn
from tenancy.tests.doors import errors_on, messages_on, new_row, submit, tokens_of
from tenancy.tests.factories import AssignmentFactory, RoleFactory
from tenancy.tests.ledger import nothing_written

NOT_A_CHOICE = "Select a valid choice. That choice is not one of the available choices."


def page(model: str, name: str, *args) -> str:
    return reverse(f"admin:tenancy_{model}_{name}", args=args)


def rows_of(person, tenant) -> SimpleNamespace:
    membership = Membership.objects.select_related("assignment__role").get(user=person)
    assignment = membership.assignment
    return SimpleNamespace(
        user=person, tenant=tenant, role=assignment.role, assignment=assignment, membership=membership
    )


@pytest.fixture
def own(owner, tenant):
    return rows_of(owner, tenant)


@pytest.fixture
def foreign(stranger, other_tenant):
    return rows_of(stranger, other_tenant)


@pytest.mark.parametrize(
    "model, name",
    [
        (model, name)
        for model in ("user", "tenant", "role", "assignment", "membership")
        for name in ("change", "history", "delete")
        # Whoever is no super admin deletes no tenant, whichever it is.
        if (model, name) != ("tenant", "delete")
    ],
)
def test_foreign_row_answers_like_a_missing_one(owner, foreign, staff_client, model, name):
    session = staff_client(owner)
    keys = [getattr(foreign, model).pk, uuid.uuid4()]

    with nothing_written():
        shown = [session.get(page(model, name, key), follow=True) for key in keys]
        sent = [session.post(page(model, name, key), {"post": "yes", "name": "X"}, follow=True) for key in keys]

    for answers in (shown, sent):
        told = [messages_on(answer)[0].replace(str(key), "ID") for answer, key in zip(answers, keys, strict=True)]
        assert [answer.redirect_chain for answer in answers] == [[("/admin/", 302)]] * 2
        assert told[0] == told[1]
        assert "with ID “ID” doesn’t exist" in told[0]


def test_foreign_audit_entry_does_not_exist(owner, super_admin, other_tenant, staff_client):
    services.tenants.update(other_tenant, by=super_admin, name="New name")
    entry = AuditEntry.objects.get(tenant_id=other_tenant.pk)

    response = staff_client(owner).get(reverse("admin:assignhub_auditentry_change", args=[entry.pk]))

    assert (response.status_code, response["Location"]) == (302, "/admin/")


@pytest.mark.parametrize("person, status", [("owner", 302), ("member", 200), ("super_admin", 200)])
def test_sign_in_shows_to_its_owner_and_super_admins(people, staff_client, person, status):
    tokens_of(people["member"])

    response = staff_client(people[person]).get(page("signin", "change", SignIn.objects.get(kind="token").pk))

    assert response.status_code == status


FOREIGN_CHOICES = {
    "role in a tenant": lambda own, foreign: (
        page("role", "add"),
        {"tenant": foreign.tenant.pk, "name": "Mine", "type": "viewer"},
    ),
    "role into force": lambda own, foreign: (
        page("assignment", "add"),
        {"tenant": own.tenant.pk, "role": foreign.role.pk},
    ),
    "assignment in a tenant": lambda own, foreign: (
        page("assignment", "add"),
        {"tenant": foreign.tenant.pk, "role": own.role.pk},
    ),
    "assignment to a role": lambda own, foreign: (
        page("assignment", "change", own.assignment.pk),
        {"role": foreign.role.pk},
    ),
    "membership of a person": lambda own, foreign: (
        page("membership", "add"),
        {"user": foreign.user.pk, "assignment": own.assignment.pk},
    ),
    "membership in an assignment": lambda own, foreign: (
        page("membership", "add"),
        {"user": own.user.pk, "assignment": foreign.assignment.pk},
    ),
    "membership to an assignment": lambda own, foreign: (
        page("membership", "change", own.membership.pk),
        {"assignment": foreign.assignment.pk},
    ),
    "person with a role": lambda own, foreign: (
        page("user", "add"),
        {"email": "new@ward.example", "assignment": foreign.assignment.pk},
    ),
    "inline membership of a person": lambda own, foreign: (
        page("assignment", "change", own.assignment.pk),
        new_row("memberships", 1, user=foreign.user.pk),
    ),
    "inline membership in an assignment": lambda own, foreign: (
        page("user", "change", own.user.pk),
        new_row("memberships", 1, assignment=foreign.assignment.pk),
    ),
    "inline assignment of a role": lambda own, foreign: (
        page("tenant", "change", own.tenant.pk),
        new_row("assignments", 4, role=foreign.role.pk),
    ),
}


@pytest.mark.parametrize("choice", FOREIGN_CHOICES.values(), ids=FOREIGN_CHOICES)
def test_foreign_row_is_no_choice(own, foreign, staff_client, choice):
    url, typed = choice(own, foreign)
    session = staff_client(own.user)

    with nothing_written():
        response = submit(session, url, **typed)

    assert response.status_code == 200
    assert errors_on(response) == [NOT_A_CHOICE]
    assert "Harbour" not in response.content.decode()


def test_roles_offered_to_a_new_person_are_those_in_force_here(own, foreign, staff_client):
    AssignmentFactory(tenant=own.tenant, role__name="Gone", removed_at="2026-01-01T00:00:00Z")

    form = staff_client(own.user).get(page("user", "add")).context["adminform"].form

    live = Assignment.objects.filter(tenant=own.tenant, removed_at=None)
    assert set(form.fields["assignment"].queryset) == set(live)


@pytest.mark.parametrize(
    "model, field, names",
    [
        ("role", "tenant", ["St. Anna Hospital"]),
        ("assignment", "role", ["Admin", "Member", "Owner", "Viewer"]),
        ("assignment", "tenant", ["St. Anna Hospital"]),
        ("membership", "user", ["Owner Example"]),
        (
            "membership",
            "assignment",
            [f"{rank} in St. Anna Hospital" for rank in ("Admin", "Member", "Owner", "Viewer")],
        ),
    ],
)
def test_autocomplete_offers_own_rows(own, foreign, staff_client, model, field, names):
    query = {"app_label": "tenancy", "model_name": model, "field_name": field}
    session = staff_client(own.user)

    offered = session.get("/admin/autocomplete/", query).json()["results"]
    sought = session.get("/admin/autocomplete/", query | {"term": "harbour"}).json()["results"]

    assert sorted(row["text"] for row in offered) == names
    assert sought == []


def test_autocomplete_without_a_role(own, staff_client):
    session = staff_client(own.user)
    own.membership.delete()

    response = session.get(
        "/admin/autocomplete/", {"app_label": "tenancy", "model_name": "role", "field_name": "tenant"}
    )

    assert response.status_code == 302


@pytest.mark.parametrize(
    "model, parameter, pick",
    [
        ("role", "tenant__id__exact", "tenant"),
        ("assignment", "tenant__id__exact", "tenant"),
        ("membership", "assignment__tenant__id__exact", "tenant"),
    ],
)
def test_filter_by_a_foreign_row_shows_nothing(own, foreign, staff_client, model, parameter, pick):
    session = staff_client(own.user)

    answers = [session.get(page(model, "changelist"), {parameter: getattr(rows, pick).pk}) for rows in (own, foreign)]

    assert [answer.status_code for answer in answers] == [200, 200]
    assert [bool(answer.context["cl"].result_count) for answer in answers] == [True, False]
    assert "Harbour" not in answers[1].content.decode()


@pytest.mark.parametrize(
    "model, lookup",
    [
        ("user", "password__startswith=p"),
        ("user", "last_login__gte=2026-01-01"),
        ("user", "memberships__assignment__tenant__name=Harbour+Incubator"),
        ("user", "sign_ins__address=127.0.0.1"),
        ("membership", "user__password__startswith=p"),
        ("signin", "refresh_id__startswith=a"),
        ("signin", "password_stamp=a"),
    ],
)
def test_filter_by_a_secret(owner, staff_client, model, lookup):
    response = staff_client(owner).get(f"{page(model, 'changelist')}?{lookup}")

    assert response.status_code == 400


@pytest.mark.parametrize("model", ["user", "tenant", "role", "assignment", "membership"])
def test_search_finds_own_rows_only(own, foreign, staff_client, model):
    session = staff_client(own.user)

    shown = session.get(page(model, "changelist"), {"q": "harbour"})

    assert shown.status_code == 200
    assert list(shown.context["cl"].result_list) == []


def test_site_search_names_pages_and_no_rows(own, foreign, staff_client):
    session = staff_client(own.user)

    found = {word: session.get("/admin/search/", {"s": word}).content.decode() for word in ("member", "anna", "harb")}

    assert page("membership", "changelist") in found["member"]
    assert "Hospital" not in found["anna"]
    assert "Incubator" not in found["harb"]


@pytest.mark.parametrize("action", ["delete_selected", "withdraw"])
@pytest.mark.parametrize("everything", ["0", "1"])
def test_action_leaves_foreign_rows_alone(own, foreign, staff_client, action, everything):
    spare = AssignmentFactory(tenant=own.tenant, role__type="viewer")
    session = staff_client(own.user)
    sent = {"action": action, "_selected_action": [foreign.assignment.pk, spare.pk], "post": "yes"}

    session.post(f"{page('assignment', 'changelist')}?q={spare.role.name}", sent | {"select_across": everything})

    foreign.assignment.refresh_from_db()
    assert foreign.assignment.removed_at is None
    assert not Assignment.objects.filter(pk=spare.pk, removed_at=None).exists()


@pytest.mark.parametrize("typed", [{"memberships-0-DELETE": "on"}, {"memberships-0-user": ""}, {}])
def test_inline_with_the_key_of_a_foreign_row(own, foreign, staff_client, typed):
    session = staff_client(own.user)
    url = page("assignment", "change", own.assignment.pk)

    with nothing_written():
        response = submit(session, url, **{"memberships-0-id": foreign.membership.pk}, **typed)

    assert response.status_code in (200, 302)


def test_row_stays_in_its_tenant_whatever_is_sent(own, foreign, super_admin, staff_client):
    role = RoleFactory(tenant=own.tenant, name="Night watch", type="viewer")

    submit(staff_client(super_admin), page("role", "change", role.pk), tenant=foreign.tenant.pk, name="Day watch")

    role.refresh_from_db()
    assert (role.tenant, role.name) == (own.tenant, "Day watch")
