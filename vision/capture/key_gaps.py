"""How far apart a stream's key frames are: measured, for no camera says so. Pure."""

from dataclasses import dataclass
from typing import Self

from streetwatch.vision.types import Seconds

#: No camera sends key frames so far apart: its clock was set, or it began without timestamps.
_JUMP_S: Seconds = 600.0

#: Key frames tremble by so much about their distance.
_ALMOST_S: Seconds = 0.2


@dataclass(frozen=True, slots=True)
class KeyGaps:
    """The key frames of one connection, in the stream's own time: a machine that lags changes none.

    Attributes:
        key_s: When the latest one was; None before the first packet.
        gap_s: From the one before to it; None before the second.
    """

    key_s: Seconds | None = None
    gap_s: Seconds | None = None

    def seen(self, now_s: Seconds, *, is_key: bool) -> Self:
        """Return the state after a packet; the first of all counts as one, to be waited from.

        So does the first after a jump of the camera's clock, whose distance is not known.
        """
        if self.key_s is None or not 0 <= now_s - self.key_s <= _JUMP_S:
            return type(self)(now_s, self.gap_s)
        return type(self)(now_s, now_s - self.key_s) if is_key else self

    def since_s(self, now_s: Seconds) -> Seconds:
        """Return how long ago the latest one was."""
        return 0.0 if self.key_s is None else now_s - self.key_s

    def expected_s(self, now_s: Seconds) -> Seconds:
        """Return how far apart they are now, at least."""
        return max(self.gap_s or 0.0, self.since_s(now_s))

    def are_rarer_than(self, longest_s: Seconds, now_s: Seconds) -> bool:
        """Tell whether to wait for the next one would be too long."""
        return self.expected_s(now_s) > longest_s + _ALMOST_S

    def next_comes_within(self, wait_s: Seconds, now_s: Seconds) -> bool:
        """Tell whether the next one is known to come within so long."""
        return self.gap_s is not None and self.gap_s - self.since_s(now_s) <= wait_s + _ALMOST_S

    def is_overdue(self, now_s: Seconds, limit_s: Seconds) -> bool:
        """Tell whether the next one is later than the latest distance, and than a limit."""
        return self.since_s(now_s) > max(self.gap_s or 0.0, limit_s) + _ALMOST_S
