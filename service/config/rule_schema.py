"""The keys of a rule and its schedule in `cameras.yaml`, and what they become in the core."""

import re
from dataclasses import replace
from datetime import date
from typing import Annotated, Any, Final, Self

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from streetwatch.service.config.checking import Entry
from streetwatch.service.config.document import Unquoted
from streetwatch.service.config.wording import refused
from streetwatch.zones.rules import DEFAULTS, OBJECTS, Rule, ViolationType
from streetwatch.zones.schedule import DAYS, MINUTES_A_DAY, Schedule, Window

_TIME: Final = re.compile(r"(?:[01][0-9]|2[0-3]):[0-5][0-9]|24:00")
_TIME_ADVICE: Final = '"HH:MM" in quotes, "00:00" to "24:00"'
_DAYS_ADVICE: Final = f'write "mon-fri", "sat,sun" or [mon, wed] of {", ".join(DAYS)}'


def _minute(text: object) -> int:
    """Read a time of day as minutes since midnight."""
    if isinstance(text, Unquoted):
        raise refused(f"has no quotes, so YAML may read it as a number: write {_TIME_ADVICE}")
    if isinstance(text, str) and _TIME.fullmatch(text):
        return int(text[:2]) * 60 + int(text[3:])
    raise refused(f"is no time of day: write {_TIME_ADVICE}")


def _dates(value: object) -> tuple[date, ...]:
    """Read dates, with quotes or without."""
    parts = value if isinstance(value, list | tuple) else [value]
    try:
        return tuple(sorted(date.fromisoformat(str(part)) for part in parts))
    except ValueError:
        raise refused('is no date: write "YYYY-MM-DD" or a list of such') from None


def weekdays(value: object) -> frozenset[int]:
    """Read `mon-fri`, `sat,sun` or a list of such as weekdays, 0 = Monday."""
    parts = value if isinstance(value, list) else [value]
    texts = [part for part in parts if isinstance(part, str)]
    if not texts or len(texts) < len(parts):
        raise refused(f"are no weekdays: {_DAYS_ADVICE}")
    spans = [span.strip().lower() for text in texts for span in text.split(",")]
    return frozenset(day for span in spans for day in _span(span))


def _span(text: str) -> list[int]:
    first, dash, last = (part.strip() for part in text.partition("-"))
    if first not in DAYS or (dash and last not in DAYS):
        raise refused(f"are no weekdays: {_DAYS_ADVICE}")
    start = DAYS.index(first)
    length = (DAYS.index(last) - start) % 7 if dash else 0
    return [(start + step) % 7 for step in range(length + 1)]


class WindowEntry(Entry):
    """A span of the day on some weekdays."""

    days: Annotated[frozenset[int], BeforeValidator(weekdays)] = Field(
        frozenset(range(7)),
        title="Weekdays",
        description="On which the window begins. Left out: every day.",
        examples=["mon-fri"],
    )
    dates: Annotated[tuple[date, ...], BeforeValidator(_dates)] = Field(
        (),
        title="Dates",
        description="On which the window begins, instead of days. On a date that any window of "
        "the schedule names, only those that name it count.",
        examples=['["2026-10-01", "2026-10-02"]'],
    )
    start: Annotated[int, BeforeValidator(_minute)] = Field(
        alias="from", title="From", description="First minute inside.", examples=['"07:00"']
    )
    end: Annotated[int, BeforeValidator(_minute)] = Field(
        alias="to",
        title="To",
        description="First minute after it. Before `from`: on the next day.",
        examples=['"19:00"'],
    )

    @model_validator(mode="after")
    def _has_a_length(self) -> Self:
        if self.dates and "days" in self.model_fields_set:
            raise refused("goes without days: write one of them", at=("dates",))
        if self.start == MINUTES_A_DAY:
            raise refused('begins when the day is over: write "00:00"', at=("from",))
        if self.start == self.end:
            raise refused(
                'is the same time as from: write "00:00" to "24:00" for the whole day', at=("to",)
            )
        return self

    def window(self) -> Window:
        """Return what the core works with."""
        return Window(self.days, self.start, self.end, self.dates)


def _wants_a_window(schedule: list[WindowEntry]) -> list[WindowEntry]:
    if not schedule:
        raise refused("has no window: leave the key out for always, or write one window")
    return schedule


Windows = Annotated[list[WindowEntry], AfterValidator(_wants_a_window)]


def schedule_of(entries: list[WindowEntry]) -> Schedule:
    """Return what the core works with; no window: always."""
    return Schedule(tuple(entry.window() for entry in entries))


def _rows_and_heights(pairs: list[list[float]]) -> list[list[float]]:
    """Check the pairs of `least_height`."""
    advice = "write [row, height], each 0..1, the rows from the top down"
    for number, pair in enumerate(pairs):
        if len(pair) != 2 or not all(0 <= value <= 1 for value in pair):
            raise refused(f"is no row and height: {advice}", at=(number,))
        if number and pair[0] <= pairs[number - 1][0]:
            raise refused(f"is not below the row before it: {advice}", at=(number,))
    return pairs


class RuleEntry(Entry):
    """What is forbidden in a zone; what is left out has the type's default."""

    type: ViolationType = Field(
        strict=False, title="Type", description="What is filed.", examples=["illegal_parking_motor"]
    )
    dwell_s: float = Field(
        0.0,
        ge=1,
        le=604_800,
        title="Dwell",
        description="Seconds of staying that make a violation.",
        examples=[300],
    )
    gap_s: float = Field(
        0.0,
        ge=0,
        le=86_400,
        title="Gap",
        description="A longer time unseen adds nothing to the dwell, seconds.",
        examples=[120],
    )
    clear_s: float = Field(
        0.0,
        ge=1,
        le=86_400,
        title="Clear",
        description="Looked at and not there for so many seconds: gone.",
        examples=[120],
    )
    presence_ratio: float = Field(
        0.0,
        ge=0,
        le=1,
        title="Presence ratio",
        description="There for at least this share of the dwell that had a clear view.",
        examples=[0.5],
    )
    match_iou: float = Field(
        0.0,
        ge=0.05,
        le=0.95,
        title="Match",
        description="Overlap (IoU) with its last box that makes a detection the same object.",
        examples=[0.5],
    )
    drift_limit: float = Field(
        0.0,
        ge=0.05,
        le=5,
        title="Drift",
        description="Shift from where it first stood, in box widths, that makes it a new stay.",
        examples=[0.3],
    )
    schedule: Windows = Field(
        [],
        title="Schedule",
        description="When the rule applies, China time. Left out: always.",
        examples=['[{days: mon-fri, from: "07:00", to: "19:00"}]'],
    )
    grace_s: float = Field(
        0.0,
        ge=0,
        le=43_200,
        title="Grace",
        description="Seconds after a window opens in which nothing accrues.",
        examples=[0],
    )
    queue_hold_s: float = Field(
        0.0,
        ge=0,
        le=3600,
        title="Queue hold",
        description="Seconds that a vehicle in a queue stands before it can be a violation.",
        examples=[120],
    )

    soft_start_s: float = Field(
        0.0,
        ge=0,
        le=86_400,
        title="Soft start",
        description="Seconds between the warning and the filing, if it still stands. 0: no "
        "warning.",
        examples=[600],
    )
    mute_s: float = Field(
        0.0,
        ge=0,
        le=31_536_000,
        title="Mute",
        description="Seconds after a case was rejected in which nothing is filed at its place.",
        examples=[86400],
    )

    attended_ratio: float = Field(
        0.0,
        ge=0,
        le=1,
        title="Attended",
        description="A person must have been near for at least this share of the time it was "
        "seen. 0: none need be.",
        examples=[0.2],
    )
    work_pause_s: float = Field(
        0.0,
        ge=0,
        le=86_400,
        title="Work pause",
        description="While a person or a truck stays beside it nothing accrues, for so many "
        "seconds at the most. 0: no pause.",
        examples=[600],
    )
    group_size: int = Field(
        1,
        ge=1,
        le=100,
        title="Group",
        description="So many must stand together, and are one case. 1: each is a case.",
        examples=[5],
    )
    exempt: list[str] = Field(
        [],
        title="Exempt",
        description="Labels of the type that may stand there.",
        examples=["[bus]"],
    )
    least_height: Annotated[list[list[float]], AfterValidator(_rows_and_heights)] = Field(
        [],
        title="Least height",
        description="Smaller boxes do not count: [row, height] pairs from the top of the picture "
        "down, both 0..1 of its height; between two rows in proportion.",
        examples=["[[0.3, 0.02], [1.0, 0.15]]"],
    )

    stood_score: float = Field(
        0.0,
        ge=0,
        le=1,
        title="Score where it stood",
        description="What was not seen to come must be seen with at least this confidence; what "
        "came counts however unsure. 0: no difference.",
        examples=[0.36],
    )

    @model_validator(mode="after")
    def _exempts_what_it_looks_for(self) -> Self:
        known = OBJECTS[self.type]
        for row, label in enumerate(self.exempt):
            if label not in known:
                named = ", ".join(sorted(known))
                raise refused(f"({label}) is not looked for: write {named}", at=("exempt", row))
        if known <= set(self.exempt):
            raise refused("leaves nothing to look for: take the rule out", at=("exempt",))
        return self

    def rule(self) -> Rule:
        """Return what the core works with."""
        left_out = DEFAULTS[self.type]
        given: dict[str, Any] = {
            name: float(getattr(self, name))
            for name in self.model_fields_set - {"type", "schedule", "exempt", "least_height"}
        }
        if "group_size" in given:
            given["group_size"] = self.group_size
        given["exempt"] = frozenset(self.exempt)
        given["least_height"] = tuple((at, least) for at, least in self.least_height)
        return replace(left_out, schedule=schedule_of(self.schedule), **given)
