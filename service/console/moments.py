"""Moments as people read them: on China's clock."""

from datetime import datetime

from streetwatch.vision.types import Seconds
from streetwatch.zones.schedule import CHINA


def seconds_of(written: str | None) -> Seconds | None:
    """Return a moment of a case as seconds since the epoch."""
    return None if written is None else datetime.fromisoformat(written).timestamp()


def to_the_minute(at: Seconds, *, now: Seconds) -> str:
    """Write a moment as short as it is clear.

    >>> to_the_minute(1795363200, now=1795363300), to_the_minute(1795363200, now=1830000000)
    ('00:00', '2026-11-23 00:00')
    """
    moment, today = datetime.fromtimestamp(at, CHINA), datetime.fromtimestamp(now, CHINA)
    if moment.date() == today.date():
        return f"{moment:%H:%M}"
    return f"{moment:%m-%d %H:%M}" if moment.year == today.year else f"{moment:%Y-%m-%d %H:%M}"


def to_the_second(at: Seconds) -> str:
    """Write a moment in full.

    >>> to_the_second(1795363200)
    '2026-11-23 00:00:00'
    """
    return f"{datetime.fromtimestamp(at, CHINA):%Y-%m-%d %H:%M:%S}"
