"""Is it gone? A pure function of what the cameras saw since it was said to be handled."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from streetwatch.vision.types import Seconds


class Verification(StrEnum):
    """What a check says: 存在, 不存在, 无法核查."""

    EXIST = "exist"
    NOT_EXIST = "not_exist"
    UNABLE = "unable"


@dataclass(frozen=True, slots=True)
class Sight:
    """What one camera knows of a case's object.

    Attributes:
        last_seen: When it was last seen standing.
        cleared_at: When it was found to be gone; None while it was not.
        blind: Why the camera can't see the place now; empty where it can.
    """

    last_seen: Seconds
    cleared_at: Seconds | None = None
    blind: str = ""


@dataclass(frozen=True, slots=True)
class Terms:
    """How long is waited.

    Attributes:
        patience_s: What stands there so long after the handling was not taken away.
        limit_s: Who could not see the place for so long says so.
    """

    patience_s: Seconds
    limit_s: Seconds


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found, and why that is thought."""

    result: Verification
    note: str


NO_CAMERA = "无摄像机覆盖 / no camera sees this place"
COVERED = "视野被遮挡 / the view is blocked"


def found(
    sights: Sequence[Sight], *, handled_at: Seconds, now: Seconds, terms: Terms
) -> Finding | None:
    """Return what the check says by now, None while it has to wait.

    Args:
        sights: Of each camera that has reported the case.
        handled_at: When people said that they had handled it.
        now: Seconds since the epoch.
        terms: How long is waited.
    """
    if not sights:
        return Finding(Verification.UNABLE, NO_CAMERA)
    stands = [one for one in sights if one.cleared_at is None]
    still = handled_at + terms.patience_s
    if any(one.last_seen >= still and not one.blind for one in stands):
        return Finding(Verification.EXIST, "处置后仍在 / still there after handling")
    gone = max((one.cleared_at for one in sights if one.cleared_at is not None), default=None)
    if gone is not None and all(one.last_seen <= gone for one in stands):
        return Finding(Verification.NOT_EXIST, "已消失 / seen to be gone")
    if now < handled_at + terms.limit_s:
        return None
    blind = next((one.blind for one in sights if one.blind), COVERED)
    return Finding(Verification.UNABLE, blind)
