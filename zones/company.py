"""Who is beside what stands: a vendor at a stall, a cleaner or a truck at a heap."""

import numpy as np

from streetwatch.vision.types import Boxes, Seconds
from streetwatch.zones import footprint
from streetwatch.zones.rules import Rule
from streetwatch.zones.stays import Flags, Floats, Stays

#: Beside a thing is within this share of its longer side.
_REACH = 0.5

#: Who overlaps so much with who was there in the look before has not walked on.
_STAYS_IOU = 0.3

#: Who passes is beside a thing for a moment; who works there is for longer.
_AT_WORK_S: Seconds = 5.0


def is_near(places: Boxes, others: Boxes) -> Flags:
    """Tell who is beside what, (len(places), len(others))."""
    sides = places[:, 2:] - places[:, :2]
    reach = _REACH * sides.max(axis=1, keepdims=True)
    around = np.concatenate((places[:, :2] - reach, places[:, 2:] + reach), axis=1)
    close: Flags = footprint.Overlap.of(around, others).common > 0
    return close


def beside(stays: Stays, others: Boxes, at: Seconds) -> tuple[Boxes, Floats]:
    """Return who is beside each stay, and since when the same one has been; NaN: nobody is."""
    if not len(others):
        return np.zeros_like(stays.box), np.full(len(stays), np.nan)
    close = is_near(stays.box, others)
    same = close & (footprint.iou(stays.beside, others) >= _STAYS_IOU)
    remains = same.any(axis=1)
    who = np.where(remains, same.argmax(axis=1), close.argmax(axis=1))
    since = np.where(remains, stays.beside_since, at)
    since[~close.any(axis=1)] = np.nan
    return others[who], since


def is_worked_at(stays: Stays, at: Seconds, rule: Rule) -> Flags:
    """Tell where somebody is at work, and has not been for longer than the rule waits."""
    if not rule.work_pause_s:
        return np.zeros(len(stays), bool)
    # Nobody is beside it since NaN, and no comparison with that holds.
    working: Flags = at - stays.beside_since >= _AT_WORK_S
    return working & (stays.paused_s < rule.work_pause_s)
