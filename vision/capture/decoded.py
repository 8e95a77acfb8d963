"""A decoded picture: kept as the decoder gave it, half the size of its pixels in BGR."""

from dataclasses import dataclass
from typing import Self

import numpy as np
from av.video.frame import VideoFrame

from streetwatch.vision.picture import fitting
from streetwatch.vision.types import Image, Size


@dataclass(frozen=True, slots=True, eq=False)
class Decoded:
    """A picture of a stream.

    Attributes:
        coded: As the decoder gave it.
        small: (h, w, 3) BGR, scaled down where it was decoded.
    """

    coded: VideoFrame
    small: Image

    @classmethod
    def of(cls, coded: VideoFrame, *, longest: int) -> Self:
        """Scale a picture down in the thread that decoded it, outside the interpreter's lock."""
        return cls(coded, _scaled(coded, fitting((coded.width, coded.height), longest)))

    @property
    def size(self) -> Size:
        """Width and height in pixels."""
        return self.coded.width, self.coded.height

    def image(self) -> Image:
        """Return all of its pixels, (H, W, 3) BGR."""
        return _scaled(self.coded, self.size)

    def within(self, longest: int) -> Image:
        """Return it scaled down so that no side is longer."""
        height, width = self.small.shape[:2]
        wanted = fitting(self.size, longest)
        return self.small if wanted == (width, height) else _scaled(self.coded, wanted)


def _scaled(coded: VideoFrame, size: Size) -> Image:
    width, height = size
    pixels = coded.to_ndarray(format="bgr24", width=width, height=height, interpolation="AREA")
    return pixels.astype(np.uint8, copy=False)
