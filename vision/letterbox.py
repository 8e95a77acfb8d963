"""From a picture to the model's input and back: pure functions."""

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from streetwatch.vision.types import Boxes, Image, Size

Blob = npt.NDArray[np.float32]  #: (3, H, W) RGB, 0..1

#: The network halves its input five times: sides are multiples of this.
STRIDE = 32

_PAD_GREY = 114  # what the network saw around its training pictures


@dataclass(frozen=True, slots=True)
class Letterbox:
    """How a picture was fitted into the model's input.

    Attributes:
        scale: Pixels of the input per pixel of the picture.
        left: Padding, pixels of the input.
        top: Likewise.
        size: Of the picture, pixels.
    """

    scale: float
    left: int
    top: int
    size: Size

    def restored(self, boxes: Boxes) -> Boxes:
        """Return boxes of the input as boxes of the picture, cut at its edges."""
        width, height = self.size
        padding = np.array((self.left, self.top, self.left, self.top), np.float32)
        edges = np.array((width, height, width, height), np.float32)
        clipped: Boxes = np.clip((boxes - padding) / np.float32(self.scale), 0, edges)
        return clipped


def fit(size: Size, longest: int) -> tuple[Letterbox, Size]:
    """Return how a picture fits, and the input's size: no more padding than the stride needs.

    A 16:9 picture in a square input would waste 44 % of the work.

    >>> fit((1280, 720), 640)
    (Letterbox(scale=0.5, left=0, top=12, size=(1280, 720)), (640, 384))
    """
    width, height = size
    scale = longest / max(width, height)
    inner = max(round(width * scale), 1), max(round(height * scale), 1)
    outer = tuple(-(-side // STRIDE) * STRIDE for side in inner)
    left, top = (outer[0] - inner[0]) // 2, (outer[1] - inner[1]) // 2
    return Letterbox(scale, left, top, size), (outer[0], outer[1])


def letterbox(image: Image, longest: int) -> tuple[Blob, Letterbox]:
    """Scale a picture so that its longest side is `longest`, pad it with grey, make it a blob."""
    height, width = image.shape[:2]
    fitted, (outer_width, outer_height) = fit((width, height), longest)
    inner = max(round(width * fitted.scale), 1), max(round(height * fitted.scale), 1)
    shrinks = fitted.scale < 1
    small = cv2.resize(image, inner, interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR)
    canvas = np.full((outer_height, outer_width, 3), _PAD_GREY, np.uint8)
    canvas[fitted.top : fitted.top + inner[1], fitted.left : fitted.left + inner[0]] = small
    blob = np.ascontiguousarray(canvas[:, :, ::-1].transpose(2, 0, 1), np.float32) / np.float32(255)
    return blob, fitted
