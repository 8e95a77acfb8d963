"""Where violations gather, hour by hour of the day (热点)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from streetwatch.service.desk.reports.query import Wanted, asked_for
from streetwatch.service.desk.states import REFUSALS
from streetwatch.service.store.schema import desk_case
from streetwatch.service.store.transactions import reading

HOURS = 24

#: Places that are told, those with the most violations; a map of more says nothing.
MOST_SPOTS = 500

_CHINA_S = 8 * 3600
_HOUR_S = 3600


@dataclass(frozen=True, slots=True)
class HotSpot:
    """A place and what became a violation there in each hour of the day, on China's clock.

    Attributes:
        place: Its key, `camera/zone`.
        hours: 24 counts, from midnight on.
    """

    place: str
    lon: float
    lat: float
    hours: tuple[int, ...]

    @property
    def n(self) -> int:
        """In all hours."""
        return sum(self.hours)


@dataclass(frozen=True, slots=True)
class HourCount:
    """So many violations at a place in an hour of the day."""

    place: str
    hour: int
    n: int
    lon: float
    lat: float


def hot_spots(engine: sa.Engine, wanted: Wanted) -> list[HotSpot]:
    """Return the places of the cases that a report is about, the busiest first.

    Rejected and withdrawn cases were no violations, and a duplicate was counted already: neither
    is in it. Nor is what is nowhere on the map.

    Raises:
        StorageError: the database refused.
    """
    with reading(engine) as connection:
        rows = connection.execute(_query(wanted)).mappings().all()
    return gathered(_count(row) for row in rows)


def gathered(counts: Iterable[HourCount]) -> list[HotSpot]:
    """Put the hours of each place together, the busiest place first."""
    hours: dict[str, list[int]] = {}
    at: dict[str, tuple[float, float]] = {}
    for one in counts:
        hours.setdefault(one.place, [0] * HOURS)[one.hour] += one.n
        at.setdefault(one.place, (one.lon, one.lat))
    spots = [HotSpot(place, *at[place], tuple(each)) for place, each in hours.items()]
    return sorted(spots, key=lambda spot: (-spot.n, spot.place))[:MOST_SPOTS]


def _query(wanted: Wanted) -> sa.Select[Any]:
    case = desk_case.c
    seconds = sa.cast(case.occurred_at, sa.BigInteger) + _CHINA_S
    hour = (seconds // _HOUR_S) % HOURS
    return (
        sa.select(
            case.place_key.label("place"),
            hour.label("hour"),
            sa.func.count().label("n"),
            sa.func.avg(case.lon).label("lon"),
            sa.func.avg(case.lat).label("lat"),
        )
        .where(
            *asked_for(wanted),
            case.state.not_in(REFUSALS),
            case.duplicate_of.is_(None),
            case.place_key.is_not(None),
            case.lon.is_not(None),
            case.lat.is_not(None),
        )
        .group_by(case.place_key, hour)
        .order_by(case.place_key, hour)
    )


def _count(row: Mapping[Any, Any]) -> HourCount:
    return HourCount(row["place"], int(row["hour"]), row["n"], row["lon"], row["lat"])
