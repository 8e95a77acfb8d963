"""What a campaign changed at a place: an interrupted time series. Pure.

Violations of a day follow a log-linear model of the hours looked at, a trend, the day of the week,
a level while the campaign lasts, and a level and a slope after it (A. K. Wagner et al., Journal of
Clinical Pharmacy and Therapeutics 27, 2002; J. Lopez Bernal et al., International Journal of
Epidemiology 46, 2017). Counts spread wider than Poisson's and days are alike: see `campaign_fit`.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import numpy as np
import numpy.typing as npt

from streetwatch.service.foresight.campaign_fit import Fit, Matrix, Vector, fitted

#: Fewer say nothing of a trend: four of each day of the week before, two after.
LEAST_DAYS_BEFORE: Final = 28
LEAST_DAYS_AFTER: Final = 14

#: With fewer violations before it, no change that a campaign can bring would be seen.
LEAST_BEFORE: Final = 20

_WEEK: Final = 7

#: So many may be expected, at most, where none is found: 97.5 % (Garwood's interval of a Poisson).
_MOST_OF_NONE: Final = 3.689


class Lack(StrEnum):
    """Why nothing can be said."""

    SHORT_BEFORE = "short_before"  #: too few days looked at before the campaign
    SHORT_AFTER = "short_after"  #: too few days looked at since the campaign
    FEW = "few"  #: too few violations before the campaign


@dataclass(frozen=True, slots=True, eq=False)
class Course:
    """What a place had, day by day.

    Attributes:
        counts: Violations that became one on each day, (N,).
        looked: How long each day was looked at, in any unit, (N,); 0: not at all.
        weekday: Of the first day; Monday is 0.
        begins: The campaign's first day, counted from the first one.
        ends: The first day after it.
    """

    counts: Vector
    looked: Vector
    weekday: int
    begins: int
    ends: int

    def __post_init__(self) -> None:
        if self.counts.shape != self.looked.shape or self.counts.ndim != 1:
            raise ValueError("counts and looked must have one value a day")
        if not 0 <= self.begins <= self.ends <= len(self.counts):
            raise ValueError("the campaign must lie inside the days")


@dataclass(frozen=True, slots=True)
class Ratio:
    """So many times as many, with its 95 % interval."""

    value: float
    low: float
    high: float

    @property
    def is_change(self) -> bool:
        """Whether it is more than noise: the interval leaves 1 out."""
        return self.low > 1 or self.high < 1


@dataclass(frozen=True, slots=True)
class Effect:
    """What a campaign changed.

    Attributes:
        after: Violations since it, against what the trend before it had led to: the one claim.
        during: The same while it lasted; None where it lasted no day.
        level: The step right after it; None where nothing was left.
        slope: What each week after it multiplies, beside the trend before it; None like the level.
        dispersion: Variance of a day's count over its mean; 1 is Poisson's.
        before_n: Violations before it; then while it lasted, and after.
        before_days: Days looked at before it; then while it lasted, and after.
    """

    after: Ratio
    during: Ratio | None
    level: Ratio | None
    slope: Ratio | None
    dispersion: float
    before_n: int
    during_n: int
    after_n: int
    before_days: int
    during_days: int
    after_days: int


def effect(course: Course) -> Effect | Lack:
    """Return what a campaign changed, or why that can't be said."""
    lack = _lack(course)
    if lack is not None:
        return lack
    design = _design(course)
    fit = fitted(design, course.counts, course.looked)
    parts = _parts(course)
    before, during, after = (int(course.counts[part].sum()) for part in parts)
    days = [_days(course, part) for part in parts]
    return Effect(
        after=_against(fit, design, course, parts[2], _mean_after(course)),
        during=_against(fit, design, course, parts[1], _unit(_DURING)) if days[1] else None,
        level=_ratio(fit, _unit(_AFTER)) if after else None,
        slope=_ratio(fit, _unit(_SLOPE)) if after else None,
        dispersion=fit.dispersion,
        before_n=before,
        during_n=during,
        after_n=after,
        before_days=days[0],
        during_days=days[1],
        after_days=days[2],
    )


# Columns of the design.
_DURING, _AFTER, _SLOPE, _WIDTH = 2, 3, 4, 11


def _design(course: Course) -> Matrix:
    """Return a row a day: one, trend, during, after, weeks after, and six days of the week."""
    day = np.arange(len(course.counts))
    after = day >= course.ends
    columns = [
        np.ones(len(day)),
        (day - course.ends) / _WEEK,
        (day >= course.begins) & ~after,
        after,
        after * (day - course.ends) / _WEEK,
        *((day + course.weekday) % _WEEK == weekday for weekday in range(1, _WEEK)),
    ]
    return np.stack([np.asarray(column, np.float64) for column in columns], axis=1)


def _mean_after(course: Course) -> Vector:
    """Return what weighs the coefficients to the mean change over the days after."""
    after = slice(course.ends, None)
    weeks = np.arange(len(course.counts) - course.ends) / _WEEK
    weights = _unit(_AFTER)
    weights[_SLOPE] = np.average(weeks, weights=course.looked[after])
    return weights


def _unit(column: int) -> Vector:
    weights = np.zeros(_WIDTH)
    weights[column] = 1
    return weights


def _against(fit: Fit, design: Matrix, course: Course, part: slice, weights: Vector) -> Ratio:
    """Return what a part of the days had against what the trend before had led to."""
    if course.counts[part].any():
        return _ratio(fit, weights)
    without = design[part].copy()
    without[:, _DURING : _SLOPE + 1] = 0
    looked = course.looked[part]
    expected = float(looked @ np.exp(without @ fit.coefficients))
    _, spread = fit.combined(np.average(without, axis=0, weights=looked))
    high = _MOST_OF_NONE * fit.dispersion / expected * float(np.exp(min(spread, 700)))
    return Ratio(0.0, 0.0, high)


def _ratio(fit: Fit, weights: Vector) -> Ratio:
    middle, spread = fit.combined(weights)
    low, value, high = np.exp(np.clip([middle - spread, middle, middle + spread], -700, 700))
    return Ratio(float(value), float(low), float(high))


def _lack(course: Course) -> Lack | None:
    before, _, after = _parts(course)
    if _days(course, before) < LEAST_DAYS_BEFORE:
        return Lack.SHORT_BEFORE
    if _days(course, after) < LEAST_DAYS_AFTER:
        return Lack.SHORT_AFTER
    return Lack.FEW if course.counts[before].sum() < LEAST_BEFORE else None


def _parts(course: Course) -> tuple[slice, slice, slice]:
    begins, ends = course.begins, course.ends
    return slice(0, begins), slice(begins, ends), slice(ends, None)


def _days(course: Course, part: slice) -> int:
    looked: npt.NDArray[np.bool_] = course.looked[part] > 0
    return int(looked.sum())
