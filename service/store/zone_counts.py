"""How many people and stalls were seen in each zone: added to by the runtime, read by analyses."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import reduce
from operator import add
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import sqlalchemy as sa

from streetwatch.service.store.crowd_schema import FIGURES, SLOTS, zone_count
from streetwatch.service.store.transactions import locked, plain_rows, reading, writing
from streetwatch.vision.types import Seconds

_HOUR_S: Final = 3600
_CHINA_H: Final = 8
SLOT_S: Final[Seconds] = _HOUR_S / SLOTS


@dataclass(frozen=True, slots=True)
class ZoneSlot:
    """Ten minutes of a zone.

    Attributes:
        number: Of the slot, since 1970.
    """

    camera_id: str
    zone_id: str
    number: int


@dataclass(frozen=True, slots=True)
class Count:
    """What was seen in some detections.

    Attributes:
        looks: How many detections these were.
        people: In all of them together.
        most: In one of them.
        stalls: In all of them together.
        stalled: Of them, those with a stall.
    """

    looks: int = 0
    people: int = 0
    most: int = 0
    stalls: int = 0
    stalled: int = 0

    def and_one(self, people: int, stalls: int) -> "Count":
        """Return it after another detection."""
        return self + Count(1, people, people, stalls, int(stalls > 0))

    def __add__(self, other: "Count") -> "Count":
        return Count(
            self.looks + other.looks,
            self.people + other.people,
            max(self.most, other.most),
            self.stalls + other.stalls,
            self.stalled + other.stalled,
        )


@dataclass(frozen=True, slots=True, eq=False)
class Slots:
    """Slots of zones that were looked at, a row each, in order of zone and time.

    Attributes:
        cameras: Their ids.
        zones: Their ids.
        at: When each began, seconds since the epoch.
        figures: A column for each of `FIGURES`.
    """

    cameras: tuple[str, ...]
    zones: tuple[str, ...]
    at: npt.NDArray[np.float64]
    figures: npt.NDArray[np.int64]

    def of(self, name: str) -> npt.NDArray[np.int64]:
        """Return a column."""
        return np.asarray(self.figures[:, FIGURES.index(name)])

    @property
    def people(self) -> npt.NDArray[np.float64]:
        """People in a look, on the average."""
        return np.asarray(self.of("people") / self.of("looks"))


def slot_of(at: Seconds) -> int:
    """Return the number of the slot that a moment lies in."""
    return int(at // SLOT_S)


def add_counts(engine: sa.Engine, counts: Mapping[ZoneSlot, Count]) -> None:
    """Add to what is known.

    Raises:
        StorageError: the database refused; nothing was added.
    """
    if not counts:
        return
    rows: defaultdict[tuple[str, str, int], dict[int, Count]] = defaultdict(dict)
    for one, count in counts.items():
        hour, slot = divmod(one.number, SLOTS)
        rows[one.camera_id, one.zone_id, hour][slot] = count
    with writing(engine) as connection:
        locked(connection, "zone_count")
        for (camera_id, zone_id, hour), of_hour in sorted(rows.items()):
            _add(connection, {"camera_id": camera_id, "zone_id": zone_id, "hour": hour}, of_hour)


def _add(connection: sa.Connection, key: Mapping[str, Any], counts: Mapping[int, Count]) -> None:
    given = {
        f"{name}_{slot}": int(getattr(count, name))
        for slot, count in counts.items()
        for name in FIGURES
    }
    more = {name: _more(zone_count.c[name], value) for name, value in given.items()}
    same = [zone_count.c[name] == value for name, value in key.items()]
    if not connection.execute(sa.update(zone_count).where(*same).values(more)).rowcount:
        connection.execute(sa.insert(zone_count).values({**key, **given}))


def _more(column: sa.ColumnElement[int], value: int) -> sa.ColumnElement[int]:
    if str(column.key).startswith("most_"):
        return sa.case((column < value, value), else_=column)
    return column + value


def slots_of(
    engine: sa.Engine,
    *,
    start: Seconds,
    end: Seconds,
    cameras: Iterable[str] | None = None,
    zone: str | None = None,
) -> Slots:
    """Read the slots that begin from a moment on until before another.

    Args:
        engine: Of the database.
        start: Seconds since the epoch.
        end: The same.
        cameras: Only these; None: all.
        zone: Only this one of theirs; None: all.

    Raises:
        StorageError: the database refused.
    """
    hour = zone_count.c.hour
    where = [hour >= int(start // _HOUR_S), hour * _HOUR_S < end]
    if cameras is not None:
        where.append(zone_count.c.camera_id.in_(sorted(cameras)))
    if zone is not None:
        where.append(zone_count.c.zone_id == zone)
    order = (zone_count.c.camera_id, zone_count.c.zone_id, hour)
    with reading(engine) as connection:
        rows = plain_rows(connection, sa.select(zone_count).where(*where).order_by(*order))
    return _as_slots(rows, start, end)


def totals_of(
    engine: sa.Engine, places: Collection[tuple[str, str]], *, start: Seconds, end: Seconds
) -> dict[tuple[str, str], tuple[int, Count]]:
    """Return on how many days zones were looked at, and all that was seen there, added up.

    Args:
        engine: Of the database.
        places: Cameras and their zones; what nobody looked at is left out.
        start: Seconds since the epoch, on the hour.
        end: The same.

    Raises:
        StorageError: the database refused.
    """
    if not places:
        return {}
    column, hour = zone_count.c, zone_count.c.hour
    sums = {name: _summed(name) for name in ("looks", "people", "stalls", "stalled")}
    query = (
        sa.select(
            column.camera_id,
            column.zone_id,
            sa.func.count(sa.distinct((hour + _CHINA_H) // 24)),
            *(sa.func.sum(each) for each in sums.values()),
        )
        .where(column.camera_id.in_(sorted({camera for camera, _ in places})))
        .where(column.zone_id.in_(sorted({zone for _, zone in places})))
        .where(hour >= int(start // _HOUR_S), hour < int(end // _HOUR_S), sums["looks"] > 0)
        .group_by(column.camera_id, column.zone_id)
    )
    with reading(engine) as connection:
        rows = plain_rows(connection, query)
    return {
        (camera, zone): (days, Count(**dict(zip(sums, map(int, seen), strict=True))))
        for camera, zone, days, *seen in rows
        if (camera, zone) in places
    }


def _summed(name: str) -> sa.ColumnElement[int]:
    first, *others = (zone_count.c[f"{name}_{slot}"] for slot in range(SLOTS))
    return reduce(add, others, sa.type_coerce(first, sa.Integer))


def _as_slots(rows: list[tuple[Any, ...]], start: Seconds, end: Seconds) -> Slots:
    cameras, zones, *numbers = zip(*rows, strict=True) if rows else ((),) * (3 + 5 * SLOTS)
    table = np.array(numbers, np.int64)
    at = (table[0][:, None] * SLOTS + np.arange(SLOTS)).ravel() * SLOT_S
    figures = table[1:].reshape(len(FIGURES), SLOTS, -1).transpose(2, 1, 0).reshape(-1, 5)
    kept = np.flatnonzero((figures[:, 0] > 0) & (at >= start) & (at < end))
    of = (kept // SLOTS).tolist()
    return Slots(
        tuple(cameras[row] for row in of), tuple(zones[row] for row in of), at[kept], figures[kept]
    )


def forget_counts(connection: sa.Connection, *, before: Seconds) -> int:
    """Delete the hours that ended before a moment; return how many rows that were."""
    old = sa.delete(zone_count).where(zone_count.c.hour < int(before // _HOUR_S))
    return connection.execute(old).rowcount


def old_counts(before: Seconds) -> sa.Select[int]:
    """Return the question how many rows that would be."""
    old = zone_count.c.hour < int(before // _HOUR_S)
    return sa.select(sa.func.count()).select_from(zone_count).where(old)
