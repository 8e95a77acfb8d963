"""Reports of a desk: what is asked for, read and counted in one pass."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

import sqlalchemy as sa

from streetwatch.service.desk.reports.facts import Cases
from streetwatch.service.desk.reports.figures import Share
from streetwatch.service.desk.reports.hot_spots import HotSpot, hot_spots
from streetwatch.service.desk.reports.lag import Lag, lags
from streetwatch.service.desk.reports.monthly import Month
from streetwatch.service.desk.reports.period import Period, Step, month
from streetwatch.service.desk.reports.query import GRID_DIGITS, Wanted, facts
from streetwatch.service.desk.reports.recall import recall, told_by_people
from streetwatch.service.desk.reports.table import By, Row, rows
from streetwatch.service.incidents.errors import InputError
from streetwatch.service.incidents.reach import EVERYWHERE, Reach
from streetwatch.vision.types import Seconds
from streetwatch.zones.place import Place


@dataclass(frozen=True, slots=True)
class Reporter:
    """Makes reports.

    Attributes:
        engine: Of the desk's database.
        clock: Seconds since the epoch: what is open is judged as of now.
        places: Where the cameras stand.
        reach: The part of the city that whoever asks is limited to.
    """

    engine: sa.Engine
    clock: Callable[[], Seconds]
    places: Callable[[], Sequence[Place]] = tuple
    reach: Reach = EVERYWHERE

    def within(self, reach: Reach) -> "Reporter":
        """Return who makes reports of a part of the city."""
        return replace(self, reach=reach)

    def figures(self, wanted: Wanted, *, by: By | Iterable[By], step: Step) -> list[Row]:
        """Return the figures of a period, divided by group and time, in one pass.

        Raises:
            InputError: there would be too many rows.
            StorageError: the database refused.
        """
        cases = self.cases(wanted)
        kinds = (by,) if isinstance(by, By) else tuple(by)
        return rows(cases, by=kinds, step=step, whole=wanted.period, now=self.clock())

    def hot_spots(self, wanted: Wanted) -> list[HotSpot]:
        """Return where violations gather, hour by hour, the busiest place first.

        Raises:
            StorageError: the database refused.
        """
        return hot_spots(self.engine, self._theirs(wanted))

    def recall(self, wanted: Wanted) -> Share:
        """Return how much of what people told of close to a camera was seen by one.

        Raises:
            StorageError: the database refused.
        """
        return recall(told_by_people(self.engine, self._theirs(wanted)), self.places())

    def lags(self, period: Period) -> list[Lag]:
        """Return how long the messages that arrived in a period took to each target.

        Nothing for a part of the city: a target is told of all of it.

        Raises:
            StorageError: the database refused.
        """
        return lags(self.engine, period) if self.reach.is_whole else []

    def month(self, name: str, *, grid: str | None = None) -> Month:
        """Return a month: over all cases, and for each type, grid and camera.

        Args:
            name: `2026-11`.
            grid: 15 digits, or how they begin with `*`.

        Raises:
            InputError: there is no such month or grid.
            StorageError: the database refused.
        """
        period = month(name)
        return self.month_of(self.cases(Wanted(period, grid=grid_prefix(grid))), period, grid)

    def cases(self, wanted: Wanted) -> Cases:
        """Return the cases of a report.

        Raises:
            StorageError: the database refused.
        """
        return facts(self.engine, self._theirs(wanted))

    def month_of(self, cases: Cases, period: Period, grid: str | None) -> Month:
        """Return a month of which the cases are known.

        Raises:
            InputError: there would be too many rows.
        """
        table = rows(cases, by=By, step=Step.WHOLE, whole=period, now=self.clock())
        return Month(period, grid, table)

    def _theirs(self, wanted: Wanted) -> Wanted:
        return replace(wanted, reach=self.reach)


def grid_prefix(grid: str | None) -> str | None:
    """Return how the codes of the wanted grids begin.

    >>> grid_prefix("310101*"), grid_prefix("310101001001001"), grid_prefix(None)
    ('310101', '310101001001001', None)

    Raises:
        InputError: it is neither a grid code nor the beginning of one.
    """
    if grid is None:
        return None
    digits = grid.removesuffix("*")
    whole = digits == grid
    fits = digits.isascii() and digits.isdigit()
    if not fits or len(digits) > GRID_DIGITS or (whole and len(digits) != GRID_DIGITS):
        raise InputError(f'grid {grid!r}: write its 15 digits, or how they begin: "310101*"')
    return digits
