"""What the zone editor in the browser draws, from the sketch. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from streetwatch.service.config.checking import Mistake
from streetwatch.service.config.document import Tree
from streetwatch.service.config.ground_schema import CalibrationEntry
from streetwatch.service.console.drawing.metre_grid import metre_grid
from streetwatch.service.console.drawing.size_guide import size_guide
from streetwatch.service.console.drawing.sketch import Area, Sketch
from streetwatch.vision.types import Size
from streetwatch.zones.zone import ZoneKind

#: Kinds that are cut out of prohibited zones.
_CUTS = frozenset({ZoneKind.PERMITTED, ZoneKind.EXCLUDE})


@dataclass(frozen=True, slots=True)
class Spoken:
    """How zones are told to those who can't see them, in their language.

    Attributes:
        area: `{name}, {kind}, {total} corners`.
        kinds: What each kind is called.
    """

    area: str
    kinds: Mapping[str, str]

    def of(self, area: Area) -> str:
        """Tell a zone."""
        kind = self.kinds[area.kind]
        return self.area.format(name=area.id, kind=kind, total=len(area.polygon))


def areas_drawn(sketch: Sketch, wrong: Mapping[str, str], spoken: Spoken) -> list[dict[str, Any]]:
    """Return the zones as the editor draws them.

    Args:
        sketch: What is drawn.
        wrong: What is wrong with an outline, by the zone's id.
        spoken: Tells them to screen readers.
    """
    return [
        {
            "id": area.id,
            "kind": str(area.kind),
            "points": [list(corner) for corner in area.polygon],
            "cuts": area.kind in _CUTS,
            "wrong": wrong.get(area.id, ""),
            "said": spoken.of(area),
        }
        for area in sketch.areas
    ]


def ground_drawn(calibration: Tree, size: Size, *, least_px: float) -> dict[str, Any]:
    """Return the four points, and where they fix the ground its grid and the size guide."""
    image = calibration.get("image") if isinstance(calibration, dict) else None
    drawn: dict[str, Any] = {"ground": image or [], "grid": [], "guide": [], "step_m": 0}
    try:
        entry = CalibrationEntry.model_validate(calibration)
    except ValidationError:  # not measured, or not yet as it should be: the form says what is wrong
        return drawn
    found, quad = entry.calibration(), entry.quad
    grid = metre_grid(found, quad)
    rows = size_guide(found, size, least_px=least_px)
    guide = [{"y": row.y, "width": row.width, "is_enough": row.is_enough} for row in rows]
    return {**drawn, "grid": grid.lines, "guide": guide, "step_m": grid.step_m}


def wrong_outlines(sketch: Sketch, mistakes: Iterable[Mistake]) -> dict[str, Mistake]:
    """Return what is wrong with the outlines, by the zone's id.

    Args:
        sketch: What is drawn.
        mistakes: In the camera's document.
    """
    found: dict[str, Mistake] = {}
    for one in mistakes:
        match one.location:
            case ("zones", int(row), "polygon", *_):
                found[sketch.areas[row].id] = one
            case _:
                pass
    return found
