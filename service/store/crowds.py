"""The crowds that were warned of: each once, with the notice in the same transaction."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from streetwatch.service.store.crowd_schema import crowd
from streetwatch.service.store.notices import promise_notice
from streetwatch.service.store.transactions import locked, reading, writing
from streetwatch.vision.types import Seconds


@dataclass(frozen=True, slots=True)
class Crowd:
    """A crowd that was warned of.

    Attributes:
        id: The same however often it is told.
        warned_at: Seconds since the epoch.
        people: In a look of the last ten minutes, when it was warned of.
        usual: The median of that hour of the week; None: not known.
        heads_to: Where it led within an hour.
        level: From here on it is a crowd.
        is_usual: There are as many at this time every week.
        peak: The most people so far, ten minutes' average.
        peak_at: When these ended.
        ended_at: When it was over; None: it is not.
    """

    id: str
    camera_id: str
    zone_id: str
    warned_at: Seconds
    people: float
    usual: float | None
    heads_to: float
    level: float
    is_usual: bool
    peak: float
    peak_at: Seconds
    ended_at: Seconds | None = None


_COLUMNS = tuple(crowd.c[name] for name in Crowd.__dataclass_fields__)


def warn(engine: sa.Engine, one: Crowd, notice: Mapping[str, Any] | None) -> bool:
    """Write a crowd down, and promise its notice; return False where its zone has one already.

    Args:
        engine: Of the database.
        one: What is warned of.
        notice: What the webhook is told; None: nobody is.

    Raises:
        StorageError: the database refused; nothing was written.
    """
    there = (crowd.c.camera_id == one.camera_id) & (crowd.c.zone_id == one.zone_id)
    with writing(engine) as connection:
        locked(connection, "crowd")
        known = sa.select(crowd.c.id).where(
            (there & crowd.c.ended_at.is_(None)) | (crowd.c.id == one.id)
        )
        if connection.execute(known).first() is not None:
            return False
        values = {name: getattr(one, name) for name in Crowd.__dataclass_fields__}
        connection.execute(sa.insert(crowd).values(values))
        if notice is not None:
            promise_notice(connection, f"crowd-{one.id}", "", notice, at=one.warned_at)
    return True


def grown(engine: sa.Engine, name: str, *, peak: float, peak_at: Seconds) -> None:
    """Note that a crowd has more people than before.

    Raises:
        StorageError: the database refused.
    """
    _set(engine, name, {"peak": peak, "peak_at": peak_at})


def over(engine: sa.Engine, name: str, *, at: Seconds) -> None:
    """Note that a crowd is over.

    Raises:
        StorageError: the database refused.
    """
    _set(engine, name, {"ended_at": at})


def _set(engine: sa.Engine, name: str, values: Mapping[str, Any]) -> None:
    with writing(engine) as connection:
        connection.execute(sa.update(crowd).where(crowd.c.id == name).values(dict(values)))


def open_crowds(engine: sa.Engine) -> tuple[Crowd, ...]:
    """Return the crowds that are there now, the latest first.

    Raises:
        StorageError: the database refused.
    """
    return _read(engine, [crowd.c.ended_at.is_(None)])


def crowds_between(
    engine: sa.Engine, *, start: Seconds, end: Seconds, limit: int
) -> tuple[Crowd, ...]:
    """Return the crowds that were warned of in a period, the latest first.

    Raises:
        StorageError: the database refused.
    """
    return _read(engine, [crowd.c.warned_at >= start, crowd.c.warned_at < end], limit)


def _read(
    engine: sa.Engine, where: Iterable[sa.ColumnElement[bool]], limit: int | None = None
) -> tuple[Crowd, ...]:
    order = (crowd.c.warned_at.desc(), crowd.c.id)
    with reading(engine) as connection:
        rows = connection.execute(sa.select(*_COLUMNS).where(*where).order_by(*order).limit(limit))
        return tuple(Crowd(*row) for row in rows)


def forget_crowds(connection: sa.Connection, *, before: Seconds) -> int:
    """Delete the crowds that were over before a moment; return how many that were."""
    return connection.execute(sa.delete(crowd).where(crowd.c.ended_at < before)).rowcount
