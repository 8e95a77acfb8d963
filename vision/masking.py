"""What nobody needs to see in a copy that goes out: people, and plates of uninvolved vehicles.

People are where the detector sees them in that very picture, however unsure it is. Plates are found
by a rule, not by a detector: all but the roof of every vehicle. Nothing here knows a face.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from streetwatch.models.labels import CLASS_ID
from streetwatch.vision.picture import size_of
from streetwatch.vision.types import Box, Boxes, Detections, Image, Seconds, Sees, Size, Spared

#: A mask too many costs nothing, one too few a person: far below the operating threshold.
LEAST_SURE: Final = 0.02

#: Of a person's box, added on each side and above: boxes are a little off, and hair is no error.
_BESIDE: Final = 0.12
_ABOVE: Final = 0.12
_BELOW: Final = 0.05

#: Of a vehicle's height, above which no plate hangs. Seen at an angle a plate is at the very edge
#: of a car: its lower middle half holds every second plate only (docs/explanation/privacy.md).
_ROOF: Final = 0.3

#: A vehicle less sure than this is none: a stall or a heap would lie under the mask of its plate.
_VEHICLE: Final = 0.05

#: So many body heights a second somebody walks briskly: 1.5 m/s of 1.7 m.
_WALK: Final = 0.9

#: Of a later picture so much is masked beside where somebody was; who walks on is past it.
_WALKS_ON_S: Final[Seconds] = 1.0

Window = tuple[int, int, int, int]  #: left, top, right, bottom; pixels

_PERSON: Final = CLASS_ID["person"]
_PLATED: Final = np.array(
    [CLASS_ID[one] for one in ("car", "bus", "truck", "motorcycle", "tricycle")], np.int64
)

#: What overlaps the subject of the case by this much is the subject.
_SAME_IOU: Final = 0.4

#: At the subject's place a person this unsure is none where something else is this sure: a heap of
#: bags has a little of somebody who crouches, and its mask would take away the evidence.
_HARDLY: Final = 0.1
_SURELY: Final = 0.3

#: Cells across the shorter side of what is masked in a still: a head is one or two of them.
STILL_CELLS: Final = 4

#: In a film the cells of many pictures together would tell more: one, so a plain colour.
FILM_CELLS: Final = 1

#: Of the model's input: a second look at the whole picture sees people half as small.
_CLOSER: Final = 1.5

#: A picture that is this much larger than the model's input is looked at in parts too: people far
#: away would be a few pixels high.
_PARTS_FROM: Final = 1.5
_PART: Final = 0.6  #: of each side; four of them overlap by a fifth


class Care(Enum):
    """How hard it is looked for people."""

    FILM = "film"  #: once, closer: a clip has some fifty looks
    GLANCE = "glance"  #: once, as it is: between two of those
    STILL = "still"  #: whole, closer, and in parts


@dataclass(frozen=True, slots=True)
class Masker:
    """Finds what is to be masked.

    Attributes:
        sees: The detector.
    """

    sees: Sees

    def people_and_vehicles(self, image: Image, care: Care = Care.STILL) -> Detections:
        """Return what is in a picture, however unsure."""
        looks = _looks(image, care, self.sees.longest_side)
        found = [self._in(image, window, longest) for window, longest in looks]
        return Detections(
            np.concatenate([one.xyxy for one in found]),
            np.concatenate([one.confidence for one in found]),
            np.concatenate([one.class_id for one in found]),
        )

    def _in(self, image: Image, window: Window, longest: int) -> Detections:
        left, top, right, bottom = window
        part = np.ascontiguousarray(image[top:bottom, left:right])
        seen = self.sees.detect(part, confidence=LEAST_SURE, longest=longest)
        offset = np.array((left, top, left, top), np.float32)
        return Detections(seen.xyxy + offset, seen.confidence, seen.class_id)

    def masked(
        self, image: Image, *, spare: Spared | None = None, care: Care = Care.STILL
    ) -> Image:
        """Return a still's copy with people and plates masked.

        Args:
            image: The still.
            spare: What the case is about.
            care: How hard it is looked for them.
        """
        seen = self.people_and_vehicles(image, care)
        boxes = hidden(seen, size_of(image), spare=spare)
        return covered(image, boxes, cells=STILL_CELLS)


def hidden(seen: Detections, size: Size, *, spare: Spared | None) -> Boxes:
    """Return the areas to be masked, as boxes that may reach out of the picture.

    Args:
        seen: Everything that is seen in it, however unsure.
        size: Of the picture.
        spare: What the case is about: its plate is left, and so is what was hardly taken for a
            person at its place, where it is much more surely something else.
    """
    is_person = seen.class_id == _PERSON
    is_plated = np.isin(seen.class_id, _PLATED) & (seen.confidence >= _VEHICLE)
    if spare is not None:
        is_it = _overlap(seen.xyxy, spare.within(size)) >= _SAME_IOU
        surely = seen.confidence[is_it & ~is_person].max(initial=0.0)
        if surely >= _SURELY:
            is_person &= ~(is_it & (seen.confidence < _HARDLY))
        if spare.is_vehicle:
            is_plated &= ~is_it
    return np.concatenate((grown(seen.xyxy[is_person]), plates(seen.xyxy[is_plated])))


def grown(people: Boxes) -> Boxes:
    """Return people's boxes with their margin."""
    width, height = people[:, 2] - people[:, 0], people[:, 3] - people[:, 1]
    margin = (-_BESIDE * width, -_ABOVE * height, _BESIDE * width, _BELOW * height)
    return np.asarray(people + np.stack(margin, axis=1), np.float32)


def walked(boxes: Boxes, apart_s: Seconds) -> Boxes:
    """Return boxes wider by how far somebody walks in a while."""
    reach = _WALK * apart_s * (boxes[:, 3] - boxes[:, 1])
    return np.asarray(boxes + np.stack((-reach, 0 * reach, reach, 0 * reach), axis=1), np.float32)


def people_covered(image: Image, seen: Detections, size: Size, *, apart_s: Seconds) -> Image:
    """Return a picture without the people that a look saw: for a moment's look, not for evidence.

    Args:
        image: The picture, smaller than the one that was looked at or not.
        seen: What was seen.
        size: Of the picture that was looked at.
        apart_s: Between the look and the picture: so long they have walked.
    """
    people = seen.rescaled(size, size_of(image)).xyxy[seen.class_id == _PERSON]
    wide = walked(grown(people), min(apart_s, _WALKS_ON_S))
    return covered(image, wide, cells=FILM_CELLS)


def plates(vehicles: Boxes) -> Boxes:
    """Return where plates would hang."""
    height = vehicles[:, 3] - vehicles[:, 1]
    roof = np.stack((0 * height, _ROOF * height, 0 * height, 0 * height), axis=1)
    return np.asarray(vehicles + roof, np.float32)


def covered(image: Image, boxes: Boxes, *, cells: int) -> Image:
    """Return a copy whose areas hold a few mean colours each; what was there can't be told.

    Args:
        image: Left as it is.
        boxes: The areas; may reach out of it.
        cells: How many colours across an area's shorter side.
    """
    copy = image.copy()
    height, width = copy.shape[:2]
    corners = np.concatenate((np.floor(boxes[:, :2]), np.ceil(boxes[:, 2:])), axis=1)
    for x1, y1, x2, y2 in corners.astype(int):
        part = copy[max(y1, 0) : min(y2, height), max(x1, 0) : min(x2, width)]
        if part.size:
            part[:] = _coarse(part, cells)
    return copy


def _coarse(part: Image, cells: int) -> Image:
    height, width = part.shape[:2]
    cell = max(min(height, width) / cells, 1.0)
    small = (max(round(width / cell), 1), max(round(height / cell), 1))
    if cells == FILM_CELLS:
        small = (1, 1)
    means = cv2.resize(part, small, interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.resize(means, (width, height), interpolation=cv2.INTER_NEAREST), np.uint8)


def _overlap(boxes: Boxes, one: Box) -> npt.NDArray[np.float32]:
    """Return each box's intersection over union with one."""
    other = np.array(one, np.float32)
    low, high = np.maximum(boxes[:, :2], other[:2]), np.minimum(boxes[:, 2:], other[2:])
    common = np.prod(np.clip(high - low, 0, None), axis=1)
    areas = np.prod(boxes[:, 2:] - boxes[:, :2], axis=1) + np.prod(other[2:] - other[:2])
    return np.asarray(common / np.maximum(areas - common, 1e-6), np.float32)


def _looks(image: Image, care: Care, longest: int) -> Iterator[tuple[Window, int]]:
    """Yield where a picture is looked at, and how large."""
    height, width = image.shape[:2]
    whole, closer = (0, 0, width, height), round(_CLOSER * longest)
    if care is not Care.FILM:
        yield whole, longest
    if care is not Care.GLANCE:
        yield whole, closer
    if care is Care.STILL and max(height, width) >= _PARTS_FROM * longest:
        yield from ((part, longest) for part in _parts((width, height)))


def _parts(size: Size) -> Iterator[Window]:
    width, height = round(size[0] * _PART), round(size[1] * _PART)
    for left in (0, size[0] - width):
        for top in (0, size[1] - height):
            yield left, top, left + width, top + height
