"""A picture from outside: looked at before it is decoded.

It is kept as pixels coded anew: without the place, time and phone of its EXIF.
"""

from dataclasses import dataclass

from streetwatch.vision.outside import PictureRefusedError, coloured
from streetwatch.vision.types import Image

#: A smaller picture shows nothing.
_LEAST_SIDE = 32


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
        PictureRefusedError: it is something else, broken, too large or too small.
    """
    if len(content) > limits.bytes_:
        raise PictureRefusedError(f"larger than {limits.bytes_} bytes: send a smaller picture")
    image = coloured(content, most_pixels=limits.pixels)
    height, width = image.shape[:2]
    if min(width, height) < _LEAST_SIDE:
        raise PictureRefusedError(f"{width}x{height}: too small to show anything")
    return image
