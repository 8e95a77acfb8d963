"""Where a patrol is likely to meet a violation, hour by hour. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from streetwatch.vision.types import Seconds
from streetwatch.zones.ground import MapPoint
from streetwatch.zones.schedule import CHINA

_DAY: Final = timedelta(days=1)
_HOUR_S: Final = 3600.0

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
        start: Of that time, seconds since the epoch.
        end: Of the same.
        weekend: Of Saturdays and Sundays, instead of the other days.
    """
    days = sum(is_weekend(day) == weekend for day in days_between(start, end))
    if not days:
        return []
    stood: dict[tuple[str, int], Seconds] = defaultdict(float)
    places: dict[str, MapPoint] = {}
    for one in history:
        places[one.place] = one.at
        for at, length in _hours(max(one.began, start), min(one.ended, end)):
            if is_weekend(at) == weekend:
                stood[one.place, at.hour] += length
    found = (
        Chance(place, places[place], hour, length / (days * _HOUR_S))
        for (place, hour), length in stood.items()
    )
    return sorted(found, key=lambda one: (-one.expected, one.place, one.hour))


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


def _hours(start: Seconds, end: Seconds) -> Iterator[tuple[datetime, Seconds]]:
    """Yield the hours of the clock that a span lies in, and how much of each."""
    at = start
    while at < end:
        until = min(at - at % _HOUR_S + _HOUR_S, end)
        yield datetime.fromtimestamp(at, CHINA), until - at
        at = until
