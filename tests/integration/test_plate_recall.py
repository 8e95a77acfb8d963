"""Plates that people drew are found again by their picture's digest, and counted where covered."""

import json
from hashlib import sha256
from pathlib import Path

import cv2
import numpy as np
import pytest

from sealed import Sees
from streetwatch.benchmarks.plates import (
    pictures_in,
    plate_line,
    read_plates,
    shares_covered,
)
from streetwatch.datasets.yolo_folder import DatasetError
from streetwatch.vision.masking import Masker

CAR = (100.0, 100.0, 300.0, 200.0)
ON_IT = [0.27, 0.48, 0.33, 0.51]
ON_ANOTHER = [0.7, 0.48, 0.76, 0.51]


def test_a_plate_counts_where_all_of_it_is_covered(tmp_path: Path) -> None:
    picture = tmp_path / "street" / "one.png"
    picture.parent.mkdir()
    cv2.imwrite(str(picture), np.zeros((360, 640, 3), np.uint8))
    name = sha256(picture.read_bytes()).hexdigest()[:16]
    drawn = tmp_path / "plates.jsonl"
    lines = [
        {"part": "held", "picture": name, "plates": [ON_IT, ON_ANOTHER]},
        {"part": "held", "picture": "0" * 16, "plates": [ON_IT]},
    ]
    drawn.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    masker = Masker(Sees((("car", CAR),)))
    ((_, shares, area),) = shares_covered(
        read_plates(drawn), pictures_in(tmp_path), masker, lambda: None
    )
    assert shares == [1.0, 0.0]
    line = plate_line("held", shares, [area])
    assert (line["pictures"], line["plates"], line["covered"]) == (1, 2, 0.5)


def test_what_is_no_list_of_plates_is_refused_in_words(tmp_path: Path) -> None:
    drawn = tmp_path / "plates.jsonl"
    drawn.write_text('{"part": "held"}', encoding="utf-8")
    with pytest.raises(DatasetError, match=r"plates\.jsonl: no plates can be read"):
        read_plates(drawn)
