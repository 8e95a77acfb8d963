"""The one query behind every report: the cases of a period, streamed as facts."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from streetwatch.service.desk.query import within
from streetwatch.service.desk.reports.facts import CaseFacts, is_duplicate, track
from streetwatch.service.desk.reports.period import Period
from streetwatch.service.desk.states import CaseState
from streetwatch.service.incidents.reach import EVERYWHERE, Reach
from streetwatch.service.store.schema import desk_case
from streetwatch.service.store.transactions import reading
from streetwatch.vision.types import Seconds

#: Rows held at once; a report over a million cases holds as many as one over a thousand.
_HELD = 2_000

#: Of a unit grid's code.
GRID_DIGITS = 15

#: In these, what was to be done has been done.
_DONE = frozenset({CaseState.HANDLED, CaseState.CLOSED, CaseState.FORCE_CLOSED})


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which cases a report is about; None does not filter.

    Attributes:
        period: In which they came to the desk.
        grid: A unit grid's 15 digits, or how they begin.
        type: As the rules name it.
        camera: Its id.
        reach: The part of the city that whoever asks is limited to.
    """

    period: Period
    grid: str | None = None
    type: str | None = None
    camera: str | None = None
    reach: Reach = EVERYWHERE


def facts(engine: sa.Engine, wanted: Wanted) -> Iterator[CaseFacts]:
    """Read the cases of a report, one after the other, from one state of the database.

    Raises:
        StorageError: the database refused.
    """
    with reading(engine) as connection:
        rows = connection.execution_options(yield_per=_HELD).execute(_query(wanted))
        for row in rows.mappings():
            yield _facts(row)


def _query(wanted: Wanted) -> sa.Select[Any]:
    case = desk_case.c
    later = desk_case.alias("later")
    recurred_at = (
        sa.select(sa.func.min(later.c.occurred_at))
        .where(later.c.recurrence_of == case.external_id)
        .scalar_subquery()
    )
    columns = (
        *(case[name] for name in ("source", "type", "camera_id", "grid_code", "state")),
        *(case[name] for name in ("occurred_at", "reported_at", "handled_at", "ended_at")),
        *(case[name] for name in ("deadline", "duplicate_of", "measure", "history")),
        case.document["first_seen"].as_string().label("first_seen"),
        recurred_at.label("recurred_at"),
    )
    return sa.select(*columns).where(*asked_for(wanted))


def asked_for(wanted: Wanted) -> Iterator[sa.ColumnElement[bool]]:
    """Yield what the cases of a report meet, all of it."""
    case = desk_case.c
    yield case.reported_at >= wanted.period.start
    yield case.reported_at < wanted.period.end
    if wanted.grid is not None:
        # A range, not LIKE: the index is of use.
        first, last = (wanted.grid.ljust(GRID_DIGITS, digit) for digit in "09")
        # A whole code as an equation: only then its cases are read by code and time together.
        yield case.grid_code == first if first == last else case.grid_code.between(first, last)
    if wanted.type is not None:
        yield case.type == wanted.type
    if wanted.camera is not None:
        yield case.camera_id == wanted.camera
    yield from within(wanted.reach)


def _facts(row: Mapping[Any, Any]) -> CaseFacts:
    way = track(row["history"])
    state = CaseState(row["state"])
    first_seen = row["first_seen"]
    warned = CaseState.WARNED in way.first
    filed = way.first.get(CaseState.REPORTED) if warned else row["reported_at"]
    return CaseFacts(
        source=row["source"],
        type=row["type"],
        camera_id=row["camera_id"],
        grid_code=row["grid_code"],
        state=state,
        came_at=row["reported_at"],
        began_at=_seconds(first_seen) if first_seen else row["occurred_at"],
        occurred_at=row["occurred_at"],
        filed_at=filed,
        accepted_at=way.first.get(CaseState.ACCEPTED),
        dispatched_at=way.first.get(CaseState.DISPATCHED),
        handled_at=way.first.get(CaseState.HANDLED),
        ended_at=row["ended_at"],
        done_at=(row["handled_at"] or row["ended_at"]) if state in _DONE else row["ended_at"],
        deadline=row["deadline"],
        recurred_at=row["recurred_at"],
        was_warned=warned,
        is_duplicate=is_duplicate(row["duplicate_of"], way.reason),
        measure=row["measure"],
    )


def _seconds(written: str) -> Seconds:
    return datetime.fromisoformat(written).timestamp()
