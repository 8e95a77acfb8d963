"""Posts a case as signed JSON (docs/how-to/connect-your-platform.md)."""

import json
from collections.abc import Callable

from streetwatch.service.config.secrets import secrets_in
from streetwatch.service.config.target_schema import WebhookEntry
from streetwatch.service.delivery.case_fields import View, case_message
from streetwatch.service.delivery.exchange import Exchange
from streetwatch.service.delivery.signing import signer
from streetwatch.service.delivery.sink import Receipt
from streetwatch.service.evidence.links import Links
from streetwatch.service.incidents.case import Message
from streetwatch.service.outbound.networks import ANYWHERE, Networks
from streetwatch.service.outbound.outbound import Outbound
from streetwatch.service.outbound.trust import trust_in
from streetwatch.vision.types import Seconds

#: The occasion of a test: nothing is to be filed.
TEST = "test"

#: What a receiver answers is not kept; a page of it is enough to quote from.
_LONGEST_ANSWER = 64 * 2**10


class WebhookSink:
    """Posts every message to one address; the receiver knows a repeated one by its key."""

    def __init__(
        self,
        entry: WebhookEntry,
        *,
        clock: Callable[[], Seconds],
        networks: Networks = ANYWHERE,
        links: Links | None = None,
    ) -> None:
        self._url = entry.url
        self._signed = signer(entry.secret.get_secret_value(), clock)
        self._view = View(entry.crs, entry.public_url, links)
        self._exchange = Exchange(
            "",
            timeout_s=entry.timeout_s,
            outbound=Outbound.of(networks, [entry.url]),
            secrets=secrets_in(entry),
            trust=trust_in(entry.ca_file, where=f"targets: {entry.id}") if entry.ca_file else None,
            longest_answer=_LONGEST_ANSWER,
        )

    def deliver(self, message: Message, *, known: Receipt | None) -> Receipt:
        """Post a message; any answer from 200 to 299 says that it was taken.

        Raises:
            DeliveryFailedError: it was not taken, or nobody knows whether it was.
        """
        self._post(self.body(message), key=message.key)
        return known or Receipt()

    def body(self, message: Message) -> dict[str, object]:
        """Return what is posted."""
        return case_message(message, self._view)

    def knock(self, message: Message) -> None:
        """Post a message as a test: a receiver checks its signature and files nothing.

        Raises:
            DeliveryFailedError: it was not taken.
        """
        self._post(self.body(message) | {"occasion": TEST}, key=TEST)

    def close(self) -> None:
        """Close the connections."""
        self._exchange.close()

    def _post(self, body: dict[str, object], *, key: str) -> None:
        self._exchange.taken(
            "POST",
            self._url,
            content=json.dumps(body, ensure_ascii=False).encode(),
            headers={"Content-Type": "application/json", "Idempotency-Key": key},
            sign=self._signed,
        )
