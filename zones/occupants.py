"""How many people and stalls are in each zone in one look: counts, of nobody in particular."""

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

import numpy as np

from streetwatch.models.labels import CLASS_ID
from streetwatch.vision.types import Detections, Look
from streetwatch.zones.footprint import distinct, ground_points
from streetwatch.zones.polygon import contains
from streetwatch.zones.rules import OBJECTS, ViolationType
from streetwatch.zones.zone import Zone, ZoneKind

#: Kinds of zones in which is counted.
COUNTED: Final = frozenset({ZoneKind.PROHIBITED, ZoneKind.PERMITTED})

_PEOPLE: Final = frozenset({"person"})
_STALLS: Final = OBJECTS[ViolationType.STREET_VENDING]

#: Boxes of stalls that overlap by more are of one stall.
_SAME: Final = 0.5


class Occupants(NamedTuple):
    """What is in a zone.

    Attributes:
        people: Whose feet are in it.
        stalls: That stand in it.
    """

    people: int
    stalls: int


def occupants(
    look: Look, zones: Sequence[Zone], thresholds: Mapping[str, float]
) -> dict[str, Occupants]:
    """Count what is in each zone, by its id.

    Args:
        look: What a detector saw.
        zones: Of its camera.
        thresholds: Confidence of each label from which on it counts: those at which the model was
            measured, since a watching detector is less sure of one picture.
    """
    counted = [zone for zone in zones if zone.kind in COUNTED]
    people, stalls = (
        ground_points(_chosen(look.detections, labels, thresholds).xyxy)
        for labels in (_PEOPLE, _STALLS)
    )
    return {
        zone.id: Occupants(
            *(
                int(contains(zone.polygon, points, look.size).sum()) if len(points) else 0
                for points in (people, stalls)
            )
        )
        for zone in counted
    }


def _chosen(
    seen: Detections, labels: frozenset[str], thresholds: Mapping[str, float]
) -> Detections:
    sure = np.zeros(len(seen), np.bool_)
    for label in labels:
        least = thresholds.get(label, 0.0)
        sure |= (seen.class_id == CLASS_ID[label]) & (seen.confidence >= least)
    found = seen[sure]
    if labels is _PEOPLE or len(found) < 2:  # people stand close
        return found
    return found[distinct(found.xyxy, found.confidence, limit=_SAME)]
