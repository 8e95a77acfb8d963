"""Where boxes stand, how they overlap, and which is which. Pure array functions."""

import numpy as np
import numpy.typing as npt
from scipy.optimize import linear_sum_assignment

from streetwatch.vision.types import Boxes
from streetwatch.zones.polygon import Points

#: A box that lies with more than this share of its area in another one is a part of it.
_PART = 0.9


def ground_points(boxes: Boxes) -> Points:
    """Return the bottom centre of each box: where the object touches the ground."""
    x1, _, x2, y2 = boxes.T.astype(np.float64)
    return np.stack(((x1 + x2) / 2, y2), axis=1)


def _areas(boxes: Boxes) -> npt.NDArray[np.float64]:
    x1, y1, x2, y2 = boxes.T.astype(np.float64)
    area: npt.NDArray[np.float64] = np.maximum(x2 - x1, 0) * np.maximum(y2 - y1, 0)
    return area


def _intersections(left: Boxes, right: Boxes) -> npt.NDArray[np.float64]:
    lx1, ly1, lx2, ly2 = left.T.astype(np.float64)[:, :, None]
    rx1, ry1, rx2, ry2 = right.T.astype(np.float64)[:, None, :]
    across = np.minimum(lx2, rx2) - np.maximum(lx1, rx1)
    down = np.minimum(ly2, ry2) - np.maximum(ly1, ry1)
    overlap: npt.NDArray[np.float64] = np.maximum(across, 0) * np.maximum(down, 0)
    return overlap


def iou(left: Boxes, right: Boxes) -> npt.NDArray[np.float64]:
    """Return intersection over union of every pair, (len(left), len(right))."""
    overlap = _intersections(left, right)
    union = _areas(left)[:, None] + _areas(right)[None, :] - overlap
    return np.divide(overlap, union, out=np.zeros_like(overlap), where=union > 0)


def covered(boxes: Boxes, by: Boxes) -> npt.NDArray[np.float64]:
    """Return which share of each box every other box covers, (len(boxes), len(by))."""
    overlap = _intersections(boxes, by)
    area = np.broadcast_to(_areas(boxes)[:, None], overlap.shape)
    return np.divide(overlap, area, out=np.zeros_like(overlap), where=area > 0)


def distinct(boxes: Boxes, confidence: npt.NDArray[np.float32], *, limit: float) -> list[int]:
    """Return the rows left when of boxes overlapping by more than `limit` IoU the best stays.

    One vehicle is often seen as a car and as a truck in the same look. A box that lies almost
    wholly in another one is a part of it: a heap in a heap, the front half of a car.
    """
    overlap = _intersections(boxes, boxes)
    areas = _areas(boxes)
    smaller = np.minimum(areas[:, None], areas[None, :])
    union = areas[:, None] + areas[None, :] - overlap
    same = (overlap > limit * union) | (overlap > _PART * smaller)
    if np.count_nonzero(same) <= len(boxes):  # each with itself only
        return list(range(len(boxes)))
    kept: list[int] = []
    for row in np.argsort(-confidence, kind="stable").tolist():
        if not same[row, kept].any():
            kept.append(row)
    return sorted(kept)


def matches(left: Boxes, right: Boxes, *, least_iou: float) -> list[tuple[int, int]]:
    """Pair boxes one to one with the largest total overlap (Hungarian method)."""
    overlap = iou(left, right)
    scored = np.where(overlap >= least_iou, overlap, 0.0)
    rows, columns = linear_sum_assignment(scored, maximize=True)
    return [
        (int(row), int(column))
        for row, column in zip(rows, columns, strict=True)
        if scored[row, column] > 0
    ]
