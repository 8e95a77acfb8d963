"""Whether what was found at a place is what had been there."""

from dataclasses import dataclass

import numpy as np

from streetwatch.vision.types import Boxes, Seconds
from streetwatch.zones import appearance, footprint
from streetwatch.zones.scene import Scene
from streetwatch.zones.sights import Sights
from streetwatch.zones.stays import Flags, Stays, chosen

#: A box of clearly another size is a partial view of the object: it is there, but its box
#: says nothing about where its centre moved.
_SIMILAR_AREA = (0.7, 1.4)

#: By this share, it does so whatever its size.
_CLEARLY_NEARER = 0.15

#: What has shifted looks more like itself where it went than where it was, by so much.
_CLEARER = 0.15

#: A shift of less, in box widths, is the detector's trembling.
_LEAST_SHIFT = 0.05

#: Another thing has taken the place when it has stood there unchanged for this long: what walks or
#: drives past does not.
_SETTLED_S: Seconds = 3.0

#: One look may show an undetected car that passes; two alike show what came.
_AGREEING_LOOKS = 2

#: For so long what has taken a place is not decided on while less than three quarters of it show.
_HALF_HIDDEN_S: Seconds = 30.0

#: Two looks at one thing in one light are more alike than either is to another thing, by so much.
_MORE_LIKE_ITSELF = 0.1

#: How much of what is known of a thing its latest look makes: noise is averaged out, and slow
#: changes of its light are gone along with (docs/adr/0047).
_NEW_SHARE = 0.3

#: Headlights shine in one or two looks, whatever the time between them.
_SETTLED_LOOKS = 3


@dataclass(frozen=True, slots=True, eq=False)
class Recognition:
    """What was found at the places, against what had been there.

    Attributes:
        same: It is the one that was there.
        hiding: Something larger and nearer has stopped before it.
        another: Another thing has taken the place.
    """

    same: Flags
    hiding: Flags
    another: Flags


def recognised(
    stays: Stays, sights: Sights, found: Flags, scene: Scene
) -> tuple[Stays, Recognition]:
    """Return the stays with what they look like after a look, and what was found there.

    What is neither the same nor another is in doubt: something passing, or a beam of light.

    Args:
        stays: Before the look.
        sights: What it shows.
        found: Where it found something that has not moved there from elsewhere.
        scene: The look.
    """
    none = np.zeros(len(stays), bool)
    if scene.view is None:
        return stays, Recognition(found, none, none)
    # What can't be compared remains in doubt, if it was.
    doubted = (stays.other_looks > 0) | (stays.is_sure & (stays.absent_s > 0))
    untold = doubted & ~sights.is_alike
    if scene.here.relit:
        # A strange light teaches nothing; but what looks in it as it did is no other.
        other_looks = np.where(found & sights.is_alike, 0, stays.other_looks)
        return stays.changed(other_looks=other_looks), Recognition(found & ~untold, none, none)
    found = found & (sights.is_shown | ~untold)
    asked = found & sights.is_shown
    odd = asked & stays.is_known & ~sights.is_alike
    if not np.count_nonzero(odd):
        return _remembering(stays, sights, asked, scene.at), Recognition(found, none, none)
    odd &= ~_has_shifted(stays, sights, scene, among=odd)
    # One look alone may show what passed just then; but what comes after an absence and is nothing
    # like it is not that.
    # Nor is what is larger and nearer: a bus that stops before what only just came.
    before = _is_before(stays.anchor, sights.box)
    # A violation whose looks were lost with the light does not end so, if one look saw it empty.
    undecided = np.isnan(stays.violation_at) | stays.was_empty_twice
    unseen = (stays.is_sure | undecided) & (stays.absent_s > 0)
    unseen |= ~stays.is_sure & undecided & (stays.covered_s > 0)
    back = unseen & (sights.likeness < appearance.LIKE)
    odd &= stays.is_sure | back | before
    stays = _remembering(stays, sights, asked & ~odd, scene.at)
    stays, doubtful, another = _compared(stays, sights, scene, odd)
    # What is nothing like it came after it, without a third look, where its place was empty or one
    # look is all that is known of it. Anywhere else two looks may agree on a beam of light.
    back &= stays.was_empty | ~stays.is_sure
    back &= doubtful & (stays.other_looks >= _AGREEING_LOOKS)
    another |= back
    doubtful &= ~back
    return stays, Recognition(found & ~doubtful & ~another, doubtful & before, another)


def _remembering(stays: Stays, sights: Sights, rows: Flags, at: Seconds) -> Stays:
    """Return the stays that look from now on as this look, too, shows them."""
    # Two looks at once may show one beam of light, or one thing that passes.
    agreed = stays.is_known & (sights.likeness >= appearance.ANOTHER)
    sure = agreed & (stays.is_sure | (at - stays.first_seen >= _SETTLED_S))
    known, patch = rows & agreed, sights.patch
    if np.count_nonzero(known):
        patch = patch.copy()
        patch[known] = appearance.blended(stays.patch[known], patch[known], _NEW_SHARE)
    return stays.changed(
        patch=chosen(rows, patch, stays.patch),
        is_known=stays.is_known | rows,
        is_sure=np.where(rows, sure, stays.is_sure),
        other_looks=np.where(rows, 0, stays.other_looks),
    )


def _compared(stays: Stays, sights: Sights, scene: Scene, odd: Flags) -> tuple[Stays, Flags, Flags]:
    """Judge what looks otherwise; return the stays, which are in doubt and which are another's."""
    at, emptied = scene.at, stays.was_empty_twice
    stays, agreed = _with_other(stays, sights, at, odd)
    lasts = (stays.other_looks >= _SETTLED_LOOKS) & (at - stays.other_since >= _SETTLED_S)
    # What is half hidden waits, but not for ever: something may have parked before it.
    settled = lasts & (sights.clear | (at - stays.other_since >= _HALF_HIDDEN_S))
    # In bad light one thing is as little like itself in two looks as it is like its patch. So what
    # lasts is another if it is more like itself; to a place seen empty it came, however alike.
    closer = (agreed >= sights.likeness + _MORE_LIKE_ITSELF) | emptied
    came = (sights.likeness < appearance.ANOTHER) | stays.was_empty
    differs = odd & came & (closer | ~settled)
    # A lasting change that leaves it alike is its light or its load: that is how it looks now.
    changed = odd & settled & ~differs
    stays = _remembering(stays, sights, changed, at)
    stays = stays.changed(is_sure=stays.is_sure | changed)
    return stays, differs & ~settled, differs & settled


def _with_other(
    stays: Stays, sights: Sights, at: Seconds, odd: Flags
) -> tuple[Stays, appearance.Likeness]:
    """Return the stays with what was seen in their places instead, and how like that is to now."""
    agreed = appearance.alike(stays.other, sights.patch)
    again = odd & (stays.other_looks > 0) & (agreed >= appearance.ANOTHER)
    new = odd & ~again
    stays = stays.changed(
        other=chosen(new, sights.patch, stays.other),
        other_since=np.where(new, at, stays.other_since),
        other_looks=np.where(new, 1, stays.other_looks + again),
    )
    return stays, agreed


def _is_before(anchors: Boxes, boxes: Boxes) -> Flags:
    """Tell whether what was found touches the ground nearer to us than a stay, and hides it."""
    heights = anchors[:, 3] - anchors[:, 1]
    lower = (boxes[:, 3] - anchors[:, 3]) / heights
    larger = footprint.areas(boxes) > _SIMILAR_AREA[1] * footprint.areas(anchors)
    found: Flags = (lower > footprint.LEAST_NEARER) & (larger | (lower > _CLEARLY_NEARER))
    return found


def _has_shifted(stays: Stays, sights: Sights, scene: Scene, *, among: Flags) -> Flags:
    """Tell whether the object itself moved a little and took its looks along: a pushed stall."""
    far = footprint.shifts(stays.anchor, sights.box)
    shifted: Flags = among & (far >= _LEAST_SHIFT * footprint.widths(stays.anchor))
    if shifted.any():
        moved = scene.patches(sights.box[shifted])
        # What comes to an empty place beside it must look the same: cars look alike.
        here = np.maximum(appearance.LIKE, sights.likeness[shifted] + _CLEARER)
        least = np.where(stays.absent_s[shifted] > 0, appearance.SAME, here)
        shifted[shifted] = appearance.alike(stays.patch[shifted], moved) >= least
    return shifted


def is_similar(anchors: Boxes, boxes: Boxes) -> Flags:
    """Tell which boxes are about as large as their anchors: the whole object, not a part."""
    low, high = _SIMILAR_AREA
    areas, own = footprint.areas(boxes), footprint.areas(anchors)
    found: Flags = (low * own <= areas) & (areas <= high * own)
    return found
