"""Whoever leaves the tenant or a project's team comes off its open cards, in the same transaction and on the record."""

import pytest
from django.utils import timezone

from assignhub.models import AuditEntry
from tasks.models import Assignee
from tasks.tests.factories import AssigneeFactory, BoardFactory, CardFactory, ColumnFactory, ItemFactory, ProjectFactory
from tenancy.models import Assignment, Membership, User


@pytest.fixture
def leaver(colleague):
    return colleague("member")


@pytest.fixture
def held(card, column, leaver, member, project, other_tenant, stranger):
    """What the leaver has: an open and a finished card, an open and a ticked item, a place in the team, and a card in
    another tenant."""
    project.team.add(leaver)
    finished = CardFactory(column=column, finished_at=timezone.now())
    for on in (card, finished):
        AssigneeFactory(card=on, user=leaver)
        AssigneeFactory(card=on, user=member)
    open_item = ItemFactory(card=card, assignee=leaver)
    ticked = ItemFactory(card=card, assignee=leaver, completed=True)
    away = CardFactory(column=ColumnFactory(board=BoardFactory(project=ProjectFactory(tenant=other_tenant))))
    AssigneeFactory(card=away, user=leaver)
    return {"open": card, "finished": finished, "open item": open_item, "ticked item": ticked, "away": away}


def left_behind(held, leaver) -> dict[str, bool]:
    """Which of the things are still the leaver's."""
    found = {name: held[name].assignees.filter(user=leaver).exists() for name in ("open", "finished", "away")}
    for name in ("open item", "ticked item"):
        held[name].refresh_from_db()
        found[name] = held[name].assignee_id == leaver.pk
    return found


KEPT = {"open": False, "finished": True, "away": True, "open item": False, "ticked item": True}


def membership_removed(client, leaver):
    return client.delete(f"/memberships/{Membership.objects.get(user=leaver).pk}")


def role_withdrawn(client, leaver):
    return client.patch(f"/assignments/{Membership.objects.get(user=leaver).assignment_id}/removedAt")


def roles_withdrawn_together(client, leaver):
    return client.patch("/assignments/removedAt", [str(Membership.objects.get(user=leaver).assignment_id)])


def role_removed(client, leaver):
    return client.delete(f"/assignments/{Membership.objects.get(user=leaver).assignment_id}")


def account_deactivated(client, leaver):
    return client.patch(f"/users/{leaver.pk}", {"isActive": False})


@pytest.mark.parametrize(
    "leave", [membership_removed, role_withdrawn, roles_withdrawn_together, role_removed, account_deactivated]
)
def test_whoever_leaves_the_tenant_comes_off_open_cards(leave, api, owner, member, leaver, held, project):
    response = leave(api(owner), leaver)

    assert response.status_code == 200
    assert left_behind(held, leaver) == KEPT
    assert not project.team.filter(pk=leaver.pk).exists()
    entry = AuditEntry.objects.get(action="tasks.card.unassign", by_id=owner.pk, changes__user__0=str(leaver.pk))
    assert (entry.object_type, entry.tenant_id) == ("tasks.assignee", project.tenant_id)
    item = AuditEntry.objects.get(object_id=str(held["open item"].pk))
    assert (item.action, item.changes) == ("tasks.checklistitem.change", {"assignee": [str(leaver.pk), None]})
    team = AuditEntry.objects.get(object_id=str(project.pk))
    assert (team.action, list(team.changes)) == ("tasks.project.change", ["team"])


def test_deleted_account_is_on_no_card_and_each_place_is_on_record(api, super_admin, leaver, held):
    response = api(super_admin).delete(f"/users/{leaver.pk}")

    assert response.status_code == 200
    assert not User.objects.filter(pk=leaver.pk).exists()
    assert not Assignee.objects.filter(user_id=leaver.pk).exists()
    assert AuditEntry.objects.filter(object_type="tasks.assignee", by_id=super_admin.pk).count() == 3


def test_whoever_keeps_another_role_stays_on_their_cards(api, owner, tenant, leaver, held):
    other = Assignment.objects.get(tenant=tenant, role__type="viewer")
    first = Membership.objects.get(user=leaver)
    Membership.objects.create(user=leaver, assignment=other)

    response = api(owner).delete(f"/memberships/{first.pk}")

    assert response.status_code == 200
    assert left_behind(held, leaver) == dict.fromkeys(KEPT, True)
    assert not AuditEntry.objects.filter(object_type="tasks.assignee").exists()


def test_leaving_that_is_refused_takes_nobody_off(api, owner, card, stored):
    client = api(owner)
    AssigneeFactory(card=card, user=owner)
    before = stored()

    response = client.delete(f"/memberships/{Membership.objects.get(user=owner).pk}")

    assert response.status_code == 409
    assert stored() == before


def test_whoever_leaves_the_team_comes_off_its_open_cards(api, owner, admin, member, leaver, held, project):
    response = api(owner).patch(f"/api/v1/projects/{project.pk}", {"team_ids": [str(admin.pk), str(member.pk)]})

    assert response.status_code == 200
    assert left_behind(held, leaver) == KEPT
    assert held["open"].assignees.filter(user=member).exists()


def test_first_naming_of_a_team_takes_all_others_off(api, owner, viewer, member, tenant):
    project = ProjectFactory(tenant=tenant)
    card = CardFactory(column=ColumnFactory(board=BoardFactory(project=project)))
    for person in (viewer, member):
        AssigneeFactory(card=card, user=person)

    response = api(owner).patch(f"/api/v1/projects/{project.pk}", {"team_ids": [str(member.pk)]})

    assert response.status_code == 200
    assert list(card.assignees.values_list("user", flat=True)) == [member.pk]


def test_change_of_team_leaves_people_an_owner_has_put_there_from_outside(
    api, owner, viewer, member, admin, project, card
):
    AssigneeFactory(card=card, user=viewer)

    response = api(owner).patch(f"/api/v1/projects/{project.pk}", {"team_ids": [str(member.pk)]})

    assert response.status_code == 200
    assert card.assignees.filter(user=viewer).exists()


def test_team_whose_last_person_leaves_is_empty_and_not_everybody(api, owner, admin, tenant, leaver):
    project = ProjectFactory(tenant=tenant, team=[leaver])

    api(owner).delete(f"/memberships/{Membership.objects.get(user=leaver).pk}")

    project.refresh_from_db()
    url = f"/api/v1/checklist/organizations/{tenant.pk}/assignable-members?project_id={project.pk}"
    members = api(admin).get(url).json()["members"]
    assert (project.team.count(), project.has_own_team) == (0, True)
    assert [member["id"] for member in members] == [str(admin.pk)]


def test_team_of_people_who_are_no_members_is_refused_naming_them(api, owner, tenant, stranger, super_admin, stored):
    client = api(super_admin)
    before = stored()
    body = {"organization_id": str(tenant.pk), "name": "New", "team_ids": [str(owner.pk), str(stranger.pk)]}

    response = client.post("/api/v1/projects", body)

    assert response.status_code == 400
    assert response.json() == {
        "success": False,
        "error": "Not members of the organization: owner@harbour.example",
        "error_code": "VALIDATION_ERROR",
        "invalid_users": [str(stranger.pk)],
    }
    assert stored() == before


def test_card_that_is_opened_again_loses_those_who_have_left(api, owner, member, leaver, held):
    membership_removed(api(owner), leaver)

    response = api(owner).post(f"/api/v1/cards/{held['finished'].pk}/reopen")

    assert response.status_code == 200
    assert response.json()["assigned_to"] == [str(member.pk)]
