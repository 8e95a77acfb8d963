"""A picture from outside: looked at before it is decoded.

It is kept as pixels coded anew: without the place, time and phone of its EXIF.
"""

from dataclasses import dataclass
from io import BytesIO

import cv2
import numpy as np
from PIL import Image as Pillow
from PIL import UnidentifiedImageError

from streetwatch.vision.types import Image

_FORMATS = ("JPEG", "PNG")

#: A smaller picture shows nothing.
_LEAST_SIDE = 32


class PictureRefusedError(ValueError):
    """The picture is not taken; says why and what to send instead."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What a picture may be.

    Attributes:
        bytes_: Of the file.
        pixels: Of the picture: a few bytes can say that they are a billion pixels.
    """

    bytes_: int = 10_000_000
    pixels: int = 50_000_000


def decoded(content: bytes, limits: Limits) -> Image:
    """Return the pixels of a JPEG or PNG, upright as the camera was held.

    Raises:
        PictureRefusedError: it is something else, broken, or too large.
    """
    if len(content) > limits.bytes_:
        raise PictureRefusedError(f"larger than {limits.bytes_} bytes: send a smaller picture")
    width, height = _size(content)
    if width * height > limits.pixels:
        raise PictureRefusedError(
            f"{width}x{height} is more than {limits.pixels} pixels: send a smaller picture"
        )
    if min(width, height) < _LEAST_SIDE:
        raise PictureRefusedError(f"{width}x{height}: too small to show anything")
    image = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_COLOR)
    if image is None:
        raise PictureRefusedError("broken: it can't be decoded")
    return np.asarray(image, np.uint8)


def _size(content: bytes) -> tuple[int, int]:
    """Read the size a picture says it has; decodes nothing."""
    try:
        with Pillow.open(BytesIO(content), formats=_FORMATS) as picture:
            return picture.size
    except (Pillow.DecompressionBombError, Pillow.DecompressionBombWarning):
        raise PictureRefusedError("too many pixels: send a smaller picture") from None
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError):
        raise PictureRefusedError("no JPEG or PNG: send one of these") from None
