"""What stood where and for how long, and how it was found."""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import sqlalchemy as sa

from streetwatch.service.desk.foresight.scope import Scope, counted, few_enough
from streetwatch.service.desk.reports.facts import FROM_CAMERAS
from streetwatch.service.desk.reports.query import Wanted, asked_for
from streetwatch.service.foresight.efficiency import Finds
from streetwatch.service.foresight.frontage import Event
from streetwatch.service.foresight.patrol import Standings
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
        InputError: these are too many cases.
        StorageError: the database refused.
    """
    mapped = (_CASE.place_key.is_not(None), _CASE.lon.is_not(None), _CASE.lat.is_not(None))
    query = sa.select(_CASE.place_key, _CASE.lon, _CASE.lat, _BEGAN, _GONE).where(
        *counted(Scope(wanted)), *mapped
    )
    places, lon, lat, began, gone = _columns(engine, query, 5)
    at = {place: MapPoint(*where) for place, *where in zip(places, lon, lat, strict=True)}
    return Standings(dict(sorted(at.items())), places, *_spans(began, gone, now))


def events(engine: sa.Engine, wanted: Wanted, *, now: Seconds) -> list[Event]:
    """Return what a camera saw, with where in its picture it stood.

    Raises:
        InputError: these are too many cases.
        StorageError: the database refused.
    """
    box = _CASE.document["bbox"].label("bbox")
    columns = (_CASE.number, _CASE.type, box, _BEGAN.label("began"), _GONE.label("gone"))
    query = sa.select(*columns).where(*counted(Scope(wanted)), _CASE.source == FROM_CAMERAS)
    found = []
    for row in _rows(engine, query):
        began, (x1, y1, x2, y2) = row["began"], row["bbox"]
        ended = max(row["gone"] or now, began)
        found.append(Event(row["number"], row["type"], began, ended - began, (x1, y1, x2, y2)))
    return found


def finds(engine: sa.Engine, wanted: Wanted, *, now: Seconds) -> Finds:
    """Return what cameras found and people confirmed.

    Raises:
        InputError: these are too many cases.
        StorageError: the database refused.
    """
    query = sa.select(_CASE.reported_at, _BEGAN, _GONE).where(
        *counted(Scope(wanted)), _CASE.source == FROM_CAMERAS, _CASE.accepted_at.is_not(None)
    )
    reported, began, gone = _columns(engine, query, 3)
    since, until = _spans(began, gone, now)
    waited = np.maximum(np.array(reported, np.float64) - since, 0.0)
    return Finds(waited, np.maximum(until - since, waited))


def verdicts(engine: sa.Engine, wanted: Wanted) -> list[tuple[str, Seconds]]:
    """Return who judged what cameras filed, and when; what the desk did by itself is none.

    Raises:
        InputError: these are too many cases.
        StorageError: the database refused.
    """
    query = sa.select(_CASE.judged_by, _CASE.judged_at).where(
        *asked_for(wanted), _CASE.source == FROM_CAMERAS, _CASE.judged_by.is_not(None)
    )
    with reading(engine) as connection:
        return plain_rows(connection, few_enough(connection, query))  # type: ignore[return-value]


def _spans(began: Values, gone: Values, now: Seconds) -> tuple[Floats, Floats]:
    """Return since when and until when each stood; what is not gone stands until now."""
    since = np.array(began, np.float64)
    until = np.array([now if one is None else one for one in gone], np.float64)
    return since, np.maximum(until, since)


def _columns(engine: sa.Engine, query: sa.Select[Any], many: int) -> tuple[Values, ...]:
    with reading(engine) as connection:
        rows = plain_rows(connection, few_enough(connection, query))
    return tuple(zip(*rows, strict=True)) if rows else ((),) * many


def _rows(engine: sa.Engine, query: sa.Select[Any]) -> Iterator[Mapping[Any, Any]]:
    with reading(engine) as connection:
        rows = connection.execution_options(yield_per=2_000).execute(few_enough(connection, query))
        yield from rows.mappings()
