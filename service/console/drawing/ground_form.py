"""The ground's four points as people measure them: a rectangle and which way it lies. Pure."""

from dataclasses import dataclass
from typing import Any, Final

from streetwatch.service.config.document import Tree
from streetwatch.service.console.drawing.metre_grid import rectangle

#: Centimetres; a tape is no finer.
_DIGITS: Final = 2


@dataclass(frozen=True, slots=True)
class Measured:
    """A rectangle on the ground, as seen from the camera.

    Attributes:
        width_m: Its near side.
        length_m: From near to far.
        heading: Where far is, degrees from north over east.
        lon: Of its near left corner, degrees.
        lat: Of its near left corner, degrees.
    """

    width_m: float | None = None
    length_m: float | None = None
    heading: float | None = 0.0
    lon: float | None = None
    lat: float | None = None


def measured(calibration: Tree, rectangle_: Measured) -> Tree:
    """Return a calibration whose ground is a rectangle; what is not filled in is left out."""
    kept = _kept(calibration, {"image"})
    width, length = rectangle_.width_m, rectangle_.length_m
    if width and length:
        corners = rectangle(width, length, rectangle_.heading or 0.0)
        kept["metres"] = [[round(east, _DIGITS), round(north, _DIGITS)] for east, north in corners]
    if rectangle_.lon is not None and rectangle_.lat is not None:
        kept["origin"] = {"lon": rectangle_.lon, "lat": rectangle_.lat}
    return kept


def points_of(calibration: Tree) -> tuple[str, list[list[float]]]:
    """Return how the ground is written, `ground` or `metres`, and its four points."""
    entry: Any = calibration if isinstance(calibration, dict) else {}
    key = "ground" if "ground" in entry else "metres"
    return key, [list(point) for point in entry.get(key, [])]


def with_point(calibration: Tree, row: int, column: int, value: float) -> Tree:
    """Return a calibration with one number of its ground changed."""
    key, points = points_of(calibration)
    points[row][column] = value
    return {**_kept(calibration, {"image", "origin"}), key: [[*point] for point in points]}


def origin_of(calibration: Tree) -> tuple[float | None, float | None]:
    """Return longitude and latitude that metres are counted from, where they are known."""
    entry: Any = calibration if isinstance(calibration, dict) else {}
    origin = entry.get("origin") or {}
    return origin.get("lon"), origin.get("lat")


def _kept(calibration: Tree, keys: set[str]) -> dict[str, Tree]:
    entry = calibration if isinstance(calibration, dict) else {}
    return {key: value for key, value in entry.items() if key in keys}
