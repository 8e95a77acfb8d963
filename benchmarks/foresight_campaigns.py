"""What is claimed of campaigns that changed nothing, and found of those that changed something."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from streetwatch.models.intervals import wilson
from streetwatch.service.foresight.campaign import Course, Effect, effect

#: Days before a campaign, of it, and after it.
BEFORE, DURING, AFTER = 56, 14, 56
DAYS: Final = BEFORE + DURING + AFTER

#: Seeds by which the way of estimating dispersion was chosen: no figure is told of these.
TUNED: Final = range(1000, 1400)

#: The first seed of what is told.
FIRST: Final = 70_000

_WEEK: Final = np.array([1, 1, 1, 1.1, 1.2, 1.6, 1.5])


@dataclass(frozen=True, slots=True)
class Planted:
    """A place, and what a campaign did to it.

    Attributes:
        mean: Violations a day.
        left: What the campaign leaves of them.
        alike: How much a day is like the one before it (AR(1) of its logarithm).
        trend: What each week adds to the logarithm.
    """

    mean: float = 6.0
    left: float = 1.0
    alike: float = 0.0
    trend: float = 0.0


#: What is tried, by name.
PLANTED: Final[Mapping[str, Planted]] = {
    "nothing": Planted(),
    "nothing, 1 a day": Planted(mean=1.0),
    "nothing, days alike by 0.3": Planted(alike=0.3),
    "nothing, days alike by 0.5": Planted(alike=0.5),
    "nothing, days alike by 0.5, a trend of 5 % a week": Planted(alike=0.5, trend=0.05),
    "nothing, days alike by 0.7, 20 a day": Planted(mean=20.0, alike=0.7),
    "0.4 is left": Planted(left=0.4),
    "0.4 is left, days alike by 0.5": Planted(left=0.4, alike=0.5),
    "0.2 is left": Planted(left=0.2),
    "0.1 is left, 2 a day": Planted(mean=2.0, left=0.1),
}


def history(chance: np.random.Generator, planted: Planted) -> Course:
    """Return a place's days: busy weekends, cameras that fail, days wilder than Poisson's."""
    day = np.arange(DAYS)
    looked = chance.uniform(8, 14, DAYS) * (chance.random(DAYS) > 0.04)
    wild = chance.normal(size=DAYS)
    for at in range(1, DAYS):
        wild[at] = planted.alike * wild[at - 1] + np.sqrt(1 - planted.alike**2) * wild[at]
    spread = np.sqrt(np.log1p(0.3))
    trend = np.exp(planted.trend * (day - BEFORE) / 7)
    expected = planted.mean * _WEEK[day % 7] * looked / 11 * trend
    expected *= np.exp(spread * wild - spread**2 / 2)
    expected[BEFORE : BEFORE + DURING] *= 0.4
    expected[BEFORE + DURING :] *= planted.left
    counts = chance.poisson(expected).astype(np.float64)
    return Course(counts, looked, 0, BEFORE, BEFORE + DURING)


def effects(planted: Planted, seeds: range) -> Iterator[Effect]:
    """Yield what is found in a history of each seed; too little of one is left out."""
    for seed in seeds:
        found = effect(history(np.random.default_rng(seed), planted))
        if isinstance(found, Effect):
            yield found


def measure(name: str, *, seeds: range, on_history: Callable[[int], None]) -> dict[str, object]:
    """Return how often something is claimed, and how often the interval holds what is true."""
    planted = PLANTED[name]
    found = list(effects(planted, seeds))
    on_history(len(seeds))
    claimed = sum(one.after.is_change for one in found)
    held = sum(one.after.low <= planted.left <= one.after.high for one in found)
    return {
        "campaign": name,
        "first_seed": seeds.start,
        "histories": len(seeds),
        "measured": len(found),
        **_share("claimed", claimed, len(found)),
        **_share("interval_holds_it", held, len(found)),
    }


def _share(name: str, hits: int, n: int) -> dict[str, object]:
    low, high = wilson(hits, n)
    value = round(hits / n, 4) if n else None
    return {name: value, f"{name}_ci": [round(low, 4), round(high, 4)]}
