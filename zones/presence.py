"""Presence: from looks to stays. State in, state out; time is the frame's capture time.

A look adds dwell to what it sees again, patience to what it does not, and nothing to what
nobody looked at: an outage adds no dwell and clears nothing.
"""

from dataclasses import dataclass, replace
from math import hypot
from typing import TypedDict, assert_never

import numpy as np

from streetwatch.vision.types import Box, Look, Seconds, Size
from streetwatch.zones import appearance, footprint, guards
from streetwatch.zones.appearance import Appearance, Verdict
from streetwatch.zones.rules import Rule
from streetwatch.zones.scene import (
    Circumstances,
    Scene,
    Sight,
    backdrop_of,
    is_relit,
    scene_of,
    sights,
)
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

#: A box of clearly another size is a partial view of the object: it is there, but its box
#: says nothing about where its centre moved.
_SIMILAR_AREA = (0.7, 1.4)

#: A shift of less, in box widths, is the detector's trembling.
_LEAST_SHIFT = 0.05

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

    def of_rule(self, zone: Zone, rule: Rule) -> tuple[Stay, ...]:
        """Return what a rule of a zone watches."""
        kind = (zone.id, rule.type)
        return tuple(stay for stay in self.stays if (stay.zone_id, stay.type) == kind)

    def circumstances(
        self, at: Seconds, backdrop: str | None, zones: tuple[Zone, ...], *, epoch: Seconds | None
    ) -> Circumstances:
        """Return what holds for all rules in a look at `at`."""
        since = 0.0 if self.last_look is None else at - self.last_look
        outage = self.is_outage(since)
        clock = None if epoch is None else at + epoch
        known = None if self.last_look is None or outage else self.watched_since
        return Circumstances(
            since=since,
            outage=outage,
            watched_since=at if known is None else known,
            relit=is_relit(self.backdrop, backdrop),
            clock=clock,
            cut_out=tuple(zone for zone in zones if zone.cuts_out(clock)),
        )

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
        size: Of the picture that was looked at.
    """

    presence: Presence
    gone: tuple[Stay, ...]
    size: Size


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
        return Observation(presence, (), look.size)
    backdrop = backdrop_of(look)
    here = presence.circumstances(look.at, backdrop, zones, epoch=epoch)
    kept: list[Stay] = []
    gone: list[Stay] = []
    for zone in zones:
        if zone.kind is not ZoneKind.PROHIBITED:
            continue
        for rule in zone.rules:
            scene = scene_of(look, zone, rule, here=here, stays=presence.of_rule(zone, rule))
            stands, left = _fold(scene, zone.id, rule)
            kept += stands
            gone += left
    pace_s = None if presence.last_look is None else presence.next_pace(here.since)
    after = Presence(look.at, tuple(kept), pace_s, backdrop, here.watched_since)
    return Observation(after, tuple(gone), look.size)


def _fold(scene: Scene, zone_id: str, rule: Rule) -> tuple[list[Stay], list[Stay]]:
    """Return the stays that are still there and those that this look ended."""
    stays = scene.stays
    last_boxes = np.array([stay.box for stay in stays], np.float32).reshape(-1, 4)
    pairs = dict(footprint.matches(last_boxes, scene.boxes, least_iou=rule.match_iou))
    kept: list[Stay] = []
    gone: list[Stay] = []
    for stay, sight in zip(stays, sights(scene, pairs, rule), strict=True):
        after, another = _after(stay, sight, scene, rule)
        kept += another
        (kept if after and not _is_gone(after, rule) else gone).append(after or stay)
    taken = set(pairs.values())
    fresh = [row for row in range(len(scene.boxes)) if row not in taken]
    kept += [_start(zone_id, rule, *scene.row(row), scene.at) for row in fresh]
    return kept, gone


def _after(stay: Stay, sight: Sight, scene: Scene, rule: Rule) -> tuple[Stay | None, list[Stay]]:
    """Return the stay after a look, None if it ended at once, and what stands there instead."""
    if sight.found is None:
        known = stay.appearance is not None and stay.appearance.is_sure
        still = known and sight.unchanged and not scene.here.relit and not sight.hidden
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


def _recognised(stay: Stay, sight: Sight, scene: Scene) -> tuple[Own, Verdict]:
    """Return what the stay looks like after a look that found it, and whether that is it."""
    if scene.here.relit:
        return None, Verdict.SAME  # of this light or of the next? The next look says.
    if sight.patch is None or sight.likeness is None:
        return stay.appearance, Verdict.SAME
    if stay.appearance is None:
        return Appearance(sight.patch), Verdict.SAME
    if sight.likeness < appearance.SAME and _has_shifted(stay, sight, scene):
        return Appearance(sight.patch), Verdict.SAME
    return stay.appearance.seen(sight.patch, scene.at, sight.likeness, was_absent=stay.absent_s > 0)


def _has_shifted(stay: Stay, sight: Sight, scene: Scene) -> bool:
    """Tell whether the object itself moved a little and took its looks along: a pushed stall."""
    if stay.appearance is None or sight.found is None or scene.view is None:
        return False
    box = sight.found[0]
    if _shift(stay.anchor, box) < _LEAST_SHIFT * (stay.anchor[2] - stay.anchor[0]):
        return False
    moved = appearance.patches(scene.view, scene.size, np.array([box], np.float32))[0]
    found = appearance.alike(stay.appearance.patch, appearance.encoded(moved))
    return found >= appearance.LIKE


def _settled(zone_id: str, other: Own, found: tuple[Box, float], scene: Scene, rule: Rule) -> Stay:
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


def _start(zone_id: str, rule: Rule, box: Box, confidence: float, at: Seconds) -> Stay:
    return Stay(zone_id, rule.type, box, box, confidence, looks=1, first_seen=at, last_seen=at)


def _seen(stay: Stay, found: tuple[Box, float], scene: Scene, rule: Rule, own: Own) -> Stay:
    """Close the gap since the stay was last seen and judge it."""
    box, confidence = found
    if _is_similar(stay.anchor, box):
        moved = _shift(stay.box, box) / (stay.anchor[2] - stay.anchor[0])
        sighting = stay.sighting(box, confidence, moved)
    else:
        sighting = stay.sighting(stay.box, confidence, None)
    after = replace(stay, appearance=own, **sighting, **_credit(stay, scene, rule))
    return _judged(stay, after, scene, rule)


def _unchanged(stay: Stay, scene: Scene, rule: Rule) -> Stay:
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


def _judged(before: Stay, after: Stay, scene: Scene, rule: Rule) -> Stay:
    violation_at = rule.violated_at(before, after)
    if violation_at is not None and before.violation_at is None and _is_held(after, scene, rule):
        return after
    return (
        replace(after, violation_at=violation_at) if violation_at != after.violation_at else after
    )


def _is_held(stay: Stay, scene: Scene, rule: Rule) -> bool:
    if scene.at - stay.first_seen >= rule.queue_hold_s:
        return False
    return guards.is_queued(stay, scene.stays, watched_since=scene.here.watched_since)


def _credit(stay: Stay, scene: Scene, rule: Rule) -> _Credit:
    """Return the sums with the time since the last sighting: observed, missed, hidden or idle."""
    gap = scene.at - stay.last_seen
    unlooked = stay.unlooked_s + (scene.here.since if scene.here.outage else 0.0)
    seen = _Credit(last_seen=scene.at, absent_s=0.0, unlooked_s=0.0, covered_s=0.0)
    missed = max(gap - unlooked, 0.0)  # sums of floats: a hair below 0 is 0
    if not scene.active or missed > rule.gap_s:
        return {**seen, "idle_s": stay.idle_s + gap}
    # A look speaks for the time since the one before: so the observed share of the dwell is the
    # share of looks that saw it, and a look that missed it costs its own interval, not two.
    spoken_for = 0.0 if scene.here.outage else min(scene.here.since, missed)
    hidden = min(stay.covered_s, missed - spoken_for)
    return {
        **seen,
        "observed_s": stay.observed_s + spoken_for,
        "missed_s": stay.missed_s + missed - spoken_for - hidden,
        "hidden_s": stay.hidden_s + hidden,
        "idle_s": stay.idle_s + unlooked,
    }


def _missed(stay: Stay, scene: Scene, sight: Sight) -> Stay:
    if scene.here.outage:
        return replace(stay, unlooked_s=stay.unlooked_s + scene.here.since)
    if sight.hidden:
        return replace(stay, covered_s=stay.covered_s + scene.here.since)
    return replace(stay, absent_s=stay.absent_s + scene.here.since)


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
