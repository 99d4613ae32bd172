"""Somebody leaves: their founders, or those nobody is left for, are handed over in one action, all or none."""

from collections.abc import Callable

import pytest

from assignhub.models import AuditEntry
from founders.models import Assignment
from founders.tests.conftest import URL, refusal
from founders.tests.factories import FounderFactory, admin_of

HANDOVER = f"{URL}/handover"
NOBODYS = "644e5c8b-2c12-4456-8901-234500000000"


def pairs() -> set:
    rows = Assignment.objects.values_list("founder__name", "admin__first_name", "is_lead")
    return set(rows)


@pytest.fixture
def leave(api, super_admin) -> Callable:
    """`leave(person)` deactivates their account."""
    return lambda person: api(super_admin).patch(f"/users/{person.pk}", {"isActive": False})


def test_all_founders_of_one_admin_go_to_another(api, super_admin, tenant, alex, sarah, john, jane, assign):
    cora = admin_of(tenant, "Cora")
    assign(alex, john, jane)
    assign(sarah, jane, john)
    third = FounderFactory(tenant=tenant, name="Third")
    assign(third, jane)
    kept = Assignment.objects.filter(admin=jane).order_by("pk").values("pk", "created_at", "updated_at")
    before = list(kept)

    response = api(super_admin).post(HANDOVER, {"fromAdminId": str(john.pk), "toAdminId": str(cora.pk)})

    assert response.status_code == 200
    assert response.json() == {"success": True, "message": "Successfully handed over 2 founder(s)"}
    assert pairs() == {
        ("Alex Johnson", "Cora", True),
        ("Alex Johnson", "Jane", False),
        ("Sarah Williams", "Jane", True),
        ("Sarah Williams", "Cora", False),
        ("Third", "Jane", True),
    }
    assert list(kept) == before
    entries = AuditEntry.objects.filter(action="founders.founder.assign").order_by("-pk")[:2]
    assert {entry.object_label for entry in entries} == {"Alex Johnson", "Sarah Williams"}


def test_heir_who_is_there_already_takes_the_lead_over(api, super_admin, alex, john, jane, assign):
    assign(alex, john, jane)

    api(super_admin).post(HANDOVER, {"fromAdminId": str(john.pk), "toAdminId": str(jane.pk)})

    assert pairs() == {("Alex Johnson", "Jane", True)}


def test_founders_left_without_an_admin_are_handed_over(api, super_admin, alex, sarah, john, jane, assign, leave):
    assign(alex, john)
    leave(john)
    client = api(super_admin)
    orphans = [row["founderId"] for row in client.get("/api/v1/founders?withoutAdmin=true").json()["data"]]

    response = client.post(HANDOVER, {"toAdminId": str(jane.pk), "founderIds": orphans})

    assert response.json() == {"success": True, "message": "Successfully handed over 2 founder(s)"}
    assert pairs() == {("Alex Johnson", "Jane", True), ("Sarah Williams", "Jane", True)}
    assert client.get("/api/v1/founders?withoutAdmin=true").json()["data"] == []


def test_some_of_an_admins_founders_go(api, super_admin, alex, sarah, john, jane, assign):
    assign(alex, john)
    assign(sarah, john)
    body = {"fromAdminId": str(john.pk), "toAdminId": str(jane.pk), "founderIds": [str(sarah.pk)]}

    response = api(super_admin).post(HANDOVER, body)

    assert response.json()["message"] == "Successfully handed over 1 founder(s)"
    assert pairs() == {("Alex Johnson", "John", True), ("Sarah Williams", "Jane", True)}


def test_admin_without_founders_hands_none_over(api, super_admin, john, jane):
    response = api(super_admin).post(HANDOVER, {"fromAdminId": str(john.pk), "toAdminId": str(jane.pk)})

    assert response.json() == {"success": True, "message": "Successfully handed over 0 founder(s)"}


@pytest.mark.parametrize(
    "body, status, message",
    [
        ({}, 400, "toAdminId: This field is required."),
        ({"toAdminId": 7}, 400, "toAdminId: Must be a valid UUID."),
        ({"toAdminId": "{jane}"}, 400, "Say whose founders are handed over, or which."),
        ({"toAdminId": "{jane}", "fromAdminId": "{jane}"}, 400, "Name another admin to hand over to."),
        ({"toAdminId": NOBODYS, "fromAdminId": "{john}"}, 404, f"Admin with ID {NOBODYS} not found"),
        ({"toAdminId": "{jane}", "fromAdminId": NOBODYS}, 404, f"Admin with ID {NOBODYS} not found"),
        ({"toAdminId": "{member}", "fromAdminId": "{john}"}, 400, "User with ID {member} is not an admin"),
        ({"toAdminId": "{stranger}", "fromAdminId": "{john}"}, 400, "User with ID {stranger} is not an admin"),
        ({"toAdminId": "{jane}", "founderIds": ["{sarah}", NOBODYS]}, 404, "Founder not found"),
        (
            {"toAdminId": "{jane}", "fromAdminId": "{john}", "founderIds": ["{alex}", "{sarah}"]},
            404,
            "Assignment not found: Sarah Williams is not theirs",
        ),
        (
            {"toAdminId": "{jane}", "founderIds": ["{sarah}", "{alex}"]},
            409,
            "Alex Johnson is looked after by John Doe: say whose place is taken.",
        ),
    ],
)
def test_hand_over_that_is_refused_changes_nothing(
    api, super_admin, people, alex, sarah, john, jane, assign, stored, body, status, message
):
    assign(alex, john)
    keys = {
        "john": john.pk,
        "jane": jane.pk,
        "alex": alex.pk,
        "sarah": sarah.pk,
        "member": people["member"].pk,
        "stranger": people["stranger"].pk,
    }
    client, before = api(super_admin), stored()

    def fill(value):
        return [fill(each) for each in value] if isinstance(value, list) else str(value).format(**keys)

    response = client.post(HANDOVER, {n: v if isinstance(v, int) else fill(v) for n, v in body.items()})

    assert response.status_code == status
    assert response.json() == refusal(status, message.format(**keys))
    assert stored() == before


def test_one_founder_of_a_tenant_the_heir_does_not_rule_stops_all(
    api, super_admin, other_tenant, stranger, alex, john, jane, assign, stored
):
    elsewhere = FounderFactory(tenant=other_tenant)
    client = api(super_admin)
    assign(alex, john)
    assign(elsewhere, stranger)
    before = stored()
    body = {"toAdminId": str(jane.pk), "fromAdminId": str(stranger.pk)}

    response = client.post(HANDOVER, body)

    assert response.json() == refusal(400, f"User with ID {jane.pk} is not an admin")
    assert stored() == before


def test_account_that_is_deleted_leaves_founders_without_an_admin(api, super_admin, alex, john, assign):
    assign(alex, john)
    client = api(super_admin)

    assert client.delete(f"/users/{john.pk}").status_code == 200

    assert [row["name"] for row in client.get("/api/v1/founders?withoutAdmin=true").json()["data"]] == ["Alex Johnson"]
    assert (
        AuditEntry.objects.filter(action="founders.assignment.delete", object_label__startswith="John Doe").count() == 1
    )
    assert not alex.tenures.filter(until=None).exists()
