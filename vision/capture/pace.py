"""Which pictures to hand on so that each look interval is kept with as few as possible. Pure."""

from dataclasses import dataclass, replace
from typing import Self

from streetwatch.vision.types import Seconds

#: Pictures tremble by such a share of what lies between them; none is too late for that.
_TREMBLE = 0.1


@dataclass(frozen=True, slots=True)
class LookPace:
    """Picks pictures at most one look interval apart, where the stream has them.

    A picture is due when waiting for the next one (as far off as the last was) would be too late;
    so key frames 0.4 s apart and an interval of 1 s give a look each 0.8 s, not each 1.2 s.

    Attributes:
        interval_s: The longest time between two looks.
        seen_at: When the latest picture offered was taken.
        looked_at: When the latest picture handed on was taken.
    """

    interval_s: Seconds
    seen_at: Seconds | None = None
    looked_at: Seconds | None = None

    def every(self, interval_s: Seconds) -> Self:
        """Return the same with another interval."""
        return replace(self, interval_s=interval_s)

    def offer(self, at: Seconds) -> tuple[Self, bool]:
        """Return the next state and whether the picture taken at `at` is due."""
        if self.seen_at is None or self.looked_at is None:
            return replace(self, seen_at=at, looked_at=at), True
        apart_s = at - self.seen_at
        is_too_late = at + (1 - _TREMBLE) * apart_s - self.looked_at > self.interval_s
        due = at > self.looked_at and is_too_late
        return replace(self, seen_at=at, looked_at=at if due else self.looked_at), due
