"""Decodes as little as it may: from packets to the pictures that are due."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum

import av
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from streetwatch.vision.capture.clock import StreamClock
from streetwatch.vision.capture.pace import LookPace
from streetwatch.vision.types import Seconds


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
        stream: The open stream.
        corrupt: Packets and pictures left out because they were damaged, so far.
    """

    stream: VideoStream
    corrupt: int = 0
    _torn: bool = field(default=False, init=False)

    def decode(self, packet: "av.Packet[VideoStream]") -> list[VideoFrame]:
        """Return the pictures that became ready; an empty packet brings out the last."""
        if packet.is_corrupt:
            return self._tear()
        try:
            frames = self.stream.codec_context.decode(packet if packet.size else None)
        except av.error.EOFError:  # nothing more to bring out
            return []
        except av.error.FFmpegError:  # damaged bytes raise errors of several kinds
            return self._tear()
        return [frame for frame in frames if self._is_whole(frame)]

    def decode_key(self, packet: "av.Packet[VideoStream]") -> VideoFrame | None:
        """Return the picture of a key frame by itself; None where it has none or is damaged."""
        context = self.stream.codec_context
        if packet.is_corrupt:
            self.corrupt += 1
            return None
        try:
            # Brought out at once: a stream with B-frames would else hold it back behind others.
            frames = [*context.decode(packet), *context.decode(None)]
        except av.error.FFmpegError:
            self.corrupt += 1
            return None
        finally:
            context.flush_buffers()
        if not frames or frames[-1].is_corrupt:
            self.corrupt += len(frames)
            return None
        return frames[-1]

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
    """The decoder of one connection.

    Attributes:
        stream: The open stream.
        pace: Which pictures are due.
        decode: What is decoded now; falls back from key frames to all.
        key_gap_limit_s: How long to do without a key frame before all packets are decoded.
    """

    stream: VideoStream
    pace: LookPace
    decode: Decode
    key_gap_limit_s: Seconds
    _key_at: Seconds | None = field(default=None, init=False)
    _decoder: Decoder = field(init=False)

    def __post_init__(self) -> None:
        self._decoder = Decoder(self.stream)
        self.stream.codec_context.thread_count = 1  # many cameras share the machine

    def take(
        self, packet: "av.Packet[VideoStream]", clock: StreamClock, at: Seconds
    ) -> Iterator[tuple[Seconds, VideoFrame]]:
        """Yield the pictures that are due now, with their capture times.

        Args:
            packet: The next packet of the stream.
            clock: Already ticked with this packet.
            at: The packet's capture time.
        """
        if self.decode is Decode.ALL:
            yield from self._of_all(packet, clock, at)
        elif packet.is_keyframe and packet.size:
            yield from self._of_key(packet, at)
        elif self._keys_too_rare(at):
            self._decode_all()

    def _of_key(
        self, packet: "av.Packet[VideoStream]", at: Seconds
    ) -> Iterator[tuple[Seconds, VideoFrame]]:
        self.pace, due = self.pace.offer(at)
        frame = self._decoder.decode_key(packet) if due else None
        if frame or not due:  # one that gives no picture by itself is no key frame to us
            self._key_at = at
        if frame:
            yield at, frame

    def _of_all(
        self, packet: "av.Packet[VideoStream]", clock: StreamClock, at: Seconds
    ) -> Iterator[tuple[Seconds, VideoFrame]]:
        for frame in self._decoder.decode(packet):
            shown_s = stream_seconds(frame)
            taken_at = at if shown_s is None else clock.when(shown_s) or at
            self.pace, due = self.pace.offer(taken_at)
            if due:
                yield taken_at, frame

    @property
    def corrupt(self) -> int:
        """Packets and pictures left out because they were damaged, so far."""
        return self._decoder.corrupt

    def _keys_too_rare(self, at: Seconds) -> bool:
        if self._key_at is None:
            self._key_at = at
        return at - self._key_at > self.key_gap_limit_s

    def _decode_all(self) -> None:
        """Decode everything from now on; pictures come from the next point that can be decoded."""
        self.decode = Decode.ALL


def stream_seconds(timed: "av.Packet[VideoStream] | VideoFrame") -> Seconds | None:
    """Return the stream's own timestamp of a packet or a picture; None where it has none."""
    if timed.pts is None or timed.time_base is None:
        return None
    return float(timed.pts * timed.time_base)
