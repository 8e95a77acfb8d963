"""How long the pages of foresight take over a database that is full."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final

import numpy as np
import sqlalchemy as sa

from streetwatch.service.cameras import Camera
from streetwatch.service.desk.foresight.campaigns import Campaign
from streetwatch.service.desk.foresight.foreseer import Foreseer
from streetwatch.service.desk.foresight.month import ROUND, month_page
from streetwatch.service.desk.foresight.rounds import Outing
from streetwatch.service.desk.reports.period import Period, days
from streetwatch.service.desk.reports.query import Wanted
from streetwatch.service.desk.reports.reporter import Reporter
from streetwatch.service.foreseeing import fronts_of, looked_at
from streetwatch.service.foresight.cells import CellKind
from streetwatch.service.foresight.patrol_plan import Shift
from streetwatch.service.foresight.patrol_roads import Roads
from streetwatch.service.incidents.errors import InputError
from streetwatch.service.store.schema import incident

_MONTH: Final = timedelta(days=29)

#: So many campaigns are judged, as the console does.
_CAMPAIGNS: Final = 10


@dataclass(frozen=True, slots=True)
class Answer:
    """How long a question took: by the clock, and of processor time, in seconds."""

    question: str
    rows: int
    database: str
    times: tuple[tuple[float, float], ...]

    def line(self) -> dict[str, object]:
        """Return it for JSON."""
        wall, cpu = np.array(self.times).T
        return {
            "question": self.question,
            "incidents": self.rows,
            "database": self.database,
            "n": len(self.times),
            "p50_s": round(float(np.percentile(wall, 50)), 3),
            "p95_s": round(float(np.percentile(wall, 95)), 3),
            "max_s": round(float(wall.max()), 3),
            "cpu_p50_s": round(float(np.percentile(cpu, 50)), 3),
        }


@dataclass(frozen=True, slots=True)
class Asked:
    """A service's analyses over a database, and its last month."""

    foreseer: Foreseer
    reporter: Reporter
    month: Period

    def questions(self) -> Mapping[str, Callable[[], object]]:
        """Return what each tab and endpoint asks."""
        foreseer, month = self.foreseer, self.month
        outlook, crowds, wanted = foreseer.outlook, foreseer.people, Wanted(month)
        last = f"{month.last.replace(day=1) - timedelta(days=1):%Y-%m}"
        campaigns = _campaigns(outlook.cameras(), month.first)
        return {
            "hot spots by grid": lambda: outlook.hot_spots(month, kind=CellKind.GRID),
            "hot spots by hexagon": lambda: outlook.hot_spots(month, kind=CellKind.HEXAGON),
            "hot spots of one type": lambda: outlook.hot_spots(
                month, kind=CellKind.GRID, type="street_vending"
            ),
            "coverage and next cameras": lambda: outlook.coverage(month, most=5),
            "crowds": lambda: crowds.warned(month),
            "permitted places": lambda: [*crowds.used(month)],
            "patrol routes": lambda: foreseer.rounds(wanted, Outing(Shift())),
            "campaigns": lambda: [foreseer.outcome(one) for one in campaigns],
            "relapse": lambda: foreseer.relapses(wanted),
            "chains": lambda: foreseer.chains(wanted),
            "shop fronts": lambda: foreseer.frontages(wanted),
            "efficiency": lambda: foreseer.efficiency(wanted, ROUND),
            "month page": lambda: month_page(self.reporter, foreseer, last),
        }


def ask(
    engine: sa.Engine,
    cameras: Sequence[Camera],
    *,
    times: int,
    roads: Roads | None = None,
    only: str | None = None,
) -> Iterator[Answer]:
    """Ask what the pages ask of the database's last month, each as if it had never been asked.

    Raises:
        InputError: the database holds nothing.
    """
    with engine.connect() as connection:
        rows, last = connection.execute(
            sa.select(sa.func.count(), sa.func.max(incident.c.violation_at))
        ).one()
    if last is None:
        raise InputError("the database holds no incidents: fill one with `streetwatch simulate`")
    end = Period("", last - 1, last).last
    foreseer = Foreseer(
        engine,
        lambda: last,
        looked=looked_at(engine, lambda: cameras),
        fronts=lambda: fronts_of(engine, cameras),
        roads=lambda: roads or Roads(),
        cameras=lambda: cameras,
    )
    reporter = Reporter(engine, lambda: last)
    asked = Asked(foreseer, reporter, days(end - _MONTH, end))
    for name, question in asked.questions().items():
        if only is None or only in name:
            taken = tuple(_timed(question) for _ in range(times))
            yield Answer(name, rows, engine.dialect.name, taken)


def _campaigns(cameras: Sequence[Camera], first: date) -> list[Campaign]:
    """Return campaigns in the weeks before a day, each in another grid."""
    grids = sorted({one.place.grid_code or "" for one in cameras if one.place} - {""})
    begins, ends = first - timedelta(days=28), first - timedelta(days=15)
    like = Campaign("load", "load", begins, ends)
    return [replace(like, grid=grid) for grid in grids[:_CAMPAIGNS]]


def _timed(question: Callable[[], object]) -> tuple[float, float]:
    begun, worked = time.perf_counter(), time.process_time()
    question()
    return time.perf_counter() - begun, time.process_time() - worked
