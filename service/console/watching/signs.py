"""A camera's condition, by colour, sign and word: each tells it alone."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from streetwatch.service.console.language import mark
from streetwatch.service.runtime.condition import Condition


@dataclass(frozen=True, slots=True)
class Sign:
    """How a condition is shown.

    Attributes:
        tone: `good`, `warn`, `bad` or `idle`.
        icon: Of the Material icons.
    """

    words: str
    tone: str
    icon: str


SIGNS: Final[Mapping[Condition, Sign]] = MappingProxyType(
    {
        Condition.LIVE: Sign(mark("live"), "good", "check_circle"),
        Condition.LATE: Sign(mark("late"), "warn", "schedule"),
        Condition.OFFLINE: Sign(mark("offline"), "bad", "videocam_off"),
        Condition.FROZEN: Sign(mark("frozen"), "warn", "ac_unit"),
        Condition.DARK: Sign(mark("dark"), "warn", "dark_mode"),
        Condition.BLURRED: Sign(mark("blurred"), "warn", "blur_on"),
        Condition.MOVED: Sign(mark("moved"), "warn", "switch_camera"),
    }
)

#: What somebody has to look after, first.
WORST_FIRST: Final = (
    Condition.OFFLINE,
    Condition.FROZEN,
    Condition.DARK,
    Condition.BLURRED,
    Condition.MOVED,
    Condition.LATE,
    Condition.LIVE,
)
