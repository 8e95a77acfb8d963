"""Whose a stall is: the shop's own (店外经营) where it touches a shop's front, else a vendor's."""

from dataclasses import dataclass, replace
from types import MappingProxyType

import numpy as np

from streetwatch.vision.types import Boxes, Size
from streetwatch.zones import footprint, polygon
from streetwatch.zones.polygon import Polygon
from streetwatch.zones.rules import Rule, ViolationType
from streetwatch.zones.stays import Flags
from streetwatch.zones.zone import Zone, ZoneKind

#: What a stall is called on either side of the line.
OTHER_SIDE = MappingProxyType(
    {
        ViolationType.STREET_VENDING: ViolationType.OUT_OF_STORE,
        ViolationType.OUT_OF_STORE: ViolationType.STREET_VENDING,
    }
)


def fronts(zones: tuple[Zone, ...]) -> tuple[Polygon, ...]:
    """Return the outlines of the shops' fronts on a camera."""
    return tuple(zone.polygon for zone in zones if zone.kind is ZoneKind.SHOPFRONT)


def with_fronts(zones: tuple[Zone, ...]) -> tuple[Zone, ...]:
    """Return a camera's zones with a rule for shops' stalls beside each one for vendors' stalls.

    Only where a shop's front is drawn, and where the zone has no such rule of its own.
    """
    return tuple(map(_with_its_rule, zones)) if fronts(zones) else zones


def _with_its_rule(zone: Zone) -> Zone:
    of = {rule.type: rule for rule in zone.rules}
    vending = of.get(ViolationType.STREET_VENDING)
    if vending is None or ViolationType.OUT_OF_STORE in of:
        return zone
    return replace(zone, rules=(*zone.rules, replace(vending, type=ViolationType.OUT_OF_STORE)))


@dataclass(frozen=True, slots=True, eq=False)
class Side:
    """Which stalls are a rule's own, where shops' fronts are drawn.

    Attributes:
        fronts: The shops' fronts.
        is_front: The rule is for what touches one.
        own: What the rule watches already, (N, 4).
        other: What the other side's rule watches already, (M, 4).
        least_iou: Overlap that makes a box the same object as one of these.
    """

    fronts: tuple[Polygon, ...]
    is_front: bool
    own: Boxes
    other: Boxes
    least_iou: float

    def takes(self, boxes: Boxes, size: Size) -> Flags:
        """Tell which boxes are the rule's. What is watched stays where it is, if its box shifts."""
        at_front = np.zeros(len(boxes), bool)
        for front in self.fronts:
            at_front |= polygon.touches(front, boxes, size)
        own, other = _likest(boxes, self.own), _likest(boxes, self.other)
        known = np.maximum(own, other) >= self.least_iou
        return np.where(known, own >= other, at_front == self.is_front)


def side_of(rule: Rule, outlines: tuple[Polygon, ...], own: Boxes, other: Boxes) -> Side | None:
    """Return which stalls are a rule's; None where that is no question."""
    if not outlines or rule.type not in OTHER_SIDE:
        return None
    return Side(outlines, rule.type is ViolationType.OUT_OF_STORE, own, other, rule.match_iou)


def _likest(boxes: Boxes, known: Boxes) -> footprint.Shares:
    """Return how far each box overlaps the one of these that it overlaps most, (N,)."""
    if not len(known):
        return np.zeros(len(boxes), np.float32)
    most: footprint.Shares = footprint.Overlap.of(boxes, known).iou().max(axis=1)
    return most
