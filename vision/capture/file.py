"""Reads a recorded clip as fast as the machine can, on the clip's own clock."""

from collections.abc import Iterator

import av
import structlog
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from streetwatch.vision.capture.clock import ClipClock
from streetwatch.vision.capture.decoded import Decoded
from streetwatch.vision.capture.errors import CannotOpen
from streetwatch.vision.capture.look import Decoder, stream_seconds
from streetwatch.vision.capture.opening import Feed, TimeOuts, open_feed
from streetwatch.vision.capture.pace import LookPace
from streetwatch.vision.capture.resolver import itself
from streetwatch.vision.capture.ring import Ring, stored
from streetwatch.vision.capture.source import Source
from streetwatch.vision.picture import SMALL_SIDE
from streetwatch.vision.types import Frame, Seconds

_log = structlog.get_logger()
_FRAME_S: Seconds = 0.04  # where the file does not tell its rate


def read_file(
    source: Source,
    *,
    camera_id: str,
    look_interval_s: Seconds,
    start_at: Seconds = 0.0,
    ring: Ring | None = None,
) -> Iterator[Frame]:
    """Yield a clip's pictures, at most one look interval apart; damaged packets are left out.

    Args:
        source: The clip.
        camera_id: Written into the frames.
        look_interval_s: The longest time between two pictures handed on.
        start_at: Capture time of the clip's first picture.
        ring: Takes every packet, for evidence clips; always as far as the latest picture.

    Raises:
        CannotOpen: no such file, no video, or not one picture in it can be decoded.
    """
    with open_feed(source, itself(source), TimeOuts()) as feed:
        feed.stream.codec_context.thread_type = "AUTO"  # one file, the whole machine
        clip = _Clip(feed, start_at, ring)
        pace = LookPace(look_interval_s)
        for at, frame in clip.pictures():
            pace, due = pace.offer(at)
            if due:
                picture = Decoded.of(frame, longest=SMALL_SIDE)
                yield Frame(camera_id, clip.seen - 1, at, picture)
    clip.conclude(source)


class _Clip:
    """One reading of a clip: its two clocks, and what was met on the way."""

    def __init__(self, feed: Feed, start_at: Seconds, ring: Ring | None) -> None:
        rate = feed.stream.average_rate
        self._feed = feed
        self._ring = ring
        # Packets come in coded order, pictures in the order of showing: each has its own clock.
        self._packets_at = ClipClock(start_at, float(1 / rate) if rate else _FRAME_S)
        self._pictures_at = self._packets_at
        began, unit = feed.stream.start_time, feed.stream.time_base
        if began is not None and unit is not None:
            self._pictures_at = self._packets_at.starting_at(float(began * unit))
        self._decoder = Decoder(feed.stream.codec_context)
        self.seen = 0

    def pictures(self) -> Iterator[tuple[Seconds, VideoFrame]]:
        """Yield every whole picture with its capture time."""
        for packet in self._feed.packets():
            self._keep(packet)
            for frame in self._decoder.decode(packet):
                self._pictures_at, at = self._pictures_at.tick(stream_seconds(frame))
                self.seen += 1
                yield at, frame

    def conclude(self, source: Source) -> None:
        """Tell what was left out; refuse a clip without any picture."""
        corrupt = self._decoder.corrupt + self._feed.bad_packets
        if not self.seen:
            raise CannotOpen(f"cannot open {source.redacted}: no picture in it can be decoded")
        if corrupt:
            _log.warning("capture.file_damaged", source=source.redacted, left_out=corrupt)

    def _keep(self, packet: "av.Packet[VideoStream]") -> None:
        if self._ring is None or not packet.size or packet.is_corrupt:
            return
        ticks = packet.pts if packet.dts is None else packet.dts
        coded_s = None if ticks is None else float(ticks * packet.time_base)
        self._packets_at, at = self._packets_at.tick(coded_s)
        self._ring.add(stored(packet, self._feed.template, at=at))
