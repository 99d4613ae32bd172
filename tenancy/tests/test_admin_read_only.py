"""What a role may see but not change: shown without fields, and refused whatever is sent."""

import pytest
from django.urls import reverse

from tenancy.models import Assignment, Membership, SignIn
from tenancy.tests.doors import errors_on, form_on, new_row, submit, tokens_of
from tenancy.tests.factories import RoleFactory
from tenancy.tests.ledger import audited, nothing_written

MODELS = ["user", "tenant", "role", "assignment", "membership"]


def page(model: str, name: str, *args) -> str:
    return reverse(f"admin:tenancy_{model}_{name}", args=args)


def typed_into(response) -> set[str]:
    """The fields of a form that somebody could type into."""
    hidden = ("csrfmiddlewaretoken", "s")
    return {name for name in form_on(response) if name not in hidden and "-" not in name}


@pytest.fixture
def rows(tenant, owner):
    membership = Membership.objects.get(user=owner)
    return {
        "user": owner,
        "tenant": tenant,
        "role": membership.assignment.role,
        "assignment": membership.assignment,
        "membership": membership,
    }


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("person", ["viewer", "member"])
def test_lower_roles_look_and_do_not_touch(people, rows, staff_client, person, model):
    session, key = staff_client(people[person]), rows[model].pk
    sent = {"name": "X", "first_name": "X", "email": "x@ward.example", "time_zone": "UTC", "type": "viewer"}

    with nothing_written():
        shown = session.get(page(model, "change", key))
        refused = [
            session.post(page(model, "change", key), sent),
            session.post(page(model, "add"), sent),
            session.get(page(model, "delete", key)),
            session.post(page(model, "delete", key), {"post": "yes"}),
        ]
        chosen = {"action": "delete_selected", "_selected_action": key, "post": "yes"}
        session.post(page(model, "changelist"), chosen)

    assert shown.status_code == 200
    assert typed_into(shown) == set()
    assert "_save" not in shown.content.decode()
    assert [answer.status_code for answer in refused] == [403, 403, 403, 403]


@pytest.mark.parametrize("person", ["viewer", "member"])
def test_lower_roles_take_nothing_out_of_force(people, rows, staff_client, person):
    session = staff_client(people[person])

    with nothing_written():
        session.post(
            page("assignment", "changelist"), {"action": "withdraw", "_selected_action": rows["assignment"].pk}
        )


@pytest.mark.parametrize("person", ["viewer", "member"])
def test_own_page_changes_the_name_and_no_role(people, tenant, staff_client, person):
    who = people[person]
    role = Assignment.objects.get(tenant=tenant, role__type="owner")
    typed = {"first_name": "Robin", "memberships-0-DELETE": "on"} | new_row("memberships", 1, assignment=role.pk)

    with audited((who.email, "tenancy.user.change")):
        submit(staff_client(who), page("user", "change", who.pk), **typed)

    who.refresh_from_db()
    assert who.first_name == "Robin"
    assert [row.assignment.role.type for row in who.memberships.all()] == [person]


@pytest.mark.parametrize("person", ["viewer", "member", "admin", "owner"])
def test_nobody_makes_themselves_a_super_admin(people, staff_client, person):
    who = people[person]
    session = staff_client(who)

    with nothing_written():
        response = submit(session, page("user", "change", who.pk), is_superuser="on")

    who.refresh_from_db()
    assert response.status_code == 302
    assert not who.is_superuser


@pytest.mark.parametrize("person", ["admin", "owner"])
def test_nobody_but_a_super_admin_makes_one(people, staff_client, person):
    url = page("user", "change", people["viewer"].pk)
    session = staff_client(people[person])

    with nothing_written():
        response = submit(session, url, is_superuser="on")

    assert response.status_code == 302
    assert "is_superuser" not in form_on(session.get(url))


@pytest.mark.parametrize("person", ["viewer", "member", "admin", "owner"])
@pytest.mark.parametrize("change", [{"is_staff": None}, {"email": "other@ward.example"}, {"is_active": None}])
def test_nobody_changes_this_about_themselves(people, staff_client, person, change):
    who = people[person]
    session = staff_client(who)

    with nothing_written():
        response = submit(session, page("user", "change", who.pk), **change)

    assert response.status_code == 200
    assert errors_on(response) == [f"You cannot change this about your own account: {next(iter(change))}."]


@pytest.mark.parametrize("person", ["viewer", "member", "admin", "owner"])
def test_role_of_the_platform_is_for_super_admins(people, tenant, staff_client, person):
    shared = RoleFactory(tenant=None, name="Auditor", type="viewer")
    session = staff_client(people[person])

    with nothing_written():
        shown = session.get(page("role", "change", shared.pk))
        refused = [
            session.post(page("role", "change", shared.pk), {"name": "Mine", "type": "owner"}),
            session.get(page("role", "delete", shared.pk)),
            session.post(page("role", "delete", shared.pk), {"post": "yes"}),
        ]
        chosen = {"action": "delete_selected", "_selected_action": shared.pk, "post": "yes"}
        session.post(page("role", "changelist"), chosen)

    assert shown.status_code == 200
    assert typed_into(shown) == set()
    assert [answer.status_code for answer in refused] == [403, 403, 403]


@pytest.mark.parametrize("person", ["admin", "owner"])
def test_role_of_the_platform_put_into_force(people, tenant, staff_client, person):
    shared = RoleFactory(tenant=None, name="Auditor", type="viewer")
    who = people[person]

    with audited((who.email, "tenancy.assignment.add")):
        submit(staff_client(who), page("assignment", "add"), role=shared.pk, tenant=tenant.pk)

    assert Assignment.objects.get(role=shared).tenant == tenant


@pytest.mark.parametrize("person", ["member", "owner", "super_admin"])
def test_sign_in_is_to_be_read_only(people, staff_client, person):
    tokens_of(people[person])
    key = SignIn.objects.get(user=people[person]).pk
    session = staff_client(people[person])

    with nothing_written():
        shown = session.get(page("signin", "change", key))
        refused = [
            session.post(page("signin", "change", key), {"ended_at": ""}),
            session.post(page("signin", "add"), {"user": people[person].pk}),
            session.post(page("signin", "delete", key), {"post": "yes"}),
        ]

    assert shown.status_code == 200
    assert [answer.status_code for answer in refused] == [403, 403, 403]
    assert SignIn.objects.filter(pk=key, ended_at=None).exists()
