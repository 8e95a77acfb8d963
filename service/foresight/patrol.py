"""Where a patrol is likely to meet a violation, hour by hour. Pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from typing import Final

import numpy as np
import numpy.typing as npt

from streetwatch.vision.types import Seconds
from streetwatch.zones.ground import MapPoint
from streetwatch.zones.schedule import CHINA

_DAY: Final = timedelta(days=1)
_HOUR_S: Final = 3600.0
_HOURS: Final = 24

#: Less of a violation is what rounding leaves.
_NOTHING: Final = 1e-9

#: A day of the week's kind: people are elsewhere on Saturday and Sunday.
_SATURDAY: Final = 5


@dataclass(frozen=True, slots=True)
class Standing:
    """A violation that stood at a place.

    Attributes:
        place: Its name; a camera's zone, or a cell of the map.
        at: Where that is.
        began: When it was first seen.
        ended: When it was gone.
    """

    place: str
    at: MapPoint
    began: Seconds
    ended: Seconds


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


def chances(
    history: Iterable[Standing], *, start: Seconds, end: Seconds, weekend: bool
) -> list[Chance]:
    """Return what visits are worth, by what stood there before; the best first.

    Args:
        history: What stood in the time that is learnt from.
        start: Of that time, on the hour, seconds since the epoch.
        end: Of the same.
        weekend: Of Saturdays and Sundays, instead of the other days.
    """
    days = sum(is_weekend(day) == weekend for day in days_between(start, end))
    known = [one for one in history if one.began < end and one.ended > start]
    if not days or not known:
        return []
    places = places_of(known)
    stood = _stood(known, list(places), start, end)
    first = datetime.fromtimestamp(start, CHINA)
    clock = [first + timedelta(hours=at) for at in range(stood.shape[1])]
    found = []
    for hour in range(_HOURS):
        such = [
            at for at, one in enumerate(clock) if one.hour == hour and is_weekend(one) == weekend
        ]
        worth = (stood[:, such].sum(axis=1) / days).tolist()
        found += [
            Chance(place, places[place], hour, value)
            for place, value in zip(places, worth, strict=True)
            if value > 0
        ]
    return sorted(found, key=lambda one: (-one.expected, one.place, one.hour))


def _stood(
    known: Sequence[Standing], places: Sequence[str], start: Seconds, end: Seconds
) -> npt.NDArray[np.float64]:
    """Return how many stood at each place in each hour since the start, on average."""
    hours = ceil((end - start) / _HOUR_S)
    number = {place: at for at, place in enumerate(places)}
    row = np.array([number[one.place] for one in known])
    since = np.array([max(one.began - start, 0.0) for one in known]) / _HOUR_S
    until = np.array([min(one.ended, end) - start for one in known]) / _HOUR_S
    whole = np.zeros((len(places), hours + 1))
    part = np.zeros((len(places), hours + 1))
    # What stands at the end of an hour stood since, less of the first one and more of the last.
    for ends, sign in ((since, 1.0), (until, -1.0)):
        at = ends.astype(int)
        np.add.at(whole, (row, at), sign)
        np.add.at(part, (row, at), -sign * (ends - at))
    stood: npt.NDArray[np.float64] = (whole.cumsum(axis=1) + part)[:, :hours]
    return np.where(stood > _NOTHING, stood, 0.0)


def places_of(history: Iterable[Standing]) -> Mapping[str, MapPoint]:
    """Return where the places of a history are, by name."""
    return dict(sorted({one.place: one.at for one in history}.items()))


def days_between(start: Seconds, end: Seconds) -> Iterator[datetime]:
    """Yield the midnights of the days from a moment to another, on China's clock."""
    day = datetime.fromtimestamp(start, CHINA).replace(hour=0, minute=0, second=0, microsecond=0)
    while day.timestamp() < end:
        yield day
        day += _DAY


def is_weekend(day: datetime) -> bool:
    """Tell whether a day is a Saturday or a Sunday."""
    return day.weekday() >= _SATURDAY
