"""The audit trail in words, and forms that keep what their reader does not see."""

from ai_features.services import features
from assignhub.admin.timeline import past, tell
from assignhub.audit import trail
from assignhub.permissions import OPERATOR
from scheduling import services
from scheduling.models import Employee, Shift
from scheduling.tests.factories import EmployeeFactory, ScheduleFactory, ShiftFactory, ShiftTypeFactory
from tenancy.models import Membership
from tenancy.tests.doors import submit


def words(row) -> list[tuple]:
    return [
        (found.did, [(change.field, change.before, change.after) for change in found.changes])
        for group in tell(list(trail(row)))
        for found in group.happenings
    ]


def test_rows_are_called_what_they_were_called_then(tenant, admin):
    shift = ShiftFactory(schedule=ScheduleFactory(tenant=tenant))
    early = services.shift_types.create(by=admin, tenant=tenant, name="Early")
    late = services.shift_types.create(by=admin, tenant=tenant, name="Late")
    services.shifts.update(shift, by=admin, shift_type=early)
    services.shifts.update(Shift.objects.get(), by=admin, shift_type=late)
    services.shift_types.update(late, by=admin, name="Very late")

    changes = [changes for _, changes in words(shift)]

    assert changes[0] == [("Shift type", "Early", "Late")]


def test_times_are_told_on_the_tenants_clocks_and_values_in_words(tenant, admin):
    shift = ShiftFactory(schedule=ScheduleFactory(tenant=tenant), shift_type=ShiftTypeFactory(tenant=tenant))
    services.shifts.update(shift, by=admin, end_time="13:00")

    ((did, changes),) = words(shift)

    assert did == "changed"
    assert set(changes) == {
        ("End time", "12:00", "13:00"),
        ("Ends at (UTC)", "2026-11-02 12:00", "2026-11-02 13:00"),
    }


def test_settings_of_a_feature_are_told_as_they_were_typed(rows):
    feature = rows["ai_features.FeatureAssignment"]
    features.update(feature, by=OPERATOR, config={"tone": "kind"})

    (did, changes), *_ = words(feature)

    assert (did, changes) == ("changed", [("Config", "{}", '{"tone": "kind"}')])


def test_one_request_is_one_group(staff_client, admin, tenant):
    nurse = EmployeeFactory(tenant=tenant)
    session = staff_client(admin)
    for title in ("Nurse", "Head nurse"):
        submit(session, f"/admin/scheduling/employee/{nurse.pk}/change/", job_title=title)

    groups = tell(list(trail(nurse)))

    assert [len(group.happenings) for group in groups] == [1, 1]
    assert all(group.request_id for group in groups)


def test_verbs_are_told_in_the_past():
    verbs = ["add", "change", "submit", "approve", "close_calendar", "withdraw", "take"]

    assert list(map(past, verbs)) == [
        "added", "changed", "submitted", "approved", "closed calendar of", "withdrew", "took",
    ]  # fmt: skip


def test_employee_stays_linked_to_an_account_that_has_left(staff_client, admin, viewer, tenant):
    nurse = EmployeeFactory(tenant=tenant, user=viewer)
    Membership.objects.filter(user=viewer).delete()
    session = staff_client(admin)
    address = f"/admin/scheduling/employee/{nurse.pk}/change/"

    page = session.get(address)
    response = submit(session, address, job_title="Head nurse")

    assert "User out of your sight (stays unless you change it)" in page.content.decode()
    assert viewer.email not in page.content.decode()
    assert response.status_code == 302
    kept = Employee.objects.get(pk=nurse.pk)
    assert (kept.user, kept.job_title) == (viewer, "Head nurse")
