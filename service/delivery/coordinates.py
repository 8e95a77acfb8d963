"""From the earth's coordinates to those of Chinese web maps and back; for adapters only.

GCJ-02 (Amap, Tencent and most city platforms) shifts a place by 300 to 700 m; BD-09 (Baidu) shifts
it once more. Neither has an official text. These are the formulae that every open implementation
shares: eviltransform (github.com/googollee/eviltransform) and PRCoords for GCJ-02, coordtransform
(github.com/wandergis/coordtransform) for BD-09; the tests hold the pairs that those publish.
CGCS2000 is taken for WGS-84: they differ by centimetres to decimetres.
"""

from math import atan2, cos, hypot, pi, radians, sin, sqrt
from typing import Final, NamedTuple, assert_never

from streetwatch.service.config.target_values import MapCrs
from streetwatch.zones.place import Place

#: Krasovsky 1940: half of the long axis in metres, and the square of the eccentricity.
_AXIS_M: Final = 6_378_245.0
_ECCENTRICITY_2: Final = 0.00669342162296594323

#: The shift is a polynomial and waves around this point.
_CENTRE_LON: Final = 105.0
_CENTRE_LAT: Final = 35.0

#: A wave `amplitude * sin(pi * x / divisor)` of the shift, metres.
_NORTH_WAVES: Final = ((20.0, 1.0), (40.0, 3.0), (160.0, 12.0), (320.0, 30.0))
_EAST_WAVES: Final = ((20.0, 1.0), (40.0, 3.0), (150.0, 12.0), (300.0, 30.0))

_BD_LON: Final = 0.0065
_BD_LAT: Final = 0.006
_BD_WAVES: Final = 3000.0 / 180.0 * pi

#: Each round of an inverse leaves about a thousandth of the error: 500 m, 0.5 m, 0.5 mm, ...
_ROUNDS: Final = 6


class Point(NamedTuple):
    """Degrees east and north, in whatever system the name says."""

    lon: float
    lat: float


def on_map(place: Place, crs: MapCrs) -> Point:
    """Return a place as a platform's map has it."""
    point = Point(place.lon, place.lat)
    match crs:
        case MapCrs.WGS84 | MapCrs.CGCS2000:
            return point
        case MapCrs.GCJ02:
            return gcj02(point)
        case MapCrs.BD09:
            return bd09(gcj02(point))
        case _:
            assert_never(crs)


def gcj02(earth: Point) -> Point:
    """Return GCJ-02 of WGS-84; outside China the two are the same.

    >>> [round(degrees, 6) for degrees in gcj02(Point(116.404, 39.915))]
    [116.410244, 39.916404]
    """
    if not in_china(earth):
        return earth
    east, north = _shift(earth)
    return Point(earth.lon + east, earth.lat + north)


def earth_of(gcj: Point) -> Point:
    """Return WGS-84 of GCJ-02, by rounds of the formula there."""
    guess = gcj
    for _ in range(_ROUNDS):
        there = gcj02(guess)
        guess = Point(guess.lon + gcj.lon - there.lon, guess.lat + gcj.lat - there.lat)
    return guess


def bd09(gcj: Point) -> Point:
    """Return BD-09 of GCJ-02."""
    far = hypot(gcj.lon, gcj.lat) + 0.00002 * sin(gcj.lat * _BD_WAVES)
    angle = atan2(gcj.lat, gcj.lon) + 0.000003 * cos(gcj.lon * _BD_WAVES)
    return Point(far * cos(angle) + _BD_LON, far * sin(angle) + _BD_LAT)


def gcj_of(bd: Point) -> Point:
    """Return GCJ-02 of BD-09, by rounds of the formula there."""
    guess = Point(bd.lon - _BD_LON, bd.lat - _BD_LAT)
    for _ in range(_ROUNDS):
        there = bd09(guess)
        guess = Point(guess.lon + bd.lon - there.lon, guess.lat + bd.lat - there.lat)
    return guess


def in_china(point: Point) -> bool:
    """Tell whether the shift applies: the box that all implementations share."""
    return 72.004 <= point.lon <= 137.8347 and 0.8293 <= point.lat <= 55.8271


def _shift(earth: Point) -> Point:
    """Return the shift in degrees."""
    x, y = earth.lon - _CENTRE_LON, earth.lat - _CENTRE_LAT
    both = 20.0 * sin(6.0 * x * pi) + 20.0 * sin(2.0 * x * pi)
    root = sqrt(abs(x))
    north = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root
    east = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root
    north += 2.0 / 3.0 * (both + _waves(_NORTH_WAVES, y))
    east += 2.0 / 3.0 * (both + _waves(_EAST_WAVES, x))
    bent = 1.0 - _ECCENTRICITY_2 * sin(radians(earth.lat)) ** 2
    meridian_m = _AXIS_M * (1.0 - _ECCENTRICITY_2) / bent**1.5
    parallel_m = _AXIS_M / sqrt(bent) * cos(radians(earth.lat))
    return Point(east / radians(parallel_m), north / radians(meridian_m))


def _waves(waves: tuple[tuple[float, float], ...], x: float) -> float:
    return sum(amplitude * sin(x * pi / divisor) for amplitude, divisor in waves)
