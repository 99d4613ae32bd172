"""From a wall clock to an instant and back. These functions have no door of their own: they are asked directly."""

import random
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from scheduling import spans

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)

# Half-hour, one-hour and two-hour changes, a day that was left out, and zones that never change.
ZONES = (
    "Europe/Berlin",
    "America/New_York",
    "Australia/Lord_Howe",
    "Asia/Kolkata",
    "Antarctica/Troll",
    "Africa/Casablanca",
    "Pacific/Chatham",
    "Pacific/Apia",
    "Pacific/Kiritimati",
    "America/St_Johns",
    "UTC",
)
# Days on which some of these zones change their clocks.
CHANGES = (
    date(2026, 3, 29),
    date(2026, 10, 25),
    date(2026, 3, 8),
    date(2026, 11, 1),
    date(2026, 4, 5),
    date(2026, 10, 4),
    date(2026, 9, 27),
    date(2026, 2, 15),
    date(2026, 3, 22),
    date(2011, 12, 30),
)


def wall(moment: datetime, zone: ZoneInfo) -> datetime:
    return moment.astimezone(zone).replace(tzinfo=None)


def first_minute_at(local: datetime, zone: ZoneInfo) -> datetime:
    """The oracle: watch the clock minute by minute until it shows `local` or later for the first time."""
    # No zone is more than 14 hours ahead of UTC.
    moment = local.replace(tzinfo=UTC) - timedelta(hours=15)
    while wall(moment, zone) < local:
        moment += MINUTE
    return moment


@pytest.mark.parametrize(
    "zone,day,start,end,begins,ends",
    [
        pytest.param("Europe/Berlin", "2026-11-02", "08:00", "12:00", "02T07:00", "02T11:00", id="winter"),
        pytest.param("Europe/Berlin", "2026-07-06", "08:00", "12:00", "06T06:00", "06T10:00", id="summer"),
        pytest.param("Europe/Berlin", "2026-11-02", "22:00", "06:00", "02T21:00", "03T05:00", id="night"),
        pytest.param("Europe/Berlin", "2026-11-02", "08:00", "08:00", "02T07:00", "03T07:00", id="end at start"),
        pytest.param("Europe/Berlin", "2026-11-02", "00:00", "00:00", "01T23:00", "02T23:00", id="whole day"),
        pytest.param("Europe/Berlin", "2026-03-28", "22:00", "06:00", "28T21:00", "29T04:00", id="7-hour night"),
        pytest.param("Europe/Berlin", "2026-10-24", "22:00", "06:00", "24T20:00", "25T05:00", id="9-hour night"),
        pytest.param("Europe/Berlin", "2026-03-29", "02:30", "06:00", "29T01:00", "29T04:00", id="start in gap"),
        pytest.param("Europe/Berlin", "2026-03-28", "22:00", "02:30", "28T21:00", "29T01:00", id="end in gap"),
        pytest.param("Europe/Berlin", "2026-03-29", "02:10", "02:50", "29T01:00", "29T01:00", id="all in gap"),
        pytest.param("Europe/Berlin", "2026-10-25", "02:30", "06:00", "25T00:30", "25T05:00", id="start in fold"),
        pytest.param("Europe/Berlin", "2026-10-24", "22:00", "02:30", "24T20:00", "25T00:30", id="end in fold"),
        pytest.param("Europe/Berlin", "2026-10-25", "02:30", "03:00", "25T00:30", "25T02:00", id="fold to its end"),
        pytest.param("America/New_York", "2026-03-08", "02:15", "03:15", "08T07:00", "08T07:15", id="New York gap"),
        pytest.param("America/New_York", "2026-11-01", "01:30", "02:30", "01T05:30", "01T07:30", id="New York fold"),
        pytest.param("Australia/Lord_Howe", "2026-10-04", "02:10", "02:40", "03T15:30", "03T15:40", id="half gap"),
        pytest.param("Australia/Lord_Howe", "2026-04-05", "01:45", "02:15", "04T14:45", "04T15:45", id="half fold"),
        pytest.param("Asia/Kolkata", "2026-11-02", "08:00", "12:00", "02T02:30", "02T06:30", id="half offset"),
    ],
)
def test_span_of_a_shift_by_zone_and_clock_change(zone, day, start, end, begins, ends):
    month = day[:8]

    span = spans.span(date.fromisoformat(day), time.fromisoformat(start), time.fromisoformat(end), ZoneInfo(zone))

    assert span == (datetime.fromisoformat(f"{month}{begins}Z"), datetime.fromisoformat(f"{month}{ends}Z"))


def test_instant_generated_agrees_with_watching_the_clock():
    generator = random.Random(20261102)
    cases = []
    for _ in range(400):
        day = generator.choice(CHANGES) + generator.choice((-1, 0, 0, 0, 1)) * DAY
        clock = time(generator.choice((0, 1, 1, 2, 2, 2, 3, 3, 4, 12, 23)), generator.randrange(60))
        cases.append((day, clock, generator.choice(ZONES)))

    wrong = [
        (day, clock, name)
        for day, clock, name in cases
        if spans.instant(day, clock, ZoneInfo(name)) != first_minute_at(datetime.combine(day, clock), ZoneInfo(name))
    ]

    assert wrong == []


@pytest.mark.parametrize("zone", [ZoneInfo(name) for name in ZONES], ids=str)
def test_instant_of_a_later_wall_time_is_never_earlier(zone):
    minutes = [
        datetime.combine(day - DAY, time(20)) + n * MINUTE for day in sorted(CHANGES) for n in range(0, 14 * 60, 5)
    ]

    instants = [spans.instant(minute.date(), minute.time(), zone) for minute in minutes]

    assert instants == sorted(instants)


@pytest.mark.parametrize("clock", [time(2, 0, 0, 500_000), time(2, 59, 59, 999_999), time(2, 30, 0, 1)])
def test_instant_in_a_gap_with_fractions_of_a_second(clock):
    moment = spans.instant(date(2026, 3, 29), clock, ZoneInfo("Europe/Berlin"))

    assert moment == datetime(2026, 3, 29, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    "begin,end,change",
    [
        pytest.param("29T00:59:59.700", "29T01:00:00.300", "29T01:00:00", id="around the change"),
        pytest.param("28T21:00:00", "29T01:00:00.500", "29T01:00:00", id="end just after it"),
        pytest.param("29T00:59:59.999999", "29T05:00:00", "29T01:00:00", id="begin just before it"),
    ],
)
def test_wall_intervals_across_a_change_with_fractions_of_a_second(begin, end, change):
    zone = ZoneInfo("Europe/Berlin")
    begin, end, change = (datetime.fromisoformat(f"2026-03-{text}+00:00") for text in (begin, end, change))

    intervals = list(spans.wall_intervals(begin, end, zone))

    assert intervals == [
        (wall(begin, zone), wall(begin, zone) + (change - begin)),
        (wall(change, zone), wall(change, zone) + (end - change)),
    ]


def test_wall_intervals_generated_pass_the_minutes_the_clock_shows():
    generator = random.Random(20261103)
    cases = []
    for _ in range(300):
        begin = datetime.combine(generator.choice(CHANGES) - DAY, time(8), UTC)
        begin += generator.randrange(36 * 60) * MINUTE
        cases.append((begin, begin + generator.randrange(1, 14 * 60) * MINUTE, generator.choice(ZONES)))

    wrong = []
    for begin, end, name in cases:
        zone = ZoneInfo(name)
        shown = [wall(begin + n * MINUTE, zone) for n in range((end - begin) // MINUTE)]
        passed = [
            first + n * MINUTE
            for first, last in spans.wall_intervals(begin, end, zone)
            for n in range((last - first) // MINUTE)
        ]
        if shown != passed:
            wrong.append((begin, end, name))

    assert wrong == []
