"""Detector accuracy on labelled pictures: precision with its interval, recall, average precision.

A detection is right when it overlaps a true box of its label by IoU 0.5, one to one, the most
confident first. Average precision is COCO's: precision at 101 recalls, at IoU 0.5, and its mean
over IoU 0.50, 0.55 ... 0.95.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from streetwatch.datasets.yolo_folder import LabelledImage, read_picture
from streetwatch.models.intervals import wilson
from streetwatch.models.labels import CLASS_ID
from streetwatch.vision.types import Boxes, Detections, Image, Sees
from streetwatch.zones.footprint import iou

IOU_OF_A_MATCH = 0.5
_IOUS = np.linspace(0.5, 0.95, 10)
_RECALLS = np.linspace(0, 1, 101)
_RESAMPLES = 300

#: Low enough for the whole precision-recall curve.
EVERYTHING = 0.001


@dataclass(frozen=True, slots=True, eq=False)
class Judged:
    """One label in one picture.

    Attributes:
        truth: How many true boxes there are.
        confidence: (N,) of the detections, falling.
        right: (10, N) whether each is right, at IoU 0.50, 0.55 ... 0.95.
    """

    truth: int
    confidence: npt.NDArray[np.float32]
    right: npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Accuracy:
    """One label's figures at its operating threshold; `n` true boxes.

    `ap50_ci` is the 2.5 and 97.5 percentile over pictures drawn again (bootstrap).
    """

    label: str
    threshold: float
    n: int
    tp: int
    fp: int
    ap50: float | None
    ap50_ci: tuple[float, float] | None
    ap50_95: float | None

    def line(self) -> dict[str, object]:
        """Return the figures as the contract prints them; null where nothing was measured."""
        found = self.tp + self.fp
        return {
            "label": self.label,
            "threshold": round(self.threshold, 3),
            "n": self.n,
            "tp": self.tp,
            "fp": self.fp,
            "fn": self.n - self.tp,
            "precision": round(self.tp / found, 3) if found else None,
            "precision_ci": _rounded(wilson(self.tp, found)),
            "recall": round(self.tp / self.n, 3) if self.n else None,
            "recall_ci": _rounded(wilson(self.tp, self.n)),
            "ap50": None if self.ap50 is None else round(self.ap50, 3),
            "ap50_ci": None if self.ap50_ci is None else _rounded(self.ap50_ci),
            "ap50_95": None if self.ap50_95 is None else round(self.ap50_95, 3),
        }


def _rounded(ends: tuple[float, float]) -> list[float]:
    return [round(end, 3) for end in ends]


def judge(truth: Boxes, boxes: Boxes, confidence: npt.NDArray[np.float32]) -> Judged:
    """Match one label's detections in one picture with the true boxes, at every IoU."""
    order = np.argsort(-confidence, kind="stable")
    overlap = iou(boxes[order], truth)
    right = np.stack([_right(overlap, least) for least in _IOUS])
    return Judged(len(truth), confidence[order], right)


def _right(overlap: npt.NDArray[np.float64], least: float) -> npt.NDArray[np.bool_]:
    """Give each detection in turn the true box it overlaps most, of those still free."""
    right = np.zeros(len(overlap), bool)
    free = np.ones(overlap.shape[1], bool)
    for row, shares in enumerate(overlap):
        open_shares = np.where(free, shares, 0.0)
        if open_shares.size and open_shares.max() >= least:
            free[open_shares.argmax()] = False
            right[row] = True
    return right


def judged_on(
    folders: Mapping[Path, Sequence[LabelledImage]],
    detector: Sees,
    labels: Mapping[Path, Sequence[str]],
    *,
    on_image: Callable[[], None],
) -> dict[str, Judged]:
    """Judge a detector on several folders together, each on the labels that it has boxes of."""
    judged: dict[str, list[Judged]] = {}
    for folder, images in folders.items():
        for image in images:
            pixels = read_picture(image.path)
            seen = detector.detect(pixels, confidence=EVERYTHING)
            for label, mine in judge_seen(image, pixels, seen, labels[folder]).items():
                judged.setdefault(label, []).append(mine)
            on_image()
    return {label: merged(parts) for label, parts in judged.items()}


def judge_seen(
    image: LabelledImage, pixels: Image, seen: Detections, labels: Iterable[str]
) -> dict[str, Judged]:
    """Judge what was seen in one picture, label by label."""
    judged = {}
    for label in labels:
        mine = seen[seen.class_id == CLASS_ID[label]]
        judged[label] = judge(true_boxes(image, label, pixels), mine.xyxy, mine.confidence)
    return judged


def merged(parts: Iterable[Judged]) -> Judged:
    """Return many pictures' judgements as one, by falling confidence."""
    each = list(parts)
    confidence = np.concatenate([part.confidence for part in each])
    right = np.concatenate([part.right for part in each], axis=1)
    order = np.argsort(-confidence, kind="stable")
    return Judged(sum(part.truth for part in each), confidence[order], right[:, order])


def true_boxes(image: LabelledImage, label: str, pixels: Image) -> Boxes:
    """Return the true boxes of a label, (N, 4) xyxy in pixels."""
    height, width = pixels.shape[:2]
    corners = [box.corners for box in image.boxes if box.label == label]
    return np.array(corners, np.float32).reshape(-1, 4) * _scale(width, height)


def _scale(width: int, height: int) -> npt.NDArray[np.float32]:
    return np.array((width, height, width, height), np.float32)


def accuracy(label: str, parts: Sequence[Judged], threshold: float) -> Accuracy:
    """Sum up one label over all pictures."""
    whole = merged(parts)
    once = np.ones(len(whole.confidence))
    curve = [_average_precision(row, once, whole.truth) for row in whole.right]
    above = whole.confidence >= np.float32(threshold)
    tp = int(whole.right[0, above].sum())
    return Accuracy(
        label=label,
        threshold=threshold,
        n=whole.truth,
        tp=tp,
        fp=int(above.sum()) - tp,
        ap50=curve[0] if whole.truth else None,
        ap50_ci=_bootstrapped(parts) if whole.truth else None,
        ap50_95=float(np.mean(curve)) if whole.truth else None,
    )


def _bootstrapped(parts: Sequence[Judged]) -> tuple[float, float]:
    """Return where 95 % of the AP50 of pictures drawn again lie (Efron, bootstrap percentiles)."""
    confidence = np.concatenate([part.confidence for part in parts])
    order = np.argsort(-confidence, kind="stable")
    right = np.concatenate([part.right[0] for part in parts])[order]
    picture = np.repeat(np.arange(len(parts)), [len(part.confidence) for part in parts])[order]
    truth = np.array([part.truth for part in parts])
    chance = np.random.default_rng(0)
    drawn = []
    for _ in range(_RESAMPLES):
        times = np.bincount(chance.integers(0, len(parts), len(parts)), minlength=len(parts))
        n = int(truth @ times)
        if n:
            drawn.append(_average_precision(right, times[picture], n))
    low, high = np.percentile(drawn or [0.0], (2.5, 97.5)).tolist()
    return low, high


def _average_precision(
    right: npt.NDArray[np.bool_], times: npt.NDArray[np.float64] | npt.NDArray[np.int64], n: int
) -> float:
    """Return COCO's average precision of detections in falling confidence.

    Args:
        right: (N,) whether each is right.
        times: (N,) how often each counts.
        n: True objects.
    """
    counted = np.flatnonzero(times)
    if not n or not counted.size:
        return 0.0
    hits = np.cumsum((right * times)[counted])
    precision = hits / np.cumsum(times[counted])
    best = np.maximum.accumulate(precision[::-1])[::-1]  # at this recall or a higher one
    places = np.searchsorted(hits / n, _RECALLS)
    return float(np.append(best, 0.0)[places].mean())
