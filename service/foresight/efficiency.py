"""Finding by cameras against finding on foot: how soon, and how much for an hour of work. Pure.

The patrol is a model, not a measurement: it comes by every T and sees what stands there. What
begins at any moment alike and lasts D is met with the chance min(1, D/T), and then waits half of
min(D, T) on average (the residual time of a renewal process: D. R. Cox, Renewal Theory, 1962,
5.1). Where T is not always the same, the wait is E[T^2]/2E[T]: longer, so the model is kind to the
patrol.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import exp, log, sqrt
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt

from streetwatch.models.intervals import Z_95
from streetwatch.vision.types import Seconds

#: What the city's report claims: 问题发现效率提升5倍.
CLAIM: Final = 5.0

#: With fewer finds or verdicts, no interval is given: it would not hold.
LEAST: Final = 30

#: A reviewer who waits for longer between two verdicts has done something else.
SITTING_S: Final[Seconds] = 300.0

_HOUR_S: Final = 3600.0

Values: TypeAlias = npt.NDArray[np.float64]


class Finding(StrEnum):
    """What the figures say of the claim."""

    HELD = "held"  #: the whole interval is at least as much
    REFUTED = "refuted"  #: the whole interval is below it
    UNDECIDED = "undecided"  #: it lies in the interval
    NOT_MEASURED = "not_measured"


@dataclass(frozen=True, slots=True)
class Patrol:
    """A round on foot.

    Attributes:
        every_s: From one passing of a place to the next.
        staff_h: Hours of work that a round of all these places costs.
    """

    every_s: Seconds
    staff_h: float

    def __post_init__(self) -> None:
        if self.every_s <= 0 or self.staff_h <= 0:
            raise ValueError("a round takes time and work: write both above 0")


@dataclass(frozen=True, slots=True, eq=False)
class Finds:
    """Violations that cameras found and people confirmed, as columns.

    Attributes:
        waited_s: From the first sight of each until it was filed.
        lasted_s: From the first sight of it until it was gone.
    """

    waited_s: Values
    lasted_s: Values


@dataclass(frozen=True, slots=True)
class Times:
    """So many times as good, with its 95 % interval; None: not measured."""

    value: float | None
    low: float | None
    high: float | None

    @property
    def finding(self) -> Finding:
        """What it says of the claim."""
        if self.low is None or self.high is None:
            return Finding.NOT_MEASURED
        if self.low >= CLAIM:
            return Finding.HELD
        return Finding.REFUTED if self.high < CLAIM else Finding.UNDECIDED


UNKNOWN: Final = Times(None, None, None)


@dataclass(frozen=True, slots=True)
class Efficiency:
    """Cameras against a round on foot.

    Attributes:
        n: Confirmed finds of the cameras.
        verdicts: Whose time was measured.
        waited_s: The cameras' mean time to discovery; None: not measured.
        review_h: Hours of review in all; None: not measured.
        met: Share of these finds that the round would have met (a model).
        patrol_waited_s: What it would have taken it to those on average (a model).
        patrol_h: Hours of work of the rounds in the period (a model).
        sooner: So many times as soon.
        per_hour: So many times as many finds for an hour of work.
    """

    n: int
    verdicts: int
    waited_s: Seconds | None
    review_h: float | None
    met: float | None
    patrol_waited_s: Seconds | None
    patrol_h: float
    sooner: Times
    per_hour: Times


def efficiency(
    found: Finds, reviewed: Sequence[Seconds], patrol: Patrol, *, period_s: Seconds
) -> Efficiency:
    """Hold what cameras found in a period against a round on foot.

    Args:
        found: What people confirmed.
        reviewed: How long each verdict took, those that rejected too.
        patrol: The round.
        period_s: How long the period is.
    """
    waited, lasted = found.waited_s, found.lasted_s
    met = np.minimum(lasted / patrol.every_s, 1.0)
    late = np.minimum(lasted, patrol.every_s) / 2
    review_h = sum(reviewed) / _HOUR_S if reviewed else None
    patrol_h = period_s / patrol.every_s * patrol.staff_h
    some = bool(len(waited)) and met.sum() > 0
    return Efficiency(
        n=len(waited),
        verdicts=len(reviewed),
        waited_s=float(waited.mean()) if len(waited) else None,
        review_h=review_h,
        met=float(met.mean()) if len(waited) else None,
        patrol_waited_s=float((met * late).sum() / met.sum()) if some else None,
        patrol_h=patrol_h,
        sooner=_sooner(waited, met, late),
        per_hour=_per_hour(met, np.asarray(reviewed, np.float64), patrol_h),
    )


def review_times(verdicts: Iterable[Values]) -> list[Seconds]:
    """Return how long each verdict took, by when each person gave theirs.

    A verdict took as long as it came after the same person's one before. The first of a sitting
    took the median of the others: nobody knows when it was begun.
    """
    by = [np.sort(times) for times in verdicts]
    known = np.concatenate([np.zeros(0), *map(np.diff, by)])
    known = known[known <= SITTING_S]
    if not len(known):
        return []
    first = sum(map(len, by)) - len(known)
    return [*known.tolist(), *[float(np.median(known))] * first]


def _sooner(waited: Values, met: Values, late: Values) -> Times:
    """Return the round's mean wait over the cameras', by the delta method over the finds."""
    if len(waited) < LEAST or waited.mean() <= 0 or met.sum() == 0:
        return UNKNOWN
    patrol, ours = (met * late).sum() / met.sum(), waited.mean()
    if patrol <= 0:
        return UNKNOWN
    pull = met * (late - patrol) / (met.mean() * patrol) - (waited - ours) / ours
    return _around(float(patrol / ours), float(pull.std(ddof=1)) / sqrt(len(waited)))


def _per_hour(met: Values, reviewed: Values, patrol_h: float) -> Times:
    """Return finds for an hour of review over finds for an hour of the round."""
    if len(met) < LEAST or len(reviewed) < LEAST or not met.sum() or not reviewed.sum():
        return UNKNOWN
    value = len(met) / (reviewed.sum() / _HOUR_S) / (met.sum() / patrol_h)
    spread = sqrt(_spread(met) ** 2 + _spread(reviewed) ** 2)
    return _around(float(value), spread)


def _spread(values: Values) -> float:
    """Return the standard error of a mean, as a share of it."""
    return float(values.std(ddof=1) / values.mean()) / sqrt(len(values))


def _around(value: float, spread: float) -> Times:
    return Times(value, exp(log(value) - Z_95 * spread), exp(log(value) + Z_95 * spread))
