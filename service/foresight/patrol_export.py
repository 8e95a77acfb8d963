"""Routes for other programs: GeoJSON for maps, GPX for what people carry. Pure."""

from collections.abc import Iterator, Sequence
from html import escape
from typing import Any

from streetwatch.service.foresight.patrol_plan import Route, Visit
from streetwatch.vision.types import Seconds
from streetwatch.zones.ground import MapPoint


def clock(second_of_day: Seconds) -> str:
    """Write a second of the day as people do.

    >>> clock(8 * 3600 + 5 * 60 + 59)
    '08:05'
    """
    minutes = int(second_of_day // 60)
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def geo_uri(at: MapPoint) -> str:
    """Return what a telephone opens its map with (RFC 5870).

    >>> geo_uri(MapPoint(121.47, 31.23))
    'geo:31.230000,121.470000'
    """
    return f"geo:{at.lat:.6f},{at.lon:.6f}"


def as_geojson(routes: Sequence[Route], base: MapPoint) -> dict[str, Any]:
    """Write routes as a FeatureCollection (RFC 7946): a line a team, a point a visit."""
    return {"type": "FeatureCollection", "features": list(_features(routes, base))}


def _features(routes: Sequence[Route], base: MapPoint) -> Iterator[dict[str, Any]]:
    for route in routes:
        way = [base, *(one.at for one in route.visits), base]
        line = {"type": "LineString", "coordinates": [_pair(one) for one in way]}
        yield _feature(line, {"team": route.team, "visits": len(route.visits)})
        for place, visit in enumerate(route.visits, start=1):
            point = {"type": "Point", "coordinates": _pair(visit.at)}
            yield _feature(point, {"team": route.team, "order": place, **_told(visit)})


def _told(visit: Visit) -> dict[str, Any]:
    return {
        "place": visit.place,
        "arrive": clock(visit.arrive_s),
        "leave": clock(visit.leave_s),
        "expected": round(visit.expected, 3),
    }


def _feature(geometry: dict[str, Any], properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "Feature", "geometry": geometry, "properties": properties}


def _pair(at: MapPoint) -> list[float]:
    return [round(at.lon, 6), round(at.lat, 6)]


def as_gpx(routes: Sequence[Route]) -> str:
    """Write routes as GPX 1.1: a `rte` a team, a `rtept` a visit with its time in its words."""
    lines = "".join(map(_rte, routes))
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<gpx version="1.1" creator="streetwatch" xmlns="http://www.topografix.com/GPX/1/1">\n'
        f"{lines}</gpx>\n"
    )


def _rte(route: Route) -> str:
    points = "".join(map(_rtept, route.visits))
    return f"<rte><name>{route.team}</name>\n{points}</rte>\n"


def _rtept(visit: Visit) -> str:
    name, when = escape(visit.place), f"{clock(visit.arrive_s)}-{clock(visit.leave_s)}"
    at = f'lat="{visit.at.lat:.6f}" lon="{visit.at.lon:.6f}"'
    return f"<rtept {at}><name>{name}</name><desc>{when}</desc></rtept>\n"
