"""What a place looks like: small grey patches, compared by normalised correlation.

Correlation of mean-free patches does not see light that changes the whole place alike. Points that
another object's box covers are left out on both sides.
"""

from base64 import b64decode, b64encode
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from streetwatch.vision.types import Boxes, Size, View
from streetwatch.zones.footprint import Meetings

Patches = npt.NDArray[np.uint8]  #: (N, PATCH)
Flags = npt.NDArray[np.bool_]
Likeness = npt.NDArray[np.float32]  #: (N,), -1..1; NaN where it can't be told

#: A patch has so many points a side ...
SIDE = 16

#: ... and in all.
PATCH = SIDE * SIDE

#: A box's rim is mostly background: points are taken from this share of each side.
_INNER = 0.8

#: A patch of less contrast (standard deviation, grey levels) is flat: noise would decide.
LEAST_CONTRAST = 5.0

#: A place of which less is to be seen is not compared ...
LEAST_VISIBLE = 0.5

#: ... and none is remembered for the first time.
FIRST_VISIBLE = 0.75

#: Below so many pixels of the view a side, a box has no picture of its own.
_LEAST_PIXELS = 6.0

#: Two patches of one untouched place on fixed cameras correlate above this (docs/adr/0009).
SAME = 0.85

#: What lastingly looks less like it is another thing: between the least that one untouched place
#: was measured to be like itself (0.90) and the most that two vehicles in it were alike (0.64).
ANOTHER = 0.75

#: Below this, what stands there is another thing, or the light has changed.
LIKE = 0.6

#: Grey levels are counted from the middle: sums of products are whole numbers below 2^24, which
#: single precision holds exactly.
MIDDLE = 128


@dataclass(frozen=True, slots=True)
class Appearance:
    """What one stay looks like, as it is stored.

    Attributes:
        patch: The latest that was surely it, as `encoded`.
        is_sure: Two looks agreed on it: one alone may show what passed just then.
        other: What was seen in its place instead; None while nothing was.
        other_since: When that was first seen.
        other_looks: How often it was seen since.
        hider: What hid it when a detector last saw something do so; None: nothing has.
        hidden_at: When that was.
    """

    patch: str
    is_sure: bool = False
    other: str | None = None
    other_since: float = 0.0
    other_looks: int = 0
    hider: str | None = None
    hidden_at: float = 0.0


def encoded(patch: Patches) -> str:
    """Return one patch, (PATCH,), as text: state is stored as JSON."""
    return b64encode(patch.tobytes()).decode()


def decoded(text: str) -> Patches:
    """Return the patch, (PATCH,), that was encoded."""
    return np.frombuffer(b64decode(text), np.uint8)


def patches(view: View, size: Size, boxes: Boxes) -> Patches:
    """Return what the view shows inside each box, (N, PATCH).

    Args:
        view: (h, w) grey.
        size: Of the picture that the boxes are in pixels of.
        boxes: (N, 4).
    """
    spots = _spots(boxes.astype(np.float32, copy=False).tobytes(), size, view.shape)
    return view.ravel().take(spots, mode="clip").reshape(-1, PATCH)


@lru_cache(maxsize=256)
def _spots(boxes: bytes, size: Size, shape: tuple[int, ...]) -> npt.NDArray[np.intp]:
    """Return where in a view of a shape the points of boxes are: what stands stays where it is."""
    xs, ys = _points(np.frombuffer(boxes, np.float32).reshape(-1, 4))
    height, width = shape
    columns = np.minimum(np.maximum(xs * (width / size[0]), 0), width - 1).astype(np.intp)
    rows = np.minimum(np.maximum(ys * (height / size[1]), 0), height - 1).astype(np.intp)
    rows *= width
    return (rows[:, :, None] + columns[:, None, :]).ravel()


@dataclass(frozen=True, slots=True, eq=False)
class Cover:
    """What other boxes hide of some places.

    Attributes:
        rows: The places of which anything is hidden, in order.
        shown: Which of their points are not, (len(rows), PATCH).
        share: How many these are, as a share of all, (len(rows),).
    """

    rows: npt.NDArray[np.intp]
    shown: Flags
    share: npt.NDArray[np.float64]

    @classmethod
    def of(cls, boxes: Boxes, others: Boxes, over: Meetings) -> "Cover":
        """Find what is hidden.

        Args:
            boxes: Of the places, (N, 4).
            others: (M, 4).
            over: Which of them lie over which place.
        """
        if not len(over.rows):
            return _NOTHING
        starts = np.flatnonzero(np.diff(over.rows, prepend=-1))  # rows come in order
        xs, ys = _points(boxes[over.rows])
        x1, y1, x2, y2 = (side[:, None] for side in others[over.columns].T)
        across, down = (xs >= x1) & (xs <= x2), (ys >= y1) & (ys <= y2)
        hidden = (down[:, :, None] & across[:, None, :]).reshape(-1, PATCH)
        shown = ~np.logical_or.reduceat(hidden, starts)
        return cls(over.rows[starts], shown, np.add.reduce(shown, axis=1) / PATCH)

    def less_than(self, share: float) -> npt.NDArray[np.intp]:
        """Return the places of which less than a share is shown."""
        if not len(self.rows):
            return self.rows
        few: npt.NDArray[np.intp] = self.rows[self.share < share]
        return few


_NOTHING = Cover(np.zeros(0, np.intp), np.zeros((0, PATCH), bool), np.zeros(0))


def compared(before: Patches, now: Patches, cover: Cover) -> tuple[Likeness, Patches]:
    """Compare each pair of patches, and renew the first ones.

    Args:
        before: (N, PATCH).
        now: The same places in another look.
        cover: What of them is hidden in either.

    Returns:
        The normalised correlation over the points that are shown; and the patches of `now`, with
        what is hidden as it was before, in the light of now.
    """
    rows, shown = cover.rows, cover.shown
    if not len(rows):
        return _Pairs.of(before, now).correlation(), now
    part = _Pairs.of(before[rows], now[rows], shown)
    some = part.correlation()
    some[cover.share < LEAST_VISIBLE] = np.nan
    if len(rows) == len(before):
        return some, part.renewed(now, shown)
    alike, renewed = _Pairs.of(before, now).correlation(), now.copy()
    alike[rows], renewed[rows] = some, part.renewed(now[rows], shown)
    return alike, renewed


def blended(before: Patches, now: Patches, share: float) -> Patches:
    """Return pairs of patches blended, in the light of now: the mean of many looks has less noise.

    Args:
        before: (N, PATCH).
        now: (N, PATCH).
        share: Of `now`.
    """
    pairs = _Pairs.of(before, now)
    deep = np.sqrt(pairs.spread)
    gain = (1 - share) * deep[1] / np.maximum(deep[0], 1.0)
    mixed = share * pairs.levels[1] + gain[:, None] * (pairs.levels[0] - pairs.mean[0][:, None])
    mixed += ((1 - share) * pairs.mean[1] + MIDDLE)[:, None]
    blend: Patches = np.clip(np.rint(mixed), 0, 255).astype(np.uint8)
    return blend


def alike(left: Patches, right: Patches) -> Likeness:
    """Return how alike pairs of patches are as a whole; 1 where the first is flat."""
    found = _Pairs.of(left, right).correlation()
    found[np.isnan(found)] = 1.0
    return found


def difference(before: Patches, now: Patches) -> tuple[Likeness, Likeness]:
    """Return how alike pairs of patches are, 0 where one is flat, and how far apart in grey levels.

    That is the root of the mean square, their means apart.
    """
    pairs = _Pairs.of(before, now)
    alike = pairs.correlation()
    alike[np.isnan(alike)] = 0.0
    apart = pairs.levels[1] - pairs.levels[0] - (pairs.mean[1] - pairs.mean[0])[:, None]
    return alike, np.sqrt(np.vecdot(apart, apart) / np.float32(PATCH))


def has_contrast(patch: Patches) -> Flags:
    """Tell which patches are not flat, (N,)."""
    found: Flags = patch.std(axis=1) >= LEAST_CONTRAST
    return found


def big_enough(boxes: Boxes, pixels: float) -> Flags:
    """Tell which boxes have a picture of their own, (N,).

    Args:
        boxes: (N, 4).
        pixels: Of the view for one of the picture.
    """
    sides = np.minimum(boxes[:, 2] - boxes[:, 0], boxes[:, 3] - boxes[:, 1])
    found: Flags = sides * pixels >= _LEAST_PIXELS
    return found


def _points(boxes: Boxes) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Return the columns and rows at which patches are sampled, (N, SIDE) each, picture pixels."""
    x1, y1, x2, y2 = (side[:, None] for side in boxes.T.astype(np.float64))
    return x1 + (x2 - x1) * STEPS, y1 + (y2 - y1) * STEPS


ONES = np.ones(PATCH, np.float32)

STEPS = 0.5 + _INNER * ((np.arange(SIDE) + 0.5) / SIDE - 0.5)


@dataclass(frozen=True, slots=True, eq=False)
class _Pairs:
    """Pairs of patches: grey levels, those first that were before, with mean and variance of each.

    Attributes:
        grey: Counted from the middle; 0 where nothing is shown, (2, N, PATCH).
        count: Points shown: one number, or one for each pair, (N,).
        mean: (2, N).
        spread: Variance, (2, N).
        levels: Counted from the middle, whatever is shown, (2, N, PATCH).
    """

    grey: npt.NDArray[np.float32]
    count: Any
    mean: Likeness
    spread: Likeness
    levels: npt.NDArray[np.float32]

    @classmethod
    def of(cls, left: Patches, right: Patches, shown: Flags | None = None) -> Self:
        levels = np.empty((2, *left.shape), np.float32)
        levels[0], levels[1] = left, right
        levels -= MIDDLE
        grey, count = levels, np.float32(PATCH)
        if shown is not None:
            grey = levels * shown
            count = np.maximum(np.count_nonzero(shown, axis=1), 1)
        mean = grey @ ONES / count
        spread = np.maximum(np.vecdot(grey, grey) / count - mean * mean, 0)
        return cls(grey, count, mean, spread, levels)

    def correlation(self) -> Likeness:
        """Return the normalised correlation of each pair over the points shown; NaN where flat."""
        mean, spread = self.mean, self.spread
        together = np.vecdot(self.grey[0], self.grey[1]) / self.count - mean[0] * mean[1]
        alike: Likeness = together / np.sqrt(np.maximum(spread[0] * spread[1], 1e-6))
        alike[spread[0] < LEAST_CONTRAST**2] = np.nan
        return alike.astype(np.float32, copy=False)

    def renewed(self, now: Patches, shown: Flags) -> Patches:
        """Return the patches of now, with what is hidden as before, in the light of now."""
        deep = np.sqrt(self.spread)
        gain = np.where(shown.any(axis=1), deep[1] / np.maximum(deep[0], 1.0), 1.0)
        old = self.levels[0]
        lit = (old - self.mean[0][:, None]) * gain[:, None] + self.mean[1][:, None]
        return np.where(shown, now, np.clip(lit + MIDDLE, 0, 255).astype(np.uint8))
