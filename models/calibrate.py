"""Calibration: each label's operating threshold, chosen on pictures that were not trained on.

The city asks for a precision of 0.92. A precision measured on n detections is only known within an
interval, so a threshold is good when the lower bound of Wilson's 95 % interval reaches the target;
where n does not allow that, the best precision that still finds something is taken, and the card
says so. Pure: judged detections in, thresholds out; reviewers' verdicts on one camera go through
the same function.
"""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from streetwatch.models.intervals import wilson

#: The precision that the city asks for (its report: "92 % accuracy").
TARGET_PRECISION = 0.92

#: Thresholds outside are not taken: below, a model says nothing; above, it never speaks.
LEAST_THRESHOLD, MOST_THRESHOLD = 0.05, 0.95

#: Fewer right detections than this share of the true objects is no operating point.
LEAST_RECALL = 0.10


class Basis(StrEnum):
    """What a threshold rests on."""

    LOWER_BOUND = "lower_bound"  #: the interval's lower bound reaches the target
    POINT = "point"  #: only the measured precision reaches it: n is too small for more
    BEST = "best"  #: not even that: the most precise point that finds enough


@dataclass(frozen=True, slots=True)
class OperatingPoint:
    """A threshold and what was measured at it.

    Attributes:
        threshold: Least confidence.
        tp: Right detections at it.
        fp: Wrong ones.
        n: True objects, found or not.
        basis: What the choice rests on.
    """

    threshold: float
    tp: int
    fp: int
    n: int
    basis: Basis

    @property
    def precision(self) -> float:
        """Share of right ones among the detections."""
        return self.tp / max(self.tp + self.fp, 1)

    @property
    def recall(self) -> float:
        """Share of true objects that were found."""
        return self.tp / max(self.n, 1)

    @property
    def interval(self) -> tuple[float, float]:
        """Wilson's 95 % interval of the precision."""
        return wilson(self.tp, self.tp + self.fp)

    def line(self) -> dict[str, object]:
        """Return the point with its figures, for JSON."""
        low, high = self.interval
        return {
            "threshold": self.threshold,
            "basis": self.basis.value,
            "n": self.n,
            "tp": self.tp,
            "fp": self.fp,
            "precision": round(self.precision, 3),
            "precision_ci": [round(low, 3), round(high, 3)],
            "recall": round(self.recall, 3),
        }


def operating_point(
    confidence: npt.NDArray[np.float32],
    right: npt.NDArray[np.bool_],
    n: int,
    *,
    target: float = TARGET_PRECISION,
) -> OperatingPoint | None:
    """Choose the lowest threshold, the one that finds most, of those that are precise enough.

    Args:
        confidence: (N,) of the detections, in any order.
        right: (N,) whether each is right.
        n: True objects.
        target: Precision to reach.

    Returns:
        The point; None where nothing right was seen at all.
    """
    points = _points(confidence, right, n)
    by_bound = [point for point in points if point.interval[0] >= target]
    if by_bound:
        return _most_found(by_bound, Basis.LOWER_BOUND)
    useful = [point for point in points if point.recall >= LEAST_RECALL] or points
    by_share = [point for point in useful if point.precision >= target]
    if by_share:
        return _most_found(by_share, Basis.POINT)
    if not useful:
        return None
    best = max(useful, key=lambda point: (point.interval[0], point.recall))
    return _with(best, Basis.BEST)


def _points(
    confidence: npt.NDArray[np.float32], right: npt.NDArray[np.bool_], n: int
) -> list[OperatingPoint]:
    """Return a point for each threshold, in steps of 0.001, above which something right is seen."""
    order = np.argsort(confidence, kind="stable")
    rising, hits_below = confidence[order], np.concatenate(([0], np.cumsum(right[order])))
    points = []
    for threshold in np.unique(np.floor(rising * 1000) / 1000):
        below = int(np.searchsorted(rising, np.float32(threshold), side="left"))
        tp = int(hits_below[-1] - hits_below[below])
        fp = len(rising) - below - tp
        if tp and LEAST_THRESHOLD <= threshold <= MOST_THRESHOLD:
            points.append(OperatingPoint(round(float(threshold), 3), tp, fp, n, Basis.BEST))
    return points


def _most_found(points: list[OperatingPoint], basis: Basis) -> OperatingPoint:
    return _with(max(points, key=lambda point: (point.tp, -point.threshold)), basis)


def _with(point: OperatingPoint, basis: Basis) -> OperatingPoint:
    return OperatingPoint(point.threshold, point.tp, point.fp, point.n, basis)
