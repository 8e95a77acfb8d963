"""The months' pages, kept for a while: what is over hardly changes; each says when it was made."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Final, TypeAlias

from streetwatch.service.desk.foresight.foreseer import Foreseer
from streetwatch.service.desk.foresight.month import MonthPage, month_page
from streetwatch.service.desk.reports.reporter import Reporter
from streetwatch.service.incidents.reach import Reach
from streetwatch.service.rounds import Rounds
from streetwatch.vision.types import Seconds
from streetwatch.zones.schedule import CHINA

#: So long a page of a month that is over is shown again, and one of a month that goes on.
KEPT_S: Final[Seconds] = 3600.0
FRESH_S: Final[Seconds] = 60.0

#: Pages that are kept, the newest ones.
MOST_KEPT: Final = 24

#: The month, the grid and the part of the city that a page is of.
Key: TypeAlias = tuple[str, str | None, Reach]


@dataclass(frozen=True, slots=True)
class Months:
    """Makes the months' pages. Safe between threads.

    Attributes:
        reporter: Of the desk's figures.
        foreseer: Of all else.
        kept: Pages that were made.
    """

    reporter: Reporter
    foreseer: Foreseer
    kept: dict[Key, MonthPage] = field(default_factory=dict)

    def within(self, reach: Reach) -> "Months":
        """Return who makes the pages of a part of the city."""
        return replace(
            self, reporter=self.reporter.within(reach), foreseer=self.foreseer.within(reach)
        )

    def page(self, name: str, *, grid: str | None = None, anew: bool = False) -> MonthPage:
        """Return a month's page.

        Args:
            name: Of the month, as 2026-11.
            grid: A unit grid's code, or how it begins with `*`; None: the whole part of the city.
            anew: Make it, however new the one is that was made.

        Raises:
            InputError: there is no such month or grid.
            StorageError: the database refused.
        """
        key, now = (name, grid, self.foreseer.reach), self.foreseer.clock()
        known = self.kept.get(key)
        if known is not None and not anew and 0 <= now - known.made_at < _lasts(known):
            return known
        made = month_page(self.reporter, self.foreseer, name, grid=grid)
        self.kept[key] = made
        by_age = sorted(self.kept.items(), key=lambda one: -one[1].made_at)
        for old, _ in by_age[MOST_KEPT:]:
            self.kept.pop(old, None)
        return made

    def rounds(self) -> Rounds:
        """Return what makes the last month's page again and again, before anybody asks."""
        return Rounds("months", partial(_renew, self), every_s=KEPT_S / 2)


def _lasts(page: MonthPage) -> Seconds:
    return KEPT_S if page.made_at >= page.month.period.end else FRESH_S


def _renew(months: Months) -> None:
    first = datetime.fromtimestamp(months.foreseer.clock(), CHINA).replace(day=1)
    months.page(f"{first - timedelta(days=1):%Y-%m}", anew=True)
