"""What one look makes of one stay: seen, unchanged, hidden, missed, moved, or another thing."""

from dataclasses import replace
from math import hypot
from typing import TypedDict, assert_never

import numpy as np

from streetwatch.vision.types import Box, Seconds
from streetwatch.zones import appearance, guards
from streetwatch.zones.appearance import Appearance, Verdict
from streetwatch.zones.rules import Rule
from streetwatch.zones.scene import Scene, Sight
from streetwatch.zones.stay import Stay

#: A box of clearly another size is a partial view of the object: it is there, but its box
#: says nothing about where its centre moved.
_SIMILAR_AREA = (0.7, 1.4)

#: What touches the ground lower by this share of a stay's height stands nearer.
_LEAST_NEARER = 0.05

#: A shift of less, in box widths, is the detector's trembling.
_LEAST_SHIFT = 0.05

#: A stay seen only once or twice is forgotten soon, else passing traffic would add up to one.
_FIRST_PATIENCE_S: Seconds = 4.0

#: What a stay looks like, as far as that is known.
Own = Appearance | None


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


def after_look(
    stay: Stay, sight: Sight, scene: Scene, rule: Rule
) -> tuple[Stay | None, list[Stay]]:
    """Return the stay after a look, None if it ended at once, and what stands there instead."""
    if sight.found is None:
        known = stay.appearance is not None and stay.appearance.is_sure
        still = known and sight.unchanged and not scene.here.relit and not sight.hidden
        return (_unchanged(stay, scene, rule) if still else _missed(stay, scene, sight)), []
    if _has_moved(stay.anchor, sight.found[0], rule):
        fresh = started(stay.zone_id, rule, *sight.found, scene.at)
        # One misplaced box must not clear a violation: it goes as what is not seen goes.
        ends = stay.violation_at is None
        return (None if ends else _missed(stay, scene, sight)), [fresh]
    own, verdict = _recognised(stay, sight, scene)
    match verdict:
        case Verdict.SAME:
            return _seen(stay, sight.found, scene, rule, own), []
        case Verdict.DOUBTFUL:
            if _is_before(stay, sight):
                doubted = replace(stay, appearance=own)
                return _missed(doubted, scene, replace(sight, hidden=True)), []
            return _doubted(stay, scene, own), []
        case Verdict.ANOTHER:
            return None, [_settled(stay.zone_id, own, sight.found, scene, rule)]
        case _:
            assert_never(verdict)


def _recognised(stay: Stay, sight: Sight, scene: Scene) -> tuple[Own, Verdict]:
    """Return what the stay looks like after a look that found it, and whether that is it."""
    if scene.here.relit:  # nothing can be compared
        return stay.appearance, Verdict.SAME
    if sight.patch is None or sight.likeness is None:
        return stay.appearance, Verdict.SAME
    if stay.appearance is None:
        return Appearance(sight.patch), Verdict.SAME
    if sight.likeness < appearance.SAME and _has_shifted(stay, sight, scene):
        return Appearance(sight.patch), Verdict.SAME
    return stay.appearance.seen(
        sight.patch,
        scene.at,
        sight.likeness,
        was_absent=stay.absent_s > 0,
        is_before=_is_before(stay, sight),
    )


def _is_before(stay: Stay, sight: Sight) -> bool:
    """Tell whether what was found is larger than a stay and touches the ground nearer to us."""
    if sight.found is None:
        return False
    box = sight.found[0]
    nearer = box[3] - stay.anchor[3] > _LEAST_NEARER * (stay.anchor[3] - stay.anchor[1])
    return nearer and _area(box) > _SIMILAR_AREA[1] * _area(stay.anchor)


def _has_shifted(stay: Stay, sight: Sight, scene: Scene) -> bool:
    """Tell whether the object itself moved a little and took its looks along: a pushed stall."""
    if stay.appearance is None or sight.found is None:
        return False
    box = sight.found[0]
    if _shift(stay.anchor, box) < _LEAST_SHIFT * (stay.anchor[2] - stay.anchor[0]):
        return False
    moved = _patch_at(scene, box)
    return moved is not None and appearance.alike(stay.appearance.patch, moved) >= appearance.LIKE


def _settled(zone_id: str, other: Own, found: tuple[Box, float], scene: Scene, rule: Rule) -> Stay:
    """Return the stay of what took another's place; it has been there since it was first seen."""
    if other is None or other.other is None:
        return started(zone_id, rule, *found, scene.at)
    there = scene.at - other.other_since
    return replace(
        started(zone_id, rule, *found, other.other_since),
        looks=other.other_looks,
        last_seen=scene.at,
        observed_s=there if scene.active else 0.0,
        idle_s=0.0 if scene.active else there,
        appearance=Appearance(_patch_at(scene, found[0]) or other.other, is_sure=True),
    )


def _patch_at(scene: Scene, box: Box) -> str | None:
    """Return what a look shows in a box; None where it has no picture."""
    if scene.view is None:
        return None
    boxes = np.array([box], np.float32)
    return appearance.encoded(appearance.patches(scene.view, scene.size, boxes)[0])


def started(zone_id: str, rule: Rule, box: Box, confidence: float, at: Seconds) -> Stay:
    """Return the stay of what is seen for the first time."""
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


def _doubted(stay: Stay, scene: Scene, own: Own) -> Stay:
    """Something stands there, and nobody can tell what: it is neither seen nor gone."""
    unlooked = scene.here.since if scene.here.outage else 0.0
    return replace(stay, appearance=own, unlooked_s=stay.unlooked_s + unlooked)


def is_gone(stay: Stay, rule: Rule) -> bool:
    """Tell whether it was waited for long enough: a stay earns its patience by being seen."""
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
