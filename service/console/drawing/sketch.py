"""What is drawn on one camera's picture, and every way to change it. Pure.

A sketch may be wrong while it is drawn: an outline that crosses itself, a zone without rules. What
is wrong is told by the schema of `cameras.yaml` and by nothing else.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from streetwatch.service.config.document import Tree
from streetwatch.zones.polygon import Polygon
from streetwatch.zones.zone import ZoneKind

#: Corners are kept to so many digits: a hundredth of a pixel of the widest camera.
_DIGITS: Final = 6
_LEAST_CORNERS: Final = 3

Corner = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Area:
    """A zone as it is being drawn.

    Attributes:
        id: Unique on its camera, or on the way to it.
        kind: What it means.
        polygon: Its outline.
        settings: Everything else that its entry in `cameras.yaml` has.
    """

    id: str
    kind: ZoneKind
    polygon: Polygon
    settings: Mapping[str, Tree] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Sketch:
    """Everything that is drawn on one picture.

    Attributes:
        areas: In the order in which they lie on each other.
        calibration: As `cameras.yaml` has it; None: nobody measured the ground.
    """

    areas: tuple[Area, ...] = ()
    calibration: Tree = None

    def area(self, name: str) -> Area | None:
        """Return a zone by its id."""
        return next((one for one in self.areas if one.id == name), None)


def added(sketch: Sketch, polygon: Iterable[Corner], kind: ZoneKind) -> Sketch:
    """Return the sketch with one more zone, the last."""
    area = Area(_free_id(sketch, kind), kind, _inside(polygon))
    return replace(sketch, areas=(*sketch.areas, area))


def copied(sketch: Sketch, areas: Iterable[Area]) -> Sketch:
    """Return the sketch with zones of another camera; an id that is taken gets a number."""
    for area in areas:
        name = area.id if sketch.area(area.id) is None else _free_id(sketch, area.id)
        sketch = replace(sketch, areas=(*sketch.areas, replace(area, id=name)))
    return sketch


def removed(sketch: Sketch, name: str) -> Sketch:
    """Return the sketch without a zone."""
    return replace(sketch, areas=tuple(one for one in sketch.areas if one.id != name))


def renamed(sketch: Sketch, name: str, new: str) -> Sketch:
    """Return the sketch with a zone called otherwise."""
    return _changed(sketch, name, lambda area: replace(area, id=new))


def of_kind(sketch: Sketch, name: str, kind: ZoneKind) -> Sketch:
    """Return the sketch with a zone of another kind, without what that kind can't have."""

    def change(area: Area) -> Area:
        unfit = {"rules"} if kind is not ZoneKind.PROHIBITED else set()
        unfit |= {"schedule", "grace_s"} if kind is not ZoneKind.PERMITTED else set()
        kept = {key: value for key, value in area.settings.items() if key not in unfit}
        return replace(area, kind=kind, settings=kept)

    return _changed(sketch, name, change)


def with_setting(sketch: Sketch, name: str, key: str, value: Tree) -> Sketch:
    """Return the sketch with one key of a zone's entry set; None takes it out."""

    def change(area: Area) -> Area:
        others = {one: kept for one, kept in area.settings.items() if one != key}
        return replace(area, settings=others if value is None else {**others, key: value})

    return _changed(sketch, name, change)


def with_corner(sketch: Sketch, name: str, row: int, corner: Corner) -> Sketch:
    """Return the sketch with a corner put in before another one of a zone."""
    return _reshaped(sketch, name, lambda old: (*old[:row], corner, *old[row:]))


def with_corner_moved(sketch: Sketch, name: str, row: int, corner: Corner) -> Sketch:
    """Return the sketch with a corner elsewhere."""
    return _reshaped(sketch, name, lambda old: (*old[:row], corner, *old[row + 1 :]))


def without_corner(sketch: Sketch, name: str, row: int) -> Sketch:
    """Return the sketch with one corner less; the last three stay."""

    def change(old: Polygon) -> Polygon:
        return old if len(old) <= _LEAST_CORNERS else (*old[:row], *old[row + 1 :])

    return _reshaped(sketch, name, change)


def moved(sketch: Sketch, name: str, by: Corner) -> Sketch:
    """Return the sketch with a whole zone moved, no further than the frame lets it."""

    def change(old: Polygon) -> Polygon:
        columns = list(zip(*old, strict=True))
        across, down = (
            min(max(step, -min(column)), 1 - max(column))
            for step, column in zip(by, columns, strict=True)
        )
        return tuple((x + across, y + down) for x, y in old)

    return _reshaped(sketch, name, change)


def calibrated(sketch: Sketch, calibration: Tree) -> Sketch:
    """Return the sketch with another calibration, or with none."""
    return replace(sketch, calibration=calibration)


def _reshaped(sketch: Sketch, name: str, change: Callable[[Polygon], Polygon]) -> Sketch:
    return _changed(sketch, name, lambda area: replace(area, polygon=_inside(change(area.polygon))))


def _changed(sketch: Sketch, name: str, change: Callable[[Area], Area]) -> Sketch:
    areas = tuple(change(area) if area.id == name else area for area in sketch.areas)
    return replace(sketch, areas=areas)


def _inside(polygon: Iterable[Corner]) -> Polygon:
    """Keep corners in the picture: the mouse may leave it."""
    return tuple(
        (round(min(max(x, 0.0), 1.0), _DIGITS), round(min(max(y, 0.0), 1.0), _DIGITS))
        for x, y in polygon
    )


def _free_id(sketch: Sketch, stem: str) -> str:
    base = stem.replace("_", "-")
    taken = {area.id for area in sketch.areas}
    return next(name for row in range(1, len(taken) + 2) if (name := f"{base}-{row}") not in taken)
