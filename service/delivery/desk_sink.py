"""Delivers to a case desk (`/desk/cases`) over HTTP, the embedded one like any other."""

from typing import Any
from urllib.parse import quote

import httpx

from streetwatch.service.delivery.answers import misunderstood
from streetwatch.service.delivery.case_json import case_json
from streetwatch.service.delivery.exchange import Exchange
from streetwatch.service.delivery.sink import (
    PlatformState,
    PlatformStatus,
    Receipt,
)
from streetwatch.service.incidents.case import Message, Occasion
from streetwatch.service.outbound.networks import ANYWHERE, Networks
from streetwatch.service.outbound.outbound import Outbound
from streetwatch.vision.types import Seconds

TIMEOUT_S: Seconds = 10.0

#: What a desk's state says about the incident; any other state is one of work under way.
_ENDS = {
    "closed": PlatformState.CLOSED,
    "force_closed": PlatformState.CLOSED,
    "self_corrected": PlatformState.CLOSED,
    "cancelled": PlatformState.CLOSED,
    "rejected": PlatformState.REJECTED,
}


class DeskSink:
    """Posts a case when it opens and patches it afterwards, each under its idempotency key."""

    def __init__(
        self,
        base_url: str,
        *,
        timeout_s: Seconds = TIMEOUT_S,
        token: str = "",
        networks: Networks = ANYWHERE,
    ) -> None:
        outbound = Outbound.of(networks, [base_url])
        self._exchange = Exchange(base_url, timeout_s=timeout_s, outbound=outbound, secrets=[token])
        self._shown = {"Authorization": f"Bearer {token}"} if token else {}

    def deliver(self, message: Message, *, known: Receipt | None) -> Receipt:
        """Hand a message over; the desk needs no receipt, it knows our own id.

        Raises:
            DeliveryFailedError: it was not taken, or nobody knows whether it was.
        """
        del known
        opens = message.occasion in {Occasion.WARNED, Occasion.OPENED}
        external_id = message.case.external_id
        case = self._case(
            external_id,
            "POST" if opens else "PATCH",
            "/desk/cases" if opens else f"/desk/cases/{external_id}",
            json=case_json(message.case),
            headers={"Idempotency-Key": message.key} | self._shown,
        )
        return _receipt(case)

    def status(self, receipt: Receipt) -> PlatformStatus:
        """Ask how a case stands.

        Raises:
            DeliveryFailedError: it did not say.
        """
        number = quote(str(receipt.number), safe="")
        case = self._case(None, "GET", f"/desk/cases/{number}", headers=self._shown)
        state = _ENDS.get(str(case.get("state")), PlatformState.OPEN)
        return PlatformStatus(state, _note(case), _receipt(case))

    def close(self) -> None:
        """Close the connections."""
        self._exchange.close()

    def _case(
        self,
        external_id: str | None,
        verb: str,
        path: str,
        **request: Any,  # noqa: ANN401 -- as httpx has it
    ) -> dict[str, Any]:
        """Ask, and return the case that the desk answers with."""
        answer = self._exchange.taken(verb, path, **request)
        case = _read(answer)
        if case is None or external_id not in (None, case["external_id"]):
            words = "the answer is not a case desk's: is it a proxy's?"
            raise self._exchange.failed(misunderstood(answer, words))
        return case


def _read(answer: httpx.Response) -> dict[str, Any] | None:
    """Return the case of an answer, None where it is no desk's."""
    try:
        case = answer.json()
    except ValueError:
        return None
    return case if isinstance(case, dict) and "external_id" in case else None


def _receipt(case: dict[str, Any]) -> Receipt:
    number = case.get("number")
    return Receipt(number if isinstance(number, str) else None)


def _note(case: dict[str, Any]) -> str:
    """Return what the latest move's mover said."""
    history = case.get("history")
    last = history[-1] if isinstance(history, list) and history else {}
    return str(last.get("note", "")) if isinstance(last, dict) else ""
