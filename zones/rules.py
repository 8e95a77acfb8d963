"""What is a violation: a rule is a value, judging a stay by it is one sentence.

The defaults are those of the domain table (docs/reference/rules.md): none was taken from a
standard, every one can be set per zone.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from types import MappingProxyType

import numpy as np

from streetwatch.vision.types import Seconds
from streetwatch.zones.schedule import ALWAYS, Schedule
from streetwatch.zones.stay import Stay
from streetwatch.zones.stays import Flags, Floats, Stays

#: What the picture says alone is not enough: a detector must have seen it in this share of the
#: looks, else one false box on a wall would stand there for ever.
_LEAST_DETECTED = 0.3

#: So is a dwell that was mostly hidden: nobody knows what was behind what stood there.
_LEAST_OBSERVED = 0.3

#: Fewer sightings may be chance, however the time between them adds up.
_LEAST_LOOKS = 5

#: What stands trembles by a twentieth of its width from look to look; cars that pass one place at
#: random, inside the drift limit, differ by two thirds of the limit.
_SWAY_OF_DRIFT = 0.4


class ViolationType(StrEnum):
    """What a rule files."""

    STREET_VENDING = "street_vending"
    OUT_OF_STORE = "out_of_store"
    EXPOSED_GARBAGE = "exposed_garbage"
    BIN_OVERFLOW = "bin_overflow"
    ILLEGAL_PARKING_MOTOR = "illegal_parking_motor"
    ILLEGAL_PARKING_NONMOTOR = "illegal_parking_nonmotor"


class Gate(StrEnum):
    """What can stop an alarm, in the order in which it is asked."""

    NOTHING = "nothing"  #: no detector saw anything there, however unsure
    LABEL = "label"  #: what was seen is not what the rule looks for
    ZONE = "zone"  #: it stands outside
    PERMITTED = "permitted"  #: it stands in a permitted or excluded area
    SHOPFRONT = "shopfront"  #: it touches a shop's front, or touches none: another rule's
    SIZE = "size"  #: its box is too small for where it stands
    SCORE = "score"  #: seen too unsurely
    SCHEDULE = "schedule"  #: the rule does not apply at this hour
    WORK = "work"  #: somebody is at work there
    DWELL = "dwell"  #: it has not stood long enough
    LOOKS = "looks"  #: too few looks saw it
    PRESENCE = "presence"  #: it was there in too small a share of the looks
    DETECTED = "detected"  #: the picture says it is there, but the detector hardly ever
    SWAY = "sway"  #: its box moves as traffic's does
    ATTENDED = "attended"  #: a person was near for too small a share of the time
    QUEUE = "queue"  #: it stands in a queue
    GROUP = "group"  #: too few stand together, or another one stands for its group or heap
    UNSEEN = "unseen"  #: its dwell is full, and the look that says so has yet to see it


@dataclass(frozen=True, slots=True)
class Rule:
    """How long what must stay where to be a violation.

    Attributes:
        type: What is filed.
        dwell_s: Stay before it is a violation.
        gap_s: A longer time unseen adds nothing to the dwell.
        clear_s: Looked at and not there for so long: gone.
        presence_ratio: There for at least this share of the dwell that had a clear view.
        match_iou: Overlap with the stay's last box that makes a detection the same object.
        drift_limit: Shift from the anchor, in box widths, that makes it a new stay.
        schedule: When the rule applies.
        grace_s: Time after a schedule window opens in which nothing accrues.
        mute_s: After a case was rejected, nothing is filed at its place for so long.
        queue_hold_s: A vehicle in a queue is no violation before it has stood for so long.
        attended_ratio: A person was near for at least this share of the time it was seen; 0: none
            need be.
        work_pause_s: While somebody is at work beside it nothing accrues, for so long at the most.
        group_size: So many must stand together, and are one case; 1: each is one.
        exempt: Labels of the type that may stand there.
        least_height: How high a box must be at the least at a row of the picture: pairs of where
            it touches the ground and its height, both as shares of the picture's height.
        stood_score: Least confidence of what was not seen to come; what came counts however unsure
            a look is of it. 0: no difference.
        soft_start_s: Those concerned are warned and have so long to go before it is filed; 0: none.
    """

    type: ViolationType
    dwell_s: Seconds
    gap_s: Seconds
    clear_s: Seconds
    presence_ratio: float
    match_iou: float
    drift_limit: float
    schedule: Schedule = ALWAYS
    grace_s: Seconds = 0.0
    queue_hold_s: Seconds = 0.0
    mute_s: Seconds = 86_400.0
    soft_start_s: Seconds = field(default=0.0, repr=False)  # judges nothing: see `version`
    attended_ratio: float = 0.0
    work_pause_s: Seconds = 0.0
    group_size: int = 1
    exempt: frozenset[str] = frozenset()
    least_height: tuple[tuple[float, float], ...] = ()
    stood_score: float = 0.0

    @property
    def version(self) -> str:
        """Name this rule's settings: two rules with one version judge alike."""
        plain = replace(self, exempt=frozenset())  # a set is written in any order
        return _fingerprint((plain, sorted(self.exempt), self.soft_start_s))

    @property
    def labels(self) -> frozenset[str]:
        """The model labels that this rule looks for."""
        return OBJECTS[self.type] - self.exempt

    @property
    def is_heaped(self) -> bool:
        """What overlaps one that is a case is a part of it."""
        return self.type in _HEAPED

    def passed(self, stays: Stays) -> dict[Gate, Flags]:
        """Return which stays pass each gate, in the order in which the gates are asked."""
        return {
            Gate.DWELL: stays.dwell_s >= self.dwell_s,
            Gate.LOOKS: stays.looks >= _LEAST_LOOKS,
            Gate.PRESENCE: (stays.presence_ratio >= self.presence_ratio)
            & (stays.observed_s >= _LEAST_OBSERVED * stays.dwell_s),
            Gate.DETECTED: stays.detected_ratio >= _LEAST_DETECTED,
            Gate.SWAY: stays.sway <= _SWAY_OF_DRIFT * self.drift_limit,
            Gate.ATTENDED: stays.attended_s >= self.attended_ratio * stays.observed_s,
        }

    def is_full(self, stays: Stays) -> Flags:
        """Tell which stays pass all gates."""
        passed: Flags = np.logical_and.reduce(list(self.passed(stays).values()))
        return passed

    def stopped_by(self, stay: Stay) -> Gate | None:
        """Return why a stay is no violation yet, None if nothing stops it."""
        passed = self.passed(Stays.of(stay.zone_id, stay.type, (stay,)))
        return next((gate for gate, here in passed.items() if not here[0]), None)

    def violated_at(self, before: Stays, after: Stays) -> Floats:
        """Return when each stay became a violation, NaN while it is not one.

        Args:
            before: The stays when they were last seen. A moment decided then stands.
            after: The same stays, seen again at `after.last_seen`.
        """
        new = np.isnan(before.violation_at) & (after.dwell_s >= self.dwell_s)
        if not np.count_nonzero(new):
            return before.violation_at
        new &= self.is_full(after)
        # The look came a little late: the dwell was full between it and the one before. Was it
        # full earlier, then the share of sightings has only now become enough.
        full_at = np.maximum(
            after.first_seen + self.dwell_s, after.last_seen - after.dwell_s + self.dwell_s
        )
        moment = np.where(full_at > before.last_seen, full_at, after.last_seen)
        return np.where(new, moment, before.violation_at)


_STALL = frozenset({"vendor_stall"})

#: What overlaps another of its type is a part of it. Of 26 pairs of garbage boxes that overlap on
#: labelled pictures 16 are one heap and 7 two; of 28 that lie side by side, 8 and 19 (ADR 0048).
_HEAPED = frozenset({ViolationType.EXPOSED_GARBAGE})

#: E-bikes and mopeds look like `motorcycle`; on Chinese pavements they are non-motor vehicles.
OBJECTS: Mapping[ViolationType, frozenset[str]] = MappingProxyType(
    {
        ViolationType.STREET_VENDING: _STALL,
        ViolationType.OUT_OF_STORE: _STALL,
        ViolationType.EXPOSED_GARBAGE: frozenset({"garbage"}),
        ViolationType.BIN_OVERFLOW: frozenset({"bin_overflow"}),
        ViolationType.ILLEGAL_PARKING_MOTOR: frozenset({"car", "bus", "truck"}),
        ViolationType.ILLEGAL_PARKING_NONMOTOR: frozenset({"bicycle", "motorcycle", "tricycle"}),
    }
)


DEFAULTS: Mapping[ViolationType, Rule] = MappingProxyType(
    {
        rule.type: rule
        for rule in (
            #                                             dwell  gap  clear ratio iou  drift
            Rule(ViolationType.STREET_VENDING,           300,    60,  300,  0.5,  0.3, 0.5),
            Rule(ViolationType.OUT_OF_STORE,             300,    60,  300,  0.5,  0.3, 0.5),
            Rule(ViolationType.EXPOSED_GARBAGE,          600,   600,  300,  0.5,  0.3, 0.5,
                 work_pause_s=600, stood_score=0.36),
            Rule(ViolationType.BIN_OVERFLOW,             600,   600,  300,  0.5,  0.3, 0.5,
                 work_pause_s=600),
            Rule(ViolationType.ILLEGAL_PARKING_MOTOR,    300,   120,  120,  0.5,  0.5, 0.3,
                 queue_hold_s=120),
            Rule(ViolationType.ILLEGAL_PARKING_NONMOTOR, 900,   300,  300,  0.5,  0.5, 0.3),
        )
    }
)  # fmt: skip


def _fingerprint(value: object) -> str:
    return hashlib.sha256(repr(value).encode()).hexdigest()[:12]
