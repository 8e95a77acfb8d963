"""The last seconds of one camera, as coded packets: what evidence clips are cut from."""

import threading
from collections import deque
from pathlib import Path

import av
from av.video.stream import VideoStream

from streetwatch.vision.capture.clip import ClipSpan, StoredPacket, cut, write_clip
from streetwatch.vision.capture.template import StreamTemplate
from streetwatch.vision.types import Seconds

_MIB = 1024 * 1024


class Ring:
    """A bounded store of packets that always begins with a key frame. Safe between threads."""

    def __init__(self, *, keep_s: Seconds = 30.0, keep_bytes: int = 8 * _MIB) -> None:
        """Keep at least `keep_s` seconds, unless they are more than `keep_bytes`."""
        self._keep_s = keep_s
        self._keep_bytes = keep_bytes
        self._packets: deque[StoredPacket] = deque()
        self._keys_at: deque[Seconds] = deque()  # of the key frames among them
        self._bytes = 0
        self._lock = threading.Lock()

    def keep(self, keep_s: Seconds) -> None:
        """Keep so many seconds from now on: more as they come, fewer with the next packet."""
        with self._lock:
            self._keep_s = keep_s

    def add(self, stored: StoredPacket) -> None:
        """Add a packet; one that cannot be decoded from what the ring holds is left out."""
        with self._lock:
            if not stored.is_key and not self._continues(stored):
                return
            self._packets.append(stored)
            self._bytes += len(stored.payload)
            if stored.is_key:
                self._keys_at.append(stored.at)
            self._evict()

    def latest_key(self) -> StoredPacket | None:
        """Return the latest key frame; None while there is none."""
        with self._lock:
            return next((one for one in reversed(self._packets) if one.is_key), None)

    @property
    def span(self) -> tuple[Seconds, Seconds] | None:
        """Capture times of the first and the last packet; None while there is none."""
        with self._lock:
            return (self._packets[0].at, self._packets[-1].at) if self._packets else None

    @property
    def size_bytes(self) -> int:
        """Coded bytes held now."""
        with self._lock:
            return self._bytes

    def write_clip(
        self, path: Path, *, from_s: Seconds, to_s: Seconds, around_s: Seconds | None = None
    ) -> ClipSpan:
        """Write what the ring holds of a span as an MP4 file, without re-encoding.

        Args:
            path: The file, in a folder that exists; it appears complete or not at all.
            from_s: Where the clip begins, capture time; the key frame before it is the first.
            to_s: Where it ends.
            around_s: The moment that must be in it, should the stream have changed its format in
                between; left out: the middle.

        Raises:
            ClipUnavailable: the ring holds nothing of it.
            ClipNotWritten: the file could not be written.
        """
        with self._lock:
            packets = list(self._packets)
        moment = (from_s + to_s) / 2 if around_s is None else around_s
        return write_clip(cut(packets, from_s=from_s, to_s=to_s, around_s=moment), path)

    def _continues(self, stored: StoredPacket) -> bool:
        return bool(self._packets) and self._packets[-1].template is stored.template

    def _evict(self) -> None:
        """Drop the oldest group of pictures while the ring keeps enough without it, or too much."""
        while self._bytes > self._keep_bytes or self._second_key_covers():
            self._drop_first()
            while self._packets and not self._packets[0].is_key:
                self._drop_first()

    def _second_key_covers(self) -> bool:
        if len(self._keys_at) < 2:
            return False
        return self._keys_at[1] <= self._packets[-1].at - self._keep_s

    def _drop_first(self) -> None:
        dropped = self._packets.popleft()
        self._bytes -= len(dropped.payload)
        if dropped.is_key:
            self._keys_at.popleft()


def stored(
    packet: "av.Packet[VideoStream]", template: StreamTemplate, *, at: Seconds
) -> StoredPacket:
    """Copy a packet out of its container."""
    return StoredPacket(
        at=at,
        payload=bytes(packet),
        pts=packet.pts,
        dts=packet.dts,
        duration=packet.duration or 0,
        is_key=packet.is_keyframe,
        template=template,
    )
