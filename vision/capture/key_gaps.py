"""How far apart a stream's key frames are: measured, for no camera says so. Pure."""

from dataclasses import dataclass
from typing import Self

from streetwatch.vision.types import Seconds

#: Key frames tremble by so much about their distance.
_ALMOST_S: Seconds = 0.2


@dataclass(frozen=True, slots=True)
class KeyGaps:
    """The key frames of one connection.

    Attributes:
        key_at: When the latest one was taken; None before the first.
        gap_s: From the one before to it; None before the second.
    """

    key_at: Seconds | None = None
    gap_s: Seconds | None = None

    def seen(self, at: Seconds, *, is_key: bool) -> Self:
        """Return the state after a packet; the first of all counts as one, to be waited from."""
        if not is_key:
            return self if self.key_at is not None else type(self)(at)
        return type(self)(at, None if self.key_at is None else at - self.key_at)

    def expected_s(self, at: Seconds) -> Seconds:
        """Return how far apart they are now, at least."""
        since_s = 0.0 if self.key_at is None else at - self.key_at
        return max(self.gap_s or 0.0, since_s)

    def are_rarer_than(self, longest_s: Seconds, at: Seconds) -> bool:
        """Tell whether to wait for the next one would be too long."""
        return self.expected_s(at) > longest_s + _ALMOST_S

    def next_comes_before(self, due_at: Seconds) -> bool:
        """Tell whether the next one comes before a moment."""
        known = self.key_at is not None and self.gap_s is not None
        return known and (self.key_at or 0.0) + (self.gap_s or 0.0) <= due_at + _ALMOST_S

    def is_overdue(self, at: Seconds, limit_s: Seconds) -> bool:
        """Tell whether the next one is later than any before, and than a limit."""
        since_s = 0.0 if self.key_at is None else at - self.key_at
        return since_s > max(self.gap_s or 0.0, limit_s) + _ALMOST_S
