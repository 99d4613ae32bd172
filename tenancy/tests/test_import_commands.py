"""Importing people, their roles, and which roles are in force: counts, repeats, rules."""

import pytest

from assignhub.models import AuditEntry
from tenancy.models import Assignment, Membership, Role, User
from tenancy.tests.factories import AssignmentFactory, RoleFactory
from tenancy.tests.ledger import audited, nothing_written
from tenancy.tests.sheets import as_text, run

ANNA = "St. Anna Hospital"


def result(name: str, created: int = 0, updated: int = 0, unchanged: int = 0, refused: int = 0) -> str:
    return f"{name}: {created} created, {updated} updated, {unchanged} unchanged, {refused} refused"


@pytest.fixture
def sheet(tmp_path):
    return lambda *rows: as_text(tmp_path / "sheet.csv", *rows)


# --- import_users -----------------------------------------------------------------------------------------------------


def test_people_created_with_their_role(admin, tenant, sheet):
    path = sheet(["email", "first_name", "role"], ["NORA@ward.example", "Nora", "Viewer"])

    with audited((admin.email, "tenancy.user.add"), (admin.email, "tenancy.membership.add")):
        printed, error = run("import_users", path, by=admin.email, tenant=ANNA)

    nora = User.objects.get(email="nora@ward.example")
    assert (printed, error) == ([result("sheet.csv", created=1)], None)
    assert (nora.first_name, nora.is_active, nora.is_staff, nora.is_superuser) == ("Nora", True, False, False)
    assert not nora.has_usable_password()
    assert [row.assignment.role.type for row in nora.memberships.all()] == ["viewer"]


def test_people_with_a_role_in_the_only_tenant_of_whoever_imports(admin, tenant, other_tenant, sheet):
    path = sheet(["email", "role"], ["nora@ward.example", "Viewer"])

    printed, error = run("import_users", path, by=admin.email)

    assert (printed, error) == ([result("sheet.csv", created=1)], None)
    assert User.objects.get(email="nora@ward.example").memberships.get().assignment.tenant == tenant


def test_people_with_a_role_in_one_of_several_tenants(super_admin, tenant, other_tenant, sheet):
    path = sheet(["email", "role"], ["nils@ward.example", ""], ["nora@ward.example", "Viewer"])

    with nothing_written():
        printed, error = run("import_users", path, by=super_admin.email)

    assert printed == []
    assert error.startswith("Which tenant? Name one with --tenant: ")


def test_people_imported_again_change_nothing(admin, tenant, sheet):
    path = sheet(["email", "first_name", "role"], ["nora@ward.example", "Nora", "Viewer"])
    run("import_users", path, by=admin.email, tenant=ANNA)

    with nothing_written():
        printed, error = run("import_users", path, by=admin.email, tenant=ANNA)

    assert (printed, error) == ([result("sheet.csv", unchanged=1)], None)


def test_people_brought_up_to_the_file(admin, member, viewer, sheet):
    path = sheet(
        ["email", "first_name", "last_name"],
        ["MEMBER@ward.example", "Merle", ""],
        ["viewer@ward.example", "Viewer", "Example"],
    )

    with audited((admin.email, "tenancy.user.change")):
        printed, error = run("import_users", path, by=admin.email, tenant=ANNA)

    member.refresh_from_db()
    assert (printed, error) == ([result("sheet.csv", updated=1, unchanged=1)], None)
    assert (member.first_name, member.last_name) == ("Merle", "Example")
    assert AuditEntry.objects.get().changes == {"first_name": ["Member", "Merle"]}


def test_person_twice_in_a_file(super_admin, sheet):
    path = sheet(["email", "first_name"], ["nora@ward.example", "Nora"], ["NORA@ward.example", "Leonora"])

    printed, error = run("import_users", path, by=super_admin.email)

    assert (printed, error) == ([result("sheet.csv", created=1, updated=1)], None)
    assert User.objects.get(email="nora@ward.example").first_name == "Leonora"


def test_person_of_another_tenant_is_not_touched(admin, stranger, sheet):
    path = sheet(["email", "first_name", "role"], [stranger.email, "Mine", "Viewer"])

    with nothing_written():
        printed, error = run("import_users", path, by=admin.email, tenant=ANNA)

    assert printed == [
        "sheet.csv row 2: email: This address is already taken.",
        result("sheet.csv", refused=1),
    ]
    assert error == "1 row was refused."


def test_person_who_ranks_above_is_not_touched(admin, owner, sheet):
    path = sheet(["email", "first_name"], [owner.email, "Olga"])

    with nothing_written():
        printed, _ = run("import_users", path, by=admin.email, tenant=ANNA)

    assert printed[0] == (
        "sheet.csv row 2: owner@ward.example has authority beyond yours; you cannot change this account."
    )


@pytest.mark.parametrize("person", ["viewer", "member"])
def test_people_by_too_low_a_role(people, sheet, person):
    path = sheet(["email", "role"], ["nora@ward.example", "Viewer"], ["owner@ward.example", "Viewer"])

    with nothing_written():
        printed, error = run("import_users", path, by=people[person].email, tenant=ANNA)

    assert printed[-1] == result("sheet.csv", refused=2)
    assert error == "2 rows were refused."


def test_no_column_makes_a_super_admin(super_admin, sheet):
    path = sheet(["email", "is_superuser"], ["nora@ward.example", "true"])

    with nothing_written():
        _, error = run("import_users", path, by=super_admin.email)

    assert error.startswith("sheet.csv does not know: is_superuser.")


# --- import_memberships -----------------------------------------------------------------------------------------------


def test_memberships_created_and_then_unchanged(admin, viewer, tenant, sheet):
    path = sheet(["email", "role"], ["VIEWER@ward.example", "Member"], [viewer.email, "Viewer"])

    with audited((admin.email, "tenancy.membership.add")):
        first = run("import_memberships", path, by=admin.email)
    with nothing_written():
        second = run("import_memberships", path, by=admin.email)

    assert first == ([result("sheet.csv", created=1, unchanged=1)], None)
    assert second == ([result("sheet.csv", unchanged=2)], None)
    held = Membership.objects.filter(user=viewer).values_list("assignment__role__name", flat=True)
    assert sorted(held) == ["Member", "Viewer"]


def test_memberships_refused_by_the_rules(admin, people, sheet):
    AssignmentFactory(tenant=admin.memberships.get().assignment.tenant, role__name="Gone", removed_at="2026-01-01T00Z")
    path = sheet(
        ["email", "role"],
        ["nobody@ward.example", "Viewer"],
        ["owner@harbour.example", "Viewer"],
        ["viewer@ward.example", "Emperor"],
        ["viewer@ward.example", "Gone"],
        ["viewer@ward.example", "Owner"],
        ["admin@ward.example", "Owner"],
        ["viewer@ward.example", ""],
    )

    with nothing_written():
        printed, error = run("import_memberships", path, by=admin.email)

    assert printed == [
        "sheet.csv row 2: User with e-mail nobody@ward.example not found",
        "sheet.csv row 3: User with e-mail owner@harbour.example not found",
        "sheet.csv row 4: Role with name “Emperor” in force not found",
        "sheet.csv row 5: Role with name “Gone” in force not found",
        "sheet.csv row 6: You hold the rank admin here and cannot grant or take away the rank owner.",
        "sheet.csv row 7: You hold the rank admin here and cannot grant or take away the rank owner.",
        "sheet.csv row 8: role: This column needs a value.",
        result("sheet.csv", refused=7),
    ]
    assert error == "7 rows were refused."


@pytest.mark.parametrize("person", ["viewer", "member"])
def test_memberships_by_too_low_a_role(people, sheet, person):
    path = sheet(["email", "role"], ["viewer@ward.example", "Member"])

    with nothing_written():
        printed, error = run("import_memberships", path, by=people[person].email)

    assert printed == ["sheet.csv row 2: You may not add this membership.", result("sheet.csv", refused=1)]
    assert error == "1 row was refused."


def test_memberships_need_to_know_the_tenant(super_admin, tenant, other_tenant, sheet):
    path = sheet(["email", "role"], ["viewer@ward.example", "Member"])

    printed, error = run("import_memberships", path, by=super_admin.email)

    named = f"Harbour Incubator ({other_tenant.pk}), St. Anna Hospital ({tenant.pk})"
    assert (printed, error) == ([], f"Which tenant? Name one with --tenant: {named}")


def test_memberships_by_somebody_without_a_tenant(viewer, sheet):
    viewer.memberships.all().delete()
    path = sheet(["email", "role"], ["viewer@ward.example", "Member"])

    assert run("import_memberships", path, by=viewer.email) == ([], "viewer@ward.example has no tenant.")


# --- import_role_assignments ------------------------------------------------------------------------------------------


def test_roles_made_and_put_into_force(admin, tenant, sheet):
    RoleFactory(tenant=tenant, name="Idle", type="viewer")
    path = sheet(["role", "type"], ["Night watch", "viewer"], ["Idle", ""], ["Viewer", ""])

    with audited(
        (admin.email, "tenancy.role.add"),
        (admin.email, "tenancy.assignment.add"),
        (admin.email, "tenancy.assignment.add"),
    ):
        first = run("import_role_assignments", path, by=admin.email)
    with nothing_written():
        second = run("import_role_assignments", path, by=admin.email)

    assert first == ([result("sheet.csv", created=2, unchanged=1)], None)
    assert second == ([result("sheet.csv", unchanged=3)], None)
    live = Assignment.objects.filter(tenant=tenant, removed_at=None).values_list("role__name", flat=True)
    assert {"Night watch", "Idle", "Viewer"} <= set(live)
    assert Role.objects.get(name="Night watch").type == "viewer"


def test_roles_refused_by_the_rules(admin, other_tenant, sheet):
    RoleFactory(tenant=other_tenant, name="Harbour master", type="viewer")
    path = sheet(
        ["role", "type"],
        ["Night watch", ""],
        ["Harbour master", ""],
        ["Chief", "owner"],
        ["Emperor", "emperor"],
        ["x" * 101, "viewer"],
        ["", "viewer"],
    )

    with nothing_written():
        printed, error = run("import_role_assignments", path, by=admin.email)

    assert printed == [
        "sheet.csv row 2: Role with name “Night watch” not found",
        "sheet.csv row 3: Role with name “Harbour master” not found",
        "sheet.csv row 4: You hold the rank admin here and cannot grant or take away the rank owner.",
        "sheet.csv row 5: type: Value 'emperor' is not a valid choice.",
        "sheet.csv row 6: name: Ensure this value has at most 100 characters (it has 101).",
        "sheet.csv row 7: role: This column needs a value.",
        result("sheet.csv", refused=6),
    ]
    assert error == "6 rows were refused."


def test_role_of_the_tenant_goes_before_one_of_the_platform(admin, tenant, sheet):
    RoleFactory(tenant=None, name="Auditor", type="viewer")
    own = RoleFactory(tenant=tenant, name="Auditor", type="viewer")
    path = sheet(["role"], ["Auditor"])

    printed, error = run("import_role_assignments", path, by=admin.email)

    assert (printed, error) == ([result("sheet.csv", created=1)], None)
    assert Assignment.objects.get(role__name="Auditor").role == own


def test_role_of_the_platform_put_into_force(admin, tenant, sheet):
    shared = RoleFactory(tenant=None, name="Auditor", type="viewer")
    path = sheet(["role"], ["Auditor"])

    printed, error = run("import_role_assignments", path, by=admin.email)

    assert (printed, error) == ([result("sheet.csv", created=1)], None)
    assert Assignment.objects.get(role=shared).tenant == tenant


@pytest.mark.parametrize("person", ["viewer", "member"])
def test_roles_by_too_low_a_role(people, sheet, person):
    path = sheet(["role", "type"], ["Night watch", "viewer"])

    with nothing_written():
        printed, error = run("import_role_assignments", path, by=people[person].email)

    assert printed == ["sheet.csv row 2: You may not add this role.", result("sheet.csv", refused=1)]
    assert error == "1 row was refused."


@pytest.mark.parametrize("command", ["import_memberships", "import_role_assignments"])
def test_dry_run_changes_nothing(admin, viewer, sheet, command):
    rows = {
        "import_memberships": (["email", "role"], [viewer.email, "Member"]),
        "import_role_assignments": (["role", "type"], ["Night watch", "viewer"]),
    }

    with nothing_written():
        printed, error = run(command, sheet(*rows[command]), by=admin.email, dry_run=True)

    assert (printed, error) == ([result("sheet.csv", created=1), "Dry run: nothing was changed."], None)
