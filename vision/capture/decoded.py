"""A decoded picture: made small where it was decoded, and whole again when somebody needs it."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Self

import numpy as np
from av.video.frame import VideoFrame

from streetwatch.vision.capture.key_picture import AT_ONCE, key_picture, picture_again
from streetwatch.vision.capture.template import StreamTemplate
from streetwatch.vision.picture import fitting
from streetwatch.vision.types import Image, Size


@dataclass(frozen=True, slots=True, eq=False)
class Decoded:
    """A picture of a stream.

    Attributes:
        whole: Gives it as the decoder does. A key frame is kept as its coded bytes, which the ring
            of packets has anyway, and decoded again: a twentieth of the memory.
        size: Width and height in pixels.
        small: (h, w, 3) BGR, scaled down where it was decoded; None where that was let go.
    """

    whole: Callable[[], VideoFrame]
    size: Size
    small: Image | None

    @classmethod
    def of(cls, frame: VideoFrame, *, longest: int) -> Self:
        """Scale a picture down in the thread that decoded it, outside the interpreter's lock."""
        size = frame.width, frame.height
        return cls(lambda: frame, size, _scaled(frame, fitting(size, longest)))

    @classmethod
    def of_key(cls, payload: bytes, template: StreamTemplate, *, longest: int) -> Self | None:
        """Decode a key frame and scale it down; None where it has no picture by itself."""
        with AT_ONCE:
            frame = key_picture(payload, template)
            if frame is None:
                return None
            size = frame.width, frame.height
            small = _scaled(frame, fitting(size, longest))
        return cls(partial(picture_again, payload, template), size, small)

    @classmethod
    def coded(cls, payload: bytes, template: StreamTemplate) -> Self:
        """Take a key frame as it is, to be decoded when somebody needs it."""
        return cls(partial(picture_again, payload, template), template.size, None)

    def image(self) -> Image:
        """Return all of its pixels, (H, W, 3) BGR."""
        return _scaled(self.whole(), self.size)

    def within(self, longest: int) -> Image:
        """Return it scaled down so that no side is longer."""
        wanted = fitting(self.size, longest)
        if self.small is not None and wanted == (self.small.shape[1], self.small.shape[0]):
            return self.small
        return _scaled(self.whole(), wanted)

    def kept(self) -> Self:
        """Return it without what can be made again."""
        return replace(self, small=None)


def _scaled(coded: VideoFrame, size: Size) -> Image:
    width, height = size
    # threads: else each picture starts two, and one that is kept keeps them.
    pixels = coded.to_ndarray(
        format="bgr24", width=width, height=height, interpolation="AREA", threads=1
    )
    return pixels.astype(np.uint8, copy=False)
