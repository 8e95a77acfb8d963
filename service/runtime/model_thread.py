"""The model's own thread: it looks at pictures while the loop compares and judges others."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from queue import SimpleQueue

from streetwatch.service.runtime.look_queue import Wanted
from streetwatch.vision.types import Detections


@dataclass(frozen=True, slots=True, eq=False)
class Question:
    """Pictures that the model is asked about together.

    Attributes:
        wanted: The pictures, at most one of a camera.
        answer: What is in each of them, when the model is through.
    """

    wanted: tuple[Wanted, ...]
    answer: Future[list[Detections]]

    @property
    def cameras(self) -> tuple[str, ...]:
        """Whose pictures they are."""
        return tuple(one.glance.frame.camera_id for one in self.wanted)


class ModelThread:
    """Answers questions in turn. It holds no lock of the interpreter while the model computes."""

    def __init__(
        self,
        detected: Callable[[Sequence[Wanted]], list[Detections]],
        *,
        on_answer: Callable[[], None],
    ) -> None:
        """Prepare the thread.

        Args:
            detected: Returns what is in each of some pictures.
            on_answer: Called in the thread after each answer.
        """
        self._detected = detected
        self._on_answer = on_answer
        self._questions: SimpleQueue[Question | None] = SimpleQueue()
        # A model that is stuck must not keep the process from ending.
        self._thread = threading.Thread(target=self._run, name="model", daemon=True)

    def start(self) -> None:
        """Begin. Once only: no question ends it."""
        self._thread.start()

    def ask(self, wanted: Sequence[Wanted]) -> Question:
        """Have the model look at pictures."""
        question = Question(tuple(wanted), Future())
        self._questions.put(question)
        return question

    def stop(self, *, timeout_s: float) -> None:
        """End after what was asked. May be called again."""
        self._questions.put(None)
        if self._thread.is_alive():
            self._thread.join(timeout_s)

    def _run(self) -> None:
        while (question := self._questions.get()) is not None:
            try:
                question.answer.set_result(self._detected(question.wanted))
            except Exception as error:  # noqa: BLE001 -- whoever asked is told
                question.answer.set_exception(error)
            self._on_answer()
