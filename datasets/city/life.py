"""What happens in a simulated city, day after day, and what its cameras look at."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from typing import Final

import numpy as np
import numpy.typing as npt

from streetwatch.datasets.city.ground import KINDS, Block, Ground, Post, ground_of
from streetwatch.datasets.city.habits import (
    CREWS_AT,
    SHARES,
    STAY_MIN,
    Rates,
    day_rates,
    holidays_of,
)
from streetwatch.datasets.city.plan import DAY_S, HOUR_S, Plan
from streetwatch.datasets.city.planting import Planted, planted_in
from streetwatch.vision.types import Seconds

#: Days differ by more than chance: weather for the whole city, and whatever else at each place.
_WEATHER_SHAPE: Final = 25.0
_PLACE_SHAPE: Final = 4.0

#: A camera is away in so many of its days, for up to half a day; so many look by day only.
_OUTAGES: Final = 0.08
_DAY_ONLY: Final = 0.2
_NIGHT: Final = (*range(6), 22, 23)

#: What somebody complains of: of what stands before a camera, and of what stands in a blind grid.
_TOLD: Final = 0.10
_TOLD_LAG_S: Final[Seconds] = 2 * HOUR_S

#: A blind grid is as a street with so many cameras would be.
_BLIND_WEIGHT: Final = 2.0

Hours = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Violation:
    """Something that happened.

    Attributes:
        camera: Before which it stands; None in a blind grid.
        kind: Number of the kind.
        grid: Of its place.
        start: When it began.
        end: When it left or was cleared away.
        by_crew: Whether a crew cleared it away.
        vendor: Who it is, if it is a vendor: they move on by the hour.
        is_seen: Whether its camera looked.
    """

    camera: str | None
    kind: int
    grid: str
    lon: float
    lat: float
    start: Seconds
    end: Seconds
    by_crew: bool
    vendor: str | None
    is_seen: bool

    @property
    def type(self) -> str:
        """As the rules name it."""
        return KINDS[self.kind].type

    @property
    def zone(self) -> str:
        """Of its camera."""
        return KINDS[self.kind].zone


@dataclass(frozen=True, slots=True)
class Complaint:
    """Somebody called 12345."""

    at: Seconds
    lon: float
    lat: float
    grid: str
    type: str


@dataclass(frozen=True, slots=True)
class Day:
    """A day of a city.

    Attributes:
        number: From the first.
        violations: In order of their start.
        looked_s: Seconds that each camera looked in each hour, a row for each camera.
        complaints: In order of their time.
    """

    number: int
    violations: tuple[Violation, ...]
    looked_s: Hours
    complaints: tuple[Complaint, ...]


@dataclass(frozen=True, eq=False)
class City:
    """A simulated city."""

    plan: Plan
    ground: Ground = field(init=False)
    planted: Planted = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "ground", ground_of(self.plan))
        object.__setattr__(self, "planted", planted_in(self.plan, self.ground))

    def days(self) -> Iterator[Day]:
        """Yield its days, each from a seed of its own."""
        for number in range(self.plan.days):
            yield self.day(number)

    def day(self, number: int) -> Day:
        """Return one day."""
        chance = np.random.default_rng((self.plan.seed, 3, number))
        looked = self._looked(chance)
        counts = chance.poisson(self._rates(number, chance))
        violations = self._happened(number, counts, looked, chance)
        return Day(number, violations, looked, _complaints(violations, chance))

    @cached_property
    def _holidays(self) -> frozenset[date]:
        first = self.plan.first
        return holidays_of(first, first + timedelta(days=self.plan.days))

    @cached_property
    def _places(self) -> tuple[Post | Block, ...]:
        """Whatever has a street of its own: the cameras, then the blind grids."""
        return (*self.ground.posts, *self.ground.blind)

    @cached_property
    def _blocks(self) -> tuple[Block, ...]:
        return tuple(one.block if isinstance(one, Post) else one for one in self._places)

    @cached_property
    def _cameras(self) -> tuple[str | None, ...]:
        return tuple(one.id if isinstance(one, Post) else None for one in self._places)

    @cached_property
    def _middles(self) -> Rates:
        return np.array(
            [
                (one.lon, one.lat) if isinstance(one, Post) else one.at(0.5, 0.5)
                for one in self._places
            ]
        )

    @cached_property
    def _by_grid(self) -> dict[str, list[int]]:
        found: dict[str, list[int]] = {}
        for place, block in enumerate(self._blocks):
            found.setdefault(block.code, []).append(place)
        return found

    @cached_property
    def _day_only(self) -> npt.NDArray[np.bool_]:
        chance = np.random.default_rng((self.plan.seed, 4))
        return np.asarray(chance.random(len(self.ground.posts)) < _DAY_ONLY)

    def _looked(self, chance: np.random.Generator) -> Hours:
        posts = len(self.ground.posts)
        looked = np.full((posts, 24), int(HOUR_S), np.int64)
        looked[np.ix_(self._day_only, np.array(_NIGHT))] = 0
        away = chance.random(posts) < _OUTAGES
        first, length = chance.integers(24, size=posts), chance.integers(1, 13, size=posts)
        hours = np.arange(24)
        is_away = (hours >= first[:, None]) & (hours < (first + length)[:, None])
        looked[is_away & away[:, None]] = 0
        return looked

    def _rates(self, number: int, chance: np.random.Generator) -> Rates:
        """Return how much is to be expected: places x kinds x hours."""
        day = self.plan.first + timedelta(days=number)
        is_holiday = day in self._holidays
        each = np.stack(
            [
                day_rates(day, district, is_holiday=is_holiday)
                for district in range(self.plan.districts)
            ]
        )
        of = np.array([block.district for block in self._blocks])
        rates = each[of] * (SHARES[:, None] * self.plan.a_day / 24)
        rates[len(self.ground.posts) :] *= _BLIND_WEIGHT
        rates *= chance.gamma(_WEATHER_SHAPE, 1 / _WEATHER_SHAPE)
        rates *= chance.gamma(_PLACE_SHAPE, 1 / _PLACE_SHAPE, (len(rates), len(KINDS), 1))
        for effect in self.planted.all_effects(self.plan.days):
            if effect.span[0] <= number < effect.span[1]:
                places = self._by_grid[effect.grid]
                rates[places, effect.kind, effect.hours[0] : effect.hours[1]] *= effect.factor
        return np.asarray(rates)

    def _happened(
        self, number: int, counts: Hours, looked: Hours, chance: np.random.Generator
    ) -> tuple[Violation, ...]:
        place, kind, hour = (np.repeat(axis, counts[counts > 0]) for axis in np.nonzero(counts))
        total = len(place)
        start = self.plan.start + number * DAY_S + (hour + chance.random(total)) * HOUR_S
        stay = STAY_MIN[kind] * 60 * chance.lognormal(0.0, 0.6, total)
        crew, gone = _cleared(start, stay, chance)
        posts = len(self.ground.posts)
        share = np.where(place < posts, looked[np.minimum(place, posts - 1), hour] / HOUR_S, 0.0)
        seen = chance.random(total) < share
        where = self._middles[place] + chance.normal(0.0, 1e-4, (total, 2))
        columns = (start, gone, crew, seen, place, kind)
        made = [
            Violation(
                camera=self._cameras[at],
                kind=what,
                grid=self._blocks[at].code,
                lon=round(lon, 6),
                lat=round(lat, 6),
                start=began,
                end=ended,
                by_crew=by_crew,
                vendor=vendor,
                is_seen=is_seen,
            )
            for (lon, lat), vendor, began, ended, by_crew, is_seen, at, what in zip(
                where.tolist(),
                self._vendors(place, kind, hour),
                *(column.tolist() for column in columns),
                strict=True,
            )
        ]
        return tuple(sorted(made, key=lambda one: one.start))

    def _vendors(self, place: Hours, kind: Hours, hour: Hours) -> list[str | None]:
        """Name who stands there: a district's n-th stall of an hour is always the same vendor."""
        next_of: dict[tuple[int, int], int] = {}
        names: list[str | None] = []
        for where, what, when in zip(place.tolist(), kind.tolist(), hour.tolist(), strict=True):
            if KINDS[what].type != "street_vending":
                names.append(None)
                continue
            key = (self._blocks[where].district, when)
            next_of[key] = next_of.get(key, 0) + 1
            names.append(f"v-{key[0] + 1:02}-{next_of[key]:04}")
        return names


def _cleared(
    start: Rates, stay: Rates, chance: np.random.Generator
) -> tuple[npt.NDArray[np.bool_], Rates]:
    """Return what a crew clears away that comes by, and when each is gone."""
    of_day = (start + 8 * HOUR_S) % DAY_S
    rounds = np.array([*(hour * HOUR_S for hour in CREWS_AT), DAY_S + CREWS_AT[0] * HOUR_S])
    wait = rounds[np.searchsorted(rounds, of_day)] - of_day + chance.uniform(0, HOUR_S, len(start))
    crew = (wait < stay) & (chance.random(len(start)) < 0.5)
    return crew, start + np.where(crew, wait, stay)


def _complaints(
    violations: Sequence[Violation], chance: np.random.Generator
) -> tuple[Complaint, ...]:
    told = chance.random(len(violations)) < _TOLD
    lag = chance.exponential(_TOLD_LAG_S, len(violations))
    off = chance.normal(0.0, 1e-4, (len(violations), 2))
    made = [
        Complaint(
            one.start + late, round(one.lon + dx, 6), round(one.lat + dy, 6), one.grid, one.type
        )
        for one, is_told, late, (dx, dy) in zip(
            violations, told.tolist(), lag.tolist(), off.tolist(), strict=True
        )
        if is_told
    ]
    return tuple(sorted(made, key=lambda one: one.at))
