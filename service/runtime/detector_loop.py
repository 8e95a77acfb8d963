"""The detector's thread: newest frames in, judged looks out, one model for all cameras.

What becomes of a picture, `judging` decides. The model looks in a thread of its own: meanwhile
frames of other cameras are compared and judged; one of a camera that it looks at waits for its
answer.
"""

import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from functools import partial
from queue import Empty, SimpleQueue

import structlog

from streetwatch.service.incidents.errors import StorageError
from streetwatch.service.incidents.incident import Incident
from streetwatch.service.runtime.attention import Intervals
from streetwatch.service.runtime.costs import Bill
from streetwatch.service.runtime.judging import Judging
from streetwatch.service.runtime.look_queue import LookQueue, Wanted
from streetwatch.service.runtime.mailbox import Mailboxes
from streetwatch.service.runtime.metrics import RuntimeMetrics
from streetwatch.service.runtime.model_thread import ModelThread, Question
from streetwatch.service.runtime.overload import Overload
from streetwatch.service.runtime.watching import Watching
from streetwatch.vision.types import Detections, Seconds, SeesMany
from streetwatch.vision.view import detected_together

log = structlog.get_logger(__name__)

#: How long the loop waits for a frame before it looks whether evidence is due or it must stop.
TICK_S: Seconds = 0.5


class _Change:
    """Work that another thread has handed over, and whether it is done."""

    def __init__(self, work: Callable[[], object]) -> None:
        self._work = work
        self.made: Future[None] = Future()

    def make(self) -> None:
        try:
            self._work()
        except Exception as error:  # it ends nobody's thread; whoever waits for it is told
            log.exception("look.change_failed")
            self.made.set_exception(error)
        else:
            self.made.set_result(None)


class DetectorLoop:
    """Takes frames from the mailboxes, detects, and folds each look into its camera's chain.

    Attributes:
        bill: What it has spent on each camera.
    """

    def __init__(  # noqa: PLR0913 -- everything it needs is handed in, once, by the app
        self,
        *,
        detector: SeesMany,
        mailboxes: Mailboxes,
        metrics: RuntimeMetrics,
        intervals: Intervals,
        clock: Callable[[], Seconds],
        on_change: Callable[[tuple[Incident, ...]], None],
        batch: int = 1,
        is_hot: Callable[[str, Seconds], bool] = lambda _camera, _at: False,
    ) -> None:
        """Prepare the loop.

        Args:
            detector: The model.
            mailboxes: Where frames come from.
            metrics: What is counted.
            intervals: How long a camera may go without a detection.
            clock: Seconds since the epoch.
            on_change: Told of incidents whose state a look changed.
            batch: So many of the pictures that wait go through the model together. None is waited
                for. With more than one, whole pictures are looked at: they are all of one size.
            is_hot: Tells whether a camera finds most at this time.
        """
        self._batch = batch
        self._detector = detector
        self._mailboxes = mailboxes
        self._cameras: dict[str, Watching] = {}
        self._changes: SimpleQueue[_Change] = SimpleQueue()
        self._metrics = metrics
        self._queue = LookQueue()
        self._model = ModelThread(self._ask, on_answer=mailboxes.wake)
        self._asked: Question | None = None
        self._clock = clock
        self.bill = Bill()
        self._judging = Judging(
            cameras=self._cameras,
            queue=self._queue,
            dropped=mailboxes.dropped,
            detector=detector,
            by_areas=batch == 1,
            metrics=metrics,
            intervals=intervals,
            is_hot=is_hot,
            clock=clock,
            on_change=on_change,
        )
        self._stopping = threading.Event()
        self._thread = self._new_thread()
        self._round_at = time.monotonic()
        self._is_begun = False

    def start(self) -> None:
        """Begin to take frames."""
        self._is_begun, self._round_at = True, time.monotonic()
        self._model.start()
        self._thread.start()

    def revive(self) -> bool:
        """Go on in a new thread if the old one has died; return whether it had."""
        if not self._is_begun or self._stopping.is_set() or self._thread.is_alive():
            return False
        self._thread = self._new_thread()
        self._thread.start()
        return True

    @property
    def silent_s(self) -> Seconds:
        """How long it has not been heard of: it is stuck in a detection, or in the database."""
        return time.monotonic() - self._round_at if self._is_begun else 0.0

    def _new_thread(self) -> threading.Thread:
        return threading.Thread(target=self._run, name="detector", daemon=True)

    def stop(self, *, timeout_s: Seconds) -> None:
        """Finish the look at hand and end. May be called again."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join(timeout_s)
        # Where the loop has not ended it waits for the model: waiting once more would not help.
        self._model.stop(timeout_s=0.0 if self._thread.is_alive() else timeout_s)

    @property
    def overload(self) -> Overload:
        """Whether the machine keeps its promise. Callable from any thread."""
        return self._judging.overload

    def watch(self, camera_id: str, watching: Watching) -> None:
        """Judge a camera's pictures from now on."""
        self.between_looks(lambda: self._cameras.update({camera_id: watching}))

    def unwatch(self, camera_id: str) -> None:
        """Judge a camera's pictures no more, and forget those that wait."""

        def forget() -> None:
            self._cameras.pop(camera_id, None)
            self._queue.forget(camera_id)

        self.between_looks(forget)

    def between_looks(self, work: Callable[[], object]) -> Future[None]:
        """Have something done to what the loop's thread works with, while it looks at nothing.

        Returns:
            Done, or failed, when the work is.
        """
        change = _Change(work)
        if self._thread.is_alive():
            self._changes.put(change)
        else:
            change.make()
        return change.made

    def _run(self) -> None:
        while not self._stopping.is_set():
            if self._asked is None:  # else the model may be stuck
                self._round_at = time.monotonic()
            self._change()
            if self._asked is None or self._asked.answer.done():
                self._hear()
                self._ask_next()
            looked_at = self._asked.cameras if self._asked else ()
            frame = self._mailboxes.take(timeout_s=TICK_S, but=looked_at)
            if frame is not None:
                with self.bill.charged([frame.camera_id]):
                    self._guarded(frame.camera_id, partial(self._judging.glance, frame))
            elif self._asked is None:
                self._tick()
        self._hear()

    def _change(self) -> None:
        """Do what waits to be done between two looks: none is under way then."""
        if self._changes.empty():
            return
        self._hear()
        try:
            while True:
                self._changes.get_nowait().make()
        except Empty:
            pass

    def _ask_next(self) -> None:
        """Have the model look at what is latest."""
        if wanted := self._queue.take_some(self._batch, self._clock()):
            self._asked = self._model.ask(wanted)

    def _hear(self) -> None:
        """Judge what the model saw; it is waited for."""
        asked, self._asked = self._asked, None
        if asked is not None:
            with self.bill.charged(asked.cameras):
                self._guarded(asked.cameras[0], partial(self._answered, asked))

    def _tick(self) -> None:
        for camera_id, watching in self._cameras.items():
            self._guarded(camera_id, partial(watching.watch.seal, self._clock()))

    def _guarded(self, camera_id: str, work: Callable[[], None]) -> None:
        """Let no camera's trouble end the thread that serves all of them."""
        try:
            work()
        except StorageError as error:
            self._metrics.failed_looks.labels(camera_id).inc()
            log.error("look.not_stored", camera=camera_id, reason=str(error))  # noqa: TRY400
        except Exception:
            self._metrics.failed_looks.labels(camera_id).inc()
            log.exception("look.failed", camera=camera_id)

    def _ask(self, together: Sequence[Wanted]) -> list[Detections]:
        """Ask the model, in its thread."""
        names = [one.glance.frame.camera_id for one in together]
        with (
            self.bill.charged(names),
            self._metrics.working("detect"),
            self._metrics.detect_s.time(),
        ):
            return detected_together([one.glance for one in together], self._detector)

    def _answered(self, asked: Question) -> None:
        for wanted, detections in zip(asked.wanted, asked.answer.result(), strict=True):
            camera_id = wanted.glance.frame.camera_id
            self._guarded(camera_id, partial(self._judging.detected, wanted, detections))
