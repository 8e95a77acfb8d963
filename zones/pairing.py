"""Which box continues which stay: by place, and by looks where one place has several stays."""

import numpy as np
import numpy.typing as npt

from streetwatch.zones import appearance, footprint
from streetwatch.zones.appearance import Likeness
from streetwatch.zones.rules import Rule
from streetwatch.zones.stays import Flags, Stays

Pairs = npt.NDArray[np.intp]  #: (N,), for each stay the row of its box, -1: none

#: Stays whose places overlap by more than this may be one thing that was lost and found.
_ONE_PLACE_IOU = 0.7


def paired(stays: Stays, near: footprint.Shares, likeness: Likeness, rule: Rule) -> Pairs:
    """Return for each stay which of the look's boxes continues it.

    Args:
        stays: Before the look.
        near: IoU of each with each of the rule's boxes.
        likeness: Of each one's place to what it looks like.
        rule: The rule.
    """
    # What is a violation stands: a stay that began with a misplaced box of it takes no other one.
    # In whose place something else has settled is not found again before its place looks as it did.
    away = stays.is_displaced
    back = away & stays.is_known & (likeness >= appearance.ANOTHER)
    pairs = footprint.matches(
        np.where((away & ~back)[:, None], 0, near),
        least_iou=rule.match_iou,
        first=~np.isnan(stays.violation_at) | back,
    )
    lost = (pairs < 0) & _is_itself(stays, likeness) & ~(away & ~back)
    return _with_the_oldest(stays, pairs, lost) if lost.any() else pairs


def twins(stays: Stays, pairs: Pairs, likeness: Likeness) -> Flags:
    """Tell which stays are of a thing that another one has been continued with."""
    lost = (pairs < 0) & _is_itself(stays, likeness)
    if not lost.any():
        return lost
    twin = np.zeros(len(stays), bool)
    for row in np.flatnonzero(lost).tolist():
        twin[row] = _holders(stays, pairs, row).any()
    return twin


def _is_itself(stays: Stays, likeness: Likeness) -> Flags:
    """Tell whose place looks as it did, beyond doubt."""
    return stays.is_sure & stays.is_known & (likeness >= appearance.SAME)


def _with_the_oldest(stays: Stays, pairs: Pairs, lost: Flags) -> Pairs:
    """Return the pairs with each box at the oldest of the stays that are one thing."""
    pairs = pairs.copy()
    order = np.argsort(stays.first_seen, kind="stable")
    for row in order[lost[order]].tolist():
        younger = _holders(stays, pairs, row) & (stays.first_seen > stays.first_seen[row])
        younger &= np.isnan(stays.violation_at)
        if younger.any():
            holder = int(younger.argmax())
            pairs[row], pairs[holder] = pairs[holder], -1
    return pairs


def _holders(stays: Stays, pairs: Pairs, row: int) -> Flags:
    """Tell which stays at the place of one were found."""
    overlap = footprint.iou(stays.anchor[row : row + 1], stays.anchor)[0]
    held: Flags = (overlap >= _ONE_PLACE_IOU) & (pairs >= 0)
    return held
