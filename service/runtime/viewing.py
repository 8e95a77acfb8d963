"""While somebody looks at a camera, its pictures are fresh."""

from collections.abc import Callable

from streetwatch.vision.types import Seconds

#: The longest time between two pictures that somebody looks at.
FRESH_S: Seconds = 2.0

#: Who has not asked for a picture for so long looks no more.
LOOKS_ON_S: Seconds = 10.0


class Viewing:
    """A camera's pace: what the chain wants, or what a viewer wants, whichever is quicker.

    Args:
        look_every: Tells the capture.
        pace_s: What it begins with.
        clock: Seconds since the epoch.
    """

    def __init__(
        self, look_every: Callable[[Seconds], None], pace_s: Seconds, clock: Callable[[], Seconds]
    ) -> None:
        self._look_every = look_every
        self._pace_s = pace_s
        self._clock = clock
        self._until: Seconds = 0.0

    def look_every(self, pace_s: Seconds) -> None:
        """Take what the chain wants."""
        self._pace_s = pace_s
        self._look_every(min(pace_s, FRESH_S) if self.is_viewed else pace_s)

    @property
    def is_viewed(self) -> bool:
        """Whether somebody looks."""
        return self._clock() < self._until

    def touch(self) -> None:
        """Note that somebody looks."""
        self._until = self._clock() + LOOKS_ON_S
        self._look_every(min(self._pace_s, FRESH_S))
