"""From wall clocks to instants and back, over clock changes.

A local time that the clocks skip stands for the moment they jump; one that comes twice stands for the first time. So
later wall times never become earlier instants, and no shift ends before it begins.
"""

import functools
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

Span = tuple[datetime, datetime]


def instant(day: date, clock: time, zone: ZoneInfo) -> datetime:
    """The UTC moment at which the clocks of `zone` show `clock` on `day`."""
    local = datetime.combine(day, clock, zone)
    moment = local.astimezone(UTC)
    if moment.astimezone(zone).replace(tzinfo=None) == local.replace(tzinfo=None):
        return moment
    return _clock_change(local.replace(fold=1).astimezone(UTC), moment, zone)


def span(day: date, start: time, end: time, zone: ZoneInfo) -> Span:
    """The UTC span of a shift; an end at or before the start means the next day."""
    last_day = day if end > start else day + timedelta(days=1)
    return instant(day, start, zone), instant(last_day, end, zone)


@functools.lru_cache(maxsize=4096)  # many are asked about one shift
def wall_intervals(begin: datetime, end: datetime, zone: ZoneInfo) -> list[Span]:
    """The naive wall-clock intervals that pass between two UTC moments: one, or two when the clocks change between.

    Takes spans of up to a day or so, within which no zone changes its clocks twice.
    """
    if zone.utcoffset(begin.astimezone(zone)) == zone.utcoffset((end - timedelta.resolution).astimezone(zone)):
        change = end
    else:
        change = _clock_change(begin, end, zone)
    passed = [(first, last) for first, last in ((begin, change), (change, end)) if first < last]
    walls = [first.astimezone(zone).replace(tzinfo=None) for first, _ in passed]
    return [(wall, wall + (last - first)) for wall, (first, last) in zip(walls, passed, strict=True)]


def _clock_change(before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    """The UTC second at which the offset of `zone` changes between two moments."""
    offset = before.astimezone(zone).utcoffset()
    # Clocks change on whole seconds; with fractions of one the halving below would never end.
    before, after = before.replace(microsecond=0), after.replace(microsecond=0)
    while after - before > timedelta(seconds=1):
        middle = (before + (after - before) / 2).replace(microsecond=0)
        if middle.astimezone(zone).utcoffset() == offset:
            before = middle
        else:
            after = middle
    return after
