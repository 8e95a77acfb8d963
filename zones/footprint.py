"""Where boxes stand, how they overlap, and which is which. Pure array functions."""

from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt
from scipy.optimize import linear_sum_assignment

from streetwatch.vision.types import Boxes
from streetwatch.zones.polygon import Points

Shares = npt.NDArray[np.float32]

#: A box that lies with more than this share of its area in another one is a part of it.
_PART = 0.9

#: Less than the area of any box that has one.
_TINY = np.float32(1e-30)


@dataclass(frozen=True, slots=True, eq=False)
class Overlap:
    """How each of some boxes overlaps each of others.

    Attributes:
        common: Area that two boxes have in common, (N, M), square pixels.
        left: Areas of the first ones, (N, 1).
        right: Areas of the others, (1, M).
    """

    common: Shares
    left: Shares
    right: Shares

    @classmethod
    def of(cls, left: Boxes, right: Boxes) -> Self:
        """Measure every pair."""
        lx1, ly1, lx2, ly2 = left.T[:, :, None]
        rx1, ry1, rx2, ry2 = right.T[:, None, :]
        common = np.minimum(lx2, rx2)
        common -= np.maximum(lx1, rx1)
        np.maximum(common, 0, out=common)
        down = np.minimum(ly2, ry2)
        down -= np.maximum(ly1, ry1)
        common *= np.maximum(down, 0, out=down)
        return cls(common, areas(left)[:, None], areas(right)[None, :])

    def iou(self) -> Shares:
        """Return intersection over union, (N, M)."""
        return _share(self.common, self.left + self.right - self.common)

    def __getitem__(self, rows: slice) -> Self:
        """Return the overlaps of some of the first boxes."""
        return type(self)(self.common[rows], self.left[rows], self.right)

    def covered(self) -> Shares:
        """Return which share of each of the first boxes every other one covers, (N, M)."""
        return _share(self.common, self.left)


def _share(part: Shares, whole: Shares) -> Shares:
    """Divide areas; nothing is a share of an empty box."""
    return (part / np.maximum(whole, _TINY)).astype(np.float32, copy=False)


def ground_points(boxes: Boxes) -> Points:
    """Return the bottom centre of each box: where the object touches the ground."""
    x1, _, x2, y2 = boxes.T.astype(np.float64)
    return np.stack(((x1 + x2) / 2, y2), axis=1)


def areas(boxes: Boxes) -> Shares:
    """Return the area of each box, square pixels; 0 where it is turned inside out."""
    x1, y1, x2, y2 = boxes.T
    area: Shares = np.maximum(x2 - x1, 0) * np.maximum(y2 - y1, 0)
    return area


def iou(left: Boxes, right: Boxes) -> npt.NDArray[np.float64]:
    """Return intersection over union of every pair, (len(left), len(right))."""
    return Overlap.of(left, right).iou().astype(np.float64)


def covered(boxes: Boxes, by: Boxes) -> Shares:
    """Return which share of each box every other box covers, (len(boxes), len(by))."""
    return Overlap.of(boxes, by).covered()


def widths(boxes: Boxes) -> Shares:
    """Return how wide each box is, pixels."""
    wide: Shares = boxes[:, 2] - boxes[:, 0]
    return wide


def shifts(before: Boxes, after: Boxes) -> Shares:
    """Return how far the centre of each box lies from that of its counterpart, pixels."""
    x1, y1, x2, y2 = (after - before).T
    far: Shares = np.hypot(x1 + x2, y1 + y2) / 2
    return far


def distinct(boxes: Boxes, confidence: npt.NDArray[np.float32], *, limit: float) -> list[int]:
    """Return the rows left when of boxes overlapping by more than `limit` IoU the best stays.

    One vehicle is often seen as a car and as a truck in the same look. A box that lies almost
    wholly in another one is a part of it: a heap in a heap, the front half of a car.
    """
    overlap = Overlap.of(boxes, boxes)
    # IoU is below the smaller box's covered share: most looks are done with the first question.
    near = overlap.common > min(limit, _PART) * np.minimum(overlap.left, overlap.right)
    if np.count_nonzero(near) <= len(boxes):  # each with itself only
        return list(range(len(boxes)))
    part = overlap.common > _PART * np.minimum(overlap.left, overlap.right)
    same = part | (overlap.iou() > limit)
    kept: list[int] = []
    for row in np.argsort(-confidence, kind="stable").tolist():
        if not same[row, kept].any():
            kept.append(row)
    return sorted(kept)


def matches(
    overlap: Shares, *, least_iou: float, first: npt.NDArray[np.bool_] | None = None
) -> npt.NDArray[np.intp]:
    """Pair boxes one to one with the largest total overlap.

    Args:
        overlap: IoU of every pair, (N, M).
        least_iou: Of a pair.
        first: Which rows are served before the others, (N,).

    Returns:
        For each row the column it is paired with, -1 where there is none.
    """
    left, right = overlap.shape
    found = np.full(left, -1, np.intp)
    if not (left and right):
        return found
    fits = (overlap >= least_iou) & (overlap > 0)
    rows, columns = np.nonzero(fits)
    alone = (np.bincount(rows, minlength=left)[rows] == 1) & (
        np.bincount(columns, minlength=right)[columns] == 1
    )
    found[rows[alone]] = columns[alone]
    if not alone.all():  # only those in conflict need weighing (Hungarian method)
        some, others = np.unique(rows[~alone]), np.unique(columns[~alone])
        part = np.ix_(some, others)
        served = 0.0 if first is None else first[some, None]  # no overlap is more than 1
        weighed = np.where(fits[part], overlap[part] + served, 0.0)
        best, theirs = linear_sum_assignment(weighed, maximize=True)
        paired = weighed[best, theirs] > 0
        found[some[best[paired]]] = others[theirs[paired]]
    return found
