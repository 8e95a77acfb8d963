"""What the cameras do not see: blind spots (盲区), and where the next camera would see most."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import cos, radians
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy.spatial import cKDTree

from streetwatch.service.foresight.chance import poisson_limits
from streetwatch.service.foresight.exposure import Array, Ints

#: So far away a camera sees what somebody tells of (`desk.reports.recall` takes the same).
NEAR_M: Final = 50.0

#: Where a camera may be put: every so far.
_STEP_M: Final = 25.0

#: A grid whose cameras look for a smaller share of the time is hardly looked at.
LEAST_SHARE: Final = 0.1

#: What fewer people tell of may have been told by one of them.
LEAST_TOLD: Final = 3

Flags = npt.NDArray[np.bool_]

_DEGREE_M: Final = 111_195.0
_MONTH_D: Final = 30.0


class Blind(StrEnum):
    """Why what people tell of is not seen."""

    NO_CAMERA = "no_camera"  #: none stands in the grid
    NOT_LOOKED = "not_looked"  #: its cameras look at it for less than a tenth of the time
    OTHER_TYPES = "other_types"  #: no zone looks for most of what is told of
    ELSEWHERE = "elsewhere"  #: its cameras stand too far from most of what is told of


@dataclass(frozen=True, slots=True, eq=False)
class Reports:
    """What people told of, as columns.

    Attributes:
        at: When it was.
        lon: Degrees east.
        lat: Degrees north.
        grids: Their codes; empty: unknown.
        types: As the rules name them.
    """

    at: Array
    lon: Array
    lat: Array
    grids: Sequence[str]
    types: Sequence[str]


@dataclass(frozen=True, slots=True)
class Stand:
    """A camera where it stands.

    Attributes:
        grid: Of its place.
        hours: Looked at in the period.
        types: That its zones look for.
        found: Violations that it saw.
    """

    lon: float
    lat: float
    grid: str | None
    hours: float
    types: frozenset[str]
    found: int


@dataclass(frozen=True, slots=True)
class Covered:
    """One grid.

    Attributes:
        grid: Its code.
        cameras: That stand in it.
        hours: Camera-hours looked at.
        found: Violations that its cameras saw.
        told: Cases that people told of.
        near: Of these, as many as lay near a camera that looks for such.
        blind: Why what is told of is not seen; None: it is no blind spot.
    """

    grid: str
    cameras: int
    hours: float
    found: int
    told: int
    near: int
    blind: Blind | None


@dataclass(frozen=True, slots=True)
class Site:
    """Where a camera would see what nobody sees.

    Attributes:
        lon: Degrees east.
        lat: Degrees north.
        chosen_by: Cases of the first half of the period that it was chosen by.
        n: Cases of the second half that it would have seen: nothing was chosen by these.
        gain: The same, a month.
        low: Limits of its interval.
        high: The same.
    """

    lon: float
    lat: float
    chosen_by: int
    n: int
    gain: float
    low: float
    high: float


def coverage(
    stands: Sequence[Stand], told: Reports, *, hours: float, grids: Iterable[str] = ()
) -> tuple[Covered, ...]:
    """Hold what people tell of against what is looked at, grid by grid; blind spots come first.

    Args:
        stands: The cameras.
        told: What people told of.
        hours: Of the period.
        grids: Those that are known, whether anything is in them or not.
    """
    is_near = near_a_camera(stands, told)
    here: dict[str, list[int]] = {}
    for row, code in enumerate(told.grids):
        here.setdefault(code, []).append(row)
    standing: dict[str, list[Stand]] = {}
    for one in stands:
        standing.setdefault(one.grid or "", []).append(one)
    known = {*grids, *standing, *here} - {""}
    rows = [
        _covered(code, standing.get(code, ()), told, here.get(code, []), is_near, hours)
        for code in sorted(known)
    ]
    return tuple(sorted(rows, key=lambda one: (one.blind is None, -one.told, one.grid)))


def _covered(  # noqa: PLR0913, PLR0917 -- what is known of a grid
    code: str,
    stands: Sequence[Stand],
    told: Reports,
    rows: list[int],
    is_near: Flags,
    hours: float,
) -> Covered:
    looked = sum(one.hours for one in stands)
    types = frozenset(each for one in stands for each in one.types)
    near = int(is_near[rows].sum())
    sought = sum(told.types[row] in types for row in rows)
    blind = _reason(
        stands, looked / (hours * len(stands)) if stands else 0.0, len(rows), sought, near
    )
    found = sum(one.found for one in stands)
    return Covered(code, len(stands), looked, found, len(rows), near, blind)


def _reason(
    stands: Sequence[Stand], share: float, told: int, sought: int, near: int
) -> Blind | None:
    if told < LEAST_TOLD:
        return None
    if not stands:
        return Blind.NO_CAMERA
    if share < LEAST_SHARE:
        return Blind.NOT_LOOKED
    if 2 * sought < told:
        return Blind.OTHER_TYPES
    return Blind.ELSEWHERE if 2 * near < sought else None


def near_a_camera(stands: Sequence[Stand], told: Reports) -> Flags:
    """Tell of each case whether a camera that looks for such stands near."""
    is_near = np.zeros(len(told.at), bool)
    looking = [one for one in stands if one.hours > 0]
    somewhere = np.isfinite(told.lon) & np.isfinite(told.lat)
    for kind in sorted(set(told.types)):
        posts = np.array([(one.lon, one.lat) for one in looking if kind in one.types])
        rows = np.flatnonzero(somewhere & np.array([one == kind for one in told.types], bool))
        if not len(posts) or not len(rows):
            continue
        origin = (float(posts[0, 0]), float(posts[0, 1]))
        tree = cKDTree(_metres(posts[:, 0], posts[:, 1], origin))
        away, _ = tree.query(_metres(told.lon[rows], told.lat[rows], origin))
        is_near[rows] = away <= NEAR_M
    return is_near


def next_cameras(
    stands: Sequence[Stand], told: Reports, *, start: float, end: float, most: int
) -> tuple[Site, ...]:
    """Choose where further cameras would see most of what nobody sees, one after the other.

    Greedy maximum cover: at least 1 - 1/e of the best choice of so many (Nemhauser, Wolsey and
    Fisher 1978). Whoever chooses the largest of many overrates it, so sites are chosen by the
    first half of the period and their gain is counted in the second.

    Args:
        stands: The cameras.
        told: What people told of, from `start` on until before `end`.
        start: Of the period.
        end: The first moment after it.
        most: Sites at most; none is told of that nothing was chosen by.
    """
    unseen = np.flatnonzero(
        ~near_a_camera(stands, told) & np.isfinite(told.lon) & np.isfinite(told.lat)
    )
    if not len(unseen):
        return ()
    origin = float(told.lon[unseen].mean()), float(told.lat[unseen].mean())
    points = _metres(told.lon[unseen], told.lat[unseen], origin)
    is_first = told.at[unseen] < (start + end) / 2
    days = (end - start) / 2 / 86_400.0
    chosen = _greedy(points[is_first], most)
    left = points[~is_first]
    sites = []
    for at, count in chosen:
        seen = np.hypot(*(left - at).T) <= NEAR_M
        n, left = int(seen.sum()), left[~seen]
        low, high = (limit * _MONTH_D / days for limit in poisson_limits(n))
        lon, lat = _degrees(at, origin)
        sites.append(Site(lon, lat, count, n, n * _MONTH_D / days, low, high))
    return tuple(sites)


def _greedy(points: Array, most: int) -> list[tuple[Array, int]]:
    """Return places that cover most points, each with how many the ones before had left."""
    if not len(points):
        return []
    places = np.unique(np.round(points / _STEP_M), axis=0) * _STEP_M
    reached = cKDTree(points).query_ball_point(places, NEAR_M)
    is_left = np.ones(len(points), bool)
    chosen: list[tuple[Array, int]] = []
    gains = np.array([len(rows) for rows in reached])
    while len(chosen) < most and gains.max(initial=0) > 0:
        best = _best(gains, reached, is_left)
        count = int(is_left[reached[best]].sum())
        if not count:
            break
        chosen.append((places[best], count))
        is_left[reached[best]] = False
        gains[best] = 0
    return chosen


def _best(gains: Ints, reached: Sequence[list[int]], is_left: Array) -> int:
    """Return the place that covers most of what is left; a gain of before can only be less now."""
    while True:
        best = int(gains.argmax())
        now = int(is_left[reached[best]].sum())
        if now == gains[best]:
            return best
        gains[best] = now


def _metres(lon: Array, lat: Array, origin: tuple[float, float]) -> Array:
    east = (lon - origin[0]) * _DEGREE_M * cos(radians(origin[1]))
    return np.stack([east, (lat - origin[1]) * _DEGREE_M], axis=1)


def _degrees(at: Array, origin: tuple[float, float]) -> tuple[float, float]:
    lat = origin[1] + float(at[1]) / _DEGREE_M
    return origin[0] + float(at[0]) / (_DEGREE_M * cos(radians(origin[1]))), lat
