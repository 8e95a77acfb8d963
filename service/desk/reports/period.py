"""Periods of a report: days, weeks and months on China's clock."""

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache

from streetwatch.service.incidents.errors import InputError
from streetwatch.vision.types import Seconds
from streetwatch.zones.schedule import CHINA

_DAY_S = 86_400
_CHINA_S = 8 * 3600


class Step(StrEnum):
    """What a report is divided into by time."""

    WHOLE = "whole"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"


@dataclass(frozen=True, slots=True)
class Period:
    """A span of whole days.

    Attributes:
        name: `2026-11`, `2026-W48`, `2026-11-23`, or first and last day.
        start: The first moment, seconds since the epoch.
        end: The first moment after it.
    """

    name: str
    start: Seconds
    end: Seconds

    @property
    def first(self) -> date:
        """The first day."""
        return datetime.fromtimestamp(self.start, CHINA).date()

    @property
    def last(self) -> date:
        """The last day."""
        return datetime.fromtimestamp(self.end - 1, CHINA).date()


def days(first: date, last: date, name: str = "") -> Period:
    """Return the period from a day to another, both inside.

    Raises:
        InputError: it ends before it begins.
    """
    if last < first:
        raise InputError(f"a report from {first} to {last} ends before it begins: swap the days")
    return Period(name or f"{first}..{last}", _midnight(first), _midnight(last + timedelta(days=1)))


def month(text: str) -> Period:
    """Return a month.

    >>> month("2026-02").last.isoformat()
    '2026-02-28'

    Raises:
        InputError: the text is none.
    """
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}", text):
        raise InputError(f"month {text!r}: write it like 2026-11")
    try:
        first = date.fromisoformat(f"{text}-01")
        return days(first, _month_end(first), text)
    except (ValueError, OverflowError) as error:
        raise InputError(
            f"month {text!r}: there is no such month: write it like 2026-11"
        ) from error


def period_at(at: Seconds, step: Step, whole: Period) -> Period:
    """Return the part of a report's period that a moment of it lies in.

    A week or month that the report's period cuts is only the part inside.
    """
    if step is Step.WHOLE:
        return whole
    part = _part(int((at + _CHINA_S) // _DAY_S), step)
    return Period(part.name, max(part.start, whole.start), min(part.end, whole.end))


@lru_cache(maxsize=4096)
def _part(day_number: int, step: Step) -> Period:
    day = date(1970, 1, 1) + timedelta(days=day_number)
    if step is Step.DAY:
        return days(day, day, day.isoformat())
    if step is Step.WEEK:
        year, week, weekday = day.isocalendar()
        monday = day - timedelta(days=weekday - 1)
        return days(monday, monday + timedelta(days=6), f"{year}-W{week:02d}")
    first = day.replace(day=1)
    return days(first, _month_end(first), f"{first:%Y-%m}")


def _month_end(first: date) -> date:
    return (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)


def _midnight(day: date) -> Seconds:
    return datetime.combine(day, time(), CHINA).timestamp()
