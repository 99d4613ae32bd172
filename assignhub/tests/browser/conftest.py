"""A real browser on a real server: pages for persons, and what fails every test without being asked.

`page_of(person)` is a page of a browser that is signed in as that person; `page_of(None)` of one that is not.
A test fails when a page asks another origin for anything, or writes an error into the browser's console.
Run by `make test-browser`; a plain `pytest` leaves this folder out (`norecursedirs`).
"""

from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from assignhub.testing import staff_client_of
from assignhub.tests.browser.programs import MISSING, chromium

WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa"]
WIDE, PHONE = (1280, 900), (390, 844)


def pytest_configure(config) -> None:
    """Say at once that there is no browser; a run that skips its tests would look like one that passed."""
    if chromium() is None:
        raise pytest.UsageError(MISSING)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        # Playwright drives the browser from a loop in this thread, in which Django then sees asynchronous code.
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        browser = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def expected_statuses() -> set[int]:
    """Statuses that a test provokes on purpose: the browser calls each an error in its console."""
    return set()


@pytest.fixture
def no_foreign_requests(live_server) -> Iterator[Callable[[BrowserContext], None]]:
    """`no_foreign_requests(context)` watches it: at the end, the test fails for any request to another origin."""
    strangers: list[str] = []

    def look(request) -> None:
        address = urlsplit(request.url)
        if address.scheme not in ("data", "blob") and f"{address.scheme}://{address.netloc}" != live_server.url:
            strangers.append(request.url)

    yield lambda context: context.on("request", look)
    assert strangers == [], "a page asked another origin"


@pytest.fixture
def no_console_errors(expected_statuses) -> Iterator[Callable[[BrowserContext], None]]:
    """`no_console_errors(context)` watches it: at the end, the test fails for any error of a page's scripts."""
    errors: list[str] = []

    def look(message) -> None:
        expected = any(f"status of {status} " in message.text for status in expected_statuses)
        if message.type == "error" and not expected:
            errors.append(f"{message.page.url if message.page else ''}: {message.text}")

    def watch(context: BrowserContext) -> None:
        context.on("console", look)
        context.on("weberror", lambda error: errors.append(f"{error.page and error.page.url}: {error.error}"))

    yield watch
    assert errors == [], "a page wrote errors into the console"


@pytest.fixture
def page_of(
    transactional_db, browser, live_server, no_foreign_requests, no_console_errors
) -> Iterator[Callable[..., Page]]:
    """`page_of(person, size=WIDE, dark=False)` → a page of a browser of its own, signed in as that person.

    Paths are relative to the server: `page.goto("/admin/")`. With None, nobody is signed in.
    """
    contexts: list[BrowserContext] = []

    def page_of(person, *, size: tuple[int, int] = WIDE, dark: bool = False) -> Page:
        width, height = size
        context = browser.new_context(
            base_url=live_server.url,
            viewport={"width": width, "height": height},
            color_scheme="dark" if dark else "light",
            reduced_motion="reduce",
        )
        contexts.append(context)
        context.set_default_timeout(10_000)
        no_foreign_requests(context)
        no_console_errors(context)
        if person is not None:
            cookies = staff_client_of(person).cookies
            context.add_cookies(
                [{"name": name, "value": cookie.value, "url": live_server.url} for name, cookie in cookies.items()]
            )
        return context.new_page()

    yield page_of
    for context in contexts:
        context.close()


@pytest.fixture
def axe() -> Callable[[Page], list[str]]:
    """`axe(page)` → what of the page fails WCAG 2.2 at level A or AA: a line per violation with its elements."""
    checker = Axe()
    options = {"runOnly": {"type": "tag", "values": WCAG}, "resultTypes": ["violations"]}

    def check(page: Page) -> list[str]:
        violations = checker.run(page, options=options).response["violations"]
        return [
            f"{violation['id']}: {violation['help']} — "
            + " | ".join(str(node["target"]) for node in violation["nodes"])
            for violation in violations
        ]

    return check
