"""How many people stand before each camera of a simulated city, and where they crowd."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import numpy as np
import numpy.typing as npt

from streetwatch.datasets.city.ground import MARKET
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

#: Stalls of a full market; on other days one comes now and then.
_STALLS: Final = 6.0
_STRAY: Final = 0.15

#: Of the people in a street who crowd nowhere, so many stand in each zone; the rest in none.
_STAND_IN: Final = {"carriageway": 0.66, "pavement": 0.31}


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """What is seen in a zone on a day: a column for each ten minutes.

    Attributes:
        people: In a look.
        stalls: In a look.
    """

    camera: str
    zone: str
    people: Hours
    stalls: Hours


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
    usual = np.repeat(_HOURS, _AN_HOUR) * chance.gamma(20.0, 0.05, (len(city.ground.posts), 1))
    return np.asarray(chance.poisson(usual + _more(city, day)), np.int64)


def seen_of(city: City, day: int) -> Iterator[Seen]:
    """Yield the same people by zone, with the stalls of the markets."""
    chance = np.random.default_rng((city.plan.seed, 7, day))
    people, more = people_of(city, day), _more(city, day)
    here = chance.binomial(people, more / (more + np.repeat(_HOURS, _AN_HOUR) + 1e-9))
    rest, left = people - here, 1.0
    zones = {MARKET: here}
    for zone, share in _STAND_IN.items():
        zones[zone] = chance.binomial(rest, share / left)
        rest, left = rest - zones[zone], left - share
    stalls = chance.binomial(10, np.clip(more / CROWD * _STALLS, _open() * _STRAY, 10) / 10)
    none = np.zeros(_A_DAY, np.int64)
    for row, post in enumerate(city.ground.posts):
        is_market = market_at(city, post.id)
        for zone, counts in zones.items():
            if zone != MARKET:
                yield Seen(post.id, zone, counts[row], none)
            elif is_market:
                yield Seen(post.id, zone, counts[row], stalls[row])


def _more(city: City, day: int) -> npt.NDArray[np.float64]:
    """Return by how many people streets fill on a day: 0 where there is no market."""
    more = np.zeros((len(city.ground.posts), _A_DAY))
    if _weekday(city.plan, day) in _MARKET_DAYS:
        rise = CROWD * np.interp(np.arange(_A_DAY), (_FILLS, _FULL, _EMPTY), (0.0, 1.0, 0.0))
        crowded = [row for row, post in enumerate(city.ground.posts) if market_at(city, post.id)]
        more[crowded] = rise
    return more


def market_at(city: City, camera: str) -> bool:
    """Tell whether there is a market before a camera."""
    return camera in city.planted.crowds


def _open() -> npt.NDArray[np.bool_]:
    """Tell of each ten minutes whether stalls may stand at all."""
    slots = np.arange(_A_DAY)
    return (slots >= _FILLS) & (slots < _EMPTY)
