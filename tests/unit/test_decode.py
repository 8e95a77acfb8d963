"""From a model's rows to detections."""

import numpy as np

from streetwatch.models.labels import CLASS_ID
from streetwatch.vision.detect import decode
from streetwatch.vision.letterbox import fit
from streetwatch.vision.types import Detections

FITTED, _ = fit((1280, 720), 640)  # half size, 12 rows of padding above
CLASS_IDS = np.array([CLASS_ID["garbage"], CLASS_ID["car"]], np.int64)
THRESHOLDS = np.array([0.3, 0.6], np.float32)


def decoded(*rows: tuple[float, ...]) -> Detections:
    return decode(
        np.array(rows, np.float32).reshape(-1, 6),
        FITTED,
        class_ids=CLASS_IDS,
        thresholds=THRESHOLDS,
    )


def test_boxes_come_back_in_pixels_of_the_picture_under_our_labels() -> None:
    seen = decoded((100, 112, 200, 212, 0.9, 1))
    assert seen.labels == ["car"]
    assert seen.xyxy.tolist() == [[200.0, 200.0, 400.0, 400.0]]


def test_each_label_has_its_own_threshold() -> None:
    seen = decoded((0, 12, 50, 60, 0.4, 0), (100, 112, 200, 212, 0.4, 1))
    assert seen.labels == ["garbage"]


def test_a_second_box_of_one_label_on_one_object_is_left_out() -> None:
    seen = decoded((100, 112, 200, 212, 0.7, 1), (101, 112, 201, 213, 0.9, 1))
    assert len(seen) == 1
    assert seen.confidence.tolist() == [np.float32(0.9)]


def test_neighbours_and_other_labels_at_one_place_are_kept() -> None:
    seen = decoded(
        (100, 112, 200, 212, 0.7, 1), (160, 112, 260, 212, 0.8, 1), (100, 112, 200, 212, 0.5, 0)
    )
    assert sorted(seen.labels) == ["car", "car", "garbage"]


def test_nothing_seen_is_empty() -> None:
    assert len(decoded()) == 0
