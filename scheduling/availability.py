"""When an employee may work: weekly windows, and dated exceptions that go before them.

A minute is covered when the wall clock then shows a time inside a window or extra hours, and not inside an absence.
Without any weekly window an employee is always available, but for absences. Source: contract, "Scheduling".
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from scheduling import spans
from scheduling.models import AvailabilityException

ONE_DAY = timedelta(days=1)
MIDNIGHT = time(0)


class Window(NamedTuple):
    """When somebody may work on a day of the week, as an `AvailabilityWindow` says."""

    weekday: int
    start_time: time
    end_time: time


@dataclass
class Availability:
    """The windows and exceptions of one employee."""

    windows: list[Window] = field(default_factory=list)
    exceptions: list[AvailabilityException] = field(default_factory=list)

    def first_uncovered(self, begin: datetime, end: datetime, zone: ZoneInfo) -> datetime | None:
        """The naive wall time at which the first uncovered minute between two UTC moments begins, or None."""
        if not self.windows and not self.exceptions:
            return None
        for first, last in spans.wall_intervals(begin, end, zone):
            gap = None if self._is_open(first, last) else self._first_gap(first, last)
            if gap is not None:
                return gap
        return None

    def _is_open(self, first: datetime, last: datetime) -> bool:
        """Whether one window of each day has all of it, as for most shifts. If not, other windows may reach in."""
        days, begin, end = last.toordinal() - first.toordinal(), first.time(), last.time()
        if self.exceptions or days > 1:
            return False
        if days == 0:
            return self._is_open_on(first.weekday(), begin, end)
        until_midnight = self._is_open_on(first.weekday(), begin, None)
        return until_midnight and (end == MIDNIGHT or self._is_open_on(last.weekday(), MIDNIGHT, end))

    def _is_open_on(self, weekday: int, begin: time, end: time | None) -> bool:
        """Whether a window of the day has these times in it; None stands for the midnight that ends the day."""
        for window in self.windows:
            if window.weekday == weekday and window.start_time <= begin:
                overnight = window.end_time <= window.start_time
                if overnight or (end is not None and end <= window.end_time):
                    return True
        return False

    def _first_gap(self, first: datetime, last: datetime) -> datetime | None:
        # A window of the evening before may reach into the first day.
        days = [first.date() - ONE_DAY + n * ONE_DAY for n in range((last.date() - first.date()).days + 2)]
        away = list(self._exceptions("away", days))
        allowed = [*self._weekly(days), *self._exceptions("extra", days)] if self.windows else [(first, last)]
        moment = first
        while moment < last:
            if any(start <= moment < end for start, end in away):
                return moment
            reaches = [end for start, end in allowed if start <= moment < end]
            if not reaches:
                return moment
            moment = min([max(reaches), *(start for start, _ in away if start > moment)])
        return None

    def _weekly(self, days: Iterable[date]) -> Iterator[spans.Span]:
        for day in days:
            for window in self.windows:
                if window.weekday == day.weekday():
                    yield _on(day, window.start_time, window.end_time)

    def _exceptions(self, kind: str, days: Sequence[date]) -> Iterator[spans.Span]:
        for exception in self.exceptions:
            for day in days:
                if exception.kind == kind and exception.first_date <= day <= exception.last_date:
                    yield _on(day, exception.start_time or MIDNIGHT, exception.end_time or MIDNIGHT)


def _on(day: date, start: time, end: time) -> spans.Span:
    return datetime.combine(day, start), datetime.combine(day if end > start else day + ONE_DAY, end)
