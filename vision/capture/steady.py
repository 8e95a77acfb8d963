"""A wall clock that never goes back, whatever anybody sets."""

import threading
import time
from collections.abc import Callable

from streetwatch.vision.types import Seconds

#: How fast it goes while it waits for a wall clock that was set back.
_WAITING = 0.5


class SteadyClock:
    """Seconds since the epoch, in step with the wall clock. Usable from any thread.

    A wall clock that is set forward is followed at once: what lies between is time in which nobody
    looked. One that is set back is waited for at half speed: dwell may come late, never early, and
    what was promised for a time still comes due.

    Args:
        wall: Seconds since the epoch; may jump.
        monotonic: Seconds since any moment; never jumps.
    """

    def __init__(
        self,
        wall: Callable[[], Seconds] = time.time,
        monotonic: Callable[[], Seconds] = time.monotonic,
    ) -> None:
        self._wall = wall
        self._monotonic = monotonic
        self._asking = threading.Lock()
        self._at, self._asked_at = wall(), monotonic()

    def __call__(self) -> Seconds:
        """Return the time; never less than was returned before."""
        with self._asking:
            before, self._asked_at = self._asked_at, self._monotonic()
            least = self._at + _WAITING * (self._asked_at - before)
            self._at = max(self._wall(), least)
            return self._at
