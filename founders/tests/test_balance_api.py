"""Proposals for founders without an admin: what they say, and what putting them into force writes."""

import io
import random
import time
from collections import Counter

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from assignhub.models import AuditEntry
from founders import services
from founders.balancing import Applicant, Taker
from founders.models import Assignment, Founder, Tenure
from founders.tests.conftest import URL, refusal
from founders.tests.factories import CapacityFactory, FounderFactory, admin_of
from founders.tests.test_balancing import max_flow

BALANCE = f"{URL}/balance"


@pytest.fixture
def scene(tenant, alex, sarah, john, jane):
    """John takes two founders of any industry, Jane one in HealthTech; Sarah is in HealthTech, Alex is not."""
    CapacityFactory(tenant=tenant, user=john, capacity=2)
    CapacityFactory(tenant=tenant, user=jane, capacity=1, industries=["healthtech "])


def proposal(founder, admin, reason) -> dict:
    return {
        "founderId": str(founder.pk),
        "name": founder.name,
        "industry": founder.industry,
        "adminId": admin and str(admin.pk),
        "adminName": admin and str(admin),
        "reason": reason,
    }


def test_proposals_say_who_and_why_and_write_nothing(api, super_admin, scene, alex, sarah, john, jane, stored):
    client, before = api(super_admin), stored()

    response = client.post(BALANCE, {})

    assert response.status_code == 200
    assert response.json() == {
        "success": True,
        "data": {
            "applied": False,
            "placed": 2,
            "leftOver": 0,
            "proposals": [
                proposal(alex, john, "John Doe takes founders of any industry; this is founder 1 of 2"),
                proposal(sarah, jane, "Jane Smith takes founders in HealthTech; this is founder 1 of 1"),
            ],
        },
    }
    assert stored() == before


def test_proposals_are_put_into_force(api, super_admin, scene, alex, sarah):
    client = api(super_admin)
    proposed = client.post(BALANCE, {"dryRun": True}).json()["data"]["proposals"]

    response = client.post(BALANCE, {"dryRun": False})

    data = response.json()["data"]
    assert (data["applied"], data["placed"], data["proposals"]) == (True, 2, proposed)
    rows = {(str(row.founder_id), str(row.admin_id), row.is_lead) for row in Assignment.objects.all()}
    assert rows == {(each["founderId"], each["adminId"], True) for each in proposed}
    assert Tenure.objects.filter(until=None).count() == 2
    actions = AuditEntry.objects.filter(object_type__startswith="founders.").values_list("action", flat=True)
    assert Counter(actions) == {"founders.assignment.add": 2, "founders.founder.assign": 2}
    assert client.post(BALANCE, {"dryRun": False}).json()["data"]["proposals"] == []


def test_left_over_founders_say_why(api, super_admin, tenant, other_tenant, alex, sarah, john):
    CapacityFactory(tenant=tenant, user=john, capacity=1, industries=["Software Development"])
    second = FounderFactory(tenant=tenant, name="Second", industry="software development")
    elsewhere = FounderFactory(tenant=other_tenant, name="Elsewhere")
    client = api(super_admin)

    response = client.post(BALANCE, {"dryRun": False})

    full = "Every admin who could take this founder, or pass one on to make room, is at capacity"
    expected = [
        proposal(alex, john, "John Doe takes founders in Software Development; this is founder 1 of 1"),
        proposal(sarah, None, "No admin takes founders in HealthTech"),
        proposal(second, None, full),
        proposal(elsewhere, None, "No admin of this tenant has a capacity"),
    ]
    data = response.json()["data"]
    assert sorted(data["proposals"], key=lambda each: each["founderId"]) == sorted(
        expected, key=lambda each: each["founderId"]
    )
    assert (data["placed"], data["leftOver"]) == (1, 3)
    assert Assignment.objects.count() == 1


def test_only_the_tenant_that_is_named(api, super_admin, tenant, other_tenant, alex):
    FounderFactory(tenant=other_tenant)

    response = api(super_admin).post(BALANCE, {"tenantId": str(tenant.pk)})

    assert [row["name"] for row in response.json()["data"]["proposals"]] == ["Alex Johnson"]


def test_admins_who_no_longer_count_are_not_proposed_and_give_way(api, super_admin, tenant, alex, john, jane, assign):
    for person in (john, jane):
        CapacityFactory(tenant=tenant, user=person)
    assign(alex, john)
    client = api(super_admin)
    client.patch(f"/users/{john.pk}", {"isActive": False})

    client.post(BALANCE, {"dryRun": False})

    assert [row.admin for row in Assignment.objects.all()] == [jane]


@pytest.mark.parametrize(
    "body, message",
    [
        ({"dryRun": "perhaps"}, "dryRun: Must be a valid boolean."),
        ({"dryRun": None}, "dryRun: This field may not be null."),
        ({"tenantId": "x"}, "tenantId: Must be a valid UUID."),
        ([], "Invalid data. Expected a dictionary, but got list."),
    ],
)
def test_request_that_is_none_is_refused(api, super_admin, scene, stored, body, message):
    client, before = api(super_admin), stored()

    response = client.post(BALANCE, body)

    assert response.status_code == 400
    assert response.json() == refusal(400, message)
    assert stored() == before


# --- Many -------------------------------------------------------------------------------------------------------------


def fill(tenant, founders: int, admins: int) -> None:
    chance = random.Random(7)
    industries = [f"Industry {number}" for number in range(20)]
    for number in range(admins):
        CapacityFactory(
            tenant=tenant,
            user=admin_of(tenant, f"Admin{number}"),
            capacity=founders // admins + chance.randint(-5, 5) if founders > 100 else 3,
            industries=chance.sample(industries, chance.randint(0, 3)),
        )
    rows = [
        FounderFactory.build(tenant=tenant, industry=chance.choice(["", *industries]), email=f"{number}@many.example")
        for number in range(founders)
    ]
    Founder.objects.bulk_create(rows)


def test_5000_founders_and_40_admins(super_admin, tenant):
    fill(tenant, 5_000, 40)
    began = time.process_time()
    proposals = services.balance(by=super_admin, tenant_id=tenant.pk, dry_run=False)
    seconds = time.process_time() - began

    capacities = {row.user_id: row for row in tenant.founder_capacities.all()}
    takers = [
        Taker(key, frozenset(name.casefold() for name in row.industries), row.capacity, 0)
        for key, row in capacities.items()
    ]
    applicants = [Applicant(row.pk, row.industry.casefold()) for row in Founder.objects.all()]
    held = Counter(Assignment.objects.values_list("admin", flat=True))
    placed = [each for each in proposals if each.admin]
    assert len(proposals) == 5_000
    assert len(placed) == sum(held.values()) == max_flow(applicants, takers)
    assert all(held[key] <= row.capacity for key, row in capacities.items())
    assert all(
        not capacities[each.admin.pk].industries
        or not each.founder.industry
        or each.founder.industry in capacities[each.admin.pk].industries
        for each in placed
    )
    alike: dict = {}
    for key, row in capacities.items():
        alike.setdefault((row.capacity, tuple(sorted(row.industries))), []).append(held[key])
    assert all(max(counts) - min(counts) <= 1 for counts in alike.values())
    assert seconds < 20


@pytest.mark.parametrize("founders", [1, 60])
@pytest.mark.parametrize("dry_run, expected", [(True, 5), (False, 15)])
def test_queries_do_not_grow_with_founders(super_admin, tenant, founders, dry_run, expected):
    fill(tenant, founders, 4)

    with CaptureQueriesContext(connection) as captured:
        proposals = services.balance(by=super_admin, tenant_id=tenant.pk, dry_run=dry_run)

    assert len(proposals) == founders
    assert len(captured) == expected


# --- The command ------------------------------------------------------------------------------------------------------


def run(**options) -> list[str]:
    printed = io.StringIO()
    call_command("balance_founders", stdout=printed, **options)
    return printed.getvalue().splitlines()


def test_command_proposes_and_applies(super_admin, tenant, alex, sarah, john):
    CapacityFactory(tenant=tenant, user=john, capacity=1)
    lines = [
        "Alex Johnson: John Doe (John Doe takes founders of any industry; this is founder 1 of 1)",
        "Sarah Williams: nobody (Every admin who could take this founder, or pass one on to make room, is at capacity)",
    ]

    proposed = run(by=super_admin.email)
    before = Assignment.objects.count()
    applied = run(by=super_admin.email, tenant=tenant.name, apply=True)

    assert proposed == [*lines, "1 proposed; --apply puts this into force. 1 left over."]
    assert before == 0
    assert applied == [*lines, "1 assigned. 1 left over."]
    assert [row.founder for row in Assignment.objects.all()] == [alex]


def test_command_by_somebody_who_may_not(owner, tenant, alex, stored):
    before = stored()

    with pytest.raises(CommandError, match=r"^Your role does not allow you to balance this here\.$"):
        run(by=owner.email, apply=True)

    assert stored() == before
