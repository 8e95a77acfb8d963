"""The months' pages, kept for a while: what is over hardly changes; each says when it was made."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from hashlib import sha256
from importlib.metadata import version
from typing import Final

from streetwatch.service.cameras import Camera
from streetwatch.service.desk.foresight.foreseer import Foreseer
from streetwatch.service.desk.foresight.month import month_page
from streetwatch.service.desk.foresight.month_html import as_part
from streetwatch.service.desk.foresight.month_words import Tongue
from streetwatch.service.desk.reports.period import Period
from streetwatch.service.desk.reports.period import month as month_named
from streetwatch.service.desk.reports.reporter import Reporter, grid_prefix
from streetwatch.service.incidents.reach import Reach
from streetwatch.service.rounds import Rounds
from streetwatch.service.store.month_pages import Made, keep_page, made_page, state_of_cases
from streetwatch.vision.types import Seconds
from streetwatch.zones.schedule import CHINA

#: So long a page of a month that is over is shown again, and one of a month that goes on.
KEPT_S: Final[Seconds] = 3600.0
FRESH_S: Final[Seconds] = 60.0

#: So long a page of a month that is over is shown again where nothing has changed: what is followed
#: further tells more, if it is that nothing came back.
UNCHANGED_S: Final[Seconds] = 86_400.0

#: What pages are written by.
_VERSION: Final = version("streetwatch")


@dataclass(frozen=True, slots=True)
class Months:
    """Makes the months' pages. Safe between threads, and between the processes of a database.

    Attributes:
        reporter: Of the desk's figures.
        foreseer: Of all else.
    """

    reporter: Reporter
    foreseer: Foreseer

    def within(self, reach: Reach) -> "Months":
        """Return who makes the pages of a part of the city."""
        return replace(
            self, reporter=self.reporter.within(reach), foreseer=self.foreseer.within(reach)
        )

    def page(self, name: str, *, grid: str | None = None, anew: bool = False) -> Made:
        """Return a month's page.

        Args:
            name: Of the month, as 2026-11.
            grid: A unit grid's code, or how it begins with `*`; None: the whole part of the city.
            anew: Make it, however new the one is that was made.

        Raises:
            InputError: there is no such month or grid.
            StorageError: the database refused.
        """
        period, key = month_named(name), _key(name, grid_prefix(grid), self.foreseer.reach)
        known = None if anew else made_page(self.foreseer.engine, key)
        if known is not None and self._is_good(known, period):
            return known
        made = self._made(name, grid)
        keep_page(self.foreseer.engine, key, made)
        return made

    def _is_good(self, known: Made, period: Period) -> bool:
        """Tell whether a page may be shown again."""
        age, is_over = self.foreseer.clock() - known.made_at, known.made_at >= period.end
        if 0 <= age < (KEPT_S if is_over else FRESH_S):
            return True
        return self._is_unchanged(known, period, UNCHANGED_S)

    def _is_unchanged(self, known: Made, period: Period, for_s: Seconds) -> bool:
        """Tell whether a page of a month that is over would be made again as it is."""
        age, is_over = self.foreseer.clock() - known.made_at, known.made_at >= period.end
        return is_over and 0 <= age < for_s and known.made_of == self._state()

    def _made(self, name: str, grid: str | None) -> Made:
        state = self._state()  # before: what changes meanwhile has changed since
        page = month_page(self.reporter, self.foreseer, name, grid=grid)
        return Made(page.made_at, state, *(as_part(page, one) for one in (Tongue.ZH, Tongue.EN)))

    def _state(self) -> str:
        """Name the state of all that months are made of."""
        foreseer = self.foreseer
        parts = (foreseer.formula, foreseer.levels, *map(_drawn, foreseer.cameras()))
        return _digest(_VERSION, state_of_cases(foreseer.engine), *map(repr, parts))

    def rounds(self, is_ours: Callable[[], bool] = lambda: True) -> Rounds:
        """Return what makes the last month's page before anybody asks, wherever it has changed.

        Args:
            is_ours: Tells whether this process is to do it, where several share one store.
        """
        return Rounds("months", partial(self.renew, is_ours), every_s=KEPT_S / 2)

    def renew(self, is_ours: Callable[[], bool]) -> None:
        """Make the last month's page, if what it is made of has changed.

        Args:
            is_ours: Tells whether this process is to do it.

        Raises:
            StorageError: the database refused.
        """
        if not is_ours():
            return
        first = datetime.fromtimestamp(self.foreseer.clock(), CHINA).replace(day=1)
        name = f"{first - timedelta(days=1):%Y-%m}"
        known = made_page(self.foreseer.engine, _key(name, None, self.foreseer.reach))
        soon = UNCHANGED_S - KEPT_S  # so that nobody finds it too old
        if known is None or not self._is_unchanged(known, month_named(name), soon):
            self.page(name, anew=True)


def body(made: Made, tongue: Tongue) -> str:
    """Return a page's HTML below its title, in a language."""
    return made.zh if tongue is Tongue.ZH else made.en


def _drawn(camera: Camera) -> tuple[object, ...]:
    """Return what months tell of a camera."""
    watched = [(zone.id, [rule.type for rule in zone.rules]) for zone in camera.zones]
    return camera.id, camera.name, camera.place, camera.drawn, watched


def _key(month: str, grid: str | None, reach: Reach) -> str:
    """Name a page: of a month, a grid, and the part of the city that whoever asks is limited to."""
    return _digest(month, grid or "", repr(sorted(reach.cameras)), repr(reach.grids))


def _digest(*parts: str) -> str:
    return sha256("\n".join(parts).encode()).hexdigest()
