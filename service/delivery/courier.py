"""The courier: brings notices about waiting cases to the city's webhook."""

import json
import random
from collections.abc import Callable
from typing import assert_never

import structlog

from streetwatch.service.config.desk_schema import NoticeSettings
from streetwatch.service.config.secrets import secrets_in
from streetwatch.service.delivery.exchange import Exchange
from streetwatch.service.delivery.retry import Again, Failure, Park, decide
from streetwatch.service.delivery.signing import signer
from streetwatch.service.delivery.sink import DeliveryFailedError
from streetwatch.service.outbound.networks import ANYWHERE, Networks
from streetwatch.service.outbound.outbound import Outbound
from streetwatch.service.rounds import Rounds
from streetwatch.service.store.notices import ClaimedNotice, Notices
from streetwatch.vision.types import Seconds

log = structlog.get_logger(__name__)

#: A notice whose courier died is sent again after this; longer than a request may take.
LEASE_S: Seconds = 60.0

#: How often the courier looks when nobody wakes it: retries come due by time.
POLL_S: Seconds = 1.0

TIMEOUT_S: Seconds = 10.0


class NoticeHook:
    """A webhook that takes notices, signed as the webhook of a target is."""

    def __init__(
        self,
        settings: NoticeSettings,
        *,
        clock: Callable[[], Seconds],
        networks: Networks = ANYWHERE,
    ) -> None:
        secret = settings.secret.get_secret_value() if settings.secret else ""
        self._url = settings.url or ""
        self._signed = signer(secret, clock)
        self._exchange = Exchange(
            "",
            timeout_s=TIMEOUT_S,
            outbound=Outbound.of(networks, [self._url]),
            secrets=secrets_in(settings),
        )

    def post(self, notice: ClaimedNotice) -> None:
        """Post a notice; any answer from 200 to 299 says that it was taken.

        Raises:
            DeliveryFailedError: it was not taken, or nobody knows whether it was.
        """
        self._exchange.taken(
            "POST",
            self._url,
            content=json.dumps(notice.body, ensure_ascii=False).encode(),
            headers={"Content-Type": "application/json", "Idempotency-Key": notice.key},
            sign=self._signed,
        )

    def close(self) -> None:
        """Close the connections."""
        self._exchange.close()


class Courier:
    """Delivers in a thread of its own. Several may work on one database."""

    def __init__(
        self,
        notices: Notices,
        hook: NoticeHook,
        *,
        clock: Callable[[], Seconds],
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._notices = notices
        self._hook = hook
        self._clock = clock
        self._chance = chance
        # What was claimed when a round failed comes back by its lease.
        self._rounds = Rounds("courier", self.drain, every_s=POLL_S)

    def start(self) -> None:
        """Begin to deliver."""
        self._rounds.start()

    def wake(self) -> None:
        """Say that something was promised."""
        self._rounds.wake()

    def stop(self, *, timeout_s: Seconds) -> None:
        """Finish the delivery at hand and end. May be called again."""
        self._rounds.stop(timeout_s=timeout_s)
        self._hook.close()

    def drain(self) -> int:
        """Deliver everything that is due now; return how many were tried."""
        tried = 0
        while not self._rounds.is_stopping:
            claimed = self._notices.claim(now=self._clock(), lease_s=LEASE_S)
            if claimed is None:
                break
            self._deliver(claimed)
            tried += 1
        return tried

    def _deliver(self, claimed: ClaimedNotice) -> None:
        try:
            self._hook.post(claimed)
        except DeliveryFailedError as error:
            self._settle_failed(claimed, error.failure)
        else:
            self._notices.delivered(claimed.key, now=self._clock())
            log.info("notice.delivered", notice=claimed.key)

    def _settle_failed(self, claimed: ClaimedNotice, failure: Failure) -> None:
        now, reason = self._clock(), failure.reason
        decision = decide(failure, attempts=claimed.attempts, now=now, chance=self._chance())
        match decision:
            case Again():
                self._notices.retry(claimed.key, due_at=decision.due_at, reason=reason)
                wait_s = round(decision.due_at - now, 1)
                log.warning("notice.failed", notice=claimed.key, reason=reason, again_in_s=wait_s)
            case Park(advice):
                self._notices.park(claimed.key, reason=f"{reason}: {advice}")
                log.error("notice.parked", notice=claimed.key, reason=reason, advice=advice)
            case _:
                assert_never(decision)
