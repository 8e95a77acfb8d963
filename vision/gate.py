"""The change gate: did anything happen in the watched areas since the detector last looked? Pure.

Compared are means of small blocks of the view, as logarithms: light that changes a whole area alike
(a cloud, the camera's exposure) shifts all of them by one amount, which is taken off. What was
seen in a picture can be said again of another that shows no change: nothing came, nothing went.
"""

from dataclasses import dataclass
from typing import Self

import cv2
import numpy as np
import numpy.typing as npt

from streetwatch.vision.privacy import Outline
from streetwatch.vision.types import View

Blocks = npt.NDArray[np.float32]  #: (h, w) logarithms of block means
Mask = npt.NDArray[np.bool_]  #: (h, w) blocks

#: Pixels of the view a side: a car that the detector can see at all covers several.
BLOCK = 4

#: Added to grey levels: in the dark, noise of a few levels must not look like much.
_DARK = 16.0

#: A block has changed when it is so much lighter or darker than its area (e ** 0.1: a tenth).
CHANGED_BY = 0.1

#: Fewer changed blocks are noise, insects and coding.
LEAST_BLOCKS = 2


@dataclass(frozen=True, slots=True, eq=False)
class Gate:
    """The watched areas of one camera as they were when the detector last looked.

    Attributes:
        areas: Outlines of the watched areas.
        before: Blocks of the picture that was looked at; None before the first.
    """

    areas: tuple[Outline, ...]
    before: Blocks | None = None

    def passed(self, view: View) -> bool:
        """Tell whether the picture shows a change in any area; the first one does."""
        now = blocks_of(view)
        if self.before is None or self.before.shape != now.shape:
            return True
        masks = (area_mask(area, now.shape) for area in self.areas)
        return any(has_changed(self.before, now, mask) for mask in masks)

    def looked_at(self, view: View) -> Self:
        """Return the gate after the detector looked at a picture."""
        return type(self)(self.areas, blocks_of(view))


def blocks_of(view: View) -> Blocks:
    """Return the logarithms of the block means of a view, (h / BLOCK, w / BLOCK)."""
    height, width = view.shape
    size = max(width // BLOCK, 1), max(height // BLOCK, 1)
    means = cv2.resize(view.astype(np.float32), size, interpolation=cv2.INTER_AREA)
    return np.asarray(np.log(means + np.float32(_DARK)), np.float32)


def has_changed(before: Blocks, now: Blocks, mask: Mask) -> bool:
    """Tell whether blocks of an area differ by more than the area's light has changed."""
    shift = (now - before)[mask]
    if not shift.size:
        return False
    differs = np.abs(shift - np.median(shift)) > CHANGED_BY
    return int(differs.sum()) >= LEAST_BLOCKS


def area_mask(outline: Outline, shape: tuple[int, ...]) -> Mask:
    """Return which blocks an area touches, and those beside it."""
    height, width = shape
    corners = np.rint(np.asarray(outline) * (width, height)).astype(np.int32)
    canvas = np.zeros((height, width), np.uint8)
    cv2.fillPoly(canvas, [corners], 1)
    return np.asarray(cv2.dilate(canvas, np.ones((3, 3), np.uint8)), np.bool_)
