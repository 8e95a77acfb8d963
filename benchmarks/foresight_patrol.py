"""Do planned routes meet more than a fixed round where something can be learnt, and only there?"""

from collections.abc import Callable
from datetime import datetime
from typing import Final

import numpy as np

from streetwatch.models.intervals import wilson
from streetwatch.service.foresight.patrol import Standings, chances
from streetwatch.service.foresight.patrol_plan import Shift, fixed_round, planned
from streetwatch.service.foresight.patrol_replay import Met, replayed
from streetwatch.zones.ground import MapPoint
from streetwatch.zones.schedule import CHINA

_HOUR_S, _DAY_S, _WEEK_S = 3600.0, 86_400.0, 7 * 86_400.0
_START: Final = datetime(2026, 10, 5, tzinfo=CHINA).timestamp()
BASE: Final = MapPoint(121.47, 31.23)

#: Weeks that are learnt from, and that are replayed.
LEARNT, REPLAYED = 5, 3

_PLACES, _BUSY = 20, frozenset({3, 9, 16})

#: The first seed of what is told; tests use those below 100.
FIRST: Final = 70_000


def spot(number: int) -> MapPoint:
    """Return where a place is: five of them in a row, 400 m apart."""
    return BASE.moved((400.0 * (number % 5), 400.0 * (number // 5)))


def standings(chance: np.random.Generator, *, is_planted: bool) -> Standings:
    """Return what stood at twenty places; three are busy for two hours of the day, if planted."""
    rows: list[tuple[str, float, float]] = []
    for day in range(7 * (LEARNT + REPLAYED)):
        for place in range(_PLACES):
            busy = is_planted and place in _BUSY
            for _ in range(chance.poisson(1.6 if busy else 0.4)):
                hour = chance.normal(10 + place % 3 * 3, 0.5) if busy else chance.uniform(0, 23)
                began = _START + day * _DAY_S + hour * _HOUR_S
                rows.append((f"p{place}", began, began + chance.uniform(0.4, 0.8) * _HOUR_S))
    places, began_at, ended_at = zip(*rows, strict=True)
    at = {name: spot(int(name[1:])) for name in sorted({*places})}
    number = {name: place for place, name in enumerate(at)}
    where = np.array([number[name] for name in places])
    return Standings(at, where, np.array(began_at), np.array(ended_at))


def back_test(seed: int, *, is_planted: bool) -> Met:
    """Learn from the first weeks of a city, replay the last ones."""
    history = standings(np.random.default_rng(seed), is_planted=is_planted)
    middle, end = _START + LEARNT * _WEEK_S, _START + (LEARNT + REPLAYED) * _WEEK_S
    shift = Shift(teams=1, steps=60)
    learnt = history.only(history.began < middle)
    by = {
        weekend: planned(
            chances(learnt, start=_START, end=middle, weekend=weekend), shift, base=BASE
        )
        for weekend in (False, True)
    }
    round_ = fixed_round(list(learnt.at.items()), shift, base=BASE)
    return replayed(
        history.only(history.began >= middle),
        by.__getitem__,
        lambda _: round_,
        span=(middle, end),
        team_hours=float(shift.teams * shift.hours),
    )


def measure(
    *, is_planted: bool, seeds: range, on_history: Callable[[int], None]
) -> dict[str, object]:
    """Return in how many cities routes are said to be better than the fixed round."""
    better, more = 0, []
    for seed in seeds:
        met = back_test(seed, is_planted=is_planted)
        better += met.is_better
        more.append(met.more or 0.0)
        on_history(1)
    low, high = wilson(better, len(seeds))
    return {
        "patrol": "three of twenty places are busy" if is_planted else "no place is busier",
        "first_seed": seeds.start,
        "cities": len(seeds),
        "said_to_be_better": round(better / len(seeds), 4),
        "said_to_be_better_ci": [round(low, 4), round(high, 4)],
        "more_per_team_hour_median": round(float(np.median(more)), 3),
    }
