"""What a simulated city's days are like: hours, weekdays, holidays, garbage days, market days."""

from datetime import date
from typing import Final

import numpy as np
import numpy.typing as npt
from holidays import country_holidays

from streetwatch.datasets.city.ground import KINDS

Rates = npt.NDArray[np.float64]

#: How much of each kind there is in each hour of a day.
_HOURS: Final = np.array(
    [
        [2, 1, 1, 1, 1, 2, 5, 9, 10, 7, 6, 7, 8, 6, 5, 6, 8, 10, 9, 7, 6, 5, 4, 3],
        [0, 0, 0, 0, 0, 2, 5, 6, 4, 3, 5, 9, 8, 4, 3, 4, 7, 11, 13, 12, 9, 5, 2, 1],
        [3, 2, 2, 2, 3, 6, 8, 7, 5, 4, 4, 5, 5, 4, 4, 4, 5, 6, 8, 10, 10, 8, 6, 4],
    ],
    np.float64,
)

#: The same, so that each row's mean is 1.
HOURS: Final[Rates] = _HOURS * 24 / _HOURS.sum(axis=1, keepdims=True)

#: Of all violations, by kind.
SHARES: Final[Rates] = np.array([0.5, 0.3, 0.2])

_WEEKEND: Final = np.array([0.8, 1.5, 1.1])
_HOLIDAY: Final = np.array([0.6, 1.7, 1.2])

#: On the evening before it is fetched, garbage is put out.
_EVE: Final = 2.0
_EVENING: Final = slice(18, 24)
GARBAGE: Final = [kind.type for kind in KINDS].index("exposed_garbage")

#: Minutes that half of each kind stay.
STAY_MIN: Final = np.array([35.0, 70.0, 240.0])

#: Hours in which crews come by; they take what vendors and cars leave, and the heaps.
CREWS_AT: Final = (6, 10, 15, 21)


def holidays_of(first: date, last: date) -> frozenset[date]:
    """Return China's holidays between two days."""
    known = country_holidays("CN", years=range(first.year, last.year + 1))
    return frozenset(day for day in known if first <= day <= last)


def day_rates(day: date, district: int, *, is_holiday: bool) -> Rates:
    """Return how much of each kind there is in each hour of a district's day, mean 1 on a weekday.

    Returns:
        A row for each kind.
    """
    rates = HOURS.copy()
    if is_holiday:
        rates *= _HOLIDAY[:, None]
    elif day.weekday() >= 5:
        rates *= _WEEKEND[:, None]
    if day.weekday() in {(district * 2) % 7, (district * 2 + 3) % 7}:
        rates[GARBAGE, _EVENING] *= _EVE
    return rates
