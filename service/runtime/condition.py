"""How a camera is, at a glance. Pure."""

from enum import StrEnum
from typing import Final

from streetwatch.vision.capture.state import Phase
from streetwatch.vision.health import Seeing
from streetwatch.vision.types import Seconds

#: Every camera is looked at every 10 s at the least (docs/reference/rules.md).
LATE_S: Seconds = 10.0

#: A camera whose last picture is older than this is not watched.
OFFLINE_S: Seconds = 30.0


class Condition(StrEnum):
    """What people see of a camera's state."""

    LIVE = "live"
    LATE = "late"  #: its pictures come, but not as they should
    OFFLINE = "offline"  #: no pictures
    FROZEN = "frozen"  #: the same picture again and again: nothing is filed
    DARK = "dark"  #: nothing to be seen: nothing is filed
    BLURRED = "blurred"  #: out of focus, or its lens is dirty: nothing is filed
    MOVED = "moved"  #: it looks elsewhere than its zones were drawn for: nothing is filed


_OF: Final = {
    Seeing.FROZEN: Condition.FROZEN,
    Seeing.DARK: Condition.DARK,
    Seeing.BLURRED: Condition.BLURRED,
    Seeing.MOVED: Condition.MOVED,
    Seeing.CLEAR: Condition.LIVE,
}


def condition_of(phase: Phase, age_s: Seconds | None, seeing: Seeing) -> Condition:
    """Return a camera's condition.

    Args:
        phase: Of its capture.
        age_s: Of its last picture; None before the first.
        seeing: What that picture is worth.
    """
    if age_s is None or age_s > OFFLINE_S or phase is Phase.STOPPED:
        return Condition.OFFLINE
    if age_s > LATE_S:
        return Condition.OFFLINE if phase is not Phase.LIVE else Condition.LATE
    return _OF[seeing]
