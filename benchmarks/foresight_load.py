"""How long the pages of foresight take over a database that is full."""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

import numpy as np
import sqlalchemy as sa

from streetwatch.service.api.foresight.outlook import Outlook
from streetwatch.service.cameras import Camera
from streetwatch.service.desk.reports.period import Period, days
from streetwatch.service.foresight.cells import CellKind
from streetwatch.service.incidents.errors import InputError
from streetwatch.service.store.schema import incident

_MONTH = timedelta(days=29)
_YEAR = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Answer:
    """How long a question took, in seconds."""

    question: str
    rows: int
    database: str
    times: tuple[float, ...]

    def line(self) -> dict[str, object]:
        """Return it for JSON."""
        return {
            "question": self.question,
            "incidents": self.rows,
            "database": self.database,
            "n": len(self.times),
            "p50_s": round(float(np.percentile(self.times, 50)), 3),
            "max_s": round(max(self.times), 3),
        }


def ask(engine: sa.Engine, cameras: Sequence[Camera], *, times: int) -> Iterator[Answer]:
    """Ask what the pages ask, of the database's last month and its last year.

    Raises:
        InputError: the database holds nothing.
    """
    with engine.connect() as connection:
        rows, last = connection.execute(
            sa.select(sa.func.count(), sa.func.max(incident.c.violation_at))
        ).one()
    if last is None:
        raise InputError("the database holds no incidents: fill one with `streetwatch simulate`")
    outlook = Outlook(engine, lambda: cameras, lambda: last)
    end = Period("", last - 1, last).last
    month, year = days(end - _MONTH, end), days(end - _YEAR + timedelta(days=1), end)
    questions: dict[str, Callable[[], object]] = {
        "hot spots by grid, a month against the one before": lambda: outlook.hot_spots(
            month, kind=CellKind.GRID
        ),
        "hot spots by hexagon, a month against the one before": lambda: outlook.hot_spots(
            month, kind=CellKind.HEXAGON
        ),
        "hot spots of one type, a month": lambda: outlook.hot_spots(
            month, kind=CellKind.GRID, type="street_vending"
        ),
        "coverage and next cameras, a month": lambda: outlook.coverage(month, most=5),
        "hot spots by grid, a year": lambda: outlook.hot_spots(year, kind=CellKind.GRID),
        "coverage and next cameras, a year": lambda: outlook.coverage(year, most=5),
    }
    for name, question in questions.items():
        taken = tuple(_timed(question) for _ in range(times))
        yield Answer(name, rows, engine.dialect.name, taken)


def _timed(question: Callable[[], object]) -> float:
    begun = time.perf_counter()
    question()
    return time.perf_counter() - begun
