"""How many places have a violation again, and how soon. Pure.

What has not come back yet is not counted as good: it is censored (E. L. Kaplan and P. Meier,
Journal of the American Statistical Association 53, 1958). The interval is Wilson's, of the number
of places that Greenwood's variance is worth (F. Dorey and E. Korn, Statistics in Medicine 6, 1987).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt

from streetwatch.models.intervals import wilson
from streetwatch.vision.types import Seconds

#: Within how many days (反弹率).
RELAPSE_DAYS: Final = (7, 30, 90)

_DAY_S: Final = 86_400.0


Times: TypeAlias = npt.NDArray[np.float64]
Flags: TypeAlias = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Spells:
    """How long places stayed clean, as columns.

    Attributes:
        days: Until each had a violation again, or until nobody knows.
        came_back: It had one.
    """

    days: Times
    came_back: Flags


@dataclass(frozen=True, slots=True)
class Relapse:
    """The share that came back within so many days.

    Attributes:
        n: Places or cases that were followed at all.
        came_back: Of them, within the days.
        value: The estimate; None where nobody was followed for so long.
        low: Of its 95 % interval.
        high: Of the same.
    """

    days: int
    n: int
    came_back: int
    value: float | None
    low: float | None
    high: float | None


def spells(start: Times, again: Times, until: Seconds) -> Spells:
    """Return how long places stayed clean since they were cleared.

    Args:
        start: When each was cleared.
        again: When it had its next violation, NaN where it had none yet.
        until: When all were last known.
    """
    came_back = again <= until
    ends = np.where(came_back, again, until)
    return Spells(np.maximum(ends - start, 0.0) / _DAY_S, came_back)


def relapses(found: Spells, days: Sequence[int] = RELAPSE_DAYS) -> tuple[Relapse, ...]:
    """Return the shares that came back within so many days each."""
    return tuple(_within(found.days, found.came_back, one) for one in days)


def _within(times: Times, events: Flags, days: int) -> Relapse:
    n, back = len(times), int((events & (times <= days)).sum())
    clean, variance = _clean(times, events, days)
    followed = bool(n) and (times.max() >= days or clean == 0.0)
    if not followed:
        return Relapse(days, n, back, None, None, None)
    worth = clean * (1 - clean) / variance if variance > 0 else float((times >= days).sum() or n)
    low, high = wilson((1 - clean) * worth, worth)
    return Relapse(days, n, back, 1 - clean, low, high)


def _clean(times: Times, events: Flags, days: int) -> tuple[float, float]:
    """Return the share that is still clean after so many days, and Greenwood's variance."""
    moments, deaths = np.unique(times[events & (times <= days)], return_counts=True)
    at_risk = len(times) - np.searchsorted(np.sort(times), moments, side="left")
    clean = float(np.prod(1 - deaths / at_risk))
    if not len(moments) or clean == 0.0:
        return clean, 0.0
    return clean, clean**2 * float((deaths / (at_risk * (at_risk - deaths))).sum())
