"""What routes would have met: history, replayed. Pure.

Learnt from the weeks before, held against the weeks after. Each violation counts once, when it is
first met. A simulation: had somebody come by, some would have left sooner.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import sqrt
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt
from scipy.special import stdtrit

from streetwatch.service.foresight.patrol import Standings, days_between, is_weekend
from streetwatch.service.foresight.patrol_plan import Route
from streetwatch.vision.types import Seconds

#: With fewer days, no interval is given.
LEAST_DAYS: Final = 7

_TAIL: Final = 0.975

#: The routes of a day: of a weekend's, or of another.
Routes: TypeAlias = Callable[[bool], Sequence[Route]]

#: A place, and since and until when something stood there.
_Violation: TypeAlias = tuple[str, Seconds, Seconds]
_Spans: TypeAlias = Mapping[str, Sequence[tuple[Seconds, Seconds]]]


@dataclass(frozen=True, slots=True)
class Met:
    """Violations met for an hour of a team, against the fixed round, day by day.

    Attributes:
        days: Replayed.
        planned: Violations that the routes met.
        fixed: That the fixed round met.
        planned_per_hour: For each hour that a team is out; None where nobody was.
        fixed_per_hour: The same of the fixed round.
        more: Violations an hour that the routes met more.
        low: Of its 95 % interval over the days; None: not measured.
        high: Of the same.
    """

    days: int
    planned: int
    fixed: int
    planned_per_hour: float | None
    fixed_per_hour: float | None
    more: float | None
    low: float | None
    high: float | None

    @property
    def is_better(self) -> bool:
        """Whether the routes surely met more."""
        return self.low is not None and self.low > 0


def replayed(
    history: Standings,
    planned: Routes,
    fixed: Routes,
    *,
    span: tuple[Seconds, Seconds],
    team_hours: float,
) -> Met:
    """Hold routes against the fixed round on what stood there.

    Args:
        history: What stood in the time that is replayed.
        planned: The routes of a weekend's day, or of another.
        fixed: The round.
        span: The first moment that is replayed, and the first one after it.
        team_hours: Hours of all teams in a day.
    """
    by = _by_place(history)
    days = list(days_between(*span))
    ours, theirs = _counts(planned, by, days), _counts(fixed, by, days)
    if not days or team_hours <= 0:
        return Met(0, 0, 0, None, None, None, None, None)
    low, high = _interval((ours - theirs) / team_hours)
    return Met(
        days=len(days),
        planned=int(ours.sum()),
        fixed=int(theirs.sum()),
        planned_per_hour=float(ours.mean()) / team_hours,
        fixed_per_hour=float(theirs.mean()) / team_hours,
        more=float((ours - theirs).mean()) / team_hours,
        low=low,
        high=high,
    )


def _interval(gains: npt.NDArray[np.float64]) -> tuple[float | None, float | None]:
    """Return Student's interval of the mean over the days."""
    n = len(gains)
    if n < LEAST_DAYS:
        return None, None
    spread = float(stdtrit(n - 1, _TAIL)) * float(gains.std(ddof=1)) / sqrt(n)
    return float(gains.mean()) - spread, float(gains.mean()) + spread


def _counts(routes: Routes, by: _Spans, days: Sequence[datetime]) -> npt.NDArray[np.float64]:
    """Count what was met for the first time on each day."""
    known: set[_Violation] = set()
    counts = []
    for day in days:
        new = _met(routes(is_weekend(day)), by, day) - known
        known |= new
        counts.append(len(new))
    return np.array(counts, np.float64)


def _met(routes: Sequence[Route], by: _Spans, day: datetime) -> set[_Violation]:
    """Return what the visits of a day met."""
    midnight = day.timestamp()
    return {
        (visit.place, *span)
        for route in routes
        for visit in route.visits
        for span in by.get(visit.place, ())
        if span[0] <= midnight + visit.leave_s and midnight + visit.arrive_s <= span[1]
    }


def _by_place(history: Standings) -> _Spans:
    by: dict[str, list[tuple[Seconds, Seconds]]] = defaultdict(list)
    names, spans = (
        list(history.at),
        zip(history.began.tolist(), history.ended.tolist(), strict=True),
    )
    for place, span in zip(history.where.tolist(), spans, strict=True):
        by[names[place]].append(span)
    return by
