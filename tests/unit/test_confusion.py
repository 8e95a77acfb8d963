"""What is taken for what is counted once."""

from pathlib import Path

import numpy as np

from streetwatch.benchmarks.confusion import confused
from streetwatch.datasets.yolo_folder import LabelledBox, LabelledImage
from streetwatch.models.labels import CLASS_ID
from streetwatch.vision.types import Detections

PIXELS = np.zeros((100, 100, 3), np.uint8)
LABELS = ("garbage", "bin")


def seen(*found: tuple[str, list[float]]) -> Detections:
    return Detections(
        np.array([box for _, box in found], np.float32).reshape(-1, 4),
        np.full(len(found), 0.9, np.float32),
        np.array([CLASS_ID[label] for label, _ in found], np.int64),
    )


def true(*found: tuple[str, float]) -> LabelledImage:
    boxes = [LabelledBox(label, (x, 0.5), (0.2, 0.2)) for label, x in found]
    return LabelledImage(Path("a.jpg"), tuple(boxes))


def test_right_wrong_missed_and_false_are_told_apart() -> None:
    image = true(("garbage", 0.2), ("bin", 0.5), ("bin", 0.8))
    detections = seen(
        ("garbage", [10, 40, 30, 60]),  # right
        ("garbage", [40, 40, 60, 60]),  # a bin, taken for garbage
        ("garbage", [0, 0, 10, 10]),  # nothing there
        ("car", [0, 0, 10, 10]),  # a label that the picture has no boxes of
    )
    assert dict(confused(image, PIXELS, detections, LABELS)) == {
        ("garbage", "garbage"): 1,
        ("bin", "garbage"): 1,
        ("", "garbage"): 1,
        ("bin", ""): 1,
    }


def test_an_empty_picture_and_a_blind_model() -> None:
    assert not confused(true(), PIXELS, seen(), LABELS)
    assert dict(confused(true(("bin", 0.5)), PIXELS, seen(), LABELS)) == {("bin", ""): 1}
    alone = confused(true(), PIXELS, seen(("bin", [0, 0, 9, 9])), LABELS)
    assert dict(alone) == {("", "bin"): 1}
