"""Leases: whoever looks at a case has it to themselves, until they let go or go away."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

import sqlalchemy as sa

from streetwatch.service.desk.errors import NoSuchCaseError
from streetwatch.service.desk.query import within
from streetwatch.service.desk.review.question import (
    Question,
    asked_for,
    free_for,
    ordered,
)
from streetwatch.service.desk.states import DeskConflictError
from streetwatch.service.incidents.reach import EVERYWHERE, Reach
from streetwatch.service.store.schema import desk_case, desk_lease
from streetwatch.service.store.transactions import locked, writing
from streetwatch.vision.types import Seconds

#: A page renews what it looks at three times in this time: one that is closed lets go soon.
LEASE_S: Final[Seconds] = 60.0


class HeldByAnotherError(DeskConflictError):
    """Somebody else looks at the case."""


@dataclass(frozen=True, slots=True)
class Reviewer:
    """Who reviews.

    Attributes:
        name: Whom the history names.
        holder: The page they do it in: two pages of one person are not given the same case.
    """

    name: str
    holder: str


@dataclass(frozen=True, slots=True)
class Leases:
    """The leases in the database. Safe between threads and processes."""

    engine: sa.Engine

    def claim(
        self,
        question: Question,
        reviewer: Reviewer,
        *,
        count: int,
        now: Seconds,
        skip: Collection[str] = (),
    ) -> tuple[str, ...]:
        """Take the next cases of the queue that nobody else looks at; return their numbers.

        Args:
            question: Which cases.
            reviewer: Who takes them; what they hold already is given again.
            count: How many at most.
            now: Seconds since the epoch.
            skip: Numbers of cases that are not wanted now.
        """
        wanted = sa.select(desk_case.c.number).where(
            *asked_for(question), free_for(reviewer.holder, now)
        )
        if skip:
            wanted = wanted.where(desk_case.c.number.not_in(skip))
        wanted = wanted.order_by(*ordered(question.order)).limit(count)
        with writing(self.engine) as connection:
            locked(connection, "review")
            numbers = tuple(connection.execute(wanted).scalars())
            _take(connection, numbers, reviewer, now)
        return numbers

    def hold(self, number: str, reviewer: Reviewer, *, now: Seconds) -> None:
        """Take one case.

        Raises:
            NoSuchCaseError: there is none of this number.
            HeldByAnotherError: somebody else looks at it; says who.
        """
        with writing(self.engine) as connection:
            locked(connection, "review")
            known = sa.select(desk_case.c.number).where(desk_case.c.number == number)
            if connection.execute(known).first() is None:
                raise NoSuchCaseError(f"no case {number!r}")
            refuse_held(connection, number, reviewer, now)
            _take(connection, (number,), reviewer, now)

    def keep(
        self,
        numbers: Collection[str],
        reviewer: Reviewer,
        *,
        now: Seconds,
        reach: Reach = EVERYWHERE,
    ) -> tuple[str, ...]:
        """Renew these leases, or take them again, and let go of all others.

        Returns:
            The cases that are held now: whoever was away for long may have lost some.
        """
        case, theirs = desk_case.c, desk_lease.c.holder == reviewer.holder
        wanted = sa.select(case.number).where(
            case.number.in_(numbers), free_for(reviewer.holder, now), *within(reach)
        )
        with writing(self.engine) as connection:
            locked(connection, "review")
            connection.execute(sa.delete(desk_lease).where(theirs))
            kept = set(connection.execute(wanted).scalars())
            _take(connection, kept, reviewer, now)
        return tuple(number for number in numbers if number in kept)

    def release(self, reviewer: Reviewer) -> None:
        """Let go of everything."""
        with writing(self.engine) as connection:
            theirs = desk_lease.c.holder == reviewer.holder
            connection.execute(sa.delete(desk_lease).where(theirs))


def refuse_held(
    connection: sa.Connection, number: str, reviewer: Reviewer | None, now: Seconds
) -> None:
    """Refuse a case that somebody else looks at.

    Raises:
        HeldByAnotherError: says who.
    """
    wanted = sa.select(desk_lease.c.reviewer, desk_lease.c.holder).where(
        desk_lease.c.number == number, desk_lease.c.until > now
    )
    held = connection.execute(wanted).first()
    if held is not None and (reviewer is None or held.holder != reviewer.holder):
        raise HeldByAnotherError(f"case {number} is being reviewed by {held.reviewer}")


def end(connection: sa.Connection, number: str) -> None:
    """End the lease of a case that is judged."""
    connection.execute(sa.delete(desk_lease).where(desk_lease.c.number == number))


def _take(
    connection: sa.Connection, numbers: Collection[str], reviewer: Reviewer, now: Seconds
) -> None:
    """Write leases, in place of those that are over."""
    over = sa.or_(desk_lease.c.until <= now, desk_lease.c.number.in_(numbers))
    connection.execute(sa.delete(desk_lease).where(over))
    row = {"reviewer": reviewer.name, "holder": reviewer.holder, "until": now + LEASE_S}
    rows = [row | {"number": number} for number in numbers]
    if rows:
        connection.execute(sa.insert(desk_lease), rows)
