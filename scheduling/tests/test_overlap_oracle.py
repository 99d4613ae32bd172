"""The rules against an oracle that only watches: minute after minute, what do the clocks on the wall show?

The oracle knows nothing of offsets, folds or gaps. It walks through the minutes of UTC, reads the wall clock at each,
and notes at which minute a wall time has first been reached or passed. That minute is when a shift begins or ends.
"""

import random
from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from scheduling import conflicts, spans
from scheduling.availability import Availability
from scheduling.models import (
    AvailabilityException,
    AvailabilityWindow,
    Employee,
    Schedule,
    Shift,
)
from tenancy.models import Tenant

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
MIDNIGHT = time(0)
# How many days around a change of the clocks shifts begin on, and how many more the oracle watches.
NEAR, BEYOND = 2, 6

# The days on which the clocks change; in Kolkata they never do. Lord Howe moves by half an hour, Cairo at midnight.
CHANGES = {
    "Europe/Berlin": (date(2026, 10, 25), date(2027, 3, 28)),
    "America/New_York": (date(2026, 11, 1), date(2027, 3, 14)),
    "Australia/Lord_Howe": (date(2026, 10, 4), date(2027, 4, 4)),
    "Africa/Cairo": (date(2026, 10, 29), date(2027, 4, 30)),
    "Asia/Kolkata": (date(2026, 10, 25), date(2027, 3, 28)),
}
PLACES = [(name, day) for name, days in CHANGES.items() for day in days]


class Watch:
    """What the clocks of a zone showed at every minute of some days."""

    def __init__(self, name: str, near: date):
        self.zone = ZoneInfo(name)
        self.shown: list[datetime] = []
        self.first: dict[datetime, int] = {}
        begin = datetime.combine(near - BEYOND * DAY, MIDNIGHT, UTC)
        latest = None
        for minute in range(2 * BEYOND * 24 * 60):
            wall = (begin + minute * MINUTE).astimezone(self.zone).replace(tzinfo=None)
            self.shown.append(wall)
            latest = latest or wall - MINUTE
            while latest < wall:
                latest += MINUTE
                self.first[latest] = minute

    def minutes(self, day: date, start: time, end: time) -> range:
        """The minutes a shift lasts; none when the clocks skip all of it."""
        last_day = day if end > start else day + DAY
        return range(self.first[datetime.combine(day, start)], self.first[datetime.combine(last_day, end)])


@pytest.fixture(scope="module")
def watches() -> dict[tuple[str, date], Watch]:
    return {place: Watch(*place) for place in PLACES}


def some_time(generator: random.Random) -> time:
    """Often at night, when clocks change, and often on the half hour, so that ends touch."""
    hour = generator.choice((generator.randrange(24), generator.randrange(4), 23, 0))
    return time(hour, generator.choice((0, 0, 0, 30, 30, 15, 1, 59)))


def some_shift(generator: random.Random, near: date) -> tuple[date, time, time]:
    return near + generator.randint(-NEAR, NEAR) * DAY, some_time(generator), some_time(generator)


def shift_of(key: int, day: date, start: time, end: time, zone: ZoneInfo) -> Shift:
    starts_at, ends_at = spans.span(day, start, end, zone)
    return Shift(pk=key, date=day, start_time=start, end_time=end, starts_at=starts_at, ends_at=ends_at)


def refused(taken: Shift, wanted: Shift) -> bool:
    """Whether somebody who has the one shift is refused the other."""
    employee = Employee(pk=1)
    roster = conflicts.Roster(Schedule(tenant=Tenant()), {1: employee}, {wanted.pk: wanted})
    roster.take(employee, taken)
    return conflicts.overlap(roster, employee, wanted) is not None


def test_overlap_of_10000_pairs_is_what_the_clocks_on_the_wall_say(watches):
    generator = random.Random(20261025)
    wrong, seen = [], Counter()

    while seen["pairs"] < 10_000:
        place = generator.choice(PLACES)
        watch, near = watches[place], place[1]
        one, other = some_shift(generator, near), some_shift(generator, near)
        if generator.random() < 0.5:
            # Close to the other, so that many meet by an hour or just touch.
            other = (one[0] + generator.choice((0, 0, 0, 1)) * DAY, generator.choice((one[2], other[1])), other[2])
        minutes = [set(watch.minutes(*shift)) for shift in (one, other)]
        shifts = [shift_of(key, *shift, watch.zone) for key, shift in enumerate((one, other), start=1)]
        skipped = [shift.starts_at >= shift.ends_at for shift in shifts]
        if skipped != [not lasting for lasting in minutes]:
            wrong.append((place, one, other, "skipped", skipped))
        if any(skipped):
            # Such a shift cannot be saved.
            seen["skipped"] += 1
            continue
        expected = bool(minutes[0] & minutes[1])
        if [refused(*shifts), refused(*reversed(shifts))] != [expected, expected]:
            wrong.append((place, one, other, "overlap", expected))
        seen["pairs"] += 1
        seen["overlapping"] += expected
        seen["touching"] += max(minutes[0]) + 1 == min(minutes[1]) or max(minutes[1]) + 1 == min(minutes[0])

    assert wrong == []
    # Enough of every kind that agreeing means something.
    assert 2_500 < seen["overlapping"] < 7_500
    assert seen["touching"] > 250
    assert seen["skipped"] > 15


@pytest.mark.parametrize("place", PLACES, ids=str)
def test_every_minute_of_the_wall_clock_begins_where_the_watch_says(watches, place):
    watch, near = watches[place], place[1]
    begin = datetime.combine(near - BEYOND * DAY, MIDNIGHT, UTC)
    days = [near + n * DAY for n in range(-NEAR, NEAR + 1)]
    walls = [datetime.combine(day, time(hour, minute)) for day in days for hour in range(24) for minute in range(60)]

    wrong = [
        wall
        for wall in walls
        if spans.instant(wall.date(), wall.time(), watch.zone) != begin + watch.first[wall] * MINUTE
    ]

    assert wrong == []


# --- Availability -----------------------------------------------------------------------------------------------------


def wall_minutes(day: date, start: time, end: time) -> set[datetime]:
    """The wall times from a start to an end; an end at or before the start means the next day."""
    begin = datetime.combine(day, start)
    until = datetime.combine(day if end > start else day + DAY, end)
    return {begin + n * MINUTE for n in range((until - begin) // MINUTE)}


def uncovered(shown: list[datetime], day: date, windows: list, exceptions: list) -> datetime | None:
    """The first wall time among those shown at which the employee may not work."""
    days = [day + n * DAY for n in range(-2, 4)]
    may, away = set(), set()
    for one in days:
        for row in windows:
            if row.weekday == one.weekday():
                may |= wall_minutes(one, row.start_time, row.end_time)
        for row in exceptions:
            if row.first_date <= one <= row.last_date:
                minutes = wall_minutes(one, row.start_time or MIDNIGHT, row.end_time or MIDNIGHT)
                may, away = (may, away | minutes) if row.kind == "away" else (may | minutes, away)
    return next((wall for wall in shown if wall in away or (windows and wall not in may)), None)


def some_hours(generator: random.Random, day: date) -> tuple[list[AvailabilityWindow], list[AvailabilityException]]:
    """Windows on most days, often until midnight and on from there, and sometimes exceptions."""
    windows = [
        AvailabilityWindow(
            weekday=(day + n * DAY).weekday(),
            start_time=generator.choice((MIDNIGHT, MIDNIGHT, some_time(generator))),
            end_time=generator.choice((MIDNIGHT, MIDNIGHT, some_time(generator))),
        )
        for n in (-1, 0, 0, 1)
        if generator.random() < 0.8
    ]
    exceptions = []
    while generator.random() < 0.35:
        first = day + generator.randint(-1, 1) * DAY
        whole_day = generator.random() < 0.2
        exceptions.append(
            AvailabilityException(
                kind=generator.choice(("away", "extra", "extra")),
                first_date=first,
                last_date=first + generator.choice((0, 0, 2)) * DAY,
                start_time=None if whole_day else some_time(generator),
                end_time=None if whole_day else some_time(generator),
            )
        )
    return windows, exceptions


def test_availability_of_3000_shifts_is_what_the_clocks_on_the_wall_say(watches):
    generator = random.Random(20270328)
    wrong, answers = [], Counter()

    for _ in range(3_000):
        place = generator.choice(PLACES)
        watch, near = watches[place], place[1]
        day, start, end = some_shift(generator, near)
        windows, exceptions = some_hours(generator, day)
        shift = shift_of(1, day, start, end, watch.zone)
        shown = [watch.shown[minute] for minute in watch.minutes(day, start, end)]
        expected = uncovered(shown, day, windows, exceptions)
        found = Availability(windows, exceptions).first_uncovered(shift.starts_at, shift.ends_at, watch.zone)
        if found != expected:
            wrong.append((place, day, start, end, windows, exceptions, found, expected))
        answers[expected is None] += 1

    assert wrong == []
    assert min(answers.values()) > 600
