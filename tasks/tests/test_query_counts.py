"""How many queries a request takes, as literal numbers: the same for one row and for hundreds."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tasks.models import Assignee, Card, ChecklistItem
from tasks.tests.factories import CardFactory, ColumnFactory, LabelFactory


@pytest.fixture
def fill(board, column, admin, member):
    """`fill(n)` → n cards with two people, a label and three items each, in two columns."""

    def make(count: int) -> list[Card]:
        columns = [column, ColumnFactory(board=board)]
        label = LabelFactory(board=board)
        cards = [
            Card(column=columns[n % 2], title=f"Card {n}", position=n // 2, task_type="general") for n in range(count)
        ]
        Card.objects.bulk_create(cards)
        Assignee.objects.bulk_create(Assignee(card=card, user=user) for card in cards for user in (admin, member))
        ChecklistItem.objects.bulk_create(
            ChecklistItem(card=card, text=f"Step {n}", position=n) for card in cards for n in range(3)
        )
        Card.labels.through.objects.bulk_create(Card.labels.through(card=card, label=label) for card in cards)
        return cards

    return make


@pytest.mark.parametrize("count", [1, 3, 500])
def test_board_takes_as_many_queries_for_any_number_of_cards(count, api, viewer, board, fill):
    client = api(viewer)
    fill(count)

    with CaptureQueriesContext(connection) as queries:
        response = client.get(f"/api/v1/boards/{board.pk}")

    cards = [card for column in response.json()["columns"] for card in column["cards"]]
    assert len(cards) == count
    assert all(len(card["assigned_to"]) == 2 and len(card["checklist"]) == 3 and card["labels"] for card in cards)
    assert len(queries) == 8


@pytest.mark.parametrize("count", [1, 3, 500])
def test_list_of_cards_takes_as_many_queries_for_any_number(count, api, viewer, fill):
    client = api(viewer)
    fill(count)

    with CaptureQueriesContext(connection) as queries:
        response = client.get("/api/v1/cards?limit=1000")

    assert len(response.json()) == count
    assert len(queries) == 5


@pytest.mark.parametrize("count", [2, 6, 100])
def test_move_takes_as_many_queries_whatever_stands_in_its_way(count, api, owner, fill):
    client = api(owner)
    cards = fill(count)
    target = cards[1].column_id

    with CaptureQueriesContext(connection) as queries:
        response = client.put(f"/api/v1/cards/{cards[0].pk}/move", {"column_id": str(target), "position": 0})

    assert response.status_code == 200
    assert len(queries) == 19


@pytest.mark.parametrize("count", [1, 3, 20])
def test_new_items_take_as_many_queries_for_any_number(count, api, owner, member, column):
    client = api(owner)
    card = CardFactory(column=column)
    items = [{"text": f"Step {n}", "assignee_id": str(member.pk), "position": 0} for n in range(count)]

    with CaptureQueriesContext(connection) as queries:
        response = client.post(f"/api/v1/checklist/cards/{card.pk}/checklist", {"items": items})

    assert len(response.json()) == count
    assert len(queries) == 13
