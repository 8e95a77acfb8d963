"""Taking things away from a photograph: the ground beside them is put in their place."""

from collections.abc import Iterator, Sequence

import cv2
import numpy as np

from streetwatch.vision.types import Box, Image

Corners = tuple[int, int, int, int]  #: x1, y1, x2, y2, whole pixels

#: What is taken away leaves its shadow's rim: so many pixels more are.
_RIM_PX = 6

#: Places to take the ground from are tried so many pixels apart.
_STEP_PX = 8

#: The blend keeps so many pixels at the rim of what it is given, and goes by their looks.
_BLEND_PX = 6


def swept(picture: Image, boxes: Sequence[Box]) -> Image | None:
    """Return the picture with what is in the boxes taken away; None where that can't be done.

    Each is covered with what lies beside it at the same height, which is as far away and as
    large, blended in (Pérez, Gangnet and Blake, Poisson image editing, 2003). That needs as much
    room beside it: what is only filled in from its rim looks like no street.
    """
    height, width = picture.shape[:2]
    taken = [_grown(box, width, height) for box in boxes]
    for corners in taken:
        shifts = list(_shifts(corners, taken, width))
        if not shifts:
            return None
        picture = _covered(
            picture, corners, min(shifts, key=lambda shift: _mismatch(picture, corners, shift))
        )
    return picture


def _grown(box: Box, width: int, height: int) -> Corners:
    x1, y1, x2, y2 = (round(side) for side in box)
    return (
        max(x1 - _RIM_PX, 0),
        max(y1 - _RIM_PX, 0),
        min(x2 + _RIM_PX, width),
        min(y2 + _RIM_PX, height),
    )


def _shifts(corners: Corners, taken: Sequence[Corners], width: int) -> Iterator[int]:
    """Yield how far to the right there is ground that nothing to be taken away stands on."""
    x1, y1, x2, y2 = corners
    rivals = [(left, right) for left, up, right, down in taken if up < y2 and down > y1]
    for start in range(0, width - (x2 - x1) + 1, _STEP_PX):
        end = start + x2 - x1
        if all(end <= left or start >= right for left, right in rivals):
            yield start - x1


def _mismatch(picture: Image, corners: Corners, shift: int) -> float:
    """Return how unlike the rims of a place and of the ground beside it are, in grey levels."""
    x1, y1, x2, y2 = corners
    own = picture[y1:y2, x1:x2].astype(np.float32)
    beside = picture[y1:y2, x1 + shift : x2 + shift].astype(np.float32)
    apart = np.abs(own - beside)
    rims = (apart[:2], apart[-2:], apart[:, :2], apart[:, -2:])
    return float(np.mean([rim.mean() for rim in rims]))


def _covered(picture: Image, corners: Corners, shift: int) -> Image:
    x1, y1, x2, y2 = corners
    height, width = picture.shape[:2]
    pad = _BLEND_PX
    canvas = cv2.copyMakeBorder(picture, pad, pad, pad, pad, cv2.BORDER_REFLECT)
    inside = np.zeros(canvas.shape[:2], bool)
    inside[pad : pad + height, pad : pad + width] = True
    rows, columns = slice(y1, y2 + 2 * pad), slice(x1, x2 + 2 * pad)
    ground = canvas[rows, x1 + shift : x2 + shift + 2 * pad].copy()
    # Beyond the picture's edge its own reflection would be blended in.
    canvas[rows, columns][~inside[rows, columns]] = ground[~inside[rows, columns]]
    mask = np.zeros(ground.shape[:2], np.uint8)
    mask[1:-1, 1:-1] = 255
    centre = (x1 + ground.shape[1] // 2, y1 + ground.shape[0] // 2)
    blended = cv2.seamlessClone(ground, canvas, mask, centre, cv2.NORMAL_CLONE)
    return np.asarray(blended[pad:-pad, pad:-pad], np.uint8)
