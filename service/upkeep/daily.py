"""Runs the retention once a day, at an hour when little else happens."""

from collections.abc import Callable
from datetime import datetime, timedelta

import structlog
from prometheus_client import CollectorRegistry, Counter, Gauge

from streetwatch.service.incidents.errors import StorageError
from streetwatch.service.rounds import Rounds
from streetwatch.service.upkeep.retention import Retention
from streetwatch.vision.types import Seconds
from streetwatch.zones.schedule import CHINA

log = structlog.get_logger(__name__)

#: A run that the disk or the database refused is tried again after this.
AGAIN_S: Seconds = 3600.0

#: How often it looks at the clock: a clock that was put right is noticed.
LOOK_S: Seconds = 60.0


def next_run(now: Seconds, *, hour: int) -> Seconds:
    """Return the next moment at which the hour begins on China's clock.

    >>> next_run(1795363200.0, hour=3) - 1795363200.0
    10800.0
    """
    moment = datetime.fromtimestamp(now, CHINA)
    today = moment.replace(hour=hour, minute=0, second=0, microsecond=0)
    return (today if today > moment else today + timedelta(days=1)).timestamp()


class Daily:
    """The retention in a thread of its own.

    Args:
        retention: What deletes.
        hour: At which, on China's clock.
        clock: Seconds since the epoch.
        registry: Of the metrics.
        is_ours: Tells whether this process is to do it, where several share one store.
    """

    def __init__(
        self,
        retention: Retention,
        *,
        hour: int,
        clock: Callable[[], Seconds],
        registry: CollectorRegistry,
        is_ours: Callable[[], bool] = lambda: True,
    ) -> None:
        self._is_ours = is_ours
        self._retention = retention
        self._hour = hour
        self._clock = clock
        self._due_at = next_run(clock(), hour=hour)
        self._rounds = Rounds("retention", self._round, every_s=LOOK_S)
        self._deleted = Counter(
            "streetwatch_retention_deleted",
            "What was deleted since its time was over.",
            ["kind"],
            registry=registry,
        )
        self._failed = Counter(
            "streetwatch_retention_failed", "Runs that were refused.", registry=registry
        )
        self._ended_at = Gauge(
            "streetwatch_retention_ended_at_seconds",
            "When the last whole run ended, seconds since the epoch.",
            registry=registry,
        )

    def start(self) -> None:
        """Begin to wait for the hour."""
        self._rounds.start()

    def stop(self, *, timeout_s: Seconds) -> None:
        """End after the deletion at hand. May be called again."""
        self._rounds.stop(timeout_s=timeout_s)

    def run_once(self) -> bool:
        """Delete what is due now; tell whether all of it was."""
        try:
            for gone in self._retention.run(now=self._clock(), clock=self._clock):
                self._deleted.labels(gone.kind.value).inc()
                if self._rounds.is_stopping:
                    return True
        except StorageError as error:
            log.error("retention.refused", reason=str(error))  # noqa: TRY400 -- said in words
        except Exception:  # the thread's last resort: what is begun is ended by the next run
            log.exception("retention.failed")
        else:
            self._ended_at.set(self._clock())
            return True
        self._failed.inc()
        return False

    def _round(self) -> None:
        if self._clock() >= self._due_at:
            done = not self._is_ours() or self.run_once()
            now = self._clock()
            self._due_at = next_run(now, hour=self._hour) if done else now + AGAIN_S
