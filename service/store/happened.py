"""What happened in a span of time, as columns: what hot spots and coverage are counted from."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import sqlalchemy as sa

from streetwatch.service.store.lists import listed_parts, listed_words, parts_in, words_in
from streetwatch.service.store.schema import TOLD, desk_case, incident
from streetwatch.service.store.transactions import plain_rows, reading
from streetwatch.vision.types import Seconds

Times = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Happened:
    """Violations that were filed and that nobody has refused, each once.

    Attributes:
        at: When each became one.
        cameras: That saw them.
        types: As the rules name them.
    """

    at: Times
    cameras: tuple[str, ...]
    types: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Told:
    """Cases that people told of, and that nobody has refused.

    Attributes:
        at: When each happened.
        lon: Degrees east; NaN where nobody said.
        lat: Degrees north.
        grids: Their codes; empty where none is known.
        types: As the rules name them.
    """

    at: Times
    lon: Times
    lat: Times
    grids: tuple[str, ...]
    types: tuple[str, ...]


def happened(engine: sa.Engine, *, start: Seconds, end: Seconds) -> Happened:
    """Read what happened from a moment on until before another.

    Raises:
        StorageError: the database refused.
    """
    one = incident.c
    columns = (listed_parts(one.violation_at), *map(listed_words, (one.camera_id, one.type)))
    with reading(engine) as connection:
        (found,) = plain_rows(connection, sa.select(*columns).where(*_counts(start, end)))
    (at,) = parts_in(found[:1])
    return Happened(at, *map(words_in, found[1:]))


def _counts(start: Seconds, end: Seconds) -> Iterator[sa.ColumnElement[bool]]:
    """Yield what an incident meets that happened from a moment on until before another."""
    one = incident.c
    yield one.violation_at >= start
    yield one.violation_at < end
    yield one.opened_at.is_not(None)
    yield one.rejected_at.is_(None)
    # As an expression: SQLite would else find all that is no duplicate by the index of those.
    yield sa.func.coalesce(one.duplicate_of, "") == ""


def seen_by(engine: sa.Engine, *, start: Seconds, end: Seconds) -> dict[str, int]:
    """Return how much each camera saw happen from a moment on until before another.

    Raises:
        StorageError: the database refused.
    """
    camera = incident.c.camera_id
    wanted = sa.select(camera, sa.func.count()).where(*_counts(start, end)).group_by(camera)
    with reading(engine) as connection:
        return dict(plain_rows(connection, wanted))


def told(engine: sa.Engine, *, start: Seconds, end: Seconds) -> Told:
    """Read what people told of from a moment on until before another.

    Raises:
        StorageError: the database refused.
    """
    case = desk_case.c
    wanted = sa.select(case.occurred_at, case.lon, case.lat, case.grid_code, case.type).where(
        case.occurred_at >= start,
        case.occurred_at < end,
        case.state.not_in(("rejected", "cancelled")),
        sa.text(TOLD),
    )
    at, lon, lat, grids, types = _columns(engine, wanted, 5)
    return Told(
        np.array(at, np.float64),
        np.array(lon, np.float64),
        np.array(lat, np.float64),
        tuple(code or "" for code in grids),
        types,
    )


def _columns(engine: sa.Engine, wanted: sa.Select[Any], many: int) -> tuple[tuple[Any, ...], ...]:
    with reading(engine) as connection:
        rows = plain_rows(connection, wanted)
    return tuple(zip(*rows, strict=True)) if rows else ((),) * many
