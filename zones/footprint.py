"""Where boxes stand, how they overlap, and which is which. Pure array functions."""

from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt
from scipy.optimize import linear_sum_assignment

from streetwatch.vision.types import Boxes
from streetwatch.zones.polygon import Points

Shares = npt.NDArray[np.float32]
Rows = npt.NDArray[np.intp]

#: A box that lies with more than this share of its area in another one is a part of it.
_PART = 0.9

#: What touches the ground lower by more than this share of a height stands nearer; by less, on the
#: same ground.
LEAST_NEARER = 0.05

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
        left_sides = np.ascontiguousarray(left.T)[:, :, None]
        right_sides = np.ascontiguousarray(right.T)[:, None, :]
        sides = np.minimum(left_sides[2:], right_sides[2:])  # (2, N, M): across and down
        sides -= np.maximum(left_sides[:2], right_sides[:2])
        np.maximum(sides, 0, out=sides)
        own = areas(left)
        theirs = own if right is left else areas(right)
        return cls(sides[0] * sides[1], own[:, None], theirs[None, :])

    def iou(self) -> Shares:
        """Return intersection over union, (N, M)."""
        return _share(self.common, self.left + self.right - self.common)

    def covered(self) -> Shares:
        """Return which share of each of the first boxes every other one covers, (N, M)."""
        return _share(self.common, self.left)


@dataclass(frozen=True, slots=True, eq=False)
class Meetings:
    """Which of some boxes have an area in common with which others: each does with few.

    Attributes:
        rows: Of the first ones, (K,), in order.
        columns: Of the others, (K,).
        common: Area in common, (K,), square pixels.
        left: Areas of all the first ones, (N,).
        right: Areas of all the others, (M,).
    """

    rows: Rows
    columns: Rows
    common: Shares
    left: Shares
    right: Shares

    @classmethod
    def of(cls, left: Boxes, right: Boxes) -> Self:
        """Find every pair."""
        overlap = Overlap.of(left, right)
        common = overlap.common.ravel()
        pairs = (common > 0).nonzero()[0]
        rows, columns = np.divmod(pairs, max(len(right), 1))
        return cls(rows, columns, common[pairs], overlap.left[:, 0], overlap.right[0])

    def __getitem__(self, chosen: npt.NDArray[np.bool_]) -> Self:
        """Return some of them."""
        rows, columns, common = self.rows[chosen], self.columns[chosen], self.common[chosen]
        return type(self)(rows, columns, common, self.left, self.right)

    def of_first(self, count: int) -> tuple[Self, Self]:
        """Part the pairs of the first so many boxes from those of the others."""
        end = int(self.rows.searchsorted(count))
        rows, columns, common = self.rows, self.columns, self.common
        return (
            type(self)(rows[:end], columns[:end], common[:end], self.left[:count], self.right),
            type(self)(
                rows[end:] - count, columns[end:], common[end:], self.left[count:], self.right
            ),
        )

    def iou(self) -> Shares:
        """Return intersection over union, (K,)."""
        both = self.left[self.rows] + self.right[self.columns]
        return _share(self.common, both - self.common)

    def covered(self) -> Shares:
        """Return which share of the first box the other covers, (K,)."""
        return _share(self.common, self.left[self.rows])

    def of_rows(self, chosen: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
        """Tell which of the first boxes are in one of the chosen pairs, (N,)."""
        found = np.zeros(len(self.left), bool)
        found[self.rows[chosen]] = True
        return found


def _share(part: Shares, whole: Shares) -> Shares:
    """Divide areas; nothing is a share of an empty box."""
    return (part / np.maximum(whole, _TINY)).astype(np.float32, copy=False)


def ground_points(boxes: Boxes) -> Points:
    """Return the bottom centre of each box: where the object touches the ground."""
    points = boxes[:, 2:].astype(np.float64)
    points[:, 0] += boxes[:, 0]
    points[:, 0] /= 2
    return points


def areas(boxes: Boxes) -> Shares:
    """Return the area of each box, square pixels; 0 where it is turned inside out."""
    sides = boxes[:, 2:] - boxes[:, :2]
    np.maximum(sides, 0, out=sides)
    area: Shares = sides[:, 0] * sides[:, 1]
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
    apart = after - before
    twice = apart[:, :2] + apart[:, 2:]
    far: Shares = np.hypot(*twice.T) / 2
    return far


def distinct(boxes: Boxes, confidence: npt.NDArray[np.float32], *, limit: float) -> Rows:
    """Return the rows left when of boxes overlapping by more than `limit` IoU the best stays.

    One vehicle is often seen as a car and as a truck in the same look. A box that lies almost
    wholly in another one is a part of it: a heap in a heap, the front half of a car.
    """
    overlap = Overlap.of(boxes, boxes)
    # IoU is below the smaller box's covered share: most looks are done with the first question.
    near = overlap.common > min(limit, _PART) * np.minimum(overlap.left, overlap.right)
    if np.count_nonzero(near) <= len(boxes):  # each with itself only
        return np.arange(len(boxes))
    part = overlap.common > _PART * np.minimum(overlap.left, overlap.right)
    same = part | (overlap.iou() > limit)
    kept: list[int] = []
    for row in np.argsort(-confidence, kind="stable").tolist():
        if not same[row, kept].any():
            kept.append(row)
    return np.array(sorted(kept), np.intp)


def matches(
    near: Meetings, *, least_iou: float, first: npt.NDArray[np.bool_] | None = None
) -> Rows:
    """Pair boxes one to one with the largest total overlap.

    Args:
        near: Who may be paired.
        least_iou: Of a pair.
        first: Which rows are served before the others, (N,).

    Returns:
        For each row the column it is paired with, -1 where there is none.
    """
    found = np.full(len(near.left), -1, np.intp)
    overlap = near.iou()
    fits = (overlap >= least_iou) & (overlap > 0)
    rows, columns = near.rows[fits], near.columns[fits]
    alone = (np.bincount(rows)[rows] == 1) & (np.bincount(columns)[columns] == 1)
    found[rows[alone]] = columns[alone]
    if not alone.all():  # only those in conflict need weighing (Hungarian method)
        some, row = np.unique(rows[~alone], return_inverse=True)
        others, column = np.unique(columns[~alone], return_inverse=True)
        weighed = np.zeros((len(some), len(others)), np.float32)
        served = 0.0 if first is None else first[rows[~alone]]  # no overlap is more than 1
        weighed[row, column] = overlap[fits][~alone] + served
        best, theirs = linear_sum_assignment(weighed, maximize=True)
        paired = weighed[best, theirs] > 0
        found[some[best[paired]]] = others[theirs[paired]]
    return found
