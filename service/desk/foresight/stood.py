"""What stood where and for how long, and how it was found."""

from collections.abc import Iterable
from typing import Any

import numpy as np
import numpy.typing as npt
import sqlalchemy as sa

from streetwatch.service.desk.foresight.scope import (
    MOST_CASES,
    Scope,
    columns_of,
    counted,
    refuse_more,
)
from streetwatch.service.desk.reports.facts import FROM_CAMERAS
from streetwatch.service.desk.reports.query import Wanted, asked_for
from streetwatch.service.desk.states import REFUSALS
from streetwatch.service.foresight.efficiency import Finds
from streetwatch.service.foresight.frontage import Event
from streetwatch.service.foresight.patrol import Standings
from streetwatch.service.store.lists import listed_tenths, tenths_in
from streetwatch.service.store.schema import desk_case
from streetwatch.service.store.transactions import plain_rows, reading
from streetwatch.vision.types import Seconds
from streetwatch.zones.ground import MapPoint

_CASE = desk_case.c

Values = tuple[Any, ...]
Floats = npt.NDArray[np.float64]

#: Since when something was seen, and until when: seen so, else until its case ended.
_BEGAN = sa.func.coalesce(_CASE.began_at, _CASE.occurred_at)
_GONE = sa.func.coalesce(_CASE.gone_at, _CASE.ended_at)


def standings(engine: sa.Engine, wanted: Wanted, *, now: Seconds) -> Standings:
    """Return what stood on the map, each as long as its camera or the desk knows.

    Raises:
        StorageError: the database refused.
    """
    mapped = (_CASE.place_key.is_not(None), _CASE.lon.is_not(None), _CASE.lat.is_not(None))
    place = _CASE.place_key
    query = (
        sa.select(
            *(place, sa.func.avg(_CASE.lon), sa.func.avg(_CASE.lat)),
            *(listed_tenths(each) for each in (_BEGAN, sa.func.coalesce(_GONE, now))),
        )
        .where(*counted(Scope(wanted)), *mapped)
        .group_by(place)
        .order_by(place)
    )
    with reading(engine) as connection:
        places, lon, lat, *spans = columns_of(plain_rows(connection, query), 5)
    began, gone = ([*tenths_in(each)] for each in spans)
    since, until = (np.concatenate([np.zeros(0), *each]) for each in (began, gone))
    at = {name: MapPoint(*where) for name, *where in zip(places, lon, lat, strict=True)}
    where = np.repeat(np.arange(len(at)), [len(each) for each in began])
    return Standings(at, where, since, np.maximum(until, since))


def events(
    engine: sa.Engine,
    wanted: Wanted,
    cameras: Iterable[str],
    types: Iterable[str],
    *,
    now: Seconds,
) -> dict[str, list[Event]]:
    """Return what each of some cameras saw of some types, with where in its picture it stood.

    Raises:
        InputError: these are too many cases.
        StorageError: the database refused.
    """
    box = _CASE.document["bbox"].label("bbox")
    query = sa.select(_CASE.camera_id, _CASE.number, _CASE.type, box, _BEGAN, _GONE).where(
        *counted(Scope(wanted)),
        _CASE.source == FROM_CAMERAS,
        _CASE.camera_id.in_(sorted(cameras)),
        _CASE.type.in_(sorted(types)),
    )
    with reading(engine) as connection:
        rows = connection.execute(query.limit(MOST_CASES + 1)).all()
    refuse_more(len(rows))
    found: dict[str, list[Event]] = {}
    for camera, number, type_, (x1, y1, x2, y2), began, gone in rows:
        lasted_s = max((gone or now) - began, 0.0)
        event = Event(number, type_, began, lasted_s, (x1, y1, x2, y2))
        found.setdefault(camera, []).append(event)
    return found


def finds(engine: sa.Engine, wanted: Wanted, *, now: Seconds) -> Finds:
    """Return what cameras found and people confirmed; what is not gone stands until now.

    Raises:
        StorageError: the database refused.
    """
    query: sa.Select[Any] = sa.select(
        listed_tenths(_CASE.reported_at - _BEGAN),
        listed_tenths(sa.func.coalesce(_GONE, now) - _BEGAN),
    ).where(
        *asked_for(wanted),
        _CASE.source == FROM_CAMERAS,
        _CASE.state.not_in(REFUSALS),
        _CASE.is_double.is_(False),
        _CASE.first_accepted_at.is_not(None),
    )
    with reading(engine) as connection:
        ((waited, lasted),) = plain_rows(connection, query)
    waits, stays = tenths_in((waited, lasted))
    waits = np.maximum(waits, 0.0)
    return Finds(waits, np.maximum(stays, waits))


def verdicts(engine: sa.Engine, wanted: Wanted) -> list[Floats]:
    """Return when each person judged what cameras filed; what the desk did by itself is none.

    Raises:
        StorageError: the database refused.
    """
    query = (
        sa.select(listed_tenths(_CASE.judged_at))
        .where(*asked_for(wanted), _CASE.source == FROM_CAMERAS)
        .where(_CASE.judged_by.is_not(None), _CASE.judged_at.is_not(None))
        .group_by(_CASE.judged_by)
    )
    with reading(engine) as connection:
        return [*tenths_in(written for (written,) in plain_rows(connection, query))]
