"""The start page in a browser."""

import pytest
from playwright.sync_api import expect

from assignhub.tests import samples
from assignhub.tests.browser.conftest import PHONE, WIDE


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("size", [WIDE, PHONE])
def test_start_page_is_accessible(size, dark, page_of, people, tenant, axe):
    samples.rows(tenant, people)
    page = page_of(people["owner"], size=size, dark=dark)

    page.goto("/admin/")

    assert axe(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") == size[0]


def test_card_leads_to_its_rows(page_of, people, tenant):
    samples.rows(tenant, people)
    page = page_of(people["owner"])
    page.goto("/admin/")

    page.get_by_role("link", name="Swaps to approve").click()

    expect(page.locator("#result_list tbody tr")).to_have_count(1)


def test_empty_product_says_what_to_do_first(page_of, super_admin, axe):
    page = page_of(super_admin)
    page.goto("/admin/")
    assert axe(page) == []

    page.get_by_role("link", name="Create an organisation").click()

    expect(page.locator("#id_name")).to_be_visible()
