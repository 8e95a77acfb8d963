"""Cameras and cases as points of a map."""

from collections.abc import Iterable, Iterator, Mapping
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
                **_at(one.place, crs),
                "kind": "camera",
                "tone": sign.tone,
                "sign": sign.icon,
                "label": f"{one.name}: {condition_words(one, say)}",
                "href": f"/console/wall/{one.id}",
            }


def case_points(
    cases: Iterable[Mapping[str, Any]], crs: MapCrs, *, names: Mapping[str, str], say: Say
) -> Iterator[dict[str, Any]]:
    """Yield the cases that are somewhere, in the colour of their level."""
    for case in cases:
        place = case.get("place")
        if place:
            level = case.get("level") or ""
            words = (
                case["number"],
                names.get(case["type"], case["type"]),
                worded(STATES, case["state"], say),
            )
            yield {
                **_at(Place(place["lon"], place["lat"]), crs),
                "kind": "case",
                "tone": level or "idle",
                "sign": "report",
                "label": " · ".join(words),
                "href": f"/console/cases/{case['number']}",
                "above": _ABOVE.get(level, 0),
            }


def _at(place: Place, crs: MapCrs) -> dict[str, float]:
    at = on_map(place, crs)
    return {"lon": round(at.lon, 6), "lat": round(at.lat, 6)}
