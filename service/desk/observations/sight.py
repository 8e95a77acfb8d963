"""What the model sees in a picture from outside, and what that suggests."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from streetwatch.vision.types import Box, Detections
from streetwatch.zones.rules import ViolationType

#: What a label suggests, the rarer thing first: a street has parked cars in every picture, and
#: a heap of garbage or a stall in few.
_SUGGESTS: Mapping[str, ViolationType] = MappingProxyType(
    {
        "bin_overflow": ViolationType.BIN_OVERFLOW,
        "garbage": ViolationType.EXPOSED_GARBAGE,
        "vendor_stall": ViolationType.STREET_VENDING,
        "tricycle": ViolationType.ILLEGAL_PARKING_NONMOTOR,
        "motorcycle": ViolationType.ILLEGAL_PARKING_NONMOTOR,
        "bicycle": ViolationType.ILLEGAL_PARKING_NONMOTOR,
        "car": ViolationType.ILLEGAL_PARKING_MOTOR,
        "truck": ViolationType.ILLEGAL_PARKING_MOTOR,
        "bus": ViolationType.ILLEGAL_PARKING_MOTOR,
    }
)
_RANK = {kind: rank for rank, kind in enumerate(dict.fromkeys(_SUGGESTS.values()))}


@dataclass(frozen=True, slots=True)
class Seen:
    """One thing in the picture.

    Attributes:
        type: The violation type that it suggests; None for people and empty bins.
        xyxy: Pixels.
    """

    label: str
    confidence: float
    xyxy: Box
    type: ViolationType | None


def seen_in(found: Detections) -> tuple[Seen, ...]:
    """Return what was found, the surest first."""
    rows = zip(found.labels, found.confidence.tolist(), found.xyxy.tolist(), strict=True)
    things = [
        Seen(label, round(confidence, 4), _rounded(box), _SUGGESTS.get(label))
        for label, confidence, box in rows
    ]
    return tuple(sorted(things, key=lambda one: -one.confidence))


def _rounded(box: Sequence[float]) -> Box:
    x1, y1, x2, y2 = (round(value, 1) for value in box)
    return x1, y1, x2, y2


def suggested(seen: Sequence[Seen]) -> ViolationType | None:
    """Return the type that a picture suggests, None where nothing in it does."""
    kinds = [one.type for one in seen if one.type is not None]
    return min(kinds, key=lambda kind: _RANK[kind], default=None)


def surest(seen: Sequence[Seen], violation_type: str) -> Seen | None:
    """Return the surest thing that supports a type; a stall may also stand outside its shop."""
    stalls = {ViolationType.STREET_VENDING, ViolationType.OUT_OF_STORE}
    kinds = stalls if violation_type in stalls else {violation_type}
    return next((one for one in seen if one.type in kinds), None)
