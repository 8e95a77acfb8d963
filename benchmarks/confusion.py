"""Confusion: what is taken for what, at the operating thresholds."""

from collections import Counter
from collections.abc import Iterable, Mapping

import numpy as np

from streetwatch.benchmarks.accuracy import IOU_OF_A_MATCH, true_boxes
from streetwatch.datasets.yolo_folder import LabelledImage
from streetwatch.models.labels import CLASS_ID
from streetwatch.vision.types import Detections, Image
from streetwatch.zones.footprint import iou

#: Where there is nothing: a missed object is seen as it, and a false alarm is one of it.
NOTHING = ""

#: How often (true label, seen label) came.
Confusion = Mapping[tuple[str, str], int]


def confused(
    image: LabelledImage, pixels: Image, seen: Detections, labels: Iterable[str]
) -> Counter[tuple[str, str]]:
    """Match one picture's detections with its true boxes, whatever their labels.

    The most overlapping pair comes first, one to one, down to IoU 0.5.

    Args:
        image: With its true boxes.
        pixels: Of the picture, for its size.
        seen: At the operating thresholds.
        labels: That the picture's boxes are of; other detections are not judged.
    """
    scored = list(labels)
    seen = seen[np.isin(seen.class_id, [CLASS_ID[label] for label in scored])]
    boxes = [true_boxes(image, label, pixels) for label in scored]
    truth = np.concatenate(boxes) if boxes else np.empty((0, 4), np.float32)
    true_labels = [
        label for label, mine in zip(scored, boxes, strict=True) for _ in range(len(mine))
    ]
    overlap = iou(seen.xyxy, truth)
    counts: Counter[tuple[str, str]] = Counter()
    while overlap.size and overlap.max() >= IOU_OF_A_MATCH:
        row, column = np.unravel_index(int(overlap.argmax()), overlap.shape)
        counts[true_labels[column], seen.labels[row]] += 1
        overlap[row], overlap[:, column] = -1, -1
    unmatched_seen = (overlap > -1).any(axis=1) if truth.size else np.ones(len(seen), bool)
    unmatched_true = (overlap > -1).any(axis=0) if len(seen) else np.ones(len(truth), bool)
    counts.update((NOTHING, seen.labels[row]) for row in np.flatnonzero(unmatched_seen))
    counts.update((true_labels[row], NOTHING) for row in np.flatnonzero(unmatched_true))
    return counts
