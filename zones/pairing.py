"""Which box continues which stay: by place, and by looks where one place has several stays."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from streetwatch.zones import appearance, footprint
from streetwatch.zones.appearance import Likeness
from streetwatch.zones.rules import Rule
from streetwatch.zones.stays import Flags, Stays

Pairs = npt.NDArray[np.intp]  #: (N,), for each stay the row of its box, -1: none

#: Stays whose places overlap by more than this may be one thing that was lost and found.
_ONE_PLACE_IOU = 0.7


@dataclass(frozen=True, slots=True, eq=False)
class Pairing:
    """Which of a look's boxes continues which stay.

    Attributes:
        pairs: For each stay the row of its box, -1: none, (N,).
        claimed: Stays without one, at whose place one that continues another stands, (N,).
        twin: And that one is the same thing, known for longer, (N,).
        fresh: Boxes that continue no stay, (M,).
        likeness: Of each place to what is known of the thing there, under whichever stay, (N,).
    """

    pairs: Pairs
    claimed: Flags
    twin: Flags
    fresh: Flags
    likeness: Likeness


def paired(
    stays: Stays,
    near: footprint.Meetings,
    own: footprint.Meetings,
    likeness: Likeness,
    rule: Rule,
) -> Pairing:
    """Return which of the look's boxes continues each stay.

    Args:
        stays: Before the look.
        near: Where each one's last box meets the rule's boxes.
        own: Which of these stand at its first place.
        likeness: Of each one's place to what it looks like.
        rule: The rule.
    """
    # What is a violation stands: a stay that began with a misplaced box of it takes no other one.
    # What was seen to be empty since does not: it takes no box of what has come.
    first = ~np.isnan(stays.violation_at) & ~stays.was_empty_twice
    # In whose place something else has settled is not found again before its place looks as it did.
    away = stays.is_displaced
    if np.count_nonzero(away):
        back = away & _comes_back(stays, likeness, away)
        away &= ~back
        near, first = near[~away[near.rows]], first | back
    pairs = footprint.matches(near, least_iou=rule.match_iou, first=first)
    alike = stays.is_sure & (likeness >= appearance.SAME)
    claimed, fresh = _claimed(pairs, own)
    lost = claimed & alike & ~away
    if np.count_nonzero(lost):
        pairs = _with_the_oldest(stays, pairs, lost)
        claimed, fresh = _claimed(pairs, own)
    twin = claimed & alike
    for row in twin.nonzero()[0].tolist():
        holders = _holders(stays, pairs, row)
        twin[row] = holders.any()
        # Of one thing, what either looks like is what it looks like.
        holders &= likeness >= appearance.LIKE
        likeness = np.where(holders, np.maximum(likeness, likeness[row]), likeness)
    return Pairing(pairs, claimed, twin, fresh, likeness)


def _comes_back(stays: Stays, likeness: Likeness, away: Flags) -> Flags:
    """Tell which places look as they did before another thing settled in them.

    Where one was seen to be empty since, it is not behind the other: another came. Then it must
    look the same beyond doubt, or as much as what stands there looks like itself: in bad light.
    What was seen to have left in its turn does not stand there.
    What was seen less often than what stands on the same ground, and is no violation, is not behind
    that: it was something that passed, or the same thing in a beam of light.
    """
    back: Flags = stays.is_known & (likeness >= appearance.ANOTHER)
    for row in (away & back).nonzero()[0].tolist():
        rivals = ~away & (_place_overlap(stays, row) >= _ONE_PLACE_IOU)
        surer = rivals & _on_its_ground(stays, row) & (stays.looks > stays.looks[row])
        if np.isnan(stays.violation_at[row]) and surer.any():
            back[row] = False
        elif stays.was_empty[row]:
            rivals &= (likeness >= appearance.LIKE) & (likeness <= likeness[row])
            rivals &= stays.is_known & ~stays.was_empty
            back[row] = likeness[row] >= appearance.SAME or rivals.any()
    return back


def _claimed(pairs: Pairs, own: footprint.Meetings) -> tuple[Flags, Flags]:
    """Tell at whose place another stay's box stands, and which boxes are nobody's."""
    fresh = np.ones(len(own.right), bool)
    fresh[pairs[pairs >= 0]] = False
    claimed = own.of_rows(~fresh[own.columns])
    claimed &= pairs < 0
    return claimed, fresh


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
    held: Flags = (_place_overlap(stays, row) >= _ONE_PLACE_IOU) & (pairs >= 0)
    return held


def _on_its_ground(stays: Stays, row: int) -> Flags:
    """Tell which stand neither before nor behind one: they touch the ground where it does."""
    _, y1, _, y2 = stays.anchor[row]
    same: Flags = np.abs(stays.anchor[:, 3] - y2) <= footprint.LEAST_NEARER * (y2 - y1)
    return same


def _place_overlap(stays: Stays, row: int) -> npt.NDArray[np.float64]:
    """Return how far the first place of one and those of all overlap, (N,)."""
    overlap: npt.NDArray[np.float64] = footprint.iou(stays.anchor[row : row + 1], stays.anchor)[0]
    return overlap
