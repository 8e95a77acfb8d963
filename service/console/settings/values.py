"""What is set and where: running values beside what the file says now (pure)."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from operator import attrgetter
from pathlib import Path
from typing import Final

from streetwatch.service.console.language import Language, mark, marks, say_in
from streetwatch.service.settings import Settings
from streetwatch.service.settings_file import Origins


class Unit(StrEnum):
    """What a number counts."""

    NONE = ""
    SECONDS = "s"
    HOURS = "h"
    DAYS = "d"


@dataclass(frozen=True, slots=True)
class Shown:
    """A setting that is shown.

    Attributes:
        key: As the file has it.
        words: What people call it, to be said.
    """

    key: str
    words: str
    unit: Unit = Unit.NONE


@dataclass(frozen=True, slots=True)
class Row:
    """A setting as it is shown.

    Attributes:
        words: What it is called.
        key: As the file has it.
        value: In force.
        origin: Where it is written; '' where it is the default.
        waiting: What the file says now and what holds after a restart; '' where that is the same.
    """

    words: str
    key: str
    value: str
    origin: str
    waiting: str = ""


KEPT: Final = (
    Shown("retention.candidate_d", mark("What never became a case"), Unit.DAYS),
    Shown("retention.rejected_d", mark("Evidence of rejected cases"), Unit.DAYS),
    Shown("retention.evidence_d", mark("Evidence of other cases, from the violation"), Unit.DAYS),
    Shown("retention.after_close_d", mark("And at least so long after their end"), Unit.DAYS),
    Shown("retention.delivered_d", mark("Delivered messages"), Unit.DAYS),
    Shown("retention.hour", mark("Hour of the daily clean-up")),
)

CODED: Final = (
    Shown("code_profile", mark("Profile of codes")),
    Shown("notices.urgent_h", mark("An urgent case may wait"), Unit.HOURS),
    Shown("notices.ordinary_h", mark("Any other case may wait"), Unit.HOURS),
    Shown("triage.window_d", mark("Earlier cases count for"), Unit.DAYS),
)

DATED: Final = (Shown("work_calendar", mark("Work calendar")),)

SERVED: Final = (
    Shown("cameras", mark("File of the cameras")),
    Shown("data_dir", mark("Folder of the data")),
    Shown("host", mark("Address to listen at")),
    Shown("port", mark("Port")),
    Shown("model", mark("Model")),
    Shown("look_interval_s", mark("Between two looks while something goes on"), Unit.SECONDS),
    Shown("quiet_interval_s", mark("Between two pictures of a quiet street"), Unit.SECONDS),
    Shown("idle_interval_s", mark("Longest without a detection"), Unit.SECONDS),
    Shown("evidence.pre_s", mark("Clip before the violation"), Unit.SECONDS),
    Shown("evidence.post_s", mark("Clip after the violation"), Unit.SECONDS),
    Shown("grid.auto_dispatch", mark("Cases are dispatched by themselves")),
    Shown("closing.auto_close", mark("Cases are closed by themselves")),
    Shown("observations.merge_within_m", mark("Reports so near are one case (m)")),
    Shown("access.idle_h", mark("Signed in without doing anything"), Unit.HOURS),
    Shown("access.whole_h", mark("Signed in at most"), Unit.HOURS),
)

_UNITS: Final = {
    Unit.SECONDS: marks("{value} second", "{value} seconds"),
    Unit.HOURS: marks("{value} hour", "{value} hours"),
    Unit.DAYS: marks("{value} day", "{value} days"),
}


def rows(
    shown: Sequence[Shown],
    running: Settings,
    written: Settings,
    origins: Origins,
    language: Language,
) -> tuple[Row, ...]:
    """Return settings as they are shown.

    Args:
        shown: Which.
        running: What is in force.
        written: What the file and the environment say now.
        origins: Says where it is written.
        language: Of whoever reads.
    """
    return tuple(_row(one, running, written, origins, language) for one in shown)


def _row(
    one: Shown, running: Settings, written: Settings, origins: Origins, language: Language
) -> Row:
    value, now = (attrgetter(one.key)(settings) for settings in (running, written))
    origin = origins(one.key)
    return Row(
        words=say_in(language, one.words),
        key=one.key,
        value=value_words(value, one.unit, language),
        origin="" if origin is None else str(origin),
        waiting="" if now == value else value_words(now, one.unit, language),
    )


def value_words(value: object, unit: Unit, language: Language) -> str:
    """Return a value as people read it."""
    match value:
        case None:
            return say_in(language, "not set")
        case bool():
            return say_in(language, "yes") if value else say_in(language, "no")
        case int() | float() if unit is not Unit.NONE:
            one, many = _UNITS[unit]
            return say_in(language, one, many, count=1 if value == 1 else 2, value=f"{value:g}")
        case float():
            return f"{value:g}"
        case Path():
            return value.as_posix()
        case _:
            return str(value)
