"""What the analyses are asked over: the store and the cameras, of one part of the city or all."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from types import MappingProxyType

import sqlalchemy as sa

from streetwatch.service.cameras import Camera
from streetwatch.service.desk.grid.grids import grids_of
from streetwatch.service.desk.reports.period import Period
from streetwatch.service.foresight.cells import Cell, CellKind, Ring, cell_id, cells_of
from streetwatch.service.foresight.coverage import (
    Covered,
    Reports,
    Site,
    Stand,
    coverage,
    next_cameras,
)
from streetwatch.service.foresight.exposure import Looked, Seen, Tally, hours_of, tallies
from streetwatch.service.foresight.hotspots import Findings, hot_spots
from streetwatch.service.incidents.errors import InputError
from streetwatch.service.incidents.reach import EVERYWHERE, Reach
from streetwatch.service.store.happened import happened, seen_by, told
from streetwatch.service.store.looked import day_of, looked_days
from streetwatch.service.store.transactions import reading
from streetwatch.vision.types import Seconds

_DAY_S: Seconds = 86_400.0

#: A period that takes longer to read than anybody waits.
MOST_DAYS = 366


@dataclass(frozen=True, slots=True, eq=False)
class HotSpots:
    """Hot spots of a period, and what they were counted from.

    Attributes:
        period: Which.
        kind: Of cells.
        cells: By their number.
        findings: The hottest first.
        tallies: Of each type, the period before and the period.
    """

    period: Period
    kind: CellKind
    cells: Sequence[Cell]
    findings: Findings
    tallies: Mapping[str, Tally]

    @property
    def days(self) -> int:
        """Of the period."""
        return days_in(self.period)


@dataclass(frozen=True, slots=True)
class Coverage:
    """What is looked at of a period, and what is not.

    Attributes:
        period: Which.
        grids: Blind spots first.
        sites: Where further cameras would see most, in order.
    """

    period: Period
    grids: Sequence[Covered]
    sites: Sequence[Site]


@dataclass(frozen=True, slots=True)
class Outlook:
    """Asks the analyses.

    Attributes:
        engine: Of the database.
        cameras: Those that are known to whoever asks.
        clock: Seconds since the epoch.
        reach: The part of the city that whoever asks is limited to.
    """

    engine: sa.Engine
    cameras: Callable[[], Sequence[Camera]]
    clock: Callable[[], Seconds]
    reach: Reach = EVERYWHERE

    def within(self, reach: Reach) -> "Outlook":
        """Return what somebody may ask who is limited to a part of the city."""
        if reach.is_whole:
            return self
        return replace(
            self,
            cameras=lambda: tuple(one for one in self.cameras() if one.lies_in(reach)),
            reach=reach,
        )

    def hot_spots(self, period: Period, *, kind: CellKind, type: str | None = None) -> HotSpots:  # noqa: A002
        """Find the hot spots of a period, and what has changed since the one before.

        Args:
            period: Which; what lies in the future is left out.
            kind: Of cells.
            type: Only this; None: each for itself.

        Raises:
            InputError: the period is too long.
            StorageError: the database refused.
        """
        period = self.until_now(period)
        days = _allowed(period)
        cameras = {one.id: one for one in self.cameras() if one.place is not None}
        places = {name: one.place for name, one in cameras.items() if one.place is not None}
        cells = cells_of(places.values(), kind, partial(_outline, self._outlines(kind)))
        number_of = {name: number for number, name in enumerate(cells)}
        cell_of = {
            name: number_of[cell]
            for name, place in places.items()
            if (cell := cell_id(place, kind)) is not None
        }
        first = day_of(period.start) - days
        seen, looked = self._seen(period, days), self._looked(first, 2 * days)
        watched = watched_by(cameras.values())
        types = {each for of in watched.values() for each in of} if type is None else {type}
        counted = tallies(
            seen,
            looked,
            cell_of=cell_of,
            cells=len(cells),
            first=first,
            days=2 * days,
            types=types,
            watched=watched,
        )
        found = hot_spots(counted, days=days)
        return HotSpots(period, kind, tuple(cells.values()), found, MappingProxyType(counted))

    def coverage(self, period: Period, *, most: int) -> Coverage:
        """Hold what is looked at against what people tell of, and say where a camera is missing.

        Args:
            period: Which; what lies in the future is left out.
            most: Further cameras that are suggested, at most.

        Raises:
            InputError: the period is too long.
            StorageError: the database refused.
        """
        period = self.until_now(period)
        days = _allowed(period)
        stands = self._stands(period, days)
        told = self._told(period)
        with reading(self.engine) as connection:
            grids = [one.code for one in grids_of(connection) if self.reach.has(None, one.code)]
        return Coverage(
            period,
            coverage(stands, told, hours=days * 24.0, grids=grids),
            next_cameras(stands, told, start=period.start, end=period.end, most=most),
        )

    def _stands(self, period: Period, days: int) -> tuple[Stand, ...]:
        found = seen_by(self.engine, start=period.start, end=period.end)
        looked = self._looked(day_of(period.start), days)
        hours = hours_of(looked)
        return tuple(
            Stand(
                one.place.lon,
                one.place.lat,
                one.place.grid_code,
                hours.get(one.id, 0.0),
                frozenset(rule.type.value for zone in one.zones for rule in zone.rules),
                found.get(one.id, 0),
            )
            for one in self.cameras()
            if one.place is not None
        )

    def _told(self, period: Period) -> Reports:
        found = told(self.engine, start=period.start, end=period.end)
        if self.reach.is_whole:
            return Reports(found.at, found.lon, found.lat, found.grids, found.types)
        rows = [row for row, grid in enumerate(found.grids) if self.reach.has(None, grid or None)]
        return Reports(
            found.at[rows],
            found.lon[rows],
            found.lat[rows],
            [found.grids[row] for row in rows],
            [found.types[row] for row in rows],
        )

    def until_now(self, period: Period) -> Period:
        """Return what has passed of a period: days that are still to come have no rate."""
        end = min(period.end, _midnight_after(self.clock()))
        return replace(period, end=max(end, period.start + _DAY_S))

    def _seen(self, period: Period, days: int) -> Seen:
        found = happened(self.engine, start=period.start - days * _DAY_S, end=period.end)
        return Seen(found.at, found.cameras, found.types)

    def _looked(self, first: int, days: int) -> Looked:
        found = looked_days(self.engine, first=first, last=first + days - 1)
        return Looked(found.cameras, found.zones, found.days, found.seconds)

    def _outlines(self, kind: CellKind) -> Mapping[str, Ring]:
        if kind is not CellKind.GRID:
            return {}
        with reading(self.engine) as connection:
            grids = tuple(grids_of(connection))
        return {one.code: _ring(one.area) for one in grids}


def watched_by(cameras: Iterable[Camera]) -> dict[tuple[str, str], frozenset[str]]:
    """Return the types that each zone's rules are about."""
    return {
        (one.id, zone.id): frozenset(rule.type.value for rule in zone.rules)
        for one in cameras
        for zone in one.zones
        if zone.rules
    }


def _allowed(period: Period) -> int:
    days = days_in(period)
    if days > MOST_DAYS:
        raise InputError(f"{days} days are asked for: ask for {MOST_DAYS} or fewer")
    return days


def days_in(period: Period) -> int:
    """Return how many days a period has."""
    return round((period.end - period.start) / _DAY_S)


def _midnight_after(at: Seconds) -> Seconds:
    return (day_of(at) + 1) * _DAY_S - 8 * 3600.0


def _outline(known: Mapping[str, Ring], code: str) -> Ring:
    return known.get(code, ())


def _ring(area: object) -> Ring:
    outline = getattr(area, "exterior", None)
    if outline is None:  # of several pieces: the largest
        outline = max(area.geoms, key=lambda one: one.area).exterior  # type: ignore[attr-defined]
    return tuple((float(lon), float(lat)) for lon, lat, *_ in outline.coords)
