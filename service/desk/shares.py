"""How cases were decided, against the 70, 20 and 10 of the 721 method."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import sqlalchemy as sa

from streetwatch.models.intervals import wilson
from streetwatch.service.desk.query import Filter, conditions
from streetwatch.service.desk.triage import Measure
from streetwatch.service.desk.triaging import UNCOUNTED
from streetwatch.service.store.schema import desk_case
from streetwatch.service.store.transactions import reading

#: What the method's name says; a comparison, never a quota.
AIMS: Mapping[Measure, float] = MappingProxyType(
    {Measure.SERVICE: 0.7, Measure.MANAGEMENT: 0.2, Measure.ENFORCEMENT: 0.1}
)


@dataclass(frozen=True, slots=True)
class Share:
    """One measure's part of the decisions.

    Attributes:
        share: Of all decided cases; None where there are none.
        low: Lower end of Wilson's 95 % interval.
        high: Upper end.
        aim: Of the 721 method.
        agrees: Whether the aim lies within the interval.
    """

    measure: Measure
    n: int
    share: float | None
    low: float
    high: float
    aim: float
    agrees: bool


@dataclass(frozen=True, slots=True)
class Shares:
    """The three measures.

    Attributes:
        n: Decided cases.
        undecided: Cases for which nobody has decided yet; rejected ones are in neither.
    """

    n: int
    undecided: int
    shares: tuple[Share, ...]


def shares_of(decided: Mapping[Measure, int], *, undecided: int) -> Shares:
    """Return the shares of so many decisions."""
    n = sum(decided.values())
    return Shares(n, undecided, tuple(_share(one, decided.get(one, 0), n) for one in Measure))


def _share(measure: Measure, count: int, n: int) -> Share:
    low, high = wilson(count, n)
    aim = AIMS[measure]
    return Share(measure, count, count / n if n else None, low, high, aim, low <= aim <= high)


def counted_shares(engine: sa.Engine, wanted: Filter) -> Shares:
    """Return the shares of the cases that are asked for."""
    measure = desk_case.c.measure
    where = (*conditions(wanted), desk_case.c.state.not_in(UNCOUNTED))
    query = sa.select(measure, sa.func.count()).where(*where).group_by(measure)
    with reading(engine) as connection:
        counts = {row[0]: row[1] for row in connection.execute(query)}
    undecided = counts.pop(None, 0)
    return shares_of({Measure(one): n for one, n in counts.items()}, undecided=undecided)
