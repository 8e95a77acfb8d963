"""HTTP without TLS: reading what checks certificates takes longer than many a test."""

import ssl
from typing import Any, Final

import httpx

from waiting import PATIENCE_S

#: Trusts nobody.
NO_TLS: Final = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


def client_of(url: str, **how: Any) -> httpx.Client:  # noqa: ANN401 -- as httpx has it
    """Return a client that has as much patience as a test."""
    return httpx.Client(base_url=url, timeout=PATIENCE_S, verify=NO_TLS, **how)
