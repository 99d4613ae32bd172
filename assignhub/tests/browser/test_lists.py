"""Lists, sheets, actions and the trail, as staff use them."""

import re

import pytest
from playwright.sync_api import expect

from ai_features import services as ai
from ai_features.models import FeatureAssignment
from assignhub.permissions import OPERATOR
from founders import services as founders
from founders.models import Assignment as Pair
from founders.tests.factories import FounderFactory, admin_of
from scheduling.models import Assignment, Employee
from scheduling.tests.factories import (
    AssignmentFactory,
    EmployeeFactory,
    QualificationFactory,
    ScheduleFactory,
    ShiftFactory,
    ShiftTypeFactory,
)
from tenancy.services import users

HEADER = "email,first_name\n"


def send(page, path, *lines: str) -> None:
    path.write_text(HEADER + "\n".join(lines))
    page.goto("/admin/scheduling/employee/import/")
    page.set_input_files("input[type=file]", path)
    page.get_by_role("button", name="Show what would change").click()


def test_spreadsheet_with_three_faults_is_mended_and_imported(admin, page_of, tmp_path):
    page, path = page_of(admin), tmp_path / "nurses.csv"

    send(page, path, "ada@ward.example,Ada", "no address,Otto", ",Emil", "ida@ward.example,")
    expect(page.get_by_role("status")).to_contain_text("1 new, 0 changed, 0 unchanged, 3 refused")
    assert not Employee.objects.exists()
    send(page, path, "ada@ward.example,Ada", "otto@ward.example,Otto", "emil@ward.example,Emil", "ida@ward.example,Ida")
    page.get_by_role("button", name="Import 4 rows").click()

    expect(page.get_by_role("status")).to_contain_text("4 new, 0 changed, 0 unchanged, 0 refused")
    assert Employee.objects.count() == 4


def test_action_is_confirmed_by_keyboard_and_stands_in_the_trail(admin, tenant, page_of):
    shift = ShiftFactory(schedule=ScheduleFactory(tenant=tenant))
    row = AssignmentFactory(employee=EmployeeFactory(tenant=tenant), shift=shift)
    page = page_of(admin)

    page.goto(f"/admin/scheduling/assignment/{row.pk}/action/cancel/")
    page.get_by_role("button", name="Cancel assignments").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_have_text("1 of 1 done")

    assert Assignment.objects.get().status == "cancelled"
    page.goto(f"/admin/scheduling/assignment/{row.pk}/history/")
    expect(page.locator("body")).to_contain_text("changed Status from “Assigned” to “Cancelled”")


def choose(page, label: str, text: str) -> None:
    """Choose by autocomplete: open the box, once it has taken the bare field's place, type, take what is found."""
    box = page.get_by_role("combobox", name=re.compile(f"^{label}"))
    box.and_(page.locator(".select2-selection")).click()
    page.keyboard.type(text)
    page.locator(".select2-results__option", has_text=text).first.click()


def test_shift_is_assigned_by_form_and_a_refusal_stands_at_its_field(admin, tenant, page_of):
    nursing = QualificationFactory(tenant=tenant, name="Nursing")
    shift = ShiftFactory(
        schedule=ScheduleFactory(tenant=tenant, title="Ward week"),
        shift_type=ShiftTypeFactory(tenant=tenant, name="Early Nurse", required_qualifications=[nursing]),
    )
    for name, held in (("Ada", [nursing]), ("Bea", [])):
        EmployeeFactory(tenant=tenant, first_name=name, last_name="Able", qualifications=held)
    page = page_of(admin)

    page.goto("/admin/scheduling/assignment/add/")
    choose(page, "Schedule", "Ward week")
    choose(page, "Employee", "Bea")
    choose(page, "Shift", shift.code)
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator("#content")).to_contain_text("Employee lacks required qualifications: Nursing")
    assert not Assignment.objects.exists()
    choose(page, "Employee", "Ada")
    page.get_by_role("button", name="Save", exact=True).click()

    expect(page.locator("#result_list")).to_contain_text("Ada Able")
    assert Assignment.objects.get().employee.first_name == "Ada"


def test_founder_is_handed_over_from_the_start_page(super_admin, tenant, page_of):
    """The number on the start page, its list, the question, a check of it, the answer, and the audit trail."""
    gone, heir = (admin_of(tenant, name) for name in ("Gwen", "Hope"))
    founder = FounderFactory(tenant=tenant, name="Alex Johnson")
    founders.assignments.create(by=OPERATOR, founder=founder, admin=gone)
    users.update(gone, by=OPERATOR, is_active=False)
    page = page_of(super_admin)

    page.goto("/admin/")
    page.get_by_role("link", name="Founders without an admin").click()
    expect(page.locator("#result_list")).to_contain_text("nobody")
    page.get_by_role("link", name="Alex Johnson").click()
    page.get_by_role("link", name="Hand over to another admin").click()
    choose(page, "New admin", "Hope Example")
    page.get_by_role("button", name="Check first").click()
    expect(page.locator("form li")).to_contain_text("Now looked after by Hope Example")
    assert list(Pair.objects.values_list("admin", flat=True)) == [gone.pk]
    page.get_by_role("button", name="Hand over to another admin").click()

    expect(page.get_by_role("status")).to_have_text("1 of 1 done")
    assert list(Pair.objects.values_list("admin", flat=True)) == [heir.pk]
    page.goto(f"/admin/founders/assignment/{Pair.objects.get().pk}/history/")
    expect(page.locator("body")).to_contain_text("Hope Example for Alex Johnson")


def test_features_are_moved_to_another_model_after_a_dry_run(super_admin, page_of, two_models):
    old, new = two_models
    page = page_of(super_admin)

    page.goto(f"/admin/ai_features/model/{old.pk}/action/move_features/")
    choose(page, "Move to", new.name)
    page.get_by_role("button", name="Check first").click()
    expect(page.locator("form li")).to_contain_text("letters (primary)")
    assert FeatureAssignment.objects.get().primary_model == old
    page.get_by_role("button", name="Move features to another model").click()

    expect(page.get_by_role("status")).to_have_text("1 of 1 done")
    assert FeatureAssignment.objects.get().primary_model == new


@pytest.fixture
def two_models(transactional_db):
    """A model that serves a feature, and one that could."""
    provider = ai.providers.create(by=OPERATOR, name="House", type="openai", api_key="house-key-0123456789")
    old, new = (ai.models.create(by=OPERATOR, provider=provider, name=name) for name in ("first-1", "second-2"))
    ai.features.create(by=OPERATOR, feature_name="letters", primary_provider=provider, primary_model=old)
    return old, new


def test_filter_is_in_the_address(admin, tenant, page_of):
    for name, active in (("Ada", True), ("Otto", False)):
        EmployeeFactory(tenant=tenant, first_name=name, is_active=active)
    page = page_of(admin)

    page.goto("/admin/scheduling/employee/?is_active=0&q=ward")

    expect(page.locator("#result_list")).not_to_contain_text("Ada")
