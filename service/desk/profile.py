"""A profile: what a city calls each type, how urgent it is, whose it is and how long it may take.

A profile says how one city counts; none claims to conform to a standard.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

from streetwatch.service.desk.deadlines import Limit


class Kind(StrEnum):
    """What a code is of: numbers 01xxx to 05xxx of GB/T 47678.5 stand for both."""

    MATTER = "matter"  #: 事项, 事件
    COMPONENT = "component"  #: 部件


class Urgency(StrEnum):
    """How soon somebody must respond to a case."""

    ORDINARY = "ordinary"
    URGENT = "urgent"


class Stage(StrEnum):
    """Whose turn it is, each with a time limit of its own."""

    ACCEPT = "accept"  #: 立案: from the report on
    DISPATCH = "dispatch"  #: 派遣: from its acceptance on
    HANDLE = "handle"  #: 处置: from its dispatch on
    CLOSE = "close"  #: 核查结案: from when it was handled on


@dataclass(frozen=True, slots=True)
class Code:
    """A number and the list it is from; the number alone says nothing."""

    standard: str
    kind: Kind
    code: str


@dataclass(frozen=True, slots=True)
class CaseType:
    """What a profile says of a type.

    Attributes:
        type: As rules and reports name it.
        zh: Its Chinese name.
        en: Its English name.
        code: None where the list has no number for it.
        enabled: Whether the city takes such cases at all.
        authority: Whose business it is, where no grid says so.
        limits: Of the stages that have one.
        minor: On the list of minor offences (轻微违法免罚清单).
    """

    type: str
    zh: str
    en: str
    code: Code | None = None
    enabled: bool = True
    urgency: Urgency = Urgency.ORDINARY
    authority: str | None = None
    limits: Mapping[Stage, Limit] = field(default_factory=lambda: MappingProxyType({}))
    minor: bool = False


@dataclass(frozen=True, slots=True)
class Profile:
    """The types of a city."""

    name: str
    standard: str
    types: Mapping[str, CaseType]

    @property
    def authorities(self) -> Mapping[str, str]:
        """Whose business each type is, of those of which the profile says so."""
        return {name: one.authority for name, one in self.types.items() if one.authority}
