"""What stood where and for how long, and how it was found."""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import sqlalchemy as sa

from streetwatch.service.desk.foresight.scope import (
    MOST_CASES,
    Scope,
    counted,
    refuse_more,
)
from streetwatch.service.desk.reports.facts import FROM_CAMERAS
from streetwatch.service.desk.reports.query import Wanted, asked_for
from streetwatch.service.desk.states import REFUSALS
from streetwatch.service.foresight.efficiency import Finds
from streetwatch.service.foresight.frontage import Event
from streetwatch.service.foresight.patrol import Standings
from streetwatch.service.store.lists import listed_parts, listed_words, parts_in, words_in
from streetwatch.service.store.schema import desk_case
from streetwatch.service.store.transactions import plain_rows, reading
from streetwatch.vision.types import Seconds
from streetwatch.zones.ground import MapPoint

_CASE = desk_case.c

Values = tuple[Any, ...]
Floats = npt.NDArray[np.float64]

#: A place is read to one of so many parts of a degree: a centimetre.
_DEGREES = 10**7

#: Since when something was seen, and until when: seen so, else until its case ended.
_BEGAN = sa.func.coalesce(_CASE.began_at, _CASE.occurred_at)
_GONE = sa.func.coalesce(_CASE.gone_at, _CASE.ended_at)


def standings(engine: sa.Engine, wanted: Wanted, *, now: Seconds) -> Standings:
    """Return what stood on the map, each as long as its camera or the desk knows.

    Raises:
        StorageError: the database refused.
    """
    mapped = (_CASE.place_key.is_not(None), _CASE.lon.is_not(None), _CASE.lat.is_not(None))
    # All at once, not by place: SQLite would take the index of places, and read each row.
    columns = (
        listed_words(_CASE.place_key),
        *(listed_parts(each) for each in (_BEGAN, sa.func.coalesce(_GONE, now))),
        *(listed_parts(each, _DEGREES) for each in (_CASE.lon, _CASE.lat)),
    )
    query = sa.select(*columns).where(*counted(Scope(wanted)), *mapped)
    with reading(engine) as connection:
        ((places, *numbers),) = plain_rows(connection, query)
    began, gone = parts_in(numbers[:2])
    at, where = _on_map(words_in(places), *parts_in(numbers[2:], _DEGREES))
    return Standings(at, where, began, np.maximum(gone, began))


def _on_map(
    names: Sequence[str], lon: Floats, lat: Floats
) -> tuple[dict[str, MapPoint], npt.NDArray[np.int64]]:
    """Return where each place is, the middle of all that stood there, and which each name is."""
    number = {name: place for place, name in enumerate(sorted(set(names)))}
    where = np.fromiter(map(number.__getitem__, names), np.int64, len(names))
    often = np.bincount(where, minlength=len(number))
    middle = (np.bincount(where, each, minlength=len(number)) / often for each in (lon, lat))
    points = map(MapPoint, *(each.tolist() for each in middle))
    return dict(zip(number, points, strict=True)), where


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
    until = (_CASE.reported_at, sa.func.coalesce(_GONE, now))
    query = sa.select(*(listed_parts(one - _BEGAN) for one in until)).where(
        *asked_for(wanted),
        _CASE.source == FROM_CAMERAS,
        _CASE.state.not_in(REFUSALS),
        _CASE.is_double.is_(False),
        _CASE.first_accepted_at.is_not(None),
    )
    with reading(engine) as connection:
        ((waited, lasted),) = plain_rows(connection, query)
    waits, stays = parts_in((waited, lasted))
    waits = np.maximum(waits, 0.0)
    return Finds(waits, np.maximum(stays, waits))


def verdicts(engine: sa.Engine, wanted: Wanted) -> list[Floats]:
    """Return when each person judged what cameras filed; what the desk did by itself is none.

    Raises:
        StorageError: the database refused.
    """
    query = (
        sa.select(listed_parts(_CASE.judged_at))
        .where(*asked_for(wanted), _CASE.source == FROM_CAMERAS)
        .where(_CASE.judged_by.is_not(None), _CASE.judged_at.is_not(None))
        .group_by(_CASE.judged_by)
    )
    with reading(engine) as connection:
        return [*parts_in(written for (written,) in plain_rows(connection, query))]
