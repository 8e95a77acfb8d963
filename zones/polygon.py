"""Polygons as the operator drew them: corners in 0..1 of the picture's width and height."""

from functools import lru_cache
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import shapely

from streetwatch.vision.types import Boxes, Size

Polygon: TypeAlias = tuple[tuple[float, float], ...]  #: at least 3 corners, (x, y) in 0..1
Points: TypeAlias = npt.NDArray[np.float64]  #: (N, 2), x y, pixels


def problem(polygon: Polygon) -> str | None:
    """Say what is wrong with a polygon and what to do, or None where it is sound."""
    if len(polygon) < 3:
        return f"a polygon needs at least 3 corners, this one has {len(polygon)}"
    outside = [corner for corner in polygon if not all(0 <= value <= 1 for value in corner)]
    if outside:
        x, y = outside[0]
        return f"corner [{x:g}, {y:g}] leaves the picture: write x and y as 0..1 of its size"
    shape = shapely.Polygon(polygon)
    if not shape.is_valid:
        return "the outline crosses or touches itself: list the corners in order around the area"
    if shape.area == 0:
        return "the corners lie on one line: spread them around the area"
    return None


def contains(polygon: Polygon, points: Points, size: Size) -> npt.NDArray[np.bool_]:
    """Tell which pixel points lie inside the polygon; the border counts as inside.

    >>> square = ((0.0, 0.0), (0.5, 0.0), (0.5, 0.5), (0.0, 0.5))
    >>> points = np.array([[10.0, 10.0], [50.0, 20.0], [51.0, 20.0]])
    >>> contains(square, points, (100, 100)).tolist()
    [True, True, False]
    """
    outline = _outline(polygon, size)
    inside: npt.NDArray[np.bool_] = shapely.intersects_xy(outline, points[:, 0], points[:, 1])
    return inside


def touches(polygon: Polygon, boxes: Boxes, size: Size) -> npt.NDArray[np.bool_]:
    """Tell which boxes have a point in common with the polygon.

    >>> square = ((0.0, 0.0), (0.5, 0.0), (0.5, 0.5), (0.0, 0.5))
    >>> boxes = np.array([[40.0, 40.0, 60.0, 60.0], [51.0, 0.0, 60.0, 60.0]], np.float32)
    >>> touches(square, boxes, (100, 100)).tolist()
    [True, False]
    """
    met: npt.NDArray[np.bool_] = shapely.intersects(_outline(polygon, size), shapely.box(*boxes.T))
    return met


@lru_cache(maxsize=1024)
def _outline(polygon: Polygon, size: Size) -> shapely.Polygon:
    """Return the polygon in pixels, prepared for many questions: every look asks the same."""
    outline = shapely.Polygon(np.asarray(polygon) * size)
    shapely.prepare(outline)
    return outline
