"""Where more happens than where it is looked as long: hot spots, and what has changed (热点)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

import numpy as np

from streetwatch.service.foresight.chance import (
    FALSE_SHARE,
    differ,
    discoveries,
    dispersion,
    more_than_expected,
    rates,
    share_interval,
)
from streetwatch.service.foresight.exposure import Array, Tally

#: After so many days a violation counts half in a rate.
HALF_LIFE_D: Final = 30.0

#: Parts of the day that are tested for themselves, beside the whole: first hour, last hour + 1.
PARTS: Final[Mapping[str, tuple[int, int]]] = MappingProxyType(
    {
        "day": (0, 24),
        "night": (0, 6),
        "morning": (6, 12),
        "afternoon": (12, 18),
        "evening": (18, 24),
    }
)

#: Where it was looked for less than this, nothing is claimed.
LEAST_HOURS: Final = 24.0


@dataclass(frozen=True, slots=True)
class Change:
    """A cell against the period before, and against what the whole city did.

    Attributes:
        before: Violations of the period before.
        ratio: Of the rates, the city's own change taken out; None: nothing was to be expected.
        low: Limits of the ratio's interval.
        high: The same; None: it has none.
        p: How likely it is so far from 1 by chance.
        q: The same, adjusted for how many cells and types are compared.
    """

    before: int
    ratio: float | None
    low: float
    high: float | None
    p: float
    q: float

    @property
    def is_more_than_noise(self) -> bool:
        """Whether it is claimed."""
        return self.q <= FALSE_SHARE


@dataclass(frozen=True, slots=True)
class Heat:
    """One cell and type.

    Attributes:
        cell: Number of the cell.
        type: As the rules name it.
        n: Violations of the period.
        hours: Camera-hours looked at.
        rate: Violations an hour looked at, recent days weighing more, drawn to the city's rate
            where little was looked.
        low: Limits of its interval.
        high: The same.
        expected: Violations, if it were as the rest of the city is in the hours it was looked at.
        p: How likely so many are by chance, in the part of the day that stands out most.
        q: The same, adjusted for how many cells, types and parts are compared.
        part: That part.
        by_hour: Violations an hour looked at, of each hour of the day; None where nobody looked.
        change: Against the period before; None: nobody looked then.
    """

    cell: int
    type: str
    n: int
    hours: float
    rate: float
    low: float
    high: float
    expected: float
    p: float
    q: float
    part: str
    by_hour: tuple[float | None, ...]
    change: Change | None

    @property
    def is_hot(self) -> bool:
        """Whether it is claimed to be a hot spot."""
        return self.q <= FALSE_SHARE


@dataclass(frozen=True, slots=True)
class Findings:
    """What was found in a period.

    Attributes:
        heats: Of each cell and type that was looked at, the hottest first.
        tests: How many were compared.
        spread: By how much days differ more than chance alone would let them, for each type.
    """

    heats: tuple[Heat, ...]
    tests: int
    spread: Mapping[str, float]


@dataclass(frozen=True, slots=True, eq=False)
class _Type:
    """One type, all cells: a row of figures each."""

    name: str
    now: Tally
    before: Tally | None
    expected: Array
    spread: float
    p: Array


def hot_spots(
    tallies: Mapping[str, Tally], *, days: int, half_life_d: float = HALF_LIFE_D
) -> Findings:
    """Find where more happens than elsewhere.

    Args:
        tallies: Of each type, over the same days.
        days: The last so many are the period; what is before them is what it is compared with.
        half_life_d: Of the weights of days in a rate.
    """
    each = [_compared(name, one, days) for name, one in sorted(tallies.items())]
    if not each:
        return Findings((), 0, {})
    p = np.stack([one.p for one in each])
    tested = np.stack([one.now.hours.sum(axis=(1, 2)) >= LEAST_HOURS for one in each])
    q = np.ones_like(p)
    q[tested] = discoveries(p[tested])
    changes = _changes(each)
    heats = [
        heat
        for row, one in enumerate(each)
        for heat in _heats(one, q[row], changes[row], half_life_d)
    ]
    heats.sort(key=lambda heat: (not heat.is_hot, heat.p, heat.cell, heat.type))
    spread = {one.name: round(one.spread, 3) for one in each}
    return Findings(tuple(heats), int(tested.sum()) * len(PARTS), spread)


def _compared(name: str, both: Tally, days: int) -> _Type:
    split = both.days - days
    now, before = both.part(split, both.days), both.part(0, split) if split > 0 else None
    expected = expected_in(now)
    by_day = expected.sum(axis=2)
    counts = now.counts.sum(axis=2)
    spread = dispersion(counts, _own_rates(by_day, counts))
    by_hour = now.counts.sum(axis=1), expected.sum(axis=1)
    p = np.stack([_part_p(*by_hour, spread, span) for span in PARTS.values()], axis=1)
    return _Type(name, now, before, expected, spread, p)


def expected_in(tally: Tally) -> Array:
    """Return what each hour of each cell would have, if all were as the whole city then is.

    The rate of an hour of the week is the city's; days have their own level.
    """
    weekday, hours, counts = tally.weekdays, tally.hours.sum(axis=0), tally.counts.sum(axis=0)
    rate = np.zeros_like(hours)
    for each in range(7):
        of = weekday == each
        rate[of] = _over(counts[of].sum(axis=0), hours[of].sum(axis=0))
    level = _over(counts.sum(axis=1), (hours * rate).sum(axis=1))
    return np.asarray(tally.hours * (rate * level[:, None]))


def _over(counts: Array, exposure: Array) -> Array:
    """Return counts over what they are of; 0 where that is nothing."""
    return np.divide(counts, exposure, out=np.zeros_like(counts), where=exposure > 0)


def _own_rates(expected: Array, counts: Array) -> Array:
    """Return what is to be expected of each day if cells have rates of their own, too."""
    return np.asarray(expected * _over(counts.sum(axis=1), expected.sum(axis=1))[:, None])


def _part_p(counts: Array, expected: Array, spread: float, span: tuple[int, int]) -> Array:
    """Return how likely each cell has so much in a part of the day: cells x hours of the day."""
    n, mean = (part[:, slice(*span)].sum(axis=1) for part in (counts, expected))
    return more_than_expected(n, mean, spread)


def _changes(each: Sequence[_Type]) -> list[list[Change | None]]:
    """Compare each cell and type with the period before."""
    found: list[list[Change | None]] = [[None] * len(one.p) for one in each]
    rows: list[tuple[int, int, Change]] = []
    for row, one in enumerate(each):
        if one.before is not None:
            rows += ((row, cell, change) for cell, change in _against_before(one, one.before))
    q = discoveries(np.array([change.p for _, _, change in rows]))
    for (row, cell, one_change), adjusted in zip(rows, q.tolist(), strict=True):
        found[row][cell] = _with_q(one_change, adjusted)
    return found


def _with_q(one: Change, q: float) -> Change:
    return Change(one.before, one.ratio, one.low, one.high, one.p, q)


def _against_before(one: _Type, before: Tally) -> list[tuple[int, Change]]:
    n, then = (part.counts.sum(axis=(1, 2)) for part in (one.now, before))
    mean, mean_then = one.expected.sum(axis=(1, 2)), expected_in(before).sum(axis=(1, 2))
    looked = [part.hours.sum(axis=(1, 2)) >= LEAST_HOURS for part in (one.now, before)]
    some = (mean > 0) & (mean_then > 0) & looked[0] & looked[1]
    p = differ(n[some], then[some], (mean[some], mean_then[some]), one.spread)
    low, high = share_interval(n[some] / one.spread, (n[some] + then[some]) / one.spread)
    odds = mean_then[some] / mean[some]
    return [
        (cell, Change(int(had), _ratio(now, had, scale), *_odds(ends, scale), float(each), 1.0))
        for cell, now, had, scale, ends, each in zip(
            np.flatnonzero(some).tolist(),
            n[some].tolist(),
            then[some].tolist(),
            odds.tolist(),
            zip(low.tolist(), high.tolist(), strict=True),
            p.tolist(),
            strict=True,
        )
    ]


def _ratio(now: float, then: float, odds: float) -> float | None:
    return now / then * odds if then else None


def _odds(ends: tuple[float, float], odds: float) -> tuple[float, float | None]:
    """Return the limits of a ratio of rates, out of those of a share."""
    low, high = ends
    return low / (1.0 - low) * odds if low < 1 else 0.0, (
        high / (1.0 - high) * odds if high < 1 else None
    )


def _heats(
    one: _Type, q: Array, changes: Sequence[Change | None], half_life_d: float
) -> list[Heat]:
    weights = 0.5 ** (np.arange(one.now.days)[::-1] / half_life_d)
    recent = [
        (part * weights[:, None]).sum(axis=(1, 2)) for part in (one.now.counts, one.now.hours)
    ]
    middle, low, high = rates(recent[0], recent[1], one.spread)
    n, hours = one.now.counts.sum(axis=(1, 2)), one.now.hours.sum(axis=(1, 2))
    expected, best = one.expected.sum(axis=(1, 2)), one.p.argmin(axis=1)
    each_hour = _by_hour(one.now)
    return [
        Heat(
            cell=cell,
            type=one.name,
            n=int(n[cell]),
            hours=float(hours[cell]),
            rate=float(middle[cell]),
            low=float(low[cell]),
            high=float(high[cell]),
            expected=float(expected[cell]),
            p=float(one.p[cell, best[cell]]),
            q=float(q[cell].min()),
            part=tuple(PARTS)[best[cell]],
            by_hour=each_hour[cell],
            change=changes[cell],
        )
        for cell in np.flatnonzero(hours > 0).tolist()
    ]


def _by_hour(tally: Tally) -> list[tuple[float | None, ...]]:
    """Return each cell's violations an hour looked at, for each hour of the day."""
    counts, hours = tally.counts.sum(axis=1), tally.hours.sum(axis=1)
    return [
        tuple(n / looked if looked else None for n, looked in zip(*cell, strict=True))
        for cell in zip(counts.tolist(), hours.tolist(), strict=True)
    ]
