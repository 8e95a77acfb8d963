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

from streetwatch.vision.types import Seconds, View

#: So far from where it was, as a share of the picture's width, zones no longer lie on the ground
#: they were drawn on. Of 14 clips of cameras that stood still, by day, at night and from one to the
#: other, none seemed to be shifted by more than 0.014; shifts by 0.06 to 0.3 were told to 0.016.
MOVED_SHARE = 0.04

#: A gust, a lorry that shakes the pole: not yet a camera that was turned.
MOVED_S: Seconds = 60.0

#: How often a picture is compared.
EVERY_S: Seconds = 5.0

_SIZE = (160, 90)

#: The share of the correlation in one peak above which the shift that it tells of is believed:
#: pure noise has 0.16, two pictures of other streets 0.06 (median), those 14 clips 0.2 or more.
SURE = 0.2


@dataclass(frozen=True, slots=True, eq=False)
class Framing:
    """Where a camera looks, against where it looked at first.

    Attributes:
        anchor: What it showed there, small; None before its first picture.
        asked_at: When a picture was last compared.
        away_since: Since when it has looked elsewhere; None while it does not.
    """

    anchor: npt.NDArray[np.float32] | None = None
    asked_at: Seconds = 0.0
    away_since: Seconds | None = None

    def seen(self, view: View, at: Seconds) -> Self:
        """Return the framing after one more picture."""
        if self.anchor is not None and 0 <= at - self.asked_at < EVERY_S:
            return self
        now = cv2.resize(view, _SIZE, interpolation=cv2.INTER_AREA).astype(np.float32)
        if self.anchor is None:
            return replace(self, anchor=now, asked_at=at)
        away = is_away(self.anchor, now)
        if away is None:
            return replace(self, asked_at=at)
        since = (at if self.away_since is None else self.away_since) if away else None
        return replace(self, asked_at=at, away_since=since)

    @property
    def has_moved(self) -> bool:
        """Whether it has looked elsewhere for long enough to say so."""
        return self.away_since is not None and self.asked_at - self.away_since >= MOVED_S


def is_away(anchor: npt.NDArray[np.float32], now: npt.NDArray[np.float32]) -> bool | None:
    """Tell whether a small picture shows another framing; None where that can't be told."""
    # It fades what it is given in place.
    (dx, dy), share = cv2.phaseCorrelate(anchor.copy(), now.copy(), _window())
    if share < SURE:
        return None
    return float(np.hypot(dx, dy)) / _SIZE[0] > MOVED_SHARE


@lru_cache(maxsize=1)
def _window() -> npt.NDArray[np.float32]:
    """Fade the borders out: what leaves and enters the picture there has no counterpart."""
    return np.asarray(cv2.createHanningWindow(_SIZE, cv2.CV_32F), np.float32)
