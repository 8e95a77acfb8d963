"""Deadlines: clocks that run always or in working time only, on China's wall clock (pure)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from streetwatch.vision.types import Seconds
from streetwatch.zones.schedule import CHINA

HOUR_S: Seconds = 3600.0
DAY_S: Seconds = 86_400.0

#: From and to, seconds since midnight.
Span = tuple[int, int]


class ClockKind(StrEnum):
    """How a time limit is counted (计时单位)."""

    URGENT_HOUR = "urgent_hour"  #: 紧急工作时: by night and on holidays too
    WORK_HOUR = "work_hour"  #: 工作时: while people work
    WORK_DAY = "work_day"  #: 工作日: as many work hours as an ordinary day has
    NATURAL_DAY = "natural_day"  #: 自然日: the same time of day, so many days later


@dataclass(frozen=True, slots=True)
class Limit:
    """A time limit: so many of a clock's units."""

    clock: ClockKind
    amount: float

    def __post_init__(self) -> None:
        if not self.amount > 0:
            raise ValueError("a time limit must be above 0")


@dataclass(frozen=True, slots=True)
class WorkCalendar:
    """When people work.

    Attributes:
        hours: For each weekday, 0 = Monday, the spans of its working time, in order and apart.
        holidays: Dates on which nobody works.
        makeup: Dates that are worked on all the same (调休上班), with the hours of their weekday
            or, where it has none, those of the first weekday that has some.
    """

    hours: tuple[tuple[Span, ...], ...]
    holidays: frozenset[date] = frozenset()
    makeup: frozenset[date] = frozenset()

    def __post_init__(self) -> None:
        if len(self.hours) != 7 or not any(self.hours):
            raise ValueError("working hours are wanted for seven weekdays, one at least with some")

    @property
    def day_s(self) -> Seconds:
        """Working time of an ordinary day, the first of the week that has some."""
        return float(sum(end - start for start, end in self._ordinary))

    @property
    def _ordinary(self) -> tuple[Span, ...]:
        return next(spans for spans in self.hours if spans)

    def day(self, date: date) -> tuple[Span, ...]:
        """Return the working time of a date."""
        hours = self.hours[date.weekday()]
        if date in self.makeup:
            return hours or self._ordinary
        return () if date in self.holidays else hours

    def spans(self, start: Seconds) -> Iterator[tuple[Seconds, Seconds]]:
        """Yield the working time from a moment on, without an end."""
        for day in _days_from(datetime.fromtimestamp(start, CHINA).date()):
            midnight = datetime.combine(day, time(), CHINA).timestamp()
            for begin, end in self.day(day):
                if midnight + end > start:
                    yield max(midnight + begin, start), midnight + end


def _days_from(day: date) -> Iterator[date]:
    while True:
        yield day
        day += timedelta(days=1)


def length_s(limit: Limit, calendar: WorkCalendar) -> Seconds:
    """Return a limit in seconds of its own clock."""
    match limit.clock:
        case ClockKind.URGENT_HOUR | ClockKind.WORK_HOUR:
            return limit.amount * HOUR_S
        case ClockKind.WORK_DAY:
            return limit.amount * calendar.day_s
        case ClockKind.NATURAL_DAY:
            return limit.amount * DAY_S


def deadline(start: Seconds, limit: Limit, calendar: WorkCalendar) -> Seconds:
    """Return when a limit that begins at `start` has run out."""
    return after(start, length_s(limit, calendar), limit.clock, calendar)


def after(start: Seconds, run_s: Seconds, clock: ClockKind, calendar: WorkCalendar) -> Seconds:
    """Return the first moment at which a clock has run for `run_s` since `start`.

    In working time it lies within a span or at its end; a clock that need not run at all is read
    when it next could.
    """
    if clock in _ALWAYS_RUNNING:
        return start + run_s
    left, spans = run_s, calendar.spans(start)
    begin, end = next(spans)
    while left > end - begin:
        left -= end - begin
        begin, end = next(spans)
    return begin + left


def run_between(start: Seconds, end: Seconds, clock: ClockKind, calendar: WorkCalendar) -> Seconds:
    """Return for how long a clock runs from one moment to a later one; 0 where it is no later."""
    if end <= start or clock in _ALWAYS_RUNNING:
        return max(end - start, 0.0)
    run_s = 0.0
    for begin, stop in calendar.spans(start):
        if begin >= end:
            break
        run_s += min(stop, end) - begin
    return run_s


_ALWAYS_RUNNING = frozenset({ClockKind.URGENT_HOUR, ClockKind.NATURAL_DAY})
