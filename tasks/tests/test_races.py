"""Many writers at the same moment: positions stay whole, the last free place is given once, limits are exact."""

import http.client
import json
import os
import subprocess
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest
from django.conf import settings

from assignhub.models import AuditEntry
from assignhub.testing import client_of
from assignhub.tests.servers import database_url, servers
from assignhub.tests.threads import together
from tasks import services
from tasks.models import Card, ChecklistItem, Column
from tasks.tests.factories import AssigneeFactory, BoardFactory, CardFactory, ColumnFactory, ItemFactory
from tenancy.models import Membership

pytestmark = pytest.mark.django_db(transaction=True)

MOVES = 500

# What each process does: cards between columns, and items within their cards, at random.
MOVER = """
import random, sys
import django
django.setup()
from assignhub.permissions import OPERATOR
from tasks import services
from tasks.models import Card, ChecklistItem, Column
seed, moves, board = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
chance = random.Random(seed)
columns = list(Column.objects.filter(board=board).order_by("pk"))
keys = list(Card.objects.filter(column__board=board).order_by("pk").values_list("pk", flat=True))
items = list(ChecklistItem.objects.filter(card__in=keys).order_by("pk").values_list("pk", flat=True))
for number in range(moves):
    if number % 5:
        card = Card.objects.select_related("column__board__project__tenant").get(pk=chance.choice(keys))
        place = chance.choice([None, chance.randrange(30)])
        services.cards.move(card, by=OPERATOR, column=chance.choice(columns), position=place)
    else:
        item = ChecklistItem.objects.select_related("card__column__board__project__tenant").get(pk=chance.choice(items))
        services.checklist.update(item, by=OPERATOR, position=chance.randrange(12))
"""


def positions(rows) -> list[int]:
    return list(rows.order_by("position").values_list("position", flat=True))


def test_positions_stay_whole_under_two_processes_with_500_random_moves_each(board):
    columns = [ColumnFactory(board=board) for _ in range(4)]
    cards = [CardFactory(column=column) for column in columns for _ in range(6)]
    for card in cards[:4]:
        for _ in range(8):
            ItemFactory(card=card)
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "assignhub.settings",
        "DATABASE_URL": database_url(),
        "SECRET_KEY": settings.SECRET_KEY,
        "ASSIGNHUB_ENV": "local",
        "LOG_LEVEL": "WARNING",
    }

    movers = [
        subprocess.Popen(
            [sys.executable, "-c", MOVER, str(seed), str(MOVES), str(board.pk)],
            cwd=settings.BASE_DIR,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for seed in (1, 2)
    ]
    ended = [(*mover.communicate(timeout=600), mover.returncode) for mover in movers]

    assert [code for _, _, code in ended] == [0, 0], [complaint for _, complaint, _ in ended]
    by_column = {column.pk: positions(column.cards) for column in columns}
    assert by_column == {key: list(range(len(found))) for key, found in by_column.items()}
    assert sum(map(len, by_column.values())) == len(cards) == Card.objects.count()
    by_card = {card.pk: positions(card.checklist) for card in cards}
    assert by_card == {key: list(range(len(found))) for key, found in by_card.items()}
    assert ChecklistItem.objects.count() == 32
    moved = set(AuditEntry.objects.filter(action="tasks.card.move").values_list("object_id", flat=True))
    assert moved == {str(card.pk) for card in cards}


@pytest.mark.parametrize("attempt", [1, 2, 3])
def test_one_of_two_moves_gets_the_last_place_of_a_hard_limit(attempt, api, admin, board, column):
    narrow = ColumnFactory(board=board, wip_limit=2, wip_policy=Column.Policy.HARD)
    CardFactory(column=narrow)
    cards = [CardFactory(column=column) for _ in range(2)]
    clients = [api(admin) for _ in cards]
    body = {"column_id": str(narrow.pk)}

    urls = [f"/api/v1/cards/{card.pk}/move" for card in cards]

    answers = together(*(lambda c=client, u=url: c.put(u, body) for client, url in zip(clients, urls, strict=True)))

    assert Counter(answer.status_code for answer in answers) == {200: 1, 409: 1}
    refused = next(answer for answer in answers if answer.status_code == 409)
    assert refused.json() == {
        "success": False,
        "error": f"“{narrow.name}” already holds 2 open cards; its limit is 2.",
        "error_code": "CONFLICT",
        "column_id": str(narrow.pk),
        "wip_limit": 2,
    }
    assert (positions(narrow.cards), positions(column.cards)) == ([0, 1], [0])
    assert AuditEntry.objects.filter(action="tasks.card.move").count() == 1


@pytest.mark.parametrize("attempt", [1, 2, 3])
def test_nobody_is_put_on_a_card_while_they_leave(attempt, api, owner, tenant, card, colleague):
    """Whoever comes first: in the end, who has left is on no open card."""
    leaver = colleague("member")
    membership = Membership.objects.get(user=leaver)
    clients = api(owner), api(owner)

    left, assigned = together(
        lambda: clients[0].delete(f"/memberships/{membership.pk}"),
        lambda: clients[1].post(f"/api/v1/cards/{card.pk}/assign", {"assigned_to": [str(leaver.pk)]}),
    )

    assert left.status_code == 200
    assert assigned.status_code in (200, 403)
    assert not card.assignees.exists()


def test_two_people_put_the_same_person_on_a_card_at_once(api, admin, owner, member, card):
    clients = [api(person) for person in (admin, owner) * 4]
    body = {"assigned_to": [str(member.pk)]}

    answers = together(*(lambda c=client: c.post(f"/api/v1/cards/{card.pk}/assign", body) for client in clients))

    assert {answer.status_code for answer in answers} == {200}
    assert card.assignees.count() == 1
    assert AuditEntry.objects.filter(action="tasks.card.assign").count() == 1


def test_eleventh_generation_within_a_minute_over_two_servers_is_429(member, card):
    token = client_of(member)._credentials["HTTP_AUTHORIZATION"]
    path = f"/api/v1/checklist/cards/{card.pk}/checklist/ai-generate"
    # Malformed requests count as well.
    bodies = [b'{"title": "Implement sign-in"}', b"[]", b'{"priority": "whenever"}']

    def ask(port: int, body: bytes) -> tuple[int, str | None, dict]:
        with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=60)) as connection:
            headers = {"Authorization": token, "Content-Type": "application/json"}
            connection.request("POST", path, body, headers)
            response = connection.getresponse()
            return response.status, response.getheader("Retry-After"), json.loads(response.read())

    limits = {"RATE_LIMIT_CHECKLIST_GENERATION": "10/hour", "RATE_LIMIT_TASKS": "100/hour", "REDIS_URL": ""}
    with servers(2, **limits) as ports:
        one_by_one = [ask(ports[number % 2], bodies[number % 3]) for number in range(10)]
        eleventh = ask(ports[0], bodies[0])
        with ThreadPoolExecutor(4) as threads:
            after = list(threads.map(ask, [*ports] * 4, [bodies[0]] * 8))

    assert [status for status, _, _ in one_by_one] == [200, 400, 400] * 3 + [200]
    status, retry, body = eleventh
    assert (status, body["success"], body["error_code"]) == (429, False, "RATE_LIMITED")
    assert 3500 < int(retry) <= 3600
    assert {status for status, _, _ in after} == {429}


def test_requests_to_the_api_share_a_limit_exact_over_two_servers(member, card):
    token = client_of(member)._credentials["HTTP_AUTHORIZATION"]
    paths = [f"/api/v1/cards/{card.pk}", "/api/v1/boards", "/api/v1/checklist/permissions/role/admin"] * 10

    def ask(port: int, path: str) -> int:
        with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=60)) as connection:
            connection.request("GET", path, headers={"Authorization": token})
            return connection.getresponse().status

    with servers(2, RATE_LIMIT_TASKS="20/hour", REDIS_URL="") as ports, ThreadPoolExecutor(4) as threads:
        answers = list(threads.map(ask, [*ports] * 15, paths))

    assert Counter(answers) == {200: 20, 429: 10}


def test_moves_across_boards_meet_without_a_deadlock(board, project, admin):
    here, there = ColumnFactory(board=board), ColumnFactory(board=BoardFactory(project=project))
    going, coming = CardFactory(column=here), CardFactory(column=there)
    AssigneeFactory(card=going, user=admin)

    def swap(card, first, second):
        def run():
            for target in (first, second) * 5:
                row = Card.objects.select_related("column__board__project__tenant").get(pk=card.pk)
                services.cards.move(row, by=admin, column=target, position=0)

        return run

    ended = together(swap(going, there, here), swap(coming, here, there))

    assert ended == [None, None]
    assert (positions(here.cards), positions(there.cards)) == ([0], [0])
