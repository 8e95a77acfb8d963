"""A detector that is loaded when it is asked and let go when nobody asks: masking comes in bursts.

It is another session than the cameras': one thread, so that it is as far behind them as the thread
that asks; and without an arena, which would keep what the largest picture took for ever.
"""

import gc
import threading
import time
from collections.abc import Callable
from typing import Final

from streetwatch.models.session import Provider
from streetwatch.vision.detect import Detector
from streetwatch.vision.memory import give_back
from streetwatch.vision.types import Detections, Image, Seconds, Sees

#: Loading takes 0.1 s: cases that follow each other more closely share a session.
IDLE_S: Final[Seconds] = 20.0


class Resting:
    """Sees what the model sees. Safe between threads.

    Args:
        load: Loads it.
        longest_side: Of the model's input.
        clock: Any that only goes forward.
    """

    def __init__(
        self,
        load: Callable[[], Sees],
        *,
        longest_side: int,
        clock: Callable[[], Seconds] = time.monotonic,
    ) -> None:
        self._load = load
        self._longest_side = longest_side
        self._clock = clock
        self._lock = threading.Lock()
        self._sees: Sees | None = None
        self._asked_at: Seconds = 0.0

    @classmethod
    def of(cls, name: str | None, *, provider: Provider, longest_side: int) -> "Resting":
        """Return a model by name, not loaded yet."""

        def load() -> Detector:
            return Detector.load(name, threads=1, provider=provider, lean=True)

        return cls(load, longest_side=longest_side)

    @property
    def longest_side(self) -> int:
        """Pixels: it sees no more in a larger picture."""
        return self._longest_side

    def detect(
        self, image: Image, *, confidence: float | None = None, longest: int | None = None
    ) -> Detections:
        """Return what is in the picture; see `Sees`."""
        with self._lock:
            if self._sees is None:
                self._sees = self._load()
            sees, self._asked_at = self._sees, self._clock()
        return sees.detect(image, confidence=confidence, longest=longest)

    def rest(self, *, idle_s: Seconds = IDLE_S) -> bool:
        """Let go of it if nobody has asked for a while; return whether it was let go."""
        with self._lock:
            if self._sees is None or self._clock() - self._asked_at < idle_s:
                return False
            self._sees = None
        gc.collect()
        give_back()
        return True
