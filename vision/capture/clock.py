"""From a stream's own timestamps to capture time. Pure: arrival is an argument, state a value."""

from dataclasses import dataclass, replace
from typing import Self

from streetwatch.vision.types import Seconds

JUMP_S: Seconds = 5.0  #: this late, a timestamp no longer tells when: the stream's clock has jumped
DRIFT = 0.001  #: seconds a second by which a camera's clock may run slow and still be followed


@dataclass(frozen=True, slots=True)
class StreamClock:
    """When the pictures of a live stream were taken, in the clock of who receives them.

    The first timestamp is tied to its arrival. From there on the stream's own timestamps tell the
    time, so that network jitter does not; but never ahead of arrival: a packet that comes earlier
    than the tie allows shows that the tie was late (a burst at the start), and corrects it. A tie
    that has become late follows slowly (the camera's clock is slow), or is made anew where it is
    off by more than `JUMP_S` (the camera restarted, its counter wrapped, its file began again).

    Attributes:
        offset_s: Capture time minus stream time; None before the first timestamp.
        at: The latest capture time given out.
        arrival: When the latest packet arrived.
    """

    offset_s: Seconds | None = None
    at: Seconds | None = None
    arrival: Seconds | None = None

    def tick(self, stream_s: Seconds | None, arrival: Seconds) -> tuple[Self, Seconds]:
        """Return the next clock and the capture time of a packet.

        Args:
            stream_s: The packet's own timestamp; None where it has none (often the first).
            arrival: When it arrived, on a clock that does not go backwards.

        Returns:
            Capture time never falls, and is never later than `arrival` unless `arrival` fell.
        """
        offset_s = self._tied(stream_s, arrival)
        if stream_s is None or offset_s is None:
            at = self._by_arrival(arrival)
        else:
            at = min(stream_s + offset_s, arrival)
        if self.at is not None:
            at = max(at, self.at)
        return replace(self, offset_s=offset_s, at=at, arrival=arrival), at

    def when(self, stream_s: Seconds | None) -> Seconds | None:
        """Return the capture time of a picture decoded from packets already ticked."""
        if stream_s is None or self.offset_s is None or self.at is None:
            return self.at
        return min(stream_s + self.offset_s, self.at)

    def lead(self, stream_s: Seconds | None, arrival: Seconds) -> Seconds:
        """Return how long a packet came before its time: what to wait to play in real time."""
        if stream_s is None or self.offset_s is None:
            return 0.0
        lead_s = stream_s + self.offset_s - arrival
        return lead_s if 0 < lead_s <= JUMP_S else 0.0

    def untied(self) -> Self:
        """Return the clock for a new connection, whose timestamps say nothing of the old one's."""
        return replace(self, offset_s=None)

    def _tied(self, stream_s: Seconds | None, arrival: Seconds) -> Seconds | None:
        if stream_s is None:
            return self.offset_s
        if self.offset_s is None or self.arrival is None:
            return arrival - stream_s
        late_s = arrival - stream_s - self.offset_s
        if late_s < 0 or late_s > JUMP_S:
            return arrival - stream_s
        return self.offset_s + min(late_s, DRIFT * max(0.0, arrival - self.arrival))

    def _by_arrival(self, arrival: Seconds) -> Seconds:
        if self.at is None or self.arrival is None:
            return arrival
        return min(arrival, self.at + max(0.0, arrival - self.arrival))


@dataclass(frozen=True, slots=True)
class ClipClock:
    """The time inside a recorded clip.

    Attributes:
        start_at: Capture time of the first picture.
        frame_s: How long a picture lasts where its timestamp does not say.
        offset_s: Capture time minus stream time; None before the first timestamp.
        at: The latest capture time given out.
    """

    start_at: Seconds = 0.0
    frame_s: Seconds = 0.04
    offset_s: Seconds | None = None
    at: Seconds | None = None

    def starting_at(self, stream_s: Seconds) -> Self:
        """Return the clock for a clip known to begin then, though its first pictures be damaged."""
        return replace(self, offset_s=self.start_at - stream_s)

    def tick(self, stream_s: Seconds | None) -> tuple[Self, Seconds]:
        """Return the next clock and the capture time of a picture, in the order of showing.

        Timestamps that fall (clips joined without care) go on one picture after the last.
        """
        following = self.start_at if self.at is None else self.at + self.frame_s
        if stream_s is None:
            return replace(self, at=following), following
        at = following if self.offset_s is None else stream_s + self.offset_s
        if at < (self.start_at if self.at is None else self.at):
            at = following
        return replace(self, offset_s=at - stream_s, at=at), at
