"""A street that sways before its camera, made to stand still: what is put on it would not sway."""

from collections.abc import Iterable, Iterator

import cv2
import numpy as np
import numpy.typing as npt

from streetwatch.vision.types import Image

#: The share of the correlation in one peak above which its shift is believed: of the clips of
#: fixed cameras that are known, those that told nothing had 0.2, those that sway 0.8.
_SURE = 0.4

#: A shift of less, in pixels, is none.
_LEAST_PX = 0.3


def steadied(pictures: Iterable[Image]) -> Iterator[Image]:
    """Yield pictures with what they show where the first one shows it.

    Their shift is told by phase correlation (Kuglin and Hines, 1975).
    """
    first: npt.NDArray[np.float32] | None = None
    for picture in pictures:
        now = _grey(picture)
        if first is None:
            first = now
            yield picture
            continue
        # OpenCV fades the borders of the pictures that it is given, in place.
        window = cv2.createHanningWindow((now.shape[1], now.shape[0]), cv2.CV_32F)
        (right, down), share = cv2.phaseCorrelate(first.copy(), now, window)
        if share < _SURE or np.hypot(right, down) < _LEAST_PX:
            yield picture
            continue
        back = np.array([[1, 0, -right], [0, 1, -down]], np.float64)
        size = (picture.shape[1], picture.shape[0])
        steady = cv2.warpAffine(picture, back, size, borderMode=cv2.BORDER_REPLICATE)
        yield np.asarray(steady, np.uint8)


def _grey(picture: Image) -> npt.NDArray[np.float32]:
    return np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY), np.float32)
