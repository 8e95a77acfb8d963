"""The outline of a unit grid: GeoJSON polygons in degrees, checked position by position."""

import json
from itertools import pairwise
from math import cos, radians
from typing import Any

import shapely
from shapely.errors import GEOSException, ShapelyError
from shapely.geometry import mapping, shape

_METRES_A_DEGREE = 111_320.0


def area_of(geometry: dict[str, Any]) -> shapely.Geometry:
    """Read a polygon or multipolygon in degrees.

    Raises:
        ValueError: it is none, is open, crosses itself, or lies outside the world.
    """
    kind, coordinates = geometry.get("type"), geometry.get("coordinates")
    if kind not in {"Polygon", "MultiPolygon"} or not isinstance(coordinates, list):
        raise ValueError("write a Polygon or a MultiPolygon with its coordinates")
    for polygon in [coordinates] if kind == "Polygon" else coordinates:
        if not isinstance(polygon, list) or not polygon:
            raise ValueError("a polygon without rings")
        for ring in polygon:
            _check_ring(ring)
    try:
        area = shapely.force_2d(shape({"type": kind, "coordinates": coordinates}))
    except (ShapelyError, GEOSException, ValueError, TypeError) as error:
        raise ValueError(f"no area: {error}") from None
    if area.is_empty or not area.is_valid:
        raise ValueError(f"no sound area ({shapely.is_valid_reason(area)}): mend it in the GIS")
    shapely.prepare(area)
    return area


def _check_ring(ring: object) -> None:
    if not isinstance(ring, list) or len(ring) < 4:
        raise ValueError("a ring needs at least 4 positions, the last like the first")
    for position in ring:
        _check_position(position)
    if ring[0] != ring[-1]:
        raise ValueError("a ring is not closed: repeat its first position at its end")
    if any(abs(a[0] - b[0]) > 1 or abs(a[1] - b[1]) > 1 for a, b in pairwise(ring)):
        raise ValueError("an edge is longer than a degree: no unit grid is")


def _check_position(position: object) -> None:
    if not isinstance(position, list) or len(position) not in {2, 3}:
        raise ValueError("write each position as [lon, lat]")
    if not all(isinstance(one, int | float) and not isinstance(one, bool) for one in position):
        raise ValueError("a coordinate is not a number")
    lon, lat = position[:2]
    if abs(lon) <= 180 and abs(lat) <= 90:
        return
    if abs(lat) <= 180 and abs(lon) <= 90:
        raise ValueError(f"[{lon}, {lat}] is [lat, lon]: write [lon, lat]")
    raise ValueError(f"[{lon}, {lat}] is not in degrees: export as EPSG:4326 or EPSG:4490")


def square_metres(area: shapely.Geometry) -> float:
    """Return about how large an area is."""
    narrower = cos(radians(area.centroid.y))
    return float(area.area) * _METRES_A_DEGREE**2 * narrower


def geometry_of(area: shapely.Geometry) -> dict[str, Any]:
    """Return an area as GeoJSON."""
    geometry: dict[str, Any] = json.loads(json.dumps(mapping(area)))
    return geometry
