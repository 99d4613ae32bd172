"""Dragging as a hand does: press, move in steps, let go."""

from playwright.sync_api import Locator, Page


def drag(page: Page, item: Locator, target: Locator, *, at: float = 0.5) -> None:
    """Drag `item` onto `target`, to that part of its height."""
    item.scroll_into_view_if_needed()
    start, end = item.bounding_box(), target.bounding_box()
    page.mouse.move(start["x"] + start["width"] / 2, start["y"] + start["height"] / 2)
    page.mouse.down()
    page.mouse.move(start["x"] + start["width"] / 2 + 10, start["y"] + start["height"] / 2 + 10, steps=2)
    page.mouse.move(end["x"] + end["width"] / 2, end["y"] + end["height"] * at, steps=8)
    page.mouse.up()
