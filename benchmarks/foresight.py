"""Are planted hot spots, changes and blind spots found, and nothing where nothing is planted?"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np

from streetwatch.datasets.city.ground import KINDS
from streetwatch.datasets.city.life import City, Day
from streetwatch.datasets.city.plan import HOUR_S, Plan, Plant
from streetwatch.datasets.city.planting import Effect
from streetwatch.datasets.city.writing import zones_of
from streetwatch.models.intervals import wilson
from streetwatch.service.foresight.coverage import Reports, Stand, coverage
from streetwatch.service.foresight.exposure import Looked, Seen, Tally, tallies
from streetwatch.service.foresight.hotspots import hot_spots
from streetwatch.service.store.looked import day_of

#: Of the period and of the one before.
PERIOD_D: Final = 28

FIRST: Final = date(2026, 3, 2)

#: What a city is tried with.
TRIES: Final[Mapping[str, frozenset[Plant]]] = {
    "nothing": frozenset(),
    "hot_spot": frozenset({Plant.HOT_SPOT}),
    "change": frozenset({Plant.CHANGE}),
    "blind_spot": frozenset({Plant.BLIND_SPOT}),
}

#: A claim: grid and type.
Claim = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Outcome:
    """One city.

    Attributes:
        planted: What is true.
        hot: What was claimed to be a hot spot.
        changed: What was claimed to have changed.
        blind: What was claimed to be a blind spot.
    """

    planted: frozenset[Claim]
    hot: frozenset[Claim]
    changed: frozenset[Claim]
    blind: frozenset[Claim]


def plan_of(seed: int, what: str, *, cameras: int) -> Plan:
    """Return the plan of a city that something is tried in."""
    return Plan(seed, FIRST, 2 * PERIOD_D, 4, cameras, plants=TRIES[what])


def tried(city: City) -> Outcome:
    """Look for hot spots, changes and blind spots in a city, by its grids."""
    grids = sorted({post.block.code for post in city.ground.posts})
    days = list(city.days())
    found = hot_spots(tallies_of(city, days, grids), days=PERIOD_D)
    hot = ((grids[one.cell], one.type) for one in found.heats if one.is_hot)
    changed = (
        (grids[one.cell], one.type)
        for one in found.heats
        if one.change is not None and one.change.is_more_than_noise
    )
    true = (*map(_claim, city.planted.effects), *((one.code, "") for one in city.ground.blind))
    return Outcome(frozenset(true), frozenset(hot), frozenset(changed), _blind(city, days))


def _claim(effect: Effect) -> Claim:
    return effect.grid, KINDS[effect.kind].type


def _blind(city: City, days: Sequence[Day]) -> frozenset[Claim]:
    period = days[-PERIOD_D:]
    hours = np.sum([day.looked_s for day in period], axis=(0, 2)) / HOUR_S
    types = frozenset(kind.type for kind in KINDS)
    stands = [
        Stand(post.lon, post.lat, post.block.code, each, types, found=0)
        for post, each in zip(city.ground.posts, hours.tolist(), strict=True)
    ]
    cases = [one for day in period for one in day.complaints]
    told = Reports(
        np.array([one.at for one in cases]),
        np.array([one.lon for one in cases]),
        np.array([one.lat for one in cases]),
        [one.grid for one in cases],
        [one.type for one in cases],
    )
    rows = coverage(stands, told, hours=24.0 * PERIOD_D)
    return frozenset((one.grid, "") for one in rows if one.blind is not None)


def tallies_of(city: City, days: Sequence[Day], grids: list[str]) -> dict[str, Tally]:
    """Return each type's counts and exposure, as a service would have stored them."""
    seen, looked = _columns(city, days)
    zones = {(post.id, kind.zone) for post in city.ground.posts for kind in KINDS}
    return tallies(
        seen,
        looked,
        cell_of={post.id: grids.index(post.block.code) for post in city.ground.posts},
        cells=len(grids),
        first=day_of(city.plan.start),
        days=city.plan.days,
        types=[kind.type for kind in KINDS],
        watched={
            (camera, zone): frozenset(kind.type for kind in KINDS if kind.zone == zone)
            for camera, zone in zones
        },
    )


def _columns(city: City, days: Sequence[Day]) -> tuple[Seen, Looked]:
    first, zones = day_of(city.plan.start), zones_of()
    cameras = [post.id for post in city.ground.posts]
    seen = [one for day in days for one in day.violations if one.is_seen]
    at = np.array([one.start for one in seen], np.float64)
    each = len(cameras) * len(zones)
    looked = Looked(
        cameras=[camera for _ in days for camera in cameras for _ in zones],
        zones=[zone for _ in days for _ in cameras for zone in zones],
        days=np.repeat(np.arange(first, first + len(days)), each),
        seconds=np.concatenate([np.repeat(day.looked_s, len(zones), axis=0) for day in days]),
    )
    return Seen(at, [one.camera or "" for one in seen], [one.type for one in seen]), looked


def measure(
    what: str, *, seeds: range, cameras: int, on_city: Callable[[], None]
) -> dict[str, object]:
    """Try so many cities; return how often what is planted was found, and what else."""
    outcomes = []
    for seed in seeds:
        outcomes.append(tried(City(plan_of(seed, what, cameras=cameras))))
        on_city()
    return {
        "planted": what,
        "first_seed": seeds.start,
        "cities": len(seeds),
        "cameras": cameras,
        "days": PERIOD_D,
        **_told("hot_spots", outcomes, lambda one: one.hot, what == "hot_spot"),
        **_told("changes", outcomes, lambda one: one.changed, what == "change"),
        **_told("blind_spots", outcomes, lambda one: one.blind, what == "blind_spot"),
    }


def _told(
    name: str,
    outcomes: list[Outcome],
    claims: Callable[[Outcome], frozenset[Claim]],
    is_planted: bool,  # noqa: FBT001
) -> dict[str, object]:
    """Return recall and false claims of what is planted; else how many cities had a false one.

    Where something else is planted, no claim about those cells is false: much is different there.
    """
    if not is_planted:
        wrong = sum(bool(claims(one) - one.planted) for one in outcomes)
        return _share(f"{name}_cities_with_a_false_claim", wrong, len(outcomes))
    planted = sum(len(one.planted) for one in outcomes)
    hits = sum(len(one.planted & claims(one)) for one in outcomes)
    claimed = sum(len(claims(one)) for one in outcomes)
    return {
        **_share(f"{name}_recall", hits, planted),
        **_share(f"{name}_false_of_claimed", claimed - hits, claimed),
    }


def _share(name: str, hits: int, n: int) -> dict[str, object]:
    low, high = wilson(hits, n)
    value = round(hits / n, 4) if n else None
    return {name: value, f"{name}_n": n, f"{name}_ci": [round(low, 4), round(high, 4)]}
