"""The relay: takes what was promised to one target from the outbox and hands it over."""

import random
from collections.abc import Callable
from typing import assert_never

import structlog
from prometheus_client import CollectorRegistry

from streetwatch.service.delivery.metrics import DeliveryMetrics
from streetwatch.service.delivery.retry import Again, Failure, Park, decide
from streetwatch.service.delivery.sink import CaseSink, DeliveryFailedError, Searchable
from streetwatch.service.incidents.platform import Receipt
from streetwatch.service.rounds import Rounds
from streetwatch.service.store.outbox import Claimed, Outbox
from streetwatch.vision.types import Seconds

log = structlog.get_logger(__name__)

#: A message whose relay died is sent again after this; longer than a search and a post may take.
LEASE_S: Seconds = 60.0

#: A platform that is searched before a second post is given so long to store the first.
SETTLING_S: Seconds = 30.0

#: How often the outbox is looked at when nobody wakes the relay: retries come due by time.
POLL_S: Seconds = 1.0


class Relay:
    """Delivers to one target in a thread of its own. Several may run on one outbox and target.

    Args:
        outbox: Where messages were promised.
        target: Whose lane this is.
        sink: Hands over.
        clock: Seconds since the epoch.
        chance: Random 0..1.
        metrics: Left out: counted for nobody.
    """

    def __init__(  # noqa: PLR0913 -- its parts, wired in one place
        self,
        outbox: Outbox,
        target: str,
        sink: CaseSink,
        *,
        clock: Callable[[], Seconds],
        chance: Callable[[], float] = random.random,
        metrics: DeliveryMetrics | None = None,
    ) -> None:
        self._outbox = outbox
        self._target = target
        self._sink = sink
        self._clock = clock
        self._chance = chance
        self._metrics = metrics or DeliveryMetrics(CollectorRegistry())
        self._quiet_until: Seconds = 0.0
        # What was claimed when a round failed comes back by its lease.
        self._rounds = Rounds(f"relay {target}", self.drain, every_s=POLL_S)

    def start(self) -> None:
        """Begin to deliver."""
        self._rounds.start()

    def wake(self) -> None:
        """Say that something was promised."""
        self._rounds.wake()

    def stop(self, *, timeout_s: Seconds) -> None:
        """Finish the delivery at hand and end. May be called again."""
        self._rounds.stop(timeout_s=timeout_s)

    @property
    def is_alive(self) -> bool:
        """Whether it still delivers."""
        return self._rounds.is_alive

    def drain(self) -> int:
        """Deliver everything that is due now; return how many messages were tried."""
        tried = 0
        while not self._rounds.is_stopping and self._clock() >= self._quiet_until:
            claimed = self._outbox.claim(self._target, now=self._clock(), lease_s=LEASE_S)
            if claimed is None:
                break
            self._deliver(claimed)
            tried += 1
        return tried

    def _deliver(self, claimed: Claimed) -> None:
        try:
            found = self._found(claimed)
            if found is None and self._clock() >= claimed.lease_until:
                # This process slept, or the search took too long: another relay may be sending.
                log.warning("delivery.overtaken", **_facts(claimed))
                return
            receipt = found or self._sink.deliver(claimed.message, known=claimed.known)
        except DeliveryFailedError as error:
            self._settle_failed(claimed, error.failure)
        else:
            self._outbox.delivered(claimed, receipt, now=self._clock())
            self._count("delivered" if found is None else "found")
            log.info("delivery.done", **_facts(claimed), found=found is not None)

    def _found(self, claimed: Claimed) -> Receipt | None:
        """Ask a platform without idempotency keys whether it has a case that may have arrived."""
        asks = claimed.is_uncertain and claimed.known is None
        if not asks or not isinstance(self._sink, Searchable):
            return None
        return self._sink.find(claimed.message.case.external_id)

    def _settle_failed(self, claimed: Claimed, failure: Failure) -> None:
        self._count("failed")
        self._metrics.failures.labels(self._target, failure.kind).inc()
        now, arrived = self._clock(), failure.may_have_arrived
        decision = decide(
            failure,
            attempts=claimed.attempts,
            now=now,
            chance=self._chance(),
            settling_s=SETTLING_S if isinstance(self._sink, Searchable) else 0.0,
        )
        facts = _facts(claimed) | {"reason": failure.reason}
        match decision:
            case Again(due_at, quiet_until):
                self._quiet_until = quiet_until or self._quiet_until
                self._outbox.retry(
                    claimed, due_at=due_at, reason=failure.reason, may_have_arrived=arrived
                )
                log.warning("delivery.failed", **facts, again_in_s=round(due_at - now, 1))
            case Park(advice):
                reason = f"{failure.reason}: {advice}"
                self._outbox.park(claimed, reason=reason, may_have_arrived=arrived)
                log.error("delivery.parked", **facts, advice=advice)
            case _:
                assert_never(decision)

    def _count(self, outcome: str) -> None:
        self._metrics.attempts.labels(self._target, outcome).inc()


def _facts(claimed: Claimed) -> dict[str, str]:
    return {
        "target": claimed.target,
        "incident": claimed.message.case.external_id,
        "occasion": claimed.message.occasion.value,
    }
