"""How far permitted places are made use of: by weekday and hour, in the time looked at. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np

from streetwatch.models.intervals import wilson
from streetwatch.service.foresight.crowd_baseline import hours_of_week
from streetwatch.service.foresight.exposure import Array

_CHINA_S: Final = 8 * 3600
_DAY_S: Final = 86_400


@dataclass(frozen=True, slots=True)
class Occupancy:
    """Of a place in an hour of the week, or over all of them.

    Attributes:
        hour: Of the week, 0 is Monday's first; None: of all.
        looks: Detections that were made.
        days: On which.
        share: Of these, those in which a stall stood.
        low: Of its 95 % interval, days being what was drawn.
        high: The same.
        stalls: That stood there, on the average.
    """

    hour: int | None
    looks: int
    days: int
    share: float
    low: float
    high: float
    stalls: float


def occupancy(at: Array, looks: Array, stalls: Array, stalled: Array) -> Iterator[Occupancy]:
    """Yield a place's use: in all, then by each hour of the week in which somebody looked.

    Looks of one evening are alike: the interval is as if each day were one look.

    Args:
        at: When each slot began, seconds since the epoch.
        looks: In each.
        stalls: In all looks of each together.
        stalled: Looks of each in which there was one.
    """
    if not len(at):
        return
    hours, figures = hours_of_week(at), (looks, stalls, stalled)
    day = ((at + _CHINA_S) // _DAY_S).astype(np.int64)
    yield _used(None, len(np.unique(day)), *(float(one.sum()) for one in figures))
    days = np.bincount(np.unique(np.stack([hours, day]), axis=1)[0])
    sums = [np.bincount(hours, one).tolist() for one in figures]
    for hour in np.flatnonzero(days).tolist():
        yield _used(hour, int(days[hour]), *(one[hour] for one in sums))


def _used(hour: int | None, days: int, looks: float, stalls: float, stalled: float) -> Occupancy:
    return used_in(int(looks), days, stalls, stalled, hour)


def used_in(
    looks: int, days: int, stalls: float, stalled: float, hour: int | None = None
) -> Occupancy:
    """Return a place's use by what all looks had together.

    Args:
        looks: That were made.
        days: On which.
        stalls: In all of them.
        stalled: Looks in which there was one.
        hour: Of the week; None: of all.
    """
    share = stalled / looks
    low, high = wilson(share * days, days)
    return Occupancy(hour, looks, days, share, low, high, stalls / looks)


def when(hour: int) -> tuple[int, int]:
    """Return the weekday, 0 = Monday, and the hour of the day of an hour of the week."""
    return divmod(hour, 24)
