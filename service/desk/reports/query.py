"""The one query behind every report: the cases of a period, as columns."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
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

_CASE = desk_case.c


def _coded(column: sa.ColumnElement[str], codes: Mapping[str, int]) -> sa.ColumnElement[int]:
    """Return a column's words as numbers, -1 for what has none: numbers are read sooner."""
    known: dict[str, sa.ColumnElement[int]] = {
        word: sa.literal_column(str(code)) for word, code in codes.items()
    }
    return sa.case(known, value=column, else_=sa.literal_column("-1"))


#: What is read of a case.
_READ = (
    _CASE.external_id,
    *(_CASE.type, _CASE.camera_id, _CASE.grid_code),
    _coded(_CASE.source, {FROM_CAMERAS: 1}),
    _coded(_CASE.state, {state.value: code for state, code in STATE_CODES.items()}),
    _coded(_CASE.measure, {name: number for number, name in enumerate(MEASURES)}),
    *(_CASE.was_warned, _CASE.is_double),
    *(_CASE.reported_at, _CASE.began_at, _CASE.occurred_at, _CASE.filed_at),
    *(_CASE.first_accepted_at, _CASE.first_dispatched_at, _CASE.first_handled_at),
    *(_CASE.handled_at, _CASE.ended_at, _CASE.deadline, _CASE.gone_at),
)

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


def facts(engine: sa.Engine, wanted: Wanted) -> Cases:
    """Read the cases of a report, from one state of the database.

    Args:
        engine: Of the desk.
        wanted: Which.

    Raises:
        StorageError: the database refused.
    """
    query = sa.select(*_READ).where(*asked_for(wanted))
    parts, names = [_cases(((),) * (len(_READ) - 1))], list[str]()
    with reading(engine) as connection:
        for part in plain_parts(connection, query, _HELD):
            external_ids, *rest = zip(*part, strict=True)
            names += external_ids
            parts += [_cases(rest)]
        cases = joined(parts)
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
    types, cameras, grids, *numbers = columns
    is_camera, codes, measures, was_warned, is_double = (
        np.array(one, np.int64) for one in numbers[:5]
    )
    came, began, occurred, filed, accepted, dispatched, first_handled, *ends = (
        np.array(one, np.float64) for one in numbers[5:]
    )
    handled, ended, deadline, gone = ends
    is_done = np.isin(codes, [STATE_CODES[one] for one in _DONE])
    return Cases(
        is_camera=is_camera > 0,
        types=[*map(intern, types)],
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
        was_warned=was_warned > 0,
        is_duplicate=is_double > 0,
        measures=measures,
    )
