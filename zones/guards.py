"""Guards: what stands, and is no violation yet.

A queue at a red light stands too. Its vehicles came one after another and stand together; they are
held back for as long as a red light lasts. Who is still there then has parked.

In congestion a lane moves up, stands and moves up again, for longer than a light is red. A vehicle
that came as its neighbours drove on, and has outlasted none of them, is held for longer.

Bicycles stand in heaps. Where a rule asks for a group, one of them stands for all: it is the case.

A heap of garbage is often seen in parts. What overlaps one that is a case is a part of it.
"""

from collections.abc import Iterable
from math import hypot

import numpy as np
import numpy.typing as npt
from scipy.sparse.csgraph import connected_components

from streetwatch.vision.types import Box, Boxes, Seconds
from streetwatch.zones import footprint
from streetwatch.zones.rules import Rule
from streetwatch.zones.stay import Stay
from streetwatch.zones.stays import Flags, Stays

#: So many that drove on as it came make a vehicle one of a lane that moves ...
_LEAST_MOVED = 2

#: ... within this time of its coming.
_AS_IT_CAME_S: Seconds = 15.0

#: Such a lane holds for so many times as long as a red light.
_CONGESTION_HOLDS = 5.0

#: A vehicle with so many others that stand around it is in a queue.
_LEAST_NEIGHBOURS = 2

#: They came within this time of it: about one red phase.
_TOGETHER_S: Seconds = 60.0

#: They stand within so many of its own lengths.
_NEAR = 3.0

#: What was seen at its place less often than this, or for less time, is passing.
_STANDING_LOOKS = 3
_STANDING_S: Seconds = 2.0

#: A look or two may miss a neighbour; for longer, it has driven on.
_MISSED_S: Seconds = 10.0


#: Two of a group stand within so many of the longer side of one of them.
_TOGETHER = 1.5


def groups(stays: Stays) -> npt.NDArray[np.int32]:
    """Number the groups of what stands together; return each stay's."""
    sides = (stays.box[:, 2:] - stays.box[:, :2]).max(axis=1)
    near = _distances(stays.box, stays.box) <= _TOGETHER * np.maximum(
        sides[:, None], sides[None, :]
    )
    return np.asarray(connected_components(near, directed=False)[1], np.int32)


def leading(stays: Stays, new: Flags, rule: Rule) -> Flags:
    """Return of those whose dwell is full now who stands for a group: one of each, if any.

    Args:
        stays: All that the rule watches.
        new: Which would be a violation, by themselves.
        rule: The rule.
    """
    if rule.group_size <= 1:
        return new
    group, stands = groups(stays), ~np.isnan(stays.violation_at)
    full = rule.is_full(stays) | stands
    leads = np.zeros(len(stays), bool)
    for row in np.flatnonzero(new)[np.argsort(stays.first_seen[new], kind="stable")].tolist():
        same = group == group[row]
        if np.count_nonzero(full & same) >= rule.group_size and not (stands | leads)[same].any():
            leads[row] = True
    return leads


def parts(stays: Stays, new: Flags, rule: Rule) -> Flags:
    """Tell which of those whose dwell is full now are parts of a heap that is, or becomes, a case.

    Args:
        stays: All that the rule watches.
        new: Which would be a violation, by themselves; what came first is the heap, and of what
            came at once the largest.
        rule: The rule.
    """
    part = np.zeros(len(stays), bool)
    if not rule.is_heaped:
        return part
    whole = ~np.isnan(stays.violation_at) & ~stays.was_empty
    meets = footprint.Overlap.of(stays.box, stays.box).common > 0
    in_turn = np.lexsort((-footprint.areas(stays.box), stays.first_seen))
    for row in in_turn[new[in_turn]].tolist():
        part[row] = (meets[row] & whole).any()
        whole[row] = not part[row]
    return part


def upheld(stays: Stays, rule: Rule) -> Flags:
    """Tell which stand for a group that is still there, though they themselves may have left."""
    stands = ~np.isnan(stays.violation_at)
    if rule.group_size <= 1 or not stands.any():
        return np.zeros(len(stays), bool)
    group, here = groups(stays), stays.absent_s == 0
    others = np.bincount(group, weights=here)[group] - here
    held: Flags = stands & (others >= rule.group_size)
    return held


def outlasting(stays: Stays, gone: Stays) -> Stays:
    """Return the stays with what they have seen drive on: as they came, and since.

    Args:
        stays: Those that are there.
        gone: Those that a look ended; they left when they were last seen.
    """
    stood = (gone.looks >= _STANDING_LOOKS) & (gone.last_seen - gone.first_seen >= _STANDING_S)
    if not (stood.any() and len(stays)):
        return stays
    left = gone[stood]
    sides = (stays.box[:, 2:] - stays.box[:, :2]).max(axis=1)
    near = _distances(stays.box, left.box) <= _NEAR * sides[:, None]
    since = left.last_seen[None, :] - stays.first_seen[:, None]
    came, later = near & (np.abs(since) <= _AS_IT_CAME_S), near & (since > _AS_IT_CAME_S)
    return stays.changed(
        moved_with=stays.moved_with + came.sum(axis=1),
        outlasted=stays.outlasted + later.sum(axis=1),
    )


def longest_hold_s(rule: Rule) -> Seconds:
    """Return for how long a rule holds a vehicle back at the most."""
    return _CONGESTION_HOLDS * rule.queue_hold_s


def is_held(
    stay: Stay, others: Iterable[Stay], rule: Rule, *, at: Seconds, watched_since: Seconds
) -> bool:
    """Tell whether a vehicle is held back: it stands in a queue, or in a lane that moves on.

    Args:
        stay: The vehicle.
        others: As for `is_queued`.
        rule: The rule.
        at: Now.
        watched_since: As for `is_queued`.
    """
    stands_s = at - stay.first_seen
    moves = stay.moved_with >= _LEAST_MOVED and not stay.outlasted
    longest = longest_hold_s(rule) if moves else rule.queue_hold_s
    return stands_s < longest and is_queued(stay, others, watched_since=watched_since)


def is_queued(stay: Stay, others: Iterable[Stay], *, watched_since: Seconds) -> bool:
    """Tell whether a vehicle stands in a queue that was seen to form.

    Args:
        stay: The vehicle.
        others: All stays of its zone and rule; it may be among them.
        watched_since: When the camera was first looked at, or for the first time after an outage:
            what stood there then may have been parked for hours.
    """
    if stay.first_seen <= watched_since:
        return False
    around = sum(_is_neighbour(stay, other, watched_since) for other in others)
    return around >= _LEAST_NEIGHBOURS


def _is_neighbour(stay: Stay, other: Stay, watched_since: Seconds) -> bool:
    return (
        other.key != stay.key
        and other.first_seen > watched_since
        and other.absent_s <= _MISSED_S
        and other.looks >= _STANDING_LOOKS
        and other.last_seen - other.first_seen >= _STANDING_S
        and abs(other.first_seen - stay.first_seen) <= _TOGETHER_S
        and _apart(stay.box, other.box) <= _NEAR * max(_sides(stay.box))
    )


def _distances(boxes: Boxes, others: Boxes) -> npt.NDArray[np.float32]:
    """Return how far apart the centres of two sets of boxes are, (N, M)."""
    centres, theirs = ((side[:, :2] + side[:, 2:]) / 2 for side in (boxes, others))
    apart: npt.NDArray[np.float32] = np.hypot(
        *(centres[:, None] - theirs[None, :]).transpose(2, 0, 1)
    )
    return apart


def _apart(left: Box, right: Box) -> float:
    across = (left[0] + left[2] - right[0] - right[2]) / 2
    down = (left[1] + left[3] - right[1] - right[3]) / 2
    return hypot(across, down)


def _sides(box: Box) -> tuple[float, float]:
    return box[2] - box[0], box[3] - box[1]
