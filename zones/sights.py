"""What one look shows at the place of each stay."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from streetwatch.vision.types import Boxes, Seconds
from streetwatch.zones import appearance, footprint, pairing
from streetwatch.zones.appearance import Cover, Likeness, Patches
from streetwatch.zones.rules import Rule
from streetwatch.zones.scene import Scene
from streetwatch.zones.stays import Flags, Stays

#: Something else covers so much of the place that its absence proves nothing.
_HIDDEN_SHARE = 0.4

#: What hides a place is known by its looks for so long after a detector last saw it there.
_HIDER_KNOWN_S: Seconds = 10.0


@dataclass(frozen=True, slots=True, eq=False)
class Sights:
    """What one look shows at the place of each stay, as columns.

    Attributes:
        found: A detection continues it.
        box: That detection's; the stay's last one where there is none.
        confidence: That detection's; 0 where there is none.
        hidden: Something else covers the place.
        hides: And a detector sees it.
        clear: So much of the place is in view that it could be remembered.
        exempt: What stands there is seen as something that may.
        claimed: A detection that continues another stay stands at the place.
        twin: And that one is the same thing, known for longer.
        shown: What the place shows, whatever is before it, (N, PATCH).
        patch: What the place looks like, what is hidden as it was before, (N, PATCH).
        likeness: Of that to what the stay looks like; NaN where it can't be told.
        fresh: Which of the look's boxes continue no stay.
    """

    found: Flags
    box: Boxes
    confidence: npt.NDArray[np.float32]
    hidden: Flags
    hides: Flags
    clear: Flags
    claimed: Flags
    twin: Flags
    exempt: Flags
    shown: Patches
    patch: Patches
    likeness: Likeness
    fresh: Flags

    @property
    def is_shown(self) -> Flags:
        """What is at the place can be told from the picture."""
        return ~np.isnan(self.likeness)

    @property
    def is_alike(self) -> Flags:
        """The place looks as it did."""
        return self.likeness >= appearance.SAME

    @property
    def is_vacant(self) -> Flags:
        """The place is in clear view and looks like nothing of it."""
        return self.clear & (self.likeness < appearance.LIKE)


def sights(scene: Scene, stays: Stays, rule: Rule) -> Sights:
    """Return what the look shows at each stay's place.

    Args:
        scene: The look.
        stays: What the rule watches in the zone, before the look.
        rule: The rule that watches.
    """
    both = footprint.Meetings.of(np.concatenate((stays.anchor, stays.box)), scene.everything)
    over, near = both.of_first(len(stays))
    fits = over.iou() >= rule.match_iou
    # What stands at the place under one of the rule's labels is the stay itself, seen twice or so;
    # under an exempt one it is the stay too, and was told to be something that may stand there.
    itself, exempted = scene.wanted[over.columns] & fits, scene.exempt[over.columns] & fits
    cover = Cover.of(stays.anchor, scene.everything, over[~itself])
    clear = np.ones(len(stays), bool)
    clear[cover.less_than(appearance.FIRST_VISIBLE)] = False
    shown = scene.patches(stays.anchor)
    patch, likeness = _looks_like(scene, stays, shown, cover)
    near, own = scene.among_own(near), scene.among_own(over[itself])
    who = pairing.paired(stays, near, own, likeness, rule)
    found = who.pairs >= 0
    box, confidence = stays.box.copy(), np.zeros(len(stays), np.float32)
    theirs = who.pairs[found]
    box[found], confidence[found] = scene.boxes[theirs], scene.confidence[theirs]
    # It touches the ground below.
    nearer = scene.everything[over.columns, 3] >= stays.anchor[over.rows, 3]
    hides = over.of_rows(nearer & (over.covered() >= _HIDDEN_SHARE) & ~exempted)
    return Sights(
        found=found,
        box=box,
        confidence=confidence,
        hidden=hides | _still_hidden(scene, stays, shown, who.likeness),
        hides=hides,
        clear=clear,
        claimed=who.claimed,
        twin=who.twin,
        exempt=~found & over.of_rows(exempted),
        shown=shown,
        patch=patch,
        likeness=who.likeness,
        fresh=who.fresh,
    )


def first_looks(scene: Scene, boxes: Boxes, rule: Rule) -> tuple[Patches, Flags]:
    """Return what each box shows, and where that is clear enough to be remembered."""
    over = footprint.Meetings.of(boxes, scene.everything)
    itself = scene.wanted[over.columns] & (over.iou() >= rule.match_iou)
    cover = Cover.of(boxes, scene.everything, over[~itself])
    patch = scene.patches(boxes)
    clear = _is_large_enough(scene, boxes) & appearance.has_contrast(patch)
    clear[cover.less_than(appearance.FIRST_VISIBLE)] = False
    return patch, clear


def _is_large_enough(scene: Scene, boxes: Boxes) -> Flags:
    """Tell which boxes have a picture of their own."""
    width = 0 if scene.view is None else scene.view.shape[1]
    return appearance.big_enough(boxes, width / scene.size[0])


def _still_hidden(scene: Scene, stays: Stays, shown: Patches, likeness: Likeness) -> Flags:
    """Tell before which places that stands which hid them, missed by the detector for a moment."""
    hidden: Flags = scene.at - stays.hidden_at <= _HIDER_KNOWN_S
    if scene.view is None or not np.count_nonzero(hidden):
        return np.zeros(len(stays), bool)
    # What is flat is known by nothing: an empty street would be like it, too.
    hidden &= (likeness < appearance.LIKE) & appearance.has_contrast(stays.hider)
    return hidden & (appearance.alike(stays.hider, shown) >= appearance.ANOTHER)


def _looks_like(scene: Scene, stays: Stays, now: Patches, cover: Cover) -> tuple[Patches, Likeness]:
    """Return each place's patch, and how like the stay's own it is."""
    if scene.view is None:
        return now, np.full(len(stays), np.nan, np.float32)
    own = stays.patch
    if not stays.is_known.all():
        own = np.where(stays.is_known[:, None], own, now)
    alike, renewed = appearance.compared(own, now, cover)
    alike[~_is_large_enough(scene, stays.anchor)] = np.nan
    unclear = cover.less_than(appearance.FIRST_VISIBLE)
    if len(unclear):
        alike[unclear[~stays.is_known[unclear]]] = np.nan
    return renewed, alike
