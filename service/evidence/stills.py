"""Pictures for people: the raw still, a close-up, and a copy with the zone drawn on it."""

import cv2
import numpy as np

from streetwatch.service.incidents.copying import Part
from streetwatch.service.incidents.errors import StorageError
from streetwatch.vision.types import Box, Image
from streetwatch.zones.polygon import Polygon

JPEG_QUALITY = 90

_ZONE_COLOUR = (0, 200, 255)  # BGR amber
_BOX_COLOUR = (60, 60, 235)  # BGR red
_MARGIN = 0.25  #: of the box's size, around a close-up


def jpeg(image: Image) -> bytes:
    """Encode a still.

    Raises:
        StorageError: the picture can't be encoded.
    """
    done, content = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])
    if not done:
        raise StorageError("a still could not be encoded as JPEG")
    return content.tobytes()


def decoded_jpeg(content: bytes) -> Image:
    """Return the pixels of a still that was kept.

    Raises:
        StorageError: they can't be decoded.
    """
    image = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_COLOR)
    if image is None:
        raise StorageError("a still that is kept can't be decoded")
    return np.asarray(image, np.uint8)


def part_of(image: Image, part: Part | None) -> Image:
    """Return what is made of a whole picture."""
    if part is None:
        return image
    if part.outline:
        return zone_overlay(image, part.outline, part.box, part.caption)
    return close_up(image, part.box)


def close_up(image: Image, box: Box) -> Image:
    """Return the part of the picture around a box."""
    height, width = image.shape[:2]
    x1, y1, x2, y2 = box
    dx, dy = _MARGIN * (x2 - x1), _MARGIN * (y2 - y1)
    left, right = _span(x1 - dx, x2 + dx, width)
    top, bottom = _span(y1 - dy, y2 + dy, height)
    return image[top:bottom, left:right]


def _span(low: float, high: float, limit: int) -> tuple[int, int]:
    first = int(np.clip(low, 0, limit - 1))
    return first, int(np.clip(high, first + 1, limit))


def zone_overlay(image: Image, polygon: Polygon, box: Box, caption: str) -> Image:
    """Return a copy with the zone's outline, the object's box and a caption burned in."""
    copy = image.copy()
    height, width = copy.shape[:2]
    outline = np.rint(np.asarray(polygon) * (width, height)).astype(np.int32)
    cv2.polylines(copy, [outline], isClosed=True, color=_ZONE_COLOUR, thickness=2)
    x1, y1, x2, y2 = (round(value) for value in box)
    cv2.rectangle(copy, (x1, y1), (x2, y2), _BOX_COLOUR, 2)
    _caption(copy, caption)
    return copy


def _caption(image: Image, text: str) -> None:
    scale = max(image.shape[1] / 1600, 0.4)
    (width, height), drop = cv2.getTextSize(text, cv2.FONT_HERSHEY_SIMPLEX, scale, 1)
    cv2.rectangle(image, (0, 0), (width + 12, height + drop + 12), (0, 0, 0), cv2.FILLED)
    cv2.putText(
        image,
        text,
        (6, height + 6),
        cv2.FONT_HERSHEY_SIMPLEX,
        scale,
        (255, 255, 255),
        1,
        cv2.LINE_AA,
    )
