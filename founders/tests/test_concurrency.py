"""Several writers at the same moment, each with a connection of its own: one of them has the last word, whole."""

import itertools
import random

import pytest

from assignhub.models import AuditEntry
from assignhub.tests.threads import together
from founders.models import Assignment, Tenure
from founders.tests.conftest import URL
from founders.tests.factories import FounderFactory, admin_of
from tenancy import services as tenancy
from tenancy.models import Membership

pytestmark = pytest.mark.django_db(transaction=True)

ROUNDS, WRITERS = 40, 4


def test_the_result_of_four_concurrent_lists_is_always_one_of_the_four(api, super_admin, tenant):
    founder = FounderFactory(tenant=tenant)
    keys = [str(admin_of(tenant, f"Admin{number}").pk) for number in range(6)]
    clients = [api(super_admin) for _ in range(WRITERS)]
    chance = random.Random(3)
    wrong = []

    for number in range(ROUNDS):
        lists = [chance.sample(keys, chance.randint(1, 5)) for _ in range(WRITERS)]
        answers = together(
            *(
                lambda client=client, wanted=wanted: client.post(
                    URL, {"founderId": str(founder.pk), "adminIds": wanted}
                )
                for client, wanted in zip(clients, lists, strict=True)
            )
        )
        statuses = [getattr(answer, "status_code", answer) for answer in answers]
        held = {str(key) for key in Assignment.objects.values_list("admin", flat=True)}
        leads = [str(key) for key in Assignment.objects.filter(is_lead=True).values_list("admin", flat=True)]
        last = [wanted for wanted in lists if set(wanted) == held and [wanted[0]] == leads]
        responsible = {str(key) for key in Tenure.objects.filter(until=None).values_list("admin_id", flat=True)}
        if statuses != [200] * WRITERS or not last or responsible != held:
            wrong.append((number, statuses, lists, held, leads, responsible))

    assert wrong == []


def test_of_writers_who_read_the_same_list_one_wins_and_the_others_are_told(api, super_admin, tenant):
    founder = FounderFactory(tenant=tenant)
    keys = [str(admin_of(tenant, f"Admin{number}").pk) for number in range(WRITERS)]
    clients = [api(super_admin) for _ in keys]
    tag = clients[0].get(f"{URL}?founderId={founder.pk}")["ETag"]

    answers = together(
        *(
            lambda client=client, key=key: client.post(
                URL, {"founderId": str(founder.pk), "adminIds": [key]}, headers={"If-Match": tag}
            )
            for client, key in zip(clients, keys, strict=True)
        )
    )

    assert sorted(answer.status_code for answer in answers) == [200, 412, 412, 412]
    winner = next(key for answer, key in zip(answers, keys, strict=True) if answer.status_code == 200)
    assert [str(row.admin_id) for row in Assignment.objects.all()] == [winner]


def test_list_and_loss_of_the_role_at_the_same_moment_leave_a_true_history(api, super_admin, tenant):
    """Whichever comes first, whoever has lost the role is not responsible afterwards."""
    for number in range(10):
        founder, leaver = FounderFactory(tenant=tenant), admin_of(tenant, f"Leaver{number}")
        client, held = api(super_admin), Membership.objects.get(user=leaver)

        answers = together(
            lambda f=founder, p=leaver, c=client: c.post(URL, {"founderId": str(f.pk), "adminIds": [str(p.pk)]}),
            lambda held=held: tenancy.memberships.remove(held, by=super_admin),
        )

        assert answers[0].status_code in (200, 400)
        assert not Tenure.objects.filter(founder=founder, until=None).exists()
        assert client.get(f"{URL}?founderId={founder.pk}").json()["data"] == []


def test_pair_deleted_and_replaced_at_the_same_moment(api, super_admin, tenant):
    founder, admins = FounderFactory(tenant=tenant), [admin_of(tenant, f"Admin{number}") for number in range(2)]
    clients = [api(super_admin) for _ in range(3)]
    body = {"founderId": str(founder.pk), "adminIds": [str(person.pk) for person in admins]}
    clients[0].post(URL, body)

    for _ in range(10):
        answers = together(
            lambda: clients[0].post(URL, body),
            lambda: clients[1].delete(f"{URL}/{admins[0].pk}/{founder.pk}"),
            lambda: clients[2].delete(f"{URL}/{admins[0].pk}/{founder.pk}"),
        )

        statuses = [getattr(answer, "status_code", answer) for answer in answers]
        assert statuses[0] == 200
        assert set(statuses[1:]) <= {200, 404}
        clients[0].post(URL, body)

    assert set(Assignment.objects.values_list("admin", flat=True)) == {person.pk for person in admins}


def test_nothing_of_a_round_is_missing_from_the_trail(api, super_admin, tenant):
    """Replaying who was added and who was deleted leads to the rows that are there."""
    founder = FounderFactory(tenant=tenant)
    keys = [str(admin_of(tenant, f"Admin{number}").pk) for number in range(4)]
    clients = [api(super_admin) for _ in range(WRITERS)]
    lists = [list(pair) for pair in itertools.combinations(keys, 2)][:WRITERS]

    together(
        *(
            lambda client=client, wanted=wanted: client.post(URL, {"founderId": str(founder.pk), "adminIds": wanted})
            for client, wanted in zip(clients, lists, strict=True)
        )
    )

    held: set[str] = set()
    for entry in AuditEntry.objects.filter(object_type="founders.assignment").order_by("pk"):
        if entry.action.endswith(".add"):
            held.add(entry.changes["admin"][1])
        elif entry.action.endswith(".delete"):
            held.remove(entry.changes["admin"][0])
    assert held == {str(key) for key in Assignment.objects.values_list("admin", flat=True)}
