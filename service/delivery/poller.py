"""The poller: asks a target how the cases stand that are open with us."""

from collections.abc import Callable

import structlog
from prometheus_client import CollectorRegistry

from streetwatch.service.delivery.metrics import DeliveryMetrics
from streetwatch.service.delivery.retry import FailureKind
from streetwatch.service.delivery.sink import DeliveryFailedError, PlatformStatus, Pollable
from streetwatch.service.incidents import hearing
from streetwatch.service.incidents.platform import Standing
from streetwatch.service.incidents.ports import Store
from streetwatch.service.rounds import Rounds
from streetwatch.service.store.receipts import Receipts, Unsettled
from streetwatch.vision.types import Seconds

log = structlog.get_logger(__name__)

#: Cases of one round; the next round takes those that have waited longest.
BATCH = 20

#: Between two rounds, seconds: with the batch it bounds what a target is asked in a minute.
ROUND_S: Seconds = 5.0

#: The platform knows no such case, or does not want to say: the next one may go better.
_OF_ONE_CASE = frozenset({FailureKind.REFUSED, FailureKind.BAD_ANSWER})


class Poller:
    """Asks one target in a thread of its own, so that asking holds up no delivery.

    Args:
        target: Its id.
        sink: Asks.
        receipts: What the target calls our cases.
        store: Where the incidents are.
        every_s: How long after a question the same one is asked again.
        clock: Seconds since the epoch.
        metrics: Left out: counted for nobody.
    """

    def __init__(  # noqa: PLR0913 -- its parts, wired in one place
        self,
        target: str,
        sink: Pollable,
        *,
        receipts: Receipts,
        store: Store,
        every_s: Seconds,
        clock: Callable[[], Seconds],
        metrics: DeliveryMetrics | None = None,
    ) -> None:
        self._target = target
        self._sink = sink
        self._receipts = receipts
        self._store = store
        self._every_s = every_s
        self._clock = clock
        self._metrics = metrics or DeliveryMetrics(CollectorRegistry())
        self._rounds = Rounds(f"poller {target}", self.ask, every_s=ROUND_S)

    def start(self) -> None:
        """Begin to ask."""
        self._rounds.start()

    def stop(self, *, timeout_s: Seconds) -> None:
        """Finish the question at hand and end. May be called again."""
        self._rounds.stop(timeout_s=timeout_s)

    @property
    def is_alive(self) -> bool:
        """Whether it still asks."""
        return self._rounds.is_alive

    def ask(self) -> int:
        """Ask one round; return how many answers there were."""
        now, every_s = self._clock(), self._every_s
        asked = self._receipts.to_ask(self._target, now=now, every_s=every_s, limit=BATCH)
        answers = 0
        for one in asked:
            if self._rounds.is_stopping:
                break
            try:
                status = self._sink.status(one.receipt)
            except DeliveryFailedError as error:
                self._metrics.polls.labels(self._target, error.failure.kind).inc()
                self._say("poll.failed", one, reason=error.failure.reason)
                if error.failure.kind not in _OF_ONE_CASE:
                    break  # it is the target's trouble: the others would fare no better
            else:
                answers += 1
                self._metrics.polls.labels(self._target, "answered").inc()
                self._take_in(one, status)
        return answers

    def _take_in(self, one: Unsettled, status: PlatformStatus) -> None:
        """Keep what is new. An answer of before is none: the incident may have gone on since."""
        if status.receipt != one.receipt:
            self._receipts.name(self._target, one.incident_id, status.receipt)
        if status.state is one.state:
            return
        now = self._clock()
        heard, _ = hearing.hear(
            Standing(status.state, now),
            target=self._target,
            incident_id=one.incident_id,
            store=self._store,
            at=now,
        )
        self._say("poll.news", one, state=status.state.value, heard=heard.value, note=status.note)

    def _say(self, event: str, one: Unsettled, **facts: str) -> None:
        log.info(event, target=self._target, incident=one.incident_id, **facts)
