"""Mask recall: of the people in labelled pictures, how many are covered in the copy that goes out.

Measured twice: on the pictures as they are, and on canvases as large as a camera's picture, six
pictures each, where the model sees everybody three times smaller unless it looks at parts.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from streetwatch.datasets.yolo_folder import LabelledImage, read_picture
from streetwatch.models.intervals import wilson
from streetwatch.models.labels import CLASS_ID
from streetwatch.vision.capture.masked_clip import masks_in
from streetwatch.vision.masking import Masker, hidden
from streetwatch.vision.picture import size_of
from streetwatch.vision.types import Box, Boxes, Image

#: Of a person's box: where the head is, of somebody who stands.
_HEAD: Final = (0.2, 0.0, 0.8, 0.2)

#: So much of an area's pixels makes it covered.
HEAD_COVERED: Final = 0.95
BOX_COVERED: Final = 0.8

#: Whom the detector sees as surely as this is there, in a clip that nobody has labelled.
SURELY: Final = 0.4

#: Height of a person's box in pixels of the picture, upper ends.
SIZES: Final = (("under 32 px", 32.0), ("32 to 96 px", 96.0), ("over 96 px", np.inf))

_CANVAS: Final = (1920, 1080)
_COLUMNS, _ROWS = 3, 2


@dataclass(frozen=True, slots=True)
class Person:
    """One labelled person.

    Attributes:
        height: Of the box, pixels.
        head: The share of the head's pixels that are covered.
        box: The share of the whole box's.
    """

    height: float
    head: float
    box: float


@dataclass(frozen=True, slots=True)
class Scene:
    """A picture and the people in it, boxes in its pixels."""

    image: Image
    people: Boxes


def as_they_are(images: Sequence[LabelledImage]) -> Iterator[Scene]:
    """Yield each picture with its people."""
    for one in images:
        image = read_picture(one.path)
        height, width = image.shape[:2]
        corners = [box.corners for box in one.boxes if box.label == "person"]
        scale = np.array((width, height) * 2, np.float32)
        yield Scene(image, np.array(corners, np.float32).reshape(-1, 4) * scale)


def on_canvases(images: Sequence[LabelledImage]) -> Iterator[Scene]:
    """Yield canvases of a camera's size, each of six pictures."""
    scenes = as_they_are(images)
    while some := tuple(islice(scenes, _COLUMNS * _ROWS)):
        canvas = np.full((_CANVAS[1], _CANVAS[0], 3), 114, np.uint8)
        cell = (_CANVAS[0] // _COLUMNS, _CANVAS[1] // _ROWS)
        people = []
        for number, scene in enumerate(some):
            corner = (number % _COLUMNS * cell[0], number // _COLUMNS * cell[1])
            people.append(_put(canvas, scene, corner, cell))
        yield Scene(canvas, np.concatenate(people))


def _put(canvas: Image, scene: Scene, corner: tuple[int, int], cell: tuple[int, int]) -> Boxes:
    height, width = scene.image.shape[:2]
    scale = min(cell[0] / width, cell[1] / height, 1.0)
    size = (int(width * scale), int(height * scale))
    x, y = corner
    canvas[y : y + size[1], x : x + size[0]] = cv2.resize(
        scene.image, size, interpolation=cv2.INTER_AREA
    )
    return np.asarray(scene.people * scale + np.array((x, y, x, y)), np.float32)


def people_in(
    scenes: Iterator[Scene], masker: Masker, on_scene: Callable[[], None]
) -> list[Person]:
    """Look at every scene and tell how much of everybody is covered."""
    found: list[Person] = []
    for scene in scenes:
        seen = masker.people_and_vehicles(scene.image)
        cover = cover_of(scene.image.shape[:2], hidden(seen, size_of(scene.image), spare=None))
        found += [_person(cover, box) for box in scene.people]
        on_scene()
    return found


def people_in_clip(clip: Path, masker: Masker, on_picture: Callable[[], None]) -> list[Person]:
    """Tell how much of everybody in a clip's copy is covered.

    Nobody has labelled clips: who is there is whom the detector surely sees in that very picture,
    looking as hard as it does at stills. So this compares ways to mask films with the masks of
    stills, and tells nothing of whom both miss.
    """
    found: list[Person] = []
    for image, boxes in masks_in(clip, masker):
        seen = masker.people_and_vehicles(image)
        surely = (seen.class_id == CLASS_ID["person"]) & (seen.confidence >= SURELY)
        cover = cover_of(image.shape[:2], boxes)
        found += [_person(cover, box) for box in seen.xyxy[surely]]
        on_picture()
    return found


def cover_of(shape: tuple[int, ...], boxes: Boxes) -> npt.NDArray[np.bool_]:
    """Return which pixels of a picture of a shape lie in some of the boxes."""
    cover = np.zeros(shape, bool)
    corners = np.concatenate((np.floor(boxes[:, :2]), np.ceil(boxes[:, 2:])), axis=1)
    for x1, y1, x2, y2 in corners.astype(int):
        cover[max(y1, 0) : max(y2, 0), max(x1, 0) : max(x2, 0)] = True
    return cover


def _person(cover: npt.NDArray[np.bool_], box: npt.NDArray[np.float32]) -> Person:
    x1, y1, x2, y2 = (float(value) for value in box)
    width, height = x2 - x1, y2 - y1
    left, top, right, bottom = _HEAD
    head = (x1 + left * width, y1 + top * height, x1 + right * width, y1 + bottom * height)
    return Person(height, share_of(cover, head), share_of(cover, (x1, y1, x2, y2)))


def share_of(cover: npt.NDArray[np.bool_], area: Box) -> float:
    """Return which share of an area's pixels is covered."""
    x1, y1, x2, y2 = (round(max(value, 0.0)) for value in area)
    part = cover[y1 : max(y2, y1 + 1), x1 : max(x2, x1 + 1)]
    return float(part.mean()) if part.size else 0.0


def lines(pictures: str, people: Sequence[Person]) -> Iterator[dict[str, object]]:
    """Yield the figures by size, and of all: `all` last."""
    least = 0.0
    for size, most in SIZES:
        yield _line(pictures, size, [one for one in people if least <= one.height < most])
        least = most
    yield _line(pictures, "all", people)


def _line(pictures: str, size: str, people: Sequence[Person]) -> dict[str, object]:
    heads = sum(one.head >= HEAD_COVERED for one in people)
    boxes = sum(one.box >= BOX_COVERED for one in people)
    count = len(people)
    return {
        "pictures": pictures,
        "size": size,
        "n": count,
        "head_covered": round(heads / count, 3) if count else None,
        "head_ci": [round(end, 3) for end in wilson(heads, count)],
        "box_covered": round(boxes / count, 3) if count else None,
        "box_ci": [round(end, 3) for end in wilson(boxes, count)],
    }
