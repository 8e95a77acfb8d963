"""The one thread behind the cameras: what is masked is masked there, one thing after the other."""

import os
import threading
from collections.abc import Callable
from concurrent.futures import Future
from queue import Empty, SimpleQueue
from typing import Final, TypeVar

import structlog

from streetwatch.service.incidents.errors import StorageError
from streetwatch.service.rounds import Rounds
from streetwatch.vision.types import Seconds

log = structlog.get_logger(__name__)

T = TypeVar("T")

#: How far behind the cameras it stands: a copy may wait, they may not.
NICE: Final = 10

#: How often it looks for what is due when nobody wakes it: what failed is tried again.
POLL_S: Final[Seconds] = 1.0


class Behind:
    """Does what is due, and the jobs it is handed; what is due does not wait for a long job."""

    def __init__(self) -> None:
        self._jobs: SimpleQueue[tuple[Callable[[], None], Callable[[Exception], None]]]
        self._jobs = SimpleQueue()
        self._due: Callable[[], object] = lambda: None
        self._is_nice = False
        self._woken = threading.Event()
        self._rounds = Rounds("mask", self._round, every_s=POLL_S)

    def start(self, due: Callable[[], object]) -> None:
        """Begin.

        Args:
            due: Does all that is due now.
        """
        self._due = due
        self._rounds.start()

    def wake(self) -> None:
        """Say that something may be due."""
        self._woken.set()
        self._rounds.wake()

    def submit(self, job: Callable[[], T]) -> Future[T]:
        """Have a job done; it fails with `StorageError` when the thread ends before."""
        future: Future[T] = Future()

        def do() -> None:
            try:
                future.set_result(job())
            except Exception as error:  # noqa: BLE001 -- handed on to whoever waits
                future.set_exception(error)

        self._jobs.put((do, future.set_exception))
        if self._rounds.is_stopping:
            self._give_up()
        self._rounds.wake()
        return future

    def give_way(self) -> bool:
        """Do what is due in the middle of a job; return whether the job is to be given up."""
        if self._woken.is_set() and not self._rounds.is_stopping:
            self._woken.clear()
            self._due()
        return self._rounds.is_stopping

    @property
    def is_stopping(self) -> bool:
        """Whether it ends."""
        return self._rounds.is_stopping

    def stop(self, *, timeout_s: Seconds) -> None:
        """End after the picture at hand: what is not done is, after the next start."""
        self._rounds.stop(timeout_s=timeout_s)
        self._give_up()

    def _give_up(self) -> None:
        try:
            while True:
                self._jobs.get_nowait()[1](StorageError("the service stops"))
        except Empty:
            pass

    def _round(self) -> None:
        if not self._is_nice:
            self._is_nice = True
            _stand_back()
        self._woken.clear()
        self._due()
        while not self._rounds.is_stopping:
            try:
                do, _ = self._jobs.get_nowait()
            except Empty:
                return
            do()
            self._due()


def _stand_back() -> None:
    """Let this thread, and not the process, have less of the machine."""
    try:
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICE)
    except OSError as error:  # a container may refuse it: then it is as any other
        log.info("mask.not_nice", reason=error.strerror)
