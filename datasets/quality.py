"""Label quality: what in a folder's boxes looks wrong, to be looked at by a person."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from streetwatch.datasets.yolo_folder import LabelledBox, LabelledImage
from streetwatch.zones.footprint import iou

#: A box of less than this share of the picture's side can't be judged by eye at 640 pixels: 8 px.
LEAST_SIDE = 8 / 640

#: Two boxes of one label that overlap more are one object drawn twice.
SAME_OBJECT_IOU = 0.85

#: Longer than this to its width, a street object is most likely cut off or drawn wrongly.
MOST_ASPECT = 8.0


@dataclass(frozen=True, slots=True)
class Doubt:
    """A box to look at: in which picture, which one, and why (a word for the report)."""

    image: LabelledImage
    box: LabelledBox
    why: str


def doubts(images: Sequence[LabelledImage]) -> Iterator[Doubt]:
    """Yield the boxes that look wrong, in order of picture."""
    for image in images:
        for box in image.boxes:
            why = _alone(box)
            if why:
                yield Doubt(image, box, why)
        for box in _twice(image.boxes):
            yield Doubt(image, box, "drawn twice")


def _alone(box: LabelledBox) -> str:
    x1, y1, x2, y2 = box.corners
    width, height = box.size
    if min(x1, y1) < -0.01 or max(x2, y2) > 1.01:
        return "outside the picture"
    if min(width, height) < LEAST_SIDE:
        return "too small to judge"
    if max(width / height, height / width) > MOST_ASPECT:
        return "very long"
    return ""


def _twice(boxes: Sequence[LabelledBox]) -> Iterator[LabelledBox]:
    for label in sorted({box.label for box in boxes}):
        mine = [box for box in boxes if box.label == label]
        corners = np.array([box.corners for box in mine], np.float32)
        overlap = np.triu(iou(corners, corners), k=1)
        yield from (mine[second] for second in np.unique(np.nonzero(overlap > SAME_OBJECT_IOU)[1]))
