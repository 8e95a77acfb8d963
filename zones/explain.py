"""Why nothing was filed: for a place and a time, the gate that stopped each rule."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from streetwatch.vision.types import Boxes, Detections, Look, Seconds, Size
from streetwatch.zones import company, footprint, guards, polygon
from streetwatch.zones.polygon import Polygon
from streetwatch.zones.presence import Presence
from streetwatch.zones.rules import Gate, Rule
from streetwatch.zones.scene import is_large
from streetwatch.zones.shopfront import OTHER_SIDE, Side, fronts, side_of
from streetwatch.zones.stay import Stay
from streetwatch.zones.stays import Stays
from streetwatch.zones.zone import Zone, ZoneKind


@dataclass(frozen=True, slots=True)
class Finding:
    """What one rule of one zone makes of a place.

    Attributes:
        zone_id: The zone.
        type: The rule's violation type.
        gate: What stopped it; None: it is a violation.
        says: The figures that decided, by name.
        stay: What stands there, if anything does.
    """

    zone_id: str
    type: str
    gate: Gate | None
    says: dict[str, float | str]
    stay: Stay | None = None


@dataclass(frozen=True, slots=True, eq=False)
class _Asked:
    """A place and a moment, and what was seen then."""

    point: tuple[float, float]
    look: Look
    faint: Detections
    cut_out: tuple[Zone, ...]  #: areas in which nothing counts at this hour
    fronts: tuple[Polygon, ...]
    clock: Seconds | None


def explain(  # noqa: PLR0913 -- a place, a time, and all that judges it
    point: tuple[float, float],
    look: Look,
    presence: Presence,
    zones: tuple[Zone, ...],
    *,
    faint: Detections,
    epoch: Seconds | None,
) -> tuple[Finding, ...]:
    """Tell for every rule what stopped an alarm at a point.

    Args:
        point: Pixels of the picture.
        look: The latest look.
        presence: After that look.
        zones: All zones of the camera.
        faint: What was seen in the look, however unsure.
        epoch: As for `observe`.
    """
    clock = None if epoch is None else look.at + epoch
    cut_out = tuple(zone for zone in zones if zone.cuts_out(clock))
    asked = _Asked(point, look, faint, cut_out, fronts(zones), clock)
    return tuple(
        _of_rule(asked, presence, zone, rule)
        for zone in zones
        if zone.kind is ZoneKind.PROHIBITED
        for rule in zone.rules
    )


def _of_rule(asked: _Asked, presence: Presence, zone: Zone, rule: Rule) -> Finding:
    watched = presence.of_rule(zone, rule.type)
    other = presence.of_rule(zone, OTHER_SIDE.get(rule.type, rule.type))
    of_rule = watched.rows()
    there = [one for one in of_rule if _holds(one.box, asked.point)]
    # What something else has settled before is asked about only where nothing else stands.
    stay = max(there, key=lambda one: (one.displaced_at is None, one.dwell_s), default=None)
    if stay is None:
        side = side_of(rule, asked.fronts, watched.box, other.box)
        return Finding(zone.id, rule.type, *_of_look(asked, zone, rule, side))
    since = presence.watched_since
    queued = since is not None and guards.is_held(
        stay, of_rule, rule, at=asked.look.at, watched_since=since
    )
    me = np.array([one is stay for one in of_rule])
    part = bool(guards.parts(watched, me, rule).any())
    said = _of_stay(stay, asked, rule, is_queued=queued, is_part=part)
    return Finding(zone.id, rule.type, *said, stay)


def _of_look(
    asked: _Asked, zone: Zone, rule: Rule, side: Side | None
) -> tuple[Gate, dict[str, float | str]]:
    """Return why what was seen at the point is no stay."""
    faint = asked.faint
    rows = [row for row, box in enumerate(faint.xyxy.tolist()) if _holds(box, asked.point)]
    if not rows:
        return Gate.NOTHING, {}
    known = [row for row in rows if faint.labels[row] in rule.labels]
    if not known:
        return Gate.LABEL, {"seen": ", ".join(sorted({faint.labels[row] for row in rows}))}
    best = max(known, key=lambda row: float(faint.confidence[row]))
    says: dict[str, float | str] = {
        "label": faint.labels[best],
        "confidence": round(float(faint.confidence[best]), 3),
    }
    if rule.stood_score:
        says["stood_score"] = rule.stood_score
    gate, more = _of_box(asked, zone, rule, side, faint.xyxy[best : best + 1])
    return gate, says | more


def _of_box(
    asked: _Asked, zone: Zone, rule: Rule, side: Side | None, box: Boxes
) -> tuple[Gate, dict[str, float | str]]:
    """Return why a box with the rule's label is no stay."""
    size = asked.look.size
    if not _inside(zone, box, size):
        return Gate.ZONE, {}
    cutting = [other.id for other in asked.cut_out if _inside(other, box, size)]
    if cutting:
        return Gate.PERMITTED, {"by": cutting[0]}
    if side is not None and not side.takes(box, size)[0]:
        return Gate.SHOPFRONT, {}
    if rule.least_height and not is_large(box, rule, size)[0]:
        return Gate.SIZE, {"height": round(float(box[0, 3] - box[0, 1]), 1)}
    return Gate.SCORE, {}


def _of_stay(
    stay: Stay, asked: _Asked, rule: Rule, *, is_queued: bool, is_part: bool
) -> tuple[Gate | None, dict[str, float | str]]:
    """Return why what stands there is no violation yet."""
    says: dict[str, float | str] = {
        "dwell_s": round(stay.dwell_s, 1),
        "of_s": rule.dwell_s,
        "looks": stay.looks,
        "presence_ratio": round(stay.presence_ratio, 3),
        "detected_ratio": round(stay.detected_ratio, 3),
        "sway": round(stay.sway, 3),
        "last_seen": round(stay.last_seen, 3),
    }
    if stay.violation_at is not None:
        return None, says | {"violation_at": round(stay.violation_at, 3)}
    clock = asked.clock
    if clock is not None and not rule.schedule.is_past_grace(clock, rule.grace_s):
        return Gate.SCHEDULE, says
    stopped = rule.stopped_by(stay)
    columns = Stays.of(stay.zone_id, stay.type, (stay,))
    if stopped and company.is_worked_at(columns, asked.look.at, rule)[0]:
        return Gate.WORK, says | {"paused_s": round(stay.paused_s, 1)}
    if stopped is Gate.ATTENDED:
        says["attended_s"] = round(stay.attended_s, 1)
    if stopped is None and is_queued:
        lane = {"moved_with": stay.moved_with, "outlasted": stay.outlasted}
        return Gate.QUEUE, says | {"queue_hold_s": rule.queue_hold_s} | lane
    if stopped is None and (is_part or rule.group_size > 1):
        return Gate.GROUP, says | {"group_size": rule.group_size}
    return stopped or Gate.UNSEEN, says


def _inside(zone: Zone, box: Boxes, size: Size) -> bool:
    return bool(polygon.contains(zone.polygon, footprint.ground_points(box), size)[0])


def _holds(box: Sequence[float], point: tuple[float, float]) -> bool:
    x1, y1, x2, y2 = box
    return x1 <= point[0] <= x2 and y1 <= point[1] <= y2
