"""The 721 method: what is suggested for a case and why. A person decides; nothing here is a fine.

Service first, management second, enforcement last (docs/explanation/721.md).
"""

from dataclasses import dataclass
from enum import StrEnum
from fnmatch import fnmatchcase
from typing import NamedTuple

from streetwatch.vision.types import Seconds


class Measure(StrEnum):
    """What is done about a case, the gentlest first."""

    SERVICE = "service"  #: 服务: speak with them, show where it is allowed, help to clear up
    MANAGEMENT = "management"  #: 管理: a notice to put it right by a time
    ENFORCEMENT = "enforcement"  #: 执法: for an officer to decide by the law


class Level(StrEnum):
    """The tri-colour warning (三色预警): how often it has been within the window."""

    YELLOW = "yellow"  #: 黄色, 温馨提示卡
    ORANGE = "orange"  #: 橙色, 整改告知书
    RED = "red"  #: 红色


class Sentence(NamedTuple):
    """Something said to people."""

    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Where one measure ends and the next begins; all are a city's to choose.

    Attributes:
        window_d: Days in which earlier cases count.
        orange_at: It is orange from this case on, the first counted too.
        red_at: It is red from this case on.
        long_dwell_s: It is severe if it has stood for so long.
        large_px: It is severe if its box covers so many pixels; None does not ask.
        severe_places: It is severe at these places, `camera/zone` with `*`.
    """

    window_d: float = 90
    orange_at: int = 2
    red_at: int = 3
    long_dwell_s: Seconds = 3600
    large_px: float | None = None
    severe_places: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a case.

    Attributes:
        times: How many cases there were in the window, itself counted; None where nobody knows
            what to count by.
        latest: Numbers of the latest before it.
        by_subject: They are its subject's; else its place's.
        is_minor: Its type is on the list of minor offences.
        dwell_s: How long it has stood.
        size_px: How many pixels its box covers.
    """

    zh: str
    en: str
    times: int | None = 1
    latest: tuple[str, ...] = ()
    by_subject: bool = False
    is_minor: bool = False
    dwell_s: Seconds | None = None
    size_px: float | None = None
    place_key: str | None = None

    @property
    def is_first(self) -> bool | None:
        """Whether there was none before it, None where nobody knows."""
        return None if self.times is None else self.times == 1


@dataclass(frozen=True, slots=True)
class Triage:
    """A suggestion with its reasons."""

    suggestion: Measure
    level: Level | None
    first_offence: bool | None
    reasons: tuple[Sentence, ...]


def triage(facts: Facts, thresholds: Thresholds) -> Triage:
    """Suggest a measure.

    Each colour is a rung of the ladder from service to enforcement, and so is each thing that
    makes a case severe. A first offence on the minor list is forgiven one of these, and nothing
    that is yellow is for enforcement.
    """
    level = level_of(facts, thresholds)
    severe = _severe(facts, thresholds)
    rung = (list(Level).index(level) if level else 0) + len(severe)
    reasons = [*_how_often(facts, level, thresholds), *severe]
    if facts.is_minor and facts.is_first:
        rung = max(rung - 1, 0)
        reasons.append(_MINOR)
    highest = list(Measure) if level in {Level.ORANGE, Level.RED} else list(Measure)[:-1]
    suggestion = highest[min(rung, len(highest) - 1)]
    return Triage(suggestion, level, facts.is_first, tuple(reasons))


def level_of(facts: Facts, thresholds: Thresholds) -> Level | None:
    """Return the colour, None where nobody knows what to count by."""
    if facts.times is None:
        return None
    if facts.times >= thresholds.red_at:
        return Level.RED
    return Level.ORANGE if facts.times >= thresholds.orange_at else Level.YELLOW


_MINOR = Sentence(
    "属轻微违法免罚清单，首违不罚",
    "it is on the list of minor offences, whose first is not fined",
)

_NOTHING_TO_COUNT_BY = Sentence(
    "没有点位或主体，无法统计次数",
    "it has neither place nor subject, so nobody can count how often it has been",
)

_BY_PLACE = Sentence(
    "按点位统计，未必是同一主体",
    "counted by place: those before may have been others",
)

_COLOUR = {Level.YELLOW: "黄色", Level.ORANGE: "橙色", Level.RED: "红色"}


def _how_often(facts: Facts, level: Level | None, thresholds: Thresholds) -> list[Sentence]:
    if facts.times is None or level is None:
        return [_NOTHING_TO_COUNT_BY]
    days = f"{thresholds.window_d:g}"
    whose_zh, whose_en = ("该主体", "of this subject") if facts.by_subject else ("此处", "here")
    before_zh = f"，此前 {'、'.join(facts.latest)}" if facts.latest else ""
    before_en = f", after {', '.join(facts.latest)}" if facts.latest else ""
    counted = Sentence(
        f"{days} 天内{whose_zh}第 {facts.times} 次{facts.zh}：{_COLOUR[level]}{before_zh}",
        f"case {facts.times} of {facts.en} {whose_en} within {days} days: {level}{before_en}",
    )
    return [counted] if facts.by_subject or facts.is_first else [counted, _BY_PLACE]


def _severe(facts: Facts, thresholds: Thresholds) -> list[Sentence]:
    """Return what makes a case severe."""
    found = []
    if facts.dwell_s is not None and facts.dwell_s >= thresholds.long_dwell_s:
        stood, limit = round(facts.dwell_s / 60), f"{thresholds.long_dwell_s / 60:g}"
        found.append(
            Sentence(
                f"已停留 {stood} 分钟，不少于 {limit} 分钟",
                f"it has stood for {stood} minutes, {limit} or more",
            )
        )
    large = thresholds.large_px
    if large is not None and facts.size_px is not None and facts.size_px >= large:
        size = f"{facts.size_px:.0f}"
        found.append(
            Sentence(
                f"画面中占 {size} 像素，不少于 {large:g}",
                f"it covers {size} pixels of the picture, {large:g} or more",
            )
        )
    place = facts.place_key
    if place and any(fnmatchcase(place, one) for one in thresholds.severe_places):
        found.append(Sentence(f"重点点位 {place}", f"{place} is a place of special care"))
    return found
