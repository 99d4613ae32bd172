"""The endpoints of people."""

import pytest

from assignhub import audit
from scheduling.models import Employee
from tenancy.models import SignIn, User
from tenancy.tests import bodies
from tenancy.tests.factories import AssignmentFactory, MembershipFactory, UserFactory
from tenancy.tests.ledger import audited, nothing_written

ADA = {
    "email": "Ada@Ward.Example",
    "firstName": "Ada",
    "lastName": "Lovelace",
    "avatarUrl": "https://pictures.example/ada.png",
}


@pytest.fixture
def colleague(tenant):
    """Somebody whom the tenant's admins may manage."""
    return MembershipFactory(assignment__tenant=tenant, user__email="colleague@ward.example").user


def test_create_makes_a_person_with_a_role(admin, tenant, api):
    held = AssignmentFactory(tenant=tenant)
    body = ADA | {"isStaff": True, "password": "an umbrella in may", "assignmentId": str(held.pk)}

    with audited((admin.email, "tenancy.user.add"), (admin.email, "tenancy.membership.add")):
        response = api(admin).post("/users", body)

    assert response.status_code == 200
    created = User.objects.get(email="ada@ward.example")
    assert (created.first_name, created.last_name, created.is_staff) == ("Ada", "Lovelace", True)
    assert created.check_password("an umbrella in may")
    assert created.memberships.get().assignment == held
    assert response.json() == bodies.success(bodies.user(created))


def test_create_without_a_password_makes_an_account_nobody_can_sign_in_to(admin, tenant, api):
    held = AssignmentFactory(tenant=tenant)

    response = api(admin).post("/users", {"email": "ada@ward.example", "assignmentId": str(held.pk)})

    assert response.status_code == 200
    created = User.objects.get(email="ada@ward.example")
    assert not created.has_usable_password()
    assert response.json() == bodies.success(bodies.user(created))


def test_create_without_a_role_is_the_platforms(super_admin, api):
    with audited((super_admin.email, "tenancy.user.add")):
        response = api(super_admin).post("/users", ADA)

    assert response.status_code == 200
    created = User.objects.get(email="ada@ward.example")
    assert not created.memberships.exists()
    assert response.json() == bodies.success(bodies.user(created))


@pytest.mark.parametrize("person", ["admin", "owner"])
def test_create_without_a_role_by_a_tenant_is_refused(people, api, person):
    client = api(people[person])

    with nothing_written():
        response = client.post("/users", ADA)

    assert response.status_code == 400
    text = "Say which role the new person holds: only super admins create people without one."
    assert response.json() == bodies.problem(400, text, "REQUIRED")


@pytest.mark.parametrize("email", ["colleague@ward.example", "COLLEAGUE@Ward.example", " colleague@ward.example "])
def test_create_with_an_address_that_is_taken_is_refused(super_admin, colleague, api, email):
    client = api(super_admin)

    with nothing_written():
        response = client.post("/users", ADA | {"email": email})

    assert response.status_code == 409
    assert response.json() == bodies.problem(409, "email: This address is already taken.")


@pytest.mark.parametrize(
    "change, text",
    [
        ({"email": ""}, "email: This field may not be blank."),
        ({"email": None}, "email: This field may not be null."),
        ({"email": "ada"}, "email: Enter a valid email address."),
        ({"firstName": None}, "firstName: This field may not be null."),
        ({"firstName": "x" * 151}, "firstName: Ensure this field has no more than 150 characters."),
        ({"lastName": ["Lovelace"]}, "lastName: Not a valid string."),
        ({"avatarUrl": "javascript:alert(1)"}, "avatarUrl: Enter a valid URL."),
        ({"avatarUrl": "ftp://pictures.example/ada.png"}, "avatarUrl: Enter a valid URL."),
        ({"isActive": "perhaps"}, "isActive: Must be a valid boolean."),
        ({"isStaff": None}, "isStaff: This field may not be null."),
    ],
)
@pytest.mark.parametrize("method", ["post", "patch"])
def test_wrong_values_are_refused(super_admin, colleague, api, method, change, text):
    client = api(super_admin)

    with nothing_written():
        if method == "post":
            response = client.post("/users", ADA | change)
        else:
            response = client.patch(f"/users/{colleague.pk}", change)

    assert response.status_code == 400
    assert response.json() == bodies.problem(400, text)


@pytest.mark.parametrize(
    "password, text",
    [
        ("a7-Kq", "This password is too short. It must contain at least 8 characters."),
        ("password123", "This password is too common."),
        ("ada@ward.example", "The password is too similar to the e-mail address."),
        ("31415926535", "This password is entirely numeric."),
    ],
)
def test_create_with_a_weak_password_is_refused(super_admin, api, password, text):
    client = api(super_admin)

    with nothing_written():
        response = client.post("/users", ADA | {"password": password})

    assert response.status_code == 400
    assert response.json() == bodies.problem(400, f"password: {text}")


@pytest.mark.parametrize("person", ["viewer", "member", "admin", "owner", "super_admin"])
def test_retrieve_shows_the_person(people, colleague, api, person):
    response = api(people[person]).get(f"/users/{colleague.pk}")

    assert response.status_code == 200
    assert response.json() == bodies.success(bodies.user(colleague))


def test_list_holds_the_people_of_ones_tenants_once_each_newest_first(viewer, stranger, colleague, tenant, api):
    MembershipFactory(user=colleague, assignment__tenant=tenant)

    response = api(viewer).get("/users")

    assert response.status_code == 200
    assert response.json() == bodies.page([bodies.user(colleague), bodies.user(viewer)], count=2)


@pytest.mark.parametrize(
    "query, emails",
    [
        ("search=WARD.example", ["colleague@ward.example", "viewer@ward.example", "member@ward.example"]),
        ("search=Viewer", ["viewer@ward.example"]),
        ("search=nobody", []),
        ("isActive=false", ["member@ward.example"]),
        ("isActive=true", ["colleague@ward.example", "viewer@ward.example"]),
        ("sortBy=email&sortOrder=ASC&take=2", ["colleague@ward.example", "member@ward.example"]),
        ("sortBy=lastName&sortOrder=DESC&take=1", ["colleague@ward.example"]),
    ],
)
def test_list_follows_its_parameters(member, viewer, colleague, api, query, emails):
    User.objects.filter(pk=member.pk).update(is_active=False)
    User.objects.filter(pk=colleague.pk).update(last_name="Zuse")

    response = api(viewer).get(f"/users?{query}")

    assert response.status_code == 200
    assert response.json()["data"] == [bodies.user(User.objects.get(email=email)) for email in emails]


def test_patch_changes_the_person(admin, colleague, api):
    with audited((admin.email, "tenancy.user.change")):
        response = api(admin).patch(f"/users/{colleague.pk}", ADA | {"isStaff": True})

    assert response.status_code == 200
    stored = User.objects.get(pk=colleague.pk)
    assert (stored.email, stored.first_name, stored.is_staff) == ("ada@ward.example", "Ada", True)
    assert response.json() == bodies.success(bodies.user(stored))


def test_patch_does_not_change_a_password(super_admin, colleague, api):
    client = api(super_admin)

    with nothing_written():
        response = client.patch(f"/users/{colleague.pk}", {"password": "an umbrella in may"})

    assert response.status_code == 200
    assert response.json() == bodies.success(bodies.user(colleague))


@pytest.mark.parametrize("person", ["viewer", "member", "admin", "owner", "super_admin"])
def test_everybody_keeps_their_own_profile(people, api, person):
    own = people[person]
    profile = {"firstName": "New", "lastName": "Name", "avatarUrl": "https://pictures.example/new.png"}

    with audited((own.email, "tenancy.user.change")):
        response = api(own).patch(f"/users/{own.pk}", profile)

    assert response.status_code == 200
    assert response.json() == bodies.success(bodies.user(own) | profile)


def test_deactivation_ends_access_with_the_next_request(admin, colleague, api):
    client = api(colleague)
    assert client.get("/assignments").status_code == 200

    with audited((admin.email, "tenancy.user.change"), (admin.email, "tenancy.signin.end")):
        response = api(admin).patch(f"/users/{colleague.pk}", {"isActive": False})

    assert response.status_code == 200
    assert response.json() == bodies.success(bodies.user(colleague) | {"isActive": False})
    assert client.get("/assignments").status_code == 401
    assert not SignIn.objects.filter(user=colleague, ended_at=None).exists()


def test_reactivation_does_not_bring_back_old_tokens(admin, colleague, api):
    client = api(colleague)
    api(admin).patch(f"/users/{colleague.pk}", {"isActive": False})

    response = api(admin).patch(f"/users/{colleague.pk}", {"isActive": True})

    assert response.status_code == 200
    assert client.get("/assignments").status_code == 401


def test_delete_answers_with_the_deleted_person(admin, colleague, api):
    client, expected = api(colleague), bodies.user(colleague)

    with audited(
        (admin.email, "tenancy.user.delete"),
        (admin.email, "tenancy.membership.delete"),
        (admin.email, "tenancy.signin.delete"),
    ):
        response = api(admin).delete(f"/users/{colleague.pk}")

    assert response.status_code == 200
    assert response.json() == bodies.success(expected)
    assert not User.objects.filter(pk=colleague.pk).exists()
    assert client.get("/assignments").status_code == 401


def test_delete_leaves_an_entry_for_each_row_that_referred_to_the_person(admin, tenant, colleague, api):
    employee = Employee.objects.create(tenant=tenant, user=colleague, email="ada@ward.example", first_name="Ada")

    response = api(admin).delete(f"/users/{colleague.pk}")

    assert response.status_code == 200
    assert Employee.objects.get(pk=employee.pk).user is None
    entry = audit.trail(employee).get()
    assert (entry.by_id, entry.action, entry.tenant_id) == (admin.pk, "scheduling.employee.change", tenant.pk)
    assert entry.changes == {"user": [str(colleague.pk), None]}


@pytest.mark.parametrize("person", ["viewer", "member"])
@pytest.mark.parametrize("method, path", [("post", "/users"), ("delete", "/users/{key}")])
def test_making_and_deleting_people_takes_an_admin(people, colleague, api, person, method, path):
    client = api(people[person])

    with nothing_written():
        response = getattr(client, method)(path.format(key=colleague.pk), ADA)

    assert response.status_code == 403
    assert response.json() == bodies.FORBIDDEN


def test_people_of_no_tenant_are_seen_by_the_platform_only(super_admin, owner, api):
    newcomer = UserFactory()

    seen = api(super_admin).get(f"/users/{newcomer.pk}")
    hidden = api(owner).get(f"/users/{newcomer.pk}")

    assert seen.json() == bodies.success(bodies.user(newcomer))
    assert hidden.status_code == 404
    assert hidden.json() == bodies.problem(404, f"User with ID {newcomer.pk} not found", "NOT_FOUND")
