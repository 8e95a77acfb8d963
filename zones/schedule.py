"""When a rule applies: weekly windows, overnight ones too, on the city's wall clock."""

import math
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

from streetwatch.vision.types import Seconds

#: China has one time zone and no summer time: a fixed offset is exact and reads no tz database.
CHINA = timezone(timedelta(hours=8), "Asia/Shanghai")

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MINUTES_A_DAY = 24 * 60


@dataclass(frozen=True, slots=True)
class Window:
    """A span of the day on some weekdays.

    Attributes:
        days: Weekdays on which the window begins, 0 = Monday.
        start: First minute of the day inside the window.
        end: First minute after it, up to 1440. At or before `start` it ends on the next day.
    """

    days: frozenset[int]
    start: int
    end: int

    def __contains__(self, moment: datetime) -> bool:
        minute = moment.hour * 60 + moment.minute
        today, yesterday = moment.weekday(), (moment.weekday() - 1) % 7
        if self.start < self.end:
            return today in self.days and self.start <= minute < self.end
        evening = today in self.days and minute >= self.start
        return evening or (yesterday in self.days and minute < self.end)


@dataclass(frozen=True, slots=True)
class Schedule:
    """The union of windows; without any, always."""

    windows: tuple[Window, ...] = ()

    def is_open(self, at: Seconds) -> bool:
        """Tell whether the rule applies at `at`, seconds since the epoch."""
        moment = datetime.fromtimestamp(at, CHINA)
        return not self.windows or any(moment in window for window in self.windows)

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
