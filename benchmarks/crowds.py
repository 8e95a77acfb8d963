"""Is a crowd warned of before its peak, and how often where there is none? A back-test."""

from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy.stats import binom

from streetwatch.datasets.city.life import City
from streetwatch.datasets.city.people import PEAK_S, market_days, people_of
from streetwatch.datasets.city.plan import DAY_S, Plan, Plant
from streetwatch.models.intervals import wilson
from streetwatch.service.foresight.chance import poisson_limits
from streetwatch.service.foresight.crowd_baseline import SLOT_S, WEEKS, Baseline, baseline
from streetwatch.service.foresight.crowds import MOST, Filling, Slot, filling, is_over
from streetwatch.vision.types import Seconds

FIRST: Final = date(2026, 3, 2)

#: A city is learnt for so long before it is judged, and then judged for so long.
LEARN_D: Final = 28
JUDGED_D: Final = 28

#: Before the peak of a crowd a warning is of it for so long; after it, it is late.
_RISES_S: Final[Seconds] = 3 * 3600.0
_FALLS_S: Final[Seconds] = 2 * 3600.0

#: What is planted while a city is learnt, and while it is judged.
TRIES: Final[Mapping[str, tuple[bool, bool]]] = {
    "nothing": (False, False),
    "market": (True, True),
    "new_market": (False, True),
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """One city.

    Attributes:
        crowds: That there were.
        leads: Seconds from the warning to the peak, of each crowd that was warned of in time.
        usual: How many of these were told of as what comes every week.
        late: Crowds that were warned of after the peak.
        false: Warnings of no crowd.
        zone_weeks: That were judged.
    """

    crowds: int
    leads: tuple[Seconds, ...]
    usual: int
    late: int
    false: int
    zone_weeks: float


def tried(seed: int, what: str, *, cameras: int) -> Outcome:
    """Watch a city for four weeks after having learnt it for four."""
    before, after = (_city(seed, cameras, has_crowds=one) for one in TRIES[what])
    days = [people_of(before, day) for day in range(LEARN_D)]
    days += [people_of(after, day) for day in range(LEARN_D, LEARN_D + JUDGED_D)]
    counts = np.concatenate(days, axis=1)
    peaks = [before.plan.start + day * DAY_S + PEAK_S for day in market_days(after.plan, LEARN_D)]
    leads: list[Seconds] = []
    usual = late = false = 0
    for row, post in enumerate(after.ground.posts):
        mine = set(peaks) if post.id in after.planted.crowds else set()
        for one in warnings_of(counts[row], after.plan.start):
            peak = next((at for at in mine if -_RISES_S <= one.at - at <= _FALLS_S), None)
            if peak is None:
                false += 1
                continue
            mine.remove(peak)
            usual, late = usual + one.is_usual, late + (one.at > peak)
            leads += [peak - one.at] if one.at <= peak else []
    crowds = len(peaks) * len(after.planted.crowds)
    return Outcome(crowds, tuple(leads), usual, late, false, cameras * JUDGED_D / 7)


def _city(seed: int, cameras: int, *, has_crowds: bool) -> City:
    plants = frozenset({Plant.CROWD}) if has_crowds else frozenset[Plant]()
    return City(Plan(seed, FIRST, LEARN_D + JUDGED_D, 4, cameras, plants=plants))


def warnings_of(counts: npt.NDArray[np.int64], start: Seconds) -> Iterator[Filling]:
    """Yield what a zone is warned of, as the service would: what is usual is learnt every night."""
    a_day = round(DAY_S / SLOT_S)
    at = np.asarray(start + np.arange(len(counts)) * SLOT_S, np.float64)
    people = counts.astype(np.float64)
    recent: deque[Slot] = deque(maxlen=MOST)
    warned: Filling | None = None
    for day in range(LEARN_D, len(counts) // a_day):
        past = slice(max(day - 7 * WEEKS, 0) * a_day, day * a_day)
        known = baseline(at[past], people[past])
        for number in range(day * a_day, (day + 1) * a_day):
            recent.append(Slot(float(at[number]), float(counts[number])))
            before, warned = warned, _stepped(warned, recent, known)
            if warned is not None and before is None:
                yield warned


def _stepped(warned: Filling | None, recent: deque[Slot], known: Baseline) -> Filling | None:
    if warned is None:
        return filling(tuple(recent), known)
    return None if is_over(tuple(recent), warned.level, recent[-1].end) else warned


def measure(
    what: str, *, seeds: range, cameras: int, on_city: Callable[[], None]
) -> dict[str, object]:
    """Watch so many cities; return how often and how early crowds were warned of, and what else."""
    outcomes = []
    for seed in seeds:
        outcomes.append(tried(seed, what, cameras=cameras))
        on_city()
    crowds, late = sum(one.crowds for one in outcomes), sum(one.late for one in outcomes)
    leads = sorted(each / 60 for one in outcomes for each in one.leads)
    false, weeks = sum(one.false for one in outcomes), sum(one.zone_weeks for one in outcomes)
    cities = sum(one.false > 0 for one in outcomes)
    return {
        "planted": what,
        "first_seed": seeds.start,
        "cities": len(outcomes),
        "cameras": cameras,
        "learnt_days": LEARN_D,
        "judged_days": JUDGED_D,
        **_share("crowds_warned_of_before_the_peak", len(leads), crowds),
        "crowds_warned_of_late": late,
        "told_as_usual": sum(one.usual for one in outcomes),
        **_lead(leads),
        "false_warnings": false,
        "zone_weeks": weeks,
        "false_a_zone_week": round(false / weeks, 6),
        "false_a_zone_week_ci": [round(one / weeks, 6) for one in poisson_limits(false)],
        **_share("cities_with_a_false_warning", cities, len(outcomes)),
    }


def _lead(leads: list[float]) -> dict[str, object]:
    """Return the median of the lead times with its interval by order, minutes."""
    n = len(leads)
    if not n:
        return {
            "lead_min_p50": None,
            "lead_min_n": 0,
            "lead_min_p50_ci": None,
            "lead_min_p10": None,
        }
    low, high = (int(binom.ppf(tail, n, 0.5)) for tail in (0.025, 0.975))
    ends = [leads[max(low - 1, 0)], leads[min(high, n - 1)]]
    p50, p10 = (round(float(np.percentile(leads, part)), 1) for part in (50, 10))
    return {"lead_min_p50": p50, "lead_min_n": n, "lead_min_p50_ci": ends, "lead_min_p10": p10}


def _share(name: str, hits: int, n: int) -> dict[str, object]:
    low, high = wilson(hits, n)
    value = round(hits / n, 4) if n else None
    return {name: value, f"{name}_n": n, f"{name}_ci": [round(low, 4), round(high, 4)]}
