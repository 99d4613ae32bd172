"""Cards and checklists from day to day: order, limits, finishing, items that become cards, labels, suggestions."""

import pytest
from django.utils import timezone

from assignhub.models import AuditEntry
from tasks.models import Assignee, Card, Column
from tasks.tests.factories import (
    AssigneeFactory,
    BoardFactory,
    CardFactory,
    ColumnFactory,
    ItemFactory,
    LabelFactory,
    ProjectFactory,
)


def titles(column) -> list[str]:
    return list(column.cards.order_by("position").values_list("title", flat=True))


def texts(card) -> list[str]:
    return list(card.checklist.order_by("position").values_list("text", flat=True))


def error(response) -> tuple:
    body = response.json()
    return response.status_code, body["success"], body["error_code"]


# --- Order ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "position, expected",
    [(0, "NABC"), (1, "ANBC"), (3, "ABCN"), (99, "ABCN"), (2**31 - 1, "ABCN"), (None, "ABCN")],
)
def test_new_card_stands_where_it_is_asked_for(position, expected, api, admin, column):
    for title in "ABC":
        CardFactory(column=column, title=title)
    body = {"title": "N"} | ({} if position is None else {"position": position})

    response = api(admin).post(f"/api/v1/cards/{column.pk}/cards", body)

    assert response.status_code == 201
    assert response.json()["position"] == expected.index("N")
    assert titles(column) == list(expected)


@pytest.mark.parametrize(
    "body, expected",
    [
        ({"position": 0}, "CABD"),
        ({"position": 3}, "ABDC"),
        ({"position": 9}, "ABDC"),
        ({"position": 2}, "ABCD"),
        ({}, "ABDC"),
    ],
)
def test_card_moves_within_its_column(body, expected, api, admin, column):
    cards = {title: CardFactory(column=column, title=title) for title in "ABCD"}

    response = api(admin).put(f"/api/v1/cards/{cards['C'].pk}/move", body)

    assert response.status_code == 200
    assert titles(column) == list(expected)
    assert sorted(column.cards.values_list("position", flat=True)) == [0, 1, 2, 3]


def test_card_moves_between_columns_and_both_close_up(api, admin, board, column):
    other = ColumnFactory(board=board)
    cards = {title: CardFactory(column=column, title=title) for title in "ABC"}
    CardFactory(column=other, title="X")

    response = api(admin).put(f"/api/v1/cards/{cards['A'].pk}/move", {"column_id": str(other.pk), "position": 0})

    assert response.status_code == 200
    assert (titles(column), titles(other)) == (["B", "C"], ["A", "X"])
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.changes) == ("tasks.card.move", {"column": [str(column.pk), str(other.pk)]})


def test_deleted_card_and_item_leave_no_gap(api, admin, column):
    cards = [CardFactory(column=column) for _ in range(3)]
    items = [ItemFactory(card=cards[0]) for _ in range(3)]
    client = api(admin)

    client.delete(f"/api/v1/checklist/checklist/{items[1].pk}")
    client.delete(f"/api/v1/cards/{cards[1].pk}")

    assert list(column.cards.values_list("position", flat=True)) == [0, 1]
    assert list(cards[0].checklist.values_list("position", flat=True)) == [0, 1]


def test_columns_are_put_in_order_too(api, admin, board, column):
    second = ColumnFactory(board=board)
    client = api(admin)

    client.post("/api/v1/columns", {"board_id": str(board.pk), "name": "First", "position": 0})
    client.patch(f"/api/v1/columns/{second.pk}", {"position": 1})
    client.delete(f"/api/v1/columns/{column.pk}")

    assert list(board.columns.values_list("name", "position")) == [("First", 0), (second.name, 1)]


def test_batch_of_items_stands_where_it_is_asked_for(api, admin, card):
    for text in "AB":
        ItemFactory(card=card, text=text)
    items = [{"text": "X", "position": 0}, {"text": "Y"}, {"text": "Z", "position": 1}]

    response = api(admin).post(f"/api/v1/checklist/cards/{card.pk}/checklist", {"items": items})

    assert [item["position"] for item in response.json()] == [0, 4, 1]
    assert texts(card) == ["X", "Z", "A", "B", "Y"]


# --- Limits -----------------------------------------------------------------------------------------------------------


def test_soft_limit_warns_and_hard_limit_refuses(api, admin, board, column, stored):
    CardFactory(column=column)
    CardFactory(column=column, finished_at=timezone.now())
    soft = ColumnFactory(board=board, wip_limit=1)
    hard = ColumnFactory(board=board, wip_limit=1, wip_policy=Column.Policy.HARD)
    waiting, finished = column.cards.all()
    for each in (soft, hard):
        CardFactory(column=each)
    client = api(admin)

    warned = client.put(f"/api/v1/cards/{waiting.pk}/move", {"column_id": str(soft.pk)})
    before = stored()
    refused = [
        client.put(f"/api/v1/cards/{waiting.pk}/move", {"column_id": str(hard.pk)}),
        client.post(f"/api/v1/cards/{hard.pk}/cards", {"title": "New"}),
        client.post(f"/api/v1/cards/{waiting.pk}/copy", {"column_id": str(hard.pk)}),
    ]
    after = stored()
    not_counted = client.put(f"/api/v1/cards/{finished.pk}/move", {"column_id": str(hard.pk)})
    reopened = client.post(f"/api/v1/cards/{finished.pk}/reopen")
    within = client.put(f"/api/v1/cards/{hard.cards.first().pk}/move", {"position": 1})

    assert warned.status_code == 200
    assert warned.json()["warnings"] == [f"“{soft.name}” now holds 2 open cards; its limit is 1."]
    assert [error(each) for each in refused] == [(409, False, "CONFLICT")] * 3
    assert after == before
    assert (not_counted.status_code, not_counted.json()["warnings"]) == (200, [])
    assert error(reopened) == (409, False, "CONFLICT")
    assert within.status_code == 200


# --- Finishing --------------------------------------------------------------------------------------------------------


def test_card_can_be_finished_once_its_last_item_is_ticked(api, member, card):
    first, last = (ItemFactory(card=card, completed=done) for done in (True, False))
    client = api(member)

    early = client.post(f"/api/v1/cards/{card.pk}/finish")
    client.put(f"/api/v1/checklist/checklist/{last.pk}", {"completed": True})
    ready = client.get(f"/api/v1/cards/{card.pk}").json()["can_be_finished"]
    done = client.post(f"/api/v1/cards/{card.pk}/finish")
    client.put(f"/api/v1/checklist/checklist/{first.pk}", {"completed": False})
    after = client.get(f"/api/v1/cards/{card.pk}").json()

    assert early.status_code == 409
    assert early.json() == {
        "success": False,
        "error": f"“{card.title}” cannot be finished while its checklist is open: {last.text}",
        "error_code": "CONFLICT",
        "card_id": str(card.pk),
        "open_items": 1,
    }
    assert ready is True
    assert (done.status_code, done.json()["can_be_finished"]) == (200, False)
    assert done.json()["finished_at"] is not None
    assert (after["finished_at"], after["can_be_finished"]) == (None, False)
    actions = AuditEntry.objects.filter(object_id=str(card.pk)).order_by("id").values_list("action", flat=True)
    assert list(actions) == ["tasks.card.finish", "tasks.card.reopen"]


def test_open_item_added_to_a_finished_card_opens_it(api, member, card):
    client = api(member)
    client.post(f"/api/v1/cards/{card.pk}/finish")

    client.post(f"/api/v1/checklist/cards/{card.pk}/checklist", {"items": [{"text": "Done", "completed": True}]})
    still = client.get(f"/api/v1/cards/{card.pk}").json()["finished_at"]
    client.post(f"/api/v1/checklist/cards/{card.pk}/checklist", {"items": [{"text": "Open"}]})

    assert still is not None
    assert client.get(f"/api/v1/cards/{card.pk}").json()["finished_at"] is None


def test_finishing_twice_and_opening_an_open_card_change_nothing(api, member, card, stored):
    client = api(member)
    before = stored()
    client.post(f"/api/v1/cards/{card.pk}/reopen")
    unchanged = stored() == before
    client.post(f"/api/v1/cards/{card.pk}/finish")
    before = stored()

    client.post(f"/api/v1/cards/{card.pk}/finish")

    assert unchanged
    assert stored() == before


# --- Items and cards --------------------------------------------------------------------------------------------------


def test_item_becomes_a_card_and_comes_back(api, admin, member, column, card):
    CardFactory(column=column, title="Next")
    item = ItemFactory(card=card, text="Write it", assignee=member, due_date="2040-03-05")
    client = api(admin)
    url = f"/api/v1/checklist/checklist/{item.pk}/card"

    made = client.post(url)
    again = client.post(url)
    linked = client.get(f"/api/v1/checklist/cards/{card.pk}/checklist").json()[0]["became_card_id"]
    client.patch(f"/api/v1/cards/{made.json()['id']}", {"title": "Write it well"})
    client.post(f"/api/v1/cards/{made.json()['id']}/finish")
    back = client.delete(url)

    assert made.status_code == 201
    assert (made.json()["title"], made.json()["due_date"]) == ("Write it", "2040-03-05")
    assert (made.json()["assigned_to"], made.json()["position"]) == ([str(member.pk)], 1)
    assert linked == made.json()["id"]
    assert error(again) == (409, False, "CONFLICT")
    assert back.status_code == 200
    assert (back.json()["text"], back.json()["completed"]) == ("Write it well", True)
    assert (back.json()["assignee_id"], back.json()["became_card_id"]) == (str(member.pk), None)
    assert titles(column) == [card.title, "Next"]


@pytest.mark.parametrize("extra", ["description", "checklist", "labels", "people"])
def test_card_that_holds_more_than_an_item_does_not_come_back(extra, api, admin, member, board, card, stored):
    item = ItemFactory(card=card)
    client = api(admin)
    made = Card.objects.get(pk=client.post(f"/api/v1/checklist/checklist/{item.pk}/card").json()["id"])
    match extra:
        case "description":
            Card.objects.filter(pk=made.pk).update(description="More")
        case "checklist":
            ItemFactory(card=made)
        case "labels":
            made.labels.add(LabelFactory(board=board))
        case "people":
            for person in (admin, member):
                AssigneeFactory(card=made, user=person)
    before = stored()

    response = client.delete(f"/api/v1/checklist/checklist/{item.pk}/card")

    named = {"people": "several people", "description": "a description", "checklist": "a checklist"}.get(extra, extra)
    assert error(response) == (409, False, "CONFLICT")
    assert response.json()["error"].endswith(f"it has {named}.")
    assert stored() == before


def test_copy_takes_everything_along_but_what_has_been_done(api, admin, member, board, card):
    label = LabelFactory(board=board)
    card.labels.add(label)
    AssigneeFactory(card=card, user=member)
    ItemFactory(card=card, text="Step", completed=True, assignee=member)
    card.finished_at = timezone.now()
    card.save()

    response = api(admin).post(f"/api/v1/cards/{card.pk}/copy", {"title": "Again"})

    body = response.json()
    assert response.status_code == 201
    assert (body["title"], body["finished_at"], body["created_by"]) == ("Again", None, str(admin.pk))
    assert ([each["id"] for each in body["labels"]], body["assigned_to"]) == ([str(label.pk)], [str(member.pk)])
    item = body["checklist"][0]
    assert (item["text"], item["completed"], item["assignee_id"]) == ("Step", False, str(member.pk))


# --- Where things belong ----------------------------------------------------------------------------------------------


def test_move_to_another_board_keeps_labels_it_has_by_name(api, admin, project, board, card):
    there = ColumnFactory(board=BoardFactory(project=project))
    for name in ("Both", "Here"):
        card.labels.add(LabelFactory(board=board, name=name))
    kept = LabelFactory(board=there.board, name="Both")

    response = api(admin).put(f"/api/v1/cards/{card.pk}/move", {"column_id": str(there.pk)})

    assert response.status_code == 200
    assert [label["id"] for label in response.json()["labels"]] == [str(kept.pk)]
    assert AuditEntry.objects.get().changes["labels"] == [["Both", "Here"], ["Both"]]


def test_label_of_another_board_and_column_of_another_tenant_are_not_there(
    api, super_admin, project, card, other_tenant, stored
):
    foreign = ColumnFactory(board=BoardFactory(project=ProjectFactory(tenant=other_tenant)))
    label = LabelFactory(board=BoardFactory(project=project))
    client = api(super_admin)
    before = stored()

    answers = [
        client.patch(f"/api/v1/cards/{card.pk}", {"label_ids": [str(label.pk)]}),
        client.put(f"/api/v1/cards/{card.pk}/move", {"column_id": str(foreign.pk)}),
        client.post(f"/api/v1/cards/{card.pk}/copy", {"column_id": str(foreign.pk)}),
    ]

    assert [error(answer) for answer in answers] == [(404, False, "RESOURCE_NOT_FOUND")] * 3
    assert stored() == before


def test_admin_outside_a_team_rules_nothing_in_its_project(api, admin, owner, tenant, colleague, stored):
    project = ProjectFactory(tenant=tenant, team=[colleague("member")])
    column = ColumnFactory(board=BoardFactory(project=project))
    card = CardFactory(column=column)
    client = api(admin)
    before = stored()

    answers = [
        client.patch(f"/api/v1/cards/{card.pk}", {"title": "Mine"}),
        client.delete(f"/api/v1/cards/{card.pk}"),
        client.post(f"/api/v1/cards/{column.pk}/cards", {"title": "New"}),
        client.patch(f"/api/v1/projects/{project.pk}", {"name": "Mine"}),
        client.post("/api/v1/boards", {"project_id": str(project.pk), "name": "New"}),
        client.put(f"/api/v1/cards/{card.pk}/move", {"position": 0}),
    ]
    after = stored()
    taken = client.post(f"/api/v1/cards/{card.pk}/assign", {"assigned_to": [str(admin.pk)]})
    deleted = client.delete(f"/api/v1/cards/{card.pk}")

    assert [error(answer) for answer in answers] == [(403, False, "INSUFFICIENT_PERMISSIONS")] * 6
    assert after == before
    assert taken.status_code == 200
    assert error(deleted) == (403, False, "INSUFFICIENT_PERMISSIONS")


def test_member_changes_cards_they_made_or_work_on_and_no_others(api, member, column, viewer, stored):
    made, worked_on, other = (CardFactory(column=column, created_by=maker) for maker in (member, viewer, viewer))
    AssigneeFactory(card=worked_on, user=member)
    client = api(member)

    statuses = [client.patch(f"/api/v1/cards/{card.pk}", {"title": "X"}).status_code for card in (made, worked_on)]
    before = stored()
    refused = client.patch(f"/api/v1/cards/{other.pk}", {"title": "X"})

    assert statuses == [200, 200]
    assert error(refused) == (403, False, "INSUFFICIENT_PERMISSIONS")
    assert stored() == before


def test_viewer_takes_and_leaves_a_card_themselves(api, viewer, card):
    client = api(viewer)
    url = f"/api/v1/cards/{card.pk}/assign"

    taken = client.post(url, {"assigned_to": [str(viewer.pk)]})
    left = client.delete(f"{url}?user_id={viewer.pk}")

    assert (taken.status_code, taken.json()["assigned_to"]) == (200, [str(viewer.pk)])
    assert (left.status_code, left.json()["assigned_to"]) == (200, [])
    assert not Assignee.objects.exists()


# --- Suggestions ------------------------------------------------------------------------------------------------------


def test_suggestions_begin_with_what_finished_cards_share(api, viewer, column, other_tenant):
    def finished(where, *texts: str) -> None:
        card = CardFactory(column=where, task_type="testing", finished_at=timezone.now())
        for text in texts:
            ItemFactory(card=card, text=text, completed=True)

    away = ColumnFactory(board=BoardFactory(project=ProjectFactory(tenant=other_tenant)))
    finished(column, "Press every button", "Only once", "Repeat at night")
    finished(column, "Press every button", "Repeat at night")
    finished(column, "Press every button")
    for _ in range(3):
        finished(away, "Secret of the neighbours")
    ItemFactory(card=CardFactory(column=column, task_type="testing"), text="Not finished yet")

    response = api(viewer).get("/api/v1/checklist/checklist/suggestions/Testing")

    found = response.json()["suggestions"]
    assert response.json()["task_type"] == "testing"
    assert found[:2] == ["Press every button", "Repeat at night"]
    assert not {"Secret of the neighbours", "Only once", "Not finished yet"} & set(found)
