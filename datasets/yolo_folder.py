"""Labelled pictures as folders in the YOLO layout: `images/`, `labels/`, `data.yaml`."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import yaml

from streetwatch.vision.types import Image

SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".webp", ".bmp"})


class DatasetError(ValueError):
    """A data set is not laid out as it must be; the message says where and how to mend it."""


@dataclass(frozen=True, slots=True)
class LabelledBox:
    """One box, as shares of the picture's width and height.

    Attributes:
        label: What is in it.
        centre: x, y.
        size: Width, height.
    """

    label: str
    centre: tuple[float, float]
    size: tuple[float, float]

    @property
    def corners(self) -> tuple[float, float, float, float]:
        """x1 y1 x2 y2, shares of the picture."""
        (x, y), (w, h) = self.centre, self.size
        return x - w / 2, y - h / 2, x + w / 2, y + h / 2

    def line(self, number: int) -> str:
        """Return the box as a line of a label file, under its label's number."""
        (x, y), (w, h) = self.centre, self.size
        return f"{number} {x:.5f} {y:.5f} {w:.5f} {h:.5f}\n"


@dataclass(frozen=True, slots=True)
class LabelledImage:
    """A picture file and its boxes."""

    path: Path
    boxes: tuple[LabelledBox, ...]


def names_of(folder: Path) -> Mapping[int, str]:
    """Return what the class numbers of a folder mean.

    Raises:
        DatasetError: there is no readable `data.yaml` with `names`.
    """
    file = folder / "data.yaml"
    try:
        names = yaml.safe_load(file.read_text(encoding="utf-8"))["names"]
    except (OSError, UnicodeDecodeError, yaml.YAMLError, KeyError, TypeError) as error:
        raise DatasetError(f"{file}: must be YAML with `names`, a list or map of labels") from error
    pairs = names.items() if isinstance(names, dict) else enumerate(names)
    return {int(number): str(name) for number, name in pairs}


def set_names(data: Path) -> tuple[str, ...]:
    """Return the labels of a set's `data.yaml`, in the order of their numbers.

    Raises:
        DatasetError: it is not readable, or its numbers have gaps.
    """
    names = names_of(data.parent)
    if sorted(names) != list(range(len(names))):
        raise DatasetError(f"{data}: names must be numbered 0, 1, 2 ... without gaps")
    return tuple(names[number] for number in range(len(names)))


def read_folder(folder: Path) -> Iterator[LabelledImage]:
    """Yield the pictures of a folder with their boxes, in order of name.

    Raises:
        DatasetError: a file is missing, or a label line is not `class cx cy w h`.
    """
    return _read(folder / "images", folder / "labels", names_of(folder))


def read_split(folder: Path, split: str) -> Iterator[LabelledImage]:
    """Yield the pictures of one split of a built set: `images/SPLIT`, `labels/SPLIT`.

    Raises:
        DatasetError: as `read_folder`.
    """
    return _read(folder / "images" / split, folder / "labels" / split, names_of(folder))


def _read(images: Path, labels: Path, names: Mapping[int, str]) -> Iterator[LabelledImage]:
    if not images.is_dir():
        raise DatasetError(f"{images}: no such folder: pictures are expected in it")
    for path in sorted(images.iterdir()):
        if path.suffix.lower() in SUFFIXES:
            yield LabelledImage(path, _boxes(labels / f"{path.stem}.txt", names))


def _boxes(file: Path, names: Mapping[int, str]) -> tuple[LabelledBox, ...]:
    """Read a label file; a picture without one has nothing in it."""
    if not file.exists():
        return ()
    lines = file.read_text(encoding="utf-8").splitlines()
    return tuple(
        _box(line.split(), names, f"{file}:{number}")
        for number, line in enumerate(lines, start=1)
        if line.strip()
    )


def _box(words: list[str], names: Mapping[int, str], where: str) -> LabelledBox:
    try:
        number, (x, y, w, h) = int(words[0]), map(float, words[1:5])
        return LabelledBox(names[number], (x, y), (w, h))
    except (ValueError, KeyError, IndexError) as error:
        raise DatasetError(f"{where}: write `class cx cy w h`, class one of {names}") from error


def read_picture(path: Path) -> Image:
    """Return a picture's pixels, (H, W, 3) BGR.

    Raises:
        DatasetError: it can't be read.
    """
    image = cv2.imread(str(path))
    if image is None:
        raise DatasetError(f"{path}: not a picture that can be read")
    return np.asarray(image, np.uint8)


class YoloWriter:
    """Writes pictures and boxes of one split of a training set.

    Pictures are handed over as encoded bytes or linked: nothing is encoded twice.
    """

    def __init__(self, root: Path, split: str, labels: tuple[str, ...]) -> None:
        self._images = root / "images" / split
        self._labels = root / "labels" / split
        self._numbers = {label: number for number, label in enumerate(labels)}
        for folder in (self._images, self._labels):
            folder.mkdir(parents=True, exist_ok=True)

    def link(self, name: str, picture: Path, boxes: tuple[LabelledBox, ...]) -> Path:
        """Add a picture that stays where it is."""
        target = self._images / f"{name}{picture.suffix}"
        target.unlink(missing_ok=True)
        target.symlink_to(picture.resolve())
        self._write_boxes(name, boxes)
        return target

    def write(self, name: str, content: bytes, boxes: tuple[LabelledBox, ...]) -> Path:
        """Add a picture that is made, as JPEG bytes."""
        target = self._images / f"{name}.jpg"
        target.write_bytes(content)
        self._write_boxes(name, boxes)
        return target

    def _write_boxes(self, name: str, boxes: tuple[LabelledBox, ...]) -> None:
        known = (box for box in boxes if box.label in self._numbers)
        lines = [box.line(self._numbers[box.label]) for box in known]
        (self._labels / f"{name}.txt").write_text("".join(lines), encoding="utf-8")
