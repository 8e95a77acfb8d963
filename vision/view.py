"""A view: the picture small and grey, all that presence needs to compare places by eye."""

import cv2
import numpy as np

from streetwatch.vision.types import Detections, Frame, Image, Look, View

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


def look_at(frame: Frame, detections: Detections) -> Look:
    """Return what one frame, privacy masks painted over, and its detections say together."""
    return Look(frame.at, frame.size, detections, view_of(frame.image))
