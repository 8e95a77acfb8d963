"""Pasted objects stand where their boxes say."""

import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from streetwatch.datasets.pasting import Paster
from streetwatch.datasets.yolo_folder import DatasetError, LabelledBox, LabelledImage

HIDDEN_AT_TIMES = LabelledBox("person", (0.5, 0.7), (0.2, 0.4))


@pytest.fixture
def sprites(tmp_path: Path) -> Path:
    """One red stall, 60 x 40, with a border that is its (empty) shadow."""
    folder = tmp_path / "sprites"
    folder.mkdir()
    rgba = np.zeros((60, 100, 4), np.uint8)
    rgba[10:50, 20:80] = (0, 0, 255, 255)
    cv2.imwrite(str(folder / "stall_000.png"), rgba)
    facts = {"kind": "stall", "box": [20, 10, 80, 50]}
    (folder / "stall_000.json").write_text(json.dumps(facts))
    return folder


@pytest.fixture
def street(tmp_path: Path) -> LabelledImage:
    path = tmp_path / "street.png"
    cv2.imwrite(str(path), np.zeros((360, 640, 3), np.uint8))
    return LabelledImage(path, (HIDDEN_AT_TIMES,))


def test_each_box_is_filled_by_its_object_and_nothing_else_is(
    sprites: Path, street: LabelledImage
) -> None:
    for _, content, boxes in Paster(sprites, count=20).pictures([street]):
        image = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_COLOR)
        assert image is not None
        red = image[:, :, 2] > 60
        (stall,) = [box for box in boxes if box.label == "vendor_stall"]
        x1, y1, x2, y2 = (
            round(share * side) for share, side in zip(stall.corners, (640, 360) * 2, strict=True)
        )
        assert red[y1 + 3 : y2 - 3, x1 + 3 : x2 - 3].mean() > 0.98
        red[max(y1 - 3, 0) : y2 + 3, max(x1 - 3, 0) : x2 + 3] = False
        assert red.mean() < 0.002


def test_what_is_covered_loses_its_box(sprites: Path, street: LabelledImage) -> None:
    made = list(Paster(sprites, count=40).pictures([street]))
    with_person = [boxes for _, _, boxes in made if "person" in {box.label for box in boxes}]
    assert 0 < len(with_person) < len(made)


def add(sprites: Path, kind: str) -> None:
    cv2.imwrite(str(sprites / f"{kind}_000.png"), np.full((60, 40, 4), 255, np.uint8))
    facts = {"kind": kind, "box": [0, 0, 40, 60]}
    (sprites / f"{kind}_000.json").write_text(json.dumps(facts))


def test_what_is_mistaken_for_vending_is_pasted_without_a_box(
    sprites: Path, street: LabelledImage
) -> None:
    (sprites / "stall_000.png").unlink()
    (sprites / "stall_000.json").unlink()
    add(sprites, "cafe")
    made = list(Paster(sprites, count=10).pictures([street]))
    assert made
    for _, content, boxes in made:
        image = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_COLOR)
        assert image is not None
        assert (image > 60).any()
        assert {box.label for box in boxes} <= {"person"}


def test_people_stand_at_stalls(sprites: Path, street: LabelledImage) -> None:
    add(sprites, "person")
    empty = LabelledImage(street.path, ())
    near = 0
    for _, _, boxes in Paster(sprites, count=40).pictures([empty]):
        stalls = [box for box in boxes if box.label == "vendor_stall"]
        for person in (box for box in boxes if box.label == "person"):
            near += any(
                abs(person.centre[0] - stall.centre[0]) < stall.size[0] + person.size[0]
                for stall in stalls
            )
    assert near > 10


def test_one_seed_makes_the_same_pictures(sprites: Path, street: LabelledImage) -> None:
    first, second = (list(Paster(sprites, count=3).pictures([street])) for _ in range(2))
    assert first == second
    assert first != list(Paster(sprites, count=3, seed=1).pictures([street]))


def test_a_folder_without_sprites_is_refused(tmp_path: Path, street: LabelledImage) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(DatasetError, match="no sprites"):
        list(Paster(tmp_path / "empty").pictures([street]))
