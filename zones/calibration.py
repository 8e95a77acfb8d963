"""Calibration: from a point of the picture to the point of the ground that it shows. Pure.

Four points of the picture whose places on the ground are known fix a homography, which is exact
for flat ground and a lens without distortion. Heights are not seen: only what touches the ground
has a place.
"""

from dataclasses import dataclass
from math import hypot
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import shapely

from streetwatch.vision.types import Box, Size
from streetwatch.zones.ground import MapPoint, Metres, distance_m

Point: TypeAlias = tuple[float, float]  #: x y, 0..1 of the picture's width and height
Quad: TypeAlias = tuple[Point, Point, Point, Point]

#: Four points further apart are a slip of the pen: longitude and latitude swapped, a digit lost.
FURTHEST_M = 1_000.0

#: Four points closer together say nothing about the rest of the street.
LEAST_AREA_M2 = 2.0
LEAST_AREA_SHARE = 0.001  #: of the picture

#: Singular values further apart leave the ground to the last digit of what was written.
_WORST_CONDITION = 1e5

#: A share of the picture that boxes are unsure by, and how many metres it may make: towards the
#: horizon nobody knows where a thing stands.
_UNSURE_SHARE = 0.01
_UNSURE_M = 5.0


@dataclass(frozen=True, slots=True)
class Footprint:
    """Where an object stands.

    Attributes:
        at: The ground under the middle of its box's lower edge.
        width_m: Length of that edge on the ground; None where an end of it can't be told.
    """

    at: MapPoint
    width_m: float | None


@dataclass(frozen=True, slots=True)
class Calibration:
    """A camera's view of the ground. Made by `calibrated`.

    Attributes:
        origin: What metres are counted from.
        matrix: Homography from picture (x, y, 1) to metres (east, north, 1), row by row; its last
            row is positive on the ground's side of the horizon.
    """

    origin: MapPoint
    matrix: tuple[float, ...]

    def metres(self, point: Point) -> Metres | None:
        """Return the ground at a point of the picture, None where there is sky."""
        x, y = point
        a, b, c, d, e, f, g, h, i = self.matrix
        depth = g * x + h * y + i
        if depth <= 0:
            return None
        return (a * x + b * y + c) / depth, (d * x + e * y + f) / depth

    def on_map(self, point: Point) -> MapPoint | None:
        """Return the place on the map at a point of the picture, None where there is sky."""
        metres = self.metres(point)
        return None if metres is None else self.origin.moved(metres)

    def footprint(self, box: Box, size: Size) -> Footprint | None:
        """Return where a box stands, None where that can't be told to a few metres.

        Args:
            box: Pixels.
            size: Of the picture.
        """
        (x1, _, x2, y2), (width, height) = box, size
        at = self._surely((x1 + x2) / 2 / width, y2 / height)
        if at is None:
            return None
        left, right = self._surely(x1 / width, y2 / height), self._surely(x2 / width, y2 / height)
        span = None if left is None or right is None else distance_m(left, right)
        return Footprint(at, span)

    def _surely(self, x: float, y: float) -> MapPoint | None:
        here, above = self.metres((x, y)), self.metres((x, y - _UNSURE_SHARE))
        if here is None or above is None:
            return None
        unsure_m = hypot(above[0] - here[0], above[1] - here[1])
        return self.origin.moved(here) if unsure_m <= _UNSURE_M else None


def problem(image: Quad, ground: tuple[MapPoint, ...]) -> str | None:
    """Say what is wrong with four pairs of points and what to do, or None where they will do."""
    metres = _metres(ground)
    return (
        _reach_problem(ground)
        or _outline_problem("image", image, LEAST_AREA_SHARE, "0.1 % of the picture")
        or _outline_problem("ground", metres, LEAST_AREA_M2, f"{LEAST_AREA_M2:g} m2")
        or _orientation_problem(image, metres)
        or _condition_problem(image, metres)
    )


def calibrated(image: Quad, ground: tuple[MapPoint, ...]) -> Calibration:
    """Return the calibration that four pairs of points fix.

    Args:
        image: In order around an area that is flat.
        ground: The same four, in the same order.

    Raises:
        ValueError: they fix none; says why.
    """
    found = problem(image, ground)
    if found is not None:
        raise ValueError(found)
    matrix, _ = _solved(image, _metres(ground))
    # The four are on the ground: whichever sign the third row has there is the ground's side.
    depth = np.dot(matrix[6:], (*image[0], 1.0))
    return Calibration(ground[0], tuple((matrix * np.sign(depth)).tolist()))


def _metres(ground: tuple[MapPoint, ...]) -> tuple[Metres, ...]:
    return tuple(ground[0].metres_to(point) for point in ground)


def _reach_problem(ground: tuple[MapPoint, ...]) -> str | None:
    if max(distance_m(ground[0], point) for point in ground) <= FURTHEST_M:
        return None
    return f"the ground points are more than {FURTHEST_M:g} m apart: longitude first, then latitude"


def _outline_problem(
    name: str, quad: tuple[Point, ...], least_area: float, said: str
) -> str | None:
    shape = shapely.Polygon(quad)
    if not shape.is_valid:
        return f"the {name} points cross or repeat: list them in order around an area"
    if shape.area < least_area:
        return f"the {name} points span less than {said}: take four far apart, no three on a line"
    # A straight street is seen as an area without a dent, and shown as one.
    if not np.isclose(shape.convex_hull.area, shape.area) or _has_flat_corner(quad):
        return (
            f"three of the {name} points are on a line, or one lies between the others: "
            "take the corners of an area"
        )
    return None


def _has_flat_corner(quad: tuple[Point, ...]) -> bool:
    """Tell whether three points lie nearly on a line: the area they span is next to nothing."""
    whole = shapely.Polygon(quad).area
    corners = (quad[:row] + quad[row + 1 :] for row in range(len(quad)))
    return any(shapely.Polygon(three).area < 0.01 * whole for three in corners)


def _orientation_problem(image: Quad, metres: tuple[Metres, ...]) -> str | None:
    """Refuse a mirrored ground: a picture's y runs down, north runs up."""
    if _turn(image) * _turn(metres) < 0:
        return None
    return (
        "the ground lies mirrored: give both lists the same order, "
        "seen from above clockwise on the map where it is clockwise in the picture"
    )


def _turn(quad: tuple[Point, ...]) -> float:
    points = np.array(quad)
    x, y = points.T
    return float(np.sum(x * np.roll(y, -1) - y * np.roll(x, -1)))


def _condition_problem(image: Quad, metres: tuple[Metres, ...]) -> str | None:
    if _solved(image, metres)[1] <= _WORST_CONDITION:
        return None
    return "the points fix the ground too loosely: take four further apart in the picture"


def _solved(
    image: Quad, metres: tuple[Metres, ...]
) -> tuple[npt.NDArray[np.float64], np.floating[Any]]:
    """Return the homography as nine numbers of any scale, and how loosely the points fix it.

    It solves `east * depth = a x + b y + c` and the like for each point: eight equations, whose
    null vector it is.
    """
    span = np.ptp(np.array(metres), axis=0).max()
    rows: list[list[float]] = []
    for (x, y), (east, north) in zip(image, np.array(metres) / span, strict=True):
        rows.append([x, y, 1, 0, 0, 0, -x * east, -y * east, -east])
        rows.append([0, 0, 0, x, y, 1, -x * north, -y * north, -north])
    _, sizes, directions = np.linalg.svd(np.array(rows))
    return directions[-1] * np.repeat([span, span, 1.0], 3), sizes[0] / sizes[-1]
