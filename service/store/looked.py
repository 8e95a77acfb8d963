"""How long each zone was looked at, hour by hour: added to by the runtime, read by the analyses."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import reduce
from operator import add
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import sqlalchemy as sa

from streetwatch.service.store.lists import listed, repeated, whole_in
from streetwatch.service.store.looked_schema import HOUR_COLUMNS, looked
from streetwatch.service.store.transactions import locked, plain_rows, reading, writing
from streetwatch.vision.types import Seconds

_DAY_S: Final = 86_400
_CHINA_S: Final = 8 * 3600
_HOUR_S: Final = 3600


#: Hours are read four in one number: a driver takes as long for each number, however large it is.
_TOGETHER: Final = 4
_ROOM: Final = 8192
_PLACES: Final = _ROOM ** np.arange(_TOGETHER, dtype=np.int64)
_PACKED: Final = tuple(
    reduce(
        add,
        (
            sa.cast(looked.c[name], sa.BigInteger) * int(place)
            for name, place in zip(HOUR_COLUMNS[first : first + _TOGETHER], _PLACES, strict=True)
        ),
    )
    for first in range(0, len(HOUR_COLUMNS), _TOGETHER)
)

_ZONE: Final = (looked.c.camera_id, looked.c.zone_id)
_DAYS: Final = sa.select(*_ZONE, *(listed(each) for each in (looked.c.day, *_PACKED))).group_by(
    *_ZONE
)


@dataclass(frozen=True, slots=True)
class ZoneHour:
    """An hour of a zone.

    Attributes:
        day: Of China's calendar, counted from 1970-01-01.
        hour: 0 to 23, on China's clock.
    """

    camera_id: str
    zone_id: str
    day: int
    hour: int


@dataclass(frozen=True, slots=True, eq=False)
class LookedDays:
    """Days of zones, a row each.

    Attributes:
        cameras: Their ids.
        zones: Their ids.
        days: Of China's calendar.
        seconds: A column for each hour of the day.
    """

    cameras: tuple[str, ...]
    zones: tuple[str, ...]
    days: npt.NDArray[np.int64]
    seconds: npt.NDArray[np.int64]


def day_of(at: Seconds) -> int:
    """Return the day of China's calendar that a moment lies in."""
    return int((at + _CHINA_S) // _DAY_S)


def hour_of(at: Seconds) -> int:
    """Return the hour of the day, on China's clock."""
    return int((at + _CHINA_S) % _DAY_S // _HOUR_S)


def add_looked(engine: sa.Engine, seconds: Mapping[ZoneHour, Seconds]) -> None:
    """Add to what is known.

    Raises:
        StorageError: the database refused; nothing was added.
    """
    if not seconds:
        return
    days: dict[tuple[str, str, int], dict[str, int]] = {}
    for one, looked_s in seconds.items():
        of_day = days.setdefault((one.camera_id, one.zone_id, one.day), {})
        of_day[HOUR_COLUMNS[one.hour]] = round(looked_s)
    with writing(engine) as connection:
        locked(connection, "looked")
        for (camera_id, zone_id, day), hours in sorted(days.items()):
            _add(connection, {"camera_id": camera_id, "zone_id": zone_id, "day": day}, hours)


def _add(connection: sa.Connection, key: Mapping[str, Any], hours: Mapping[str, int]) -> None:
    more = {name: looked.c[name] + seconds for name, seconds in hours.items()}
    same = [looked.c[name] == value for name, value in key.items()]
    if not connection.execute(sa.update(looked).where(*same).values(more)).rowcount:
        connection.execute(sa.insert(looked).values({**key, **hours}))


def looked_days(
    engine: sa.Engine, *, first: int, last: int, cameras: Iterable[str] | None = None
) -> LookedDays:
    """Read how long was looked from one day to another, both inside.

    Args:
        engine: Of the database.
        first: Of China's calendar.
        last: The same.
        cameras: Only these; None: all.

    Raises:
        StorageError: the database refused.
    """
    wanted = _DAYS.where(looked.c.day.between(first, last))
    if cameras is not None:
        wanted = wanted.where(looked.c.camera_id.in_(sorted(cameras)))
    with reading(engine) as connection:
        rows = plain_rows(connection, wanted)
    by, zones, *written = zip(*rows, strict=True) if rows else ((),) * (3 + len(_PACKED))
    days, *packed = ([np.zeros(0, np.int64), *whole_in(each)] for each in written)
    many = [len(each) for each in days[1:]]
    hours = np.stack([np.concatenate(each) for each in packed])[:, None]
    return LookedDays(
        repeated(by, many),
        repeated(zones, many),
        np.concatenate(days),
        (hours // _PLACES[None, :, None] % _ROOM).reshape(len(HOUR_COLUMNS), -1).T,
    )


def forget_looked(connection: sa.Connection, *, before: Seconds) -> int:
    """Delete the days that ended before a moment; return how many rows that were."""
    old = sa.delete(looked).where(looked.c.day < day_of(before))
    return connection.execute(old).rowcount


def old_looked(before: Seconds) -> sa.Select[int]:
    """Return the question how many rows that would be."""
    old = looked.c.day < day_of(before)
    return sa.select(sa.func.count()).select_from(looked).where(old)
