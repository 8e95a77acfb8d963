"""Where a patrol is likely to meet a violation, hour by hour. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt

from streetwatch.vision.types import Seconds
from streetwatch.zones.ground import MapPoint
from streetwatch.zones.schedule import CHINA

_DAY: Final = timedelta(days=1)
_HOUR_S: Final = 3600.0
_HOURS: Final = 24
_DAYS: Final = 7

#: A day of the week's kind: people are elsewhere on Saturday and Sunday.
_SATURDAY: Final = 5


Values: TypeAlias = npt.NDArray[np.float64]
Numbers: TypeAlias = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Standings:
    """Violations that stood somewhere, as columns.

    Attributes:
        at: Where each place is, in order of names; that is a camera's zone, or a cell of the map.
        where: Of each violation, the number of its place in this order.
        began: When it was first seen.
        ended: When it was gone.
    """

    at: Mapping[str, MapPoint]
    where: Numbers
    began: Values
    ended: Values

    def __len__(self) -> int:
        return len(self.where)

    def only(self, which: npt.NDArray[np.bool_]) -> "Standings":
        """Return some of them, and their places."""
        places, where = np.unique(self.where[which], return_inverse=True)
        every = list(self.at.items())
        at = dict(every[place] for place in places.tolist())
        return Standings(at, where, self.began[which], self.ended[which])


@dataclass(frozen=True, slots=True)
class Chance:
    """What a visit to a place in an hour of the day is worth.

    Attributes:
        hour: 0 to 23, China's clock.
        expected: Violations that stand there then, on average.
    """

    place: str
    at: MapPoint
    hour: int
    expected: float


def chances(  # noqa: PLR0913 -- which of them
    history: Standings,
    *,
    start: Seconds,
    end: Seconds,
    weekend: bool,
    hours: range = range(_HOURS),
    most: int | None = None,
) -> list[Chance]:
    """Return what visits are worth, by what stood there before; the best first.

    Args:
        history: What stood in the time that is learnt from.
        start: Of that time, on the hour, seconds since the epoch.
        end: Of the same.
        weekend: Of Saturdays and Sundays, instead of the other days.
        hours: Of the day, in which somebody is out.
        most: The best ones, so many at most; None: all.
    """
    days = sum(is_weekend(day) == weekend for day in days_between(start, end))
    known = history.only((history.began < end) & (history.ended > start))
    if not days or not len(known):
        return []
    worth = _stood(known, start, end, weekend=weekend) / days
    worth[:, [hour for hour in range(_HOURS) if hour not in hours]] = 0.0
    rows, of_day = np.nonzero(worth > 0)
    best = np.lexsort((of_day, rows, -worth[rows, of_day]))[:most]
    places = list(known.at.items())
    return [
        Chance(places[row][0], places[row][1], hour, float(worth[row, hour]))
        for row, hour in zip(rows[best].tolist(), of_day[best].tolist(), strict=True)
    ]


def _stood(known: Standings, start: Seconds, end: Seconds, *, weekend: bool) -> Values:
    """Return how many stood at each place in each hour of such days, on average, added up."""
    first = datetime.fromtimestamp(start, CHINA)
    where, since = known.where, np.maximum(known.began - start, 0.0) / _HOUR_S
    until = (np.minimum(known.ended, end) - start) / _HOUR_S
    hour, parts = since.astype(np.int64), list[tuple[Numbers, Values]]()
    while len(hour):  # the first hour of each, then the second of those that stand on
        number = first.hour + hour
        is_such = ((first.weekday() + number // _HOURS) % _DAYS >= _SATURDAY) == weekend
        stood = np.minimum(until, hour + 1) - np.maximum(since, hour)
        parts.append(((where * _HOURS + number % _HOURS)[is_such], stood[is_such]))
        on = until > hour + 1
        where, since, until, hour = where[on], since[on], until[on], hour[on] + 1
    cells, shares = (np.concatenate(each) for each in zip(*parts, strict=True))
    total = np.bincount(cells, shares, minlength=len(known.at) * _HOURS)
    return np.asarray(total.reshape(-1, _HOURS))


def days_between(start: Seconds, end: Seconds) -> Iterator[datetime]:
    """Yield the midnights of the days from a moment to another, on China's clock."""
    day = datetime.fromtimestamp(start, CHINA).replace(hour=0, minute=0, second=0, microsecond=0)
    while day.timestamp() < end:
        yield day
        day += _DAY


def is_weekend(day: datetime) -> bool:
    """Tell whether a day is a Saturday or a Sunday."""
    return day.weekday() >= _SATURDAY
