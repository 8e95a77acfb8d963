"""Detector accuracy on labelled pictures: precision with its interval, recall, average precision.

A detection is right when it overlaps a true box of its label by IoU 0.5, one to one, the most
confident first. Average precision is COCO's: precision at 101 recalls, at IoU 0.5, and its mean
over IoU 0.50, 0.55 ... 0.95.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from streetwatch.benchmarks.intervals import wilson
from streetwatch.datasets.yolo_folder import LabelledImage, read_picture
from streetwatch.models.labels import CLASS_ID
from streetwatch.vision.types import Boxes, Image, Sees
from streetwatch.zones.footprint import iou

IOU_OF_A_MATCH = 0.5
_IOUS = np.linspace(0.5, 0.95, 10)
_RECALLS = np.linspace(0, 1, 101)

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
    """One label's figures at its operating threshold; `n` true boxes."""

    label: str
    threshold: float
    n: int
    tp: int
    fp: int
    ap50: float | None
    ap50_95: float | None

    def line(self) -> dict[str, object]:
        """Return the figures as the contract prints them; null where nothing was measured."""
        found = self.tp + self.fp
        low, high = wilson(self.tp, found)
        return {
            "label": self.label,
            "threshold": round(self.threshold, 3),
            "n": self.n,
            "tp": self.tp,
            "fp": self.fp,
            "fn": self.n - self.tp,
            "precision": round(self.tp / found, 3) if found else None,
            "precision_ci": [round(low, 3), round(high, 3)],
            "recall": round(self.tp / self.n, 3) if self.n else None,
            "ap50": None if self.ap50 is None else round(self.ap50, 3),
            "ap50_95": None if self.ap50_95 is None else round(self.ap50_95, 3),
        }


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


def measure(
    images: Sequence[LabelledImage],
    detector: Sees,
    *,
    thresholds: Mapping[str, float],
    on_image: Callable[[], None],
) -> list[Accuracy]:
    """Measure a detector on every label that it knows and the pictures' `data.yaml` names.

    Args:
        images: With their true boxes.
        detector: What is measured.
        thresholds: The operating threshold of each label to be scored.
        on_image: Progress.
    """
    judged: dict[str, list[Judged]] = {label: [] for label in thresholds}
    for image in images:
        pixels = read_picture(image.path)
        seen = detector.detect(pixels, confidence=EVERYTHING)
        for label, all_judged in judged.items():
            mine = seen[seen.class_id == CLASS_ID[label]]
            all_judged.append(judge(_truth(image, label, pixels), mine.xyxy, mine.confidence))
        on_image()
    return [accuracy(label, judged[label], thresholds[label]) for label in thresholds]


def _truth(image: LabelledImage, label: str, pixels: Image) -> Boxes:
    height, width = pixels.shape[:2]
    corners = [box.corners for box in image.boxes if box.label == label]
    return np.array(corners, np.float32).reshape(-1, 4) * _scale(width, height)


def _scale(width: int, height: int) -> npt.NDArray[np.float32]:
    return np.array((width, height, width, height), np.float32)


def accuracy(label: str, judged: Iterable[Judged], threshold: float) -> Accuracy:
    """Sum up one label over all pictures."""
    parts = list(judged)
    n = sum(part.truth for part in parts)
    confidence = np.concatenate([part.confidence for part in parts])
    right = np.concatenate([part.right for part in parts], axis=1)
    order = np.argsort(-confidence, kind="stable")
    curve = [_average_precision(row[order], n) for row in right] if n else []
    above = confidence >= threshold
    tp = int(right[0, above].sum())
    return Accuracy(
        label=label,
        threshold=threshold,
        n=n,
        tp=tp,
        fp=int(above.sum()) - tp,
        ap50=curve[0] if curve else None,
        ap50_95=float(np.mean(curve)) if curve else None,
    )


def _average_precision(right: npt.NDArray[np.bool_], n: int) -> float:
    """Return COCO's average precision of detections in falling confidence."""
    if not right.size:
        return 0.0
    hits = np.cumsum(right)
    precision = hits / np.arange(1, len(right) + 1)
    best = np.maximum.accumulate(precision[::-1])[::-1]  # at this recall or a higher one
    places = np.searchsorted(hits / n, _RECALLS)
    return float(np.append(best, 0.0)[places].mean())
