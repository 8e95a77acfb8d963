"""Delivers to a city's Open311 GeoReport v2 endpoint (wiki.open311.org/GeoReport_v2).

It has no idempotency key and takes no upload: a case is found again by our id in its description,
and pictures are fetched from us. It has no call to change a request either: what happens to a case
after it was filed is not told.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

import httpx

from streetwatch.service.config.secrets import secrets_in
from streetwatch.service.config.target_schema import Open311Entry
from streetwatch.service.delivery.answers import misunderstood, refused
from streetwatch.service.delivery.case_fields import View
from streetwatch.service.delivery.exchange import Exchange
from streetwatch.service.delivery.filling import FillingError
from streetwatch.service.delivery.open311_answers import (
    NotOpen311Error,
    Record,
    complaint,
    records,
    required_attributes,
)
from streetwatch.service.delivery.open311_form import Form, form_of, is_about
from streetwatch.service.delivery.open311_search import SearchTooLongError, Span, rows
from streetwatch.service.delivery.retry import Failure
from streetwatch.service.delivery.sink import (
    DeliveryFailedError,
    PlatformState,
    PlatformStatus,
    Receipt,
)
from streetwatch.service.evidence.links import Links
from streetwatch.service.incidents.case import Message, Occasion
from streetwatch.service.outbound.networks import ANYWHERE, Networks
from streetwatch.service.outbound.outbound import Outbound
from streetwatch.service.outbound.trust import trust_in
from streetwatch.vision.types import Seconds

#: What the platform would say to what it can't use, and what may be tried later.
_UNWANTED, _LATER = 422, 503


class Open311Sink:
    """Files a case as a service request."""

    def __init__(
        self,
        entry: Open311Entry,
        *,
        clock: Callable[[], Seconds],
        networks: Networks = ANYWHERE,
        links: Links | None = None,
    ) -> None:
        self._entry = entry
        self._view = View(public_url=entry.public_url, links=links)
        self._clock = clock
        self._exchange = Exchange(
            entry.url,
            timeout_s=entry.timeout_s,
            outbound=Outbound.of(networks, [entry.url]),
            secrets=secrets_in(entry),
            trust=trust_in(entry.ca_file, where=f"targets: {entry.id}") if entry.ca_file else None,
        )

    def deliver(self, message: Message, *, known: Receipt | None) -> Receipt:
        """File a case when it opens; other occasions send nothing.

        Raises:
            DeliveryFailedError: it was not taken, or nobody knows whether it was.
        """
        if message.occasion is not Occasion.OPENED or known is not None:
            return known or Receipt()
        answer = self._ask("POST", "requests", data=self._form(message))
        if answer.is_client_error and "duplicate" in (complaint(answer) or "").lower():
            there = self.find(message.case.external_id)
            if there is not None:
                return there
        return _receipt(self._first(answer))

    def find(self, external_id: str) -> Receipt | None:
        """Look for our case among the requests of the last 90 days.

        Raises:
            DeliveryFailedError: the endpoint did not say.
        """
        try:
            for request in rows(self._clock(), self._page):
                if is_about(request, external_id):
                    return _receipt(request)
        except SearchTooLongError as error:
            text = f"whether it has the case was not found out: {error}"
            raise self._exchange.failed(Failure(text, _LATER)) from None
        return None

    def status(self, receipt: Receipt) -> PlatformStatus:
        """Ask how a case stands; a token is first asked for its number.

        Raises:
            DeliveryFailedError: the endpoint did not say.
        """
        number = receipt.number or self._number_of(receipt.token)
        if number is None:
            return PlatformStatus(PlatformState.OPEN, "", receipt)
        request = self._first(self._ask("GET", f"requests/{quote(number, safe='')}"))
        closed = request.get("status", "").lower() == "closed"
        state = PlatformState.CLOSED if closed else PlatformState.OPEN
        note = self._exchange.hide(request.get("status_notes", ""))
        return PlatformStatus(state, note, replace(receipt, number=number))

    def services(self) -> dict[str, Record]:
        """Return the endpoint's services by their code.

        Raises:
            DeliveryFailedError: it did not say.
        """
        listed = self._records(self._ask("GET", "services"))
        return {one["service_code"]: one for one in listed if "service_code" in one}

    def questions(self, service_code: str) -> list[str]:
        """Return the codes of the attributes that a service can't do without.

        Raises:
            DeliveryFailedError: the endpoint did not say.
        """
        answer = self._ask("GET", f"services/{quote(service_code, safe='')}")
        if not answer.is_success:
            raise self._refused(answer)
        try:
            return required_attributes(answer)
        except NotOpen311Error as error:
            raise self._not_open311(answer, error) from None

    def shown(self, message: Message) -> Form:
        """Return what would be posted, as anyone may see it.

        Raises:
            DeliveryFailedError: it can't be.
        """
        return {name: self._shown(value) for name, value in self._form(message).items()}

    def close(self) -> None:
        """Close the connections."""
        self._exchange.close()

    def _number_of(self, token: str | None) -> str | None:
        if token is None:
            return None
        request = self._first(self._ask("GET", f"tokens/{quote(token, safe='')}"))
        return request.get("service_request_id") or None

    def _page(self, span: Span, number: int) -> list[Record]:
        query = {
            "start_date": _w3(span.start),
            "end_date": _w3(span.end),
            "service_code": ",".join(sorted(set(self._entry.service_codes.values()))),
        }
        if number > 1:
            query["page"] = str(number)
        answer = self._ask("GET", "requests", params=query)
        if number > 1 and answer.is_client_error:  # it knows no pages
            return []
        return self._records(answer)

    def _form(self, message: Message) -> Form:
        try:
            return form_of(self._entry, message, self._view)
        except FillingError as error:
            failure = Failure(f"attributes: {error}", _UNWANTED, may_have_arrived=False)
            raise self._exchange.failed(failure) from None

    def _ask(self, method: str, resource: str, **request: Any) -> httpx.Response:  # noqa: ANN401
        if method == "GET" and self._entry.jurisdiction_id is not None:
            params = {"jurisdiction_id": self._entry.jurisdiction_id}
            request["params"] = params | request.get("params", {})
        path = f"/{resource}.{self._entry.format}"
        return self._exchange.ask(method, path, **request)

    def _first(self, answer: httpx.Response) -> Record:
        found = self._records(answer)
        if not found:
            raise self._not_open311(answer, NotOpen311Error("an empty list"))
        return found[0]

    def _records(self, answer: httpx.Response) -> list[Record]:
        if not answer.is_success:
            raise self._refused(answer)
        try:
            return records(answer)
        except NotOpen311Error as error:
            raise self._not_open311(answer, error) from None

    def _refused(self, answer: httpx.Response) -> DeliveryFailedError:
        failure, words = refused(answer), complaint(answer)
        said = f"{answer.status_code} {answer.reason_phrase}: {words}"
        return self._exchange.failed(replace(failure, reason=said) if words else failure)

    def _not_open311(self, answer: httpx.Response, error: NotOpen311Error) -> DeliveryFailedError:
        text = f"the answer is no Open311 ({error}): is the address right, with its version?"
        return self._exchange.failed(misunderstood(answer, text))

    def _shown(self, value: str | list[str]) -> str | list[str]:
        hide = self._exchange.hide
        return hide(value) if isinstance(value, str) else [hide(one) for one in value]


def _receipt(request: Record) -> Receipt:
    number = request.get("service_request_id") or None
    return Receipt(number, None if number else request.get("token") or None)


def _w3(at: Seconds) -> str:
    """Write a time as the standard asks, W3C's subset of ISO 8601."""
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
