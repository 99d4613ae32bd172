"""Founders and notes: "only assigned Admins can manage a Founder's content", and they only as long as they are."""

from datetime import UTC, date, datetime

import pytest

from assignhub.models import AuditEntry
from founders import services
from founders.models import Founder, Note
from founders.tests.conftest import refusal
from founders.tests.factories import FounderFactory
from tenancy.models import Assignment as RoleAssignment
from tenancy.models import Membership

URL = "/api/v1/founders"


def z(moment) -> str:
    return moment.isoformat().replace("+00:00", "Z")


def body_of(founder: Founder) -> dict:
    founder.refresh_from_db()
    return {
        "founderId": str(founder.pk),
        "tenantId": str(founder.tenant_id),
        "name": founder.name,
        "email": founder.email,
        "companyName": founder.company_name,
        "industry": founder.industry,
        "userId": founder.user_id and str(founder.user_id),
        "createdAt": z(founder.created_at),
        "updatedAt": z(founder.updated_at),
    }


def note_body(note: Note) -> dict:
    return {
        "noteId": str(note.pk),
        "founderId": str(note.founder_id),
        "date": str(note.date),
        "authorId": note.author_id and str(note.author_id),
        "authorName": note.author and str(note.author),
        "text": note.text,
        "createdAt": z(note.created_at),
        "updatedAt": z(note.updated_at),
    }


# --- Who manages the content ------------------------------------------------------------------------------------------


def doors(api, staff_client, person, founder, note) -> list[int]:
    """What reading and writing through API and admin answer the person."""
    client, pages = api(person), staff_client(person)
    return [
        client.get(f"{URL}/{founder.pk}").status_code,
        client.patch(f"{URL}/{founder.pk}", {"industry": "Fintech"}).status_code,
        client.get(f"{URL}/{founder.pk}/notes").status_code,
        client.post(f"{URL}/{founder.pk}/notes", {"text": "Met again"}).status_code,
        client.patch(f"{URL}/{founder.pk}/notes/{note.pk}", {"text": "Changed"}).status_code,
        client.get(URL).json()["count"],
        pages.get(f"/admin/founders/founder/{founder.pk}/change/").status_code,
        pages.get(f"/admin/founders/note/{note.pk}/change/").status_code,
    ]


OPEN = [200, 200, 200, 201, 200, 1, 200, 200]
SHUT = [404, 404, 404, 404, 404, 0, 302, 302]


@pytest.fixture
def note(alex, super_admin):
    return services.notes.create(by=super_admin, founder=alex, text="Met")


def test_assigned_admin_manages_the_content_and_no_other_does(
    api, staff_client, people, alex, note, john, jane, assign
):
    for person in (john, jane):
        person.is_staff = True
        person.save()
    assign(alex, john)

    answers = {person: doors(api, staff_client, person, alex, note) for person in (john, jane, people["owner"])}

    assert answers == {john: OPEN, jane: SHUT, people["owner"]: SHUT}


WAYS_TO_LEAVE = {
    "membership removed": lambda john: ("delete", f"/memberships/{Membership.objects.get(user=john).pk}", None),
    "role withdrawn": lambda john: (
        "patch",
        f"/assignments/{Membership.objects.get(user=john).assignment_id}/removedAt",
        None,
    ),
    "role is another type": lambda john: (
        "patch",
        f"/roles/{Membership.objects.get(user=john).assignment.role_id}",
        {"type": "member"},
    ),
    "another role": lambda john: (
        "patch",
        f"/memberships/{Membership.objects.get(user=john).pk}",
        {"assignmentId": str(RoleAssignment.objects.get(role__type="member").pk)},
    ),
}


@pytest.mark.parametrize("way", WAYS_TO_LEAVE)
def test_admin_who_loses_the_rank_stops_with_the_next_request(
    api, staff_client, super_admin, alex, note, john, assign, way
):
    john.is_staff = True
    john.save()
    assign(alex, john)
    method, address, body = WAYS_TO_LEAVE[way](john)
    client, own = api(super_admin), api(john)
    assert own.get(f"{URL}/{alex.pk}").status_code == 200

    assert getattr(client, method)(address, body).status_code == 200

    assert own.get(f"{URL}/{alex.pk}").status_code == 403
    assert own.patch(f"{URL}/{alex.pk}", {"name": "Mine"}).status_code == 403
    assert own.post(f"{URL}/{alex.pk}/notes", {"text": "Mine"}).status_code == 403
    assert staff_client(john).get(f"/admin/founders/founder/{alex.pk}/change/").status_code in (302, 403)
    assert client.get(f"/api/v1/assignments?founderId={alex.pk}").json()["data"] == []
    assert client.get(f"/api/v1/assignments/founders?adminId={john.pk}").json()["data"] == []
    assert [row["founderId"] for row in client.get(f"{URL}?withoutAdmin=true").json()["data"]] == [str(alex.pk)]


def test_admin_who_is_deactivated_stops_with_the_next_request(api, super_admin, alex, john, assign):
    assign(alex, john)
    client, own = api(super_admin), api(john)

    client.patch(f"/users/{john.pk}", {"isActive": False})

    assert own.get(f"{URL}/{alex.pk}").status_code == 401
    assert client.get(f"/api/v1/assignments?founderId={alex.pk}").json()["data"] == []
    assert client.get(f"{URL}?withoutAdmin=true").json()["count"] == 1


def test_admin_of_another_tenant_too_is_judged_by_the_founders_own(api, super_admin, other_tenant, alex, john, assign):
    """Losing the role where the founder is, they keep the other one: it opens nothing here."""
    assign(alex, john)
    role = RoleAssignment.objects.get(tenant=other_tenant, role__type="admin")
    kept = Membership.objects.get(user=john)
    Membership.objects.create(user=john, assignment=role)
    client = api(john)
    before = client.get(f"{URL}/{alex.pk}").status_code

    api(super_admin).delete(f"/memberships/{kept.pk}")

    assert (before, client.get(f"{URL}/{alex.pk}").status_code) == (200, 404)
    assert client.get(URL).json()["count"] == 0


def test_rank_that_comes_back_brings_the_founders_back(api, super_admin, alex, john, assign):
    assign(alex, john)
    client = api(super_admin)
    client.patch(f"/users/{john.pk}", {"isActive": False})

    client.patch(f"/users/{john.pk}", {"isActive": True})

    assert client.get(f"/api/v1/assignments?founderId={alex.pk}").json()["count"] == 1


# --- Founders ---------------------------------------------------------------------------------------------------------


def test_founder_is_created_read_changed_and_deleted(api, super_admin, tenant, member):
    client = api(super_admin)
    sent = {
        "tenantId": str(tenant.pk),
        "name": "Alex Johnson",
        "email": "Alex@Startup.com",
        "companyName": "TechStart Inc.",
        "industry": "Software Development",
        "userId": str(member.pk),
    }

    created = client.post(URL, sent)
    founder = Founder.objects.get()
    first = body_of(founder)
    changed = client.patch(f"{URL}/{founder.pk}", {"companyName": "TechStart AG", "userId": None})
    second = body_of(founder)
    read = client.get(f"{URL}/{founder.pk}")
    deleted = client.delete(f"{URL}/{founder.pk}")

    assert (created.status_code, created.json()) == (201, {"success": True, "data": first})
    assert {name: first[name] for name in sent} == sent | {"email": "alex@startup.com"}
    assert (changed.status_code, changed.json()) == (200, {"success": True, "data": second})
    assert (second["companyName"], second["userId"]) == ("TechStart AG", None)
    assert (read.status_code, read.json()) == (200, {"success": True, "data": second})
    assert (deleted.status_code, deleted.content) == (204, b"")
    assert not Founder.objects.exists()


@pytest.mark.parametrize(
    "change, status, message",
    [
        ({"email": "taken@startup.com"}, 409, "There is already a founder with this address."),
        ({"email": "nonsense"}, 400, "email: Enter a valid email address."),
        ({"name": " "}, 400, "name: This field may not be blank."),
        ({"userId": "{stranger}"}, 404, "User with ID {stranger} not found"),
        ({"tenantId": "{other}"}, 400, "The tenant of this founder cannot be changed."),
    ],
)
def test_change_that_a_rule_refuses(api, super_admin, stranger, other_tenant, alex, stored, change, status, message):
    FounderFactory(tenant=alex.tenant, email="taken@startup.com")
    client, before = api(super_admin), stored()
    keys = {"stranger": stranger.pk, "other": other_tenant.pk}

    sent = {name: value.format(**keys) for name, value in change.items()}
    response = client.patch(f"{URL}/{alex.pk}", sent)

    assert response.status_code == status
    assert response.json() == refusal(status, message.format(**keys))
    assert stored() == before


def test_list_is_paged_by_name_with_the_total_beside_it(api, super_admin, tenant, alex, sarah):
    zoe = FounderFactory(tenant=tenant, name="Zoe")

    response = api(super_admin).get(f"{URL}?skip=1&limit=2")

    assert response["X-Total-Count"] == "3"
    assert response.json() == {"success": True, "count": 2, "data": [body_of(sarah), body_of(zoe)]}


@pytest.mark.parametrize(
    "query, found",
    [
        ("tenantId={other}", ["Omar"]),
        ("industry=healthtech", ["Sarah Williams"]),
        ("search=techstart", ["Alex Johnson"]),
        ("search=INNOVATE.io", ["Sarah Williams"]),
        ("withoutAdmin=true", ["Omar", "Sarah Williams"]),
        ("withoutAdmin=false", ["Alex Johnson"]),
        ("withoutAdmin=true&industry=HealthTech", ["Sarah Williams"]),
    ],
)
def test_list_filters(api, super_admin, other_tenant, alex, sarah, john, assign, query, found):
    FounderFactory(tenant=other_tenant, name="Omar", email="omar@x.example", company_name="X")
    assign(alex, john)

    response = api(super_admin).get(f"{URL}?{query.format(other=other_tenant.pk)}")

    assert [row["name"] for row in response.json()["data"]] == found


def test_founder_gone_takes_pairs_and_notes_along_with_an_entry_each(api, super_admin, alex, note, john, assign):
    assign(alex, john)
    last = AuditEntry.objects.latest("pk").pk

    api(super_admin).delete(f"{URL}/{alex.pk}")

    written = AuditEntry.objects.filter(pk__gt=last).values_list("action", flat=True)
    assert sorted(written) == ["founders.assignment.delete", "founders.founder.delete", "founders.note.delete"]


# --- Notes ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def late(time_machine):
    """An evening in Berlin that is already the next day there, and not yet in UTC."""
    time_machine.move_to(datetime(2026, 3, 2, 23, 30, tzinfo=UTC), tick=False)


def test_note_has_its_author_and_the_day_it_is_on_the_tenants_clocks(late, api, alex, john, assign):
    assign(alex, john)

    response = api(john).post(f"{URL}/{alex.pk}/notes", {"text": "Wants to hire"})

    note = Note.objects.get()
    assert response.status_code == 201
    assert response.json() == {"success": True, "data": note_body(note)}
    assert (note.author, note.date, note.text) == (john, date(2026, 3, 3), "Wants to hire")


def test_notes_are_listed_newest_first_and_filtered(api, super_admin, alex, sarah):
    dates = [date(2026, 3, 1), date(2026, 3, 3), date(2026, 3, 2)]
    written = [services.notes.create(by=super_admin, founder=alex, text=f"On {day}", date=day) for day in dates]
    services.notes.create(by=super_admin, founder=sarah, text="About Sarah", date=dates[0])
    client = api(super_admin)

    every = client.get(f"{URL}/{alex.pk}/notes")
    some = client.get(f"{URL}/{alex.pk}/notes?dateFrom=2026-03-02&dateTo=2026-03-02&search=on")

    newest = [note_body(written[place]) for place in (1, 2, 0)]
    assert every.json() == {"success": True, "count": 3, "data": newest}
    assert every["X-Total-Count"] == "3"
    assert some.json() == {"success": True, "count": 1, "data": [newest[1]]}


def test_note_is_changed_and_deleted_by_any_who_look_after_the_founder(api, super_admin, alex, note, john, assign):
    assign(alex, john)
    client, address = api(john), f"{URL}/{alex.pk}/notes/{note.pk}"

    changed = client.put(address, {"text": "Met twice", "date": "2026-03-04"})
    note.refresh_from_db()
    shown = client.get(address)
    deleted = client.delete(address)

    assert changed.json() == shown.json() == {"success": True, "data": note_body(note)}
    assert (note.author, note.text, note.date) == (super_admin, "Met twice", date(2026, 3, 4))
    assert (deleted.status_code, Note.objects.exists()) == (204, False)


def test_note_is_found_below_its_own_founder_only(api, super_admin, sarah, note):
    response = api(super_admin).get(f"{URL}/{sarah.pk}/notes/{note.pk}")

    assert response.status_code == 404
    assert response.json() == refusal(404, f"Note with ID {note.pk} not found")


@pytest.mark.parametrize(
    "body, message",
    [
        ({}, "text: This field is required."),
        ({"text": ""}, "text: This field may not be blank."),
        ({"text": "x" * 10_001}, "text: Ensure this field has no more than 10000 characters."),
        (
            {"text": "x", "date": "2026-02-30"},
            "date: Date has wrong format. Use one of these formats instead: YYYY-MM-DD.",
        ),
    ],
)
def test_note_that_is_none_is_refused(api, super_admin, alex, stored, body, message):
    client, before = api(super_admin), stored()

    response = client.post(f"{URL}/{alex.pk}/notes", body)

    assert response.status_code == 400
    assert response.json() == refusal(400, message)
    assert stored() == before
