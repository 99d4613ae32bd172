"""The start page: every number leads to exactly its rows, and what it costs does not grow."""

import re
from html import unescape

import pytest
from django.contrib import admin
from django.db import connection
from django.test.utils import CaptureQueriesContext

from assignhub import dashboard

STAFF = ("viewer", "member", "admin", "owner", "super_admin", "stranger")


def cards_of(client) -> dict[str, tuple[str, str]]:
    """Title → (number, address) of the cards on the start page, and of those it says there is nothing in."""
    page = client.get("/admin/").content.decode()
    full = re.findall(
        r'<a class="home-card" href="([^"]*)".*?home-number">([^<]*)<.*?home-title">([^<]*)<', page, re.DOTALL
    )
    clear = page.partition('class="home-clear"')[2].partition("</p>")[0]
    empty = re.findall(r'<a href="([^"]*)">([^<]*)</a>', clear)
    return {title: (number, unescape(url)) for url, number, title in full} | {
        title: ("0", unescape(url)) for url, title in empty
    }


def listed(client, url: str) -> int:
    """How many rows the list at an address has."""
    response = client.get(url)
    assert response.status_code == 200, url
    return response.context["cl"].queryset.count()


@pytest.mark.parametrize("person", STAFF)
def test_number_of_a_card_is_the_number_of_rows_it_leads_to(person, people, rows, staff_client):
    client = staff_client(people[person])

    cards = cards_of(client)

    shown = {title: number for title, (number, _) in cards.items()}
    assert shown == {title: str(listed(client, url)) for title, (_, url) in cards.items()}


def test_every_need_has_rows_that_somebody_sees(people, rows):
    seen = {
        need.name: dashboard.card(need, people[name]).count for name in STAFF for need in dashboard.needs(people[name])
    }

    declared = {need.name for module in dashboard.contributions() for need in module.NEEDS}
    assert set(seen) == declared


@pytest.mark.parametrize(
    "person, expected",
    [
        ("viewer", {"My coming shifts", "Waiting for my answer"}),
        ("member", {"My coming shifts", "Waiting for my answer", "My open cards", "Overdue cards"}),
    ],
)
def test_staff_who_plan_nothing_see_their_own_work(person, expected, people, rows, staff_client):
    cards = cards_of(staff_client(people[person]))

    assert {title for title in cards if title != title.lower()} <= expected
    assert {title.lower() for title in cards} == {title.lower() for title in expected}


def test_foreign_tenant_counts_nothing_of_ours(people, rows, staff_client):
    cards = cards_of(staff_client(people["stranger"]))

    assert {number for number, _ in cards.values()} <= {"0"}


def test_filter_of_a_need_that_does_not_concern_one_is_refused(people, rows, staff_client):
    statuses = [
        staff_client(people[name]).get("/admin/scheduling/schedule/?needs=approval").status_code
        for name in ("member", "admin", "owner")
    ]

    # An admin has needs here, but not this one: it filters nothing.
    assert statuses == [400, 200, 200]


def test_large_numbers_are_cut_off(people, rows, monkeypatch):
    monkeypatch.setattr(dashboard, "COUNTED", 1)
    need = next(need for need in dashboard.needs(people["owner"]) if need.name == "account")
    for number in range(3):
        rows["scheduling.Employee"].__class__.objects.create(
            tenant=rows["tenancy.Tenant"], email=f"more.{number}@ward.example", first_name="More"
        )

    card = dashboard.card(need, people["owner"])

    assert (card.count, card.number) == (2, "1+")


def test_start_page_of_an_empty_product_says_what_to_do_first(super_admin, staff_client):
    page = staff_client(super_admin).get("/admin/").content.decode()

    steps = re.findall(r'class="home-step" href="([^"]*)"', page)
    assert steps == [
        "/admin/tenancy/tenant/add/",
        "/admin/tenancy/user/add/",
        "/admin/scheduling/employee/add/",
        "/admin/scheduling/shifttype/add/",
        "/admin/scheduling/schedule/add/",
        "/admin/scheduling/shift/add/",
        "/admin/tasks/project/add/",
        "/admin/tasks/board/add/",
    ]
    assert "Nothing needs you right now." in page


def test_first_steps_are_for_those_who_may_take_them(viewer, admin, staff_client):
    pages = [staff_client(person).get("/admin/").content.decode() for person in (viewer, admin)]

    assert ["First steps" in page for page in pages] == [False, True]


def queries_of(client) -> int:
    client.get("/admin/")
    with CaptureQueriesContext(connection) as queries:
        client.get("/admin/")
    return len(queries)


def test_start_page_takes_as_many_queries_for_any_number_of_rows(people, tenant, rows, staff_client):
    client = staff_client(people["owner"])
    few = queries_of(client)
    employee = rows["scheduling.Employee"]
    type(employee).objects.bulk_create(
        type(employee)(tenant=tenant, email=f"more.{number}@ward.example", first_name="More") for number in range(100)
    )

    assert (few, queries_of(client)) == (25, 25)


def test_sidebar_lists_what_the_table_of_grants_allows(people, rows, staff_client):
    links = {
        name: set(
            re.findall(
                r'<a href="(/admin/[^"]*)" class="flex h-', staff_client(people[name]).get("/admin/").content.decode()
            )
        )
        for name in ("viewer", "owner")
    }

    assert "/admin/scheduling/schedule/roster/" in links["viewer"]
    assert links["owner"] - links["viewer"] == {
        "/admin/assignhub/auditentry/",
        "/admin/ai_features/provider/",
        "/admin/ai_features/model/",
        "/admin/ai_features/featureassignment/",
        "/admin/ai_features/usage/",
        "/admin/founders/founder/",
        "/admin/founders/note/",
    }
    models = {f"/admin/{model._meta.app_label}/{model._meta.model_name}/" for model in admin.site._registry}
    assert links["owner"] <= models | {"/admin/", "/admin/scheduling/schedule/roster/", "/admin/tasks/board/board/"}
