"""HTTP that connects to nothing but what is in reach."""

import ssl

import httpx

from streetwatch.service.outbound.outbound import PORTS, Outbound, OutOfReachError, UnknownHostError


class OutboundTransport(httpx.BaseTransport):
    """Connects to the address that was looked at; host name and certificate stay the host's.

    Args:
        outbound: What may be connected to.
        trust: What checks certificates; None for those that this machine trusts.
    """

    def __init__(self, outbound: Outbound, trust: ssl.SSLContext | None = None) -> None:
        self._outbound = outbound
        # A proxy for the internet does not know a platform inside the city's network.
        self._inner = httpx.HTTPTransport(verify=True if trust is None else trust, trust_env=False)

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
