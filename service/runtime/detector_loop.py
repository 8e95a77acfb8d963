"""The detector's thread: newest frames in, judged looks out, one model for all cameras."""

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial

import structlog

from streetwatch.service.incidents.errors import StorageError
from streetwatch.service.incidents.incident import Incident
from streetwatch.service.runtime.mailbox import Mailboxes
from streetwatch.service.runtime.metrics import RuntimeMetrics
from streetwatch.service.runtime.watch import CameraWatch
from streetwatch.vision.privacy import Outline, masked
from streetwatch.vision.types import Frame, Seconds, Sees
from streetwatch.vision.view import look_at

log = structlog.get_logger(__name__)

#: How long the loop waits for a frame before it looks whether evidence is due or it must stop.
TICK_S: Seconds = 0.5


@dataclass(frozen=True, slots=True)
class Watching:
    """One camera's chain and the areas that nobody may see."""

    watch: CameraWatch
    masks: tuple[Outline, ...] = ()


class DetectorLoop:
    """Takes frames from the mailboxes, detects, and folds each look into its camera's chain."""

    def __init__(  # noqa: PLR0913 -- everything it needs is handed in, once, by the app
        self,
        *,
        detector: Sees,
        mailboxes: Mailboxes,
        cameras: Mapping[str, Watching],
        metrics: RuntimeMetrics,
        clock: Callable[[], Seconds],
        on_change: Callable[[tuple[Incident, ...]], None],
    ) -> None:
        self._detector = detector
        self._mailboxes = mailboxes
        self._cameras = cameras
        self._metrics = metrics
        self._clock = clock
        self._on_change = on_change
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="detector", daemon=True)

    def start(self) -> None:
        """Begin to take frames."""
        self._thread.start()

    def stop(self, *, timeout_s: Seconds) -> None:
        """Finish the look at hand and end. May be called again."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join(timeout_s)

    def _run(self) -> None:
        while not self._stopping.is_set():
            frame = self._mailboxes.take(timeout_s=TICK_S)
            if frame is None:
                self._tick()
            else:
                self._guarded(frame.camera_id, partial(self._judge, frame))

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

    def _judge(self, frame: Frame) -> None:
        watching = self._cameras[frame.camera_id]
        seen = replace(frame, image=masked(frame.image, watching.masks))
        started = time.perf_counter()
        detections = self._detector.detect(seen.image)
        self._metrics.detect_s.observe(time.perf_counter() - started)
        changed = watching.watch.look(look_at(seen, detections), seen)
        self._count(frame, changed)
        if changed:
            self._on_change(changed)

    def _count(self, frame: Frame, changed: tuple[Incident, ...]) -> None:
        self._metrics.looks.labels(frame.camera_id).inc()
        self._metrics.dropped.labels(frame.camera_id).set(self._mailboxes.dropped(frame.camera_id))
        self._metrics.age_s.observe(max(self._clock() - frame.at, 0.0))
        for one in changed:
            self._metrics.incidents.labels(one.camera_id, one.type, one.state).inc()
            log.info(
                "incident.changed",
                incident=one.id,
                camera=one.camera_id,
                zone=one.zone_id,
                type=one.type,
                state=one.state.value,
            )
