"""Are planted hot spots and changes found, and is nothing found where nothing is planted?"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np

from streetwatch.datasets.city.ground import KINDS
from streetwatch.datasets.city.life import City
from streetwatch.datasets.city.plan import Plan, Plant
from streetwatch.datasets.city.planting import Effect
from streetwatch.datasets.city.writing import zones_of
from streetwatch.models.intervals import wilson
from streetwatch.service.foresight.exposure import Looked, Seen, Tally, tally
from streetwatch.service.foresight.hotspots import Findings, hot_spots
from streetwatch.service.store.looked import day_of

#: Of the period and of the one before.
PERIOD_D: Final = 28

FIRST: Final = date(2026, 3, 2)

#: What a city is tried with.
TRIES: Final[Mapping[str, frozenset[Plant]]] = {
    "nothing": frozenset(),
    "hot_spot": frozenset({Plant.HOT_SPOT}),
    "change": frozenset({Plant.CHANGE}),
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
    """

    planted: frozenset[Claim]
    hot: frozenset[Claim]
    changed: frozenset[Claim]


def plan_of(seed: int, what: str, *, cameras: int) -> Plan:
    """Return the plan of a city that something is tried in."""
    return Plan(seed, FIRST, 2 * PERIOD_D, 4, cameras, plants=TRIES[what])


def tried(city: City) -> Outcome:
    """Look for hot spots and changes in a city, by its grids."""
    grids = sorted({post.block.code for post in city.ground.posts})
    found = found_in(city, grids)
    hot = ((grids[one.cell], one.type) for one in found.heats if one.is_hot)
    changed = (
        (grids[one.cell], one.type)
        for one in found.heats
        if one.change is not None and one.change.is_more_than_noise
    )
    return Outcome(frozenset(map(_claim, city.planted.effects)), frozenset(hot), frozenset(changed))


def _claim(effect: Effect) -> Claim:
    return effect.grid, KINDS[effect.kind].type


def found_in(city: City, grids: list[str]) -> Findings:
    """Return what is found in a city's last period against the one before."""
    return hot_spots(dict(tallies_of(city, grids)), days=PERIOD_D)


def tallies_of(city: City, grids: list[str]) -> Iterator[tuple[str, Tally]]:
    """Yield each type's counts and exposure, as a service would have stored them."""
    seen, looked = _columns(city)
    cell_of = {post.id: grids.index(post.block.code) for post in city.ground.posts}
    zones = {(post.id, kind.zone) for post in city.ground.posts for kind in KINDS}
    watched = {
        (camera, zone): frozenset(kind.type for kind in KINDS if kind.zone == zone)
        for camera, zone in zones
    }
    for kind in KINDS:
        yield (
            kind.type,
            tally(
                seen,
                looked,
                cell_of=cell_of,
                cells=len(grids),
                first=day_of(city.plan.start),
                days=city.plan.days,
                types=frozenset({kind.type}),
                watched=watched,
            ),
        )


def _columns(city: City) -> tuple[Seen, Looked]:
    first, zones = day_of(city.plan.start), zones_of()
    cameras = [post.id for post in city.ground.posts]
    days = list(city.days())
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
    }


def _told(
    name: str,
    outcomes: list[Outcome],
    claims: Callable[[Outcome], frozenset[Claim]],
    is_planted: bool,  # noqa: FBT001
) -> dict[str, object]:
    """Return recall and false claims of what is planted, or how many cities had any claim."""
    if not is_planted:
        wrong = sum(bool(claims(one)) for one in outcomes)
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
