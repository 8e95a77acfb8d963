"""How pictures go to a model on another machine, and what it saw comes back. Pure.

A model's input is made of bytes (`vision.letterbox`): as bytes it arrives as it was, to the last
bit. As JPEG it is a tenth as large and not quite the same.
"""

import io
from collections.abc import Mapping
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from streetwatch.service.incidents.errors import InputError

Blobs = npt.NDArray[np.float32]  #: (N, 3, H, W) RGB, 0..1

_SHAPE: Final = "X-Streetwatch-Shape"
_MOST_PICTURES: Final = 64
_LONGEST_SIDE: Final = 2048

#: What a body may have at most: 64 pictures of 640 x 640.
MOST_BYTES: Final = 80_000_000


class UnreadableError(InputError):
    """These are no pictures, or no answer."""


def packed(blobs: Blobs, quality: int | None) -> tuple[bytes, dict[str, str]]:
    """Return pictures as a body and what its headers say.

    Args:
        blobs: Of one size.
        quality: Of the JPEG, 1 to 100; None: every bit as it is.
    """
    number, _, height, width = blobs.shape
    pixels = np.rint(blobs * 255).astype(np.uint8).transpose(0, 2, 3, 1)  # (N, H, W, 3)
    said = {_SHAPE: f"{number}x{height}x{width}"}
    if quality is None:
        return pixels.tobytes(), said | {"Content-Type": "application/octet-stream"}
    below_each_other = np.ascontiguousarray(pixels.reshape(number * height, width, 3)[:, :, ::-1])
    _, jpeg = cv2.imencode(".jpg", below_each_other, [cv2.IMWRITE_JPEG_QUALITY, quality])
    return jpeg.tobytes(), said | {"Content-Type": "image/jpeg"}


def unpacked(body: bytes, headers: Mapping[str, str]) -> Blobs:
    """Return the pictures of a body.

    Raises:
        UnreadableError: it has none.
    """
    number, height, width = _shape(headers.get(_SHAPE, ""))
    if headers.get("Content-Type") == "image/jpeg":
        pixels = _decoded(body, (number * height, width, 3))
    elif len(body) == number * height * width * 3:
        pixels = np.frombuffer(body, np.uint8)
    else:
        raise UnreadableError(f"a body of {len(body)} bytes is not {headers.get(_SHAPE)} pixels")
    stack = pixels.reshape(number, height, width, 3).transpose(0, 3, 1, 2)
    return np.ascontiguousarray(stack, np.float32) / np.float32(255)


def _shape(said: str) -> tuple[int, int, int]:
    words = said.split("x")
    if len(words) != 3 or not all(one.isascii() and one.isdigit() for one in words):
        raise UnreadableError(f"{_SHAPE}: say how many pictures of what size: 1x384x640")
    number, height, width = (int(one[:6]) for one in words)
    is_right = 0 < number <= _MOST_PICTURES and all(
        0 < side <= _LONGEST_SIDE and side % 32 == 0 for side in (height, width)
    )
    if not is_right:
        raise UnreadableError(f"{_SHAPE}: {said}: at most 64 pictures, sides multiples of 32")
    return number, height, width


def _decoded(body: bytes, shape: tuple[int, int, int]) -> npt.NDArray[np.uint8]:
    found = cv2.imdecode(np.frombuffer(body, np.uint8), cv2.IMREAD_COLOR) if body else None
    if found is None or found.shape != shape:
        raise UnreadableError("the body is no JPEG of the size that its header says")
    return np.asarray(found[:, :, ::-1], np.uint8)


def rows_packed(rows: npt.NDArray[np.float32]) -> bytes:
    """Return a model's rows as a body."""
    into = io.BytesIO()
    np.save(into, rows, allow_pickle=False)
    return into.getvalue()


def rows_unpacked(body: bytes, number: int) -> npt.NDArray[np.float32]:
    """Return the rows of a body, for so many pictures.

    Raises:
        UnreadableError: it has none.
    """
    try:
        rows = np.load(io.BytesIO(body), allow_pickle=False)
    except (ValueError, EOFError, OSError) as error:
        raise UnreadableError("the answer is no rows") from error
    if rows.ndim != 3 or len(rows) != number or rows.dtype != np.float32:
        raise UnreadableError("the answer is no rows of these pictures")
    return np.asarray(rows, np.float32)
