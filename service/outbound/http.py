"""HTTP that connects to nothing but what is in reach."""

import ssl
import time
from functools import cache

import httpx

from streetwatch.service.outbound.outbound import PORTS, Outbound, OutOfReachError, UnknownHostError
from streetwatch.vision.types import Seconds


class AnswerTooLongError(Exception):
    """There are more bytes than anybody needs."""


class AnswerTooSlowError(Exception):
    """It drips in, a byte before each time-out."""


def bounded(answer: httpx.Response, *, longest: int, within_s: Seconds) -> bytes:
    """Return the body of an answer that is streamed, if it is no longer and no slower than this.

    Raises:
        AnswerTooLongError: it is longer.
        AnswerTooSlowError: it is slower.
    """
    content, until = bytearray(), time.monotonic() + within_s
    for chunk in answer.iter_bytes():
        content += chunk
        if len(content) > longest:
            raise AnswerTooLongError(f"the answer is longer than {longest} bytes")
        if time.monotonic() > until:
            raise AnswerTooSlowError(f"no answer: not whole after {within_s:g} s")
    return bytes(content)


@cache
def _trusted_here() -> ssl.SSLContext:
    """Return what checks certificates by those that this machine trusts: read once, not by each."""
    return httpx.create_ssl_context(trust_env=False)


class OutboundTransport(httpx.BaseTransport):
    """Connects to the address that was looked at; host name and certificate stay the host's.

    Args:
        outbound: What may be connected to.
        trust: What checks certificates; None for those that this machine trusts.
    """

    def __init__(self, outbound: Outbound, trust: ssl.SSLContext | None = None) -> None:
        self._outbound = outbound
        # A proxy for the internet does not know a platform inside the city's network.
        self._inner = httpx.HTTPTransport(verify=trust or _trusted_here(), trust_env=False)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request.

        Raises:
            httpx.ConnectError: its host is not in reach, or nobody knows it.
        """
        host = request.url.host
        port = request.url.port or PORTS[request.url.scheme]
        try:
            address = self._outbound.address(host, port)
        except (OutOfReachError, UnknownHostError) as error:
            raise httpx.ConnectError(str(error), request=request) from None
        return self._inner.handle_request(
            httpx.Request(
                request.method,
                request.url.copy_with(host=address),
                headers=request.headers,
                stream=request.stream,
                extensions={**request.extensions, "sni_hostname": host},
            )
        )

    def close(self) -> None:
        """Close the connections."""
        self._inner.close()
