"""The keys of a work calendar: a city's own hours, holidays and make-up working days."""

from datetime import date
from typing import Annotated, Final, Self

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from streetwatch.service.config.checking import Entry
from streetwatch.service.config.rule_schema import WindowEntry, Windows
from streetwatch.service.config.wording import refused

_ADVICE: Final = "write 2027-02-05, or the first and the last day as 2027-02-05/2027-02-11"

#: Longer than any holiday: somebody mistook a year.
_LONGEST_DAYS: Final = 31


def _dates(text: object) -> tuple[date, ...]:
    """Read a date, or the first and the last of several."""
    try:
        first, _, last = str(text).partition("/")
        start = date.fromisoformat(first)
        days = (date.fromisoformat(last) - start).days + 1 if last else 1
    except ValueError:
        raise refused(f"is no date: {_ADVICE}") from None
    if not 1 <= days <= _LONGEST_DAYS:
        raise refused(f"are not 1 to {_LONGEST_DAYS} days: {_ADVICE}")
    return tuple(date.fromordinal(start.toordinal() + step) for step in range(days))


def _within_a_day(hours: list[WindowEntry]) -> list[WindowEntry]:
    for row, one in enumerate(hours):
        if one.end < one.start:
            raise refused("is before from: work hours end on their day", at=(row, "to"))
        clash = next((other for other in hours[:row] if _overlap(one, other)), None)
        if clash:
            raise refused("overlaps hours above: keep them apart", at=(row, "from"))
    return hours


def _overlap(one: WindowEntry, other: WindowEntry) -> bool:
    together = one.start < other.end and other.start < one.end
    return bool(one.days & other.days) and together


Dates = Annotated[tuple[date, ...], BeforeValidator(_dates)]


class CalendarEntry(Entry):
    """The whole file."""

    hours: Annotated[Windows, AfterValidator(_within_a_day)] = Field(
        [],
        title="Work hours",
        description="When people work, China time. "
        "Left out: mon-fri 09:00 to 12:00 and 13:00 to 18:00.",
        examples=['[{days: mon-fri, from: "08:30", to: "17:00"}]'],
    )
    holidays: list[Dates] = Field(
        [],
        title="Holidays",
        description="Days off besides those that the State Council has announced.",
        examples=["[2027-02-05/2027-02-11]"],
    )
    workdays: list[Dates] = Field(
        [],
        title="Make-up days",
        description="Days that are worked on all the same (调休上班).",
        examples=["[2027-01-30]"],
    )

    @model_validator(mode="after")
    def _either_off_or_worked(self) -> Self:
        off = {day for days in self.holidays for day in days}
        for row, days in enumerate(self.workdays):
            if off & set(days):
                raise refused("is a holiday above: keep it in one list", at=("workdays", row))
        return self
