"""Capture times as people and platforms read them."""

from datetime import UTC, datetime

from streetwatch.vision.types import Seconds
from streetwatch.zones.schedule import CHINA


def utc(at: Seconds) -> str:
    """Write a capture time as ISO 8601 in UTC.

    >>> utc(1795363200.5)
    '2026-11-22T16:00:00.500+00:00'
    """
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds")


def local(at: Seconds) -> str:
    """Write a capture time as ISO 8601 on China's clock.

    >>> local(1795363200.5)
    '2026-11-23T00:00:00.500+08:00'
    """
    return datetime.fromtimestamp(at, CHINA).isoformat(timespec="milliseconds")
