"""Presence: from looks to stays. State in, state out; time is the frame's capture time.

A look adds dwell to what it sees again, patience to what it does not, and nothing to what
nobody looked at: an outage adds no dwell and clears nothing.
"""

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from streetwatch.vision.types import Box, Boxes, Look, Seconds
from streetwatch.zones import footprint, polygon
from streetwatch.zones.rules import Rule
from streetwatch.zones.stay import Stay
from streetwatch.zones.zone import Zone, ZoneKind

#: Looks further apart than this have an outage between them, whatever the camera's pace: every
#: camera is looked at every 10 s at the least (docs/reference/rules.md).
OUTAGE_S: Seconds = 15.0

#: So have looks that are this many times further apart than usual on this camera ...
_PACES_MISSED = 3.0

#: ... but key frames come unevenly: a gap below this is none.
_LEAST_OUTAGE_S: Seconds = 8.0

#: How much of the pace the latest gap makes.
_PACE_SHARE = 0.3

#: One object seen under two labels: boxes that overlap by more than this are one.
_SAME_OBJECT_IOU = 0.7

#: Something else covers so much of the place that its absence proves nothing.
_HIDDEN_SHARE = 0.4

#: A box of clearly another size is a partial view of the object: it is there, but its box
#: says nothing about where its centre moved.
_SIMILAR_AREA = (0.7, 1.4)

#: A stay seen only once or twice is forgotten soon, else passing traffic would add up to one.
_FIRST_PATIENCE_S: Seconds = 4.0


@dataclass(frozen=True, slots=True)
class Presence:
    """Everything that is at its place on one camera, and when the camera was last looked at.

    Attributes:
        last_look: Capture time of the latest look.
        stays: What is there.
        pace_s: Usual time between two looks; None before the second.
    """

    last_look: Seconds | None = None
    stays: tuple[Stay, ...] = ()
    pace_s: Seconds | None = None

    def is_outage(self, since: Seconds) -> bool:
        """Tell whether nobody looked for `since` seconds, though somebody should have."""
        if self.pace_s is None:
            return since > OUTAGE_S
        return since > min(max(_PACES_MISSED * self.pace_s, _LEAST_OUTAGE_S), OUTAGE_S)

    def next_pace(self, since: Seconds) -> Seconds:
        """Return the pace after a look that came `since` seconds after the one before."""
        gap = min(since, OUTAGE_S)
        return gap if self.pace_s is None else self.pace_s + _PACE_SHARE * (gap - self.pace_s)


@dataclass(frozen=True, slots=True)
class Observation:
    """What one look changed.

    Attributes:
        presence: The state after the look.
        gone: Stays that this look ended, as they last were.
    """

    presence: Presence
    gone: tuple[Stay, ...]


@dataclass(frozen=True, slots=True, eq=False)
class _Scene:
    """One look, as one rule of one zone needs it."""

    at: Seconds
    since: Seconds  #: seconds since the look before
    outage: bool
    active: bool  #: the rule applies at this hour
    boxes: Boxes  #: of the rule's labels, inside the zone
    confidence: npt.NDArray[np.float32]
    everything: Boxes  #: all boxes of the picture


def observe(
    presence: Presence, look: Look, zones: tuple[Zone, ...], *, epoch: Seconds | None = 0.0
) -> Observation:
    """Fold one look into a camera's presence.

    Args:
        presence: The state before.
        look: Must be later than the one before; an earlier or equal one changes nothing.
        zones: All zones of the camera.
        epoch: Added to capture times to give schedules a wall clock; None: schedules are
            left out (a clip of unknown date).
    """
    if presence.last_look is not None and look.at <= presence.last_look:
        return Observation(presence, ())
    kept: list[Stay] = []
    gone: list[Stay] = []
    for zone in zones:
        if zone.kind is not ZoneKind.PROHIBITED:
            continue
        for rule in zone.rules:
            before = tuple(
                stay for stay in presence.stays if (stay.zone_id, stay.type) == (zone.id, rule.type)
            )
            scene = _scene(look, zone, rule, zones, before=presence, epoch=epoch)
            here, left = _fold(before, scene, zone.id, rule)
            kept += here
            gone += left
    last_look = presence.last_look
    pace_s = None if last_look is None else presence.next_pace(look.at - last_look)
    return Observation(Presence(look.at, tuple(kept), pace_s), tuple(gone))


def _scene(  # noqa: PLR0913 -- gathers all of a look's context once
    look: Look,
    zone: Zone,
    rule: Rule,
    zones: tuple[Zone, ...],
    *,
    before: Presence,
    epoch: Seconds | None,
) -> _Scene:
    seen = look.detections
    wanted = np.array([label in rule.labels for label in seen.labels], dtype=bool)
    inside = wanted & _counts(seen.xyxy, zone, zones, look.size)
    rows = np.flatnonzero(inside)
    rows = rows[footprint.distinct(seen.xyxy[rows], seen.confidence[rows], limit=_SAME_OBJECT_IOU)]
    since = 0.0 if before.last_look is None else look.at - before.last_look
    return _Scene(
        at=look.at,
        since=since,
        outage=before.is_outage(since),
        active=epoch is None or rule.schedule.is_past_grace(look.at + epoch, rule.grace_s),
        boxes=seen.xyxy[rows],
        confidence=seen.confidence[rows],
        everything=seen.xyxy,
    )


def _counts(
    boxes: Boxes, zone: Zone, zones: tuple[Zone, ...], size: tuple[int, int]
) -> npt.NDArray[np.bool_]:
    """Tell which boxes stand in the zone and in none of the areas cut out of it."""
    points = footprint.ground_points(boxes)
    inside = polygon.contains(zone.polygon, points, size)
    for other in zones:
        if other.kind in {ZoneKind.PERMITTED, ZoneKind.EXCLUDE}:
            inside &= ~polygon.contains(other.polygon, points, size)
    return inside


def _fold(
    stays: tuple[Stay, ...], scene: _Scene, zone_id: str, rule: Rule
) -> tuple[list[Stay], list[Stay]]:
    """Return the stays that are still there and those that this look ended."""
    last_boxes = np.array([stay.box for stay in stays], np.float32).reshape(-1, 4)
    pairs = dict(footprint.matches(last_boxes, scene.boxes, least_iou=rule.match_iou))
    kept: list[Stay] = []
    gone: list[Stay] = []
    for row, stay in enumerate(stays):
        seen = _row(scene, pairs[row]) if row in pairs else None
        moved = seen is not None and _has_moved(stay.anchor, seen[0], rule)
        if seen and moved:
            kept.append(_start(zone_id, rule, *seen, scene.at))
        if seen and not moved:
            kept.append(_seen(stay, *seen, scene, rule))
        elif moved and stay.violation_at is None:
            gone.append(stay)
        else:
            # One misplaced box must not clear a violation: it goes as what is not seen goes.
            after = _missed(stay, scene)
            (gone if _is_gone(after, rule) else kept).append(after)
    taken = set(pairs.values())
    fresh = [row for row in range(len(scene.boxes)) if row not in taken]
    kept += [_start(zone_id, rule, *_row(scene, row), scene.at) for row in fresh]
    return kept, gone


def _row(scene: _Scene, row: int) -> tuple[Box, float]:
    x1, y1, x2, y2 = scene.boxes[row].tolist()
    return (x1, y1, x2, y2), float(scene.confidence[row])


def _start(zone_id: str, rule: Rule, box: Box, confidence: float, at: Seconds) -> Stay:
    return Stay(zone_id, rule.type, box, box, confidence, looks=1, first_seen=at, last_seen=at)


def _seen(stay: Stay, box: Box, confidence: float, scene: _Scene, rule: Rule) -> Stay:
    """Close the gap since the stay was last seen and judge it."""
    gap = scene.at - stay.last_seen
    unlooked = stay.unlooked_s + (scene.since if scene.outage else 0.0)
    after = replace(
        _credited(stay, gap, unlooked, scene, rule),
        last_seen=scene.at,
        absent_s=0.0,
        unlooked_s=0.0,
    )
    after = after.sighted(box if _is_similar(stay.anchor, box) else stay.box, confidence)
    return replace(after, violation_at=rule.violated_at(stay, after))


def _credited(stay: Stay, gap: Seconds, unlooked: Seconds, scene: _Scene, rule: Rule) -> Stay:
    """Book the time since the last sighting: observed, missed or idle."""
    if not scene.active:
        return replace(stay, idle_s=stay.idle_s + gap)
    missed = max(gap - unlooked, 0.0)  # sums of floats: a hair below 0 is 0
    if missed > rule.gap_s:
        return replace(stay, idle_s=stay.idle_s + gap)
    # A look speaks for the time since the one before: so the observed share of the dwell is the
    # share of looks that saw it, and a look that missed it costs its own interval, not two.
    spoken_for = 0.0 if scene.outage else min(scene.since, missed)
    return replace(
        stay,
        observed_s=stay.observed_s + spoken_for,
        missed_s=stay.missed_s + missed - spoken_for,
        idle_s=stay.idle_s + unlooked,
    )


def _missed(stay: Stay, scene: _Scene) -> Stay:
    if scene.outage:
        return replace(stay, unlooked_s=stay.unlooked_s + scene.since)
    here = np.array([stay.box], np.float32)
    if footprint.covered(here, scene.everything).max(initial=0.0) >= _HIDDEN_SHARE:
        return stay
    return replace(stay, absent_s=stay.absent_s + scene.since)


def _is_gone(stay: Stay, rule: Rule) -> bool:
    """A stay earns its patience: what was seen for long is waited for long."""
    return stay.absent_s >= min(rule.clear_s, _FIRST_PATIENCE_S + stay.observed_s)


def _has_moved(anchor: Box, box: Box, rule: Rule) -> bool:
    """Tell a shift of the whole object from a box that lost a part to an occluder."""
    (ax, ay), (bx, by) = _centre(anchor), _centre(box)
    shift = float(np.hypot(bx - ax, by - ay))
    return _is_similar(anchor, box) and shift > rule.drift_limit * (anchor[2] - anchor[0])


def _is_similar(anchor: Box, box: Box) -> bool:
    low, high = _SIMILAR_AREA
    return low * _area(anchor) <= _area(box) <= high * _area(anchor)


def _area(box: Box) -> float:
    return (box[2] - box[0]) * (box[3] - box[1])


def _centre(box: Box) -> tuple[float, float]:
    return (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
