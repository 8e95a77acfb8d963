"""One measurement of a detector: figures, curves and confusion in one pass over the pictures."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from streetwatch.benchmarks.accuracy import EVERYTHING, Accuracy, Judged, accuracy, judge_seen
from streetwatch.benchmarks.confusion import Confusion, confused
from streetwatch.datasets.yolo_folder import LabelledImage, read_picture
from streetwatch.models.labels import LABELS
from streetwatch.vision.types import Detections, Sees


@dataclass(frozen=True, slots=True)
class Measurement:
    """What one pass over labelled pictures gave.

    Attributes:
        figures: A label each.
        judged: By label, picture by picture.
        confusion: What was taken for what, at the operating thresholds.
    """

    figures: tuple[Accuracy, ...]
    judged: Mapping[str, Sequence[Judged]]
    confusion: Confusion


def measure(
    images: Sequence[LabelledImage],
    detector: Sees,
    *,
    thresholds: Mapping[str, float],
    on_image: Callable[[], None],
) -> Measurement:
    """Measure a detector on every label of `thresholds`.

    Args:
        images: With their true boxes.
        detector: What is measured.
        thresholds: The operating threshold of each label to be scored.
        on_image: Progress.
    """
    judged: dict[str, list[Judged]] = {label: [] for label in thresholds}
    confusion: Counter[tuple[str, str]] = Counter()
    for image in images:
        pixels = read_picture(image.path)
        seen = detector.detect(pixels, confidence=EVERYTHING)
        for label, mine in judge_seen(image, pixels, seen, thresholds).items():
            judged[label].append(mine)
        confusion += confused(image, pixels, _operating(seen, thresholds), thresholds)
        on_image()
    figures = tuple(accuracy(label, judged[label], thresholds[label]) for label in thresholds)
    return Measurement(figures, judged, confusion)


def _operating(seen: Detections, thresholds: Mapping[str, float]) -> Detections:
    least = np.array([thresholds.get(label, np.inf) for label in LABELS], np.float32)
    return seen[seen.confidence >= least[seen.class_id]]
