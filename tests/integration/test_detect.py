"""The shipped model, really run."""

import json
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from commands import streetwatch
from streetwatch.models.errors import ModelError
from streetwatch.models.registry import DEFAULT_MODEL, find
from streetwatch.models.session import Session
from streetwatch.vision.detect import Detector, above
from streetwatch.vision.types import Image

DEMO_CLIP = Path(__file__).resolve().parents[2] / "datasets" / "demo" / "street.mp4"
LARGEST_MIB = 12


@pytest.fixture(scope="module")
def detector() -> Detector:
    return Detector.load(threads=1)


@pytest.fixture(scope="module")
def street() -> Image:
    """A frame of the demo clip with everything in it."""
    capture = cv2.VideoCapture(str(DEMO_CLIP))
    capture.set(cv2.CAP_PROP_POS_MSEC, 60_000)
    read, image = capture.read()
    assert read
    return np.asarray(image, np.uint8)


def test_the_shipped_model_is_small_enough_to_commit() -> None:
    assert find(DEFAULT_MODEL).file.stat().st_size <= LARGEST_MIB * 2**20


def test_the_model_sees_the_demo_street(detector: Detector, street: Image) -> None:
    seen = detector.detect(street, confidence=0.2)
    assert {"car", "vendor_stall", "garbage", "person"} <= set(seen.labels)


def test_a_batch_gives_what_single_pictures_give(detector: Detector, street: Image) -> None:
    mirrored = np.ascontiguousarray(street[:, ::-1])
    together = detector.detect_batch([street, mirrored])
    for one, picture in zip(together, [street, mirrored], strict=True):
        alone = detector.detect(picture)
        assert one.labels == alone.labels
        assert one.xyxy == pytest.approx(alone.xyxy, abs=0.5)


def test_a_watched_camera_is_asked_for_all_that_one_picture_shows_and_for_less_sure_things(
    detector: Detector, street: Image
) -> None:
    once, watched = detector.detect(street), detector.watching().detect(street)
    assert len(watched) > len(once) > 0
    surely = above(watched, detector.card.thresholds)
    assert sorted(surely.labels) == sorted(once.labels)


def test_a_card_that_names_other_labels_than_its_file_is_refused() -> None:
    card = find(DEFAULT_MODEL)
    with pytest.raises(ModelError, match="not the card's"):
        Session(replace(card, labels=card.labels[::-1]))


def test_no_pictures_give_no_detections(detector: Detector) -> None:
    assert detector.detect_batch([]) == []


@pytest.mark.parametrize(
    "size", [pytest.param((1, 1), id="a pixel"), pytest.param((2000, 30), id="a strip")]
)
def test_odd_pictures_do_no_harm(detector: Detector, size: tuple[int, int]) -> None:
    assert len(detector.detect(np.zeros((*size, 3), np.uint8))) == 0


def test_detect_prints_a_line_for_each_picture_and_goes_on_after_a_bad_one(
    tmp_path: Path, street: Image
) -> None:
    cv2.imwrite(str(tmp_path / "a.png"), street)
    (tmp_path / "b.jpg").write_bytes(b"no picture")
    cv2.imwrite(str(tmp_path / "c.png"), np.zeros((90, 160, 3), np.uint8))
    done = streetwatch("detect", tmp_path, "--json")
    first, second, third = (json.loads(line) for line in done.stdout.splitlines())
    assert done.returncode == 1
    assert (first["width"], first["height"]) == (1280, 720)
    assert {"label", "confidence", "xyxy"} == set(first["detections"][0])
    assert "error" in second
    assert third["detections"] == []
