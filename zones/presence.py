"""Presence: from looks to stays. State in, state out; time is the frame's capture time.

A look adds dwell to what it sees again, patience to what it does not, and nothing to what
nobody looked at: an outage adds no dwell and clears nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from math import hypot, isnan
from typing import TypedDict, assert_never

import numpy as np
import numpy.typing as npt

from streetwatch.vision.types import Box, Boxes, Look, Seconds, Size, View
from streetwatch.zones import appearance, footprint, guards, polygon
from streetwatch.zones.appearance import Appearance, Verdict
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

#: Two pictures of one street one look apart correlate above this while the light stays the same.
_SAME_LIGHT = 0.5

#: A stay seen only once or twice is forgotten soon, else passing traffic would add up to one.
_FIRST_PATIENCE_S: Seconds = 4.0


#: What a stay looks like, as far as that is known.
Own = Appearance | None


@dataclass(frozen=True, slots=True)
class Presence:
    """Everything that is at its place on one camera, and when the camera was last looked at.

    Attributes:
        last_look: Capture time of the latest look.
        stays: What is there.
        pace_s: Usual time between two looks; None before the second.
        backdrop: A patch of the whole latest picture; None where there was none.
        watched_since: The first look, or the first one after the latest outage.
    """

    last_look: Seconds | None = None
    stays: tuple[Stay, ...] = ()
    pace_s: Seconds | None = None
    backdrop: str | None = None
    watched_since: Seconds | None = None

    def is_outage(self, since: Seconds) -> bool:
        """Tell whether nobody looked for `since` seconds, though somebody should have."""
        if self.pace_s is None:
            return since > OUTAGE_S
        return since > min(max(_PACES_MISSED * self.pace_s, _LEAST_OUTAGE_S), OUTAGE_S)

    def watched_from(self, at: Seconds) -> Seconds:
        """Return since when, as of a look, the camera has been looked at without an outage."""
        known = self.last_look is not None and not self.is_outage(at - self.last_look)
        return self.watched_since if known and self.watched_since is not None else at

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


class _Credit(TypedDict, total=False):
    """What the time since a stay's last sighting changes."""

    last_seen: Seconds
    absent_s: Seconds
    unlooked_s: Seconds
    covered_s: Seconds
    observed_s: Seconds
    missed_s: Seconds
    hidden_s: Seconds
    idle_s: Seconds


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
    wanted: npt.NDArray[np.bool_]  #: which of them have one of the rule's labels
    size: Size
    view: View | None
    relit: bool  #: the whole picture differs from the one before
    watched_since: Seconds  #: without an outage
    others: tuple[Stay, ...]  #: all stays of the rule in the zone, before the look


@dataclass(frozen=True, slots=True)
class _Sight:
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
    backdrop = _backdrop(look)
    relit = _is_relit(presence.backdrop, backdrop)
    kept: list[Stay] = []
    gone: list[Stay] = []
    for zone in zones:
        if zone.kind is not ZoneKind.PROHIBITED:
            continue
        for rule in zone.rules:
            before = tuple(
                stay for stay in presence.stays if (stay.zone_id, stay.type) == (zone.id, rule.type)
            )
            scene = _scene(
                look, zone, rule, zones, before=presence, epoch=epoch, relit=relit, stays=before
            )
            here, left = _fold(before, scene, zone.id, rule)
            kept += here
            gone += left
    last_look = presence.last_look
    pace_s = None if last_look is None else presence.next_pace(look.at - last_look)
    watched_since = presence.watched_from(look.at)
    after = Presence(look.at, tuple(kept), pace_s, backdrop, watched_since)
    return Observation(after, tuple(gone))


def _scene(  # noqa: PLR0913 -- gathers all of a look's context once
    look: Look,
    zone: Zone,
    rule: Rule,
    zones: tuple[Zone, ...],
    *,
    before: Presence,
    epoch: Seconds | None,
    relit: bool,
    stays: tuple[Stay, ...],
) -> _Scene:
    seen = look.detections
    wanted = np.array([label in rule.labels for label in seen.labels], dtype=bool)
    clock = None if epoch is None else look.at + epoch
    cut_out = tuple(other for other in zones if other.cuts_out(clock))
    inside = wanted & _counts(seen.xyxy, zone, cut_out, look.size)
    rows = np.flatnonzero(inside)
    rows = rows[footprint.distinct(seen.xyxy[rows], seen.confidence[rows], limit=_SAME_OBJECT_IOU)]
    since = 0.0 if before.last_look is None else look.at - before.last_look
    return _Scene(
        at=look.at,
        since=since,
        outage=before.is_outage(since),
        active=clock is None or rule.schedule.is_past_grace(clock, rule.grace_s),
        boxes=seen.xyxy[rows],
        confidence=seen.confidence[rows],
        everything=seen.xyxy,
        wanted=wanted,
        size=look.size,
        view=look.view,
        relit=relit,
        watched_since=before.watched_from(look.at),
        others=stays,
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


def _backdrop(look: Look) -> str | None:
    if look.view is None:
        return None
    whole = np.array([(0, 0, *look.size)], np.float32)
    return appearance.encoded(appearance.patches(look.view, look.size, whole)[0])


def _is_relit(before: str | None, now: str | None) -> bool:
    """Tell whether the whole picture changed at once: night vision, a lamp, another direction."""
    if before is None or now is None:
        return False
    return appearance.alike(before, now) < _SAME_LIGHT


def _fold(
    stays: tuple[Stay, ...], scene: _Scene, zone_id: str, rule: Rule
) -> tuple[list[Stay], list[Stay]]:
    """Return the stays that are still there and those that this look ended."""
    last_boxes = np.array([stay.box for stay in stays], np.float32).reshape(-1, 4)
    pairs = dict(footprint.matches(last_boxes, scene.boxes, least_iou=rule.match_iou))
    kept: list[Stay] = []
    gone: list[Stay] = []
    for stay, sight in zip(stays, _sights(stays, pairs, scene, rule), strict=True):
        after, another = _after(stay, sight, scene, rule)
        kept += another
        (kept if after and not _is_gone(after, rule) else gone).append(after or stay)
    taken = set(pairs.values())
    fresh = [row for row in range(len(scene.boxes)) if row not in taken]
    kept += [_start(zone_id, rule, *_row(scene, row), scene.at) for row in fresh]
    return kept, gone


def _sights(
    stays: tuple[Stay, ...], pairs: Mapping[int, int], scene: _Scene, rule: Rule
) -> list[_Sight]:
    """Return what the look shows at each stay's place."""
    if not stays:
        return []
    anchors = np.array([stay.anchor for stay in stays], np.float32)
    nearer = scene.everything[None, :, 3] >= anchors[:, None, 3]  # it touches the ground below
    hidden = nearer & (footprint.covered(anchors, scene.everything) >= _HIDDEN_SHARE)
    # What stands at the place under one of the rule's labels is the stay itself, seen twice or so.
    others = ~(scene.wanted & (footprint.iou(anchors, scene.everything) >= rule.match_iou))
    looks_like = _looks_like(stays, anchors, scene, hides=others)
    return [
        _Sight(_row(scene, pairs[row]) if row in pairs else None, bool(hidden[row].any()), *like)
        for row, like in enumerate(looks_like)
    ]


def _looks_like(
    stays: tuple[Stay, ...], anchors: Boxes, scene: _Scene, *, hides: npt.NDArray[np.bool_]
) -> list[tuple[str | None, float | None]]:
    """Return each place's patch, and how like the stay's own it is."""
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
    now = np.where(shown, now, own)  # what is hidden is as it was
    return [
        (None, None) if isnan(value) else (appearance.encoded(patch), value)
        for patch, value in zip(now, alike.tolist(), strict=True)
    ]


def _after(stay: Stay, sight: _Sight, scene: _Scene, rule: Rule) -> tuple[Stay | None, list[Stay]]:
    """Return the stay after a look, None if it ended at once, and what stands there instead."""
    if sight.found is None and scene.outage:
        return replace(stay, unlooked_s=stay.unlooked_s + scene.since), []
    if sight.found is None:
        known = stay.appearance is not None and stay.appearance.is_sure
        still = known and sight.unchanged and not scene.relit and not sight.hidden
        return (_unchanged(stay, scene, rule) if still else _missed(stay, scene, sight)), []
    if _has_moved(stay.anchor, sight.found[0], rule):
        started = _start(stay.zone_id, rule, *sight.found, scene.at)
        # One misplaced box must not clear a violation: it goes as what is not seen goes.
        ends = stay.violation_at is None
        return (None if ends else _missed(stay, scene, sight)), [started]
    own, verdict = _recognised(stay, sight, scene)
    match verdict:
        case Verdict.SAME:
            return _seen(stay, sight.found, scene, rule, own), []
        case Verdict.DOUBTFUL:
            doubted = replace(stay, appearance=own)
            return _missed(doubted, scene, replace(sight, hidden=True)), []
        case Verdict.ANOTHER:
            return None, [_settled(stay.zone_id, own, sight.found, scene, rule)]
        case _:
            assert_never(verdict)


def _recognised(stay: Stay, sight: _Sight, scene: _Scene) -> tuple[Own, Verdict]:
    """Return what the stay looks like after a look that found it, and whether that is it."""
    if scene.relit:
        return None, Verdict.SAME  # of this light or of the next? The next look says.
    if sight.patch is None or sight.likeness is None:
        return stay.appearance, Verdict.SAME
    if stay.appearance is None:
        return Appearance(sight.patch), Verdict.SAME
    return stay.appearance.seen(sight.patch, scene.at, sight.likeness, was_absent=stay.absent_s > 0)


def _settled(zone_id: str, other: Own, found: tuple[Box, float], scene: _Scene, rule: Rule) -> Stay:
    """Return the stay of what took another's place; it has been there since it was first seen."""
    if other is None or other.other is None:
        return _start(zone_id, rule, *found, scene.at)
    there = scene.at - other.other_since
    return replace(
        _start(zone_id, rule, *found, other.other_since),
        looks=other.other_looks,
        last_seen=scene.at,
        observed_s=there if scene.active else 0.0,
        idle_s=0.0 if scene.active else there,
        appearance=Appearance(other.other, is_sure=True),
    )


def _row(scene: _Scene, row: int) -> tuple[Box, float]:
    x1, y1, x2, y2 = scene.boxes[row].tolist()
    return (x1, y1, x2, y2), float(scene.confidence[row])


def _start(zone_id: str, rule: Rule, box: Box, confidence: float, at: Seconds) -> Stay:
    return Stay(zone_id, rule.type, box, box, confidence, looks=1, first_seen=at, last_seen=at)


def _seen(stay: Stay, found: tuple[Box, float], scene: _Scene, rule: Rule, own: Own) -> Stay:
    """Close the gap since the stay was last seen and judge it."""
    box, confidence = found
    if _is_similar(stay.anchor, box):
        moved = _shift(stay.box, box) / (stay.anchor[2] - stay.anchor[0])
        sighting = stay.sighting(box, confidence, moved)
    else:
        sighting = stay.sighting(stay.box, confidence, None)
    after = replace(stay, appearance=own, **sighting, **_credit(stay, scene, rule))
    return _judged(stay, after, scene, rule)


def _unchanged(stay: Stay, scene: _Scene, rule: Rule) -> Stay:
    """Close the gap though no detector saw it: the picture says that nothing moved."""
    credit = _credit(stay, scene, rule)
    by_picture = credit.get("observed_s", stay.observed_s) - stay.observed_s
    after = replace(
        stay,
        unchanged_s=stay.unchanged_s + by_picture,
        appearance=stay.appearance and Appearance(stay.appearance.patch, is_sure=True),
        **credit,
    )
    return _judged(stay, after, scene, rule)


def _judged(before: Stay, after: Stay, scene: _Scene, rule: Rule) -> Stay:
    violation_at = rule.violated_at(before, after)
    if violation_at is not None and before.violation_at is None and _is_held(after, scene, rule):
        return after
    return (
        replace(after, violation_at=violation_at) if violation_at != after.violation_at else after
    )


def _is_held(stay: Stay, scene: _Scene, rule: Rule) -> bool:
    if scene.at - stay.first_seen >= rule.queue_hold_s:
        return False
    return guards.is_queued(stay, scene.others, watched_since=scene.watched_since)


def _credit(stay: Stay, scene: _Scene, rule: Rule) -> _Credit:
    """Return the sums with the time since the last sighting: observed, missed, hidden or idle."""
    gap = scene.at - stay.last_seen
    unlooked = stay.unlooked_s + (scene.since if scene.outage else 0.0)
    seen = _Credit(last_seen=scene.at, absent_s=0.0, unlooked_s=0.0, covered_s=0.0)
    missed = max(gap - unlooked, 0.0)  # sums of floats: a hair below 0 is 0
    if not scene.active or missed > rule.gap_s:
        return {**seen, "idle_s": stay.idle_s + gap}
    # A look speaks for the time since the one before: so the observed share of the dwell is the
    # share of looks that saw it, and a look that missed it costs its own interval, not two.
    spoken_for = 0.0 if scene.outage else min(scene.since, missed)
    hidden = min(stay.covered_s, missed - spoken_for)
    return {
        **seen,
        "observed_s": stay.observed_s + spoken_for,
        "missed_s": stay.missed_s + missed - spoken_for - hidden,
        "hidden_s": stay.hidden_s + hidden,
        "idle_s": stay.idle_s + unlooked,
    }


def _missed(stay: Stay, scene: _Scene, sight: _Sight) -> Stay:
    if scene.outage:
        return replace(stay, unlooked_s=stay.unlooked_s + scene.since)
    if sight.hidden:
        return replace(stay, covered_s=stay.covered_s + scene.since)
    return replace(stay, absent_s=stay.absent_s + scene.since)


def _is_gone(stay: Stay, rule: Rule) -> bool:
    """A stay earns its patience: what was seen for long is waited for long."""
    return stay.absent_s >= min(rule.clear_s, _FIRST_PATIENCE_S + stay.observed_s)


def _has_moved(anchor: Box, box: Box, rule: Rule) -> bool:
    """Tell a shift of the whole object from a box that lost a part to an occluder."""
    limit = rule.drift_limit * (anchor[2] - anchor[0])
    return _is_similar(anchor, box) and _shift(anchor, box) > limit


def _shift(before: Box, after: Box) -> float:
    (ax, ay), (bx, by) = _centre(before), _centre(after)
    return hypot(bx - ax, by - ay)


def _is_similar(anchor: Box, box: Box) -> bool:
    low, high = _SIMILAR_AREA
    return low * _area(anchor) <= _area(box) <= high * _area(anchor)


def _area(box: Box) -> float:
    return (box[2] - box[0]) * (box[3] - box[1])


def _centre(box: Box) -> tuple[float, float]:
    return (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
