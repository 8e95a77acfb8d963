"""Requests to one platform: bounded in time and size, never redirected, silent about secrets."""

import base64
import ssl
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import replace
from typing import Any
from urllib.parse import quote, quote_plus

import httpx

from streetwatch.service.config.secrets import hidden
from streetwatch.service.delivery.answers import misunderstood, refused, unanswered
from streetwatch.service.delivery.retry import Failure
from streetwatch.service.delivery.sink import DeliveryFailedError
from streetwatch.service.outbound.http import (
    AnswerTooLongError,
    AnswerTooSlowError,
    OutboundTransport,
    bounded,
)
from streetwatch.service.outbound.outbound import Outbound
from streetwatch.vision.types import Seconds

#: A list of 1000 requests is about 1 MiB.
LONGEST_ANSWER = 8 * 2**20

#: An answer that drips in, a byte before each time-out, ends after this many time-outs.
_LONGEST_IN_TIMEOUTS = 3

#: A platform's own words may be a whole page.
_LONGEST_REASON = 500

#: Told of the body as it was sent; here it is decoded and whole.
_ON_THE_WAY = frozenset({"content-encoding", "transfer-encoding", "content-length"})


class Exchange:
    """One platform, over HTTP.

    A redirect is never followed: a redirected POST becomes a GET, and its answer would look as if
    the case had been taken.
    """

    def __init__(  # noqa: PLR0913 -- all that makes one platform's exchange its own
        self,
        base_url: str,
        *,
        timeout_s: Seconds,
        outbound: Outbound,
        secrets: Iterable[str] = (),
        trust: ssl.SSLContext | None = None,
        longest_answer: int = LONGEST_ANSWER,
    ) -> None:
        self._client = httpx.Client(
            base_url=base_url,
            timeout=timeout_s,
            follow_redirects=False,
            transport=OutboundTransport(outbound, trust),
        )
        self._longest_s = timeout_s * _LONGEST_IN_TIMEOUTS
        self._longest_answer = longest_answer
        self._secrets: frozenset[str] = frozenset()
        for secret in secrets:
            self.learn(secret)

    def learn(self, secret: str) -> None:
        """Never repeat this, nor as an address has it."""
        self._secrets |= {secret, quote(secret, safe=""), quote_plus(secret)} - {""}

    def ask(
        self,
        method: str,
        path: str,
        *,
        headers: Mapping[str, str] | None = None,
        sign: Callable[[bytes], Mapping[str, str]] | None = None,
        **request: Any,  # noqa: ANN401 -- as httpx has it
    ) -> httpx.Response:
        """Send a request and return its answer, whatever its status.

        Args:
            method: Of HTTP.
            path: Follows the base address; may be a whole address.
            headers: Any text; beyond ASCII it goes as UTF-8.
            sign: Returns further headers for the exact bytes of the body.
            request: As `httpx.Client.build_request` has it.

        Raises:
            DeliveryFailedError: there was no answer, or it was not all there.
        """
        try:
            built = self._client.build_request(method, path, headers=_encoded(headers), **request)
            built.headers.update(_encoded(sign(built.read()) if sign else None))
            for shown in _credentials(built):
                self.learn(shown)
            answer = self._client.send(built, stream=True)
            with closing(answer):
                return _whole(answer, self._read(answer))
        except httpx.HTTPError as error:
            failure = unanswered(error)
        except httpx.InvalidURL:
            failure = Failure("400 before it was sent: the path makes no address", 400)
        raise self.failed(failure) from None  # the cause may hold the address, key and all

    def taken(self, method: str, path: str, **request: Any) -> httpx.Response:  # noqa: ANN401
        """Send a request and return its answer, which says yes.

        Raises:
            DeliveryFailedError: it was not taken, or nobody knows whether it was.
        """
        answer = self.ask(method, path, **request)
        if not answer.is_success:
            raise self.failed(refused(answer))
        return answer

    def failed(self, failure: Failure) -> DeliveryFailedError:
        """Return the error of a failure, without the secrets that a platform may have echoed."""
        reason = self.hide(failure.reason)
        return DeliveryFailedError(replace(failure, reason=reason[:_LONGEST_REASON]))

    def hide(self, text: str) -> str:
        """Return a text as anyone may see it."""
        return hidden(text, self._secrets)

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def _read(self, answer: httpx.Response) -> bytes:
        try:
            return bounded(answer, longest=self._longest_answer, within_s=self._longest_s)
        except AnswerTooLongError as error:
            raise self.failed(misunderstood(answer, str(error))) from None
        except AnswerTooSlowError as error:
            raise self.failed(Failure(str(error))) from None


def _credentials(request: httpx.Request) -> Iterator[str]:
    """Return what shows who sends a request, as it goes over the wire: a platform may echo it."""
    yield request.headers.get("Authorization", "").partition(" ")[2]
    if request.url.userinfo:
        yield request.url.password
        pair = f"{request.url.username}:{request.url.password}"
        yield base64.b64encode(pair.encode()).decode()


def _encoded(headers: Mapping[str, str] | None) -> list[tuple[bytes, bytes]]:
    return [(name.encode(), text.encode()) for name, text in (headers or {}).items()]


def _whole(answer: httpx.Response, content: bytes) -> httpx.Response:
    """Return an answer that can be read when its connection is gone."""
    headers = [(name, value) for name, value in answer.headers.multi_items()]
    return httpx.Response(
        answer.status_code,
        headers=[(name, value) for name, value in headers if name.lower() not in _ON_THE_WAY],
        content=content,
        request=answer.request,
        extensions=answer.extensions,
    )
