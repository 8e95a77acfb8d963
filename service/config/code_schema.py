"""The keys of a profile of codes."""

import re
from typing import Annotated, Final, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from streetwatch.service.config.checking import Entry
from streetwatch.service.config.wording import refused

_TYPE: Final = re.compile(r"[a-z][a-z0-9_]{0,63}")
_CODE: Final = re.compile(r"[0-9]{2}-[0-9]{2,3}|[0-9]{4,5}")
_CLOCKS: Final = ("urgent_hour", "work_hour", "work_day", "natural_day")


def _number(code: str) -> str:
    if not _CODE.fullmatch(code):
        raise refused('is no code: write it in quotes, "06010" or "01-10"')
    return code


def _names(types: dict[str, "TypeEntry"]) -> dict[str, "TypeEntry"]:
    wrong = next((name for name in types if not _TYPE.fullmatch(name)), None)
    if wrong is not None:
        raise refused("is no type: write a-z, 0-9 and _, a letter first", at=(wrong,))
    seen: dict[str, str] = {}
    for name, entry in types.items():
        other = seen.setdefault(entry.code, name) if entry.code and entry.enabled else name
        if other != name:
            raise refused(f"is the code of {other} already", at=(name, "code"))
    return types


class LimitEntry(Entry):
    """A time limit, by one of the four clocks."""

    urgent_hour: float | None = Field(
        None,
        gt=0,
        le=10_000,
        title="Urgent hours",
        description="紧急工作时: hours, by night and on holidays too.",
        examples=[2],
    )
    work_hour: float | None = Field(
        None,
        gt=0,
        le=10_000,
        title="Work hours",
        description="工作时: hours of working time.",
        examples=[4],
    )
    work_day: float | None = Field(
        None,
        gt=0,
        le=1000,
        title="Work days",
        description="工作日: as many work hours as an ordinary working day has, for each.",
        examples=[1],
    )
    natural_day: float | None = Field(
        None,
        gt=0,
        le=1000,
        title="Days",
        description="自然日: days of 24 hours.",
        examples=[5],
    )

    @model_validator(mode="after")
    def _runs_on_one_clock(self) -> Self:
        if sum(getattr(self, clock) is not None for clock in _CLOCKS) != 1:
            raise refused(f"is no time limit: write one of {', '.join(_CLOCKS)}, {{work_hour: 4}}")
        return self

    @property
    def clock(self) -> str:
        """The one that is given."""
        return next(clock for clock in _CLOCKS if getattr(self, clock) is not None)

    @property
    def amount(self) -> float:
        """How many of its units."""
        return float(getattr(self, self.clock))


class DeadlinesEntry(Entry):
    """Time limits of the stages of a case."""

    accept: LimitEntry | None = Field(
        None,
        title="Accept",
        description="立案: from the report on.",
        examples=["{urgent_hour: 2}"],
    )
    dispatch: LimitEntry | None = Field(
        None,
        title="Dispatch",
        description="派遣: from its acceptance on.",
        examples=["{urgent_hour: 1}"],
    )
    handle: LimitEntry | None = Field(
        None,
        title="Handle",
        description="处置: from its dispatch on; stands still while it is suspended.",
        examples=["{work_hour: 4}"],
    )
    close: LimitEntry | None = Field(
        None,
        title="Close",
        description="核查结案: from when it was handled on.",
        examples=["{work_day: 1}"],
    )


class TypeEntry(Entry):
    """A type of case."""

    code: Annotated[str, AfterValidator(_number)] | None = Field(
        None,
        title="Code",
        description="Its number in the standard, in quotes. Left out: the standard has none.",
        examples=['"06010"'],
    )
    zh: str = Field(
        min_length=1, title="Chinese name", description="What people read.", examples=["暴露垃圾"]
    )
    en: str = Field(
        min_length=1,
        title="English name",
        description="The same in English.",
        examples=["exposed garbage"],
    )
    enabled: bool = Field(
        default=True,
        title="Enabled",
        description="false: the city takes no such cases.",
        examples=["false"],
    )
    urgency: Literal["ordinary", "urgent"] = Field(
        "ordinary",
        title="Urgency",
        description="How soon somebody must respond: ordinary or urgent.",
        examples=["urgent"],
    )
    authority: str | None = Field(
        None,
        min_length=1,
        max_length=200,
        title="Authority",
        description="Whose business it is, where no grid says so.",
        examples=["城管"],
    )
    deadlines: DeadlinesEntry = Field(
        DeadlinesEntry(),
        title="Deadlines",
        description="Time limits of its stages.",
        examples=["{handle: {work_hour: 4}}"],
    )
    minor: bool = Field(
        default=False,
        title="Minor",
        description="On the city's list of minor offences: the first is not fined (首违不罚).",
        examples=["true"],
    )


class CodesEntry(Entry):
    """The whole file."""

    extends: str | None = Field(
        None,
        min_length=1,
        title="Extends",
        description="A shipped profile, or a file from the folder of this one on, whose types "
        "hold unless they are written here.",
        examples=["gbt-47678.5-2026"],
    )
    standard: str = Field(
        min_length=1,
        title="Standard",
        description="What the numbers are of.",
        examples=["GB/T 47678.5-2026"],
    )
    kind: Literal["matter", "component"] = Field(
        "matter",
        title="Kind",
        description="matter (事项, 事件) or component (部件).",
        examples=["matter"],
    )
    types: Annotated[dict[str, TypeEntry], AfterValidator(_names)] = Field(
        title="Types",
        description="Each with its name in reports as the key.",
        examples=["{exposed_garbage: {code: ...}}"],
    )
