"""Who watches the watchers: a camera's worker that died or is stuck is replaced by a new one."""

import structlog
from prometheus_client import CollectorRegistry, Counter

from streetwatch.service.rounds import Rounds
from streetwatch.service.runtime.fleet import Fleet
from streetwatch.service.runtime.watched_camera import WatchedCamera
from streetwatch.vision.types import Seconds

log = structlog.get_logger(__name__)

#: How often all of them are looked at.
EVERY_S: Seconds = 5.0

#: So much longer than its own time-outs a worker may be silent: a busy machine is no fault.
GRACE_S: Seconds = 15.0

#: A thread that is stuck in the system can't be ended, only left. So many may be left of a camera.
MOST_LEFT = 3


class Supervisor:
    """Looks at the workers in a thread of its own.

    Args:
        fleet: Whose cameras.
        registry: Of the metrics.
        every_s: How often.
        grace_s: How long a worker may be silent beyond its own time-outs.
    """

    def __init__(
        self,
        fleet: Fleet,
        registry: CollectorRegistry,
        *,
        every_s: Seconds = EVERY_S,
        grace_s: Seconds = GRACE_S,
    ) -> None:
        self._fleet = fleet
        self._grace_s = grace_s
        self._replaced = Counter(
            "streetwatch_workers_replaced",
            "Threads that were dead or stuck and replaced.",
            ["worker", "why"],
            registry=registry,
        )
        self._rounds = Rounds("supervisor", self.round, every_s=every_s)

    def start(self) -> None:
        """Begin to look."""
        self._rounds.start()

    def stop(self, *, timeout_s: Seconds) -> None:
        """Look no more. May be called again."""
        self._rounds.stop(timeout_s=timeout_s)

    def round(self) -> None:
        """Look at all of them once."""
        if self._fleet.loop.revive():
            self._told("detector", "dead")
        for camera_id, one in self._fleet.watched.items():
            why = self._wrong_with(one)
            if why and len(one.left) < MOST_LEFT and self._fleet.replace_capture(camera_id, one):
                self._told(camera_id, why)

    def _wrong_with(self, one: WatchedCamera) -> str:
        if one.capture.is_dead:
            return "dead"
        return "stuck" if one.capture.overdue_s > self._grace_s else ""

    def _told(self, worker: str, why: str) -> None:
        self._replaced.labels(worker, why).inc()
        log.error("worker.replaced", worker=worker, why=why)
