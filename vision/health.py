"""Can a camera's pictures be believed? Pure: told by the views that are made of them anyway.

A camera that repeats one picture, or whose lens is covered, still answers. What is seen in its
pictures says nothing about the street: nobody looked.
"""

from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Self

import numpy as np

from streetwatch.vision.framing import Framing
from streetwatch.vision.types import Seconds, View

#: A sensor's noise makes two pictures alike only where one is the other again. Some recorders
#: repeat the last picture for a while when their camera stalls: that is no failure yet.
FROZEN_S: Seconds = 30.0

#: So many in a row, else a slow pace alone would look like it.
_LEAST_PICTURES = 5

#: Lights that fail for a moment, a lorry before the lens.
DARK_S: Seconds = 10.0

#: Grey level of 0..255 that 95 % of the picture stays under: a lens cap, no light at all. The
#: darkest of our night streets has 44 there.
DARK_LEVEL = 20.0

_SHARE = 95
_EVERY = 4  #: pixels: enough for a share


class Seeing(StrEnum):
    """What a camera's pictures are worth."""

    CLEAR = "clear"
    FROZEN = "frozen"  #: the same picture again and again
    DARK = "dark"  #: nothing to be seen in it
    MOVED = "moved"  #: not of what the zones were drawn on


@dataclass(frozen=True, slots=True, eq=False)
class Health:
    """What a camera's latest pictures were like.

    Attributes:
        view: The latest.
        alike: How many pictures in a row have shown the very same.
        alike_since: Capture time of the first of them.
        dark_since: Since when it has been dark; None while it is not.
        at: Capture time of the latest.
        framing: Where the camera looks.
    """

    view: View | None = None
    alike: int = 0
    alike_since: Seconds = 0.0
    dark_since: Seconds | None = None
    at: Seconds = 0.0
    framing: Framing = field(default_factory=Framing)

    def seen(self, view: View, at: Seconds) -> Self:
        """Return the health after one more picture."""
        is_dark = np.percentile(view[::_EVERY, ::_EVERY], _SHARE) <= DARK_LEVEL
        dark_since = (at if self.dark_since is None else self.dark_since) if is_dark else None
        # Where a dark camera looks can't be told.
        framing = self.framing if is_dark else self.framing.seen(view, at)
        after = replace(self, view=view, at=at, dark_since=dark_since, framing=framing)
        if self.view is not None and np.array_equal(self.view, view):
            return replace(after, alike=self.alike + 1)
        return replace(after, alike=1, alike_since=at)

    @property
    def seeing(self) -> Seeing:
        """What the latest picture is worth."""
        if self.dark_since is not None and self.at - self.dark_since >= DARK_S:
            return Seeing.DARK
        if self.alike >= _LEAST_PICTURES and self.at - self.alike_since >= FROZEN_S:
            return Seeing.FROZEN
        return Seeing.MOVED if self.framing.has_moved else Seeing.CLEAR
