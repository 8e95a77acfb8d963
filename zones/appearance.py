"""What a place looks like: small grey patches, compared by normalised correlation.

Correlation of mean-free patches does not see light that changes the whole place alike. Points that
another object's box covers are left out on both sides.
"""

from base64 import b64decode, b64encode
from dataclasses import dataclass, replace
from enum import Enum, auto
from math import isnan
from typing import Self

import numpy as np
import numpy.typing as npt

from streetwatch.vision.types import Boxes, Seconds, Size, View

Patches = npt.NDArray[np.uint8]  #: (N, SIDE * SIDE)

#: A patch has so many points a side.
SIDE = 16

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

#: Below this, what stands there is another thing, or the light has changed.
LIKE = 0.6

#: After the place was seen empty, it takes more to be the one that left.
_ANOTHER_AFTER_ABSENCE = 0.7

#: Another thing has taken the place when it has stood there unchanged for this long: what walks or
#: drives past does not.
_SETTLED_S: Seconds = 3.0

#: What is larger and nearer may have stopped before it: a bus. It moves on, or has parked there.
_SETTLED_BEFORE_S: Seconds = 30.0

#: Headlights shine in one or two looks, whatever the time between them.
_SETTLED_LOOKS = 3


class Verdict(Enum):
    """What was found at a place, against what had been there."""

    SAME = auto()
    DOUBTFUL = auto()  #: covered by something passing, in a beam of light, or another thing
    ANOTHER = auto()


@dataclass(frozen=True, slots=True)
class Appearance:
    """What a stay looks like, and what stands there instead, if that seems to be another thing.

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
    other_since: Seconds = 0.0
    other_looks: int = 0

    def seen(
        self, now: str, at: Seconds, likeness: float, *, was_absent: bool, is_before: bool
    ) -> tuple[Self, Verdict]:
        """Return the appearance after a look that found something there, and what that was.

        Args:
            now: The patch of the look.
            at: Its capture time.
            likeness: Of `now` to `patch`.
            was_absent: The place had been seen empty just before.
            is_before: What was found is larger than it and nearer to the camera.
        """
        if likeness >= SAME:
            return type(self)(now, is_sure=True), Verdict.SAME
        if not self.is_sure:
            return type(self)(now), Verdict.SAME
        differs = likeness < (_ANOTHER_AFTER_ABSENCE if was_absent else LIKE)
        after = self._with_other(now, at)
        settled_s = _SETTLED_BEFORE_S if is_before else _SETTLED_S
        if after.other_looks < _SETTLED_LOOKS or at - after.other_since < settled_s:
            return after, Verdict.DOUBTFUL if differs else Verdict.SAME
        # A lasting change that leaves it alike is its light or its load: that is how it looks now.
        return (
            (after, Verdict.ANOTHER) if differs else (type(self)(now, is_sure=True), Verdict.SAME)
        )

    def _with_other(self, now: str, at: Seconds) -> Self:
        if self.other is None or alike(self.other, now) < SAME:
            return replace(self, other=now, other_since=at, other_looks=1)
        return replace(self, other_looks=self.other_looks + 1)


def encoded(patch: Patches) -> str:
    """Return one patch, (SIDE * SIDE,), as text: state is stored as JSON."""
    return b64encode(patch.tobytes()).decode()


def decoded(text: str) -> Patches:
    """Return the patch, (SIDE * SIDE,), that was encoded."""
    return np.frombuffer(b64decode(text), np.uint8)


def alike(left: str, right: str) -> float:
    """Return how alike two encoded patches are as a whole, -1..1; 1 where the first is flat."""
    one, other = (decoded(text)[None] for text in (left, right))
    found = float(_correlation(one, other, np.ones(one.shape, bool))[0])
    return 1.0 if isnan(found) else found


def patches(view: View, size: Size, boxes: Boxes) -> Patches:
    """Return what the view shows inside each box.

    Args:
        view: (h, w) grey.
        size: Of the picture that the boxes are in pixels of.
        boxes: (N, 4).

    Returns:
        (N, SIDE * SIDE).
    """
    xs, ys = _points(boxes)
    height, width = view.shape
    columns = np.clip(xs * (width / size[0]), 0, width - 1).astype(np.intp)
    rows = np.clip(ys * (height / size[1]), 0, height - 1).astype(np.intp)
    found: Patches = view[rows[:, :, None], columns[:, None, :]].reshape(len(boxes), -1)
    return found


def visible(boxes: Boxes, others: Boxes, hides: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """Tell which points of each box's patch no other box covers, (N, SIDE * SIDE).

    Args:
        boxes: (N, 4).
        others: (M, 4).
        hides: (N, M), which of them may hide which box.
    """
    shown = np.ones((len(boxes), SIDE * SIDE), bool)
    xs, ys = _points(boxes)
    pairs = np.nonzero(hides & _touch(boxes, others))
    for row, other in zip(*(side.tolist() for side in pairs), strict=True):
        x1, y1, x2, y2 = others[other].tolist()
        across, down = (xs[row] >= x1) & (xs[row] <= x2), (ys[row] >= y1) & (ys[row] <= y2)
        shown[row] &= ~np.logical_and.outer(down, across).ravel()
    return shown


def _touch(left: Boxes, right: Boxes) -> npt.NDArray[np.bool_]:
    """Tell which boxes have points in common, (len(left), len(right))."""
    lx1, ly1, lx2, ly2 = left.T[:, :, None]
    rx1, ry1, rx2, ry2 = right.T[:, None, :]
    common: npt.NDArray[np.bool_] = (lx1 <= rx2) & (rx1 <= lx2) & (ly1 <= ry2) & (ry1 <= ly2)
    return common


def likeness(
    before: Patches, now: Patches, shown: npt.NDArray[np.bool_]
) -> npt.NDArray[np.float64]:
    """Return the normalised correlation of each pair of patches, -1..1; NaN where it can't be told.

    Args:
        before: (N, SIDE * SIDE).
        now: The same places in another look.
        shown: (N, SIDE * SIDE), the points that count.
    """
    alike = _correlation(before, now, shown)
    alike[shown.mean(axis=1) < _LEAST_VISIBLE] = np.nan
    return alike


def renewed(before: Patches, now: Patches, shown: npt.NDArray[np.bool_]) -> Patches:
    """Return the patches of a look, with what is hidden as it was before, in the look's light.

    Args:
        before: (N, SIDE * SIDE).
        now: The same places in this look.
        shown: (N, SIDE * SIDE), the points of `now` that are of the place itself.
    """
    mixed = now.copy()
    for row in np.flatnonzero(~shown.all(axis=1) & shown.any(axis=1)).tolist():
        seen, old = shown[row], before[row].astype(np.float32)
        gain = float(now[row][seen].std()) / max(float(old[seen].std()), 1.0)
        relit = (old - old[seen].mean()) * gain + float(now[row][seen].mean())
        mixed[row] = np.where(seen, now[row], np.clip(relit, 0, 255))
    hidden = ~shown.any(axis=1)
    mixed[hidden] = before[hidden]
    return mixed


def big_enough(boxes: Boxes, pixels: float) -> npt.NDArray[np.bool_]:
    """Tell which boxes have a picture of their own, (N,).

    Args:
        boxes: (N, 4).
        pixels: Of the view for one of the picture.
    """
    sides = np.minimum(boxes[:, 2] - boxes[:, 0], boxes[:, 3] - boxes[:, 1])
    found: npt.NDArray[np.bool_] = sides * pixels >= _LEAST_PIXELS
    return found


def _points(boxes: Boxes) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Return the columns and rows at which patches are sampled, (N, SIDE) each, picture pixels."""
    steps = 0.5 + _INNER * ((np.arange(SIDE) + 0.5) / SIDE - 0.5)
    x1, y1, x2, y2 = (side[:, None] for side in boxes.T.astype(np.float64))
    return x1 + (x2 - x1) * steps, y1 + (y2 - y1) * steps


def _correlation(
    left: Patches, right: Patches, visible: npt.NDArray[np.bool_]
) -> npt.NDArray[np.float64]:
    """Return the normalised correlation of each pair over its visible points; NaN where flat."""
    count = np.maximum(np.count_nonzero(visible, axis=1), 1)
    a, b = (_mean_free(side, visible, count) for side in (left, right))
    spread_a, spread_b = (np.sqrt(np.einsum("ij,ij->i", x, x) / count) for x in (a, b))
    alike = np.einsum("ij,ij->i", a, b) / count / np.maximum(spread_a * spread_b, 1e-6)
    found: npt.NDArray[np.float64] = np.where(spread_a < _LEAST_CONTRAST, np.nan, alike).astype(
        np.float64
    )
    return found


def _mean_free(
    side: Patches, visible: npt.NDArray[np.bool_], count: npt.NDArray[np.int64]
) -> npt.NDArray[np.float32]:
    shown = side * visible.astype(np.float32)
    means = (shown.sum(axis=1) / count).astype(np.float32)
    centred: npt.NDArray[np.float32] = (shown - means[:, None]) * visible
    return centred
