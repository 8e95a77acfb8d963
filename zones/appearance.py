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
_LEAST_CONTRAST = 5.0

#: A place of which less is to be seen is not compared ...
_LEAST_VISIBLE = 0.5

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
_MIDDLE = 128


@dataclass(frozen=True, slots=True)
class Appearance:
    """What one stay looks like, as it is stored.

    Attributes:
        patch: The latest that was surely it, as `encoded`.
        is_sure: Two looks agreed on it: one alone may show what passed just then.
        other: What was seen in its place instead; None while nothing was.
        other_since: When that was first seen.
        other_looks: How often it was seen since.
    """

    patch: str
    is_sure: bool = False
    other: str | None = None
    other_since: float = 0.0
    other_looks: int = 0


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
    xs, ys = _points(boxes)
    height, width = view.shape
    columns = np.minimum(np.maximum(xs * (width / size[0]), 0), width - 1).astype(np.intp)
    rows = np.minimum(np.maximum(ys * (height / size[1]), 0), height - 1).astype(np.intp)
    rows *= width
    found: Patches = view.ravel().take(rows[:, :, None] + columns[:, None, :])
    return found.reshape(-1, PATCH)


def whole(view: View) -> Patches:
    """Return what the view shows as a whole, (1, PATCH)."""
    return view.ravel().take(_whole_points(view.shape))[None]


@lru_cache
def _whole_points(shape: tuple[int, ...]) -> npt.NDArray[np.intp]:
    """Return where in a view of this shape the points of the whole are, (PATCH,)."""
    height, width = shape
    columns, rows = ((_STEPS * side).astype(np.intp) for side in (width, height))
    return (rows[:, None] * width + columns[None, :]).ravel()


@dataclass(frozen=True, slots=True, eq=False)
class Cover:
    """What other boxes hide of some places.

    Attributes:
        rows: The places of which anything is hidden, in order.
        shown: Which of their points are not, (len(rows), PATCH).
    """

    rows: npt.NDArray[np.intp]
    shown: Flags

    @classmethod
    def of(cls, boxes: Boxes, others: Boxes, hides: Flags) -> Self:
        """Find what is hidden.

        Args:
            boxes: Of the places, (N, 4).
            others: (M, 4).
            hides: (N, M), which of them lie over which place.
        """
        if len(boxes) == 1:
            return cls._of_one(boxes, others[hides[0]])
        pairs, columns = np.nonzero(hides)
        if not len(pairs):
            return cls(pairs, np.zeros((0, PATCH), bool))
        starts = np.flatnonzero(np.diff(pairs, prepend=-1))  # rows come in order
        xs, ys = _points(boxes[pairs])
        x1, y1, x2, y2 = (side[:, None] for side in others[columns].T)
        across, down = (xs >= x1) & (xs <= x2), (ys >= y1) & (ys <= y2)
        hidden = (down[:, :, None] & across[:, None, :]).reshape(-1, PATCH)
        return cls(pairs[starts], ~np.logical_or.reduceat(hidden, starts))

    @classmethod
    def _of_one(cls, boxes: Boxes, others: Boxes) -> Self:
        """Find what is hidden of one place, in one go whatever lies over it."""
        if not len(others):
            return cls(np.zeros(0, np.intp), np.zeros((0, PATCH), bool))
        xs, ys = _points(boxes)
        x1, y1, x2, y2 = others.T[:, :, None]
        across, down = (xs >= x1) & (xs <= x2), (ys >= y1) & (ys <= y2)
        hidden = down.T.astype(np.float32) @ across.astype(np.float32) > 0
        return cls(np.zeros(1, np.intp), ~hidden.reshape(1, PATCH))

    def less_than(self, share: float) -> npt.NDArray[np.intp]:
        """Return the places of which less than a share is shown."""
        few: npt.NDArray[np.intp] = self.rows[self.shown.mean(axis=1) < share]
        return few


def likeness(before: Patches, now: Patches, cover: Cover) -> Likeness:
    """Return the normalised correlation of each pair of patches over the points that are shown.

    Args:
        before: (N, PATCH).
        now: The same places in another look.
        cover: What of them is hidden in either.
    """
    if len(cover.rows) == len(before):
        alike = np.full(len(before), np.nan, np.float32)
    else:
        alike = _correlation(before, now)
    if len(cover.rows):
        pair = before[cover.rows], now[cover.rows]
        alike[cover.rows] = _correlation(*pair, cover.shown)
        alike[cover.less_than(_LEAST_VISIBLE)] = np.nan
    return alike


def alike(left: Patches, right: Patches) -> Likeness:
    """Return how alike pairs of patches are as a whole; 1 where the first is flat."""
    found = _correlation(left, right)
    found[np.isnan(found)] = 1.0
    return found


def renewed(before: Patches, now: Patches, cover: Cover) -> Patches:
    """Return the patches of a look, with what is hidden as it was before, in the look's light."""
    if not len(cover.rows):
        return now
    old, new = (_from_middle(side[cover.rows]) for side in (before, now))
    count = np.count_nonzero(cover.shown, axis=1)
    (mean_old, spread_old), (mean_new, spread_new) = (
        _moments(side * cover.shown, np.maximum(count, 1)) for side in (old, new)
    )
    gain = np.where(count, np.sqrt(spread_new) / np.maximum(np.sqrt(spread_old), 1.0), 1.0)
    lit = (old - mean_old[:, None]) * gain[:, None] + mean_new[:, None]
    mixed = now.copy()
    mixed[cover.rows] = np.where(
        cover.shown, now[cover.rows], np.clip(lit + _MIDDLE, 0, 255).astype(np.uint8)
    )
    return mixed


def has_contrast(patch: Patches) -> Flags:
    """Tell which patches are not flat, (N,)."""
    found: Flags = patch.std(axis=1) >= _LEAST_CONTRAST
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
    return x1 + (x2 - x1) * _STEPS, y1 + (y2 - y1) * _STEPS


_ONES = np.ones(PATCH, np.float32)

_STEPS = 0.5 + _INNER * ((np.arange(SIDE) + 0.5) / SIDE - 0.5)


def _from_middle(patch: Patches) -> npt.NDArray[np.float32]:
    """Return grey levels counted from the middle."""
    return np.subtract(patch, _MIDDLE, dtype=np.float32)


def _moments(
    side: npt.NDArray[np.float32],
    count: Any,  # noqa: ANN401 -- one number, or one for each row
) -> tuple[Likeness, Likeness]:
    """Return mean and variance of each row; what does not count in it is 0."""
    mean = side @ _ONES / count
    return mean, np.maximum(np.vecdot(side, side) / count - mean * mean, 0)


def _correlation(left: Patches, right: Patches, shown: Flags | None = None) -> Likeness:
    """Return the normalised correlation of each pair over the points shown; NaN where flat."""
    a, b = _from_middle(left), _from_middle(right)
    count: Any = PATCH
    if shown is not None:
        a, b = a * shown, b * shown
        count = np.maximum(np.count_nonzero(shown, axis=1), 1)
    (mean_a, spread_a), (mean_b, spread_b) = _moments(a, count), _moments(b, count)
    together = np.vecdot(a, b) / count - mean_a * mean_b
    alike: Likeness = together / np.sqrt(np.maximum(spread_a * spread_b, 1e-6))
    alike[spread_a < _LEAST_CONTRAST**2] = np.nan
    return alike.astype(np.float32, copy=False)
