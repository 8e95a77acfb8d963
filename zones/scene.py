"""A look as one rule of one zone needs it: what counts there, and what each place looks like."""

from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from streetwatch.models.labels import LABELS
from streetwatch.vision.types import Boxes, Look, Seconds, Size, View
from streetwatch.zones import appearance, company, footprint, pairing, polygon
from streetwatch.zones.appearance import PATCH, Cover, Likeness, Patches
from streetwatch.zones.rules import Rule
from streetwatch.zones.shopfront import Side
from streetwatch.zones.stays import Flags, Stays
from streetwatch.zones.zone import Zone

#: One object seen under two labels: boxes that overlap by more than this are one.
_SAME_OBJECT_IOU = 0.7

#: Something else covers so much of the place that its absence proves nothing.
_HIDDEN_SHARE = 0.4

#: Another light is one to stay when it has lasted for so long: headlights pass, a bus drives on.
_NEW_LIGHT_S: Seconds = 30.0

#: Two pictures of one street one look apart correlate above this while the light stays the same.
_SAME_LIGHT = 0.5

_PEOPLE = frozenset({"person"})

#: Who clears away garbage.
_WORKERS = frozenset({"person", "truck"})

_STALLS = frozenset({"vendor_stall"})


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What holds for all rules in one look.

    Attributes:
        since: Time since the look before.
        outage: Nobody looked in that time, though somebody should have.
        watched_since: The first look without an outage after it.
        relit: The light is not the one that the stays are known in.
        relit_s: For how long it has not been, less the time it was.
        clock: Seconds since the epoch; None: hours are left out.
        cut_out: Zones in which nothing counts at this hour.
    """

    since: Seconds
    outage: bool
    watched_since: Seconds
    relit: bool
    relit_s: Seconds
    clock: Seconds | None
    cut_out: tuple[Zone, ...]

    @property
    def has_new_light(self) -> bool:
        """It is another light to stay: no beam, and no bus before the lens."""
        return self.relit and self.relit_s >= _NEW_LIGHT_S


@dataclass(frozen=True, slots=True, eq=False)
class Scene:
    """One look, as one rule of one zone needs it.

    Attributes:
        at: Capture time.
        here: What holds for all rules.
        active: The rule applies at this hour.
        everything: All boxes of the picture, (M, 4).
        rows: Which of them have the rule's labels and stand in the zone, each object once.
        boxes: These, (N, 4).
        confidence: Of these, (N,).
        exempt: Which of them the rule lets stand, (M,).
        people: Boxes of the people in the picture, (P, 4).
        workers: Of people and trucks that serve no stall, (W, 4); none where no rule asks.
        wanted: Which of them have one of the rule's labels, (M,).
        size: Of the picture.
        view: The picture made small, if there is one.
    """

    at: Seconds
    here: Circumstances
    active: bool
    everything: Boxes
    rows: npt.NDArray[np.intp]
    boxes: Boxes
    confidence: npt.NDArray[np.float32]
    exempt: Flags
    people: Boxes
    workers: Boxes
    wanted: Flags
    size: Size
    view: View | None

    def among_own(self, over: footprint.Meetings) -> footprint.Meetings:
        """Return those of all boxes' meetings that are of the rule's boxes."""
        if len(self.rows) == len(self.everything):
            return over
        place = np.full(len(self.everything), -1, np.intp)
        place[self.rows] = np.arange(len(self.rows))
        columns = place[over.columns]
        found = replace(over, columns=columns, right=over.right[self.rows])
        return found[columns >= 0]

    def patches(self, boxes: Boxes) -> Patches:
        """Return what the look shows in each box; nothing where there is no picture."""
        if self.view is None:
            return np.zeros((len(boxes), PATCH), np.uint8)
        return appearance.patches(self.view, self.size, boxes)


@dataclass(frozen=True, slots=True, eq=False)
class Sights:
    """What one look shows at the place of each stay, as columns.

    Attributes:
        found: A detection continues it.
        box: That detection's; the stay's last one where there is none.
        confidence: That detection's; 0 where there is none.
        hidden: Something else covers the place.
        exempt: What stands there is seen as something that may.
        claimed: A detection that continues another stay stands at the place.
        twin: And that one is the same thing, known for longer.
        patch: What the place looks like, (N, PATCH).
        likeness: Of that to what the stay looks like; NaN where it can't be told.
        fresh: Which of the look's boxes continue no stay.
    """

    found: Flags
    box: Boxes
    confidence: npt.NDArray[np.float32]
    hidden: Flags
    claimed: Flags
    twin: Flags
    exempt: Flags
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


def scene_of(
    look: Look, zone: Zone, rule: Rule, *, here: Circumstances, side: Side | None = None
) -> Scene:
    """Return what one rule of one zone needs of a look.

    Args:
        look: The look.
        zone: The zone.
        rule: One of its rules.
        here: What holds for all of them.
        side: Which stalls are the rule's; None: all.
    """
    seen = look.detections
    wanted = _classes(rule.labels)[seen.class_id]
    rows = np.flatnonzero(wanted)
    rows = rows[_counts(seen.xyxy[rows], zone, here.cut_out, look.size)]
    if side is not None:
        rows = rows[side.takes(seen.xyxy[rows], look.size)]
    if rule.least_height:
        rows = rows[is_large(seen.xyxy[rows], rule, look.size)]
    rows = rows[footprint.distinct(seen.xyxy[rows], seen.confidence[rows], limit=_SAME_OBJECT_IOU)]
    return Scene(
        at=look.at,
        here=here,
        active=here.clock is None or rule.schedule.is_past_grace(here.clock, rule.grace_s),
        rows=rows,
        boxes=seen.xyxy[rows],
        confidence=seen.confidence[rows],
        everything=seen.xyxy,
        exempt=_classes(rule.exempt)[seen.class_id],
        people=seen.xyxy[_classes(_PEOPLE)[seen.class_id]],
        workers=_workers(look) if rule.work_pause_s else seen.xyxy[:0],
        wanted=wanted,
        size=look.size,
        view=look.view,
    )


def is_large(boxes: Boxes, rule: Rule, size: Size) -> Flags:
    """Tell which boxes are high enough for where they stand."""
    at, least = np.array(rule.least_height).T
    heights = (boxes[:, 3] - boxes[:, 1]) / size[1]
    found: Flags = heights >= np.interp(boxes[:, 3] / size[1], at, least)
    return found


def _workers(look: Look) -> Boxes:
    """Return the people and trucks that may be clearing something away: not who serves a stall."""
    seen = look.detections
    workers = seen.xyxy[_classes(_WORKERS)[seen.class_id]]
    stalls = seen.xyxy[_classes(_STALLS)[seen.class_id]]
    return workers[~company.is_near(stalls, workers).any(axis=0)]


@lru_cache
def _classes(labels: frozenset[str]) -> Flags:
    """Tell of each class id whether its label is one of these."""
    return np.array([label in labels for label in LABELS], bool)


def _counts(boxes: Boxes, zone: Zone, cut_out: tuple[Zone, ...], size: Size) -> Flags:
    """Tell which boxes stand in the zone and in none of the areas cut out of it."""
    points = footprint.ground_points(boxes)
    inside = polygon.contains(zone.polygon, points, size)
    for other in cut_out:
        inside &= ~polygon.contains(other.polygon, points, size)
    return inside


def backdrop_of(look: Look, before: Patches | None) -> tuple[Patches | None, bool]:
    """Return what the street looks like behind all that is seen on it, and whether it is relit.

    Relit is a picture that changed as a whole at once: night vision, a lamp, another direction.

    Args:
        look: The look.
        before: The same in an earlier look, (1, PATCH).

    Returns:
        A patch of the whole picture, (1, PATCH), or what was before where the look has none.
    """
    if look.view is None:
        return before, False
    now = appearance.whole(look.view)
    if before is None:
        return now, False
    cover = Cover.of_whole(look.size, look.detections.xyxy)
    likeness, renewed = appearance.compared(before, now, cover)
    return renewed, bool(likeness[0] < _SAME_LIGHT)


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
    patch, likeness = _looks_like(scene, stays, cover)
    near, own = scene.among_own(near), scene.among_own(over[itself])
    who = pairing.paired(stays, near, own, likeness, rule)
    found = who.pairs >= 0
    box, confidence = stays.box.copy(), np.zeros(len(stays), np.float32)
    theirs = who.pairs[found]
    box[found], confidence[found] = scene.boxes[theirs], scene.confidence[theirs]
    # It touches the ground below.
    nearer = scene.everything[over.columns, 3] >= stays.anchor[over.rows, 3]
    hides = nearer & (over.covered() >= _HIDDEN_SHARE) & ~exempted
    return Sights(
        found=found,
        box=box,
        confidence=confidence,
        hidden=over.of_rows(hides),
        claimed=who.claimed,
        twin=who.twin,
        exempt=~found & over.of_rows(exempted),
        patch=patch,
        likeness=likeness,
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


def _looks_like(scene: Scene, stays: Stays, cover: Cover) -> tuple[Patches, Likeness]:
    """Return each place's patch, and how like the stay's own it is."""
    now = scene.patches(stays.anchor)
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
