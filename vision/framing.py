"""Does a camera still look where it looked when its zones were drawn? Pure.

Its picture is compared, made small, with what it showed at first: by phase correlation (Kuglin and
Hines, 1975), which follows edges rather than light, and which passing traffic hardly changes.
"""

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Self

import cv2
import numpy as np
import numpy.typing as npt

from streetwatch.vision.shift import NONE, Shift
from streetwatch.vision.types import Seconds, View

#: A shift less than this, as a share of the picture's width, is none. Of 14 clips of cameras that
#: stood still, by day, at night and from one to the other, none seemed to be shifted by more than
#: 0.014; shifts by 0.06 to 0.3 were told to 0.016.
STILL_SHARE = 0.02

#: Zones go along with a shift up to this. Further off, too much of the ground that they were drawn
#: on has left the picture, and what is left is seen from another side.
FOLLOWED_SHARE = 0.10

#: A gust, a lorry that shakes the pole: not yet a camera that was moved.
MOVED_S: Seconds = 60.0

#: A camera of which it can't be told where it looks, in bright and sharp pictures, for so long
#: looks at something else: turned right round, nothing of the first picture is left in it. Fog
#: and rain may take as much of it, and then nothing could be judged by zones either.
STRANGE_S: Seconds = 300.0

#: How often a picture is compared.
EVERY_S: Seconds = 5.0

_SIZE = (160, 90)

#: The share of the correlation in one peak above which the shift that it tells of is believed:
#: pure noise has 0.16, two pictures of other streets 0.06 (median), those 14 clips 0.2 or more.
SURE = 0.2

Small = npt.NDArray[np.uint8]  #: a view made as small as it is compared


@dataclass(frozen=True, slots=True, eq=False)
class Framing:
    """Where a camera looks, against where it looked at first.

    Attributes:
        anchor: What it showed there, small; None before its first picture.
        asked_at: When a picture was last compared.
        shift: What zones have gone along with.
        away: The latest shift that they have not gone along with; None while there is none.
        away_since: Since when there has been one.
        steady_since: Since when it has been the same.
        strange_since: Since when nothing could be told; None while it can.
    """

    anchor: Small | None = None
    asked_at: Seconds = 0.0
    shift: Shift = NONE
    away: Shift | None = None
    away_since: Seconds = 0.0
    steady_since: Seconds = 0.0
    strange_since: Seconds | None = None

    def seen(self, view: View, at: Seconds) -> Self:
        """Return the framing after one more picture."""
        if self.anchor is not None and 0 <= at - self.asked_at < EVERY_S:
            return self
        now = small(view)
        if self.anchor is None:
            return replace(self, anchor=now, asked_at=at)
        found = shift_between(self.anchor, now)
        if found is None:
            since = at if self.strange_since is None else self.strange_since
            return replace(self, asked_at=at, strange_since=since)
        return replace(self._told(found, at), asked_at=at, strange_since=None)

    @property
    def has_moved(self) -> bool:
        """Whether it has looked elsewhere for long enough to say so."""
        if self.strange_since is not None:
            return self.asked_at - self.strange_since >= STRANGE_S
        return self.away is not None and self.asked_at - self.away_since >= MOVED_S

    def _told(self, found: Shift, at: Seconds) -> Self:
        """Return the framing after a picture whose shift is known."""
        if _apart(found, self.shift) <= STILL_SHARE:
            return replace(self, away=None)
        if self.away is None:
            return replace(self, away=found, away_since=at, steady_since=at)
        if _apart(found, self.away) > STILL_SHARE:
            return replace(self, away=found, steady_since=at)
        if at - self.steady_since < MOVED_S or _apart(found, NONE) > FOLLOWED_SHARE:
            return self
        is_back = _apart(found, NONE) <= STILL_SHARE
        return replace(self, shift=NONE if is_back else found, away=None)


def small(view: View) -> Small:
    """Return a view as small as it is compared, and kept."""
    return np.asarray(cv2.resize(view, _SIZE, interpolation=cv2.INTER_AREA), np.uint8)


def shift_between(anchor: Small, now: Small) -> Shift | None:
    """Return how far a small picture has moved; None where that can't be told."""
    before, after = anchor.astype(np.float32), now.astype(np.float32)
    (dx, dy), share = cv2.phaseCorrelate(before, after, _window())
    return None if share < SURE else Shift(dx / _SIZE[0], dy / _SIZE[1])


def _apart(one: Shift, other: Shift) -> float:
    """Return how far apart two shifts are, as a share of the picture's width."""
    dx, dy = one.dx - other.dx, (one.dy - other.dy) * _SIZE[1] / _SIZE[0]
    return float(np.hypot(dx, dy))


@lru_cache(maxsize=1)
def _window() -> npt.NDArray[np.float32]:
    """Fade the borders out: what leaves and enters the picture there has no counterpart."""
    return np.asarray(cv2.createHanningWindow(_SIZE, cv2.CV_32F), np.float32)
