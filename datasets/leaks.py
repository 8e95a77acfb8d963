"""Leaks: pictures of one scene in two splits, which would make every figure too good."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from streetwatch.datasets.yolo_folder import DatasetError, read_picture

#: Of 64 bits: up to this many may differ between copies of one picture that were scaled, coded
#: again or slightly cropped (Zauner, Implementation and Benchmarking of Perceptual Image Hash
#: Functions, 2010: pHash). Of 3,101 street pictures in splits, two pairs are up to 8 bits apart,
#: both of them one photograph; at 10 bits a third pair appears.
MOST_DIFFERENT = 6

_SIDE = 32
_KEPT = 8
_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Hashed:
    """A picture file with its split and its perceptual hash."""

    path: Path
    split: str
    phash: int


@dataclass(frozen=True, slots=True)
class Leak:
    """Two files of different splits that show one picture."""

    left: Hashed
    right: Hashed


def phash(image: npt.NDArray[np.uint8]) -> int:
    """Return the 64-bit perceptual hash (pHash) of a (H, W, 3) BGR picture.

    The signs of the lowest 8 x 8 frequencies of the grey picture at 32 x 32, against their median.
    """
    grey = cv2.cvtColor(image, cv2.COLOR_BGR2GRAY)
    small = cv2.resize(grey, (_SIDE, _SIDE), interpolation=cv2.INTER_AREA).astype(np.float32)
    low = cv2.dct(small)[:_KEPT, :_KEPT].ravel()
    bits = low > np.median(low)
    return int(np.packbits(bits).view(">u8")[0])


def hashed(path: Path, split: str) -> Hashed:
    """Return a file with its hash.

    Raises:
        DatasetError: it can't be read.
    """
    return Hashed(path, split, phash(read_picture(path)))


def leaks(pictures: Sequence[Hashed]) -> list[Leak]:
    """Return the pairs of pictures of different splits that are alike."""
    bits = np.array([[one.phash] for one in pictures], np.uint64)
    splits = np.array([one.split for one in pictures])
    found: list[Leak] = []
    for row, one in enumerate(pictures):
        apart = np.bitwise_count(bits[row + 1 :, 0] ^ bits[row, 0])
        alike = (apart <= MOST_DIFFERENT) & (splits[row + 1 :] != one.split)
        found += [Leak(one, pictures[row + 1 + other]) for other in np.flatnonzero(alike).tolist()]
    return found


def refuse(found: Iterable[Leak]) -> None:
    """Refuse a set that leaks.

    Raises:
        DatasetError: there is a leak; names the first few pairs.
    """
    pairs = list(found)
    if not pairs:
        return
    shown = "; ".join(f"{leak.left.path} and {leak.right.path}" for leak in pairs[:_SHOWN])
    raise DatasetError(
        f"{len(pairs)} pictures stand in two splits: {shown}: take them out of one, "
        "or build with --drop-leaks, which leaves out the training picture"
    )
