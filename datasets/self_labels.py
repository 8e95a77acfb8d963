"""Self-labels: boxes of what a source has no boxes for, given by models that know it."""

from collections.abc import Sequence
from typing import Protocol

from streetwatch.datasets.yolo_folder import LabelledBox
from streetwatch.models.labels import LABELS
from streetwatch.models.ultralytics_model import COCO_CLASS
from streetwatch.vision.types import Image, Sees

_TEACHER_SIZE = 800
_TEACHER_CONFIDENCE = 0.35


class KnowsCoco(Protocol):
    """Sees vehicles and people."""

    def boxes(
        self, image: Image, *, confidence: float, image_size: int
    ) -> list[tuple[str, tuple[float, float, float, float]]]:
        """Return label and (cx, cy, w, h) in shares of the picture."""


class SelfLabels:
    """Labels pictures with the COCO model, and with a model of ours if there is one.

    A label that COCO has comes from the COCO model alone; ours gives the rest, at its operating
    thresholds, so that a bin in a picture of another source is not learned as background.
    """

    def __init__(self, coco: KnowsCoco, ours: Sees | None = None) -> None:
        self._coco = coco
        self._ours = ours

    def missing(self, image: Image, labelled: frozenset[str]) -> Sequence[LabelledBox]:
        """Return boxes of the labels that are not in `labelled`; (H, W, 3) BGR."""
        return [
            box
            for box in (*self._of_coco(image), *self._of_ours(image))
            if box.label not in labelled
        ]

    def _of_coco(self, image: Image) -> list[LabelledBox]:
        found = self._coco.boxes(image, confidence=_TEACHER_CONFIDENCE, image_size=_TEACHER_SIZE)
        return [LabelledBox(label, (x, y), (w, h)) for label, (x, y, w, h) in found]

    def _of_ours(self, image: Image) -> list[LabelledBox]:
        if self._ours is None:
            return []
        seen = self._ours.detect(image)
        height, width = image.shape[:2]
        rows = zip(seen.class_id.tolist(), seen.xyxy.tolist(), strict=True)
        return [
            _box(LABELS[number], xyxy, width, height)
            for number, xyxy in rows
            if LABELS[number] not in COCO_CLASS
        ]


def _box(label: str, xyxy: Sequence[float], width: int, height: int) -> LabelledBox:
    x1, y1, x2, y2 = xyxy
    centre = (x1 + x2) / 2 / width, (y1 + y2) / 2 / height
    return LabelledBox(label, centre, ((x2 - x1) / width, (y2 - y1) / height))
