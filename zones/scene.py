"""A look as one rule of one zone needs it: what counts there, and what each place looks like."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import isnan

import numpy as np
import numpy.typing as npt

from streetwatch.vision.types import Box, Boxes, Look, Seconds, Size, View
from streetwatch.zones import appearance, footprint, polygon
from streetwatch.zones.rules import Rule
from streetwatch.zones.stay import Stay
from streetwatch.zones.zone import Zone

#: One object seen under two labels: boxes that overlap by more than this are one.
_SAME_OBJECT_IOU = 0.7

#: Something else covers so much of the place that its absence proves nothing.
_HIDDEN_SHARE = 0.4

#: Another light is one to stay when it has lasted for so long: headlights pass, a bus drives on.
_NEW_LIGHT_S: Seconds = 30.0

#: Two pictures of one street one look apart correlate above this while the light stays the same.
_SAME_LIGHT = 0.5


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
        boxes: Of the rule's labels, inside the zone, each object once; (N, 4).
        confidence: Of these, (N,).
        everything: All boxes of the picture, (M, 4).
        wanted: Which of them have one of the rule's labels, (M,).
        size: Of the picture.
        view: The picture made small, if there is one.
        stays: What the rule watches in the zone, before the look.
    """

    at: Seconds
    here: Circumstances
    active: bool
    boxes: Boxes
    confidence: npt.NDArray[np.float32]
    everything: Boxes
    wanted: npt.NDArray[np.bool_]
    size: Size
    view: View | None
    stays: tuple[Stay, ...]

    def row(self, row: int) -> tuple[Box, float]:
        """Return one of `boxes` and its confidence."""
        x1, y1, x2, y2 = self.boxes[row].tolist()
        return (x1, y1, x2, y2), float(self.confidence[row])


@dataclass(frozen=True, slots=True)
class Sight:
    """What one look shows at one stay's place.

    Attributes:
        found: The detection that continues it; None: there is none.
        hidden: Something else covers the place.
        patch: What the place looks like; None where that can't be told.
        likeness: To what the stay looks like; None where that can't be told.
    """

    found: tuple[Box, float] | None
    hidden: bool
    patch: str | None
    likeness: float | None

    @property
    def unchanged(self) -> bool:
        """The place looks as it did."""
        return self.likeness is not None and self.likeness >= appearance.SAME


def scene_of(
    look: Look, zone: Zone, rule: Rule, *, here: Circumstances, stays: tuple[Stay, ...]
) -> Scene:
    """Return what one rule of one zone needs of a look.

    Args:
        look: The look.
        zone: The zone.
        rule: One of its rules.
        here: What holds for all of them.
        stays: What the rule watches in the zone, before the look.
    """
    seen = look.detections
    wanted = np.array([label in rule.labels for label in seen.labels], dtype=bool)
    rows = np.flatnonzero(wanted & _counts(seen.xyxy, zone, here.cut_out, look.size))
    rows = rows[footprint.distinct(seen.xyxy[rows], seen.confidence[rows], limit=_SAME_OBJECT_IOU)]
    return Scene(
        at=look.at,
        here=here,
        active=here.clock is None or rule.schedule.is_past_grace(here.clock, rule.grace_s),
        boxes=seen.xyxy[rows],
        confidence=seen.confidence[rows],
        everything=seen.xyxy,
        wanted=wanted,
        size=look.size,
        view=look.view,
        stays=stays,
    )


def _counts(
    boxes: Boxes, zone: Zone, cut_out: tuple[Zone, ...], size: Size
) -> npt.NDArray[np.bool_]:
    """Tell which boxes stand in the zone and in none of the areas cut out of it."""
    points = footprint.ground_points(boxes)
    inside = polygon.contains(zone.polygon, points, size)
    for other in cut_out:
        inside &= ~polygon.contains(other.polygon, points, size)
    return inside


def backdrop_of(look: Look) -> str | None:
    """Return a patch of the whole picture, None where the look has none."""
    if look.view is None:
        return None
    whole = np.array([(0, 0, *look.size)], np.float32)
    return appearance.encoded(appearance.patches(look.view, look.size, whole)[0])


def is_relit(before: str | None, now: str | None) -> bool:
    """Tell whether the whole picture changed at once: night vision, a lamp, another direction."""
    if before is None or now is None:
        return False
    return appearance.alike(before, now) < _SAME_LIGHT


def sights(scene: Scene, pairs: Mapping[int, int], rule: Rule) -> list[Sight]:
    """Return what the look shows at each stay's place.

    Args:
        scene: The look.
        pairs: Which row of `scene.boxes` continues which stay.
        rule: The rule that watches.
    """
    stays = scene.stays
    if not stays:
        return []
    anchors = np.array([stay.anchor for stay in stays], np.float32)
    nearer = scene.everything[None, :, 3] >= anchors[:, None, 3]  # it touches the ground below
    hidden = nearer & (footprint.covered(anchors, scene.everything) >= _HIDDEN_SHARE)
    # What stands at the place under one of the rule's labels is the stay itself, seen twice or so.
    others = ~(scene.wanted & (footprint.iou(anchors, scene.everything) >= rule.match_iou))
    looks_like = _looks_like(scene, anchors, hides=others)
    return [
        Sight(scene.row(pairs[row]) if row in pairs else None, bool(hidden[row].any()), *like)
        for row, like in enumerate(looks_like)
    ]


def _looks_like(
    scene: Scene, anchors: Boxes, *, hides: npt.NDArray[np.bool_]
) -> list[tuple[str | None, float | None]]:
    """Return each place's patch, and how like the stay's own it is."""
    stays = scene.stays
    if scene.view is None:
        return [(None, None)] * len(stays)
    now = appearance.patches(scene.view, scene.size, anchors)
    own = np.stack(
        [
            appearance.decoded(stay.appearance.patch) if stay.appearance else patch
            for stay, patch in zip(stays, now, strict=True)
        ]
    )
    shown = appearance.visible(anchors, scene.everything, hides)
    shown &= appearance.big_enough(anchors, scene.view.shape[1] / scene.size[0])[:, None]
    alike = appearance.likeness(own, now, shown)
    first = np.array([stay.appearance is None for stay in stays])
    alike[first & (shown.mean(axis=1) < appearance.FIRST_VISIBLE)] = np.nan
    now = appearance.renewed(own, now, shown)
    return [
        (None, None) if isnan(value) else (appearance.encoded(patch), value)
        for patch, value in zip(now, alike.tolist(), strict=True)
    ]
