"""When an employee may work, as the refusals of "create" show it; and a minute-by-minute oracle for generated cases."""

import random
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from scheduling import spans
from scheduling.availability import Availability
from scheduling.models import AvailabilityException, AvailabilityWindow, Weekday
from scheduling.tests.factories import (
    MONDAY,
    AvailabilityExceptionFactory,
    AvailabilityWindowFactory,
    ScheduleFactory,
    ShiftFactory,
)

MON, TUE, WED, THU, FRI, SAT, SUN = Weekday
MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
SPRING = date(2027, 3, 28)
AUTUMN = date(2026, 10, 25)


def clock(text: str) -> time:
    return time.fromisoformat(text)


def window(weekday: int, start: str, end: str) -> dict:
    return {"weekday": weekday, "start_time": clock(start), "end_time": clock(end)}


def exception(kind: str, day: date, start: str = "", end: str = "", until: date | None = None) -> dict:
    times = {"start_time": clock(start), "end_time": clock(end)} if start else {}
    return {"kind": kind, "first_date": day, "last_date": until or day, **times}


@pytest.fixture
def answer(api, admin, tenant, nurse):
    """The answer to putting a nurse of these hours on a shift of that day: None if granted, else the refusal."""

    def ask(windows: list[dict], exceptions: list[dict], day: date, start: str, end: str) -> str | None:
        for values in windows:
            AvailabilityWindowFactory(employee=nurse, **values)
        for values in exceptions:
            AvailabilityExceptionFactory(employee=nurse, **values)
        schedule = ScheduleFactory(tenant=tenant, week_start=day)
        shift = ShiftFactory(schedule=schedule, start_time=clock(start), end_time=clock(end))
        body = {"employee_id": nurse.pk, "shift_id": shift.pk}
        response = api(admin).post(f"/api/schedules/{schedule.pk}/assignments", body)
        if response.status_code == 201:
            assert nurse.assignments.count() == 1
            return None
        assert (response.status_code, nurse.assignments.count()) == (400, 0)
        return response.json()["detail"]

    return ask


def unavailable(weekday: str, at: str) -> str:
    return f"Employee not available on {weekday} at {at}"


@pytest.mark.parametrize(
    "windows,start,end,expected",
    [
        pytest.param([], "08:00", "12:00", None, id="no pattern at all"),
        pytest.param([(MON, "08:00", "12:00")], "08:00", "12:00", None, id="exactly the window"),
        pytest.param([(MON, "08:01", "12:00")], "08:00", "12:00", ("monday", "08:00"), id="a minute late"),
        pytest.param([(MON, "08:00", "11:59")], "08:00", "12:00", ("monday", "11:59"), id="a minute short"),
        pytest.param([(TUE, "08:00", "12:00")], "08:00", "12:00", ("monday", "08:00"), id="another day"),
        pytest.param([(MON, "06:00", "10:00"), (MON, "10:00", "14:00")], "08:00", "12:00", None, id="two that touch"),
        pytest.param([(MON, "06:00", "11:00"), (MON, "09:00", "14:00")], "08:00", "12:00", None, id="two that overlap"),
        pytest.param(
            [(MON, "06:00", "10:00"), (MON, "10:30", "14:00")], "08:00", "12:00", ("monday", "10:00"), id="a hole"
        ),
        pytest.param([(MON, "22:00", "06:00")], "22:00", "06:00", None, id="night in one window"),
        pytest.param([(MON, "22:00", "05:00")], "22:00", "06:00", ("tuesday", "05:00"), id="night, next day short"),
        pytest.param([(MON, "22:00", "00:00")], "22:00", "06:00", ("tuesday", "00:00"), id="night, to midnight only"),
        pytest.param([(MON, "20:00", "00:00"), (TUE, "00:00", "08:00")], "22:00", "06:00", None, id="night in two"),
        pytest.param([(SUN, "20:00", "10:00")], "08:00", "10:00", None, id="from the evening before"),
        pytest.param(
            [(SUN, "20:00", "10:00")], "08:00", "12:00", ("monday", "10:00"), id="from the evening before, short"
        ),
        pytest.param([(MON, "00:00", "00:00")], "08:00", "12:00", None, id="whole day"),
        pytest.param([(MON, "00:00", "00:00")], "00:00", "00:00", None, id="whole day, all of it"),
        pytest.param([(MON, "00:00", "00:00")], "22:00", "06:00", ("tuesday", "00:00"), id="whole day, then nothing"),
        pytest.param([(MON, "00:00", "00:00"), (TUE, "00:00", "00:00")], "22:00", "06:00", None, id="two whole days"),
        pytest.param([(MON, "12:00", "12:00")], "12:00", "12:00", None, id="24 hours from noon"),
        pytest.param([(SUN, "12:00", "12:00")], "08:00", "12:30", ("monday", "12:00"), id="24 hours until noon"),
    ],
)
def test_availability_of_weekly_windows(answer, windows, start, end, expected):
    refusal = answer([window(*values) for values in windows], [], MONDAY, start, end)

    assert refusal == (expected and unavailable(*expected))


@pytest.mark.parametrize(
    "windows,exceptions,start,end,expected",
    [
        pytest.param([], [("away", MONDAY)], "08:00", "12:00", ("monday", "08:00"), id="away without a pattern"),
        pytest.param([], [("away", MONDAY + DAY)], "08:00", "12:00", None, id="away another day"),
        pytest.param([], [("away", MONDAY + DAY)], "22:00", "06:00", ("tuesday", "00:00"), id="away the morning after"),
        pytest.param([], [("away", MONDAY - DAY, "20:00", "09:00")], "08:00", "12:00", ("monday", "08:00"), id="since"),
        pytest.param([], [("away", MONDAY, "10:00", "11:00")], "08:00", "12:00", ("monday", "10:00"), id="away amid"),
        pytest.param([], [("away", MONDAY, "12:00", "08:00")], "08:00", "12:00", None, id="away touches the end"),
        pytest.param(
            [],
            [("away", MONDAY - 9 * DAY, "", "", MONDAY + 9 * DAY)],
            "08:00",
            "12:00",
            ("monday", "08:00"),
            id="a long leave",
        ),
        pytest.param(
            [(MON, "08:00", "16:00")],
            [("away", MONDAY, "10:00", "11:00")],
            "08:00",
            "12:00",
            ("monday", "10:00"),
            id="away goes before a window",
        ),
        pytest.param([(TUE, "08:00", "16:00")], [("extra", MONDAY)], "08:00", "12:00", None, id="extra day"),
        pytest.param(
            [(MON, "08:00", "10:00")],
            [("extra", MONDAY, "10:00", "12:00")],
            "08:00",
            "12:00",
            None,
            id="then extra",
        ),
        pytest.param(
            [(TUE, "08:00", "16:00")],
            [("extra", MONDAY, "08:00", "11:00")],
            "08:00",
            "12:00",
            ("monday", "11:00"),
            id="extra hours too few",
        ),
        pytest.param(
            [(TUE, "06:00", "16:00")],
            [("extra", MONDAY, "20:00", "06:00")],
            "22:00",
            "06:30",
            None,
            id="extra across midnight, then a window",
        ),
        pytest.param(
            [(TUE, "08:00", "16:00")],
            [("extra", MONDAY), ("away", MONDAY, "09:00", "10:00")],
            "08:00",
            "12:00",
            ("monday", "09:00"),
            id="away goes before extra",
        ),
        pytest.param([], [("extra", MONDAY + DAY)], "08:00", "12:00", None, id="extra without a pattern takes nothing"),
    ],
)
def test_availability_with_exceptions(answer, windows, exceptions, start, end, expected):
    refusal = answer(
        [window(*values) for values in windows], [exception(*values) for values in exceptions], MONDAY, start, end
    )

    assert refusal == (expected and unavailable(*expected))


@pytest.mark.parametrize(
    "windows,day,start,end,expected",
    [
        pytest.param([(SUN, "00:00", "02:00"), (SUN, "03:00", "08:00")], SPRING, "00:00", "06:00", None, id="gap"),
        pytest.param([(SUN, "00:00", "02:00")], SPRING, "00:00", "06:00", ("sunday", "03:00"), id="after the gap"),
        pytest.param(
            [(SUN, "00:00", "02:30"), (SUN, "03:00", "08:00")], AUTUMN, "00:00", "06:00", ("sunday", "02:30"), id="fold"
        ),
        pytest.param(
            [(SUN, "00:00", "02:00"), (SUN, "02:00", "03:00")],
            AUTUMN,
            "00:00",
            "04:00",
            ("sunday", "03:00"),
            id="both 02:00 to 03:00 count",
        ),
        pytest.param([(SAT, "22:00", "06:00")], AUTUMN - DAY, "22:00", "06:00", None, id="night of nine hours"),
        pytest.param([(SAT, "22:00", "06:00")], SPRING - DAY, "22:00", "06:00", None, id="night of seven hours"),
    ],
)
def test_availability_when_the_clocks_change(answer, windows, day, start, end, expected):
    refusal = answer([window(*values) for values in windows], [], day, start, end)

    assert refusal == (expected and unavailable(*expected))


def test_availability_is_read_on_the_clocks_of_the_tenant(answer, tenant):
    tenant.time_zone = "America/New_York"
    tenant.save()

    refusal = answer([window(MON, "08:00", "11:30")], [], MONDAY, "08:00", "12:00")

    assert refusal == unavailable("monday", "11:30")


# --- The oracle: every minute of the shift, one after the other -------------------------------------------------------


def covers(moment: datetime, start: time, end: time, begins_on) -> bool:
    """Whether a daily time from `start` to `end` that may begin on some days holds at a wall-clock minute."""
    now, yesterday = moment.time(), moment.date() - DAY
    if end > start:
        return begins_on(moment.date()) and start <= now < end
    return (begins_on(moment.date()) and now >= start) or (begins_on(yesterday) and now < end)


def is_covered(moment: datetime, windows: list[AvailabilityWindow], exceptions: list[AvailabilityException]) -> bool:
    hits = {
        row.kind
        for row in exceptions
        if covers(
            moment,
            row.start_time or time(0),
            row.end_time or time(0),
            lambda day, row=row: row.first_date <= day <= row.last_date,
        )
    }
    if hits:
        return "away" not in hits
    return not windows or any(
        covers(moment, row.start_time, row.end_time, lambda day, row=row: day.weekday() == row.weekday)
        for row in windows
    )


def first_uncovered(begin, end, zone, windows, exceptions) -> datetime | None:
    for n in range((end - begin) // MINUTE):
        moment = (begin + n * MINUTE).astimezone(zone).replace(tzinfo=None)
        if not is_covered(moment, windows, exceptions):
            return moment
    return None


def generated(generator: random.Random):
    """A shift near a change of clocks or an ordinary day, and hours that often just cover it, or just not."""

    def some_time() -> time:
        return time(generator.randrange(24), generator.choice((0, 0, 0, 0, 15, 30, 59)))

    name, near = generator.choice(
        [
            ("Europe/Berlin", AUTUMN),
            ("Europe/Berlin", SPRING),
            ("America/New_York", date(2026, 11, 1)),
            ("America/New_York", date(2026, 3, 8)),
            ("Australia/Lord_Howe", date(2026, 10, 4)),
            ("Australia/Lord_Howe", date(2026, 4, 5)),
            ("Asia/Kolkata", MONDAY),
            ("Europe/Berlin", MONDAY),
        ]
    )
    day = near + generator.choice((-1, -1, 0, 0, 1)) * DAY
    windows = [
        AvailabilityWindow(
            weekday=(near + n * DAY).weekday(),
            start_time=some_time(),
            end_time=generator.choice((some_time(), time(0))),
        )
        for n in (-2, -1, -1, 0, 0, 1, 2)
        if generator.random() < 0.6
    ]
    exceptions = []
    while generator.random() < 0.4:
        first = day + generator.choice((-2, -1, 0, 0, 1)) * DAY
        times = {"start_time": some_time(), "end_time": some_time()} if generator.random() < 0.7 else {}
        last = first + generator.choice((0, 0, 1, 3)) * DAY
        kind = generator.choice(("away", "extra", "extra"))
        exceptions.append(AvailabilityException(kind=kind, first_date=first, last_date=last, **times))
    return name, day, some_time(), some_time(), windows, exceptions


def test_availability_generated_agrees_with_looking_at_every_minute():
    generator = random.Random(20261104)
    wrong, granted = [], 0

    for _ in range(3000):
        name, day, start, end, windows, exceptions = generated(generator)
        zone = ZoneInfo(name)
        begin, until = spans.span(day, start, end, zone)
        found = Availability(windows, exceptions).first_uncovered(begin, until, zone)
        granted += found is None
        if found != first_uncovered(begin, until, zone, windows, exceptions):
            wrong.append((name, day, start, end, windows, exceptions))

    assert wrong == []
    # Enough of both answers that agreeing means something.
    assert 600 < granted < 2400
