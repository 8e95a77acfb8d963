"""Delivers to a case desk (`/desk/cases`) over HTTP, the embedded one like any other."""

from email.utils import parsedate_to_datetime

import httpx

from streetwatch.service.delivery.case_json import case_json
from streetwatch.service.delivery.retry import Failure
from streetwatch.service.delivery.sink import DeliveryFailedError
from streetwatch.service.incidents.case import Message, Occasion
from streetwatch.vision.types import Seconds

TIMEOUT_S: Seconds = 10.0

_REASON_LENGTH = 300


class DeskSink:
    """Posts a case when it opens and patches it afterwards, each under its idempotency key.

    A redirect is never followed: a redirected POST becomes a GET, and its answer would look as if
    the case had been taken.
    """

    def __init__(self, base_url: str) -> None:
        self._client = httpx.Client(
            base_url=base_url,
            timeout=TIMEOUT_S,
            follow_redirects=False,
            trust_env=False,  # a proxy for the internet does not know the desk beside us
        )

    def deliver(self, message: Message) -> None:
        """Hand a message over.

        Raises:
            DeliveryFailedError: it was not taken, or nobody knows whether it was.
        """
        opens = message.occasion in {Occasion.WARNED, Occasion.OPENED}
        path = "/desk/cases" if opens else f"/desk/cases/{message.case.external_id}"
        try:
            answer = self._client.request(
                "POST" if opens else "PATCH",
                path,
                json=case_json(message.case),
                headers={"Idempotency-Key": message.key},
            )
        except httpx.HTTPError as error:
            raise DeliveryFailedError(
                Failure(f"no answer: {type(error).__name__} {error}")
            ) from error
        if not answer.is_success:
            raise DeliveryFailedError(_failure(answer))
        if not _is_about(answer, message.case.external_id):
            raise DeliveryFailedError(Failure("the answer is not a case desk's: is it a proxy's?"))

    def close(self) -> None:
        """Close the connections."""
        self._client.close()


def _is_about(answer: httpx.Response, external_id: str) -> bool:
    """Tell whether it really is the desk that has said yes."""
    try:
        case = answer.json()
    except ValueError:
        return False
    return isinstance(case, dict) and case.get("external_id") == external_id


def _failure(answer: httpx.Response) -> Failure:
    reason = f"{answer.status_code} {answer.reason_phrase}: {answer.text[:_REASON_LENGTH]}"
    return Failure(reason, answer.status_code, _retry_after(answer))


def _retry_after(answer: httpx.Response) -> Seconds | None:
    """Read `Retry-After`: seconds, or a date counted from the answer's own."""
    value = answer.headers.get("Retry-After", "")
    if value.isdecimal():
        return float(value)
    try:
        until = parsedate_to_datetime(value)
        sent = parsedate_to_datetime(answer.headers.get("Date", ""))
        return max((until - sent).total_seconds(), 0.0)
    except (TypeError, ValueError):  # no date, or one of the two without an offset
        return None
