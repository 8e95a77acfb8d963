"""What a target signs when it tells us how a case stands: checked before it is read."""

import hashlib
import hmac

from streetwatch.service.incidents.errors import StreetwatchError
from streetwatch.vision.types import Seconds

#: A callback that was signed longer ago, or so far ahead of our clock, is not taken.
WINDOW_S: Seconds = 300.0

_SCHEME = "sha256="


class CallbackRefusedError(StreetwatchError):
    """A callback is not by who it says it is, or not of now."""


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """Return the `X-Streetwatch-Signature` of a callback.

    >>> signature("a secret of the target", "1795406400", b"{}")[:23]
    'sha256=c3165f083398da3f'
    """
    signed = timestamp.encode() + b"." + body
    return _SCHEME + hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()


def signed_at(secret: str, *, timestamp: str, given: str, body: bytes, now: Seconds) -> Seconds:
    """Return when a callback was signed.

    Args:
        secret: The target's.
        timestamp: `X-Streetwatch-Timestamp`, seconds since the epoch.
        given: `X-Streetwatch-Signature`.
        body: The exact bytes.
        now: Seconds since the epoch.

    Raises:
        CallbackRefusedError: the signature is wrong, or of another time.
    """
    # The signature first: who can't sign learns nothing about our clock.
    if not hmac.compare_digest(signature(secret, timestamp, body).encode(), given.encode()):
        raise CallbackRefusedError(
            "the signature is wrong: sign timestamp + '.' + the exact body with the target's "
            "callback_secret, HMAC-SHA256, hex, after 'sha256='"
        )
    try:
        at = float(timestamp)
    except ValueError:
        at = float("nan")
    if not abs(now - at) <= WINDOW_S:
        raise CallbackRefusedError(
            f"the timestamp is not within {WINDOW_S:.0f} s of our clock: send seconds since the "
            "epoch, of now, and set the clock"
        )
    return at
