"""The one query behind every report: the cases of a period, as columns."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import repeat
from operator import itemgetter
from sys import intern
from typing import Any

import numpy as np
import sqlalchemy as sa

from streetwatch.service.desk.query import within
from streetwatch.service.desk.reports.facts import (
    FROM_CAMERAS,
    MEASURES,
    RECURRENCE_DAYS,
    STATE_CODES,
    Cases,
    Times,
    joined,
)
from streetwatch.service.desk.reports.period import Period
from streetwatch.service.desk.states import CaseState
from streetwatch.service.incidents.reach import EVERYWHERE, Reach
from streetwatch.service.store.schema import desk_case
from streetwatch.service.store.transactions import plain_parts, plain_rows, reading
from streetwatch.vision.types import Seconds

#: Of a unit grid's code.
GRID_DIGITS = 15

#: Rows that are held as the database gives them; as columns, they take a tenth.
_HELD = 20_000

#: A place is followed for so long after its case has ended, and a day.
_FOLLOWED_S: Seconds = (max(RECURRENCE_DAYS) + 1) * 86_400.0

#: What is read of a case.
_READ = (
    *("external_id", "source", "type", "camera_id", "grid_code", "state", "reported_at"),
    *("began_at", "occurred_at", "filed_at", "first_accepted_at", "first_dispatched_at"),
    *("first_handled_at", "handled_at", "ended_at", "deadline", "gone_at", "was_warned"),
    *("is_double", "measure"),
)

_CODES = {state.value: code for state, code in STATE_CODES.items()}

_MEASURES = {name: number for number, name in enumerate(MEASURES)}

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


def facts(engine: sa.Engine, wanted: Wanted, *, followed: bool = True) -> Cases:
    """Read the cases of a report, from one state of the database.

    Args:
        engine: Of the desk.
        wanted: Which.
        followed: Read when their places had their next violation, too.

    Raises:
        StorageError: the database refused.
    """
    columns = (*(desk_case.c[name] for name in _READ),)
    query = sa.select(*columns).where(*asked_for(wanted))
    parts, names = [_cases(((),) * (len(_READ) - 1))], list[str]()
    with reading(engine) as connection:
        for part in plain_parts(connection, query, _HELD):
            external_ids, *rest = zip(*part, strict=True)
            names += external_ids
            parts += [_cases(rest)]
        cases = joined(parts)
        if not followed:
            return cases
        return replace(cases, recurred_at=_recurred(connection, names, cases, wanted.period))


def _recurred(
    connection: sa.Connection, names: Sequence[str], cases: Cases, period: Period
) -> Times:
    """Return when the place of each case had its next violation, as far as a report asks."""
    if not names:
        return cases.ended_at
    last = float(np.fmax.reduce(cases.ended_at, initial=period.end))
    later = desk_case.c
    query = sa.select(later.recurrence_of, later.occurred_at).where(
        later.recurrence_of.is_not(None),
        later.reported_at >= period.start,
        later.reported_at < last + _FOLLOWED_S,
    )
    rows = plain_rows(connection, query)
    first: dict[str, Seconds] = dict(rows)
    if len(first) < len(rows):  # something was followed by several: the first of them counts
        first = dict(sorted(rows, key=itemgetter(1), reverse=True))
    return np.fromiter(map(first.get, names, repeat(np.nan)), np.float64, len(names))


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


def _cases(columns: Iterable[Sequence[Any]]) -> Cases:
    sources, types, cameras, grids, states, *times, was_warned, is_double, measure = columns
    came, began, occurred, filed, accepted, dispatched, first_handled, *ends = (
        np.array(one, np.float64) for one in times
    )
    handled, ended, deadline, gone = ends
    codes = np.fromiter(map(_CODES.__getitem__, states), np.int64, len(states))
    is_done = np.isin(codes, [STATE_CODES[one] for one in _DONE])
    return Cases(
        is_camera=np.array([one == FROM_CAMERAS for one in sources], bool),
        types=list(map(intern, types)),
        grids=[intern(one or "") for one in grids],
        cameras=[intern(one or "") for one in cameras],
        states=codes,
        came_at=came,
        began_at=np.where(np.isnan(began), occurred, began),
        occurred_at=occurred,
        filed_at=filed,
        accepted_at=accepted,
        dispatched_at=dispatched,
        handled_at=first_handled,
        ended_at=ended,
        done_at=np.where(is_done & ~np.isnan(handled), handled, ended),
        deadline=deadline,
        recurred_at=np.full(len(codes), np.nan),
        gone_at=gone,
        was_warned=np.array(was_warned, bool),
        is_duplicate=np.array(is_double, bool),
        measures=np.array([_MEASURES.get(one, -1) for one in measure], np.int64),
    )
