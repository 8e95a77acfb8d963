"""How large things are, row by row of a calibrated picture. Pure."""

from dataclasses import dataclass
from math import hypot
from typing import Final

from streetwatch.vision.types import Size
from streetwatch.zones.calibration import Calibration

#: Rows that are told, from the top of the picture.
_ROWS: Final = tuple(row / 20 for row in range(2, 20))

#: A car seen from the front or behind, metres: the narrowest that a zone is drawn for.
CAR_WIDTH_M: Final = 1.8


@dataclass(frozen=True, slots=True)
class RowSize:
    """What stands on one row of the picture.

    Attributes:
        y: The row, 0..1.
        width: Of a car there, 0..1 of the picture's width.
        is_enough: Whether the detector finds a car of this size.
    """

    y: float
    width: float
    is_enough: bool


def size_guide(calibration: Calibration, size: Size, *, least_px: float) -> tuple[RowSize, ...]:
    """Return how wide a car is on the rows of a picture that show near enough ground.

    Args:
        calibration: Where the ground in the picture is.
        size: Of the picture, pixels.
        least_px: Width in pixels that the detector needs.
    """
    rows = ((y, _car_width(calibration, y)) for y in _ROWS)
    return tuple(
        RowSize(y, width, width * size[0] >= least_px)
        for y, width in rows
        if width is not None and width <= 1
    )


def _car_width(calibration: Calibration, y: float) -> float | None:
    left, right = calibration.metres((0.45, y)), calibration.metres((0.55, y))
    if left is None or right is None:
        return None
    return CAR_WIDTH_M * 0.1 / hypot(right[0] - left[0], right[1] - left[1])
