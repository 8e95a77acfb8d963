"""The work calendar: China's holidays as announced, and what a city writes over them."""

from pathlib import Path

from holidays import country_holidays

from streetwatch.service.config.calendar_schema import CalendarEntry
from streetwatch.service.config.checking import checked
from streetwatch.service.config.document import read_document
from streetwatch.service.config.errors import CalendarFileError
from streetwatch.service.config.rule_schema import WindowEntry
from streetwatch.service.desk.deadlines import Span, WorkCalendar

#: Read once and for all years that a case can fall into: the library fills itself in when it is
#: asked, which two threads must not do at once.
_YEARS = range(2020, 2061)

_OFFICE_HOURS: tuple[Span, ...] = ((9 * 3600, 12 * 3600), (13 * 3600, 18 * 3600))
_OFFICE_WEEK = (_OFFICE_HOURS,) * 5 + ((),) * 2


def load_calendar(path: Path | None) -> WorkCalendar:
    """Return China's work calendar with what a file says over it (docs/reference/deadlines.md).

    Raises:
        CalendarFileError: a line for everything that is wrong.
    """
    return _calendar(CalendarEntry() if path is None else _read(path))


def _read(path: Path) -> CalendarEntry:
    document = read_document(path, refusal=CalendarFileError)
    return checked(
        CalendarEntry,
        document.tree,
        written=document.tree,
        where=document.where,
        refusal=CalendarFileError,
    )


def _calendar(entry: CalendarEntry) -> WorkCalendar:
    china = country_holidays("CN", years=_YEARS)
    off = frozenset(day for days in entry.holidays for day in days)
    worked = frozenset(day for days in entry.workdays for day in days)
    return WorkCalendar(
        hours=_week(entry.hours) if entry.hours else _OFFICE_WEEK,
        holidays=frozenset(china) | off,
        makeup=frozenset(china.weekend_workdays) - off | worked,
    )


def _week(windows: list[WindowEntry]) -> tuple[tuple[Span, ...], ...]:
    spans = [(day, (one.start * 60, one.end * 60)) for one in windows for day in one.days]
    return tuple(tuple(sorted(span for on, span in spans if on == day)) for day in range(7))
