"""Single assignments: who leads, who covers until when, and lists that somebody else has changed meanwhile."""

from datetime import UTC, datetime, timedelta

import pytest

from assignhub.models import AuditEntry
from founders.models import Assignment
from founders.tests.conftest import URL, refusal
from founders.tests.factories import admin_of
from tenancy.models import Membership

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
def clock(time_machine):
    def move(moment) -> None:
        time_machine.move_to(moment, tick=False)

    move(NOON)
    return move


@pytest.fixture
def cora(tenant):
    return admin_of(tenant, "Cora", "Cover", email="cora@example.com")


def names(client, founder) -> list[str]:
    return [row["name"] for row in client.get(f"{URL}?founderId={founder.pk}").json()["data"]]


def pair_body(admin, founder, **changes) -> dict:
    return {
        "adminId": str(admin.pk),
        "founderId": str(founder.pk),
        "name": str(admin),
        "email": admin.email,
        "isLead": False,
        "isResponsible": True,
        "assignedAt": "2026-03-02T12:00:00Z",
        "coverAdminId": None,
        "coverName": None,
        "coverEmail": None,
        "coverUntil": None,
        "coverIsResponsible": False,
    } | changes


# --- Lead -------------------------------------------------------------------------------------------------------------


def test_lead_is_the_first_given_unless_said(api, super_admin, alex, john, jane):
    client, keys = api(super_admin), [str(john.pk), str(jane.pk)]
    leads = []

    for extra in ({}, {"leadId": str(jane.pk)}, {"leadId": None}):
        response = client.post(URL, {"founderId": str(alex.pk), "adminIds": keys} | extra)
        assert response.json() == {"success": True, "message": "Successfully assigned 2 admin(s) to founder"}
        leads.append(Assignment.objects.get(is_lead=True).admin)

    assert leads == [john, jane, john]


def test_new_lead_takes_the_place_of_the_old(clock, api, super_admin, alex, john, jane, assign):
    assign(alex, john, jane)
    client = api(super_admin)

    response = client.patch(f"{URL}/{jane.pk}/{alex.pk}", {"isLead": True})

    assert response.status_code == 200
    assert response.json() == {"success": True, "data": pair_body(jane, alex, isLead=True)}
    listed = client.get(f"/api/v1/founders/{alex.pk}/assignments").json()
    pairs = [pair_body(jane, alex, isLead=True), pair_body(john, alex)]
    assert listed == {"success": True, "count": 2, "data": pairs}
    entry = AuditEntry.objects.filter(action="founders.founder.assign").latest("pk")
    assert entry.changes["lead"] == [["John Doe (john@example.com)"], ["Jane Smith (jane@example.com)"]]


def test_lead_who_is_taken_off_leaves_nobody_leading(api, super_admin, alex, john, jane, assign):
    assign(alex, john, jane)

    api(super_admin).delete(f"{URL}/{john.pk}/{alex.pk}")

    assert list(Assignment.objects.values_list("admin", "is_lead")) == [(jane.pk, False)]


# --- Cover ------------------------------------------------------------------------------------------------------------


def test_cover_counts_until_its_moment_and_then_no_longer(clock, api, super_admin, alex, john, cora, assign):
    assign(alex, john)
    client = api(super_admin)

    response = client.patch(
        f"{URL}/{john.pk}/{alex.pk}", {"coverAdminId": str(cora.pk), "coverUntil": "2026-03-02T13:00:00Z"}
    )

    covered = {
        "coverAdminId": str(cora.pk),
        "coverName": "Cora Cover",
        "coverEmail": "cora@example.com",
        "coverUntil": "2026-03-02T13:00:00Z",
        "coverIsResponsible": True,
    }
    assert response.status_code == 200
    assert response.json() == {"success": True, "data": pair_body(john, alex, isLead=True, **covered)}
    entries, seen = AuditEntry.objects.count(), []
    for moment in (NOON, NOON + HOUR - timedelta(microseconds=1), NOON + HOUR):
        clock(moment)
        caller = api(super_admin)
        founders = caller.get(f"{URL}/founders?adminId={cora.pk}").json()["count"]
        own = api(cora).get("/api/v1/founders").json()["count"]
        record = api(cora).get(f"/api/v1/founders/{alex.pk}").status_code
        seen.append((names(caller, alex), founders, own, record))
    assert seen == [
        (["John Doe", "Cora Cover"], 1, 1, 200),
        (["John Doe", "Cora Cover"], 1, 1, 200),
        (["John Doe"], 0, 0, 404),
    ]
    assert AuditEntry.objects.count() == entries


def test_cover_is_ended_before_its_moment(clock, api, super_admin, alex, john, cora, assign):
    assign(alex, john)
    client, address = api(super_admin), f"{URL}/{john.pk}/{alex.pk}"
    client.patch(address, {"coverAdminId": str(cora.pk), "coverUntil": "2026-03-02T13:00:00Z"})

    response = client.patch(address, {"coverAdminId": None})

    assert response.json() == {"success": True, "data": pair_body(john, alex, isLead=True)}
    assert names(client, alex) == ["John Doe"]


def test_cover_stays_when_the_list_is_replaced_and_goes_with_its_pair(
    clock, api, super_admin, alex, john, jane, cora, assign
):
    assign(alex, john)
    client = api(super_admin)
    client.patch(f"{URL}/{john.pk}/{alex.pk}", {"coverAdminId": str(cora.pk), "coverUntil": "2026-03-02T13:00:00Z"})

    assign(alex, john, jane)
    with_john = names(client, alex)
    assign(alex, jane)

    assert (with_john, names(client, alex)) == (["John Doe", "Cora Cover", "Jane Smith"], ["Jane Smith"])


def test_cover_goes_on_when_the_admin_has_left(clock, api, super_admin, alex, john, cora, assign):
    assign(alex, john)
    client = api(super_admin)
    client.patch(f"{URL}/{john.pk}/{alex.pk}", {"coverAdminId": str(cora.pk), "coverUntil": "2026-03-02T13:00:00Z"})

    client.patch(f"/users/{john.pk}", {"isActive": False})

    assert names(client, alex) == ["Cora Cover"]
    assert client.get("/api/v1/founders?withoutAdmin=true").json()["count"] == 0


def test_somebody_who_also_covers_is_listed_once(clock, api, super_admin, alex, john, jane, assign):
    assign(alex, john, jane)
    client = api(super_admin)

    client.patch(f"{URL}/{john.pk}/{alex.pk}", {"coverAdminId": str(jane.pk), "coverUntil": "2026-03-02T13:00:00Z"})

    assert sorted(names(client, alex)) == ["Jane Smith", "John Doe"]


@pytest.mark.parametrize(
    "body, status, message",
    [
        ({"coverAdminId": "{cora}"}, 400, "Say until when the other admin covers."),
        ({"coverUntil": "2026-03-02T13:00:00Z"}, 400, "Say who covers until then."),
        (
            {"coverAdminId": "{cora}", "coverUntil": "2026-03-02T12:00:00Z"},
            400,
            "2026-03-02T12:00:00+00:00 has passed: a cover ends at a moment to come.",
        ),
        (
            {"coverAdminId": "{john}", "coverUntil": "2026-03-02T13:00:00Z"},
            400,
            "Nobody covers for themselves: name another admin.",
        ),
        (
            {"coverAdminId": "{member}", "coverUntil": "2026-03-02T13:00:00Z"},
            400,
            "User with ID {member} is not an admin",
        ),
        (
            {"coverAdminId": "{stranger}", "coverUntil": "2026-03-02T13:00:00Z"},
            400,
            "User with ID {stranger} is not an admin",
        ),
        (
            {"coverAdminId": "644e5c8b-2c12-4456-8901-234500000000", "coverUntil": "2026-03-02T13:00:00Z"},
            404,
            "User with ID 644e5c8b-2c12-4456-8901-234500000000 not found",
        ),
    ],
)
def test_cover_that_is_none_is_refused(
    clock, api, super_admin, people, alex, john, cora, assign, stored, body, status, message
):
    assign(alex, john)
    client, before = api(super_admin), stored()
    keys = {"cora": cora.pk, "john": john.pk, "member": people["member"].pk, "stranger": people["stranger"].pk}

    response = client.patch(f"{URL}/{john.pk}/{alex.pk}", {name: value.format(**keys) for name, value in body.items()})

    assert response.status_code == status
    assert response.json() == refusal(status, message.format(**keys))
    assert stored() == before


@pytest.mark.parametrize("method", ["get", "patch"])
def test_pair_that_is_not_there(api, super_admin, alex, john, method):
    nobody = "644e5c8b-2c12-4456-8901-234500000000"
    client = api(super_admin)

    answers = [getattr(client, method)(f"{URL}/{john.pk}/{key}").json() for key in (nobody, alex.pk)]

    assert answers == [refusal(404, "Founder not found"), refusal(404, "Assignment not found")]


# --- Lists that somebody else has changed -----------------------------------------------------------------------------


def test_list_is_replaced_when_it_is_still_the_one_that_was_read(api, super_admin, alex, john, jane, assign):
    assign(alex, john)
    client = api(super_admin)
    tag = client.get(f"{URL}?founderId={alex.pk}")["ETag"]

    first, second = (
        client.post(URL, {"founderId": str(alex.pk), "adminIds": [str(jane.pk)]}, headers={"If-Match": tag})
        for _ in range(2)
    )

    lost = "The assignments of this founder have changed since you read them. Read them again."
    assert first.status_code == 200
    assert (second.status_code, second.json()) == (412, refusal(412, lost))


@pytest.mark.parametrize(
    "header, status",
    [("*", 200), ('"x", {tag}', 200), ("{tag}", 200), ('"x"', 412), ("W/{tag}", 412), ("x", 400), ("", 400)],
)
@pytest.mark.parametrize("method", ["get", "post"])
def test_if_match_on_reading_and_writing(api, super_admin, alex, john, assign, stored, header, status, method):
    assign(alex, john)
    client, before = api(super_admin), stored()
    address = f"{URL}?founderId={alex.pk}"
    sent = {"If-Match": header.format(tag=client.get(address)["ETag"])}

    if method == "get":
        response = client.get(address, headers=sent)
    else:
        response = client.post(URL, {"founderId": str(alex.pk), "adminIds": [str(john.pk)]}, headers=sent)

    messages = {
        412: "The assignments of this founder have changed since you read them. Read them again.",
        400: f"The If-Match header “{header}” is no list of entity tags.",
    }
    assert response.status_code == status
    assert status == 200 or response.json() == refusal(status, messages[status])
    assert stored() == before


def test_tag_changes_with_everything_the_list_shows_or_holds(
    clock, api, super_admin, tenant, alex, sarah, john, jane, cora, assign
):
    client = api(super_admin)

    def tag(founder=alex, client=client) -> str:
        return client.get(f"{URL}?founderId={founder.pk}")["ETag"]

    tags = [tag(), tag(sarah)]
    assign(alex, john)
    tags.append(tag())
    assign(alex, jane, john)
    tags.append(tag())
    assign(alex, john, jane)
    tags.append(tag())
    client.patch(f"{URL}/{john.pk}/{alex.pk}", {"coverAdminId": str(cora.pk), "coverUntil": "2026-03-02T13:00:00Z"})
    tags.append(tag())
    client.patch(f"/users/{cora.pk}", {"firstName": "Coralie"})
    tags.append(tag())
    client.delete(f"/memberships/{Membership.objects.get(user=jane).pk}")
    tags.append(tag())
    before = tag()
    clock(NOON + HOUR)
    tags.append(tag(client=api(super_admin)))

    assert before == tags[-2]
    assert len(set(tags)) == len(tags)
    assert all(each.startswith('"') and each.endswith('"') for each in tags)


def test_unknown_founder_comes_before_the_tag_and_the_tag_before_unknown_admins(api, super_admin, alex):
    client, nobody = api(super_admin), "644e5c8b-2c12-4456-8901-234500000000"

    answers = [
        client.post(URL, {"founderId": key, "adminIds": [nobody]}, headers={"If-Match": '"x"'}).status_code
        for key in (nobody, str(alex.pk))
    ]

    assert answers == [404, 412]
