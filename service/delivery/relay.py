"""The relay: takes promised messages from the outbox and hands them to the case platform."""

import random
import threading
from collections.abc import Callable
from typing import assert_never

import structlog

from streetwatch.service.delivery.retry import Again, Failure, Park, decide
from streetwatch.service.delivery.sink import CaseSink, DeliveryFailedError
from streetwatch.service.store.outbox import Claimed, Outbox
from streetwatch.vision.types import Seconds

log = structlog.get_logger(__name__)

#: A message whose relay died is sent again after this; longer than any request may take.
LEASE_S: Seconds = 60.0

#: How often the outbox is looked at when nobody wakes the relay: retries come due by time.
POLL_S: Seconds = 1.0


class Relay:
    """Delivers in a thread of its own. Several relays may run on one outbox."""

    def __init__(
        self,
        outbox: Outbox,
        sink: CaseSink,
        *,
        clock: Callable[[], Seconds],
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._outbox = outbox
        self._sink = sink
        self._clock = clock
        self._chance = chance
        self._wake = threading.Event()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="relay", daemon=True)

    def start(self) -> None:
        """Begin to deliver."""
        self._thread.start()

    def wake(self) -> None:
        """Say that something was promised."""
        self._wake.set()

    def stop(self, *, timeout_s: Seconds) -> None:
        """Finish the delivery at hand and end. May be called again."""
        self._stopping.set()
        self._wake.set()
        if self._thread.is_alive():
            self._thread.join(timeout_s)

    def drain(self) -> None:
        """Deliver everything that is due now."""
        while not self._stopping.is_set():
            claimed = self._outbox.claim(now=self._clock(), lease_s=LEASE_S)
            if claimed is None:
                return
            self._deliver(claimed)

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                self.drain()
            except Exception:  # the thread's last resort: what was claimed comes back by its lease
                log.exception("relay.failed")
            self._wake.wait(POLL_S)
            self._wake.clear()

    def _deliver(self, claimed: Claimed) -> None:
        try:
            self._sink.deliver(claimed.message, known=None)
        except DeliveryFailedError as error:
            self._settle_failed(claimed, error.failure)
        else:
            self._outbox.delivered(claimed.message.key, now=self._clock())
            log.info("delivery.done", **_facts(claimed))

    def _settle_failed(self, claimed: Claimed, failure: Failure) -> None:
        key, now = claimed.message.key, self._clock()
        decision = decide(failure, attempts=claimed.attempts, now=now, chance=self._chance())
        match decision:
            case Again():
                self._outbox.retry(key, due_at=decision.due_at, reason=failure.reason)
                wait_s = round(decision.due_at - now, 1)
                facts = _facts(claimed)
                log.warning("delivery.failed", **facts, reason=failure.reason, again_in_s=wait_s)
            case Park():
                self._outbox.park(key, reason=failure.reason)
                log.error("delivery.parked", **_facts(claimed), reason=failure.reason)
            case _:
                assert_never(decision)


def _facts(claimed: Claimed) -> dict[str, str]:
    return {
        "incident": claimed.message.case.external_id,
        "occasion": claimed.message.occasion.value,
    }
