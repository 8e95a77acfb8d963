"""What the editor in the browser says was done, and what it makes of the sketch. Pure."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from streetwatch.service.config.document import Tree
from streetwatch.service.console.drawing.history import History
from streetwatch.service.console.drawing.sketch import (
    Corner,
    Sketch,
    added,
    calibrated,
    moved,
    removed,
    with_corner,
    with_corner_moved,
    without_corner,
)
from streetwatch.zones.zone import ZoneKind

Row = Annotated[int, Field(ge=0, le=1000)]


class Edit(BaseModel):
    """One gesture, finished.

    Attributes:
        what: Was done.
        id: Of the zone that it was done to.
        row: Of the corner.
        to: Where the corner is now, 0..1.
        by: How far the zone went.
        points: Corners of something new.
        gesture: Names gestures that are one step to undo.
    """

    model_config = ConfigDict(frozen=True, allow_inf_nan=False)

    what: Literal["draw", "ground", "corner", "insert", "drop", "shift", "remove", "undo", "redo"]
    id: str = Field("", max_length=64)
    row: Row = 0
    to: Corner = (0.0, 0.0)
    by: Corner = (0.0, 0.0)
    points: tuple[Corner, ...] = Field((), max_length=200)
    gesture: str = Field("", max_length=100)


def applied(history: History[Sketch], edit: Edit, *, kind: ZoneKind) -> History[Sketch]:
    """Return the history after an edit.

    Args:
        history: Of the sketch.
        edit: What was done.
        kind: Of a zone that was newly drawn.
    """
    match edit.what:
        case "undo":
            return history.undone()
        case "redo":
            return history.redone()
        case _:
            return history.then(_drawn(history.now, edit, kind), gesture=edit.gesture)


def _drawn(sketch: Sketch, edit: Edit, kind: ZoneKind) -> Sketch:
    match edit.what:
        case "draw":
            return added(sketch, edit.points, kind)
        case "ground":
            return calibrated(sketch, with_image(sketch.calibration, edit.points))
        case "shift":
            return moved(sketch, edit.id, edit.by)
        case "remove":
            return removed(sketch, edit.id)
        case _:
            return _with_corners(sketch, edit)


def _with_corners(sketch: Sketch, edit: Edit) -> Sketch:
    area = sketch.area(edit.id)
    # The browser may be a step behind: a corner that went away can't be moved.
    if area is None or edit.row >= len(area.polygon) + (edit.what == "insert"):
        return sketch
    match edit.what:
        case "insert":
            return with_corner(sketch, edit.id, edit.row, edit.to)
        case "drop":
            return without_corner(sketch, edit.id, edit.row)
        case _:
            return with_corner_moved(sketch, edit.id, edit.row, edit.to)


def with_image(calibration: Tree, points: tuple[Corner, ...]) -> Tree:
    """Return a calibration with other points of the picture, near left first.

    Whatever the order in which they were drawn, they run near left, near right, far right, far
    left: so the ground never lies mirrored.
    """
    before = calibration if isinstance(calibration, dict) else {}
    in_order = points if "image" in before else around(points)
    return {**before, "image": [[x, y] for x, y in in_order]}


def around(points: tuple[Corner, ...]) -> tuple[Corner, ...]:
    """Return four corners as near left, near right, far right, far left."""
    downwards = sorted(points, key=lambda point: point[1])
    far_left, far_right = sorted(downwards[:2])
    near_left, near_right = sorted(downwards[2:])
    return near_left, near_right, far_right, far_left


def selected_after(before: Sketch, after: Sketch, selected: str) -> str:
    """Return which zone is selected now: the new one, or still the same if it is there."""
    new = [area.id for area in after.areas if before.area(area.id) is None]
    if new:
        return new[-1]
    return selected if after.area(selected) else ""
