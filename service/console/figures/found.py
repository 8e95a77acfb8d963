"""Everything that the page of numbers shows of a span, read in one go."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from streetwatch.service.console.figures.spans import Span
from streetwatch.service.desk.reports.figures import Figures, Share
from streetwatch.service.desk.reports.hot_spots import HotSpot
from streetwatch.service.desk.reports.lag import Lag
from streetwatch.service.desk.reports.period import Period, Step
from streetwatch.service.desk.reports.query import Wanted
from streetwatch.service.desk.reports.reporter import Reporter
from streetwatch.service.desk.reports.table import By, Row
from streetwatch.vision.types import Seconds

_DAY_S: Final[Seconds] = 86_400.0


@dataclass(frozen=True, slots=True)
class Found:
    """The figures of a span.

    Attributes:
        whole: Over all its cases.
        types: A row for each type.
        cameras: A row for each camera that had a case.
        days: A row for each day that had one.
    """

    wanted: Wanted
    whole: Figures
    types: Sequence[Row]
    cameras: Sequence[Row]
    days: Sequence[Row]
    spots: Sequence[HotSpot]
    recall: Share
    lags: Sequence[Lag]


def read_found(reporter: Reporter, span: Span) -> Found:
    """Read a span's figures.

    Raises:
        InputError: there would be more rows than a page can show.
        StorageError: the database refused.
    """
    wanted = span.wanted()
    rows = reporter.figures(wanted, by=(By.ALL, By.TYPE, By.CAMERA), step=Step.WHOLE)
    return Found(
        wanted=wanted,
        whole=next(row.figures for row in rows if row.by is By.ALL),
        types=[row for row in rows if row.by is By.TYPE],
        cameras=[row for row in rows if row.by is By.CAMERA],
        days=reporter.figures(wanted, by=By.ALL, step=Step.DAY),
        spots=reporter.hot_spots(wanted),
        recall=reporter.recall(wanted),
        lags=reporter.lags(wanted.period),
    )


def days_watched(period: Period, *, now: Seconds) -> float:
    """Return how many of a period's days have passed."""
    return max(min(period.end, now) - period.start, 0.0) / _DAY_S
