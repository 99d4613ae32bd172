"""What employees and shifts are described by: qualifications, shift types, hours, absences and the tenant's policy."""

from types import SimpleNamespace

import pytest
from django.apps import apps

from assignhub.audit import trail
from scheduling.tests.bodies import moment
from scheduling.tests.factories import (
    AvailabilityExceptionFactory,
    AvailabilityWindowFactory,
    EmployeeFactory,
    QualificationFactory,
    ShiftTypeFactory,
)
from scheduling.tests.planning_bodies import NOT_SIGNED_IN, ROLE_TOO_LOW
from scheduling.tests.planning_factories import PolicyFactory

DEFAULTS = {
    "minimum_rest_hours": 11,
    "maximum_daily_hours": 12,
    "maximum_weekly_hours": 40,
    "swaps_need_approval": True,
}

# address → the model, how to make one, whose it is, what to send, what is shown beyond that, and a change
KINDS = {
    "qualifications": SimpleNamespace(
        model="qualification", make=QualificationFactory, of="tenant", body={"name": "Triage"}, change={"name": "Night"}
    ),
    "shift-types": SimpleNamespace(
        model="shifttype",
        make=ShiftTypeFactory,
        of="tenant",
        body={"name": "Early"},
        shows={"required_qualification_ids": []},
        change={"name": "Late"},
    ),
    "policies": SimpleNamespace(
        model="policy", make=PolicyFactory, of="tenant", body={}, shows=DEFAULTS, change={"maximum_daily_hours": 10}
    ),
    "availability-windows": SimpleNamespace(
        model="availabilitywindow",
        make=AvailabilityWindowFactory,
        of="employee",
        body={"weekday": 6, "start_time": "22:00", "end_time": "06:00"},
        change={"end_time": "07:30"},
    ),
    "availability-exceptions": SimpleNamespace(
        model="availabilityexception",
        make=AvailabilityExceptionFactory,
        of="employee",
        body={"kind": "away", "first_date": "2026-11-02", "last_date": "2026-11-06"},
        shows={"start_time": None, "end_time": None, "reason": ""},
        change={"kind": "extra", "start_time": "06:00", "end_time": "14:00", "reason": "Flu season"},
    ),
}


@pytest.fixture(params=KINDS)
def kind(request, tenant, nurse):
    """Each kind of record in turn, with its address and whose it is."""
    given = KINDS[request.param]
    owner = {"tenant": tenant, "employee": nurse}[given.of]
    return SimpleNamespace(
        url=f"/api/{request.param}",
        model=apps.get_model("scheduling", given.model),
        verb=f"scheduling.{given.model}",
        owner=owner,
        key=f"{given.of}_id",
        body={f"{given.of}_id": str(owner.pk) if given.of == "tenant" else owner.pk, **given.body},
        shows=getattr(given, "shows", {}),
        change=given.change,
        make=lambda owner=owner: given.make(**{given.of: owner}),
        of=given.of,
    )


def told(row, **values) -> dict:
    return {"id": row.pk, "created_at": moment(row.created_at), "updated_at": moment(row.updated_at), **values}


def gone(kind, key) -> dict:
    name = kind.model._meta.verbose_name.capitalize()
    return {"detail": f"{name} with ID {key} not found", "code": "not_found", f"{kind.model._meta.model_name}_id": key}


# --- Each kind --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("slash", ["", "/"])
@pytest.mark.parametrize("person", ["admin", "owner", "super_admin"])
def test_record_made(api, people, tenant, kind, person, slash):
    response = api(people[person]).post(kind.url + slash, kind.body)

    row = kind.model.objects.get()
    assert (response.status_code, response.json()) == (201, told(row, **kind.body, **kind.shows))
    entry = trail(row).get()
    assert (entry.action, entry.by_id, entry.tenant_id) == (f"{kind.verb}.add", people[person].pk, tenant.pk)


@pytest.mark.parametrize("method", ["put", "patch"])
@pytest.mark.parametrize("person", ["admin", "owner", "super_admin"])
def test_record_changed_only_in_what_is_sent(api, people, tenant, kind, person, method):
    client = api(people[person])
    key = client.post(kind.url, kind.body).json()["id"]

    response = getattr(client, method)(f"{kind.url}/{key}", kind.change)

    row = kind.model.objects.get()
    assert (response.status_code, response.json()) == (200, told(row, **kind.body | kind.shows | kind.change))
    entry = trail(row).first()
    assert (entry.action, entry.by_id, entry.tenant_id) == (f"{kind.verb}.change", people[person].pk, tenant.pk)
    assert entry.changes.keys() == kind.change.keys()


@pytest.mark.parametrize("person", ["admin", "owner", "super_admin"])
def test_record_deleted(api, people, tenant, kind, person):
    row = kind.make()

    response = api(people[person]).delete(f"{kind.url}/{row.pk}")

    assert (response.status_code, response.content) == (204, b"")
    assert not kind.model.objects.exists()
    entry = trail(row).get()
    assert (entry.action, entry.by_id, entry.tenant_id) == (f"{kind.verb}.delete", people[person].pk, tenant.pk)


@pytest.mark.parametrize("person", ["viewer", "member", "admin", "owner", "super_admin"])
def test_record_read_by_every_role(api, people, kind, person):
    made = api(people["admin"]).post(kind.url, kind.body).json()
    client = api(people[person])

    listed, one = client.get(kind.url), client.get(f"{kind.url}/{made['id']}/")

    assert (listed.status_code, listed.json(), listed["X-Total-Count"]) == (200, [made], "1")
    assert (one.status_code, one.json()) == (200, made)


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
@pytest.mark.parametrize("person", ["nobody", "viewer", "member"])
def test_record_written_by_those_who_may_not(api, people, kind, stored, person, method):
    row = kind.make()
    client, before = api(people[person]), stored()

    response = getattr(client, method)(kind.url if method == "post" else f"{kind.url}/{row.pk}", kind.body)

    answer = (401, NOT_SIGNED_IN) if person == "nobody" else (403, ROLE_TOO_LOW)
    assert (response.status_code, response.json()) == answer
    assert stored() == before


@pytest.mark.parametrize("method", ["get", "put", "patch", "delete"])
def test_record_of_another_tenant_answers_as_for_no_record(api, stranger, kind, stored, method):
    row = kind.make()
    client, before = api(stranger), stored()

    responses = {key: getattr(client, method)(f"{kind.url}/{key}") for key in (row.pk, 2**40)}

    answers = {key: (response.status_code, response.json()) for key, response in responses.items()}
    assert answers == {key: (404, gone(kind, key)) for key in responses}
    assert client.get(kind.url).json() == []
    assert stored() == before


def test_record_for_an_owner_of_another_tenant(api, admin, other_tenant, kind, stored):
    foreign = other_tenant if kind.of == "tenant" else EmployeeFactory(tenant=other_tenant)
    client, before = api(admin), stored()

    response = client.post(kind.url, kind.body | {kind.key: str(foreign.pk) if kind.of == "tenant" else foreign.pk})

    detail = f"{kind.of.capitalize()} with ID {foreign.pk} not found"
    assert (response.status_code, response.json()) == (404, {"detail": detail})
    assert stored() == before


def test_record_by_an_admin_elsewhere_who_is_a_viewer_here(api, viewer, other_tenant, kind, stored):
    viewer.memberships.create(assignment=other_tenant.assignments.get(role__type="admin"))
    row = kind.make()
    client, before = api(viewer), stored()

    responses = {
        "change": client.patch(f"{kind.url}/{row.pk}", kind.change),
        "delete": client.delete(f"{kind.url}/{row.pk}"),
    }

    name = kind.model._meta.verbose_name
    answers = {verb: (response.status_code, response.json()) for verb, response in responses.items()}
    assert answers == {verb: (403, {"detail": f"You may not {verb} this {name}."}) for verb in responses}
    assert stored() == before


def test_record_given_to_another_owner(api, super_admin, tenant, other_tenant, kind, stored):
    row = kind.make()
    other = other_tenant if kind.of == "tenant" else EmployeeFactory(tenant=tenant)
    client, before = api(super_admin), stored()

    response = client.patch(f"{kind.url}/{row.pk}", {kind.key: str(other.pk) if kind.of == "tenant" else other.pk})

    detail = f"The {kind.of} of this {kind.model._meta.verbose_name} cannot be changed."
    assert (response.status_code, response.json()) == (400, {"detail": detail, "code": "fixed"})
    assert stored() == before


def test_list_of_one_owner(api, super_admin, other_tenant, kind):
    row = kind.make()
    other = other_tenant if kind.of == "tenant" else EmployeeFactory(tenant=other_tenant)
    kind.make(other)

    response = api(super_admin).get(f"{kind.url}?{kind.key}={kind.owner.pk}")

    assert [shown["id"] for shown in response.json()] == [row.pk]
