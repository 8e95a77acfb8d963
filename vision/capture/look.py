"""Decodes as little as it may: from packets to the pictures that are due."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum

import av
from av.video.codeccontext import VideoCodecContext
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from streetwatch.vision.capture.clock import StreamClock
from streetwatch.vision.capture.decoded import Decoded
from streetwatch.vision.capture.key_gaps import KeyGaps
from streetwatch.vision.capture.pace import LookPace
from streetwatch.vision.capture.template import StreamTemplate
from streetwatch.vision.types import Seconds

#: So many key frames in a row without a picture of their own: they are none.
_FALSE_KEYS = 3


class Decode(StrEnum):
    """Which packets are decoded."""

    KEYFRAMES = "keyframes"  # each stands alone: a tenth of the work or less
    ALL = "all"


@dataclass(slots=True)
class Decoder:
    """Turns packets into whole pictures.

    What is coded as a difference to a damaged picture shows things that are not there; so after
    damage nothing is handed on before the next key frame.

    Attributes:
        context: Of the codec; used by nobody else.
        corrupt: Packets and pictures left out because they were damaged, so far.
    """

    context: VideoCodecContext
    corrupt: int = 0
    _torn: bool = field(default=False, init=False)

    def decode(self, packet: "av.Packet[VideoStream]") -> list[VideoFrame]:
        """Return the pictures that became ready; an empty packet brings out the last."""
        if packet.is_corrupt:
            return self._tear()
        try:
            frames = self.context.decode(packet if packet.size else None)
        except av.error.EOFError:  # nothing more to bring out
            return []
        except av.error.FFmpegError:  # damaged bytes raise errors of several kinds
            return self._tear()
        return [frame for frame in frames if self._is_whole(frame)]

    def _tear(self) -> list[VideoFrame]:
        self.corrupt += 1
        self._torn = True
        return []

    def _is_whole(self, frame: VideoFrame) -> bool:
        self._torn = bool(frame.is_corrupt) or (self._torn and not frame.key_frame)
        self.corrupt += self._torn
        return not self._torn


@dataclass(slots=True)
class Looker:
    """The eye of one connection.

    Key frames are decoded by themselves. Where they come more seldom than `key_gap_limit_s` and
    than pictures are wanted, the pictures between them are followed from a key frame to the last
    one that is due before the next key frame.

    Attributes:
        template: Of the stream.
        pace: Which pictures are due.
        decode: Key frames where they come often enough, or all.
        key_gap_limit_s: How long to do without a key frame.
        longest: Side of the small picture, pixels.
        corrupt: Packets and pictures left out because they were damaged, so far.
        gaps: How far apart key frames are.
    """

    template: StreamTemplate
    pace: LookPace
    decode: Decode
    key_gap_limit_s: Seconds
    longest: int
    corrupt: int = 0
    gaps: KeyGaps = field(default_factory=KeyGaps)
    _following: Decoder | None = field(default=None, init=False)
    _false_keys: int = field(default=0, init=False)

    def take(
        self,
        packet: "av.Packet[VideoStream]",
        clock: StreamClock,
        at: Seconds,
        payload: bytes | None = None,
    ) -> Iterator[tuple[Seconds, Decoded]]:
        """Yield the pictures that are due now, with their capture times.

        Args:
            packet: The next packet of the stream; an empty one brings out the last.
            clock: Already ticked with this packet.
            at: The packet's capture time.
            payload: Its bytes, where somebody keeps them already.
        """
        is_key = bool(packet.is_keyframe and packet.size)
        now_s = at if packet.pts is None else packet.pts * self.template.unit_s
        before, self.gaps = self.gaps, self.gaps.seen(now_s, is_key=is_key)
        if is_key and not self._needs_all(now_s):
            self._following = None
            self.pace, due = self.pace.offer(at)
            picture = self._of_key(packet, payload) if due else None
            if due and picture is None:  # one without a picture of its own is none to us
                self.gaps = before.seen(now_s, is_key=False)
            if picture is not None:
                yield at, picture
            return
        if self._following is None and self._begins(now_s, at, is_key=is_key):
            self._following = Decoder(self.template.decoder())
        if self._following is not None:
            yield from self._followed(self._following, packet, clock, at)
            if self._rests(now_s, at):
                self._following = None

    @property
    def follows(self) -> bool:
        """Whether the pictures between key frames are decoded now."""
        return self._following is not None

    def _needs_all(self, now_s: Seconds) -> bool:
        if self.decode is Decode.ALL or self._false_keys >= _FALSE_KEYS:
            return True
        longest_s = max(self.pace.interval_s, self.key_gap_limit_s)
        return self.gaps.are_rarer_than(longest_s, now_s)

    def _begins(self, now_s: Seconds, at: Seconds, *, is_key: bool) -> bool:
        """Tell whether to follow from here on: between key frames only if none is to come."""
        if not self._needs_all(now_s) or self._rests(now_s, at):
            return False
        if is_key or self.decode is Decode.ALL:
            return True
        return self.gaps.is_overdue(now_s, self.key_gap_limit_s)

    def _rests(self, now_s: Seconds, at: Seconds) -> bool:
        """Tell whether the next picture that is due is a key frame."""
        if self.decode is Decode.ALL or self._false_keys or self.pace.looked_at is None:
            return False
        due_in_s = self.pace.looked_at + self.pace.interval_s - at
        return self.gaps.next_comes_within(due_in_s, now_s)

    def _of_key(self, packet: "av.Packet[VideoStream]", payload: bytes | None) -> Decoded | None:
        coded = bytes(packet) if payload is None else payload
        whole = not packet.is_corrupt
        picture = Decoded.of_key(coded, self.template, longest=self.longest) if whole else None
        self.corrupt += picture is None
        self._false_keys = 0 if picture else self._false_keys + whole
        return picture

    def _followed(
        self,
        decoder: Decoder,
        packet: "av.Packet[VideoStream]",
        clock: StreamClock,
        at: Seconds,
    ) -> Iterator[tuple[Seconds, Decoded]]:
        before = decoder.corrupt
        frames = decoder.decode(packet)
        self.corrupt += decoder.corrupt - before
        for frame in frames:
            shown_s = stream_seconds(frame)
            taken_at = at if shown_s is None else clock.when(shown_s) or at
            self.pace, due = self.pace.offer(taken_at)
            if due:
                yield taken_at, Decoded.of(frame, longest=self.longest)


def stream_seconds(timed: "av.Packet[VideoStream] | VideoFrame") -> Seconds | None:
    """Return the stream's own timestamp of a packet or a picture; None where it has none."""
    if timed.pts is None or timed.time_base is None:
        return None
    return float(timed.pts * timed.time_base)
