"""Signatures of what goes out and of what comes in: HMAC-SHA256 over the time and the body."""

import hmac
from collections.abc import Callable

from streetwatch.vision.types import Seconds


def signer(secret: str, clock: Callable[[], Seconds]) -> Callable[[bytes], dict[str, str]]:
    """Return what signs a body with the time of sending: the headers that it needs."""

    def signed(content: bytes) -> dict[str, str]:
        seconds = str(int(clock()))
        return {
            "X-Streetwatch-Timestamp": seconds,
            "X-Streetwatch-Signature": signature(secret, seconds, content),
        }

    return signed


def signature(secret: str, timestamp: str, content: bytes) -> str:
    """Return the signature of a body sent at a time.

    >>> signature("secret", "1795406400", b"{}")[:23]
    'sha256=0d802419624c9f9f'
    """
    signed = timestamp.encode() + b"." + content
    return "sha256=" + hmac.digest(secret.encode(), signed, "sha256").hex()
