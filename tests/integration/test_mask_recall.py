"""Mask recall counts who is covered, by size, and what was not measured is no figure."""

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest

from sealed import Sees
from streetwatch.benchmarks.masking import (
    as_they_are,
    lines,
    on_canvases,
    people_in,
    people_in_clip,
)
from streetwatch.datasets.yolo_folder import LabelledBox, LabelledImage
from streetwatch.vision.capture.masked_clip import masks_in
from streetwatch.vision.masking import Masker
from streetwatch.vision.types import Box

NEAR: Box = (100.0, 50.0, 160.0, 250.0)
FAR: Box = (400.0, 100.0, 410.0, 125.0)


@pytest.fixture
def pictures(tmp_path: Path) -> list[LabelledImage]:
    """A picture with somebody near and somebody far away."""
    path = tmp_path / "street.png"
    cv2.imwrite(str(path), np.zeros((360, 640, 3), np.uint8))
    boxes = tuple(
        LabelledBox(
            "person",
            ((x1 + x2) / 2 / 640, (y1 + y2) / 2 / 360),
            ((x2 - x1) / 640, (y2 - y1) / 360),
        )
        for x1, y1, x2, y2 in (NEAR, FAR)
    )
    return [LabelledImage(path, (*boxes, LabelledBox("car", (0.5, 0.5), (0.1, 0.1))))]


def measured(pictures: list[LabelledImage], *seen: Box) -> dict[object, tuple[object, object]]:
    masker = Masker(Sees(tuple(("person", box) for box in seen)))
    people = people_in(as_they_are(pictures), masker, lambda: None)
    return {one["size"]: (one["n"], one["head_covered"]) for one in lines("all", people)}


def test_who_is_covered_is_counted_by_size(pictures: list[LabelledImage]) -> None:
    assert measured(pictures, NEAR) == {
        "under 32 px": (1, 0.0),
        "32 to 96 px": (0, None),
        "over 96 px": (1, 1.0),
        "all": (2, 0.5),
    }


def test_a_mask_that_leaves_the_head_out_does_not_count(pictures: list[LabelledImage]) -> None:
    assert measured(pictures, (100.0, 120.0, 160.0, 250.0))["over 96 px"] == (1, 0.0)


def test_on_a_canvas_everybody_stays_where_the_picture_is(pictures: list[LabelledImage]) -> None:
    (scene,) = on_canvases(pictures * 6)
    assert scene.image.shape == (1080, 1920, 3)
    assert len(scene.people) == 12
    assert scene.people[:, 0].tolist()[::2] == [100, 740, 1380, 100, 740, 1380]


def test_in_a_clip_everybody_is_looked_for_in_the_very_picture(
    counting_clip: Callable[..., Path],
) -> None:
    clip = counting_clip(pictures=30, fps=10)
    seen: Box = (100.0, 50.0, 160.0, 250.0)
    masker = Masker(Sees((("person", seen), ("car", (300.0, 50.0, 400.0, 120.0)))))
    people = people_in_clip(clip, masker, lambda: None)
    pictures = len(list(masks_in(clip, masker)))
    assert 15 <= pictures <= 21
    assert len(people) == 2 * pictures, "a still is looked at twice"
    assert {(one.head, one.box) for one in people} == {(1.0, 1.0)}
