"""Who may file: API keys, known by their hash."""

import hashlib
import hmac
from collections.abc import Iterable


class ApiKeys:
    """Keys of clients; what is kept does not tell what they are.

    Args:
        keys: Name and key of each client; a client may have several.
    """

    def __init__(self, keys: Iterable[tuple[str, str]] = ()) -> None:
        self._clients = tuple((_digest(key), client) for client, key in keys)

    def __bool__(self) -> bool:
        return bool(self._clients)

    def client(self, key: str) -> str | None:
        """Return whose key this is. Every key is compared with, so that time tells nothing."""
        given, found = _digest(key), None
        for digest, client in self._clients:
            if hmac.compare_digest(digest, given):
                found = client
        return found


def _digest(key: str) -> bytes:
    return hashlib.sha256(key.encode(errors="surrogatepass")).digest()
