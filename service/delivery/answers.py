"""What went wrong over HTTP, as a `Failure`: one reading for every platform that speaks it."""

from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

import httpx

from streetwatch.service.delivery.retry import Failure
from streetwatch.vision.capture.source import redact
from streetwatch.vision.types import Seconds

_REASON_LENGTH = 300

#: Where no connection ever stood, nothing can have arrived.
_NEVER_SENT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.LocalProtocolError,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
)


def unanswered(error: httpx.HTTPError) -> Failure:
    """Return the failure of a request that has no answer, or half of one."""
    arrived = not isinstance(error, _NEVER_SENT)
    return Failure(redact(f"no answer: {type(error).__name__} {error}"), may_have_arrived=arrived)


def refused(answer: httpx.Response) -> Failure:
    """Return the failure that an answer other than 2xx is."""
    moved = f" to {_shown(answer)}" if answer.has_redirect_location else ""
    said = redact(answer.text[:_REASON_LENGTH])
    return Failure(
        f"{answer.status_code} {answer.reason_phrase}{moved}: {said}".removesuffix(": "),
        answer.status_code,
        _retry_after(answer),
        may_have_arrived=not answer.is_client_error,
    )


def misunderstood(answer: httpx.Response, reason: str) -> Failure:
    """Return the failure that a 2xx is whose words are not the platform's: a proxy's, mostly."""
    return Failure(reason, answer.status_code)


def _shown(answer: httpx.Response) -> str:
    """Return where a redirect leads, as anyone may see it: no password, no query."""
    target = urlsplit(answer.headers["Location"])
    host = target.netloc.rpartition("@")[2]
    return f"{target.scheme}://{host}{target.path}" if host else target.path


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
