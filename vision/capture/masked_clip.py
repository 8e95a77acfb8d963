"""A clip's copy that may go out: smaller, slower, people and plates under plain colours.

Coded video can't be masked: it is decoded, looked at three times a second, painted over and coded
anew. Between two looks a mask is where the two looks saw somebody, wider by how far people walk.
Every second look is closer: what one sees the other may miss, and a mask holds for both. A picture
in which nothing has changed since the latest look is not looked at again.
"""

import os
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Final

import av
import cv2
import numpy as np
import numpy.typing as npt
from av.video.stream import VideoStream

from streetwatch.vision.capture.errors import ClipNotWritten, ClipUnavailable
from streetwatch.vision.masking import FILM_CELLS, Care, Masker, covered, hidden, walked
from streetwatch.vision.picture import fitting, size_of
from streetwatch.vision.types import Boxes, Image, Seconds, Size, Spared

#: What the copy has, at most: enough to see who does what, a quarter of the work.
LONGEST: Final = 960
PICTURES_S: Final = 20 / 3

#: Between two looks.
LOOK_S: Seconds = 0.3

#: A look counts for so long: who is missed in one is still masked by those beside it.
HOLD_S: Seconds = 0.6

#: Grey levels that the mean of a cell of so many pixels must change by for something to have moved:
#: noise and coding move it by 1 or 2, somebody in dark clothes on dark ground by more than 5.
_MOVED: Final = 4.0
_CELL: Final = 8

#: Light changes slowly: after so long it is looked at in any case.
_LONGEST_REST_S: Final[Seconds] = 1.5

_UNIT: Final = Fraction(1, 1000)


@dataclass(frozen=True, slots=True)
class _Seen:
    at: Seconds
    boxes: Boxes


@dataclass(frozen=True, slots=True)
class _Look:
    """What the detector was asked, apart from `_Seen`, which may say it again."""

    at: Seconds
    cells: npt.NDArray[np.int16]
    boxes: Boxes

    def holds(self, at: Seconds, cells: npt.NDArray[np.int16]) -> bool:
        """Tell whether a later picture shows the same."""
        if at - self.at > _LONGEST_REST_S:
            return False
        return bool(np.abs(cells - self.cells).max() < _MOVED)


@dataclass(frozen=True, slots=True)
class _Shown:
    at: Seconds
    image: Image


def mask_clip(
    source: Path,
    target: Path,
    masker: Masker,
    *,
    spare: Spared | None = None,
    stopped: Callable[[], bool] = lambda: False,
) -> None:
    """Write a clip's masked copy, complete or not at all.

    Args:
        source: The clip.
        target: The copy, in a folder that exists.
        masker: Looks at its pictures.
        spare: What the case is about.
        stopped: Asked between two pictures whether to give up.

    Raises:
        ClipUnavailable: what is in the clip can't be decoded.
        ClipNotWritten: the disk refused, or it was stopped.
    """
    part = target.with_name(f".{target.name}.part")
    try:
        _write(_until(stopped, _pictures(source)), part, _Masks(masker, spare))
        os.replace(part, target)  # noqa: PTH105 -- as `write_clip`
    except OSError as error:
        raise ClipNotWritten(
            f"cannot write the masked clip {target}: {error.strerror or error}"
        ) from error
    except (ValueError, av.error.FFmpegError) as error:
        raise ClipUnavailable(f"no copy of it can be masked: {error}") from error
    finally:
        with suppress(OSError):  # it was put in place, or never made
            part.unlink()


def masks_in(source: Path, masker: Masker) -> Iterator[tuple[Image, Boxes]]:
    """Yield the pictures of a clip's copy without its masks, and where these are: to measure them.

    Args:
        source: The clip.
        masker: Looks at its pictures.
    """
    for shown, boxes in _Masks(masker, None).over(_pictures(source)):
        yield shown.image, boxes


def _write(pictures: Iterator[_Shown], part: Path, masks: "_Masks") -> None:
    with av.open(part, "w", format="mp4", options={"movflags": "+faststart"}) as output:
        stream: VideoStream | None = None
        for shown, boxes in masks.over(pictures):
            if stream is None:
                stream = _stream(output, size_of(shown.image))
            image = covered(shown.image, boxes, cells=FILM_CELLS)
            frame = av.VideoFrame.from_ndarray(image, format="bgr24")
            frame.pts, frame.time_base = round(shown.at / _UNIT), _UNIT
            output.mux(stream.encode(frame))
        if stream is None:
            raise ValueError("no picture in it can be decoded")
        output.mux(stream.encode(None))


def _until(stopped: Callable[[], bool], pictures: Iterator[_Shown]) -> Iterator[_Shown]:
    for shown in pictures:
        if stopped():
            raise InterruptedError("the service stops")
        yield shown


def _stream(output: "av.container.OutputContainer", size: Size) -> VideoStream:
    stream = output.add_stream("libx264", rate=round(PICTURES_S))
    stream.width, stream.height = size
    stream.pix_fmt = "yuv420p"
    stream.codec_context.time_base = _UNIT
    stream.codec_context.thread_count = 1  # the cameras come first
    stream.codec_context.options = {"preset": "veryfast", "crf": "26"}
    return stream


def _pictures(source: Path) -> Iterator[_Shown]:
    """Yield the pictures of a clip, thinned and made small; times from its first."""
    with av.open(source) as container:
        stream = container.streams.video[0]
        stream.codec_context.thread_count = 1
        start: Seconds | None = None
        due: Seconds = 0.0
        for frame in container.decode(stream):
            at = float(frame.time or 0.0)
            start = at if start is None else start
            if at - start < due:
                continue
            due = max(due + 1 / PICTURES_S, at - start)
            yield _Shown(at - start, _small(frame))


def _small(frame: av.VideoFrame) -> Image:
    width, height = fitting((frame.width, frame.height), LONGEST)
    even = (max(width // 2 * 2, 2), max(height // 2 * 2, 2))  # yuv420p has half the colours
    small = frame.reformat(*even, format="bgr24", interpolation="AREA")
    return np.asarray(small.to_ndarray(), np.uint8)


def _cells(image: Image) -> npt.NDArray[np.int16]:
    """Return the mean grey of each cell of a picture."""
    width, height = size_of(image)
    small = (max(width // _CELL, 1), max(height // _CELL, 1))
    cells = cv2.resize(image, small, interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.cvtColor(cells, cv2.COLOR_BGR2GRAY), np.int16)


class _Masks:
    """Lets pictures through once it is known what the looks around them saw."""

    def __init__(self, masker: Masker, spare: Spared | None) -> None:
        self._masker = masker
        self._spare = spare
        self._looks: deque[_Seen] = deque()
        self._asked: deque[_Look] = deque(maxlen=2)
        self._count = 0

    def over(self, pictures: Iterator[_Shown]) -> Iterator[tuple[_Shown, Boxes]]:
        """Yield the pictures, and what is masked in each."""
        waiting: deque[_Shown] = deque()
        for shown in pictures:
            waiting.append(shown)
            if not self._looks or shown.at - self._looks[-1].at >= LOOK_S - 1e-6:
                self._look(shown)
            while waiting and waiting[0].at <= self._looks[-1].at - HOLD_S:
                yield self._masks_of(waiting.popleft())
        if waiting and self._looks[-1].at < waiting[-1].at:
            self._look(waiting[-1])
        for shown in waiting:
            yield self._masks_of(shown)

    def _look(self, shown: _Shown) -> None:
        cells = _cells(shown.image)
        if not (self._asked and self._asked[-1].holds(shown.at, cells)):
            self._ask(shown, cells)
        boxes = np.concatenate([one.boxes for one in self._asked if one.holds(shown.at, cells)])
        self._looks.append(_Seen(shown.at, boxes))

    def _ask(self, shown: _Shown, cells: npt.NDArray[np.int16]) -> None:
        care = Care.GLANCE if self._count % 2 else Care.FILM
        self._count += 1
        seen = self._masker.people_and_vehicles(shown.image, care)
        boxes = hidden(seen, size_of(shown.image), spare=self._spare)
        self._asked.append(_Look(shown.at, cells, boxes))

    def _masks_of(self, shown: _Shown) -> tuple[_Shown, Boxes]:
        while self._looks and self._looks[0].at < shown.at - HOLD_S - 1e-6:
            self._looks.popleft()
        near = [one for one in self._looks if abs(one.at - shown.at) <= HOLD_S + 1e-6]
        boxes = [walked(one.boxes, min(abs(shown.at - one.at), LOOK_S)) for one in near]
        together = np.concatenate(boxes) if boxes else np.empty((0, 4), np.float32)
        return shown, together
