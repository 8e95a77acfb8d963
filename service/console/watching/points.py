"""Cameras and cases as points of a map."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from streetwatch.service.config.target_values import MapCrs
from streetwatch.service.console.casework.words import STATES, Say, worded
from streetwatch.service.console.watching.signs import SIGNS
from streetwatch.service.console.watching.tiles import condition_words
from streetwatch.service.delivery.coordinates import on_map
from streetwatch.service.runtime.live import LiveCamera
from streetwatch.zones.place import Place

#: Cases are drawn over cameras, the red ones over all.
_ABOVE: Final = {"": 100, "yellow": 200, "orange": 300, "red": 400}


def camera_points(cameras: Iterable[LiveCamera], crs: MapCrs, say: Say) -> Iterator[dict[str, Any]]:
    """Yield the cameras of which anybody wrote down where they stand."""
    for one in cameras:
        if one.place is not None:
            sign = SIGNS[one.condition]
            yield {
                **at_on_map(one.place, crs),
                "kind": "camera",
                "tone": sign.tone,
                "sign": sign.icon,
                "label": f"{one.name}: {condition_words(one, say)}",
                "href": f"/console/wall/{one.id}",
            }


def case_points(
    cases: Iterable[Mapping[str, Any]], crs: MapCrs, *, names: Mapping[str, str], say: Say
) -> Iterator[dict[str, Any]]:
    """Yield the cases that are somewhere, in the colour of their level; one camera's are one."""
    gathered: dict[str, list[Mapping[str, Any]]] = {}
    for case in cases:
        if case.get("place"):
            gathered.setdefault(_whose(case), []).append(case)
    for together in gathered.values():
        yield _case_point(together, crs, names, say)


def _whose(case: Mapping[str, Any]) -> str:
    camera = case.get("camera")
    return str(camera["id"] if camera else case["number"])


def _case_point(
    cases: Sequence[Mapping[str, Any]], crs: MapCrs, names: Mapping[str, str], say: Say
) -> dict[str, Any]:
    first, n = cases[0], len(cases)
    level = max((one.get("level") or "" for one in cases), key=list(_ABOVE).index)
    return {
        **at_on_map(Place(first["place"]["lon"], first["place"]["lat"]), crs),
        "kind": "case",
        "tone": level or "idle",
        "count": n,
        "label": _told(first, names, say) if n == 1 else _told_together(first, n, say),
        "href": _way(first) if n == 1 else f"/console/cases?camera={first['camera']['id']}",
        "above": _ABOVE[level],
    }


def _told(case: Mapping[str, Any], names: Mapping[str, str], say: Say) -> str:
    kind = names.get(case["type"], case["type"])
    return " · ".join((case["number"], kind, worded(STATES, case["state"], say)))


def _told_together(case: Mapping[str, Any], n: int, say: Say) -> str:
    count = say("{count} open case", "{count} open cases", count=n)
    return f"{case['camera']['name']}: {count}"


def _way(case: Mapping[str, Any]) -> str:
    return f"/console/cases/{case['number']}"


def ring_on_map(ring: Sequence[tuple[float, float]], crs: MapCrs) -> list[list[float]]:
    """Return an outline on the map that is shown, latitude first."""
    corners = (at_on_map(Place(lon, lat), crs) for lon, lat in ring)
    return [[one["lat"], one["lon"]] for one in corners]


def at_on_map(place: Place, crs: MapCrs) -> dict[str, float]:
    """Return where a place is on the map that is shown."""
    at = on_map(place, crs)
    return {"lon": round(at.lon, 6), "lat": round(at.lat, 6)}
