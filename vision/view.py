"""A view: the picture small and grey, all that presence needs to compare places by eye."""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from streetwatch.vision.packing import Packing, packing_of
from streetwatch.vision.picture import Masked, size_of
from streetwatch.vision.privacy import Outline
from streetwatch.vision.types import Detections, Frame, Image, Look, Sees, SeesMany, View

#: A parked car is some 30 pixels wide in it: enough to tell two cars, little enough to be blind to
#: faces and plates.
VIEW_WIDTH = 320


def view_of(image: Image) -> View:
    """Return the picture's view.

    Args:
        image: (H, W, 3) BGR, privacy masks painted over.
    """
    height, width = image.shape[:2]
    scale = min(VIEW_WIDTH / width, 1.0)
    size = (max(round(width * scale), 1), max(round(height * scale), 1))
    small = cv2.resize(image, size, interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.cvtColor(small, cv2.COLOR_BGR2GRAY), dtype=np.uint8)


@dataclass(frozen=True, slots=True, eq=False)
class Glance:
    """A frame made small, privacy masks painted over: all that looking needs.

    Attributes:
        frame: Whose picture has the masks painted over.
        small: (h, w, 3) BGR, as large as the detector sees anything in it.
        view: The same for presence and the gate.
        packing: How its watched areas make a smaller picture; None: all of it is looked at.
    """

    frame: Frame
    small: Image
    view: View
    packing: Packing | None = None

    def detected(self, sees: Sees, *, confidence: float | None = None) -> Detections:
        """Return what is in it, in pixels of the frame; `confidence` as in `Sees.detect`."""
        found = self._found(sees, confidence)
        return found.rescaled(size_of(self.small), self.frame.size)

    def _found(self, sees: Sees, confidence: float | None) -> Detections:
        if self.packing is None:
            return sees.detect(self.small, confidence=confidence)
        scale = sees.longest_side / max(size_of(self.small))
        seen = sees.detect(
            self.packing.packed(self.small),
            confidence=confidence,
            longest=round(max(self.packing.size) * scale),
        )
        return self.packing.unpacked(seen)

    def look(self, detections: Detections, *, is_detected: bool = True) -> Look:
        """Return what it and its detections, made in it or before, say together."""
        return Look(self.frame.at, self.frame.size, detections, self.view, is_detected)


def glance_at(
    frame: Frame,
    *,
    longest: int,
    masks: tuple[Outline, ...],
    areas: tuple[Outline, ...] = (),
) -> Glance:
    """Make a frame small.

    Args:
        frame: As the camera gave it.
        longest: Side of the small picture, pixels; a smaller frame stays as it is.
        masks: Areas that nobody may see.
        areas: What is looked at, where that is less work; none: the whole picture.
    """
    picture = Masked(frame.picture, masks) if masks else frame.picture
    small = picture.within(longest)
    seen = Frame(frame.camera_id, frame.seq, frame.at, picture)
    return Glance(seen, small, view_of(small), packing_of(areas, size_of(small)))


def detected_together(glances: Sequence[Glance], sees: SeesMany) -> list[Detections]:
    """Return what is in each of several glances, in one go through the model where it can be."""
    if len(glances) == 1:
        return [glances[0].detected(sees)]
    found = sees.detect_batch([one.small for one in glances])
    return [
        seen.rescaled(size_of(one.small), one.frame.size)
        for seen, one in zip(found, glances, strict=True)
    ]
