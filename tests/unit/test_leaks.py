"""One picture in two splits is found, however it was scaled, coded or cropped."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from streetwatch.datasets.leaks import Hashed, hashed, leaks, phash, refuse
from streetwatch.datasets.yolo_folder import DatasetError


def street(seed: int) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    """A picture of smooth patches, different for each seed."""
    chance = np.random.default_rng(seed)
    small = chance.integers(0, 255, (9, 12, 3), dtype=np.uint8)
    return np.asarray(cv2.resize(small, (640, 480), interpolation=cv2.INTER_CUBIC), np.uint8)


def apart(left: int, right: int) -> int:
    return (left ^ right).bit_count()


@pytest.mark.parametrize("seed", range(5))
def test_a_copy_is_alike(seed: int) -> None:
    image = street(seed)
    stretched = np.asarray(cv2.resize(image, (640, 640)), np.uint8)
    coded = cv2.imdecode(
        cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, 30])[1], cv2.IMREAD_COLOR
    )
    assert coded is not None
    cropped = image[6:-6, 8:-8]
    for copy in (stretched, np.asarray(coded, np.uint8), cropped):
        assert apart(phash(image), phash(copy)) <= 6


def test_other_pictures_are_not() -> None:
    hashes = [phash(street(seed)) for seed in range(60)]
    nearest = min(apart(a, b) for i, a in enumerate(hashes) for b in hashes[:i])
    assert nearest > 8


def test_only_pairs_of_two_splits_are_leaks() -> None:
    pictures = [
        Hashed(Path("a"), "train", 0b1111),
        Hashed(Path("b"), "train", 0b1111),
        Hashed(Path("c"), "val", 0b0111),
        Hashed(Path("d"), "test", (1 << 40) - 1),
    ]
    assert {(leak.left.path.name, leak.right.path.name) for leak in leaks(pictures)} == {
        ("a", "c"),
        ("b", "c"),
    }


def test_a_leak_is_refused_loudly_with_both_files(tmp_path: Path) -> None:
    for name in ("train.png", "val.png"):
        cv2.imwrite(str(tmp_path / name), street(1))
    found = leaks([hashed(tmp_path / f"{split}.png", split) for split in ("train", "val")])
    with pytest.raises(DatasetError, match=r"train\.png and .*val\.png.*--drop-leaks"):
        refuse(found)
    refuse([])
