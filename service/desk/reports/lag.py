"""How long messages take to each target: from the promise to the platform's receipt."""

from array import array
from collections.abc import Iterator
from dataclasses import dataclass

import sqlalchemy as sa

from streetwatch.service.desk.reports.figures import Times, times_of
from streetwatch.service.desk.reports.period import Period
from streetwatch.service.store.outbox import MessageState
from streetwatch.service.store.schema import outbox
from streetwatch.service.store.transactions import reading

_HELD = 2_000


@dataclass(frozen=True, slots=True)
class Lag:
    """What a target's messages of a period took, those that have arrived."""

    target: str
    times: Times


def lags(engine: sa.Engine, period: Period) -> list[Lag]:
    """Return each target's lag, of the messages that arrived in the period.

    Raises:
        StorageError: the database refused.
    """
    taken: dict[str, array[float]] = {}
    for target, seconds in _taken(engine, period):
        taken.setdefault(target, array("d")).append(seconds)
    return [Lag(target, times_of(taken[target])) for target in sorted(taken)]


def _taken(engine: sa.Engine, period: Period) -> Iterator[tuple[str, float]]:
    took = outbox.c.delivered_at - outbox.c.queued_at
    query = sa.select(outbox.c.target, took).where(
        outbox.c.state == MessageState.DELIVERED,
        outbox.c.delivered_at >= period.start,
        outbox.c.delivered_at < period.end,
    )
    with reading(engine) as connection:
        for row in connection.execution_options(yield_per=_HELD).execute(query):
            yield row[0], row[1]
