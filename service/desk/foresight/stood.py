"""What stood where and for how long, and how it was found."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from streetwatch.service.desk.facts import THE_DESK
from streetwatch.service.desk.foresight.scope import Scope, counted, few_enough
from streetwatch.service.desk.history import moves
from streetwatch.service.desk.reports.facts import FROM_CAMERAS
from streetwatch.service.desk.reports.query import Wanted, asked_for
from streetwatch.service.desk.states import CaseState
from streetwatch.service.foresight.efficiency import Found
from streetwatch.service.foresight.frontage import Event
from streetwatch.service.foresight.patrol import Standing
from streetwatch.service.store.schema import desk_case
from streetwatch.service.store.transactions import reading
from streetwatch.vision.types import Seconds
from streetwatch.zones.ground import MapPoint

#: People's answers to what a camera filed.
_VERDICTS = frozenset({CaseState.ACCEPTED.value, CaseState.REJECTED.value})


def standings(engine: sa.Engine, wanted: Wanted, *, now: Seconds) -> list[Standing]:
    """Return what stood on the map, each as long as its camera or the desk knows.

    Raises:
        InputError: these are too many cases.
        StorageError: the database refused.
    """
    case = desk_case.c
    mapped = (case.place_key.is_not(None), case.lon.is_not(None), case.lat.is_not(None))
    query = sa.select(case.place_key, case.lon, case.lat, *_SPAN).where(
        *counted(Scope(wanted)), *mapped
    )
    return [
        Standing(row["place_key"], MapPoint(row["lon"], row["lat"]), *_span(row, now))
        for row in _rows(engine, query)
    ]


def events(engine: sa.Engine, wanted: Wanted, *, now: Seconds) -> list[Event]:
    """Return what a camera saw, with where in its picture it stood.

    Raises:
        InputError: these are too many cases.
        StorageError: the database refused.
    """
    case = desk_case.c
    box = case.document["bbox"].label("bbox")
    query = sa.select(case.number, case.type, box, *_SPAN).where(
        *counted(Scope(wanted)), case.source == FROM_CAMERAS
    )
    found = []
    for row in _rows(engine, query):
        began, ended = _span(row, now)
        x1, y1, x2, y2 = row["bbox"]
        found.append(Event(row["number"], row["type"], began, ended - began, (x1, y1, x2, y2)))
    return found


def finds(engine: sa.Engine, wanted: Wanted, *, now: Seconds) -> list[Found]:
    """Return what cameras found and people confirmed.

    Raises:
        InputError: these are too many cases.
        StorageError: the database refused.
    """
    case = desk_case.c
    query = sa.select(case.reported_at, *_SPAN).where(
        *counted(Scope(wanted)), case.source == FROM_CAMERAS, case.accepted_at.is_not(None)
    )
    found = []
    for row in _rows(engine, query):
        began, ended = _span(row, now)
        waited = max(row["reported_at"] - began, 0.0)
        found.append(Found(waited, max(ended - began, waited)))
    return found


def verdicts(engine: sa.Engine, wanted: Wanted) -> list[tuple[str, Seconds]]:
    """Return who judged what cameras filed, and when; what the desk did by itself is none.

    Raises:
        InputError: these are too many cases.
        StorageError: the database refused.
    """
    case = desk_case.c
    query = sa.select(case.history).where(*asked_for(wanted), case.source == FROM_CAMERAS)
    judged = (_judged(row["history"]) for row in _rows(engine, query))
    return [one for one in judged if one is not None]


def _judged(history: list[Mapping[str, Any]]) -> tuple[str, Seconds] | None:
    for line in moves(history):
        who = line.get("by")
        if line["state"] in _VERDICTS and who and who != THE_DESK:
            return who, datetime.fromisoformat(line["at"]).timestamp()
    return None


_SPAN = (
    desk_case.c.occurred_at,
    desk_case.c.ended_at,
    desk_case.c.document["first_seen"].as_string().label("first_seen"),
    desk_case.c.document["cleared_at"].as_string().label("cleared_at"),
)


def _span(row: Mapping[Any, Any], now: Seconds) -> tuple[Seconds, Seconds]:
    """Return when something began and when it was gone: seen so, else ended, else not yet."""
    began = _seconds(row["first_seen"]) or row["occurred_at"]
    ended = _seconds(row["cleared_at"]) or row["ended_at"] or now
    return began, max(ended, began)


def _seconds(written: str | None) -> Seconds | None:
    return datetime.fromisoformat(written).timestamp() if written else None


def _rows(engine: sa.Engine, query: sa.Select[Any]) -> Iterator[Mapping[Any, Any]]:
    with reading(engine) as connection:
        rows = connection.execution_options(yield_per=2_000).execute(few_enough(connection, query))
        yield from rows.mappings()
