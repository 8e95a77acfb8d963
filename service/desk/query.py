"""Which cases are asked for and in which order, as values and as SQL."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import sqlalchemy as sa

from streetwatch.service.desk.draft import Document
from streetwatch.service.desk.states import ENDS, CaseState
from streetwatch.service.incidents.reach import EVERYWHERE, Reach
from streetwatch.service.store.schema import desk_case
from streetwatch.vision.types import Seconds

_WHOLE_GRID_CODE = 15


@dataclass(frozen=True, slots=True)
class Box:
    """A part of the map, degrees; its border belongs to it."""

    west: float
    south: float
    east: float
    north: float


@dataclass(frozen=True, slots=True)
class Overdue:
    """Whether cases are wanted that are past their deadline at a time, or those that are not."""

    is_wanted: bool
    at: Seconds


@dataclass(frozen=True, slots=True)
class Filter:
    """Which cases are asked for; what is left out does not filter.

    Attributes:
        grids: Unit grids, or what their codes begin with: a district, a street, a community.
        text: Part of the number or of the external id.
        since: Reported then or later.
        until: Reported then or earlier.
        is_unassigned: Under way and given to nobody, or not so.
        reach: The part of the city that whoever asks is limited to.
    """

    states: tuple[CaseState, ...] = ()
    types: tuple[str, ...] = ()
    cameras: tuple[str, ...] = ()
    grids: tuple[str, ...] = ()
    authorities: tuple[str, ...] = ()
    assignees: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    levels: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()
    text: str = ""
    since: Seconds | None = None
    until: Seconds | None = None
    overdue: Overdue | None = None
    is_unassigned: bool | None = None
    box: Box | None = None
    reach: Reach = EVERYWHERE


class Sort(StrEnum):
    """The order of a list; cases without the value come last."""

    NEWEST = "-reported_at"
    OLDEST = "reported_at"
    DEADLINE = "deadline"
    LATEST_DEADLINE = "-deadline"
    VIOLATION = "occurred_at"
    LATEST_VIOLATION = "-occurred_at"
    CHANGE = "revision"
    LATEST_CHANGE = "-revision"


@dataclass(frozen=True, slots=True)
class Page:
    """Some of the cases, in order, and how many there are in all.

    Attributes:
        total: Counted up to `COUNTED`.
        next: The number to ask the next page with; None at the end.
    """

    cases: tuple[Document, ...]
    total: int
    next: str | None


@dataclass(frozen=True, slots=True, order=True)
class Revision:
    """A point in the order of the book's changes; the number tells apart those made together."""

    count: int
    number: str = ""


def conditions(wanted: Filter) -> list[sa.ColumnElement[bool]]:
    """Return what the cases must meet, all of it."""
    case = desk_case.c
    one_of = {
        case.state: wanted.states,
        case.type: wanted.types,
        case.camera_id: wanted.cameras,
        case.authority: wanted.authorities,
        case.assignee: wanted.assignees,
        case.source: wanted.sources,
        case.level: wanted.levels,
        case.number: wanted.numbers,
    }
    met: list[sa.ColumnElement[bool]] = [
        column.in_(values) for column, values in one_of.items() if values
    ]
    if wanted.grids:
        met.append(sa.or_(*map(_in_grid, wanted.grids)))
    if wanted.text:
        names = (case.number, case.external_id)
        met.append(sa.or_(*(name.icontains(wanted.text, autoescape=True) for name in names)))
    if wanted.since is not None:
        met.append(case.reported_at >= wanted.since)
    if wanted.until is not None:
        met.append(case.reported_at <= wanted.until)
    if wanted.overdue is not None:
        met.append(_past_deadline(wanted.overdue))
    if wanted.is_unassigned is not None:
        met.append(unassigned() if wanted.is_unassigned else ~unassigned())
    if wanted.box is not None:
        met.append(case.lon.between(wanted.box.west, wanted.box.east))
        met.append(case.lat.between(wanted.box.south, wanted.box.north))
    met.extend(within(wanted.reach))
    return met


def within(reach: Reach) -> Iterator[sa.ColumnElement[bool]]:
    """Yield what a case meets that lies in a part of the city; nothing where that is all of it."""
    if not reach.is_whole:
        here = desk_case.c.camera_id.in_(sorted(reach.cameras))
        yield sa.or_(here, *map(_in_grid, reach.grids))


def unassigned() -> sa.ColumnElement[bool]:
    """Tell of a case under way that nobody was given."""
    under_way = [state for state in CaseState if state not in {*ENDS, CaseState.WARNED}]
    return sa.and_(desk_case.c.assignee.is_(None), desk_case.c.state.in_(under_way))


def _in_grid(code: str) -> sa.ColumnElement[bool]:
    column = desk_case.c.grid_code
    if len(code) == _WHOLE_GRID_CODE:
        return column == code
    return column.startswith(code, autoescape=True)


def _past_deadline(overdue: Overdue) -> sa.ColumnElement[bool]:
    case = desk_case.c
    waits = case.state.not_in(ENDS)
    late = sa.and_(waits, case.deadline.is_not(None), case.deadline < overdue.at)
    return late if overdue.is_wanted else sa.not_(late)


def changed_since(revision: Revision, reach: Reach, *, limit: int) -> sa.Select[Any]:
    """Select the cases that changed after a point, each once, as it is now."""
    place = sa.tuple_(desk_case.c.revision, desk_case.c.number)
    return (
        sa.select(desk_case)
        .where(place > sa.tuple_(revision.count, revision.number), *within(reach))
        .order_by(desk_case.c.revision, desk_case.c.number)
        .limit(limit)
    )
