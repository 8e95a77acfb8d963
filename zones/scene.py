"""A look as one rule of one zone needs it: what counts there, and what each place looks like."""

from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from streetwatch.models.labels import LABELS
from streetwatch.vision.types import Boxes, Detections, Look, Seconds, Size, View
from streetwatch.zones import appearance, arrivals, company, footprint, polygon
from streetwatch.zones.appearance import PATCH, Patches
from streetwatch.zones.rules import Rule
from streetwatch.zones.shopfront import Side
from streetwatch.zones.stays import Flags
from streetwatch.zones.street import Street
from streetwatch.zones.zone import Zone

#: One object seen under two labels: boxes that overlap by more than this are one.
_SAME_OBJECT_IOU = 0.7

#: Another light is one to stay when it has lasted for so long: headlights pass, a bus drives on.
_NEW_LIGHT_S: Seconds = 30.0

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
        street: What is there while nothing stands there; None where no rule asks, or not known yet.
    """

    since: Seconds
    outage: bool
    watched_since: Seconds
    relit: bool
    relit_s: Seconds
    clock: Seconds | None
    cut_out: tuple[Zone, ...]
    street: Street | None = None

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
    if rule.stood_score:
        wanted = of_labels(rule.labels, look.detections)
        look = arrivals.believed(look, wanted, rule.stood_score, here.street)
    seen = look.detections
    wanted = of_labels(rule.labels, seen)
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
        exempt=of_labels(rule.exempt, seen),
        people=seen.xyxy[of_labels(_PEOPLE, seen)],
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
    workers = seen.xyxy[of_labels(_WORKERS, seen)]
    stalls = seen.xyxy[of_labels(_STALLS, seen)]
    return workers[~company.is_near(stalls, workers).any(axis=0)]


@lru_cache
def _classes(labels: frozenset[str]) -> Flags:
    """Tell of each class id whether its label is one of these."""
    return np.array([label in labels for label in LABELS], bool)


def of_labels(labels: frozenset[str], seen: Detections) -> Flags:
    """Tell which boxes have one of the labels, (M,)."""
    return _classes(labels)[seen.class_id]


def _counts(boxes: Boxes, zone: Zone, cut_out: tuple[Zone, ...], size: Size) -> Flags:
    """Tell which boxes stand in the zone and in none of the areas cut out of it."""
    points = footprint.ground_points(boxes)
    inside = polygon.contains(zone.polygon, points, size)
    for other in cut_out:
        inside &= ~polygon.contains(other.polygon, points, size)
    return inside
