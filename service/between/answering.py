"""Looks at the pictures of other nodes: few wait, none too long, all of one size together."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from queue import Empty, Full, Queue
from typing import Final

import numpy as np
import numpy.typing as npt

from streetwatch.service.between.wire import Blobs
from streetwatch.service.incidents.errors import StreetwatchError
from streetwatch.vision.types import Seconds

Rows = npt.NDArray[np.float32]

#: Questions that wait: more would be late.
MOST_WAITING: Final = 16

_TICK_S: Final[Seconds] = 0.5


class TooLateError(StreetwatchError):
    """Whoever asked has looked itself by now."""


class TooManyError(StreetwatchError):
    """Too many wait already."""


@dataclass(frozen=True, slots=True, eq=False)
class _Question:
    batch: Blobs
    until: Seconds
    answer: Future[Rows] = field(default_factory=Future)


class Answering:
    """A model and the thread that it looks in.

    Args:
        run: The model's `Session.run`.
        most: Pictures that go through it together.
        waiting: Questions that may wait.
        clock: Any, in seconds.
    """

    def __init__(
        self,
        run: Callable[[Blobs], Rows],
        *,
        most: int,
        waiting: int = MOST_WAITING,
        clock: Callable[[], Seconds] = time.monotonic,
    ) -> None:
        self._run_model = run
        self._most = most
        self._clock = clock
        self._questions: Queue[_Question] = Queue(waiting)
        self._held: _Question | None = None
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="answering", daemon=True)

    def start(self) -> None:
        """Begin to look."""
        self._thread.start()

    def stop(self, *, timeout_s: Seconds) -> None:
        """End after the pictures at hand."""
        self._stopping.set()
        self._thread.join(timeout_s)

    def ask(self, batch: Blobs, *, within_s: Seconds) -> Future[Rows]:
        """Have pictures looked at.

        Raises:
            TooManyError: too many wait.
        """
        question = _Question(batch, self._clock() + within_s)
        try:
            self._questions.put_nowait(question)
        except Full:
            raise TooManyError("too many pictures wait here") from None
        return question.answer

    def _run(self) -> None:
        while not self._stopping.is_set():
            together = self._next()
            if together:
                self._look(together)

    def _next(self) -> list[_Question]:
        """Return what waits first, and what waits besides that goes through the model with it."""
        first = self._taken(_TICK_S)
        if first is None:
            return []
        together, pictures = [first], len(first.batch)
        while (more := self._taken(0.0)) is not None:
            pictures += len(more.batch)
            if more.batch.shape[1:] != first.batch.shape[1:] or pictures > self._most:
                self._held = more
                break
            together.append(more)
        return together

    def _taken(self, wait_s: Seconds) -> _Question | None:
        """Return the next one that is not too late."""
        while True:
            one, self._held = self._held, None
            if one is None:
                try:
                    one = self._questions.get(block=wait_s > 0, timeout=wait_s or None)
                except Empty:
                    return None
            if one.until > self._clock():
                return one
            one.answer.set_exception(TooLateError("it waited for too long"))

    def _look(self, together: list[_Question]) -> None:
        try:
            rows = self._run_model(np.concatenate([one.batch for one in together]))
        except Exception as error:  # noqa: BLE001 -- whoever asked is told
            for one in together:
                one.answer.set_exception(error)
            return
        begin = 0
        for one in together:
            one.answer.set_result(rows[begin : begin + len(one.batch)])
            begin += len(one.batch)
