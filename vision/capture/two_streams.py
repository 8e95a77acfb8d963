"""A camera that is looked at in its smaller stream, while evidence comes from its larger one.

A large key frame takes many times as long to decode as one of 640 pixels, and the detector sees no
more in it. So both streams are read: the larger one's packets are kept, and of its pictures only
those are decoded that evidence shows. Where the smaller one gives nothing, the larger one is looked
at.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final, Self

import cv2
import numpy as np
import structlog

from streetwatch.vision.capture.decoded import Decoded
from streetwatch.vision.capture.ring import Ring
from streetwatch.vision.capture.source import Source
from streetwatch.vision.capture.state import CaptureCounts, CaptureState, Phase
from streetwatch.vision.capture.stream import Capture, CaptureOptions
from streetwatch.vision.capture.sub_streams import sub_streams
from streetwatch.vision.picture import SMALL_SIDE, fitting, size_of
from streetwatch.vision.types import Frame, Image, Picture, Seconds, Size

_log = structlog.get_logger()

#: A picture of the smaller stream goes with a key frame of the larger one that is no older.
_APART_S: Final[Seconds] = 5.0

#: Between two pictures of the larger stream while the smaller one is looked at: it tells that the
#: stream can be decoded. Less than a capture goes on without a picture.
_SPARED_S: Final[Seconds] = 20.0

#: So long after the latest picture of the smaller stream the larger one is looked at again.
_HELD_S: Final[Seconds] = 10.0


@dataclass(frozen=True, slots=True, eq=False)
class Paired:
    """A picture that two streams show.

    Attributes:
        whole: As the larger stream shows it, decoded when it is asked for.
        small: As the smaller one does; None where that was let go.
    """

    whole: Decoded
    small: Picture | None

    @property
    def size(self) -> Size:
        """Width and height of the larger one, pixels."""
        return self.whole.size

    def image(self) -> Image:
        """Return all pixels of the larger one."""
        return self.whole.image()

    def within(self, longest: int) -> Image:
        """Return it scaled down so that no side is longer; of the smaller one if that is enough."""
        if self.small is None or longest > max(self.small.size):
            return self.whole.within(longest)
        seen, wanted = self.small.within(longest), fitting(self.size, longest)
        if size_of(seen) == wanted:
            return seen
        # Many smaller streams are squeezed: 704 x 576 of a picture of 16:9.
        return np.asarray(cv2.resize(seen, wanted, interpolation=cv2.INTER_AREA), np.uint8)

    def kept(self) -> Self:
        """Return it without what can be made again."""
        return replace(self, small=None)


class TwoStreams:
    """Watches both streams of a camera; to whoever owns it, it is a `Capture` of the larger one."""

    def __init__(  # noqa: PLR0913  -- what a capture is given
        self,
        camera_id: str,
        source: Source,
        *,
        on_frame: Callable[[Frame], None],
        on_state: Callable[[CaptureState], None],
        ring: Ring | None,
        options: CaptureOptions,
        clock: Callable[[], Seconds],
    ) -> None:
        """Prepare both captures.

        Args:
            camera_id: Written into frames and logs.
            source: The larger stream, whose address tells where the smaller one is.
            on_frame: Takes each picture that is due, in order.
            on_state: Takes each change of the larger one's state.
            ring: Takes the larger one's packets, for clips.
            options: How to watch.
            clock: Tells arrival.

        Raises:
            SourceError: its address does not tell.
        """
        self._on_frame = on_frame
        self._ring = ring
        self._interval_s = options.look_interval_s
        self._paired_at: Seconds | None = None
        self._given_at: Seconds | None = None
        self._giving = threading.Lock()
        self._packets = Ring(keep_s=0.0) if ring is None else ring
        self._main = Capture(
            camera_id,
            source,
            on_frame=self._of_main,
            on_state=on_state,
            ring=self._packets,
            options=options,
            clock=clock,
        )
        self._sub = Capture(
            camera_id,
            smaller(source),
            on_frame=self._of_sub,
            on_state=self._sub_is,
            options=options,
            clock=clock,
        )
        self._log = _log.bind(camera=camera_id)

    def start(self, *, after_s: Seconds = 0.0) -> None:
        """Begin to watch, after a while; once in its life."""
        self._main.start(after_s=after_s)
        self._sub.start(after_s=after_s)

    def stop(self, timeout_s: Seconds = 6.0) -> bool:
        """End the watching; return whether both threads have ended."""
        ended = [one.stop(timeout_s) for one in (self._main, self._sub)]
        return all(ended)

    @property
    def ring(self) -> Ring | None:
        """Where packets are kept for clips."""
        return self._ring

    @property
    def is_dead(self) -> bool:
        """Whether a thread is gone that nobody ended."""
        return self._main.is_dead or self._sub.is_dead

    @property
    def is_over(self) -> bool:
        """Whether both threads have ended."""
        return self._main.is_over and self._sub.is_over

    @property
    def overdue_s(self) -> Seconds:
        """For how long a thread has been silent beyond what its time-outs allow."""
        return max(self._main.overdue_s, self._sub.overdue_s)

    @property
    def state(self) -> CaptureState:
        """The larger one's: without it there is no evidence."""
        return self._main.state

    @property
    def clock_offset_s(self) -> Seconds | None:
        """How far the camera's clock is ahead of ours; None while it has not said."""
        return self._main.clock_offset_s

    @property
    def counts(self) -> CaptureCounts:
        """What was done so far, with both; connections are the larger one's."""
        main, sub = self._main.counts, self._sub.counts
        return replace(
            main,
            packets=main.packets + sub.packets,
            frames=main.frames + sub.frames,
            corrupt=main.corrupt + sub.corrupt,
            decode_s=main.decode_s + sub.decode_s,
        )

    @property
    def looks_in_sub(self) -> bool:
        """Whether the smaller stream is looked at now."""
        return self._paired_at is not None

    def look_every(self, interval_s: Seconds) -> None:
        """Hand on pictures so often from now on. Callable from any thread."""
        self._interval_s = interval_s
        self._sub.look_every(interval_s)
        self._main.look_every(_SPARED_S if self.looks_in_sub else interval_s)

    def _of_sub(self, frame: Frame) -> None:
        whole = self._whole_at(frame.at) if max(frame.size) >= SMALL_SIDE else None
        self._look_in(frame.at if whole else None, frame.size)
        if whole is not None:
            self._give(replace(frame, picture=Paired(whole, frame.picture)))

    def _of_main(self, frame: Frame) -> None:
        paired_at = self._paired_at
        if paired_at is not None and frame.at - paired_at <= _HELD_S:
            return
        self._look_in(None, frame.size)
        self._give(frame)

    def _sub_is(self, state: CaptureState) -> None:
        if state.phase is not Phase.LIVE:
            self._look_in(None)

    def _look_in(self, paired_at: Seconds | None, size: Size | None = None) -> None:
        """Look at the smaller stream from a time on, or at the larger one: None."""
        before, self._paired_at = self._paired_at, paired_at
        if (before is None) != (paired_at is None):
            self._log.info("capture.looks_in", is_sub=paired_at is not None, size=size)
            self.look_every(self._interval_s)

    def _whole_at(self, at: Seconds) -> Decoded | None:
        """Return what the larger stream shows then; None where it shows nothing by itself."""
        if self._main.state.phase is not Phase.LIVE or self._main.follows:
            return None
        key = self._packets.latest_key()
        if key is None or abs(at - key.at) > _APART_S:
            return None
        return Decoded.coded(key.payload, key.template)

    def _give(self, frame: Frame) -> None:
        """Hand on a picture, unless the other stream gave a later one."""
        with self._giving:
            if self._given_at is None or frame.at > self._given_at:
                self._given_at = frame.at
                self._on_frame(frame)


def smaller(source: Source) -> Source:
    """Return where a camera's smaller stream is by its makers' way of numbering.

    Raises:
        SourceError: the address of the larger one does not tell.
    """
    return Source(source.kind, next(iter(sub_streams(source.url)), ""))
