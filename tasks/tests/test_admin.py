"""Boards in the admin: the same services, and their refusals as errors of the form."""

import pytest
from django.urls import reverse

from tasks.models import Card
from tasks.tests.factories import AssigneeFactory, CardFactory, ColumnFactory, ItemFactory


def form_of(card, *users, **changes) -> dict:
    """The change form of a card as the page shows it, with these people in the inline instead."""
    present = list(card.assignees.all())
    form = {
        "column": card.column_id,
        "title": card.title,
        "description": card.description,
        "priority": card.priority,
        "position": card.position,
        "assignees-TOTAL_FORMS": len(present) + len(users),
        "assignees-INITIAL_FORMS": len(present),
        "checklist-TOTAL_FORMS": 0,
        "checklist-INITIAL_FORMS": 0,
    }
    for number, row in enumerate(present):
        form |= {
            f"assignees-{number}-id": row.pk,
            f"assignees-{number}-user": row.user_id,
            f"assignees-{number}-card": card.pk,
        }
    for number, user in enumerate(users, start=len(present)):
        form |= {f"assignees-{number}-user": user.pk, f"assignees-{number}-card": card.pk}
    return form | changes


def page(card) -> str:
    return reverse("admin:tasks_card_change", args=[card.pk])


def test_inline_puts_people_on_a_card_and_takes_them_off(staff_client, admin, member, card):
    client = staff_client(admin)

    put = client.post(page(card), form_of(card, admin, member))
    people = set(card.assigned_to)
    card = Card.objects.get(pk=card.pk)
    taken = client.post(page(card), form_of(card) | {"assignees-0-DELETE": "on"})

    assert (put.status_code, taken.status_code) == (302, 302)
    assert people == {admin.pk, member.pk}
    assert card.assignees.count() == 1


def test_inline_refuses_naming_everybody_and_changes_nothing(staff_client, admin, owner, viewer, member, card, stored):
    client = staff_client(admin)
    before = stored()

    response = client.post(page(card), form_of(card, owner, member, viewer, title="Changed"))

    assert response.status_code == 200
    text = "Admins can assign tasks to project team members: owner@ward.example, viewer@ward.example"
    assert text in response.content.decode()
    assert stored() == before


def test_card_is_moved_and_told_its_limit_by_the_form(staff_client, admin, board, card, stored):
    hard = ColumnFactory(board=board, wip_limit=1, wip_policy="hard")
    free = ColumnFactory(board=board)
    CardFactory(column=hard)
    client = staff_client(admin)
    before = stored()

    refused = client.post(page(card), form_of(card, column=hard.pk))
    unchanged = stored() == before
    moved = client.post(page(card), form_of(card, column=free.pk))

    assert refused.status_code == 200
    assert "already holds 1 open cards; its limit is 1." in refused.content.decode()
    assert unchanged
    assert moved.status_code == 302
    assert Card.objects.get(pk=card.pk).column == free


def test_card_is_added_with_people_and_checklist(staff_client, admin, member, column):
    form = {
        "column": column.pk,
        "title": "Test the alarms",
        "priority": "high",
        "assignees-TOTAL_FORMS": 1,
        "assignees-INITIAL_FORMS": 0,
        "assignees-0-user": member.pk,
        "checklist-TOTAL_FORMS": 1,
        "checklist-INITIAL_FORMS": 0,
        "checklist-0-text": "Press every button",
        "checklist-0-assignee": member.pk,
    }

    response = staff_client(admin).post(reverse("admin:tasks_card_add"), form)

    card = Card.objects.get()
    assert response.status_code == 302
    assert (card.title, card.created_by, card.assigned_to) == ("Test the alarms", admin, [member.pk])
    assert [(item.text, item.assignee) for item in card.checklist.all()] == [("Press every button", member)]


@pytest.mark.parametrize("name", ["viewer", "member", "owner"])
def test_action_takes_a_card_for_oneself_and_leaves_it(name, people, staff_client, card):
    person = people[name]
    client = staff_client(person)
    url, ticked = reverse("admin:tasks_card_changelist"), {"_selected_action": [str(card.pk)], "post": "yes"}

    client.post(url, ticked | {"action": "take"})
    taken = card.assignees.filter(user=person).exists()
    client.post(url, ticked | {"action": "leave"})

    assert taken
    assert not card.assignees.exists()


def act(client, action: str, *cards, **values):
    sent = {"action": action, "_selected_action": [str(card.pk) for card in cards], "post": "yes"}
    return client.post(reverse("admin:tasks_card_changelist"), sent | values)


def told(response) -> dict[str, str]:
    return {verdict.label: verdict.text for verdict in response.context["verdicts"]}


def test_action_finishes_what_can_be_and_says_why_not(staff_client, admin, column):
    ready, not_yet = (CardFactory(column=column, title=title) for title in ("Ready", "Not yet"))
    ItemFactory(card=not_yet, text="Press every button")
    client = staff_client(admin)

    finished = act(client, "finish", ready, not_yet)
    done = set(Card.objects.exclude(finished_at=None))
    act(client, "reopen", ready)

    assert told(finished) == {
        "Ready": "Done",
        "Not yet": "“Not yet” cannot be finished while its checklist is open: Press every button",
    }
    assert done == {ready}
    assert not Card.objects.exclude(finished_at=None).exists()


def test_action_puts_somebody_on_cards_and_takes_them_off(staff_client, admin, viewer, member, card, stored):
    client = staff_client(admin)

    act(client, "assign", card, user=member.pk)
    people = [row.user for row in card.assignees.all()]
    before = stored()
    refused = act(client, "assign", card, user=viewer.pk)
    unchanged = stored() == before
    act(client, "unassign", card, user=member.pk)

    assert people == [member]
    assert told(refused) == {str(card): "Admins can assign tasks to project team members: viewer@ward.example"}
    assert unchanged
    assert not card.assignees.exists()


def test_action_moves_cards_and_tells_the_limits(staff_client, admin, board, column):
    first, second, third = (CardFactory(column=column, title=title) for title in ("First", "Second", "Third"))
    soft = ColumnFactory(board=board, name="Doing", wip_limit=1)
    hard = ColumnFactory(board=board, name="Testing", wip_limit=1, wip_policy="hard")
    client = staff_client(admin)

    into_soft = told(act(client, "move", first, second, column=soft.pk))
    into_hard = told(act(client, "move", second, third, column=hard.pk))

    assert sorted(into_soft.values()) == [
        f"Now in {soft}",
        f"Now in {soft}\n“Doing” now holds 2 open cards; its limit is 1.",
    ]
    assert sorted(text.startswith("Now in") for text in into_hard.values()) == [False, True]


def test_list_shows_people_progress_and_state(staff_client, admin, member, column, time_machine):
    time_machine.move_to("2026-11-02T12:00:00Z", tick=False)
    card = CardFactory(column=column, title="Late", due_date="2026-11-01")
    AssigneeFactory(card=card, user=member)
    ItemFactory(card=card, completed=True)
    ItemFactory(card=card)

    page = staff_client(admin).get(reverse("admin:tasks_card_changelist")).content.decode()

    assert all(text in page for text in (str(member), "1 of 2", "overdue"))


def test_deleting_many_cards_leaves_no_gap(staff_client, admin, column):
    cards = [CardFactory(column=column) for _ in range(4)]
    AssigneeFactory(card=cards[0], user=admin)
    ticked = {"action": "delete_selected", "_selected_action": [str(cards[n].pk) for n in (0, 2)], "post": "yes"}

    staff_client(admin).post(reverse("admin:tasks_card_changelist"), ticked)

    assert list(column.cards.values_list("pk", "position")) == [(cards[1].pk, 0), (cards[3].pk, 1)]
