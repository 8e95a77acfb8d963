"""Verdicts become training pictures and hard negatives, and places stay in one split."""

import json
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from streetwatch.datasets.learning import learn_from, split_of
from streetwatch.datasets.sources import sources
from streetwatch.datasets.yolo_folder import DatasetError, read_folder, read_picture

SIZE = (1280, 720)
HEAP = [600, 300, 700, 400]


def verdict(**changed: Any) -> dict[str, Any]:  # noqa: ANN401
    line = {"frame": "frames/a.png", "place": "kerb/pavement", "label": "garbage"}
    return {**line, "bbox": HEAP, "verdict": "confirmed", **changed}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A frame with a bright heap at its place."""
    made = tmp_path / "reviewed"
    (made / "frames").mkdir(parents=True)
    frame = np.zeros((SIZE[1], SIZE[0], 3), np.uint8)
    frame[HEAP[1] : HEAP[3], HEAP[0] : HEAP[2]] = 255
    cv2.imwrite(str(made / "frames" / "a.png"), frame)
    return made


def write(folder: Path, *lines: dict[str, Any]) -> Path:
    (folder / "verdicts.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    return folder


def learn(folder: Path, out: Path) -> dict[str, dict[str, int]]:
    found = learn_from(folder, out, held_out=0.2, on_verdict=lambda: None)
    return {split: dict(counts) for split, counts in found.items()}


def test_a_confirmed_box_is_labelled_where_it_stands_in_its_surroundings(
    folder: Path, tmp_path: Path
) -> None:
    out = tmp_path / "sources" / "city"
    (split,) = learn(write(folder, verdict()), out)
    (image,) = read_folder(out / split)
    (box,) = image.boxes
    pixels = read_picture(image.path)
    height, width = pixels.shape[:2]
    assert width < SIZE[0]
    assert height < SIZE[1]
    x1, y1, x2, y2 = box.corners
    inside = pixels[round(y1 * height) : round(y2 * height), round(x1 * width) : round(x2 * width)]
    assert box.label == "garbage"
    assert inside.mean() > 240
    assert pixels.astype(float).sum() == pytest.approx(inside.astype(float).sum(), rel=0.05)


def test_what_was_no_such_object_is_a_hard_negative(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "city"
    rejected = verdict(verdict="rejected", reason="wrong_object")
    (split,) = learn(write(folder, rejected), out)
    (image,) = read_folder(out / split)
    assert image.boxes == ()


def test_what_says_nothing_about_the_model_teaches_nothing(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "city"
    silent = [
        verdict(verdict="unsure"),
        verdict(verdict="rejected", reason="permitted"),
        verdict(verdict="rejected"),
    ]
    counts = learn(write(folder, verdict(), *silent), out)
    assert list(counts.values()) == [{"confirmed": 1}]
    with pytest.raises(DatasetError, match="none of 3 verdicts"):
        learn(write(folder, *silent), out)


def test_all_pictures_of_a_place_are_in_one_split_and_both_splits_are_used(
    folder: Path, tmp_path: Path
) -> None:
    lines = [verdict(place=f"camera-{number % 40}/pavement") for number in range(80)]
    out = tmp_path / "sources" / "city"
    counts = learn(write(folder, *lines), out)
    assert set(counts) == {"train", "val"}
    assert sum(split["confirmed"] for split in counts.values()) == 80
    assert 0 < sum(split_of(f"camera-{n}/x", 0.2) == "val" for n in range(1000)) < 300
    (source,) = sources(tmp_path / "sources", {})
    assert source.splits == ("train", "val")


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        pytest.param({"verdict": "yes"}, "confirmed, rejected, unsure", id="verdict"),
        pytest.param({"bbox": [1, 2, 3]}, "four numbers", id="three numbers"),
        pytest.param({"bbox": [9, 9, 3, 20]}, "x1 < x2", id="turned box"),
        pytest.param({"bbox": [4000, 10, 4100, 60]}, "outside its 1280 x 720", id="outside"),
        pytest.param({"label": "dog"}, "label one of person", id="label"),
        pytest.param({"frame": "../../etc/passwd"}, "leads out", id="traversal"),
        pytest.param({"frame": "frames/none.png"}, "can be read", id="no frame"),
    ],
)
def test_a_wrong_verdict_is_told(
    folder: Path, tmp_path: Path, changed: dict[str, Any], told: str
) -> None:
    with pytest.raises(DatasetError, match=told):
        learn(write(folder, verdict(**changed)), tmp_path / "city")
