"""A camera that trembles: each look is put back to where its picture usually lies.

The pole sways in the wind or under a lorry, and what stands on the street seems to move by a few
pixels: enough that its place, some twenty pixels wide, looks like another one's. One move of the
whole picture is asked for. The next car of a queue looks as the last one did a little beside, but
a camera does not go along with it.

What is compared are the picture's profiles, the steps of its mean grey from column to column and
from row to row: a move shifts them, and traffic changes a few of them only. A bus that stops in
front changes many, and they may fit best some pixels away; but what it does not cover has not
moved. So each third of the picture is asked, too (docs/adr/0049).
"""

from dataclasses import dataclass
from math import hypot
from typing import Self

import numpy as np
import numpy.typing as npt
from numpy.lib.stride_tricks import sliding_window_view

from streetwatch.vision.shift import Shift
from streetwatch.vision.types import Look, Seconds, View
from streetwatch.zones.appearance import decoded, encoded

Steps = npt.NDArray[np.float32]  #: From pixel to pixel, (side - 1,)
Strips = npt.NDArray[np.float32]  #: The same of each third of the picture, (_THIRDS, side - 1)

#: Most often a bus in front leaves one of so many strips to the street.
_THIRDS = 3

#: A strip whose move lies nearer to the whole picture's moved with it, pixels of the view.
_TOGETHER_PX = 0.5

#: A camera that was moved further than this, pixels of the view, does not tremble.
_REACH_PX = 6

#: Less is none: cameras that stand still seem to move by half of it at most, in nine looks of ten
#: (docs/adr/0047).
_LEAST_PX = 0.4

#: Profiles less alike tell of no move: rain and noise in the dark.
_SURE = 0.3

#: Smaller views have no profile to speak of.
_LEAST_SIDE = 4 * _REACH_PX

#: How much of the usual profile the latest one makes: a camera that was bumped lies there soon.
_SHARE = 0.1

#: A camera that stands still is asked so often only ...
_EVERY_S: Seconds = 4.0

#: ... and one that trembled less than this ago at every look.
_TREMBLES_S: Seconds = 60.0


@dataclass(frozen=True, slots=True)
class RememberedSteadiness:
    """How a picture usually lies as plain values, to be stored."""

    at: Seconds
    trembled_at: Seconds | None
    across: str
    down: str


@dataclass(frozen=True, slots=True, eq=False)
class Steadiness:
    """How a camera's picture usually lies.

    Attributes:
        at: When it was last asked.
        trembled_at: When the picture last lay otherwise; None: never.
        across: Its usual steps from column to column.
        down: Those from row to row.
    """

    at: Seconds
    trembled_at: Seconds | None
    across: Strips
    down: Strips

    @classmethod
    def of(cls, stored: RememberedSteadiness) -> Self:
        """Return what was stored."""
        across, down = (_strips(text) for text in (stored.across, stored.down))
        return cls(stored.at, stored.trembled_at, across, down)

    def remembered(self) -> RememberedSteadiness:
        """Return it as it is stored."""
        across, down = (encoded(steps.view(np.uint8)) for steps in (self.across, self.down))
        return RememberedSteadiness(self.at, self.trembled_at, across, down)

    def steadied(self, look: Look, view: View) -> tuple[Look, Self]:
        """Return a look as it would be had the camera not trembled, and the steadiness after it."""
        trembles = self.trembled_at is not None and look.at - self.trembled_at < _TREMBLES_S
        if look.at - self.at < _EVERY_S and not trembles:
            return look, self
        across, down = _profiles(view)
        if (across.shape, down.shape) != (self.across.shape, self.down.shape):
            return look, type(self)(look.at, None, across, down)
        right, sure_of_right = _common_move(self.across, across)
        below, sure_of_below = _common_move(self.down, down)
        trembled_at = self.trembled_at
        if min(sure_of_right, sure_of_below) >= _SURE and hypot(right, below) >= _LEAST_PX:
            trembled = Shift(right / view.shape[1], below / view.shape[0])
            look, trembled_at = trembled.as_drawn(look), look.at
        after = type(self)(
            look.at,
            trembled_at,
            self.across + np.float32(_SHARE) * (across - self.across),
            self.down + np.float32(_SHARE) * (down - self.down),
        )
        return look, after


def steadied(look: Look, before: Steadiness | None) -> tuple[Look, Steadiness | None]:
    """Return a look as it would be had the camera not trembled, and its steadiness after it."""
    if look.view is None or min(look.view.shape) < _LEAST_SIDE:
        return look, before
    if before is None:
        return look, Steadiness(look.at, None, *_profiles(look.view))
    return before.steadied(look, look.view)


def _strips(text: str) -> Strips:
    """Return what was stored. One profile of the whole, as it once was, fits no picture."""
    steps = decoded(text).view(np.float32)
    return steps[None] if len(steps) % _THIRDS else steps.reshape(_THIRDS, -1)


def _profiles(view: View) -> tuple[Strips, Strips]:
    """Return the steps from column to column and from row to row."""
    across, down = (
        [part.mean(axis=axis, dtype=np.float32) for part in np.array_split(view, _THIRDS, axis)]
        for axis in (0, 1)
    )
    return np.diff(across), np.diff(down)


def _common_move(usual: Strips, now: Strips) -> tuple[float, float]:
    """Return how far a profile has moved, pixels, and how alike they are there.

    It has not where as many thirds of the picture know better as agree. One alone may be wrong: the
    clock that a camera writes into its picture stays where it is.
    """
    far, sure = _move(usual.mean(axis=0), now.mean(axis=0))
    if abs(far) < _LEAST_PX:
        return far, sure
    parts = [_move(*part) for part in zip(usual, now, strict=True)]
    agree = sum(own >= _SURE and abs(by - far) <= _TOGETHER_PX for by, own in parts)
    differ = sum(own > sure and abs(by - far) > _TOGETHER_PX for by, own in parts)
    return (0.0 if differ and differ >= agree else far), sure


def _move(usual: Steps, now: Steps) -> tuple[float, float]:
    """Return how far a profile has moved, pixels, and how alike they are there.

    The peak of the normalised correlation, its place between pixels by the parabola through the
    best and its two neighbours.
    """
    own = usual[_REACH_PX:-_REACH_PX]
    own = own - own.mean()
    parts = sliding_window_view(now, len(own))
    sums = parts.sum(axis=1)
    spread = np.vecdot(parts, parts) - sums * sums / len(own)
    alike = (parts @ own) / np.sqrt(np.maximum(own @ own * spread, 1e-6))
    best = int(alike.argmax())
    between = 0.0
    if 0 < best < 2 * _REACH_PX:
        left, top, right = alike[best - 1 : best + 2].tolist()
        bend = left - 2 * top + right
        between = 0.5 * (left - right) / bend if bend < 0 else 0.0
    return best - _REACH_PX + between, float(alike[best])
