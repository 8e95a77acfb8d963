"""Moves evidence to its bucket, as it is written, in a thread of its own.

What only this machine's disk has is gone for as long as the machine is: the less time, the better.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import structlog

from streetwatch.service.evidence.bucketed import BucketedEvidence
from streetwatch.service.incidents.errors import StorageError
from streetwatch.service.rounds import Rounds
from streetwatch.vision.types import Seconds

log = structlog.get_logger(__name__)

#: How often the folder is looked through: what was refused is tried again then, and what another
#: process has written is found.
EVERY_S: Final[Seconds] = 5.0

#: How often what was fetched and is looked at no more is deleted.
SWEPT_EVERY: Final = 60


@dataclass(frozen=True, slots=True)
class StoreHealth:
    """How evidence gets to its store.

    Attributes:
        waiting: Files that are not moved yet.
        oldest_s: How long the oldest of them waits.
        reason: Why the last round failed; empty where it did not.
    """

    waiting: int
    oldest_s: Seconds
    reason: str = ""


class Moving:
    """The rounds."""

    def __init__(self, evidence: BucketedEvidence, clock: Callable[[], Seconds]) -> None:
        self._evidence = evidence
        self._clock = clock
        self._reason = ""
        self._turn = 0
        self._one_at_a_time = threading.Lock()
        self._rounds = Rounds("evidence", self._work, every_s=EVERY_S)
        self._looked_through_at: Seconds | None = None
        self._is_last = False
        self._ended = threading.Event()
        evidence.just_written.tell(self._wake)

    def start(self) -> None:
        """Begin to move."""
        self._rounds.start()

    def stop(self, *, timeout_s: Seconds) -> None:
        """Move what is here yet, and end; what takes too long is moved after the next start.

        A machine that is taken out of service may never be back.
        """
        self._is_last = True
        if self._rounds.is_alive and not self._reason:
            self._rounds.wake()
            self._ended.wait(timeout_s)
        self._rounds.stop(timeout_s=0.0)

    def _wake(self) -> None:
        if not self._reason:  # else each file would be one more question in vain
            self._rounds.wake()

    def _work(self) -> None:
        is_last, now, before = self._is_last, self._clock(), self._looked_through_at
        is_due = before is None or not 0.0 <= now - before < EVERY_S
        if is_last or is_due or self._reason:
            self._looked_through_at = now
            self.round()
        else:
            self._told(lambda: self._evidence.move_written(stopped=self._is_stopping))
        if is_last:
            self._ended.set()

    def round(self) -> int:
        """Move what waits; return how many files were moved. What is refused stays, and is told."""
        return self._told(self._all)

    def _all(self) -> int:
        self._evidence.just_written.clear()
        self._sweep()
        return self._evidence.move(stopped=self._is_stopping)

    def _told(self, move: Callable[[], int]) -> int:
        with self._one_at_a_time:
            try:
                count = move()
            except StorageError as error:
                if not self._reason:
                    log.warning("evidence.store_refuses", reason=str(error))
                self._reason = str(error)
                return 0
            if self._reason:
                log.info("evidence.store_is_back")
            self._reason = ""
            return count

    def _is_stopping(self) -> bool:
        return self._rounds.is_stopping

    def _sweep(self) -> None:
        self._turn = (self._turn + 1) % SWEPT_EVERY
        if self._turn == 0:
            self._evidence.sweep_cache(before=self._clock())

    def health(self) -> StoreHealth:
        """Return how it goes."""
        waiting = self._evidence.waiting()
        oldest = min((one.modified_at for one in waiting), default=self._clock())
        return StoreHealth(len(waiting), max(self._clock() - oldest, 0.0), self._reason)
