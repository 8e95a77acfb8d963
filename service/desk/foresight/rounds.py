"""Patrol routes, learnt from the weeks before and held against those after."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Final

import numpy as np
import sqlalchemy as sa

from streetwatch.service.desk.foresight.stood import standings
from streetwatch.service.desk.reports.period import days
from streetwatch.service.desk.reports.query import Wanted
from streetwatch.service.foresight.patrol import Standings, chances
from streetwatch.service.foresight.patrol_plan import (
    MOST_CHANCES,
    Route,
    Shift,
    fixed_round,
    planned,
)
from streetwatch.service.foresight.patrol_replay import Met, replayed
from streetwatch.service.foresight.patrol_roads import Roads
from streetwatch.vision.types import Seconds
from streetwatch.zones.ground import MapPoint
from streetwatch.zones.schedule import CHINA

#: What is learnt from, and what is replayed: the weeks before today.
LEARNT_WEEKS: Final = 6
REPLAYED_WEEKS: Final = 2


@dataclass(frozen=True, slots=True)
class Rounds:
    """The routes of a day, and what such routes would have met.

    Attributes:
        weekend: Of a Saturday or Sunday, instead of another day.
        routes: Learnt from all the weeks.
        base: Where all set out.
        n: Violations that were learnt from.
        learnt: The days that the replayed routes were learnt from.
        replayed: The days that were replayed.
        met: Against the fixed round; a simulation.
    """

    weekend: bool
    routes: tuple[Route, ...]
    base: MapPoint | None
    n: int
    learnt: tuple[date, date]
    replayed: tuple[date, date]
    met: Met


@dataclass(frozen=True, slots=True)
class Outing:
    """What is asked for.

    Attributes:
        shift: What there is to go with.
        base: Where all set out; None: the middle of what is there.
        weekend: For a Saturday or Sunday.
    """

    shift: Shift
    base: MapPoint | None = None
    weekend: bool = False


def rounds(
    engine: sa.Engine, wanted: Wanted, outing: Outing, roads: Roads, *, now: Seconds
) -> Rounds:
    """Return the routes of a day in a part of the city.

    Args:
        engine: Of the desk.
        wanted: The part of the city, and which violations; its period is not looked at.
        outing: Of whom.
        roads: Without any, all go straight.
        now: Seconds since the epoch.

    Raises:
        InputError: these are too many cases.
        NoSolverError: the solver is not installed.
        StorageError: the database refused.
    """
    today = datetime.fromtimestamp(now, CHINA).date()
    first = today - timedelta(weeks=LEARNT_WEEKS + REPLAYED_WEEKS)
    cut = today - timedelta(weeks=REPLAYED_WEEKS)
    span = days(first, today - timedelta(days=1))
    history = standings(engine, replace(wanted, period=span), now=now)
    start, middle, end = span.start, days(cut, cut).start, span.end
    base = outing.base or _middle(history)
    known = _Known(outing.shift, roads, base) if base is not None else None
    return Rounds(
        weekend=outing.weekend,
        routes=known.routes(history, start, end, weekend=outing.weekend) if known else (),
        base=base,
        n=len(history),
        learnt=(first, cut - timedelta(days=1)),
        replayed=(cut, today - timedelta(days=1)),
        met=_met(history, known, start, middle, end),
    )


@dataclass(frozen=True, slots=True)
class _Known:
    """What routes are made with."""

    shift: Shift
    roads: Roads
    base: MapPoint

    def routes(
        self, history: Standings, start: Seconds, end: Seconds, *, weekend: bool
    ) -> tuple[Route, ...]:
        first = self.shift.start_hour
        hours = range(first, first + self.shift.hours)
        worth = chances(
            history, start=start, end=end, weekend=weekend, hours=hours, most=MOST_CHANCES
        )
        return planned(worth, self.shift, base=self.base, roads=self.roads)

    def round(self, places: Mapping[str, MapPoint]) -> tuple[Route, ...]:
        return fixed_round(list(places.items()), self.shift, base=self.base, roads=self.roads)


def _met(
    history: Standings,
    known: _Known | None,
    start: Seconds,
    middle: Seconds,
    end: Seconds,
) -> Met:
    """Replay the last weeks with routes that were learnt from those before only."""
    if known is None:
        return replayed(history, lambda _: (), lambda _: (), span=(middle, middle), team_hours=1.0)
    before = history.only(history.began < middle)
    by = {
        weekend: known.routes(before, start, middle, weekend=weekend) for weekend in (False, True)
    }
    fixed = known.round(before.at)
    return replayed(
        history.only(history.ended >= middle),
        by.__getitem__,
        lambda _: fixed,
        span=(middle, end),
        team_hours=float(known.shift.teams * known.shift.hours),
    )


def _middle(history: Standings) -> MapPoint | None:
    """Return the middle of what stood there: where most stands, it lies nearer."""
    if not len(history):
        return None
    often = np.bincount(history.where, minlength=len(history.at))
    where = np.array([(one.lon, one.lat) for one in history.at.values()])
    lon, lat = (often @ where / len(history)).tolist()
    return MapPoint(lon, lat)
