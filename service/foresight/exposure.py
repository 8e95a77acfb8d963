"""What happened and how long was looked, cell by cell, day by day, hour by hour."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import count, repeat
from typing import Final

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

_DAY_S: Final = 86_400
_CHINA_S: Final = 8 * 3600
_HOUR_S: Final = 3600
_HOURS: Final = 24

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


def tallies(  # noqa: PLR0913 -- what is counted, and into what
    seen: Seen,
    looked: Looked,
    *,
    cell_of: Mapping[str, int],
    cells: int,
    first: int,
    days: int,
    types: Iterable[str],
    watched: Mapping[tuple[str, str], frozenset[str]] | None = None,
) -> dict[str, Tally]:
    """Count what happened of each type in each cell, and for how long its cameras looked.

    A camera that looks at two zones at once looks for one hour in an hour: its zones' hours are not
    added up, the longest counts.

    Args:
        seen: What happened.
        looked: How long was looked.
        cell_of: The cell of each camera; what other cameras saw is left out.
        cells: How many there are.
        first: Day of China's calendar.
        days: How many.
        types: What is counted.
        watched: The types that each zone's rules are about: only zones that look for what is
            counted are exposure for it. None: all zones are.
    """
    names = sorted(set(types))
    counts = _counts(seen, cell_of, (len(names), cells, days), first, names)
    exposure = _Exposure(looked, cell_of, (cells, days), first)
    return {
        name: Tally(first, counts[row], exposure.of(name, watched))
        for row, name in enumerate(names)
    }


def _counts(
    seen: Seen,
    cell_of: Mapping[str, int],
    shape: tuple[int, int, int],
    first: int,
    names: Sequence[str],
) -> Array:
    """Return how much happened: types x cells x days x hours."""
    _, cells, days = shape
    where = _places(seen.cameras, cell_of)
    kind = _places(seen.types, {name: row for row, name in enumerate(names)})
    day = ((seen.at + _CHINA_S) // _DAY_S).astype(np.int64) - first
    hour = ((seen.at + _CHINA_S) % _DAY_S // _HOUR_S).astype(np.int64)
    inside = (where >= 0) & (kind >= 0) & (day >= 0) & (day < days)
    place = ((kind * cells + where) * days + day) * _HOURS + hour
    counts = np.bincount(place[inside], minlength=int(np.prod(shape)) * _HOURS)
    return counts.astype(np.float64).reshape(*shape, _HOURS)


def hours_of(looked: Looked) -> dict[str, float]:
    """Return for how many hours each camera looked, at whatever zone."""
    names = sorted(set(looked.cameras))
    if not names:
        return {}
    first, last = int(looked.days.min()), int(looked.days.max())
    rows = {name: row for row, name in enumerate(names)}
    hours = _Exposure(looked, rows, (len(names), last - first + 1), first).of("", None)
    return dict(zip(names, hours.sum(axis=(1, 2)).tolist(), strict=True))


def _places(names: Sequence[str], place_of: Mapping[str, int]) -> Ints:
    return np.fromiter(map(place_of.get, names, repeat(-1)), np.int64, len(names))


class _Exposure:
    """How long was looked in each cell; zones that look for the same are added up once."""

    def __init__(
        self, looked: Looked, cell_of: Mapping[str, int], shape: tuple[int, int], first: int
    ) -> None:
        self._cells, self._days = shape
        names = sorted(cell_of, key=lambda name: (cell_of[name], name))
        self._cell = np.array([cell_of[name] for name in names], np.int64)
        rows = _places(looked.cameras, {name: row for row, name in enumerate(names)})
        day = looked.days - first
        inside = (rows >= 0) & (day >= 0) & (day < self._days)
        known: dict[tuple[str, str], int] = {}
        zones = zip(looked.cameras, looked.zones, strict=True)
        # Each is known by the row in which it first stands.
        first_row = np.fromiter(map(known.setdefault, zones, count()), np.int64, len(rows))
        zone = np.searchsorted(np.fromiter(known.values(), np.int64, len(known)), first_row)
        order = np.argsort(rows[inside] * self._days + day[inside], kind="stable")
        self._key = (rows[inside] * self._days + day[inside])[order]
        self._seconds = looked.seconds[inside][order]
        self._zone, self._zones = zone[inside][order], tuple(known)
        self._found: dict[bytes, Array] = {}

    def of(self, name: str, watched: Mapping[tuple[str, str], frozenset[str]] | None) -> Array:
        """Return the hours in which a type was looked for: cells x days x hours of the day."""
        looks = np.array(
            [watched is None or name in watched.get(zone, ()) for zone in self._zones], bool
        )
        if looks.tobytes() not in self._found:
            self._found[looks.tobytes()] = self._hours(looks)
        return self._found[looks.tobytes()]

    def _hours(self, looks: Flags) -> Array:
        hours = np.zeros((self._cells, self._days, _HOURS))
        some = looks[self._zone] if len(self._zone) else np.zeros(0, bool)
        key, seconds = self._key[some], self._seconds[some]
        if not len(key):
            return hours
        starts = _starts(key)
        longest = np.zeros((len(self._cell) * self._days, _HOURS))
        longest[key[starts]] = np.maximum.reduceat(seconds, starts, axis=0) / _HOUR_S
        of_camera = longest.reshape(len(self._cell), self._days, _HOURS)
        first = _starts(self._cell)
        hours[self._cell[first]] = np.add.reduceat(of_camera, first, axis=0)
        return hours


def _starts(sorted_keys: Ints) -> Ints:
    """Return where each key stands for the first time."""
    return np.flatnonzero(np.diff(sorted_keys, prepend=sorted_keys[:1] - 1))
