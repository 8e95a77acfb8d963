"""How many people stand before each camera of a simulated city, and where they crowd."""

from datetime import timedelta
from typing import Final

import numpy as np

from streetwatch.datasets.city.life import City, Hours
from streetwatch.datasets.city.plan import Plan
from streetwatch.vision.types import Seconds

#: So long a count is of.
SLOT_S: Final[Seconds] = 600.0
_A_DAY: Final = 144
_AN_HOUR: Final = 6

_HOURS: Final = np.array(
    [0, 0, 0, 0, 0, 1, 2, 4, 4, 3, 3, 4, 4, 3, 3, 3, 4, 5, 5, 4, 3, 2, 1, 1], np.float64
)

#: On market days the street fills from five in the afternoon on, fullest at seven, empty at nine.
_MARKET_DAYS: Final = (5, 6)
_FILLS, _FULL, _EMPTY = (hour * _AN_HOUR for hour in (17, 19, 21))
CROWD: Final = 25.0

#: When it is fullest, from midnight on.
PEAK_S: Final[Seconds] = _FULL * SLOT_S


def market_days(plan: Plan, first: int = 0) -> tuple[int, ...]:
    """Return the days of a city, counted from its first, on which streets fill.

    Args:
        plan: Of the city.
        first: Only from this day on.
    """
    days = range(first, plan.days)
    return tuple(day for day in days if _weekday(plan, day) in _MARKET_DAYS)


def _weekday(plan: Plan, day: int) -> int:
    return (plan.first + timedelta(days=day)).weekday()


def people_of(city: City, day: int) -> Hours:
    """Return the counts of a day: a row for each camera, a column for each ten minutes."""
    chance = np.random.default_rng((city.plan.seed, 5, day))
    posts = city.ground.posts
    usual = np.repeat(_HOURS, _AN_HOUR) * chance.gamma(20.0, 0.05, (len(posts), 1))
    if _weekday(city.plan, day) in _MARKET_DAYS:
        slots = np.arange(_A_DAY)
        more = CROWD * np.interp(slots, (_FILLS, _FULL, _EMPTY), (0.0, 1.0, 0.0))
        crowded = [row for row, post in enumerate(posts) if post.id in city.planted.crowds]
        usual[crowded] += more
    return np.asarray(chance.poisson(usual), np.int64)
