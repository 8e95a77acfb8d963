"""How long it takes from one place to another: on roads where there are any. Pure.

Roads are the lines of a GeoJSON document; they meet where they have a point in common. Off the
roads, and where there are none, people go straight, with a detour.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final, TypeAlias

import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_array
from scipy.sparse.csgraph import dijkstra
from scipy.spatial import cKDTree, distance

from streetwatch.zones.ground import MapPoint

#: How much longer the way through streets is than the straight line.
DETOUR: Final = 1.3

#: A place that is further off every road is reached straight.
NEAR_M: Final = 300.0

#: Points of lines that are closer than this are one crossing: a tenth of a metre.
_DIGITS: Final = 6

Metres: TypeAlias = npt.NDArray[np.float64]


class NoRoadsError(ValueError):
    """A document has no roads; says what is wrong."""


@dataclass(frozen=True, slots=True, eq=False)
class Roads:
    """A road graph.

    Attributes:
        points: Crossings and bends, in order of their numbers.
        edges: Pairs of numbers.
    """

    points: tuple[MapPoint, ...] = ()
    edges: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Ways:
    """The ways between places.

    Attributes:
        seconds: From each place to each, (N, N).
        on_road: Which places are reached by road.
    """

    seconds: npt.NDArray[np.float64]
    on_road: tuple[bool, ...]


def roads_of(document: Mapping[str, Any]) -> Roads:
    """Return the roads of a GeoJSON document: its LineStrings and MultiLineStrings.

    Raises:
        NoRoadsError: it has none, or one is malformed.
    """
    numbers: dict[MapPoint, int] = {}
    edges: list[tuple[int, int]] = []
    for line in _lines(document):
        along = [numbers.setdefault(_corner(one), len(numbers)) for one in line]
        edges += pairwise(along)
    if not edges:
        raise NoRoadsError("has no roads: write a GeoJSON FeatureCollection of LineStrings")
    return Roads(tuple(numbers), tuple(edges))


def ways(places: Sequence[MapPoint], roads: Roads, *, speed_m_s: float) -> Ways:
    """Return how long it takes from each place to each.

    Args:
        places: Where people go.
        roads: Without any, everybody goes straight.
        speed_m_s: On foot 1.2, on an electric bicycle 4.
    """
    here = _metres(places, places)
    straight = DETOUR * _gaps(here)
    if not roads.edges or not places:
        return Ways(straight / speed_m_s, (False,) * len(places))
    crossings = _metres(roads.points, places)
    off_m, nearest = cKDTree(crossings).query(here)
    is_near = off_m <= NEAR_M
    along = _along(roads, crossings, nearest) + off_m[:, None] + off_m[None, :]
    by_road = np.where(is_near[:, None] & is_near[None, :] & np.isfinite(along), along, straight)
    np.fill_diagonal(by_road, 0.0)
    return Ways(by_road / speed_m_s, tuple(bool(one) for one in is_near))


def _along(
    roads: Roads, crossings: Metres, starts: npt.NDArray[np.intp]
) -> npt.NDArray[np.float64]:
    """Return how far each start is from each by road, metres."""
    ends = np.array(roads.edges)
    lengths = np.hypot(*(crossings[ends[:, 0]] - crossings[ends[:, 1]]).T)
    graph = coo_array(
        (np.maximum(lengths, 1e-3), (ends[:, 0], ends[:, 1])), shape=(len(crossings),) * 2
    )
    once, of = np.unique(starts, return_inverse=True)  # many places lie at one crossing
    found: npt.NDArray[np.float64] = dijkstra(graph.tocsr(), directed=False, indices=once)
    return found[np.ix_(of, starts)]


def _metres(points: Sequence[MapPoint], around: Sequence[MapPoint]) -> Metres:
    """Return points as metres east and north of the first place."""
    return np.array([around[0].metres_to(one) for one in points], np.float64).reshape(-1, 2)


def _gaps(points: Metres) -> npt.NDArray[np.float64]:
    return np.asarray(distance.cdist(points, points))


def _lines(document: Mapping[str, Any]) -> Iterator[Sequence[Any]]:
    features = document.get("features")
    if not isinstance(features, list):
        raise NoRoadsError("is no GeoJSON FeatureCollection: `features` must be a list")
    for feature in features:
        geometry = feature.get("geometry") if isinstance(feature, dict) else None
        if isinstance(geometry, dict):
            yield from _lines_of(geometry)


def _lines_of(geometry: Mapping[str, Any]) -> Iterator[Sequence[Any]]:
    kind, coordinates = geometry.get("type"), geometry.get("coordinates")
    if kind != "LineString" and kind != "MultiLineString":  # noqa: PLR1714 -- it may be a list
        return
    lines = [coordinates] if kind == "LineString" else coordinates
    if not isinstance(lines, list) or not all(isinstance(line, list) for line in lines):
        raise NoRoadsError(f"a {kind} has no list of coordinates")
    yield from lines


def _corner(pair: Any) -> MapPoint:  # noqa: ANN401 -- whatever the document has
    try:
        lon, lat = float(pair[0]), float(pair[1])
    except (TypeError, ValueError, IndexError, KeyError, OverflowError) as error:
        raise NoRoadsError(f"{pair!r} is no point of a road: write [lon, lat]") from error
    if not (-180 <= lon <= 180 and -90 <= lat <= 90):
        raise NoRoadsError(f"[{lon:g}, {lat:g}] is nowhere on the map: write degrees, WGS-84")
    return MapPoint(round(lon, _DIGITS), round(lat, _DIGITS))
