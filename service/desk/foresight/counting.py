"""How many cases came in on each day, and became violations in each hour of the day."""

from collections.abc import Sequence

import sqlalchemy as sa

from streetwatch.service.desk.foresight.scope import Scope, counted, day_number
from streetwatch.service.desk.reports.query import Wanted
from streetwatch.service.store.schema import desk_case
from streetwatch.service.store.transactions import reading

HOURS = 24

_CHINA_S = 8 * 3600
_HOUR_S = 3600
_DAY_S = 86_400


def by_day(engine: sa.Engine, wanted: Wanted) -> Sequence[int]:
    """Return how many violations came to the desk on each day of a period.

    Raises:
        StorageError: the database refused.
    """
    day = day_number(desk_case.c.reported_at)
    counts = _counts(engine, wanted, day)
    first, end = (int((at + _CHINA_S) // _DAY_S) for at in (wanted.period.start, wanted.period.end))
    return [counts.get(one, 0) for one in range(first, end)]


def by_hour(engine: sa.Engine, wanted: Wanted) -> Sequence[int]:
    """Return how many became violations in each hour of the day, on China's clock.

    Raises:
        StorageError: the database refused.
    """
    seconds = sa.cast(desk_case.c.occurred_at, sa.BigInteger) + _CHINA_S
    counts = _counts(engine, wanted, (seconds // _HOUR_S) % HOURS)
    return [counts.get(hour, 0) for hour in range(HOURS)]


def _counts(engine: sa.Engine, wanted: Wanted, group: sa.ColumnElement[int]) -> dict[int, int]:
    named = group.label("part")
    query = sa.select(named, sa.func.count()).where(*counted(Scope(wanted))).group_by(named)
    with reading(engine) as connection:
        return {int(row[0]): row[1] for row in connection.execute(query)}
