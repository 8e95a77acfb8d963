"""Labelled photographs as still cameras: what is labelled in them comes, stays and goes."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from streetwatch.datasets.compose.cutting import cut_still, cut_whole, moved, scaled
from streetwatch.datasets.compose.stage import Street
from streetwatch.datasets.compose.sweeping import swept
from streetwatch.datasets.demo.cutouts import Cutout
from streetwatch.datasets.yolo_folder import DatasetError, LabelledImage, read_folder, read_picture
from streetwatch.vision.types import Box, Image
from streetwatch.zones.polygon import Polygon

#: The set's pictures were stretched to squares; most were 4:3.
_SIZE = (640, 480)

#: What lies on a street that a camera watches is neither a speck nor the whole picture.
_LEAST_WIDTH, _MOST_WIDTH = 0.06, 0.5
_LEAST_HEIGHT, _MOST_HEIGHT = 0.05, 0.5
_LEAST_GROUND = 0.4  # share of the picture's height

#: Put elsewhere, a thing is so wide (shares of the picture) at the horizon and at the lower edge.
_FAR_WIDTH, _NEAR_WIDTH = 0.08, 0.30

_EVERYWHERE: Polygon = ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0))


@dataclass(frozen=True, slots=True, eq=False)
class Photograph:
    """A photograph without what is labelled in it, and that, cut out.

    Attributes:
        name: Of the picture.
        empty: The picture with its things swept away.
        things: Each cut out where it was, or put here from another photograph.
    """

    name: str
    empty: Image
    things: tuple[Cutout, ...]

    @property
    def zone(self) -> Polygon:
        """Everything: nothing in it counts but what is put there."""
        return _EVERYWHERE

    def streets(self, count: int, fps: float, chance: np.random.Generator) -> Sequence[Street]:
        """Return so many pictures of a street on which nothing moves."""
        del fps, chance
        return [Street(self.empty)] * count


@dataclass(frozen=True, slots=True)
class Album:
    """The photographs of one split.

    Attributes:
        label: What is put on the streets.
        mistaken: What must not be left on them, as it could be taken for it.
        with_it: Photographs that show it.
        without: Photographs that don't.
    """

    label: str
    mistaken: frozenset[str]
    with_it: tuple[LabelledImage, ...]
    without: tuple[LabelledImage, ...]

    def photograph(self, chance: np.random.Generator) -> Photograph:
        """Return a street that the label's things were on: they stand where they stood."""
        image, picture, empty = self._street(self.with_it, chance)
        own = [cut_whole(picture, box) for box in self._own(image) if _plausible(box)]
        return Photograph(image.path.stem, empty, tuple(own))

    def another(self, chance: np.random.Generator, brought: Iterable[Cutout | None]) -> Photograph:
        """Return a street without the label's things, with what is brought there from elsewhere."""
        image, _, empty = self._street(self.without, chance)
        things = tuple(_on_the_ground(thing, chance) for thing in brought if thing)
        return Photograph(image.path.stem, empty, things)

    def _street(
        self, images: Sequence[LabelledImage], chance: np.random.Generator
    ) -> tuple[LabelledImage, Image, Image]:
        """Return a photograph, its picture, and that without what must not be left on it."""
        for number in chance.permutation(len(images)).tolist():
            image, picture = images[number], _picture(images[number])
            empty = swept(picture, _boxes(image, self.mistaken | {self.label}))
            if empty is not None:
                return image, picture, empty
        raise DatasetError(
            f"{images[0].path.parent}: in no picture is there room beside what must be swept away"
        )

    def cut_out(self, chance: np.random.Generator) -> Cutout | None:
        """Return a thing of a photograph; None where it has no clear outline."""
        image = self.with_it[int(chance.integers(len(self.with_it)))]
        plausible = [box for box in self._own(image) if _plausible(box)]
        if not plausible:
            return None
        return cut_still(_picture(image), plausible[int(chance.integers(len(plausible)))])

    def _own(self, image: LabelledImage) -> list[Box]:
        return _boxes(image, frozenset({self.label}))


def _on_the_ground(cutout: Cutout, chance: np.random.Generator) -> Cutout:
    """Return a thing somewhere on the ground, as large as is usual there."""
    ground = float(chance.uniform(0.7, 0.97))
    width = _FAR_WIDTH + (_NEAR_WIDTH - _FAR_WIDTH) * (ground - 0.5) / 0.5
    there = scaled(cutout, width * _SIZE[0] / (cutout.box[2] - cutout.box[0]))
    x1, _, x2, y2 = there.box
    middle = float(chance.uniform(0.2, 0.8)) * _SIZE[0]
    return moved(there, round(middle - (x1 + x2) / 2), round(ground * _SIZE[1] - y2))


def _picture(image: LabelledImage) -> Image:
    read = cv2.resize(read_picture(image.path), _SIZE, interpolation=cv2.INTER_AREA)
    return np.asarray(read, np.uint8)


def read_album(folders: Sequence[Path], label: str, mistaken: frozenset[str]) -> Album:
    """Read the photographs of a split; those of every folder serve as streets without the label.

    Raises:
        DatasetError: no folder has pictures with the label, or none without.
    """
    images = [image for folder in folders for image in read_folder(folder)]
    shows = [any(box.label == label for box in image.boxes) for image in images]
    with_it = tuple(
        image
        for image, shown in zip(images, shows, strict=True)
        if shown and any(_plausible(box) for box in _boxes(image, frozenset({label})))
    )
    without = tuple(image for image, shown in zip(images, shows, strict=True) if not shown)
    if not with_it or not without:
        raise DatasetError(
            f"{folders[0]}: pictures with and without {label} are needed to compose clips of it"
        )
    return Album(label, mistaken, with_it, without)


def _boxes(image: LabelledImage, labels: frozenset[str]) -> list[Box]:
    width, height = _SIZE
    found = []
    for box in image.boxes:
        x1, y1, x2, y2 = box.corners
        if box.label in labels:
            found.append((x1 * width, y1 * height, x2 * width, y2 * height))
    return found


def _plausible(box: Box) -> bool:
    x1, y1, x2, y2 = box
    width, height = (x2 - x1) / _SIZE[0], (y2 - y1) / _SIZE[1]
    return (
        _LEAST_WIDTH <= width <= _MOST_WIDTH
        and _LEAST_HEIGHT <= height <= _MOST_HEIGHT
        and y2 / _SIZE[1] >= _LEAST_GROUND
    )
