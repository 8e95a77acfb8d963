"""Decodes pictures that come from outside.

Not with OpenCV: a PNG of fifty bytes whose next chunk says that it is two gigabytes long makes it
take them. Pillow looks at the size that the picture says it has, and takes no more than that needs.
"""

import struct
from io import BytesIO
from typing import Final

import numpy as np
from PIL import Image as Pillow
from PIL import ImageOps, UnidentifiedImageError

from streetwatch.vision.types import Image, Size, View

_BROKEN: Final = (OSError, ValueError, SyntaxError, EOFError, struct.error, OverflowError)


class PictureRefusedError(ValueError):
    """The picture is not taken; says why and what to send instead."""


def coloured(content: bytes, *, most_pixels: int) -> Image:
    """Return the pixels of a JPEG or PNG, (H, W, 3) BGR, upright as the camera was held.

    Raises:
        PictureRefusedError: it is something else, broken, or too large.
    """
    rgb = _decoded(content, "RGB", ("JPEG", "PNG"), most_pixels)
    return np.ascontiguousarray(rgb[:, :, ::-1])


def grey(content: bytes, *, most_pixels: int) -> View:
    """Return the pixels of a PNG in grey, (H, W).

    Raises:
        PictureRefusedError: it is something else, broken, or too large.
    """
    return _decoded(content, "L", ("PNG",), most_pixels)


def _decoded(content: bytes, mode: str, formats: tuple[str, ...], most_pixels: int) -> Image:
    try:
        with Pillow.open(BytesIO(content), formats=formats) as picture:
            _want(picture.size, most_pixels)
            upright = ImageOps.exif_transpose(picture)
            return np.array(upright.convert(mode), np.uint8)
    except (Pillow.DecompressionBombError, Pillow.DecompressionBombWarning):
        raise PictureRefusedError("too many pixels: send a smaller picture") from None
    # ImportError: once Ultralytics is in the process, Pillow looks for more formats than are here.
    except (UnidentifiedImageError, ImportError):
        raise PictureRefusedError(f"no {' or '.join(formats)}: send one of these") from None
    except PictureRefusedError:
        raise
    except _BROKEN:
        raise PictureRefusedError("broken: it can't be decoded") from None


def _want(size: Size, most_pixels: int) -> None:
    width, height = size
    if width * height > most_pixels:
        raise PictureRefusedError(
            f"{width}x{height} is more than {most_pixels} pixels: send a smaller picture"
        )
