"""How much the cameras miss, as far as people's own reports can tell.

Nobody knows what nobody saw. But people report violations whether a camera sees them or not: of
those that were confirmed and lie close to a camera, the share that a camera reported too estimates
recall. It is a low estimate: close to a camera is not yet in its picture, let alone in a zone.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from streetwatch.service.desk.merging import metres
from streetwatch.service.desk.reports.facts import FROM_CAMERAS
from streetwatch.service.desk.reports.figures import Share
from streetwatch.service.desk.reports.query import Wanted, asked_for
from streetwatch.service.desk.states import REFUSALS
from streetwatch.service.store.schema import desk_case, desk_merged
from streetwatch.service.store.transactions import reading
from streetwatch.zones.place import Place

#: So close to a camera it could have been seen.
NEAR_M = 50.0


@dataclass(frozen=True, slots=True)
class Told:
    """A confirmed violation that people told of.

    Attributes:
        seen: A camera reported it too.
    """

    lon: float
    lat: float
    seen: bool


def recall(told: Iterable[Told], cameras: Sequence[Place], *, near_m: float = NEAR_M) -> Share:
    """Return how many of what people told of close to a camera were seen by one."""
    watched = [one.seen for one in told if _is_near(one, cameras, near_m)]
    return Share(sum(watched), len(watched))


def _is_near(one: Told, cameras: Sequence[Place], near_m: float) -> bool:
    return any(metres(one.lon, one.lat, at.lon, at.lat) <= near_m for at in cameras)


def told_by_people(engine: sa.Engine, wanted: Wanted) -> list[Told]:
    """Return what people told of in a period, once it was confirmed.

    Raises:
        StorageError: the database refused.
    """
    with reading(engine) as connection:
        return list(_told(connection, wanted))


def _told(connection: sa.Connection, wanted: Wanted) -> Iterator[Told]:
    case = desk_case.c
    by_camera = case.source == FROM_CAMERAS
    also_by_camera = _merged(desk_merged.c.source == FROM_CAMERAS)
    query = sa.select(case.lon, case.lat, sa.or_(by_camera, also_by_camera).label("seen")).where(
        *asked_for(wanted),
        sa.or_(~by_camera, _merged(desk_merged.c.source != FROM_CAMERAS)),
        case.accepted_at.is_not(None),
        case.state.not_in(REFUSALS),
        case.duplicate_of.is_(None),
        case.lon.is_not(None),
        case.lat.is_not(None),
    )
    for lon, lat, seen in connection.execute(query):
        yield Told(lon, lat, bool(seen))


def _merged(condition: sa.ColumnElement[bool]) -> sa.ColumnElement[bool]:
    same: Any = desk_merged.c.number == desk_case.c.number
    # With a limit it is asked for each case, by its index: PostgreSQL would read all for `EXISTS`.
    one = sa.select(desk_merged.c.number).where(same, condition).limit(1)
    return one.scalar_subquery().is_not(None)
