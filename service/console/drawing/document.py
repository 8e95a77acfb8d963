"""A camera's entry in `cameras.yaml` and the sketch of its zones: there and back. Pure."""

from collections.abc import Mapping
from typing import Any, Final

from streetwatch.service.config.document import Tree
from streetwatch.service.console.drawing.sketch import Area, Sketch
from streetwatch.zones.zone import ZoneKind

#: What a zone's entry has that is drawn; the rest are its settings.
_DRAWN: Final = frozenset({"id", "kind", "polygon"})

Document = Mapping[str, Tree]


def sketch_of(camera: Document) -> Sketch:
    """Return what is drawn on a camera's picture.

    Args:
        camera: Its entry, which the schema has found right.
    """
    zones: Any = camera.get("zones") or ()
    return Sketch(tuple(_area(zone) for zone in zones), camera.get("calibration"))


def with_sketch(camera: Document, sketch: Sketch) -> dict[str, Tree]:
    """Return a camera's entry with its zones and calibration as they were drawn."""
    document = dict(camera)
    document["zones"] = [_zone(area) for area in sketch.areas]
    document.pop("calibration", None)
    if sketch.calibration is not None:
        document["calibration"] = sketch.calibration
    return document


def _area(zone: Any) -> Area:  # noqa: ANN401 -- a mapping of the document, checked before
    return Area(
        id=zone["id"],
        kind=ZoneKind(zone.get("kind", ZoneKind.PROHIBITED)),
        polygon=tuple((x, y) for x, y in zone["polygon"]),
        settings={key: value for key, value in zone.items() if key not in _DRAWN},
    )


def _zone(area: Area) -> dict[str, Tree]:
    corners: list[Tree] = [[x, y] for x, y in area.polygon]
    return {"id": area.id, "polygon": corners, "kind": str(area.kind), **area.settings}
