"""The board as people use it: with the mouse and by keyboard alone."""

import pytest
from playwright.sync_api import Page, expect

from assignhub.tests.browser.conftest import PHONE, WIDE
from assignhub.tests.browser.dragging import drag
from tasks.models import Card
from tasks.tests.factories import BoardFactory, CardFactory, ColumnFactory, ItemFactory, ProjectFactory


@pytest.fixture
def board(transactional_db, tenant, admin, member):
    """Three cards to do, the first with a checklist; the second column takes one open card and has it."""
    board = BoardFactory(project=ProjectFactory(tenant=tenant, team=[admin, member]), name="Move")
    todo, doing, _ = (
        ColumnFactory(board=board, name=name, position=position, **limit)
        for position, (name, limit) in enumerate(
            [("To do", {}), ("Doing", {"wip_limit": 1, "wip_policy": "hard"}), ("Done", {})]
        )
    )
    first, *_ = [CardFactory(column=todo, title=title, created_by=admin) for title in ("One", "Two", "Three")]
    CardFactory(column=doing, title="Busy", created_by=admin)
    ItemFactory(card=first, completed=True)
    ItemFactory(card=first)
    return board


def opened(page: Page, board) -> Page:
    page.goto(f"/admin/tasks/board/{board.pk}/board/")
    expect(page.locator(".board-column")).to_have_count(3)
    return page


def card(page: Page, title: str):
    return page.locator(".board-card").filter(has=page.get_by_text(title, exact=True))


def placed() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, title in Card.objects.order_by("column__position", "position").values_list("column__name", "title"):
        found.setdefault(name, []).append(title)
    return found


def test_card_is_moved_by_dragging(page_of, admin, board):
    page = opened(page_of(admin), board)

    drag(page, card(page, "Three"), card(page, "One"), at=0.2)
    expect(page.get_by_role("status")).to_contain_text("“Three” is in To do, place 1.")
    expect(page.locator(".board-card").first).to_contain_text("Three")
    drag(page, card(page, "One"), page.locator(".board-column").nth(2).locator(".board-end"))

    expect(page.get_by_role("status")).to_contain_text("“One” is in Done, place 1.")
    assert placed() == {"To do": ["Three", "Two"], "Doing": ["Busy"], "Done": ["One"]}


def test_refused_drag_says_why_and_the_card_is_back(page_of, admin, board, expected_statuses):
    expected_statuses.add(409)
    page = opened(page_of(admin), board)
    before = card(page, "Two").bounding_box()

    drag(page, card(page, "Two"), card(page, "Busy"))

    expect(page.get_by_role("alert")).to_contain_text("“Doing” already holds 1 open cards; its limit is 1.")
    expect(page.locator(".hub-ghost")).to_have_count(0)
    assert card(page, "Two").bounding_box() == before
    assert placed() == {"To do": ["One", "Two", "Three"], "Doing": ["Busy"]}


def test_card_is_moved_by_keyboard_alone(page_of, admin, board):
    page = opened(page_of(admin), board)
    card(page, "One").focus()

    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog", name="Two")).to_be_visible()
    page.get_by_label("Column").select_option("Done")
    page.get_by_role("button", name="Move").press("Enter")

    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(card(page, "Two")).to_be_focused()
    assert placed() == {"To do": ["One", "Three"], "Doing": ["Busy"], "Done": ["Two"]}


def test_checklist_keeps_a_card_from_being_finished(page_of, admin, board, expected_statuses):
    expected_statuses.add(409)
    page = opened(page_of(admin), board)
    expect(card(page, "One")).to_contain_text("1 of 2")

    card(page, "One").click()
    page.get_by_role("button", name="Finish").click()

    expect(page.get_by_role("dialog").get_by_role("alert")).to_contain_text("cannot be finished")


def test_viewer_moves_nothing(page_of, viewer, board):
    page = opened(page_of(viewer), board)

    drag(page, card(page, "One"), page.locator(".board-column").nth(2).locator(".board-end"))
    page.keyboard.press("Escape")
    card(page, "One").click()

    expect(page.get_by_role("dialog").get_by_role("button", name="Move")).to_have_count(0)
    assert placed() == {"To do": ["One", "Two", "Three"], "Doing": ["Busy"]}


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("size", [WIDE, PHONE])
def test_board_is_accessible(size, dark, page_of, admin, board, axe):
    page = opened(page_of(admin, size=size, dark=dark), board)
    found = axe(page)

    card(page, "One").click()

    assert (found, axe(page)) == ([], [])
    assert page.evaluate("document.documentElement.scrollWidth") == size[0]
