"""A piece of work that is done again and again in a thread of its own."""

import threading
from collections.abc import Callable

import structlog

from streetwatch.vision.types import Seconds

log = structlog.get_logger(__name__)


class Rounds:
    """Does its work, waits, does it again, until it is told to stop.

    A round that raises is logged and the next one tries again: what the work has begun it must
    leave so that the next round can go on.

    Args:
        name: Of the thread, for people who look at a process.
        work: One round. Long work looks at `is_stopping` between its pieces.
        every_s: How long to wait after a round, if nobody wakes it.
    """

    def __init__(self, name: str, work: Callable[[], object], *, every_s: Seconds) -> None:
        self._name = name
        self._work = work
        self._every_s = every_s
        self._wake = threading.Event()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    @property
    def is_stopping(self) -> bool:
        """Whether the round at hand is to be the last."""
        return self._stopping.is_set()

    @property
    def is_alive(self) -> bool:
        """Whether rounds are still done."""
        return self._thread.is_alive()

    def start(self) -> None:
        """Begin with a round."""
        self._thread.start()

    def wake(self) -> None:
        """Say that there is something to do now."""
        self._wake.set()

    def stop(self, *, timeout_s: Seconds) -> None:
        """Finish the piece of work at hand and end. May be called again."""
        self._stopping.set()
        self._wake.set()
        if self._thread.is_alive():
            self._thread.join(timeout_s)

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                self._work()
            except Exception:  # the thread's last resort
                log.exception("round.failed", of=self._name)
            self._wake.wait(self._every_s)
            self._wake.clear()
