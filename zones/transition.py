"""What one look makes of the stays: seen, unchanged, hidden, missed, moved, or another thing."""

from dataclasses import dataclass
from typing import Self

import numpy as np

from streetwatch.vision.types import Seconds
from streetwatch.zones import company, footprint, guards
from streetwatch.zones.recognition import is_similar, recognised
from streetwatch.zones.rules import Rule
from streetwatch.zones.scene import Scene
from streetwatch.zones.sights import Sights, first_looks
from streetwatch.zones.stays import Flags, Floats, Stays, chosen

#: A stay seen only once or twice is forgotten soon, else passing traffic would add up to one.
_FIRST_PATIENCE_S: Seconds = 4.0

#: What was seen in fewer looks than this, where another stay is seen now, was a misplaced box.
_STANDING_LOOKS = 3

#: Until so many looks saw it, it may still be coming to a stand ...
_SETTLING_LOOKS = 2

#: ... and a box whose centre lies further from its place, in widths, is where it stands now.
_LEAST_SETTLING = 0.1

#: It is a candidate soon after, under the name of its place (service.incidents.handle).
_SETTLING_DWELL = 0.2

#: What something nearer has settled before may still be behind it for so long: a bus moves on.
_BEHIND_S: Seconds = 30.0

#: So far apart are no two looks at one place that nothing came between.
_APART_S: Seconds = 15.0

#: How much of the mean movement the latest one makes.
_SWAY_SHARE = 0.1


@dataclass(frozen=True, slots=True, eq=False)
class _Fate:
    """What became of each stay in one look.

    Attributes:
        seen: It was found.
        unchanged: No detector saw it, but the picture says that nothing moved.
        hidden: Something else covers its place.
        displaced: Another thing settled in its place with this look.
        absent: Its place was looked at in clear view, and it is not there.
        vacant: And it looks like nothing of it.
        ended: It is not there any more.
    """

    seen: Flags
    unchanged: Flags
    hidden: Flags
    displaced: Flags
    absent: Flags
    vacant: Flags
    ended: Flags


@dataclass(frozen=True, slots=True, eq=False)
class _Step:
    """How what was found lies against where each stay first stood.

    Attributes:
        far: How far its centre is from there, pixels.
        wide: How wide the first box is.
        similar: It is about as large: the whole object, not a part.
    """

    far: footprint.Shares
    wide: footprint.Shares
    similar: Flags

    @classmethod
    def of(cls, stays: Stays, sights: Sights) -> Self:
        return cls(
            footprint.shifts(stays.anchor, sights.box),
            footprint.widths(stays.anchor),
            is_similar(stays.anchor, sights.box),
        )

    def has_moved(self, rule: Rule) -> Flags:
        """Tell a shift of the whole object from a box that lost a part to an occluder."""
        return (self.far > rule.drift_limit * self.wide) & self.similar


def after_look(
    stays: Stays, sights: Sights, scene: Scene, rule: Rule
) -> tuple[Stays, Stays | None]:
    """Return the stays that are there after a look, and those that it ended, if any."""
    step = _Step.of(stays, sights)
    moved = sights.found & step.has_moved(rule)
    found = sights.found & ~moved
    stays, who = recognised(stays, sights, found, scene)
    still = (
        stays.is_known
        & stays.is_sure
        & sights.is_alike
        & ~(sights.hidden | sights.claimed | sights.exempt)
        # What was seen to be empty in two looks is not back before a detector sees it.
        & ~stays.was_empty_twice
    )
    unchanged = still & ~sights.found & (not scene.here.relit)
    # One misplaced box must not clear a violation: it goes as what is not seen goes.
    # And what began with such a box ends when the thing is back where it stood.
    astray = sights.claimed & (stays.looks < _STANDING_LOOKS) & ~stays.is_displaced
    astray |= sights.twin
    left = (moved | astray) & np.isnan(stays.violation_at)
    missed = (moved & ~left) | ~(sights.found | unchanged | left)
    covered = sights.hidden & ~(scene.at - stays.displaced_at >= _BEHIND_S)
    # Whoever stands for a group is not gone while the group is there.
    absent = missed & ~covered & ~guards.upheld(stays, rule)
    hidden = (missed & covered) | who.hiding
    vacant = absent & sights.is_vacant & (not scene.here.relit)
    fate = _Fate(who.same, unchanged, hidden, who.another, absent, vacant, left)
    there = fate.seen | fate.unchanged
    stays = _accompanied(stays, scene, rule)
    seen = _settling(_sighted(stays, fate.seen, sights, step), fate.seen, sights, step, rule)
    after = _judged(stays, _folded(seen, fate, sights, scene, rule), there, scene, rule)
    gone = fate.ended | _is_gone(after, rule)
    kept, lost = (after[~gone], after[gone]) if np.count_nonzero(gone) else (after, None)
    if lost is not None and rule.queue_hold_s:
        kept = guards.outlasting(kept, lost)
    if np.count_nonzero(moved | who.another) or np.count_nonzero(sights.fresh):
        kept = kept.joined(started(stays, scene, sights, rule, moved=moved, another=who.another))
    return kept, lost


def started(  # noqa: PLR0913 -- what was there, what the look shows, and what began with it
    stays: Stays, scene: Scene, sights: Sights, rule: Rule, *, moved: Flags, another: Flags
) -> Stays:
    """Return the stays that begin with this look: what came, what moved, what took a place."""
    boxes = np.concatenate((sights.box[moved], scene.boxes[sights.fresh]))
    confidence = np.concatenate((sights.confidence[moved], scene.confidence[sights.fresh]))
    came = Stays.started(stays.zone_id, stays.type, boxes, confidence, scene.at)
    if scene.view is not None and not scene.here.relit:
        patch, is_clear = first_looks(scene, boxes, rule)
        came = came.changed(patch=patch, is_known=is_clear)
    return came.joined(_settled(stays[another], sights, scene, another)) if another.any() else came


def _settled(before: Stays, sights: Sights, scene: Scene, another: Flags) -> Stays:
    """Return the stays of what took others' places; they have been there since first seen.

    Two looks far apart don't say that it stood there between them.
    """
    apart = (before.other_looks < _STANDING_LOOKS) & (scene.at - before.other_since > _APART_S)
    since = np.where(apart, scene.at, before.other_since)
    there = scene.at - since
    boxes = sights.box[another]
    came = Stays.started(before.zone_id, before.type, boxes, sights.confidence[another], since)
    yes = np.ones(len(came), bool)
    return came.changed(
        looks=before.other_looks,
        last_seen=np.full(len(came), scene.at),
        observed_s=there if scene.active else came.observed_s,
        idle_s=came.idle_s if scene.active else there,
        patch=scene.patches(boxes),
        is_known=yes,
        is_sure=before.other_looks > 1,
    )


def _folded(stays: Stays, fate: _Fate, sights: Sights, scene: Scene, rule: Rule) -> Stays:
    """Return the stays with the time since the look before."""
    here = scene.here
    since = 0.0 if here.outage else here.since
    there = fate.seen | fate.unchanged
    away = stays.is_displaced | fate.displaced  # comes back only as what was there all the time
    lost = ~(there | fate.ended) & here.outage  # nobody looked, whatever this look shows
    hidden = sights.hides & ~sights.found
    filled = there | (fate.hidden & ~stays.was_empty)
    working = company.is_worked_at(stays, scene.at, rule)
    credit = _credit(stays, there, scene, rule, working=working)
    return stays.changed(
        paused_s=stays.paused_s + credit["idle_s"] * working,
        last_seen=np.where(there, scene.at, stays.last_seen),
        absent_s=np.where(there, 0.0, stays.absent_s + since * fate.absent),
        vacant_s=np.where(filled, 0.0, stays.vacant_s + since * fate.vacant),
        vacant_looks=np.where(filled, 0, stays.vacant_looks + fate.vacant),
        hider=chosen(hidden, sights.shown, stays.hider),
        hidden_at=np.where(hidden, scene.at, stays.hidden_at),
        covered_s=np.where(there, 0.0, stays.covered_s + since * (fate.hidden | away)),
        displaced_at=np.where(
            there, np.nan, np.where(fate.displaced, stays.other_since, stays.displaced_at)
        ),
        unlooked_s=np.where(there, 0.0, stays.unlooked_s + here.since * lost),
        unchanged_s=stays.unchanged_s + credit["observed_s"] * fate.unchanged,
        other_looks=np.where(fate.unchanged | fate.displaced, 0, stays.other_looks),
        observed_s=stays.observed_s + credit["observed_s"],
        missed_s=stays.missed_s + credit["missed_s"],
        hidden_s=stays.hidden_s + credit["hidden_s"],
        idle_s=stays.idle_s + credit["idle_s"],
        attended_s=_attended(stays, credit["observed_s"], scene, rule),
    )


def _attended(stays: Stays, observed_s: Floats, scene: Scene, rule: Rule) -> Floats:
    """Return for how long a person was near, where the rule asks for it."""
    if not (rule.attended_ratio and len(scene.people)):
        return stays.attended_s
    return stays.attended_s + observed_s * company.is_near(stays.box, scene.people).any(axis=1)


def _accompanied(stays: Stays, scene: Scene, rule: Rule) -> Stays:
    """Return the stays with who is beside them, where the rule asks for it."""
    if not rule.work_pause_s:
        return stays
    who, since = company.beside(stays, scene.workers, scene.at)
    return stays.changed(beside=who, beside_since=since)


def _sighted(stays: Stays, seen: Flags, sights: Sights, step: _Step) -> Stays:
    """Return the stays with what one more look saw of them, their times apart."""
    whole = seen & step.similar
    moved = footprint.shifts(stays.box, sights.box) / step.wide
    looks = stays.looks + seen
    share = np.maximum(_SWAY_SHARE, 1 / looks)
    return stays.changed(
        box=chosen(whole, sights.box, stays.box),
        looks=looks,
        confidence=stays.confidence + seen * (sights.confidence - stays.confidence) / looks,
        sway=stays.sway + whole * share * (moved - stays.sway),
    )


def _settling(stays: Stays, seen: Flags, sights: Sights, step: _Step, rule: Rule) -> Stays:
    """Return the stays with where those that just came have come to a stand."""
    young = (
        seen & (stays.looks <= _SETTLING_LOOKS) & (stays.dwell_s < _SETTLING_DWELL * rule.dwell_s)
    )
    if not np.count_nonzero(young):
        return stays
    young &= (step.far > _LEAST_SETTLING * step.wide) | ~step.similar
    if not young.any():
        return stays
    at_rest = chosen(young, sights.box, stays.anchor)
    return stays.changed(
        anchor=at_rest,
        box=chosen(young, sights.box, stays.box),
        is_known=stays.is_known & ~young,
        is_sure=stays.is_sure & ~young,
    )


def _credit(
    stays: Stays, there: Flags, scene: Scene, rule: Rule, *, working: Flags
) -> dict[str, Floats]:
    """Return what each sum gets of the time since the last sighting of those that are there."""
    here = scene.here
    gap = scene.at - stays.last_seen
    unlooked = stays.unlooked_s + (here.since if here.outage else 0.0)
    missed = np.maximum(gap - unlooked, 0.0)  # sums of floats: a hair below 0 is 0
    counts = there & (missed <= rule.gap_s) & scene.active & ~working
    # A look speaks for the time since the one before: so the observed share of the dwell is the
    # share of looks that saw it, and a look that missed it costs its own interval, not two.
    spoken_for = np.minimum(0.0 if here.outage else here.since, missed)
    hidden = np.minimum(stays.covered_s, missed - spoken_for)
    return {
        "observed_s": spoken_for * counts,
        "missed_s": (missed - spoken_for - hidden) * counts,
        "hidden_s": hidden * counts,
        "idle_s": np.where(counts, unlooked, gap * there),
    }


def _judged(before: Stays, after: Stays, there: Flags, scene: Scene, rule: Rule) -> Stays:
    """Return the stays with the moments at which they became violations."""
    at = rule.violated_at(before, after)
    new = there & np.isnan(before.violation_at) & ~np.isnan(at)
    if not np.count_nonzero(new):
        return after
    new &= ~_is_held(after, new, scene, rule)
    new = guards.leading(after, new, rule)
    new &= ~guards.parts(after, new, rule)
    return after.changed(violation_at=np.where(new, at, before.violation_at))


def _is_held(after: Stays, new: Flags, scene: Scene, rule: Rule) -> Flags:
    held = new & (scene.at - after.first_seen < guards.longest_hold_s(rule))
    if held.any():
        since = scene.here.watched_since
        rows = after.rows()
        for row in np.flatnonzero(held).tolist():
            held[row] = guards.is_held(rows[row], rows, rule, at=scene.at, watched_since=since)
    return held


def _is_gone(stays: Stays, rule: Rule) -> Flags:
    """Tell what was waited for long enough: a stay earns its patience by being seen."""
    patience = np.minimum(rule.clear_s, _FIRST_PATIENCE_S + stays.observed_s)
    gone: Flags = stays.absent_s >= patience
    return gone
