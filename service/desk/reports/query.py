"""The one query behind every report: the cases of a period, streamed as facts."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from streetwatch.service.desk.query import within
from streetwatch.service.desk.reports.facts import CaseFacts
from streetwatch.service.desk.reports.period import Period
from streetwatch.service.desk.states import CaseState
from streetwatch.service.incidents.reach import EVERYWHERE, Reach
from streetwatch.service.store.schema import desk_case
from streetwatch.service.store.transactions import reading

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
        *(case[name] for name in ("reported_at", "began_at", "occurred_at", "filed_at")),
        *(case[name] for name in ("first_accepted_at", "first_dispatched_at", "first_handled_at")),
        *(case[name] for name in ("handled_at", "ended_at", "deadline")),
        recurred_at.label("recurred_at"),
        *(case[name] for name in ("was_warned", "is_double", "measure")),
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


def _facts(row: tuple[Any, ...]) -> CaseFacts:
    source, type_, camera, grid, state_name, came, began, occurred, filed, *rest = row
    accepted, dispatched, first_handled, handled, ended, deadline, recurred, *last = rest
    was_warned, is_double, measure = last
    state = CaseState(state_name)
    return CaseFacts(
        source=source,
        type=type_,
        camera_id=camera,
        grid_code=grid,
        state=state,
        came_at=came,
        began_at=occurred if began is None else began,
        occurred_at=occurred,
        filed_at=filed,
        accepted_at=accepted,
        dispatched_at=dispatched,
        handled_at=first_handled,
        ended_at=ended,
        done_at=(handled or ended) if state in _DONE else ended,
        deadline=deadline,
        recurred_at=recurred,
        was_warned=bool(was_warned),
        is_duplicate=bool(is_double),
        measure=measure,
    )
