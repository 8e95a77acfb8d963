"""What else there was around a case: at its place before, and near it at its time."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import cos, radians
from typing import Any, Final

import sqlalchemy as sa

from streetwatch.service.desk.merging import metres
from streetwatch.service.desk.places import history_of
from streetwatch.service.desk.query import within
from streetwatch.service.incidents.reach import EVERYWHERE, Reach
from streetwatch.service.store.schema import desk_case
from streetwatch.service.store.transactions import reading
from streetwatch.vision.types import Seconds

WITHIN_M: Final = 200.0
WITHIN_S: Final[Seconds] = 7200.0

#: More than a screen has room for.
MOST_NEAR: Final = 8
MOST_EARLIER: Final = 8

#: Looked through at most: a busy street at a busy hour.
_LOOKED_THROUGH: Final = 200

_METRES_A_DEGREE: Final = 111_320.0


@dataclass(frozen=True, slots=True)
class Near:
    """Another case around the same time and place.

    Attributes:
        apart_m: How far away; None where nobody knows: it is of the same camera.
        apart_s: How much later it was; below 0: earlier.
    """

    number: str
    type: str
    state: str
    apart_m: float | None
    apart_s: Seconds


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What else there was.

    Attributes:
        earlier: Cases of the same type at the same place, the newest first, as `history_of` tells.
        recurrences: How many of them came back within 7, 30 and 90 days.
        near: Other cases, the nearest first.
    """

    earlier: tuple[Mapping[str, Any], ...]
    recurrences: Mapping[str, int]
    near: tuple[Near, ...]


def surroundings(engine: sa.Engine, number: str, reach: Reach = EVERYWHERE) -> Surroundings:
    """Look around a case; there is nothing around one that is not there."""
    case = desk_case.c
    columns = (case.number, case.place_key, case.type, case.lon, case.lat, case.camera_id)
    wanted = sa.select(*columns, case.reported_at, case.occurred_at).where(case.number == number)
    with reading(engine) as connection:
        row = connection.execute(wanted).mappings().first()
        near = () if row is None else _near(connection, row, reach)
    if row is None or row["place_key"] is None:
        return Surroundings((), {}, near)
    told = history_of(engine, row["place_key"], row["type"], reach)
    earlier = [one for one in told["cases"] if one["number"] != number]
    return Surroundings(tuple(earlier[:MOST_EARLIER]), told["recurrences"], near)


def _near(connection: sa.Connection, row: Mapping[Any, Any], reach: Reach) -> tuple[Near, ...]:
    case, at = desk_case.c, row["reported_at"]
    columns = (case.number, case.type, case.state, case.lon, case.lat, case.occurred_at)
    wanted = sa.select(*columns).where(
        case.reported_at.between(at - WITHIN_S, at + WITHIN_S),
        case.number != row["number"],
        _around(row),
        *within(reach),
    )
    rows = connection.execute(wanted.limit(_LOOKED_THROUGH)).mappings().all()
    found = [_apart(other, row) for other in rows]
    close = [one for one in found if one.apart_m is None or one.apart_m <= WITHIN_M]
    return tuple(sorted(close, key=lambda one: (one.apart_m or 0.0, abs(one.apart_s)))[:MOST_NEAR])


def _around(row: Mapping[Any, Any]) -> sa.ColumnElement[bool]:
    case, lon, lat = desk_case.c, row["lon"], row["lat"]
    if lon is None or lat is None:
        return sa.and_(case.camera_id == row["camera_id"])
    north = WITHIN_M / _METRES_A_DEGREE
    east = north / max(cos(radians(lat)), 0.01)
    return sa.and_(
        case.lon.between(lon - east, lon + east), case.lat.between(lat - north, lat + north)
    )


def _apart(other: Mapping[Any, Any], row: Mapping[Any, Any]) -> Near:
    points = (row["lon"], row["lat"], other["lon"], other["lat"])
    apart_m = None if None in points else metres(*points)
    apart_s = other["occurred_at"] - row["occurred_at"]
    return Near(other["number"], other["type"], other["state"], apart_m, apart_s)
