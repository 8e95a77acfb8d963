"""How far what a camera shows has moved: since its zones were drawn on it, or in a tremble. Pure.

What is seen is judged where it was drawn: a stay keeps its place, and its case its name, though the
pole was bumped. What is shown to people is drawn where it lies in the picture now.
"""

from dataclasses import dataclass, replace
from math import floor

import numpy as np
import numpy.typing as npt

from streetwatch.vision.types import Box, Detections, Look, Size, View

#: Corners in 0..1 of width and height.
Corners = tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class Shift:
    """A move of everything in the picture.

    Attributes:
        dx: To the right, as a share of the picture's width.
        dy: Down, as a share of its height.
    """

    dx: float = 0.0
    dy: float = 0.0

    def __bool__(self) -> bool:
        return self != NONE

    def outline(self, corners: Corners) -> Corners:
        """Return where an outline lies in the picture now; what has left it is cut off."""
        return tuple((_share(x + self.dx), _share(y + self.dy)) for x, y in corners)

    def box(self, box: Box, size: Size) -> Box:
        """Return where a box that is judged lies in a picture of this size, pixels."""
        dx, dy = self.dx * size[0], self.dy * size[1]
        return (box[0] + dx, box[1] + dy, box[2] + dx, box[3] + dy)

    def as_drawn(self, look: Look) -> Look:
        """Return a look as it would be had nothing moved."""
        if not self:
            return look
        view = None if look.view is None else self._view(look.view)
        return replace(look, detections=self._detections(look.detections, look.size), view=view)

    def _detections(self, seen: Detections, size: Size) -> Detections:
        by = np.array((self.dx * size[0], self.dy * size[1]) * 2, np.float32)
        return Detections(seen.xyxy - by, seen.confidence, seen.class_id)

    def _view(self, view: View) -> View:
        """Return a view put back: between its pixels in proportion, beyond its edge as at it."""
        height, width = view.shape
        rows, down = _between(height, self.dy * height)
        columns, across = _between(width, self.dx * width)
        grey = view.take(rows, axis=0).take(columns, axis=1).astype(np.float32)
        grey = grey[:-1] + (grey[1:] - grey[:-1]) * down
        grey = grey[:, :-1] + (grey[:, 1:] - grey[:, :-1]) * across
        put_back: View = np.rint(grey).astype(np.uint8)
        return put_back


NONE = Shift()


def _between(side: int, by: float) -> tuple[npt.NDArray[np.intp], np.float32]:
    """Return where a side's pixels and one more were before a move, and how far beyond."""
    whole = floor(by)
    return np.clip(np.arange(side + 1) + whole, 0, side - 1), np.float32(by - whole)


def _share(value: float) -> float:
    return min(max(value, 0.0), 1.0)
