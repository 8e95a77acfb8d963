"""Moments as people read them: on China's clock, in digits or in the page's language."""

from datetime import date, datetime, timedelta
from typing import Final

from babel.dates import format_date, format_datetime, format_timedelta

from streetwatch.service.console.language import Language, say
from streetwatch.vision.types import Seconds
from streetwatch.zones.schedule import CHINA

_LOCALES: Final = {Language.ZH: "zh_CN", Language.EN: "en_GB"}

_MOMENTS: Final = {Language.ZH: "y年M月d日 HH:mm", Language.EN: "d MMM y, HH:mm"}


def moment_words(at: Seconds, language: Language) -> str:
    """Return a date with its time of day, to the minute."""
    here = datetime.fromtimestamp(at, CHINA)
    return format_datetime(here, _MOMENTS[language], locale=_LOCALES[language])


def day_words(day: date, language: Language) -> str:
    """Return a date with its weekday."""
    form = "M月d日 EEE" if language is Language.ZH else "EEE d MMM"
    return format_date(day, form, locale=_LOCALES[language])


def span_words(seconds: Seconds, language: Language) -> str:
    """Return a length of time in its largest unit: 3 hours, 3小时."""
    return format_timedelta(timedelta(seconds=seconds), locale=_LOCALES[language], threshold=1.5)


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


def span_to_the_second(seconds: Seconds) -> str:
    """Say how long something took, exactly, in the language of the page that is drawn."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return say("{hours} h {minutes} min", hours=hours, minutes=minutes)
    if minutes:
        return say("{minutes} min {seconds} s", minutes=minutes, seconds=rest)
    return say("{seconds} s", seconds=rest)
