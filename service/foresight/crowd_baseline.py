"""How many people a zone usually has in each hour of the week, and what would be a crowd there.

Medians of weeks, so that one crowd does not become what is usual; counts spread more than Poisson's
(negative binomial with variance `spread` x mean). docs/explanation/crowds.md has the formulas.
"""

import warnings
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy.special import betainc, nbdtrik

from streetwatch.service.foresight.exposure import Array
from streetwatch.vision.types import Seconds

#: So long counts are kept together.
SLOT_S: Final[Seconds] = 600.0

#: So far back is looked for what is usual.
WEEKS: Final = 8

#: An hour of the week is known by so many weeks, an hour of the day by so many days.
LEAST_WEEKS: Final = 3
LEAST_DAYS: Final = 5

#: Fewer people than this are no crowd anywhere, unless somebody says so.
LEAST_CROWD: Final = 8.0

#: So many slots of an hour lie above what is usual, where nothing goes on.
_ABOVE: Final = 0.005

#: And so many of the busiest hours of ordinary days reach what is called a crowd.
_CROWDED: Final = 1e-4

_CHINA_H: Final = 8
_HOUR_S: Final = 3600
_WEEK_H: Final = 168

#: 1970-01-01 was a Thursday.
_THURSDAY_H: Final = 3 * 24

#: Nine tenths of a squared normal value lie below this.
_NINE_TENTHS: Final = 2.706

_LEAST_SPREAD: Final = 1.001
_LEAST_MEAN: Final = 0.5


class Source(StrEnum):
    """By what is known how many are usual."""

    WEEK = "hour_of_week"
    DAY = "hour_of_day"


@dataclass(frozen=True, slots=True, eq=False)
class Baseline:
    """What a zone usually has, by hour of the week; 0 is Monday's first hour.

    Attributes:
        median: People; NaN where nobody knows.
        high: Above it lies one slot in two hundred.
        n: Weeks, or days, that each is the median of.
        sources: By what each is known; None: it is not.
        spread: By how much more than Poisson's the variance is.
        busiest: People in the busiest hour of half of the days; None where nobody knows.
        crowd: From here on it is a crowd, where nobody has said otherwise; None: not known.
    """

    median: Array
    high: Array
    n: Array
    sources: tuple[Source | None, ...]
    spread: float
    busiest: float | None
    crowd: float | None

    def ahead(self, at: Seconds, horizon_s: Seconds) -> float:
        """Return the most that is usual from a moment on until another; 0 where not known."""
        hours = range(hour_of_week(at), hour_of_week(at) + int(horizon_s // _HOUR_S) + 1)
        return float(np.nan_to_num(self.median[np.array(hours) % _WEEK_H]).max())


def hour_of_week(at: Seconds) -> int:
    """Return the hour of the week on China's clock; 0 is Monday's first.

    >>> hour_of_week(0.0)  # a Thursday, eight in the morning in China
    80
    """
    return int(at // _HOUR_S + _CHINA_H + _THURSDAY_H) % _WEEK_H


def hours_of_week(at: Array) -> npt.NDArray[np.int64]:
    """Return the hour of the week of each moment.

    >>> hours_of_week(np.array([0.0, 3600.0])).tolist()
    [80, 81]
    """
    return np.asarray(((at // _HOUR_S).astype(np.int64) + _CHINA_H + _THURSDAY_H) % _WEEK_H)


def baseline(at: Array, people: Array) -> Baseline:
    """Return what is usual by the slots of before.

    Args:
        at: When each began, seconds since the epoch.
        people: In a look of each, on the average.
    """
    if not len(at):
        return _nothing()
    hours = (at // _HOUR_S).astype(np.int64) + _CHINA_H + _THURSDAY_H
    first = int(hours.min() // _WEEK_H)
    weeks = int(hours.max() // _WEEK_H) - first + 1
    place = hours - first * _WEEK_H
    by_hour = _means(place, people, weeks * _WEEK_H)
    by_week, by_day = by_hour.reshape(weeks, _WEEK_H), by_hour.reshape(-1, 24)
    week_n, day_n = _known(by_week), np.tile(_known(by_day), 7)
    is_week, is_day = week_n >= LEAST_WEEKS, day_n >= LEAST_DAYS
    of_day = np.tile(_median(by_day), 7)
    median = np.where(is_week, _median(by_week), np.where(is_day, of_day, np.nan))
    spread = _spread(people, median[hours % _WEEK_H])
    busiest = _busiest(by_day)
    return Baseline(
        median,
        upper(median, spread, _ABOVE),
        np.where(is_week, week_n, day_n),
        tuple(map(_source, is_week.tolist(), is_day.tolist())),
        spread,
        busiest,
        None if busiest is None else _crowd(busiest, spread),
    )


def _nothing() -> Baseline:
    unknown = np.full(_WEEK_H, np.nan)
    return Baseline(unknown, unknown, np.zeros(_WEEK_H), (None,) * _WEEK_H, 1.0, None, None)


def _source(is_week: bool, is_day: bool) -> Source | None:  # noqa: FBT001 -- of one hour
    return Source.WEEK if is_week else Source.DAY if is_day else None


def _means(place: npt.NDArray[np.int64], values: Array, size: int) -> Array:
    n = np.bincount(place, minlength=size)
    total = np.bincount(place, values, minlength=size)
    return np.where(n > 0, total / np.maximum(n, 1), np.nan)


def _known(rows: Array) -> Array:
    return np.asarray((~np.isnan(rows)).sum(axis=0))


def _median(rows: Array) -> Array:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # of hours that nobody knows
        return np.asarray(np.nanmedian(rows, axis=0))


def _busiest(by_day: Array) -> float | None:
    """Return the people in the busiest hour of a day, on the median day."""
    known = by_day[~np.isnan(by_day).all(axis=1)]
    return float(np.median(np.nanmax(known, axis=1))) if len(known) >= LEAST_DAYS else None


def _spread(people: Array, median: Array) -> float:
    """Return by how much more than Poisson's the variance is: robust, 1 at the least."""
    some = median >= _LEAST_MEAN
    if not some.any():
        return 1.0
    squares = (people[some] - median[some]) ** 2 / median[some]
    return float(max(np.quantile(squares, 0.9) / _NINE_TENTHS, 1.0))


def upper(mean: Array, spread: float, tail: float) -> Array:
    """Return what counts of a mean exceed with a probability of `tail`; NaN stays NaN."""
    beyond = max(spread, _LEAST_SPREAD) - 1.0
    some = np.maximum(np.nan_to_num(mean, nan=_LEAST_MEAN), _LEAST_MEAN)
    limits = _least(1.0 - tail, some / beyond, 1.0 / (1.0 + beyond))
    return np.where(np.isnan(mean), np.nan, limits)


def _least(share: float, size: Array, p: float) -> Array:
    """Return the least counts that so much of a negative binomial distribution does not exceed."""
    count: Array = np.ceil(nbdtrik(share, size, p))
    one_less = np.maximum(count - 1.0, 0.0)  # where the inverse is a hair above a whole number
    is_enough: npt.NDArray[np.bool_] = betainc(size, one_less + 1.0, p) >= share
    return np.where(is_enough, one_less, count)


def _crowd(busiest: float, spread: float) -> float:
    return max(float(upper(np.array([busiest]), spread, _CROWDED)[0]), LEAST_CROWD)
