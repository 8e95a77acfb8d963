"""Which cases the numbers are about: a span of days, and of what type and camera."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from urllib.parse import urlencode

from streetwatch.service.desk.reports.period import days
from streetwatch.service.desk.reports.query import Wanted
from streetwatch.service.incidents.errors import InputError
from streetwatch.vision.types import Seconds
from streetwatch.zones.schedule import CHINA


class Preset(StrEnum):
    """Spans that are asked for often."""

    TODAY = "today"
    WEEK = "7d"
    MONTH = "30d"
    QUARTER = "90d"
    CHOSEN = "chosen"


_DAYS = {Preset.TODAY: 1, Preset.WEEK: 7, Preset.MONTH: 30, Preset.QUARTER: 90}


@dataclass(frozen=True, slots=True)
class Span:
    """What is asked for.

    Attributes:
        first: The first day, on China's clock.
        last: The last day.
        type: As the rules name it; empty: all.
        camera: Its id; empty: all.
    """

    first: date
    last: date
    type: str = ""
    camera: str = ""

    def wanted(self) -> Wanted:
        """Return it as the reports take it.

        Raises:
            InputError: it ends before it begins, or lies in another age.
        """
        period = days(self.first, self.last)
        return Wanted(period, type=self.type or None, camera=self.camera or None)

    @property
    def query(self) -> str:
        """The span as the reports' API and the page's address take it."""
        asked = {
            "from": self.first.isoformat(),
            "to": self.last.isoformat(),
            "type": self.type,
            "camera": self.camera,
        }
        return urlencode({name: value for name, value in asked.items() if value})

    @property
    def words(self) -> str:
        """The days, for people."""
        return f"{self.first} – {self.last}" if self.first != self.last else f"{self.first}"  # noqa: RUF001

    def preset(self, today: date) -> Preset:
        """Return which of the usual spans it is."""
        length = (self.last - self.first).days + 1
        same = (one for one, each in _DAYS.items() if each == length and self.last == today)
        return next(same, Preset.CHOSEN)

    def like(self, preset: Preset, today: date) -> "Span":
        """Return the usual span up to today, of the same type and camera."""
        if preset is Preset.CHOSEN:
            return self
        return replace(self, first=today - timedelta(days=_DAYS[preset] - 1), last=today)


def today_at(now: Seconds) -> date:
    """Return the day on China's clock."""
    return datetime.fromtimestamp(now, CHINA).date()


def span_in(parameters: Mapping[str, str], *, now: Seconds) -> Span:
    """Read a span from a page's address; what is not there or no day is the last 30 days."""
    today = today_at(now)
    usual = Span(today, today).like(Preset.MONTH, today)
    first = _day(parameters.get("from"), usual.first)
    last = _day(parameters.get("to"), usual.last)
    span = Span(first, last, parameters.get("type", ""), parameters.get("camera", ""))
    try:
        span.wanted()
    except InputError:
        return usual
    return span


def _day(written: str | None, otherwise: date) -> date:
    try:
        return date.fromisoformat(written) if written else otherwise
    except ValueError:
        return otherwise
