"""When a rule applies: weekly windows, overnight ones too, on the city's wall clock."""

import math
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone

from streetwatch.vision.types import Seconds

#: China has one time zone and no summer time: a fixed offset is exact and reads no tz database.
CHINA = timezone(timedelta(hours=8), "Asia/Shanghai")

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MINUTES_A_DAY = 24 * 60


@dataclass(frozen=True, slots=True)
class Window:
    """A span of the day on some weekdays, or on some dates.

    Attributes:
        days: Weekdays on which the window begins, 0 = Monday.
        start: First minute of the day inside the window.
        end: First minute after it, up to 1440. At or before `start` it ends on the next day.
        dates: Dates on which it begins instead: holidays, days worked in their place.
    """

    days: frozenset[int]
    start: int
    end: int
    dates: tuple[date, ...] = ()

    def begins_on(self, day: date) -> bool:
        """Tell whether the window begins on a day, as far as it alone says."""
        return day in self.dates if self.dates else day.weekday() in self.days

    def holds(self, minute: int) -> bool:
        """Tell whether a minute is inside, counted from the day on which the window begins."""
        end = self.end if self.start < self.end else self.end + MINUTES_A_DAY
        return self.start <= minute < end


@dataclass(frozen=True, slots=True)
class Schedule:
    """The union of windows; without any, always. A date that one names has only those that do."""

    windows: tuple[Window, ...] = ()

    def is_open(self, at: Seconds) -> bool:
        """Tell whether the rule applies at `at`, seconds since the epoch."""
        if not self.windows:
            return True
        moment = datetime.fromtimestamp(at, CHINA)
        today, minute = moment.date(), moment.hour * 60 + moment.minute
        begun = ((today, minute), (today - timedelta(days=1), minute + MINUTES_A_DAY))
        return any(window.holds(since) for day, since in begun for window in self._on(day))

    def _on(self, day: date) -> list[Window]:
        """Return the windows that begin on a day."""
        named = any(day in window.dates for window in self.windows)
        return [
            window
            for window in self.windows
            if window.begins_on(day) and (window.dates or not named)
        ]

    def is_past_grace(self, at: Seconds, grace_s: Seconds) -> bool:
        """Tell whether the rule has applied for `grace_s` up to now without a pause.

        Args:
            at: Seconds since the epoch.
            grace_s: At most a day.
        """
        ended = [end for end in self._last_ends(at) if end > at - grace_s]
        return all(self.is_open(moment) for moment in (at, at - grace_s, *ended))

    def _last_ends(self, at: Seconds) -> list[Seconds]:
        """Return when the end of each window last came round: a pause can only begin there."""
        moment = datetime.fromtimestamp(at, CHINA)
        second = (moment.hour * 60 + moment.minute) * 60 + moment.second
        today = math.floor(at) - second
        return [today + _latest(window.end * 60, second) for window in self.windows]


def _latest(end: int, second: int) -> int:
    """Return a second of the day, today if it has come, else yesterday's (negative)."""
    return second - (second - end) % (MINUTES_A_DAY * 60)


ALWAYS = Schedule()
