"""Delivers to the simulated platform that has no idempotency keys, but can be searched."""

from typing import Any

import httpx

from streetwatch.service.delivery.answers import misunderstood, refused, unanswered
from streetwatch.service.delivery.sink import (
    DeliveryFailedError,
    PlatformState,
    PlatformStatus,
    Receipt,
)
from streetwatch.service.incidents.case import Message, Occasion
from streetwatch.vision.types import Seconds

_REQUESTS = "/open311/v2/requests"


class SearchedSink:
    """Posts a case when it opens; nothing else can be told."""

    def __init__(self, base_url: str, *, timeout_s: Seconds) -> None:
        self._client = httpx.Client(base_url=base_url, timeout=timeout_s, trust_env=False)

    def deliver(self, message: Message, *, known: Receipt | None) -> Receipt:
        """Post the case."""
        if message.occasion is not Occasion.OPENED:
            return known or Receipt()
        form = {"attribute[external_id]": message.case.external_id, "service_code": "P"}
        (first, *_) = self._asked("POST", f"{_REQUESTS}.json", data=form)
        return Receipt(first["service_request_id"])

    def find(self, external_id: str) -> Receipt | None:
        """Look for our case."""
        found = self._asked("GET", f"{_REQUESTS}.json", params={"external_id": external_id})
        return Receipt(found[0]["service_request_id"]) if found else None

    def status(self, receipt: Receipt) -> PlatformStatus:
        """Ask how it stands."""
        (first, *_) = self._asked("GET", f"{_REQUESTS}/{receipt.number}.json")
        return PlatformStatus(PlatformState(first["status"]), "", receipt)

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def _asked(self, verb: str, path: str, **request: Any) -> list[dict[str, str]]:  # noqa: ANN401
        try:
            answer = self._client.request(verb, path, **request)
        except httpx.HTTPError as error:
            raise DeliveryFailedError(unanswered(error)) from error
        if not answer.is_success:
            raise DeliveryFailedError(refused(answer))
        try:
            found: list[dict[str, str]] = answer.json()
        except ValueError as error:
            raise DeliveryFailedError(misunderstood(answer, "no JSON")) from error
        return found
