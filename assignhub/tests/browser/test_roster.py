"""The roster as planners use it: with the mouse, by keyboard alone, on a phone, on paper."""

import re
from datetime import time, timedelta

import pytest
from playwright.sync_api import Page, expect

from assignhub.tests.browser.conftest import PHONE
from assignhub.tests.browser.dragging import drag
from scheduling.models import Assignment
from scheduling.tests.factories import (
    MONDAY,
    AssignmentFactory,
    EmployeeFactory,
    QualificationFactory,
    ScheduleFactory,
    ShiftFactory,
    ShiftTypeFactory,
)

DAY = timedelta(days=1)


@pytest.fixture
def ward(transactional_db, tenant) -> dict:
    """A draft week: Ada may work its open shift, Bea lacks what it needs and works a shift of another kind."""
    nursing = QualificationFactory(tenant=tenant, name="Nursing")
    early = ShiftTypeFactory(tenant=tenant, name="Early Nurse", required_qualifications=[nursing])
    late = ShiftTypeFactory(tenant=tenant, name="Late Porter")
    schedule = ScheduleFactory(tenant=tenant, title="Ward week")
    ada = EmployeeFactory(tenant=tenant, first_name="Ada", last_name="Able", qualifications=[nursing])
    bea = EmployeeFactory(tenant=tenant, first_name="Bea", last_name="Busy")
    shift = ShiftFactory(schedule=schedule, shift_type=early)
    ShiftFactory(schedule=schedule, shift_type=late, date=MONDAY + 3 * DAY, start_time=time(14), end_time=time(22))
    work = ShiftFactory(schedule=schedule, shift_type=late, date=MONDAY + DAY, start_time=time(14), end_time=time(22))
    AssignmentFactory(shift=work, employee=bea, status="confirmed")
    return {"schedule": schedule, "ada": ada, "bea": bea, "shift": shift}


def opened(page: Page, ward, query: str = "") -> Page:
    """The roster of the ward, once it has asked for its conflicts."""
    page.goto(f"/admin/scheduling/schedule/{ward['schedule'].pk}/roster/{query}")
    page.wait_for_load_state("networkidle")
    return page


def row(page: Page, name: str):
    return page.locator("tr[data-employee]").filter(has_text=name)


def held() -> list[tuple[str, str]]:
    rows = Assignment.objects.order_by("employee__first_name", "shift__date")
    return list(rows.values_list("employee__first_name", "shift__shift_type__name"))


def test_planner_assigns_by_dragging_an_open_shift_to_an_employee(page_of, admin, ward):
    page = opened(page_of(admin), ward)

    drag(page, page.locator("tr[data-open] .roster-bar").first, row(page, "Ada Able").locator("td").first)

    expect(page.get_by_role("status")).to_contain_text("Ada Able now works Early Nurse on Monday 2 November")
    expect(row(page, "Ada Able").locator(".roster-bar")).to_have_attribute("data-status", "assigned")
    expect(page.locator("tr[data-open] .roster-bar")).to_have_count(1)
    assert held() == [("Ada", "Early Nurse"), ("Bea", "Late Porter")]


@pytest.fixture
def refused(expected_statuses) -> None:
    expected_statuses.update({400, 404, 409})


def test_refused_drag_says_why_and_the_bar_is_back(page_of, admin, ward, refused):
    page = opened(page_of(admin), ward)
    bar = page.locator("tr[data-open] .roster-bar").first
    before = bar.bounding_box()

    drag(page, bar, row(page, "Bea Busy").locator("td").first)

    expect(page.get_by_role("alert")).to_contain_text("Employee lacks required qualifications: Nursing")
    expect(page.locator(".hub-ghost")).to_have_count(0)
    assert bar.bounding_box() == before
    assert held() == [("Bea", "Late Porter")]


def test_row_says_while_dragging_whether_its_employee_could(page_of, admin, ward):
    page = opened(page_of(admin), ward)
    box = page.locator("tr[data-open] .roster-bar").first.bounding_box()

    page.mouse.move(box["x"] + 20, box["y"] + 10)
    page.mouse.down()
    page.mouse.move(box["x"] + 40, box["y"] + 60, steps=4)

    expect(row(page, "Ada Able")).to_have_attribute("data-verdict", "yes")
    expect(row(page, "Bea Busy")).to_have_attribute("data-verdict", "no")
    expect(row(page, "Bea Busy").locator(".roster-verdict")).to_have_text(
        "Employee lacks required qualifications: Nursing"
    )
    page.keyboard.press("Escape")
    expect(page.locator(".hub-ghost")).to_have_count(0)
    page.mouse.up()
    assert held() == [("Bea", "Late Porter")]


def test_planner_moves_a_bar_to_another_day(page_of, admin, ward):
    page = opened(page_of(admin), ward)

    drag(page, row(page, "Bea Busy").locator(".roster-bar"), row(page, "Bea Busy").locator("td").nth(3))

    expect(page.get_by_role("status")).to_contain_text("Bea Busy now works Late Porter on Thursday 5 November")
    bar = row(page, "Bea Busy").locator("td").nth(3).locator(".roster-bar")
    expect(bar).to_have_attribute("data-status", "assigned")
    expect(bar).to_be_focused()


def test_planner_takes_somebody_off_and_thinks_better_of_it(page_of, admin, ward):
    page = opened(page_of(admin), ward)

    drag(page, row(page, "Bea Busy").locator(".roster-bar"), page.locator("tr[data-open] th"))

    expect(page.get_by_role("status")).to_contain_text("Bea Busy is off Late Porter")
    expect(row(page, "Bea Busy").locator(".roster-bar")).to_have_count(0)
    page.get_by_role("button", name="Undo").click()
    expect(row(page, "Bea Busy").locator(".roster-bar")).to_have_count(1)
    assert held() == [("Bea", "Late Porter")]


def test_everything_is_done_by_keyboard_alone(page_of, admin, ward):
    page = opened(page_of(admin), ward)

    page.locator(".roster-print").focus()
    for _ in range(12):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.matches('.roster-bar')"):
            break
    expect(page.locator("tr[data-open] .roster-bar").first).to_be_focused()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="Early Nurse")
    expect(dialog.get_by_role("button", name="Assign Ada Able")).to_be_visible()
    expect(dialog).to_contain_text("Employee lacks required qualifications: Nursing")
    while not page.evaluate("document.activeElement.textContent === 'Assign'"):
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")

    expect(dialog).to_have_count(0)
    bar = row(page, "Ada Able").locator(".roster-bar")
    expect(bar).to_be_focused()
    page.keyboard.press("ArrowRight")
    expect(row(page, "Bea Busy").locator(".roster-bar")).to_be_focused()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Take Bea Busy off").press("Enter")
    expect(row(page, "Bea Busy").locator(".roster-bar")).to_have_count(0)
    assert held() == [("Ada", "Early Nurse")]


def test_dialog_shows_a_refusal_and_stays(page_of, admin, ward, refused):
    page = opened(page_of(admin), ward)
    Assignment.objects.all().delete()
    row(page, "Bea Busy").locator(".roster-bar").click()

    page.get_by_role("button", name="Take Bea Busy off").click()

    expect(page.get_by_role("dialog").get_by_role("alert")).to_have_text(
        re.compile(r"Assignment with ID \d+ not found")
    )


@pytest.mark.parametrize("person", ["viewer", "member"])
def test_who_does_not_plan_reads_and_moves_nothing(person, page_of, people, ward):
    page = opened(page_of(people[person]), ward)

    drag(page, page.locator("tr[data-open] .roster-bar").first, row(page, "Ada Able").locator("td").first)
    page.keyboard.press("Escape")
    page.locator("tr[data-open] .roster-bar").first.click()

    dialog = page.get_by_role("dialog", name="Early Nurse")
    expect(dialog).to_contain_text("0 of 1 places filled")
    expect(dialog.get_by_role("button", name="Assign")).to_have_count(0)
    expect(page.get_by_text("To read: your role does not plan here.")).to_be_visible()
    assert held() == [("Bea", "Late Porter")]


def test_others_changes_arrive_with_ones_own(page_of, admin, ward):
    page = opened(page_of(admin), ward)
    AssignmentFactory(shift=ward["shift"], employee=ward["ada"], status="confirmed")

    drag(page, row(page, "Bea Busy").locator(".roster-bar"), row(page, "Bea Busy").locator("td").nth(3))

    expect(row(page, "Ada Able").locator(".roster-bar")).to_have_attribute("data-status", "confirmed")


@pytest.mark.parametrize("query", ["", "?view=month"])
@pytest.mark.parametrize("dark", [False, True])
def test_roster_prints_on_one_page(query, dark, page_of, admin, ward):
    for number in range(40):
        employee = EmployeeFactory(tenant=ward["schedule"].tenant)
        AssignmentFactory(
            shift=ShiftFactory(schedule=ward["schedule"], date=MONDAY + number % 7 * DAY), employee=employee
        )
    page = opened(page_of(admin, dark=dark), ward, query)

    paper = page.pdf(prefer_css_page_size=True, print_background=True)

    assert len(re.findall(rb"/Type\s*/Page\b(?!s)", paper)) == 1
    width, height = map(float, re.search(rb"/MediaBox\s*\[0 0 ([\d.]+) ([\d.]+)\]", paper).groups())
    assert (round(width), round(height)) == (842, 595)


@pytest.mark.parametrize("query", ["", "?view=month"])
@pytest.mark.parametrize("dark", [False, True])
def test_roster_is_accessible(query, dark, page_of, admin, ward, axe):
    page = opened(page_of(admin, dark=dark), ward, query)
    found = axe(page)

    page.locator("tr[data-open] .roster-bar").first.click()
    expect(page.get_by_role("button", name="Assign Ada Able")).to_be_visible()

    assert (found, axe(page)) == ([], [])


def test_phone_lists_days(page_of, admin, ward, axe):
    page = opened(page_of(admin, size=PHONE), ward)

    expect(page.locator(".roster-agenda h3").first).to_have_text("Monday 2 November")
    page.locator(".roster-agenda .roster-bar").first.click()
    page.get_by_role("button", name="Assign Ada Able").click()

    expect(page.locator(".roster-agenda .roster-bar").first).to_contain_text("Ada Able")
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE[0]
    assert axe(page) == []
