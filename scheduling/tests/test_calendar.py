"""An employee's shifts as a calendar, read back with the library calendar programs of this language use."""

from datetime import UTC, date, datetime, time, timedelta

import icalendar
import pytest

from scheduling.tests.factories import (
    MONDAY,
    AssignmentFactory,
    EmployeeFactory,
    ScheduleFactory,
    ShiftFactory,
    ShiftTypeFactory,
)
from scheduling.tests.swap_factories import SwapFactory

NOW = datetime(2026, 11, 1, 9, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def day_before(time_machine):
    time_machine.move_to(NOW, tick=False)


@pytest.fixture
def milo(tenant, member):
    return EmployeeFactory(tenant=tenant, user=member, first_name="Milo", last_name="Møller, jr.")


@pytest.fixture
def address(api, member, milo) -> str:
    """The secret address of Milo's calendar."""
    return api(member).post(f"/api/employees/{milo.pk}/calendar").json()["url"]


@pytest.fixture
def events(api, address):
    """`events()` → what a calendar program that was given the address shows now."""
    return lambda: [shown(event) for event in read(api(None).get(address)).walk("VEVENT")]


def read(response) -> icalendar.Calendar:
    assert response.status_code == 200
    return icalendar.Calendar.from_ical(response.content)


def shown(event: icalendar.Event) -> dict:
    times = {name: event[name].dt for name in ("DTSTART", "DTEND", "DTSTAMP")}
    return times | {name: str(event[name]) for name in ("UID", "SUMMARY", "STATUS")} | {"SEQUENCE": event["SEQUENCE"]}


def event_of(row, status: str) -> dict:
    return {
        "UID": f"assignment-{row.pk}-{row.employee_id}@assignhub",
        "SEQUENCE": row.sequence,
        "DTSTAMP": row.updated_at,
        "DTSTART": row.shift.starts_at,
        "DTEND": row.shift.ends_at,
        "SUMMARY": f"{row.shift.shift_type.name} ({row.schedule.title})",
        "STATUS": status,
    }


# --- What it shows ----------------------------------------------------------------------------------------------------


def test_calendar_is_that_of_the_employee(api, address, tenant, milo):
    response = api(None).get(address)

    calendar = read(response)
    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    assert response["Cache-Control"] == "private, no-store"
    assert {name: str(calendar[name]) for name in calendar} == {
        "PRODID": "-//AssignHub//Shifts//EN",
        "VERSION": "2.0",
        "X-WR-CALNAME": "St. Anna Hospital: Milo Møller, jr.",
    }
    assert calendar.errors == []


def test_calendar_shows_ones_own_shifts_in_their_order(events, tenant, milo, nurse):
    schedule = ScheduleFactory(tenant=tenant, title="Ward 3; first, November")
    shift_type = ShiftTypeFactory(tenant=tenant, name="Early,\nlong")
    late = AssignmentFactory(
        employee=milo, shift=ShiftFactory(schedule=schedule, start_time=time(14), end_time=time(22))
    )
    early = AssignmentFactory(employee=milo, shift=ShiftFactory(schedule=schedule, shift_type=shift_type), sequence=4)
    AssignmentFactory(employee=nurse, shift=early.shift)

    assert events() == [event_of(early, "TENTATIVE"), event_of(late, "TENTATIVE")]


@pytest.mark.parametrize(
    "status,shown_as",
    [
        ("assigned", "TENTATIVE"),
        ("pending", "TENTATIVE"),
        ("confirmed", "CONFIRMED"),
        ("completed", "CONFIRMED"),
        ("declined", "CANCELLED"),
        ("cancelled", "CANCELLED"),
    ],
)
def test_calendar_tells_what_is_certain(events, milo, shift, status, shown_as):
    row = AssignmentFactory(employee=milo, shift=shift, status=status)

    assert events() == [event_of(row, shown_as)]


def test_calendar_goes_back_90_days(events, tenant, milo):
    def shift_on(day: date):
        schedule = ScheduleFactory(tenant=tenant, week_start=day, status="archived")
        return AssignmentFactory(employee=milo, shift=ShiftFactory(schedule=schedule, end_time=time(10)))

    shift_on(NOW.date() - 91 * DAY)
    # The 90th day ends at 09:00 UTC, the shift in Berlin's summer at 08:00 UTC: just too early.
    shift_on(NOW.date() - 90 * DAY)
    shown_still = shift_on(NOW.date() - 89 * DAY)
    coming = shift_on(NOW.date() + 700 * DAY)

    assert events() == [event_of(shown_still, "TENTATIVE"), event_of(coming, "TENTATIVE")]


@pytest.mark.parametrize(
    "day,start,end,begins,ends",
    [
        pytest.param(date(2026, 10, 24), 22, 6, "2026-10-24T20:00", "2026-10-25T05:00", id="night, clocks go back"),
        pytest.param(date(2026, 10, 25), 1, 4, "2026-10-24T23:00", "2026-10-25T03:00", id="across the doubled hour"),
        pytest.param(date(2026, 10, 25), 8, 12, "2026-10-25T07:00", "2026-10-25T11:00", id="the day they went back"),
        pytest.param(date(2026, 10, 23), 8, 12, "2026-10-23T06:00", "2026-10-23T10:00", id="the days before"),
        pytest.param(date(2027, 3, 27), 22, 6, "2027-03-27T21:00", "2027-03-28T04:00", id="night, clocks go forward"),
        pytest.param(date(2027, 3, 28), 1, 4, "2027-03-28T00:00", "2027-03-28T02:00", id="across the skipped hour"),
        pytest.param(date(2027, 3, 28), 8, 12, "2027-03-28T06:00", "2027-03-28T10:00", id="the day they went forward"),
    ],
)
def test_calendar_in_instants_over_clock_changes(api, address, events, tenant, milo, day, start, end, begins, ends):
    schedule = ScheduleFactory(tenant=tenant, week_start=day)
    shift = ShiftFactory(schedule=schedule, start_time=time(start), end_time=time(end))
    AssignmentFactory(employee=milo, shift=shift)

    text = api(None).get(address).content.decode()

    # As in RFC 5545, 3.3.5, form 2: no time zone to look up.
    assert f"\r\nDTSTART:{begins.translate({45: None, 58: None})}00Z\r\n" in text
    assert f"\r\nDTEND:{ends.translate({45: None, 58: None})}00Z\r\n" in text
    assert [event["DTEND"].isoformat() for event in events()] == [f"{ends}:00+00:00"]


# --- What a calendar program that has it already hears of -------------------------------------------------------------


@pytest.fixture
def place(milo, shift):
    return AssignmentFactory(employee=milo, shift=shift)


@pytest.mark.parametrize(
    "person,method,path,body,status",
    [
        ("admin", "patch", "/api/shifts/{shift}", {"end_time": "13:00"}, "TENTATIVE"),
        ("admin", "patch", "/api/shifts/{shift}", {"date": "2026-11-03"}, "TENTATIVE"),
        ("owner", "patch", "/tenants/{tenant}", {"timeZone": "Europe/London"}, "TENTATIVE"),
        ("admin", "put", "/api/assignments/{place}", {"status": "pending"}, "TENTATIVE"),
        ("admin", "put", "/api/assignments/{place}", {"status": "cancelled"}, "CANCELLED"),
        ("admin", "put", "/api/assignments/{place}", {"shift_id": "{other}"}, "TENTATIVE"),
        ("member", "post", "/api/assignments/{place}/confirm", {}, "CONFIRMED"),
        ("member", "post", "/api/assignments/{place}/decline", {"reason": "Ill"}, "CANCELLED"),
    ],
)
def test_calendar_sequence_rises_with_each_change(
    api, people, tenant, schedule, place, events, time_machine, person, method, path, body, status
):
    other = ShiftFactory(schedule=schedule, date=MONDAY + 4 * DAY)
    url = path.format(shift=place.shift_id, tenant=tenant.pk, place=place.pk)
    before = events()
    time_machine.move_to(NOW + timedelta(hours=1), tick=False)
    client = api(people[person])

    response = getattr(client, method)(url, {"shift_id": other.pk} if "shift_id" in body else body)

    after = events()
    place.refresh_from_db()
    assert response.status_code == 200
    assert after == [event_of(place, status)]
    assert (before[0]["SEQUENCE"], after[0]["SEQUENCE"]) == (0, 1)
    assert (before[0]["UID"], after[0]["DTSTAMP"]) == (after[0]["UID"], NOW + timedelta(hours=1))


@pytest.mark.parametrize(
    "path,body",
    [
        ("/api/shifts/{shift}", {"required_staff": 7}),
        ("/api/shifts/{shift}", {"start_time": "08:00", "code": "Another"}),
        ("/api/assignments/{place}", {"status": "assigned"}),
    ],
)
def test_calendar_sequence_stays_where_nothing_changes_for_the_calendar(api, admin, place, events, path, body):
    before = events()

    response = api(admin).patch(path.format(shift=place.shift_id, place=place.pk), body)

    assert response.status_code == 200
    assert events() == before


def test_calendar_of_a_shift_that_changes_hands(api, admin, tenant, viewer, milo, shift, events):
    """Who gives it away sees it no longer; who gets it sees an event that is new to them, with a UID of its own."""
    vera = EmployeeFactory(tenant=tenant, user=viewer)
    theirs = api(viewer).post(f"/api/employees/{vera.pk}/calendar").json()["url"]
    place = AssignmentFactory(employee=vera, shift=shift)
    swap = SwapFactory(assignment=place, status="taken", taken_by=milo)
    before = [shown(event) for event in read(api(None).get(theirs)).walk("VEVENT")]

    response = api(admin).post(f"/api/swaps/{swap.pk}/approve")

    assert (response.status_code, len(before)) == (200, 1)
    assert list(read(api(None).get(theirs)).walk("VEVENT")) == []
    place.refresh_from_db()
    assert events() == [event_of(place, "CONFIRMED")]
    assert (events()[0]["SEQUENCE"], events()[0]["UID"] == before[0]["UID"]) == (1, False)


def test_calendar_is_the_same_when_read_again(api, address, place):
    first, second = (api(None).get(address).content for _ in range(2))

    assert first == second


def test_calendar_in_as_many_queries_whatever_the_number_of_shifts(
    api, address, schedule, milo, django_assert_num_queries
):
    AssignmentFactory(employee=milo, shift=ShiftFactory(schedule=schedule))
    client = api(None)
    with django_assert_num_queries(3):
        first = client.get(address)
    for day in (1, 2):
        AssignmentFactory(employee=milo, shift=ShiftFactory(schedule=schedule, date=MONDAY + day * DAY))
    with django_assert_num_queries(3):
        second = client.get(address)

    assert [len(read(answer).walk("VEVENT")) for answer in (first, second)] == [1, 3]
