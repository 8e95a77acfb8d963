"""Can a camera's pictures be believed? Pure: told by the views that are made of them anyway.

A camera that repeats one picture, or whose lens is covered, still answers. What is seen in its
pictures says nothing about the street: nobody looked.
"""

from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Self

import cv2
import numpy as np

from streetwatch.vision.framing import Framing, Small
from streetwatch.vision.shift import Shift
from streetwatch.vision.types import Seconds, View

#: A sensor's noise makes two pictures alike only where one is the other again. Some recorders
#: repeat the last picture for a while when their camera stalls: that is no failure yet.
FROZEN_S: Seconds = 30.0

#: So many in a row, else a slow pace alone would look like it; nothing more is read out of them.
_LEAST_PICTURES = 5

#: Lights that fail for a moment, a lorry before the lens.
DARK_S: Seconds = 10.0

#: Grey level of 0..255 that 95 % of the picture stays under: a lens cap, no light at all. The
#: darkest of our night streets has 44 there.
DARK_LEVEL = 20.0

#: Grey levels between the lightest and the darkest twentieth: nothing is in a picture with less.
#: Of 14 clips of streets, in fog and at night too, the flattest has 33.
BLANK_RANGE = 8.0

#: Of the sharpness that it had when its zones were drawn. In 14 clips of streets it fell to 0.53,
#: from day to night to 0.26; a blur of one pixel in 320 leaves 0.13 or less.
BLURRED_BELOW = 0.15

#: A drop that runs down, a breath on the lens.
BLURRED_S: Seconds = 60.0

_SHARES = (5, 95)
_EVERY = 4  #: pixels: enough for a share


class Seeing(StrEnum):
    """What a camera's pictures are worth."""

    CLEAR = "clear"
    FROZEN = "frozen"  #: the same picture again and again
    DARK = "dark"  #: nothing to be seen in it
    BLURRED = "blurred"  #: out of focus, or its lens is dirty
    MOVED = "moved"  #: not of what the zones were drawn on


@dataclass(frozen=True, slots=True, eq=False)
class Reference:
    """What a camera showed when its zones were drawn: kept, for it may be moved while it is down.

    Attributes:
        picture: Small and grey, privacy masks painted over.
        sharpness: Of the picture that it was made of.
    """

    picture: Small
    sharpness: float


@dataclass(frozen=True, slots=True, eq=False)
class Health:
    """What a camera's latest pictures were like.

    Attributes:
        view: The latest.
        alike: How many pictures in a row have shown the very same.
        alike_since: Capture time of the first of them.
        dark_since: Since when there has been nothing in them; None while there is.
        blurred_since: Since when they have been blurred; None while they are not.
        at: Capture time of the latest.
        framing: Where the camera looks.
        sharpness: When its zones were drawn; None before its first picture.
    """

    view: View | None = None
    alike: int = 0
    alike_since: Seconds = 0.0
    dark_since: Seconds | None = None
    blurred_since: Seconds | None = None
    at: Seconds = 0.0
    framing: Framing = field(default_factory=Framing)
    sharpness: float | None = None

    @classmethod
    def since(cls, reference: Reference | None) -> Self:
        """Return the health of a camera that is known, or of a new one."""
        if reference is None:
            return cls()
        return cls(framing=Framing(reference.picture), sharpness=reference.sharpness)

    def seen(self, view: View, at: Seconds) -> Self:
        """Return the health after one more picture."""
        if self.view is not None and np.array_equal(self.view, view):
            after = replace(self, at=at, alike=self.alike + 1)
        else:
            after = replace(self, at=at, view=view, alike=1, alike_since=at)
        if is_blank(view):  # where it looks, and how sharply, can't be told
            return replace(after, dark_since=at if self.dark_since is None else self.dark_since)
        sharpness = sharpness_of(view)
        if self.sharpness is not None and sharpness < BLURRED_BELOW * self.sharpness:
            since = at if self.blurred_since is None else self.blurred_since
            return replace(after, dark_since=None, blurred_since=since)
        return replace(
            after,
            dark_since=None,
            blurred_since=None,
            sharpness=sharpness if self.sharpness is None else self.sharpness,
            framing=self.framing.seen(view, at),
        )

    @property
    def seeing(self) -> Seeing:
        """What the latest pictures are worth."""
        if self._has_lasted(self.dark_since, DARK_S):
            return Seeing.DARK
        if self.alike >= _LEAST_PICTURES and self.at - self.alike_since >= FROZEN_S:
            return Seeing.FROZEN
        if self._has_lasted(self.blurred_since, BLURRED_S):
            return Seeing.BLURRED
        return Seeing.MOVED if self.framing.has_moved else Seeing.CLEAR

    @property
    def worth(self) -> Seeing:
        """What the latest picture is worth by itself.

        Where nothing is in it, nothing has left; what seems to stand elsewhere may be what stood
        there before, seen by a camera that has just been moved; what seems to stand in a picture
        that is shown again and again may have been driving. None waits for what is told.
        """
        if self.alike >= _LEAST_PICTURES:
            return Seeing.FROZEN
        if self.dark_since is not None:
            return Seeing.DARK
        if self.blurred_since is not None:
            return Seeing.BLURRED
        return Seeing.MOVED if self.framing.away is not None else self.seeing

    @property
    def shift(self) -> Shift:
        """How far what it shows has moved since its zones were drawn."""
        return self.framing.shift

    @property
    def reference(self) -> Reference | None:
        """What it showed when its zones were drawn; None before its first picture."""
        if self.framing.anchor is None or self.sharpness is None:
            return None
        return Reference(self.framing.anchor, self.sharpness)

    def _has_lasted(self, since: Seconds | None, seconds: Seconds) -> bool:
        return since is not None and self.at - since >= seconds


def is_blank(view: View) -> bool:
    """Tell whether there is nothing in a picture: all of it dark, or of one grey."""
    low, high = np.percentile(view[::_EVERY, ::_EVERY], _SHARES)
    return bool(high <= DARK_LEVEL or high - low < BLANK_RANGE)


def sharpness_of(view: View) -> float:
    """Return how much of a picture's contrast is in its finest lines, whatever the light."""
    grey = view.astype(np.float32)
    return float(cv2.Laplacian(grey, cv2.CV_32F).var() / max(grey.var(), 1.0))
