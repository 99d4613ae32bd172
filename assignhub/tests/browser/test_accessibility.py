"""Every kind of page of the admin meets WCAG 2.2 A and AA by axe-core: light, dark, and as wide as a phone."""

import csv
import io

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group
from django.urls import reverse
from django_tasks_db.models import DBTaskResult
from playwright.sync_api import expect

from ai_features.models import Outcome, Source, Usage
from assignhub.tests import samples
from assignhub.tests.browser.conftest import PHONE, WIDE

VIEWS = ("changelist", "add", "change", "history", "delete")
# Nobody gets at these: there is no page.
CLOSED = {Group._meta.label, DBTaskResult._meta.label}
PAGES = {model._meta.label: page for model, page in admin.site._registry.items()}
MODELS = sorted(PAGES.keys() - CLOSED)

BOTH_ENDS = ("light", "dark phone")
LOOKS = {"light": (False, WIDE), "dark": (True, WIDE), "phone": (False, PHONE), "dark phone": (True, PHONE)}


def faults(page, axe, look: str) -> list[str]:
    """What axe finds on a page that is open, in one of the looks."""
    dark, (width, height) = LOOKS[look]
    page.set_viewport_size({"width": width, "height": height})
    page.evaluate("dark => document.documentElement.classList.toggle('dark', dark)", dark)
    return [f"{page.url} ({look}): {fault}" for fault in axe(page)]


def scrolls_sideways(page) -> bool:
    return page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")


def look_at(page, axe, found: list[str], wide: list[str], looks=LOOKS) -> None:
    """Add what is wrong with a page that is open, in each of the looks."""
    for look in looks:
        found += faults(page, axe, look)
        wide += [f"{page.url} ({look})"] if scrolls_sideways(page) else []


def address(label: str, view: str, *arguments) -> str:
    return reverse(f"admin:{label.lower().replace('.', '_')}_{view}", args=arguments)


def own_actions(label: str) -> list[str]:
    """The actions of a model's page that ask on a page of their own."""
    page = PAGES[label]
    return [name for name in page.actions or () if getattr(page, name).settings["asks"]]


@pytest.fixture
def every_row(transactional_db, people, tenant) -> dict:
    return samples.rows(tenant, people)


@pytest.mark.parametrize("label", MODELS)
def test_pages_of_a_model(label, every_row, people, page_of, axe, expected_statuses):
    expected_statuses.add(403)
    page, found, wide = page_of(people["super_admin"]), [], []

    for view in VIEWS:
        arguments = [] if view in ("changelist", "add") else [every_row[label].pk]
        answer = page.goto(address(label, view, *arguments))
        if answer.status == 403:  # nobody adds to the audit trail
            continue
        look_at(page, axe, found, wide)

    assert found == []
    assert wide == [], "has to be scrolled sideways"


@pytest.mark.parametrize("label", MODELS)
def test_filters_of_a_list_are_reached_by_keys(label, every_row, people, page_of, axe):
    page, found = page_of(people["super_admin"]), []
    page.goto(address(label, "changelist"))
    button = page.get_by_role("button", name="Filters")
    if button.count() == 0:  # names have nothing to be filtered by
        return

    button.press("Enter")
    expect(page.locator("#changelist-filter")).to_be_visible()
    expect(page.locator("#changelist-filter:focus-within")).to_have_count(1)
    for look in BOTH_ENDS:
        found += faults(page, axe, look)
    page.keyboard.press("Escape")

    expect(page.locator("#changelist-filter")).to_be_hidden()
    expect(button).to_be_focused()
    assert found == []


@pytest.mark.parametrize("label", [label for label in MODELS if own_actions(label)])
def test_questions_of_actions(label, every_row, people, page_of, axe):
    page, found, wide = page_of(people["super_admin"]), [], []

    for name in own_actions(label):
        page.goto(address(label, "action", every_row[label].pk, name))
        expect(page.locator("form input[name=action]")).to_have_value(name)
        look_at(page, axe, found, wide, BOTH_ENDS)

    assert (found, wide) == ([], [])


@pytest.mark.parametrize("label", [label for label in MODELS if getattr(PAGES[label], "sheet", None)])
def test_import_pages(label, every_row, people, tenant, page_of, axe):
    """The page to send a file from, and the preview of one with a row that is there already and one with faults."""
    sheet, found, wide = PAGES[label].sheet, [], []
    page = page_of(people["super_admin"])
    page.goto(address(label, "import"))
    look_at(page, axe, found, wide, BOTH_ENDS)
    lines = [sheet.columns, sheet.line(every_row[label]), ["nobody at all"] * len(sheet.columns)]
    file = io.StringIO()
    csv.writer(file).writerows(lines)
    if page.locator("select[name=tenant]").count():
        page.select_option("select[name=tenant]", str(tenant.pk))

    page.set_input_files(
        "input[type=file]", {"name": "rows.csv", "mimeType": "text/csv", "buffer": file.getvalue().encode()}
    )
    page.get_by_role("button", name="Show what would change").click()

    expect(page.get_by_role("status")).to_contain_text("Nothing has been written yet")
    look_at(page, axe, found, wide)
    assert (found, wide) == ([], [])


def test_result_of_an_action(every_row, people, page_of, axe):
    page, found, wide = page_of(people["super_admin"]), [], []
    page.goto(address("tenancy.User", "action", every_row["tenancy.User"].pk, "activate"))

    page.get_by_role("button", name="Activate").click()

    expect(page.get_by_role("status")).to_have_text("1 of 1 done")
    look_at(page, axe, found, wide)
    assert (found, wide) == ([], [])


def test_report_of_ai_usage(people, page_of, axe):
    calls = [("letters", "One", Outcome.OK), ("cards", "Two", Outcome.TIMEOUT), ("letters", "", Outcome.BUILTIN)]
    Usage.objects.bulk_create(
        Usage(feature=feature, source=Source.PRIMARY, provider=provider, outcome=outcome, latency_ms=20)
        for feature, provider, outcome in calls
    )
    page, found, wide = page_of(people["super_admin"]), [], []

    page.goto(address("ai_features.Usage", "changelist"))

    expect(page.get_by_role("heading", name="Calls per feature and day")).to_be_visible()
    look_at(page, axe, found, wide)
    assert (found, wide) == ([], [])


@pytest.mark.parametrize(
    "label, view",
    [("tenancy.User", "password"), ("tenancy.User", "second_factor"), ("ai_features.Provider", "try_out")],
)
def test_further_pages_of_a_row(label, view, every_row, people, page_of, axe):
    page, found, wide = page_of(people["super_admin"]), [], []

    page.goto(address(label, view, every_row[label].pk))

    look_at(page, axe, found, wide)
    assert (found, wide) == ([], [])


def test_actions_and_tabs_are_reached_by_keys_on_a_phone(every_row, people, page_of):
    page = page_of(people["super_admin"], size=PHONE)
    page.goto(address("tenancy.Tenant", "change", every_row["tasks.Project"].tenant_id))

    page.get_by_role("button", name="More to do here").press("Enter")
    expect(page.get_by_role("link", name="Audit trail")).to_be_visible()
    more = page.get_by_role("button", name="More tabs")
    if more.is_visible():
        more.press("Enter")
        expect(page.locator("#tabs-dropdown a").first).to_be_visible()


@pytest.mark.parametrize(
    "path", ["", "tenancy/", "scheduling/", "sessions/", "second-factor/", "password_change/", "nowhere-app/"]
)
def test_pages_of_no_model(path, super_admin, api, page_of, axe, expected_statuses):
    expected_statuses.add(404)
    api(super_admin)
    page = page_of(super_admin)
    page.goto(f"/admin/{path}")

    assert [fault for look in LOOKS for fault in faults(page, axe, look)] == []
    assert not scrolls_sideways(page)


@pytest.mark.parametrize("path", ["login/", "password_reset/", "password_reset/done/", "password_reset/confirm/"])
def test_pages_for_whoever_is_signed_out(db, path, page_of, axe, expected_statuses):
    expected_statuses.add(410)
    page = page_of(None)
    page.goto(f"/admin/{path}")

    assert [fault for look in LOOKS for fault in faults(page, axe, look)] == []
    assert not scrolls_sideways(page)


def test_menu_opens_on_a_phone(super_admin, page_of, axe):
    page = page_of(super_admin, size=PHONE)
    page.goto("/admin/")

    page.get_by_role("button", name="Menu").press("Enter")

    expect(page.get_by_role("button", name="Close the menu")).to_be_visible()
    assert axe(page) == []
    page.get_by_role("button", name="Your account").press("Enter")
    expect(page.get_by_role("link", name="Your sessions")).to_be_visible()
    assert axe(page) == []
