"""What happened and how long was looked, cell by cell, day by day, hour by hour."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

_DAY_S: Final = 86_400
_CHINA_S: Final = 8 * 3600
_HOUR_S: Final = 3600

#: 1970-01-01 was a Thursday.
_FIRST_WEEKDAY: Final = 3


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """Violations, as columns.

    Attributes:
        at: When each became one, seconds since the epoch.
        cameras: That saw them.
        types: As the rules name them.
    """

    at: Array
    cameras: Sequence[str]
    types: Sequence[str]


@dataclass(frozen=True, slots=True, eq=False)
class Looked:
    """Days of zones, as columns.

    Attributes:
        cameras: Their ids.
        zones: Their ids.
        days: Of China's calendar, counted from 1970-01-01.
        seconds: A column for each hour of the day.
    """

    cameras: Sequence[str]
    zones: Sequence[str]
    days: Ints
    seconds: Ints


@dataclass(frozen=True, slots=True, eq=False)
class Tally:
    """Counts and exposure of cells.

    Attributes:
        first: The first day, of China's calendar.
        counts: Violations: cells x days x hours of the day.
        hours: Camera-hours looked at, in the same shape.
    """

    first: int
    counts: Array
    hours: Array

    @property
    def days(self) -> int:
        """How many."""
        return int(self.counts.shape[1])

    @property
    def weekdays(self) -> Ints:
        """Of each day, 0 = Monday."""
        return (np.arange(self.first, self.first + self.days) + _FIRST_WEEKDAY) % 7

    def part(self, start: int, end: int) -> "Tally":
        """Return some of its days, from one on until before another, counted from the first."""
        return Tally(self.first + start, self.counts[:, start:end], self.hours[:, start:end])


def tally(  # noqa: PLR0913 -- what is counted, and into what
    seen: Seen,
    looked: Looked,
    *,
    cell_of: Mapping[str, int],
    cells: int,
    first: int,
    days: int,
    types: frozenset[str] | None = None,
    watched: Mapping[tuple[str, str], frozenset[str]] | None = None,
) -> Tally:
    """Count what happened in each cell, and for how long its cameras looked.

    A camera that looks at two zones at once looks for one hour in an hour: its zones' hours are not
    added up, the longest counts.

    Args:
        seen: What happened.
        looked: How long was looked.
        cell_of: The cell of each camera; what other cameras saw is left out.
        cells: How many there are.
        first: Day of China's calendar.
        days: How many.
        types: What is counted; None: everything.
        watched: The types that each zone's rules are about: only zones that look for what is
            counted are exposure for it. None: all zones are.
    """
    counts = np.zeros((cells, days, 24))
    where = _places(seen.cameras, cell_of)
    if types is not None:
        where = np.where([one in types for one in seen.types], where, -1)
    day = ((seen.at + _CHINA_S) // _DAY_S).astype(np.int64) - first
    hour = ((seen.at + _CHINA_S) % _DAY_S // _HOUR_S).astype(np.int64)
    inside = (where >= 0) & (day >= 0) & (day < days)
    np.add.at(counts, (where[inside], day[inside], hour[inside]), 1.0)
    return Tally(first, counts, _exposure(looked, cell_of, (cells, days), first, types, watched))


def hours_of(looked: Looked) -> dict[str, float]:
    """Return for how many hours each camera looked, at whatever zone."""
    names = sorted(set(looked.cameras))
    row_of = {name: row for row, name in enumerate(names)}
    if not names:
        return {}
    first = int(looked.days.min())
    longest = np.zeros((len(names), int(looked.days.max()) - first + 1, 24))
    rows = _places(looked.cameras, row_of)
    np.maximum.at(longest, (rows, looked.days - first), looked.seconds / _HOUR_S)
    return dict(zip(names, longest.sum(axis=(1, 2)).tolist(), strict=True))


def _places(cameras: Sequence[str], cell_of: Mapping[str, int]) -> Ints:
    return np.fromiter((cell_of.get(one, -1) for one in cameras), np.int64, len(cameras))


def _exposure(  # noqa: PLR0913, PLR0917 -- as `tally`
    looked: Looked,
    cell_of: Mapping[str, int],
    shape: tuple[int, int],
    first: int,
    types: frozenset[str] | None,
    watched: Mapping[tuple[str, str], frozenset[str]] | None,
) -> Array:
    cells, days = shape
    names = sorted(cell_of)
    row_of = {name: row for row, name in enumerate(names)}
    rows, day = _places(looked.cameras, row_of), looked.days - first
    inside = (rows >= 0) & (day >= 0) & (day < days)
    if types is not None and watched is not None:
        zones = zip(looked.cameras, looked.zones, strict=True)
        inside &= np.array([bool(watched.get(zone, frozenset()) & types) for zone in zones], bool)
    longest = np.zeros((len(names), days, 24))
    np.maximum.at(longest, (rows[inside], day[inside]), looked.seconds[inside] / _HOUR_S)
    hours = np.zeros((cells, days, 24))
    np.add.at(hours, np.array([cell_of[name] for name in names], np.int64), longest)
    return hours
