"""A calibration made visible: metres drawn on the ground of the picture. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import cos, hypot, radians, sin
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt

from streetwatch.zones.calibration import Calibration, Point, Quad
from streetwatch.zones.ground import Metres

#: Distances between lines that people read easily, metres.
_STEPS: Final = (1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0)
_MOST_LINES: Final = 24

#: The grid goes on around the measured area by this share of it.
_MARGIN: Final = 0.5

#: A line may leave the picture by so much, so that it reaches the border.
_OUTSIDE: Final = 0.05
_SAMPLES: Final = 200

Matrix: TypeAlias = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class MetreGrid:
    """Lines on the ground.

    Attributes:
        step_m: Between two lines.
        lines: Both ends of each, 0..1 of the picture.
    """

    step_m: float
    lines: tuple[tuple[Point, Point], ...]


def rectangle(width_m: float, length_m: float, heading: float) -> tuple[Metres, ...]:
    """Return a rectangle as seen from one of its sides: near left, near right, far right, far left.

    Args:
        width_m: From left to right.
        length_m: From near to far.
        heading: Where far is, degrees from north over east.
    """
    turn = radians(heading)
    ahead = (sin(turn) * length_m, cos(turn) * length_m)
    aside = (cos(turn) * width_m, -sin(turn) * width_m)
    return ((0.0, 0.0), aside, (ahead[0] + aside[0], ahead[1] + aside[1]), ahead)


def metre_grid(calibration: Calibration, quad: Quad) -> MetreGrid:
    """Return lines every so many metres along the first side of what was measured, and across.

    Args:
        calibration: What the four points fix.
        quad: The four points of the picture.
    """
    corners = np.array([calibration.metres(point) for point in quad])
    along = corners[1] - corners[0]
    along /= hypot(*along)
    axes = np.array([along, [-along[1], along[0]]])
    spans = (corners - corners[0]) @ axes.T
    low, high = spans.min(axis=0), spans.max(axis=0)
    margin = (high - low) * _MARGIN
    step = _step(float((high - low + 2 * margin).max()))
    first, last = (np.floor((low - margin) / step) * step, np.ceil((high + margin) / step) * step)
    seen = _Seen.through(calibration, corners[0], axes)
    return MetreGrid(step, tuple(_lines(first, last, step, seen)))


def _step(span: float) -> float:
    return next((step for step in _STEPS if span / step <= _MOST_LINES), _STEPS[-1])


def _lines(
    first: Matrix, last: Matrix, step: float, seen: "_Seen"
) -> Iterator[tuple[Point, Point]]:
    for axis in (0, 1):
        other = 1 - axis
        for place in np.arange(first[axis], last[axis] + step / 2, step):
            points = np.empty((_SAMPLES, 2))
            points[:, axis] = place
            points[:, other] = np.linspace(first[other], last[other], _SAMPLES)
            line = seen.line(points)
            if line is not None:
                yield line


@dataclass(frozen=True, slots=True)
class _Seen:
    """From the ground to the picture.

    Attributes:
        matrix: Homography from (metres along, metres across, 1).
        side: Sign of the third row in front of the camera.
    """

    matrix: Matrix
    side: float

    @classmethod
    def through(cls, calibration: Calibration, start: Matrix, axes: Matrix) -> "_Seen":
        ground = np.eye(3)
        ground[:2, :2], ground[:2, 2] = axes.T, start
        inverse = np.linalg.inv(np.array(calibration.matrix).reshape(3, 3)) @ ground
        return cls(inverse, float(np.sign(inverse[2, 2])))

    def line(self, points: Matrix) -> tuple[Point, Point] | None:
        """Return both ends of what the picture shows of a line, None where it shows none."""
        found = np.column_stack([points, np.ones(len(points))]) @ self.matrix.T
        ahead = found[:, 2] * self.side > 0
        shown = found[ahead, :2] / found[ahead, 2:]
        shown = shown[((shown >= -_OUTSIDE) & (shown <= 1 + _OUTSIDE)).all(axis=1)]
        if len(shown) < 2:
            return None
        (x1, y1), (x2, y2) = shown[0].tolist(), shown[-1].tolist()
        return (x1, y1), (x2, y2)
