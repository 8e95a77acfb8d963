"""Moves evidence to its bucket, again and again, in a thread of its own."""

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

#: How often what waits is moved; what was refused is tried again then.
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
        self._rounds = Rounds("evidence", self.round, every_s=EVERY_S)

    def start(self) -> None:
        """Begin to move."""
        self._rounds.start()

    def stop(self, *, timeout_s: Seconds) -> None:
        """End after the file at hand."""
        self._rounds.stop(timeout_s=timeout_s)

    def round(self) -> int:
        """Move what waits; return how many files were moved. What is refused stays, and is told."""
        with self._one_at_a_time:
            try:
                self._sweep()
                count = self._evidence.move(stopped=lambda: self._rounds.is_stopping)
            except StorageError as error:
                if not self._reason:
                    log.warning("evidence.store_refuses", reason=str(error))
                self._reason = str(error)
                return 0
            if self._reason:
                log.info("evidence.store_is_back")
            self._reason = ""
            return count

    def _sweep(self) -> None:
        self._turn = (self._turn + 1) % SWEPT_EVERY
        if self._turn == 0:
            self._evidence.sweep_cache(before=self._clock())

    def health(self) -> StoreHealth:
        """Return how it goes."""
        waiting = self._evidence.waiting()
        oldest = min((one.modified_at for one in waiting), default=self._clock())
        return StoreHealth(len(waiting), max(self._clock() - oldest, 0.0), self._reason)
