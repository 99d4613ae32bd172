"""The board's page and what its script asks: who may, what is refused in which words, and that nothing is written."""

import json

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from assignhub.models import AuditEntry
from assignhub.tests.outcomes import PERSONS, outcomes
from tasks.models import Assignee, Card
from tasks.tests.factories import (
    BoardFactory,
    CardFactory,
    ColumnFactory,
    ItemFactory,
    LabelFactory,
    ProjectFactory,
)

# The card is the member's; admin and member are the project's team.
ANSWERS = """
                  nobody viewer member admin owner super stranger
GET  board/          302 200 200 200 200 200 302
GET  board/data/     302 200 200 200 200 200 404
POST board/move/     302 403 200 200 200 200 404
POST board/finish/   302 403 200 200 200 200 404
POST board/reopen/   302 403 200 200 200 200 404
"""


def post(client, board, verb: str, body: str | dict):
    content = body if isinstance(body, str) else json.dumps({name: str(value) for name, value in body.items()})
    return client.post(f"/admin/tasks/board/{board.pk}/board/{verb}/", content, content_type="application/json")


def cards() -> list[tuple]:
    return list(Card.objects.order_by("pk").values_list("pk", "column", "position", "finished_at"))


def test_board_answers_each_person_as_declared(people, board, card, staff_client):
    done = ColumnFactory(board=board, position=1)
    bodies = {"move": {"card": card.pk, "column": done.pk}, "finish": {"card": card.pk}, "reopen": {"card": card.pk}}
    answers, meddling = {}, []

    for method, path in outcomes(ANSWERS):
        for name in PERSONS:
            before = (cards(), AuditEntry.objects.count())
            client = staff_client(people[name]) if people[name] else Client()
            if method == "GET":
                response = client.get(f"/admin/tasks/board/{board.pk}/{path}")
            else:
                verb = path.split("/")[1]
                response = post(client, board, verb, bodies[verb])
            answers.setdefault((method, path), []).append(str(response.status_code))
            if response.status_code != 200 and (cards(), AuditEntry.objects.count()) != before:
                meddling.append((path, name))
            card.save()

    assert answers == outcomes(ANSWERS)
    assert meddling == []


def test_move_puts_a_card_at_its_place(admin, board, column, card, staff_client):
    done = ColumnFactory(board=board, name="Done", position=1)
    there = CardFactory(column=done)

    response = post(staff_client(admin), board, "move", {"card": card.pk, "column": done.pk, "position": 0})

    assert (response.status_code, response.json()) == (
        200,
        {"card": str(card.pk), "message": f"“{card}” is in Done, place 1."},
    )
    assert list(done.cards.order_by("position")) == [card, there]


def test_soft_limit_warns_and_hard_limit_refuses(admin, board, column, card, staff_client):
    soft = ColumnFactory(board=board, name="Soft", position=1, wip_limit=1)
    hard = ColumnFactory(board=board, name="Hard", position=2, wip_limit=1, wip_policy="hard")
    for one in (soft, hard):
        CardFactory(column=one)
    client = staff_client(admin)

    warned = post(client, board, "move", {"card": card.pk, "column": soft.pk})
    before = cards()
    refused = post(client, board, "move", {"card": card.pk, "column": hard.pk})

    assert (warned.status_code, warned.json()["message"].startswith(f"“{card}” is in Soft, place 2. ")) == (200, True)
    assert (refused.status_code, refused.json()) == (
        409,
        {"detail": "“Hard” already holds 1 open cards; its limit is 1."},
    )
    assert cards() == before


def test_foreign_rows_do_not_exist(admin, other_tenant, board, column, card, staff_client):
    theirs = ColumnFactory(board=BoardFactory(project=ProjectFactory(tenant=other_tenant)), position=0)
    foreign = CardFactory(column=theirs)
    client, before = staff_client(admin), cards()

    statuses = [
        post(client, board, "move", {"card": card.pk, "column": theirs.pk}).status_code,
        post(client, board, "move", {"card": foreign.pk, "column": column.pk}).status_code,
        post(client, board, "finish", {"card": foreign.pk}).status_code,
        post(client, theirs.board, "move", {"card": card.pk, "column": column.pk}).status_code,
    ]

    assert (statuses, cards()) == ([404] * 4, before)


@pytest.mark.parametrize(
    "body", ["", "[]", '{"card": 1}', '{"card": "x", "column": "y", "position": -1}', '{"card": []}']
)
def test_malformed_requests_are_refused(body, admin, board, card, staff_client):
    client, before = staff_client(admin), cards()

    statuses = [post(client, board, verb, body).status_code for verb in ("move", "finish", "reopen")]

    assert (statuses, cards()) == ([400] * 3, before)


def test_data_tells_what_is_on_each_card(admin, member, board, column, card, staff_client):
    ItemFactory(card=card, completed=True)
    ItemFactory(card=card)
    card.labels.add(LabelFactory(board=board, name="Safety", color="#ff0000"))
    Assignee.objects.create(card=card, user=member)

    data = staff_client(admin).get(f"/admin/tasks/board/{board.pk}/board/data/").json()

    assert data == {
        "columns": [
            {
                "id": str(column.pk),
                "name": column.name,
                "limit": None,
                "open": 1,
                "more": 0,
                "cards": [
                    {
                        "id": str(card.pk),
                        "title": card.title,
                        "priority": "medium",
                        "due": None,
                        "overdue": False,
                        "finished": False,
                        "labels": [{"name": "Safety", "color": "#ff0000"}],
                        "people": ["Member Example"],
                        "steps": 2,
                        "done": 1,
                        "movable": True,
                    }
                ],
            }
        ]
    }


def test_board_shows_a_hundred_cards_of_a_column_and_counts_the_others(admin, board, column, staff_client):
    Card.objects.bulk_create(
        Card(column=column, title=f"Card {number}", task_type="general", position=number) for number in range(103)
    )

    [shown] = staff_client(admin).get(f"/admin/tasks/board/{board.pk}/board/data/").json()["columns"]

    assert (len(shown["cards"]), shown["more"], shown["open"]) == (100, 3, 103)


def test_reading_takes_as_many_queries_for_any_number_of_cards(admin, member, board, column, card, staff_client):
    client, url = staff_client(admin), f"/admin/tasks/board/{board.pk}/board/data/"
    Assignee.objects.create(card=card, user=member)
    client.get(url)
    counts = []

    for number in (0, 30):
        for _ in range(number):
            another = CardFactory(column=column)
            ItemFactory(card=another)
            Assignee.objects.create(card=another, user=member)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(url).status_code == 200
        counts.append(len(queries))

    assert counts == [10, 10]


def test_sidebar_leads_to_the_board_changed_last(admin, board, staff_client):
    response = staff_client(admin).get("/admin/tasks/board/board/")

    assert response["Location"] == f"/admin/tasks/board/{board.pk}/board/"


def test_sidebar_leads_to_the_list_without_any_board(admin, staff_client):
    response = staff_client(admin).get("/admin/tasks/board/board/")

    assert response["Location"] == "/admin/tasks/board/"
