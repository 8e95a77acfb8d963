"""What waits for a verdict: which of it is asked for, and in which order."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

import sqlalchemy as sa

from streetwatch.service.desk.query import Filter, conditions
from streetwatch.service.incidents.reach import Reach
from streetwatch.service.store.schema import desk_case, desk_lease
from streetwatch.vision.types import Seconds


class Order(StrEnum):
    """Which case comes first."""

    WORTH = "worth"  #: what the model doubts, and what matters most
    OLDEST = "oldest"
    NEWEST = "newest"


@dataclass(frozen=True, slots=True)
class Question:
    """Which cases a reviewer wants.

    Attributes:
        filter: As in the list of cases; its states are not asked for.
        least: Confidence, from.
        most: Confidence, to.
        is_unsure: Those that somebody was unsure of, for a second look; else all others.
        order: Of the queue.
    """

    filter: Filter = field(default_factory=Filter)
    least: float | None = None
    most: float | None = None
    is_unsure: bool = False
    order: Order = Order.WORTH

    def within(self, reach: Reach) -> "Question":
        """Return the same question of somebody who is limited to a part of the city."""
        return replace(self, filter=replace(self.filter, reach=reach))


#: Written out, not bound: only so a database knows that its index of these is of use.
WAITS = desk_case.c.state == sa.literal_column("'reported'")

_Where = list[sa.ColumnElement[bool]]


def asked_for(question: Question) -> _Where:
    """Return what the cases must meet, all of it."""
    case = desk_case.c
    unsure = case.unsure_at.is_not(None) if question.is_unsure else case.unsure_at.is_(None)
    met = [WAITS, unsure, *conditions(question.filter)]
    if question.least is not None:
        met.append(case.confidence >= question.least)
    if question.most is not None:
        met.append(case.confidence <= question.most)
    return met


def free_for(holder: str, now: Seconds) -> sa.ColumnElement[bool]:
    """Tell of a case that nobody else looks at."""
    of_others = _of_others(holder, now)
    taken = sa.select(sa.literal(1)).where(of_others, desk_lease.c.number == desk_case.c.number)
    return ~taken.exists()


def held_from(holder: str, now: Seconds) -> sa.ColumnElement[bool]:
    """Tell of a case that somebody else looks at: asked the other way round, they are few."""
    return desk_case.c.number.in_(sa.select(desk_lease.c.number).where(_of_others(holder, now)))


def _of_others(holder: str, now: Seconds) -> sa.ColumnElement[bool]:
    return sa.and_(desk_lease.c.until > now, desk_lease.c.holder != holder)


def ordered(order: Order) -> tuple[sa.ColumnElement[Any], ...]:
    """Return the order as SQL; the number tells apart what is equal in it."""
    columns = _columns(order)
    return tuple(one.desc() for one in columns) if order is Order.NEWEST else tuple(columns)


def _columns(order: Order) -> Sequence[sa.Column[Any]]:
    case = desk_case.c
    if order is Order.WORTH:
        return (case.review_rank, case.reported_at, case.number)
    return (case.reported_at, case.number)
