"""Privacy masks: painted over before anything looks at the picture or keeps it."""

from collections.abc import Iterable
from typing import Final

import cv2
import numpy as np

from streetwatch.vision.types import Image

#: Painted beyond an outline, pixels: where pictures are scaled or their colours halved, what lies
#: inside shows in the pixels beside it.
_BEYOND: Final = 2

Outline = tuple[tuple[float, float], ...]  #: corners in 0..1 of width and height


def masked(image: Image, outlines: Iterable[Outline]) -> Image:
    """Return the picture with the areas painted black; the same object where there are none."""
    height, width = image.shape[:2]
    areas = [
        np.rint(np.asarray(outline) * (width, height)).astype(np.int32) for outline in outlines
    ]
    if not areas:
        return image
    copy = image.copy()
    for area in areas:  # one by one: overlapping outlines in one call would cancel out
        cv2.fillPoly(copy, [area], (0, 0, 0))
        cv2.polylines(copy, [area], isClosed=True, color=(0, 0, 0), thickness=2 * _BEYOND + 1)
    return copy
