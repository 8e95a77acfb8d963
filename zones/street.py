"""A street as it is while nothing stands on it: what has come to a place shows against it.

It is a small grey picture that follows what is seen by one grey level at a time (an approximate
median: McFarlane and Schofield, 1995), so that what passes leaves no trace in it. Where something
was seen it waits: a place is remembered empty for as long as something stands there.
"""

from dataclasses import dataclass, replace
from typing import Self

import numpy as np

from streetwatch.vision.types import Boxes, Look, Seconds, Size, View
from streetwatch.zones import appearance
from streetwatch.zones.appearance import Flags, decoded, encoded

#: Pixels of the view a side that make one of the street: less noise, and little to remember.
_BLOCK = 4

#: It follows by a grey level in this time: what nobody recognises is part of it after minutes.
_LEVEL_S: Seconds = 4.0

#: What differs by less (grey levels, as a root of the mean square) is noise on bare ground.
_LEAST_CHANGE = 8.0


@dataclass(frozen=True, slots=True)
class RememberedStreet:
    """A street as plain values, to be stored."""

    at: Seconds
    width: int
    grey: str


@dataclass(frozen=True, slots=True, eq=False)
class Street:
    """A street as it usually is.

    Attributes:
        at: When it last followed.
        grey: The picture, (h, w).
    """

    at: Seconds
    grey: View

    @classmethod
    def of(cls, stored: RememberedStreet) -> Self:
        """Return the street that was stored."""
        return cls(stored.at, decoded(stored.grey).reshape(-1, stored.width))

    def remembered(self) -> RememberedStreet:
        """Return it as it is stored."""
        return RememberedStreet(self.at, self.grey.shape[1], encoded(self.grey))

    def after(self, look: Look, standing: Boxes) -> Self:
        """Return it after a look.

        Args:
            look: Its picture, if it has one.
            standing: What stands or stood just now, and hides it, (N, 4) pixels.
        """
        if look.view is None or look.at - self.at < _LEVEL_S:
            return self
        now = _small(look.view)
        if now.shape != self.grey.shape:
            return type(self)(look.at, now)
        up, down = now > self.grey, now < self.grey
        for rows, columns in _covered(standing, look.size, now.shape):
            up[rows, columns] = down[rows, columns] = False
        return replace(self, at=look.at, grey=self.grey + up - down)

    def shows(self, look: Look, boxes: Boxes) -> Flags:
        """Tell at which places the look shows what the street does: nothing has come, (N,)."""
        if look.view is None:
            return np.ones(len(boxes), bool)
        now = _small(look.view)
        if now.shape != self.grey.shape:
            return np.ones(len(boxes), bool)
        before, there = (appearance.patches(one, look.size, boxes) for one in (self.grey, now))
        likeness, change = appearance.difference(before, there)
        shown: Flags = (likeness >= appearance.ANOTHER) | (change < _LEAST_CHANGE)
        return shown


def street_at(look: Look) -> Street | None:
    """Return the street that a first look shows; None where it has no picture."""
    return None if look.view is None else Street(look.at, _small(look.view))


def _small(view: View) -> View:
    """Return the means of the view's blocks."""
    height, width = (side // _BLOCK * _BLOCK for side in view.shape)
    blocks = view[:height, :width].reshape(height // _BLOCK, _BLOCK, width // _BLOCK, _BLOCK)
    means: View = blocks.mean(axis=(1, 3), dtype=np.float32).astype(np.uint8)
    return means


def _covered(boxes: Boxes, size: Size, shape: tuple[int, ...]) -> list[tuple[slice, slice]]:
    """Return the rows and columns of a small picture that boxes lie on."""
    scale = np.array((shape[1] / size[0], shape[0] / size[1]) * 2, np.float32)
    sides = boxes * scale
    sides[:, 2:] = np.ceil(sides[:, 2:])
    corners = np.maximum(sides, 0).astype(np.intp).tolist()
    return [(slice(y1, y2), slice(x1, x2)) for x1, y1, x2, y2 in corners]
